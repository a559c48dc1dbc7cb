"""The browser of the system: where it is, and how it is started."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from archive.errors import CrawlError

__all__ = ["browser_path", "launch_options"]

_VARIABLE = "LUUTRU_BROWSER"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser_path() -> Path:
    """Return the browser's program: what $LUUTRU_BROWSER names, or the first Chromium on the path.

    Raises CrawlError where the extra or the browser is not installed.
    """
    if find_spec("playwright") is None:
        raise CrawlError("--render", "the extra for browsers is not installed", "pip install 'luutru[browser]'")
    named = os.environ.get(_VARIABLE)
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        reason = f"${_VARIABLE} is {named!r}, which is no program" if named else "no Chromium was found"
        hint = f"install one (Debian, Ubuntu: apt install chromium) or name it in ${_VARIABLE}"
        raise CrawlError("--render", reason, hint)
    return Path(found)


def launch_options(path: Path) -> dict[str, object]:
    """Return what Playwright starts the browser with: no window, no name that resolves, its sandbox unless root."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium refuses to make a sandbox then
    return {
        "executable_path": path,
        "headless": True,
        "chromium_sandbox": not is_root,
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
        "args": [
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--webrtc-ip-handling-policy=disable_non_proxied_udp",
            "--force-webrtc-ip-handling-policy",
            "--disable-background-networking",
            "--disable-dev-shm-usage",
        ],
        "timeout": 30_000,
    }
