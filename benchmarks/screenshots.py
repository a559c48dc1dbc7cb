"""Takes the pictures of the web interface that README.md shows: `python -m benchmarks.screenshots [FOLDER]`.

`luutru demo` makes an archive that is thrown away, it is served, and a Chromium of the system looks at
it. Needs playwright (`make test` installs it) and Chromium (Debian, Ubuntu: apt install chromium fonts-noto-core).
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

from crawler.rendering import browser_path

_FOLDER = Path("docs/images")
_DESKTOP, _SHORT, _PHONE = (1000, 640), (1000, 560), (360, 640)
_MOST_BYTES = 150_000


def main() -> None:
    """Make the archive, serve it, take the pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    luutru = [sys.executable, "-m", "crawler"]
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "archive"
        subprocess.run([*luutru, "demo", "--archive", path], check=True, stdout=subprocess.DEVNULL)
        command = [*luutru, "serve", "--archive", path, "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            try:
                assert server.stdout is not None
                url = server.stdout.readline().strip()
                with sync_playwright() as playwright:
                    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
                    browser = playwright.chromium.launch(
                        executable_path=browser_path(),
                        chromium_sandbox=not is_root,
                        args=["--disable-lcd-text"],  # grey edges of letters weigh half of coloured ones
                    )
                    _take_all(browser, url, path, folder)
                    browser.close()
            finally:
                server.terminate()


def _take_all(browser: Browser, url: str, path: Path, folder: Path) -> None:
    cluster = _most_spread(path / "archive.db")
    query = f"search?q={quote('tập huấn')}"
    _take(browser, url, folder / "home.png")
    _take(browser, f"{url}{query}&lang=en", folder / "results.png", scheme="dark")
    _take(browser, f"{url}cluster/{cluster}", folder / "copies.png", size=_SHORT)
    _take(browser, f"{url}portal/mocgiang?lang=en", folder / "portal.png")
    _take(browser, f"{url}article/{cluster}", folder / "phone.png", size=_PHONE)


def _take(browser: Browser, url: str, file: Path, *, size: tuple[int, int] = _DESKTOP, scheme: str = "light") -> None:
    context = browser.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    answer = page.goto(url)
    if answer is None or not answer.ok:
        raise SystemExit(f"{url}: it was not shown")
    page.screenshot(path=file)
    context.close()
    bytes_ = file.stat().st_size
    print(f"{file}  {bytes_ / 1000:.0f} kB")
    if bytes_ > _MOST_BYTES:
        raise SystemExit(f"{file}: larger than {_MOST_BYTES / 1000:.0f} kB; show less of the page")


def _most_spread(db_path: Path) -> str:
    """Return the id of the cluster that spans most portals and whose copies differ."""
    db = sqlite3.connect(db_path)
    row = db.execute(
        """SELECT cluster_id FROM articles GROUP BY cluster_id
        ORDER BY count(DISTINCT document_id) > 1 DESC, count(DISTINCT portal) DESC, cluster_id LIMIT 1"""
    ).fetchone()
    db.close()
    return str(row[0])


if __name__ == "__main__":
    main()
