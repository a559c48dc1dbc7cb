"""What a server sees of a crawl: robots.txt, gaps, Retry-After, rest. Real servers, real crawls."""

from __future__ import annotations

import gzip
import itertools
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import Answer, Answers, Server, article, listing, serving
from test_crawl import LUUTRU, articles, luutru, portal

from crawler.fetching.identity import is_contact, user_agent
from crawler.fetching.politeness import LONGEST_PACE_S, PATIENCE_S, Host, RobotsState, until_night_s

CLOSED = b"User-agent: *\nDisallow: /tin-tuc/\n"
NO_ROBOTS: Answers = {"/robots.txt": (404, {}, b"")}


def host_of(server: Server) -> str:
    return server.url.split("/")[2]


def pages(server: Server) -> list[str]:
    """Return the articles that were asked for."""
    return [path for path in server.paths if path.endswith(".html")]


def crawl_as_one_portal(servers: list[Server], archive: Path, *, delay_s: float, clock: str = "") -> None:
    """Crawl several servers as the hosts of one portal; `clock` is put before, to move the clock."""
    hosts = tuple(map(host_of, servers))
    code = f"""
import time
{clock}
from pathlib import Path
from crawler.catalogue import Portal
from crawler.run import run
from crawler.options import Options
portal = Portal("thu", "Thử", {servers[0].url!r}, {hosts!r}, None, None, state="added")
run(Path({str(archive)!r}), [portal], Options(delay_s={delay_s}, workers=1, night={bool(clock)}))
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120, capture_output=True)


def start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)


def make_due(archive: str) -> None:
    with sqlite3.connect(archive + "/archive.db") as db:
        db.execute("UPDATE frontier SET due_at = 0 WHERE url LIKE '%.html'")


def gaps(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in itertools.pairwise(sorted(times))]


def test_a_hostile_portal_of_two_hosts_sees_every_rule_kept(tmp_path: Path) -> None:
    first: dict[str, object] = {**portal(4)}
    second: dict[str, object] = {
        f"/tin-tuc/xa-{n}-{2000 + n}.html": article(f"Xã bên số {n}", links='<a href="/bi-mat/x-1.html">x</a>')
        for n in range(4)
    }
    slow_down = (429, {"Retry-After": "2"}, b"")
    refused = second["/tin-tuc/xa-1-2001.html"]
    second["/tin-tuc/xa-1-2001.html"] = lambda hits: refused if hits else slow_down
    with serving(first) as a, serving(second) as b:  # type: ignore[arg-type]
        there = [b.url.rstrip("/") + path for path in list(second)]
        first["/"] = listing([*list(portal(4))[1:], "/cam/x-1.html", *there])
        first["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /cam\nCrawl-delay: 0.4\n")
        rules = gzip.compress(b"User-agent: *\nAllow: /\n\nUser-agent: Luutru/9\nDisallow: /bi-mat\n")
        second["/robots.txt"] = (200, {"Content-Encoding": "gzip"}, rules)
        crawl_as_one_portal([a, b], tmp_path / "a", delay_s=0.2)
    assert len(articles(tmp_path / "a")) == 8
    for server in (a, b):
        assert server.paths[0] == "/robots.txt"
        assert not [path for path in server.paths if path.startswith(("/cam", "/bi-mat"))]
    times = [at for at, _ in a.requests], [at for at, _ in b.requests]
    assert min(gaps([*times[0], *times[1]])) >= 0.2, "one request at a time for the portal, with its gap"
    assert min(gaps(times[0])) >= 0.4, "a host's own Crawl-delay"
    refused_at = next(at for at, path in b.requests if path == "/tin-tuc/xa-1-2001.html")
    assert min(at for at in times[1] if at > refused_at) - refused_at >= 2.0


def test_portals_at_one_address_share_its_budget(tmp_path: Path) -> None:
    with serving({**portal(4), **NO_ROBOTS}) as server:
        other = server.url.replace("127.0.0.1", "localhost")
        luutru("crawl", server.url, other, "--delay", "0.15", "--archive", str(tmp_path / "a"))
    assert len(pages(server)) == 8
    assert min(server.gaps()) >= 0.15


def test_a_slow_host_is_asked_more_slowly(tmp_path: Path) -> None:
    def slow(hits: int) -> str:
        time.sleep(0.4)
        return article("Thôn Chậm")

    answers = {**portal(3), **NO_ROBOTS}
    answers["/tin-tuc/bai-0-1000.html"] = slow
    with serving(answers) as server:
        luutru("crawl", server.url, "--delay", "0.05", "--archive", str(tmp_path / "a"))
    at = server.paths.index("/tin-tuc/bai-0-1000.html")
    assert server.gaps()[at] >= 0.4 + 2 * 0.4, "twice the time that the answer took, after its end"


def test_a_pause_that_was_asked_for_outlives_the_crawl(tmp_path: Path) -> None:
    archive = str(tmp_path / "a")
    moment = datetime.now(UTC) + timedelta(seconds=7)
    answers = {**portal(6), **NO_ROBOTS}
    text = answers["/tin-tuc/bai-2-1002.html"]
    busy = (503, {"Retry-After": format_datetime(moment, usegmt=True)}, b"")
    answers["/tin-tuc/bai-2-1002.html"] = lambda hits: text if hits else busy
    with serving(answers) as server:
        command = [LUUTRU, "crawl", server.url, "--archive", archive]
        process = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
        while "/tin-tuc/bai-2-1002.html" not in server.paths:
            time.sleep(0.02)
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        asked = len(server.requests)
        luutru(*command[1:])
    later = time.time() - time.monotonic() + server.requests[asked][0]
    assert later >= moment.replace(microsecond=0).timestamp()
    assert len(articles(tmp_path / "a")) == 6


def test_after_a_kill_the_gap_is_kept(tmp_path: Path) -> None:
    with serving({**portal(6), **NO_ROBOTS}) as server:
        command = [LUUTRU, "crawl", server.url, "--archive", str(tmp_path / "a"), "--delay", "2.5"]
        process = subprocess.Popen(
            command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True
        )
        while len(server.requests) < 3:
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        luutru(*command[1:], "--max-pages", "1")
    assert min(server.gaps()) >= 2.5


def test_a_wait_ends_with_the_crawl(tmp_path: Path) -> None:
    answers = {**portal(2), "/": (429, {"Retry-After": "300"}, b""), **NO_ROBOTS}
    with serving(answers) as server:
        process = subprocess.Popen([LUUTRU, "crawl", server.url, "--archive", str(tmp_path / "a")])
        while "/" not in server.paths:
            time.sleep(0.02)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        asked = len(server.requests)
        luutru("crawl", server.url, "--archive", str(tmp_path / "a"), "--max-time", "3s", check=None)
    assert len(server.requests) == asked, "the next crawl keeps the pause"


def test_a_host_that_fails_ten_times_rests_until_another_day(tmp_path: Path) -> None:
    archive = str(tmp_path / "a")
    answers: dict[str, object] = {**portal(12), **NO_ROBOTS}
    broken = {path: (500, {}, b"") for path in answers if path.endswith(".html")}
    with serving({**answers, **broken}) as server:  # type: ignore[arg-type]
        done = luutru("crawl", server.url, "--archive", archive, check=1)
        assert len(pages(server)) == 10
        assert "10 failures in a row, the last: status 500" in done.stderr
        asked = len(server.requests)
        make_due(archive)
        luutru("crawl", "--due", "--archive", archive, check=None)
        assert len(server.requests) == asked, "what is due waits for another day"
        luutru("crawl", server.url, "--archive", archive, check=1)
        assert server.paths[asked:] == ["/robots.txt", server.paths[-1]], "named by the user it has one try"
        port = int(host_of(server).rpartition(":")[2])
    make_due(archive)
    with sqlite3.connect(archive + "/archive.db") as db:
        db.execute("UPDATE hosts SET rests_until = rests_until - 86400")
    with serving(answers, port) as server:  # type: ignore[arg-type]
        luutru("crawl", "--due", "--archive", archive)
    assert len(articles(tmp_path / "a")) == 12, "unreachable is not gone"
    with sqlite3.connect(archive + "/archive.db") as db:
        assert db.execute("SELECT count(*) FROM hosts").fetchone()[0] == 0


def test_requests_go_out_at_night(tmp_path: Path) -> None:
    clock = """
