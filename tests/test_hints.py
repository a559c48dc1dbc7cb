"""Hints of sitemaps and feeds about known pages, validators, and what a simulated year makes of the schedule."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Capture
from archive.store import connect
from benchmarks.schedule.policies import fixed, scheduled
from benchmarks.schedule.report import outcome
from benchmarks.schedule.world import DAY, Portal
from crawler import frontier
from crawler.frontier import FrontierRow, Looked, NewRow
from crawler.returning import readings
from crawler.returning.readings import Entry, Hints, compare
from crawler.returning.validators import LIED, Told, Validators, conditions
from crawler.start import open_crawl_archive

HOST, SITEMAP = "xa.example", 99
NOW = datetime(2025, 7, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> sqlite3.Connection:
    """A frontier of pages 0 to 59, fetched at 1,000 and due at 9,000,000, and a sitemap."""
    open_crawl_archive(tmp_path / "archive").close()
    db = connect(tmp_path / "archive" / "archive.db", write=True)
    rows = [NewRow(key, f"http://{HOST}/tin/{key}.html", HOST, 1) for key in range(60)]
    frontier.add(db, "xa", [*rows, NewRow(SITEMAP, f"http://{HOST}/sitemap.xml", HOST, 0)], 900)
    for key in range(60):
        looked = Looked("article", frontier.KNOWN, due_at=9_000_000, interval_s=1, payload_digest=None)
        frontier.acknowledge(db, key, looked, 1_000)
    return db


def due(db: sqlite3.Connection) -> list[int]:
    return [row[0] for row in db.execute("SELECT key FROM frontier WHERE due_at < 9000000 AND key < 60 ORDER BY key")]


def listed(changes: dict[int, int] | None = None, without: Sequence[int] = (), count: int = 60) -> list[Entry]:
    """Return a sitemap of pages that all changed at 500 but for those in `changes`."""
    return [(key, (changes or {}).get(key, 500)) for key in range(count) if key not in without]


def test_what_changed_since_the_last_reading_is_due_and_what_has_vanished(db: sqlite3.Connection) -> None:
    assert readings.take(db, SITEMAP, listed(), 2_000) == 0
    # The clock of the server is behind: the change was at 600, although the page was fetched at 1,000.
    assert readings.take(db, SITEMAP, listed({7: 600}, without=[20]), 3_000) == 2
    assert due(db) == [7, 20]
    rows = {row[0]: row[1:] for row in db.execute("SELECT key, rank, missing, hinted_by FROM frontier")}
    assert (rows[7], rows[20]) == ((1, 0, SITEMAP), (1, 1, SITEMAP))
    assert readings.take(db, SITEMAP, listed({7: 600}, without=[20]), 4_000) == 0, "it says nothing new"


def test_at_the_first_reading_only_what_changed_after_it_was_fetched_is_due(db: sqlite3.Connection) -> None:
    assert readings.take(db, SITEMAP, listed({3: 1_500, 4: 999}), 2_000) == 1
    assert due(db) == [3]


def test_a_sitemap_that_says_everything_changed_is_hardly_believed(db: sqlite3.Connection) -> None:
    at = 2_000
    asked = []
    for _ in range(6):
        at += 1_000
        made = readings.take(db, SITEMAP, [(key, at) for key in range(60)], at)
        for key in due(db):  # asked for, and it was no different
            readings.note_outcome(db, SITEMAP, is_right=False)
            looked = Looked("article", frontier.KNOWN, due_at=9_000_000, interval_s=1, payload_digest=None)
            frontier.acknowledge(db, key, looked, at)
        asked.append(made)
    assert asked == [5, 5, 1, 1, 1, 1]


@given(
    before=st.lists(st.integers(0, 300), unique=True, max_size=80),
    now=st.lists(st.integers(0, 300), unique=True, max_size=80),
)
def test_hints_are_few_and_about_pages_that_were_listed(before: list[int], now: list[int]) -> None:
    hints = compare(_entries(before, 5), _entries(now, 6))
    assert set(hints.changed) <= set(before) & set(now)
    assert set(hints.vanished) <= set(before) - set(now)
    assert max(len(hints.changed), len(hints.vanished)) <= max(5, len(before) // 5)


@pytest.mark.parametrize(
    ("before", "now", "vanished"),
    [
        ([1, 2, 3, 4], [9, 1, 2, 3], ()),  # pushed out at the end
        ([4, 3, 2, 1], [3, 2, 1, 9], ()),  # or at the beginning
        ([1, 2, 3, 4], [1, 3, 4], (2,)),
        ([1, 2, 3, 4], [], ()),  # an empty answer
        ([1, 2, 3, 4], [7, 8], ()),  # another list
    ],
)
def test_only_what_is_missing_in_the_middle_may_be_gone(
    before: list[int], now: list[int], vanished: tuple[int, ...]
) -> None:
    assert compare(_entries(before, 1), _entries(now, 1)) == Hints((), vanished)


def _entries(keys: list[int], at: int) -> np.ndarray:
    return np.array([(key, at) for key in keys], dtype="<i8").reshape(-1, 2)


def row(**known: object) -> FrontierRow:
    return FrontierRow(1, f"http://{HOST}/tin/1.html", "xa", HOST, 6, "article", 1, 0, "sha1:A", **known)  # type: ignore[arg-type]


def answer(etag: str | None = None, modified: datetime | None = None, at: datetime = NOW) -> Capture:
    given = {"ETag": etag, "Last-Modified": modified and format_datetime(modified, usegmt=True)}
    headers = tuple((name, value) for name, value in given.items() if value)
    url = f"http://{HOST}/tin/1.html"
    return Capture(url, url, at, 200, "OK", "1.1", (*headers, ("Date", format_datetime(at, usegmt=True))), b"")


def test_true_validators_are_sent_back() -> None:
    long_ago = NOW - timedelta(days=90)
    told = Told().believed(row(), answer('"a"', long_ago), "sha1:A", changed=True)
    assert told == Validators('"a"', format_datetime(long_ago, usegmt=True))
    asked = conditions(row(etag=told.etag, last_modified=told.last_modified))
    assert asked == {"If-None-Match": '"a"', "If-Modified-Since": format_datetime(long_ago, usegmt=True)}


@pytest.mark.parametrize("known", [{"hinted_by": SITEMAP}, {"not_modified": 5}, {"form": "page=2"}])
def test_now_and_then_a_page_is_asked_in_full(known: dict[str, object]) -> None:
    assert conditions(row(etag='"a"', **known)) == {}


def test_a_validator_that_stayed_when_the_page_changed_is_never_believed_again() -> None:
    told = Told().believed(row(etag='"a"'), answer('"a"'), "sha1:B", changed=True)
    assert told.etag == LIED
    assert conditions(row(etag=told.etag)) == {}
    assert Told().believed(row(etag=LIED), answer('"b"'), "sha1:C", changed=True).etag == LIED


def test_a_validator_that_moved_for_nothing_is_not_sent() -> None:
    assert Told().believed(row(etag='"a"'), answer('"b"'), "sha1:A", changed=False).etag is None


def test_a_clock_is_no_time_of_a_change() -> None:
    told = Told()
    assert told.believed(row(), answer(modified=NOW), "sha1:A", changed=True).last_modified is None
    offset = timedelta(hours=24)  # NukeViet
    later = NOW + timedelta(seconds=40)
    assert told.believed(row(), answer(modified=NOW - offset), "sha1:A", changed=True).last_modified is not None
    assert told.believed(row(), answer(modified=later - offset, at=later), "sha1:B", changed=True).last_modified is None


def test_the_schedule_is_nearly_as_fresh_as_a_daily_crawl_with_few_of_its_requests() -> None:
    portal = Portal("small", old=300, a_day=2.0, heads=4, told_by="sitemap")
    articles = portal.articles(seed=3)
    ours = outcome(articles, scheduled(articles, portal))
    daily = outcome(articles, fixed(articles, portal, DAY))
    assert sum(ours.requests) < sum(daily.requests) / 20
    assert (ours.news_missed, ours.corrections_missed) == (0, 0)
    assert ours.stale_s < daily.stale_s
    assert ours.news[len(ours.news) // 2] < daily.news[len(daily.news) // 2]
