"""Traps that servers set without meaning to: paths that grow, calendars, redirects and listings without end.

The addresses are what broken portals answer with 200; each rule is tried on genuine addresses that look like it too.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import article, listing, serving

from crawler.urls import language_of, refusal

LUUTRU = str(Path(sys.executable).with_name("luutru"))
HOST = "https://vidu.gov.vn"


def crawl(url: str, archive: Path, *options: str) -> None:
    """Crawl to the end; whatever the server does, the crawl must end by itself."""
    command = [LUUTRU, "crawl", url, "--archive", str(archive), "--delay", "0", "--workers", "1", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 3), done.stderr


def one_column(archive: Path, query: str) -> list[str]:
    with sqlite3.connect(archive / "archive.db") as db:
        return [row[0] for row in db.execute(query)]


def drops(archive: Path) -> dict[str, int]:
    with sqlite3.connect(archive / "archive.db") as db:
        return dict(db.execute("SELECT reason, addresses FROM drops"))


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/tin/index.php/tin/index.php/tin/bai", "repeating-path"),
        ("/tin/xem-them/a/xem-them/a/xem-them/a/", "repeating-path"),
        ("/vn/vn/vn/tin-tuc", "repeating-path"),
        ("/" + "/".join(f"m{n}" for n in range(21)), "repeating-path"),
        ("/sitemap.xml/tin-tuc/", "below-file"),
        ("/bai-12.html/tin-tuc/bai-13.html", "below-file"),
        ("/lich/2020/1/14", "calendar"),
        ("/lich/2031/2/", "calendar"),
        ("/calendar/2031/2", "calendar"),
        ("/vi/lich-cong-tac/thang/2024/03", "calendar"),
        ("/su-kien/2020-10-05", "calendar"),
        ("/events/2020/10/", "calendar"),
    ],
)
def test_addresses_without_end_are_refused(path: str, reason: str) -> None:
    assert refusal(HOST + path) == reason


@pytest.mark.parametrize(
    "path",
    [
        "/2020/10/10/hop-giao-ban",
        "/tin-tuc/2020/10/10/10/hop-giao-ban",
        "/tin-tuc/tin-tuc/hop-giao-ban-12.html",
        "/gioi-thieu/gioi-thieu/gioi-thieu",
        "/web/xa-thuan-an/xa-thuan-an/-/asset_publisher/Ab1/content/xa-thuan-an",
        "/index.php/news/1",
        "/index.php/tin-tuc/hop-giao-ban-12.html",
        "/documents/20182/0/quyet-dinh.pdf/9f8e7d6c-5b4a-3928-1706-f5e4d3c2b1a0",
        "/tin-tuc.html/page/2",
        "/su-kien/2020/10/le-hoi-long-tong",
        "/tin-tuc/su-kien/le-hoi-2020",
        "/lich-su/2020/10",
        "/files/a/a/a/a/bao-cao.pdf",
        "/" + "/".join(f"m{n}" for n in range(20)),
    ],
)
def test_genuine_addresses_that_look_like_traps_are_followed(path: str) -> None:
    assert refusal(HOST + path) is None


@pytest.mark.parametrize(
    ("start", "language"),
    [("/en/", "en"), ("/en-us/home", "en"), ("/?lang=english", "en"), ("/?lang=fr", "fr"), ("/", ""), ("/enews/", "")],
)
def test_the_language_of_an_address(start: str, language: str) -> None:
    assert language_of(HOST + start) == language


def test_only_the_language_of_the_start_is_followed() -> None:
    assert refusal(HOST + "/en/news/a-12.html", "en") is None
    assert refusal(HOST + "/tin?lang=en", "en") is None
    assert refusal(HOST + "/fr/news", "en") == refusal(HOST + "/en/news") == "language"
    assert refusal(HOST + "/en/users/login", "en") == "login"


def test_a_crawl_that_starts_in_a_foreign_language_stays_in_it(tmp_path: Path) -> None:
    answers = {
        "/en/": listing(["/en/news/ban-a-12.html", "/fr/"]),
        "/en/news/ban-a-12.html": article("bản A"),
        "/fr/": listing([]),
    }
    with serving(answers) as server:
        crawl(server.url + "en/", tmp_path)
    assert len(one_column(tmp_path, "SELECT url FROM articles")) == 1
    assert "/fr/" not in server.paths
    assert drops(tmp_path)["language"] == 1