real, began = time.time, time.time()
evening = __import__("datetime").datetime.fromisoformat("2025-07-01T18:59:57+07:00").timestamp()
time.time = lambda: evening + real() - began"""
    with serving({**portal(2), **NO_ROBOTS}) as server:
        began = time.monotonic()
        crawl_as_one_portal([server], tmp_path / "a", delay_s=0, clock=clock)
    assert server.requests[0][0] - began >= 3
    assert len(articles(tmp_path / "a")) == 2


def test_robots_txt_of_every_kind(tmp_path: Path) -> None:
    packed = {"Content-Encoding": "gzip"}
    kinds: dict[str, tuple[Answer, bool]] = {
        "gzip breaks off": ((200, packed, gzip.compress(CLOSED * 40)[:-30]), False),
        "breaks off": ((200, {"Content-Length": "900", "Connection": "close"}, b"User-agent: *\n"), False),
        "busy": ((503, {"Retry-After": "1"}, b""), False),
        "long": ((200, {}, CLOSED + b"# dai\n" * 150_000), False),
        "bomb": ((200, packed, gzip.compress(CLOSED + bytes(10**8))), False),
        "redirect": ((301, {"Location": "/r.txt"}, b""), False),
        "circle": ((301, {"Location": "/robots.txt"}, b""), True),
        "html": ((200, {}, b"<script>location.reload()</script>"), True),
        "forbidden": ((403, {}, b""), True),
    }
    answers = {**portal(2), "/r.txt": (200, {}, CLOSED)}
    with ExitStack() as stack:
        servers = {
            kind: stack.enter_context(serving({**answers, "/robots.txt": robots}))  # type: ignore[dict-item]
            for kind, (robots, _) in kinds.items()
        }
        done = luutru("crawl", *(server.url for server in servers.values()), "--archive", str(tmp_path / "a"), check=3)
    assert {kind: bool(pages(server)) for kind, server in servers.items()} == {
        kind: is_open for kind, (_, is_open) in kinds.items()
    }
    for kind in ("gzip breaks off", "breaks off", "busy"):
        assert servers[kind].paths == ["/robots.txt"] * 3, "nothing is fetched without rules"
        assert f"{servers[kind].url}: " in done.stderr
    assert min(servers["busy"].gaps()) >= 1.0


def test_robots_txt_is_asked_for_again_when_the_server_was_busy(tmp_path: Path) -> None:
    busy = (429, {"Retry-After": "1"}, b"")
    rules = (200, {}, b"User-agent: *\nDisallow: /tin-tuc/bai-0\n")
    with serving({**portal(2), "/robots.txt": lambda hits: rules if hits else busy}) as server:
        luutru("crawl", server.url, "--archive", str(tmp_path / "a"))
    assert pages(server) == ["/tin-tuc/bai-1-1001.html"]
    assert server.gaps()[0] >= 1.0


def test_rules_are_fresh_for_a_day() -> None:
    host = Host("vidu.gov.vn", 3.0)
    assert not host.has_fresh_rules(0.0)
    host.take_robots(200, b"User-agent: *\nDisallow: /a\nSitemap: http://vidu.gov.vn/s.xml", now=1000.0)
    assert host.has_fresh_rules(1000.0 + 86399)
    assert not host.has_fresh_rules(1000.0 + 86401)
    host.take_robots(404, b"", now=90_000.0)
    assert (host.robots, host.sitemaps) == (RobotsState.NONE, ())


@pytest.mark.parametrize(
    ("text", "delay_s"),
    [
        ("User-agent: *\nRequest-rate: 1/10\n", 10.0),
        ("User-agent: *\nCrawl-delay: 7\n", 7.0),
        ("User-agent: *\nCrawl-delay: nan\n", 3.0),
        ("User-agent: *\nCrawl-delay: -7\n", 3.0),
        ("User-agent: other\nCrawl-delay: 60\n", 3.0),
        ("User-agent: LUUTRU/0.9\nCrawl-delay: 20\n\nUser-agent: *\nCrawl-delay: 5\n", 20.0),
    ],
)
def test_gaps_that_robots_txt_asks_for(text: str, delay_s: float) -> None:
    host = Host("vidu.gov.vn", 3.0)
    host.take_robots(200, text.encode())
    assert host.gap_s == delay_s


def test_pauses_double_and_a_host_that_never_stops_asking_rests() -> None:
    host, pauses = Host("vidu.gov.vn", 3.0), []
    while not host.rest_reason:
        before = host.resume_at
        host.slow_down(before, None)
        pauses.append(host.resume_at - before)
    assert pauses[:4] == [30, 60, 120, 240]
    assert len(pauses) == 10
    assert max(pauses) == PATIENCE_S
    assert host.rests_until > host.resume_at


@given(st.lists(st.floats(0, 1000), max_size=200), st.floats(0, 10))
def test_the_gap_is_never_under_the_delay_nor_without_bound(latencies: list[float], delay_s: float) -> None:
    host = Host("vidu.gov.vn", delay_s)
    for latency_s in latencies:
        host.succeeded(latency_s)
        assert delay_s <= host.gap_s <= max(delay_s, LONGEST_PACE_S)
    for _ in range(200):
        host.succeeded(0.0)
    assert host.gap_s <= delay_s + 0.1, "what made it slow is forgotten"


def test_night_in_vietnam() -> None:
    def left(hour: int, minute: int = 0) -> float:
        return until_night_s(datetime(2025, 7, 1, hour, minute, tzinfo=UTC))

    assert left(12) == 0, "19:00 there"
    assert left(22, 59) == 0, "5:59"
    assert left(23) == 13 * 3600, "6:00"
    assert left(11, 59) == 60


def test_the_user_agent_is_honest_and_reachable(tmp_path: Path) -> None:
    assert user_agent("https://vidu.vn/bot").endswith("(+https://vidu.vn/bot)")
    for text in ("a\nb", "(x)", "thư@vidu.vn", "x" * 201, ""):
        assert not is_contact(text)
    luutru("crawl", "x", "--contact", "a)b", "--archive", str(tmp_path / "a"), check=2)
