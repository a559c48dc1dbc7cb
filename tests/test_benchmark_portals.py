"""The portals of the end-to-end benchmark are what its README says, and its judge can tell good from bad."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

import lxml.html
import pytest

from archive.text import count_syllables
from benchmarks.crawl import portal as crawl_portal
from benchmarks.crawl.__main__ import measured
from benchmarks.end_to_end.check import Found, judge
from benchmarks.end_to_end.measure import serving
from benchmarks.end_to_end.portal import Portal, portals

HOSTS, PAGES = 5, 25


@pytest.fixture(scope="module")
def made() -> list[Portal]:
    return portals(HOSTS, PAGES)


def links(portal: Portal, path: str) -> list[str]:
    page = lxml.html.fromstring(portal.render(portal.pages[path]).decode())
    base = f"http://portal.example{path}"
    found = [urljoin(base, href) for href in page.xpath("//a/@href") if not href.startswith("javascript:")]
    return [link.removeprefix("http://portal.example") for link in found if link.startswith("http://portal.example/")]


def test_pages_weigh_and_link_as_real_ones_do(made: list[Portal]) -> None:
    for portal in made:
        path = portal.manner.article_path(portal.stories[0])
        assert 75_000 < len(portal.render(portal.pages[path])) < 90_000
        assert 120 < len(links(portal, path)) < 180


def test_every_page_can_be_reached_and_every_link_leads_to_one(made: list[Portal]) -> None:
    for portal in made:
        reached, queue = {"/"}, ["/"]
        while queue:
            new = set(links(portal, queue.pop())) - reached
            reached |= new
            queue += new
        assert reached == set(portal.pages)


def test_texts_are_as_long_as_said_and_copies_are_copies(made: list[Portal]) -> None:
    stories = [story for portal in made for story in portal.stories]
    assert 500 < sum(count_syllables(story.text) for story in stories) / len(stories) < 570
    copies = [story for story in stories if story.copy_of is not None]
    assert len(copies) == (HOSTS - 1) * 2
    exact = [story for story in copies if story.text == made[story.host - 1].stories[story.copy_of or 0].text]
    assert len(exact) == HOSTS - 1


def test_portals_are_the_same_at_each_start_and_differ_at_each_visit(made: list[Portal]) -> None:
    again = portals(HOSTS, PAGES)
    assert [portal.pages for portal in again] == [portal.pages for portal in made]
    home = again[0].pages["/"]
    assert again[0].render(home) != again[0].render(home)


def test_the_server_counts_what_it_serves() -> None:
    with serving(2, 3) as server:
        for url in (server.urls[0], server.urls[0], server.urls[1], urljoin(server.urls[1], "robots.txt")):
            with urllib.request.urlopen(url) as answer:
                assert answer.status == 200
        served = server.stop()
    assert (served.pages, served.requests, served.not_found) == (2, 4, 0)


def found_in(portal: Portal, url: str) -> list[Found]:
    return [
        Found(
            url=url.rstrip("/") + portal.manner.article_path(story),
            text=story.text,
            title=story.title,
            author=story.author,
            published_at=story.published_at.isoformat(),
            cluster=f"{story.host - 1}/{story.copy_of}"
            if story.copy_of is not None
            else f"{story.host}/{story.number}",
        )
        for story in portal.stories
    ]


def test_the_judge_tells_good_from_bad(made: list[Portal]) -> None:
    urls = [f"http://host{number}.example/" for number in range(HOSTS)]
    found = [one for portal, url in zip(made, urls, strict=True) for one in found_in(portal, url)]
    good = judge(made, urls, found)
    assert (good.found, good.strangers, good.chrome_lines) == (good.written, 0, 0)
    assert good.text_f1 == good.exact == good.title == good.author == good.date == 1
    assert (good.copies_found, good.copies_false) == (good.copies_written, 0)

    spoiled = [replace(found[0], text=f"{found[0].text}\nTin xem nhiều"), *found[2:]]
    spoiled.append(replace(found[2], url=urls[0]))
    bad = judge(made, urls, spoiled)
    assert (bad.found, bad.strangers, bad.chrome_lines) == (bad.written - 1, 1, 1)
    assert bad.text_f1 < 1
    assert bad.exact == pytest.approx(1 - 2 / bad.written)
    assert judge(made, urls, [replace(one, cluster="all") for one in found]).copies_false > 0
    assert judge(made, urls, [replace(one, cluster=one.url) for one in found]).copies_found == 0


def test_a_run_that_fails_says_so(tmp_path: Path) -> None:
    from benchmarks.end_to_end.measure import run

    with serving(1, 1) as server:
        cost = run(["sh", "-c", "echo no >&2; exit 3"], server, tmp_path)
    assert (cost.returncode, cost.stderr) == (3, "no\n")


def test_pages_of_the_crawl_benchmark_link_to_150_pages_of_their_host() -> None:
    (portal,) = crawl_portal.portals(1, 160)
    assert len(portal.pages) == 160
    for path in list(portal.pages)[::40]:
        found = set(links(portal, path))
        assert len(found) == crawl_portal.LINKS
        assert found <= set(portal.pages)
        assert 75_000 < len(portal.render(portal.pages[path])) < 85_000


def test_the_benchmarks_of_crawl_and_frontier_run() -> None:
    """What they measure are our own functions, whose parameters change."""
    command = [sys.executable, "-m", "benchmarks.frontier", "--most", "1000"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "1,000" in done.stdout) == (0, True), done.stderr
    run = measured("ours", 1, 1)
    assert run.served.pages == crawl_portal.LINKS + 1
