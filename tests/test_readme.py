"""The session in the README is run, as it is written, on the archive that the demo makes.

`LUUTRU_UPDATE_README=1` writes the real output into the README instead of comparing.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
SESSION = re.compile(r"(?<=<!-- session -->\n```console\n)(.*?)(?=```\n<!-- /session -->)", re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo was run."""
    path = tmp_path_factory.mktemp("session")
    subprocess.run(
        [Path(sys.executable).with_name("luutru"), "demo"], cwd=path, check=True, capture_output=True, timeout=170
    )
    return path


def played(session: str, folder: Path) -> str:
    """Return the session with the output that its commands really have."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("LUUTRU_ARCHIVE", None)
    parts = []
    for command in re.findall(r"^\$ (.*)$", session, re.MULTILINE):
        done = subprocess.run(
            command, shell=True, cwd=folder, capture_output=True, text=True, timeout=60, check=True, env=environment
        )
        parts.append(f"$ {command}\n{done.stdout}")
    return "".join(parts)


def comparable(session: str) -> str:
    """Return a session without what differs from run to run.

    Times of capture, sizes of compressed files, and how pages that are no articles are told apart: side blocks of the
    demo portals change at every visit.
    """
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d|\d+(?:\.\d+)? [kM]B|(?<=article, ).*soft404", "…", session)


def test_the_session_in_the_readme_is_real(folder: Path) -> None:
    text = README.read_text(encoding="utf-8")
    match = SESSION.search(text)
    assert match, "the README has a session"
    real = played(match[1], folder)
    if os.environ.get("LUUTRU_UPDATE_README"):
        README.write_text(SESSION.sub(lambda _: real, text), encoding="utf-8")
        return
    assert comparable(real) == comparable(match[1])
