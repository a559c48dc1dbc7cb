"""The frontier, the schedule and the politeness of hosts."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import article

from archive.records import PageKind
from archive.store import connect
from crawler import frontier
from crawler.analysis.job import Job
from crawler.analysis.pool import Pool
from crawler.fetching.politeness import Host, RobotsState, retry_after_s
from crawler.frontier import Frontier, Looked, NewRow
from crawler.returning import schedule
from crawler.start import open_crawl_archive

HOST = "xa.example"


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    open_crawl_archive(tmp_path / "archive").close()
    return connect(tmp_path / "archive" / "archive.db", write=True)


def rows(count: int, rank: int = 1) -> list[NewRow]:
    return [NewRow(1000 * rank + number, f"http://{HOST}/{rank}/{number}", HOST, rank) for number in range(count)]


def test_hands_out_by_rank_and_holds_back_what_is_taken(db: sqlite3.Connection) -> None:
    assert frontier.add(db, "xa", [*rows(3, rank=2), *rows(2, rank=0)], now=100) == 5
    assert frontier.add(db, "xa", rows(3, rank=2), now=200) == 0, "known addresses are not new"
    queue = Frontier(db)
    first = queue.claim(HOST, 100, 3, set())
    assert [row.rank for row in first] == [0, 0, 2]
    taken = {row.key for row in first}
    assert [row.key for row in queue.claim(HOST, 100, 3, taken)] == [2001, 2002]
    assert queue.claim(HOST, 99, 3, set()) == []


def test_a_row_comes_back_when_it_is_due(db: sqlite3.Connection) -> None:
    frontier.add(db, "xa", rows(1), now=100)
    frontier.acknowledge(db, 1000, looked(due_at=150), now=100)
    queue = Frontier(db)
    assert queue.claim(HOST, 149, 1, set()) == []
    assert queue.next_due(HOST, set()) == 150
    assert [row.payload_digest for row in queue.claim(HOST, 150, 1, set())] == ["sha1:X"]


def test_new_addresses_go_first_then_what_has_changed_then_what_the_clock_says(db: sqlite3.Connection) -> None:
    frontier.add(db, "xa", rows(3), now=100)
    for key, due_at in ((1000, 130), (1001, 500), (1002, 500)):
        frontier.acknowledge(db, key, looked(due_at=due_at), now=100)
    frontier.add(db, "xa", rows(1, rank=3), now=200)
    assert frontier.make_due(db, 1002, 200)
    assert not frontier.make_due(db, 1002, 200), "it is due already"
    queue = Frontier(db)
    assert [row.key for row in queue.claim(HOST, 200, 9, set())] == [1002, 3000, 1000]


def looked(due_at: int) -> Looked:
    return Looked("article", frontier.KNOWN, due_at=due_at, interval_s=50, payload_digest="sha1:X")


def test_a_claim_reads_along_the_index_however_large_the_frontier(db: sqlite3.Connection) -> None:
    query = "SELECT * FROM frontier WHERE host = ? AND rank = ? AND due_at <= ? ORDER BY due_at, id"
    plan = db.execute(f"EXPLAIN QUERY PLAN {query}", [HOST, 1, 5]).fetchall()
    assert len(plan) == 1, "no sorting step"
    assert "frontier_next (host=? AND rank=? AND due_at<?)" in plan[0][3]


@given(
    kind=st.sampled_from(PageKind),
    is_further=st.booleans(),
    age_s=st.none() | st.floats(0, 1e9),
    looks=st.lists(st.tuples(st.booleans(), st.integers(0, 10**8)), max_size=30),
    key=st.integers(-(2**63), 2**63 - 1),
)
def test_intervals_stay_within_their_bounds(
    kind: PageKind, is_further: bool, age_s: float | None, looks: list[tuple[bool, int]], key: int
) -> None:
    limits = schedule.bounds(kind, is_further=is_further)
    interval_s = schedule.first_interval(kind, limits, age_s)
    for changed, elapsed_s in looks:
        assert limits.shortest_s <= interval_s <= limits.longest_s
        assert 0.75 * interval_s <= schedule.due_after(interval_s, key) <= interval_s
        after = schedule.next_interval(limits, interval_s, elapsed_s, changed=changed)
        assert after <= max(interval_s, limits.shortest_s) if changed else after >= interval_s
        interval_s = after


def test_failures_are_asked_again_soon_then_in_hours_and_never_given_up() -> None:
    waits = [schedule.after_failure(failures) for failures in range(1, 20)]
    assert waits[:2] == [5, 25]
    assert waits[2] >= 3600
    assert waits == sorted(waits)
    assert waits[-1] == 7 * 86400


@pytest.mark.parametrize(
    ("status", "body", "state", "allowed"),
    [
        (200, b"User-agent: *\nDisallow: /admin", RobotsState.RULES, True),
        (200, b"User-agent: luutru\nDisallow: /\n", RobotsState.RULES, False),
        (200, b"<!DOCTYPE html><p>captcha", RobotsState.NONE, True),
        (404, b"", RobotsState.NONE, True),
        (403, b"", RobotsState.NONE, True),
        (500, b"", RobotsState.UNREACHABLE, False),
        (429, b"", RobotsState.UNREACHABLE, False),
        (200, bytes(range(256)), RobotsState.RULES, True),
    ],
)
def test_robots_txt_as_rfc_9309_has_it(status: int, body: bytes, state: RobotsState, allowed: bool) -> None:
    host = Host(HOST, 3.0)
    assert not host.allows(f"http://{HOST}/tin/1.html"), "nothing may be fetched before the rules are known"
    host.take_robots(status, body)
    assert (host.robots, host.allows(f"http://{HOST}/tin/1.html")) == (state, allowed)


def test_a_crawl_delay_lengthens_the_gap_and_never_shortens_it() -> None:
    for asked, expected in ((b"10", 10.0), (b"1", 3.0)):
        host = Host(HOST, 3.0)
        host.take_robots(200, b"User-agent: *\nCrawl-delay: " + asked)
        assert host.delay_s == expected


def test_retry_after_in_seconds_and_as_a_date() -> None:
    now = datetime(2025, 7, 1, 12, 0, tzinfo=UTC)
    assert retry_after_s("120") == 120
    assert retry_after_s("Tue, 01 Jul 2025 12:01:30 GMT", now) == 90
    assert retry_after_s("Mon, 30 Jun 2025 12:00:00 GMT", now) == 0
    assert retry_after_s("soon") is None


def test_a_host_that_keeps_failing_rests() -> None:
    host = Host(HOST, 0.0)
    for _ in range(9):
        host.failed("no answer in time")
    host.succeeded()
    for _ in range(10):
        assert not host.rest_reason
        host.failed("no answer in time")
    assert "10 failures in a row" in host.rest_reason


def test_a_worker_that_is_killed_costs_no_page() -> None:
    def job(number: int) -> Job:
        page = article(f"Thôn {number}").encode()
        return Job(f"http://{HOST}/{number}.html", page, "text/html", datetime.now(UTC), (HOST,))

    async def analyse_while_killing() -> list[PageKind]:
        pool = Pool(workers=1)
        try:
            first = await pool.analyse(job(0))
            tasks = [asyncio.create_task(pool.analyse(job(number))) for number in range(1, 25)]
            await asyncio.sleep(0.01)
            for pid in list(pool._executor._processes):
                os.kill(pid, signal.SIGKILL)
            return [first.kind, *[analysis.kind for analysis in await asyncio.gather(*tasks)]]
        finally:
            pool.close()

    assert asyncio.run(analyse_while_killing()) == [PageKind.ARTICLE] * 25
