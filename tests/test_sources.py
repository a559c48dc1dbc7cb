"""Sitemaps that end too early or are dead are noticed, and said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from loopback import article, listing, serving

LUUTRU = str(Path(sys.executable).with_name("luutru"))


def sitemap(paths: list[str], lastmod: str = "") -> str:
    entries = "".join(f"<url><loc>{path}</loc>{lastmod and f'<lastmod>{lastmod}</lastmod>'}</url>" for path in paths)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def luutru(*arguments: str) -> str:
    done = subprocess.run([LUUTRU, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def notes(tmp_path: Path, sitemaps: dict[str, str], articles: int) -> list[str]:
    """Return what is said of a portal of that many articles, all in one listing, with these sitemaps."""
    paths = {path: article(f"bản số {n}") for n, path in enumerate(addresses(articles))}
    robots = "".join(f"Sitemap: {path}\n" for path in sitemaps)
    answers = {"/": listing(list(paths)), **paths, **sitemaps, "/robots.txt": (200, {}, robots.encode())}
    with serving(answers) as server:
        luutru("crawl", server.url, "--archive", str(tmp_path), "--workers", "1")
        said = json.loads(luutru("portals", server.url, "--archive", str(tmp_path), "--json"))
    return [note.replace(server.url, "/") for note in said["notes"]]


def addresses(count: int) -> list[str]:
    return [f"/tin/chuyen-lam-duong-o-ban-so-{number}-{7000 + number}.html" for number in range(count)]


def test_a_sitemap_that_lists_the_newest_alone(tmp_path: Path) -> None:
    assert notes(tmp_path, {"/sitemap.xml": sitemap(addresses(24)[:10])}, 24) == ["its sitemaps list 10 of 24 articles"]


def test_a_sitemap_that_stops_at_a_round_number(tmp_path: Path) -> None:
    others = [f"/khong-con-tin-nao-o-day-{number}.html" for number in range(490)]
    listed = sitemap([*addresses(10), *others])
    answers = {"/robots.txt": (200, {}, b"User-agent: *\nDisallow: /khong-con\nSitemap: /sitemap.xml\n")}
    paths = {path: article(f"bản số {n}") for n, path in enumerate(addresses(20))}
    with serving({"/": listing(list(paths)), **paths, **answers, "/sitemap.xml": listed}) as server:
        luutru("crawl", server.url, "--archive", str(tmp_path), "--workers", "1")
        said = luutru("portals", server.url, "--archive", str(tmp_path))
    assert "its sitemaps list 10 of 20 articles; " in said
    assert f"{server.url}sitemap.xml ends after 500 entries" in said


def test_a_sitemap_whose_pages_are_gone_and_one_of_long_ago(tmp_path: Path) -> None:
    dead = [f"/vi/news/bai-da-xoa-khoi-may-chu-{number}.html" for number in range(5)]
    sitemaps = {"/cu.xml": sitemap(dead), "/tin.xml": sitemap(addresses(8), "2019-05-01")}
    assert notes(tmp_path, sitemaps, 8) == [
        "/cu.xml: none of its pages answers",
        "/tin.xml: its newest entry is of 2019-05-01",
    ]


def test_nothing_is_said_of_a_sitemap_that_is_whole(tmp_path: Path) -> None:
    assert notes(tmp_path, {"/sitemap.xml": sitemap(addresses(9), "2023-05-01")}, 9) == []
