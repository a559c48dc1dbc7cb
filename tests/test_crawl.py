"""Crawls of real servers on loopback, through the command line as a user would type it."""

from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loopback import Answers, article, listing, serving

from benchmarks.kills import holdings

LUUTRU = str(Path(sys.executable).with_name("luutru"))


def luutru(*arguments: str, check: int | None = 0, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run luutru; with `check` assert its exit code."""
    done = subprocess.run([LUUTRU, *arguments], capture_output=True, text=True, timeout=120, cwd=cwd)
    assert check is None or done.returncode == check, done.stderr
    return done


def articles(archive: Path) -> dict[str, sqlite3.Row]:
    """Return the articles of an archive by URL."""
    with sqlite3.connect(archive / "archive.db") as db:
        db.row_factory = sqlite3.Row
        return {row["url"]: row for row in db.execute("SELECT * FROM articles")}


def portal(count: int) -> Answers:
    """Return a portal of `count` articles behind a chain of listings, ten a page."""
    answers: dict[str, str] = {}
    pages = range(0, count, 10)
    for number in pages:
        paths = [f"/tin-tuc/bai-{n}-{1000 + n}.html" for n in range(number, min(number + 10, count))]
        following = [f"/tin-tuc/page-{number // 10 + 2}/"] if number + 10 < count else []
        answers["/" if not number else f"/tin-tuc/page-{number // 10 + 1}/"] = listing(paths + following)
        for n, path in enumerate(paths, number):
            answers[path] = article(f"Thôn số {n}")
    return answers


def test_finds_every_article_through_the_listings_and_adds_nothing_when_run_again(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    with serving(portal(45)) as server:
        luutru("crawl", server.url, "--archive", str(archive))
        first = len(server.requests)
        assert len(articles(archive)) == 45
        assert len(server.paths) == len(set(server.paths)), "no page is fetched twice in one crawl"
        again = luutru("crawl", server.url, "--archive", str(archive), "--json")
        assert json.loads(again.stdout)["articles"] == 0
        assert len(server.requests) - first <= 4
    luutru("verify", "--archive", str(archive))


def test_a_crawl_killed_at_any_moment_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    archive, whole, seed = tmp_path / "archive", tmp_path / "whole", random.Random(7)
    with serving(portal(60)) as server:
        luutru("crawl", server.url, "--archive", str(whole), "--workers", "1")
        server.requests.clear()
        command = [LUUTRU, "crawl", server.url, "--archive", str(archive), "--delay", "0.03", "--workers", "1"]
        for _ in range(4):
            before = len(server.requests)
            process = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
            )
            while len(server.requests) - before < seed.randint(2, 9) and process.poll() is None:
                time.sleep(seed.random() / 20)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        luutru(*command[1:])
        twice = [path for path in set(server.paths) if path.endswith(".html") and server.paths.count(path) > 1]
        assert len(twice) <= 4, "only what was in flight is fetched again"
    assert len(holdings(whole)["articles"]) == 60
    assert holdings(archive) == holdings(whole)
    luutru("verify", "--archive", str(archive))


def test_robots_txt_is_obeyed_and_its_delay_kept(tmp_path: Path) -> None:
    robots = b"User-agent: *\nDisallow: /tin-tuc/bai-3\nCrawl-delay: 0.3\n"
    answers = {**portal(6), "/robots.txt": (200, {"Content-Type": "text/plain"}, robots)}
    with serving(answers) as server:
        done = luutru("crawl", server.url, "--archive", str(tmp_path / "a"), "--json")
    assert json.loads(done.stdout)["forbidden"] == 1
    assert not [path for path in server.paths if path.startswith("/tin-tuc/bai-3")]
    assert server.paths[0] == "/robots.txt"
    assert min(server.gaps()[1:]) >= 0.29, "the gap is kept from the first page on"


def test_a_portal_that_robots_txt_forbids_says_so(tmp_path: Path) -> None:
    with serving({**portal(3), "/robots.txt": "User-agent: *\nDisallow: /\n"}) as server:
        done = luutru("crawl", server.url, "--archive", str(tmp_path / "a"), check=1)
    assert server.paths == ["/robots.txt"]
    assert "robots.txt does not allow its home page" in done.stderr
    assert "forbidden by robots.txt" in luutru("portals", "--archive", str(tmp_path / "a")).stdout


def test_a_host_whose_robots_txt_fails_is_left_alone(tmp_path: Path) -> None:
    with serving({**portal(3), "/robots.txt": (503, {"Retry-After": "1"}, b"")}) as server:
        done = luutru("crawl", server.url, "--archive", str(tmp_path / "a"), check=1)
    assert set(server.paths) == {"/robots.txt"}
    assert "robots.txt answered 503" in done.stderr


def test_retry_after_is_obeyed_and_the_page_asked_again(tmp_path: Path) -> None:
    answers = dict(portal(3))
    text = answers["/tin-tuc/bai-1-1001.html"]
    answers["/tin-tuc/bai-1-1001.html"] = lambda hits: (429, {"Retry-After": "2"}, b"") if hits == 0 else text
    with serving(answers) as server:
        luutru("crawl", server.url, "--archive", str(tmp_path / "a"))
    assert len(articles(tmp_path / "a")) == 3
    asked = [at for at, path in server.requests if path == "/tin-tuc/bai-1-1001.html"]
    after = next(at for at, path in server.requests if at > asked[0])
    assert after - asked[0] >= 2.0, "the whole host is left alone"


def test_redirects_are_followed_and_circles_end(tmp_path: Path) -> None:
    answers = dict(portal(2))
    answers["/"] = (302, {"Location": "/vi/"}, b"")
    answers["/vi/"] = listing(["/tin-tuc/bai-0-1000.html", "/tin-tuc/bai-1-1001.html", "/a/", "/slash"])
    answers["/a/"] = (301, {"Location": "/b/"}, b"")
    answers["/b/"] = (301, {"Location": "/a/"}, b"")
    answers["/slash"] = (301, {"Location": "/slash/"}, b"")
    answers["/slash/"] = article("Thôn Cuối")
    with serving(answers) as server:
        luutru("crawl", server.url, "--archive", str(tmp_path / "a"))
    assert len(articles(tmp_path / "a")) == 3
    assert server.paths.count("/a/") == server.paths.count("/b/") == 1


def test_pages_that_fail_are_counted_and_stop_nothing(tmp_path: Path) -> None:
    answers = dict(portal(4))
    answers["/"] = listing(
        [*(f"/tin-tuc/bai-{n}-{1000 + n}.html" for n in range(4)), "/hong.html", "/byte.html", "/sau.html"]
    )
    answers["/hong.html"] = (500, {}, b"")
    answers["/byte.html"] = (200, {"Content-Type": "text/html"}, bytes(range(256)) * 40)
    answers["/sau.html"] = "<div>" * 50_000
    with serving(answers) as server:
        done = luutru("crawl", server.url, "--archive", str(tmp_path / "a"), check=3)
    assert len(articles(tmp_path / "a")) == 4
    assert f"{server.url}hong.html: status 500" in done.stderr
    assert server.paths.count("/hong.html") == 3
    luutru("verify", "--archive", str(tmp_path / "a"))


def test_a_changed_article_becomes_a_revision_and_an_unchanged_one_does_not(tmp_path: Path) -> None:
    archive, answers = tmp_path / "a", dict(portal(3))
    with serving(answers) as server:
        luutru("crawl", server.url, "--archive", str(archive))
        answers["/tin-tuc/bai-1-1001.html"] = article("Thôn Đổi Mới")
        answers["/tin-tuc/bai-2-1002.html"] = article("Thôn số 2", links="<p>Lượt truy cập: 46.112</p>")
        with sqlite3.connect(archive / "archive.db") as db:
            db.execute("UPDATE frontier SET due_at = 0")
        done = luutru("crawl", server.url, "--archive", str(archive), "--json")
    assert json.loads(done.stdout)["changed"] == 1
    assert {row["revision"] for row in articles(archive).values()} == {1, 2}
    assert luutru("search", "thon doi moi", "--archive", str(archive)).stdout.count("/tin-tuc/bai-1-1001.html") == 1
    luutru("verify", "--archive", str(archive))


def test_max_pages_stops_and_the_same_command_goes_on(tmp_path: Path) -> None:
    with serving(portal(20)) as server:
        luutru("crawl", server.url, "--archive", str(tmp_path / "a"), "--max-pages", "5")
        assert len([path for path in server.paths if path.endswith((".html", "/"))]) <= 5
        luutru("crawl", server.url, "--archive", str(tmp_path / "a"))
    assert len(articles(tmp_path / "a")) == 20


def test_an_interrupted_crawl_says_so(tmp_path: Path) -> None:
    with serving(portal(60)) as server:
        command = [LUUTRU, "crawl", server.url, "--archive", str(tmp_path / "a"), "--delay", "0.1"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while len(server.requests) < 6:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "goes on from here" in errors
    luutru("verify", "--archive", str(tmp_path / "a"))


def test_interrupted_twice_it_ends_at_once_and_loses_nothing(tmp_path: Path) -> None:
    with serving(portal(30)) as server:
        command = [LUUTRU, "crawl", server.url, "--archive", str(tmp_path / "a"), "--delay", "2"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while len(server.requests) < 3:
            time.sleep(0.02)
        for _ in range(2):
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
        _, errors = process.communicate(timeout=10)
        assert process.returncode == 130
        assert "Traceback" not in errors
        luutru("crawl", server.url, "--archive", str(tmp_path / "a"))
    assert len(articles(tmp_path / "a")) == 30


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("http://no-such-host.invalid/",), "does not resolve"),
        (("http://127.0.0.1:9/",), "refused"),
        (("backam",), "did you mean backan"),
        (("ftp://127.0.0.1/",), "no http or https address"),
    ],
)
def test_what_cannot_be_crawled_is_one_clear_line(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    done = luutru("crawl", *arguments, "--archive", str(tmp_path / "a"), check=1)
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_an_archive_that_cannot_be_used_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no archive")
    assert "this is a file" in luutru("crawl", "backan", "--archive", str(tmp_path / "file"), check=1).stderr
    with serving(portal(1)) as server:
        luutru("crawl", server.url, "--archive", str(tmp_path / "a"))
        with sqlite3.connect(tmp_path / "a" / "archive.db") as db:
            row = ("archive", "9999_from_the_future", "2099-01-01")
            db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES (?, ?, ?)", row)
        for command in (("crawl", server.url), ("stats",), ("search", "xã")):
            assert "newer luutru" in luutru(*command, "--archive", str(tmp_path / "a"), check=1).stderr


def test_scrapy_runs_the_spider_too(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    scrapy = [sys.executable, "-m", "scrapy"]
    listed = subprocess.run([*scrapy, "list"], capture_output=True, text=True, cwd=root, check=True)
    assert listed.stdout.split() == ["portal"]
    with serving(portal(3)) as server:
        arguments = ["crawl", "portal", "-a", f"url={server.url}", "-a", f"archive={tmp_path / 'a'}"]
        subprocess.run([*scrapy, *arguments], cwd=root, check=True, capture_output=True, timeout=120)
    assert len(articles(tmp_path / "a")) == 3


def test_portals_tells_the_state_of_what_was_crawled(tmp_path: Path) -> None:
    archive = str(tmp_path / "a")
    answers = {**portal(3), "/": listing([*list(portal(3))[1:], "/print/bai-0-1000.html"])}
    with serving(answers) as server:
        luutru("crawl", server.url, "--archive", archive)
        host = server.url.split("/")[2]
    known = json.loads(luutru("portals", host, "--json", "--archive", archive).stdout)
    assert (known["portal"], known["articles"], known["health"]) == (host, 3, "good")
    assert known["drops"] == {"print": 1}
    assert len(luutru("portals", "--archive", archive).stdout.splitlines()) > 90
    assert "did you mean" in luutru("portals", "backam", "--archive", archive, check=1).stderr
