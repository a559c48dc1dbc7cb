"""`luutru portals`: the state of each portal, and what a portal says to a crawler."""
# ruff: noqa: E501 (pages as servers write them)

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from loopback import article, listing, serving

from crawler import catalogue

LUUTRU = str(Path(sys.executable).with_name("luutru"))
APOLOGY = (
    '<html><head><meta charset="utf-8"><title>Trang chào</title></head><body><h1>Kính chào bà con ghé thăm trang bản</h1>'
    "<p>Địa chỉ này hiện không phục vụ. Mời bà con dùng thực đơn bên trên để đọc các chuyện mới trong bản.</p></body></html>"
)


def luutru(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LUUTRU, *arguments], capture_output=True, text=True, timeout=120)


class Portal(dict[str, object]):
    """Six articles, a sitemap, a feed, rules, and a page of apology wherever there is nothing."""

    def __init__(self) -> None:
        paths = [f"/tin/chuyen-xa-{n}.html" for n in range(100, 106)]
        locations = "".join(f"<url><loc>{path}</loc></url>" for path in paths)
        items = "".join(f"<item><title>{path}</title><link>{path}</link></item>" for path in paths[:2])
        feed = '<link rel="alternate" type="application/rss+xml" href="/tin/rss/">'
        super().__init__(
            {
                "/": listing(paths).replace("<head>", f"<head>{feed}"),
                "/robots.txt": (
                    200,
                    {"Content-Type": "text/plain"},
                    b"User-agent: *\nDisallow: /kin/\nCrawl-delay: 0.2\n",
                ),
                "/sitemap.xml": f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locations}</urlset>',
                "/tin/rss/": f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>',
            }
        )
        self |= {path: article(f"bản số {path[15:18]}") for path in paths}

    def get(self, path: str, default: object = None) -> object:
        return super().get(path, (200, {"Content-Type": "text/html; charset=utf-8"}, APOLOGY.encode()))


def test_check_says_what_a_crawl_would_begin_with(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with serving(Portal()) as server:  # type: ignore[arg-type]
        done = luutru("portals", "check", server.url, "--json", "--archive", str(archive))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["robots"], found["certificate"], found["problem"]) == ("rules", None, "")
    assert 0.2 <= found["delay_s"] < 30, "as robots.txt asks, and longer where the server is slow"
    assert found["sitemaps"] == {f"{server.url}sitemap.xml": 6}
    assert found["feeds"] == {f"{server.url}tin/rss/": 2}
    assert found["missing"].startswith("status 200")
    assert len(found["samples"]) == 3
    assert found["samples"][0]["title"].startswith("Chuyện làm đường ở bản số")
    assert found["samples"][0]["syllables"] > 50
    assert len(server.requests) <= 20, "it is polite"
    assert min(server.gaps()[1:]) >= 0.19, "the delay of robots.txt is kept"
    assert not archive.exists(), "the archive is left as it is"


def test_check_is_readable_and_its_exit_codes_are_those_of_the_contract() -> None:
    with serving(Portal()) as server:  # type: ignore[arg-type]
        done = luutru("portals", "check", server.url)
    assert done.returncode == 0
    assert "sitemap.xml (6 pages)" in done.stdout
    assert "syllables: Sáng nay" in done.stdout
    unreachable = luutru("portals", "check", "http://127.0.0.1:9/")
    assert unreachable.returncode == 1
    assert "the connection was refused" in unreachable.stderr
    assert luutru("portals", "check").returncode == 2
    with serving({**Portal(), "/tin/rss/": (200, {"Content-Type": "text/html"}, b"<p>" * 200_000)}) as server:  # type: ignore[dict-item]
        assert luutru("portals", "check", server.url).returncode == 3


def test_the_state_of_a_portal(tmp_path: Path) -> None:
    with serving(Portal()) as server:  # type: ignore[arg-type]
        name = server.url.split("/")[2]
        assert luutru("crawl", server.url, "--archive", str(tmp_path), "--delay", "0").returncode == 0
    with sqlite3.connect(tmp_path / "archive.db") as db:
        db.execute("INSERT INTO hosts VALUES (?, 10, ?, 0, 'no answer in time')", [name, int(time.time()) + 9999])
        db.execute("UPDATE pages SET gone_at = '2024-01-01' WHERE url LIKE '%-100.html'")
        db.execute(
            "INSERT INTO patterns VALUES (?, '/ban-in/', 3, 0, 3, '3 pages say so', 'http://x/ban-in/1', 17, 0, 0)",
            [name],
        )
    state = json.loads(luutru("portals", name, "--archive", str(tmp_path), "--json").stdout)
    assert (state["articles"], state["gone"], state["health"], state["verified"]) == (6, 1, "rests", None)
    assert state["kinds"]["article"] == 6
    assert state["rests"][name]["reason"] == "no answer in time"
    assert state["retired"][0]["pattern"] == "/ban-in/"
    assert state["retired"][0]["held"] == 17
    told = luutru("portals", name, "--archive", str(tmp_path)).stdout
    assert "retired /ban-in/: 3 pages say so; 17 addresses set aside" in told
    assert "rests until" in told


def test_addresses_that_nobody_verified_are_shown_as_such(tmp_path: Path) -> None:
    unverified = {portal.id for portal in catalogue.portals() if not portal.is_verified}
    assert unverified == {"mod", "moj", "bvhttdl", "thanhtra", "vpcp", "moit", "bocongan"}
    states = map(json.loads, luutru("portals", "--archive", str(tmp_path / "none"), "--json").stdout.splitlines())
    assert {state["portal"] for state in states if not state["verified"]} == unverified
