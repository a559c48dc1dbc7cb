"""A service for systemd and a line for cron that crawl what is due, with the paths of this machine."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

__all__ = ["cron", "systemd"]


def systemd(archive: Path, options: Sequence[str]) -> str:
    """Return a service unit that runs `luutru schedule`, for a user's systemd or the system's (systemd.service(5))."""
    command = " ".join(map(_unit_word, [*_luutru(), "schedule", "--archive", str(archive.absolute()), *options]))
    folder = str(archive.absolute()).replace("%", "%%")
    return f"""\
# For one user:    save as ~/.config/systemd/user/luutru.service, then
#                  systemctl --user enable --now luutru.service && loginctl enable-linger
# For the machine: save as /etc/systemd/system/luutru.service with a line User=NAME below [Service], then
#                  systemctl enable --now luutru.service
[Unit]
Description=luutru: crawl what is due in {folder}
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart={command}
# A crawl that is told to end finishes the pages under way.
KillMode=mixed
TimeoutStopSec=180
Restart=on-failure
RestartSec=300
Nice=10

[Install]
WantedBy=default.target
"""


def cron(archive: Path, options: Sequence[str]) -> str:
    """Return a line for crontab(5) that runs one round every hour, at a minute that depends on the archive's path."""
    words = [*_luutru(), "schedule", "--once", "--archive", str(archive.absolute()), *options]
    command = " ".join(map(shlex.quote, words)).replace("%", r"\%")
    minute = crc32(str(archive.absolute()).encode()) % 60
    return f"# Add it with: crontab -e\n{minute} * * * * {command}\n"


def _luutru() -> list[str]:
    """Return the words that start luutru by its absolute path."""
    beside = shutil.which("luutru", path=str(Path(sys.executable).parent)) or shutil.which("luutru")
    return [str(Path(beside).absolute())] if beside else [sys.executable, "-P", "-m", "crawler"]


def _unit_word(word: str) -> str:
    """Return a word of a command line as systemd reads it."""
    word = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return word if word and not any(letter in word for letter in " \t;'\"\\") else f'"{word}"'
