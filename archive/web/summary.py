"""What an archive holds, counted once for many visits.

Counting reads every row that is no text. It is done anew when the archive has changed: at once where that is a matter
of milliseconds, else in a thread beside the visits, and no more often than leaves most of the machine to them.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.store import connect
from archive.web.knowledge import Health, Knowledge

__all__ = ["Newest", "PortalSummary", "Summaries", "Summary", "summarise"]

MERGER = "2025-07"  # the month in which 63 provinces became 34
_AT_ONCE_S = 0.05  # counting that takes no longer is done while a visitor waits
_REST = 20  # times what counting took is waited before it is done again
_NEWEST = 12
_REASONS = 12
_FAILED = "'error', 'soft404', 'home-redirect', 'challenge', 'blocked', 'maintenance', 'shell', 'spam', 'broken'"


@dataclass(frozen=True, slots=True)
class Newest:
    """An article among those published last."""

    id: str
    title: str
    portal: str
    published_at: str
    lead: str | None


@dataclass(frozen=True, slots=True)
class PortalSummary:
    """What an archive has of a portal.

    `months`: articles by month of publication (`2022-10`), `captures`: by month. `dated`: their sum; undated articles
    and impossible dates are in `articles` alone. `failures`: (kind, reason) → captures. `removed`: reason → blocks.
    """

    id: str
    name: str
    url: str
    province_before: str | None
    province_after: str | None
    articles: int
    copies: int
    gone: int
    pages: int
    kinds: Mapping[str, int]
    months: Mapping[str, int]
    captures: Mapping[str, int]
    failures: Mapping[tuple[str, str], int]
    removed: Mapping[str, int]
    first_captured_at: str | None
    last_captured_at: str | None
    last_published_at: str | None
    health: Health | None

    def province(self, month: str) -> str | None:
        """Return the name that its province had in a month."""
        return self.province_before if month < MERGER else self.province_after


@dataclass(frozen=True, slots=True)
class Summary:
    """What an archive holds; `provinces` → month → articles, by the names that were valid at the time."""

    portals: Mapping[str, PortalSummary]
    newest: tuple[Newest, ...]
    articles: int
    copies: int
    clusters: int
    captures: int
    warc_files: int
    warc_bytes: int
    months: Mapping[str, int]
    provinces: Mapping[str, Mapping[str, int]]
    first_captured_at: str | None
    last_captured_at: str | None

    @property
    def is_placed(self) -> bool:
        """Whether any portal speaks for a province."""
        return bool(self.provinces)


class Summaries:
    """The summary of an archive as it is now, or was a moment ago. Safe to ask from several threads."""

    def __init__(self, path: Path, knowledge: Knowledge) -> None:
        self._db = connect(path, write=False)
        self._knowledge = knowledge
        self._lock = threading.Lock()
        self._version = -1
        self._cost_s, self._counted_at = 0.0, 0.0
        self._summary: Summary | None = None

    def current(self) -> Summary:
        """Return the summary; only the first visit waits for a count that takes long."""
        if (known := self._summary) is None:
            with self._lock:
                return self._summary or self._count()
        if self._lock.acquire(blocking=False):
            is_handed_over = False
            try:
                if self._is_due():
                    if self._cost_s <= _AT_ONCE_S:
                        return self._count()
                    threading.Thread(target=self._count_beside, daemon=True, name="summary").start()
                    is_handed_over = True
            finally:
                if not is_handed_over:
                    self._lock.release()
        return known

    def _is_due(self) -> bool:
        has_rested = time.monotonic() - self._counted_at >= self._cost_s * _REST
        return has_rested and self._data_version() != self._version

    def _count_beside(self) -> None:
        try:
            self._count()
        finally:
            self._lock.release()

    def _count(self) -> Summary:
        started, version = time.monotonic(), self._data_version()
        self._summary = summarise(self._db, self._knowledge)
        self._version, self._counted_at = version, time.monotonic()
        self._cost_s = self._counted_at - started
        return self._summary

    def _data_version(self) -> int:
        """Return a number that changes when another connection has committed."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])


def summarise(db: sqlite3.Connection, knowledge: Knowledge) -> Summary:
    """Return the counts, all of one state of the archive."""
    db.execute("BEGIN")
    try:
        portals = _portals(db, knowledge)
        clusters = db.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM {_ARTICLES} GROUP BY cluster_id HAVING count(*) > 1)"
        ).fetchone()[0]
        files, size_bytes = db.execute("SELECT count(*), coalesce(sum(size_bytes), 0) FROM warc_files").fetchone()
        newest = _newest(db)
    finally:
        db.execute("ROLLBACK")
    captured = [portal for portal in portals.values() if portal.first_captured_at and portal.last_captured_at]
    return Summary(
        portals=portals,
        newest=newest,
        articles=sum(portal.articles for portal in portals.values()),
        copies=sum(portal.copies for portal in portals.values()),
        clusters=clusters,
        captures=sum(sum(portal.captures.values()) for portal in portals.values()),
        warc_files=files,
        warc_bytes=size_bytes,
        months=_added(portal.months for portal in portals.values()),
        provinces=_by_province(portals),
        first_captured_at=min((portal.first_captured_at or "" for portal in captured), default=None),
        last_captured_at=max((portal.last_captured_at or "" for portal in captured), default=None),
    )


_ARTICLES = """pages JOIN revisions ON revisions.id = pages.revision_id
    JOIN documents ON documents.id = revisions.document_id"""


def _portals(db: sqlite3.Connection, knowledge: Knowledge) -> dict[str, PortalSummary]:
    months: dict[str, Counter[str]] = {}
    counts: dict[str, Counter[str]] = {}
    last: dict[str, str] = {}
    # A date later than its capture is a mistake of the page, as is one before the web.
    for portal, month, articles, copies, gone, newest in db.execute(
        f"""SELECT pages.portal,
            CASE WHEN published_at BETWEEN '1995' AND substr(last_captured_at, 1, 10) || 'T~'
                THEN substr(published_at, 1, 7) END AS month,
            count(*), count(*) FILTER (WHERE representative_page_id <> pages.id), count(gone_at), max(published_at)
        FROM {_ARTICLES} JOIN clusters ON clusters.id = documents.cluster_id GROUP BY 1, 2"""
    ):
        counts.setdefault(portal, Counter()).update(articles=articles, copies=copies, gone=gone)
        if month and len(month) == 7:
            months.setdefault(portal, Counter())[month] += articles
            last[portal] = max(last.get(portal, ""), newest)
    captures, seen = _captures(db)
    kinds = _counters(db, "SELECT portal, coalesce(kind, 'not analysed'), count(*) FROM pages GROUP BY 1, 2")
    removed = _counters(
        db,
        """SELECT portal, reason.key, sum(reason.value) FROM pages JOIN revisions ON revisions.id = pages.revision_id,
        json_each(revisions.removed) AS reason GROUP BY 1, 2""",
    )
    failures = _failures(db)
    states = knowledge.states(db)
    return {
        row["id"]: PortalSummary(
            id=row["id"],
            name=row["name"],
            url=row["url"],
            province_before=row["province_before"],
            province_after=row["province_after"],
            articles=counts.get(row["id"], Counter())["articles"],
            copies=counts.get(row["id"], Counter())["copies"],
            gone=counts.get(row["id"], Counter())["gone"],
            pages=sum(kinds.get(row["id"], Counter()).values()),
            kinds=dict(kinds.get(row["id"], Counter()).most_common()),
            months=months.get(row["id"], {}),
            captures=captures.get(row["id"], {}),
            failures=failures.get(row["id"], {}),
            removed=dict(removed.get(row["id"], Counter()).most_common()),
            first_captured_at=seen.get(row["id"], (None, None))[0],
            last_captured_at=seen.get(row["id"], (None, None))[1],
            last_published_at=last.get(row["id"]),
            health=states.get(row["id"]),
        )
        for row in db.execute("SELECT id, name, url, province_before, province_after FROM portals ORDER BY id")
    }


def _captures(db: sqlite3.Connection) -> tuple[dict[str, Counter[str]], dict[str, tuple[str, str]]]:
    """Return captures by portal and month, and the first and the last of each portal."""
    months: dict[str, Counter[str]] = {}
    seen: dict[str, tuple[str, str]] = {}
    for portal, month, count, first, last in db.execute(
        """SELECT portal, substr(captured_at, 1, 7), count(*), min(captured_at), max(captured_at)
        FROM captures JOIN pages ON pages.id = captures.page_id GROUP BY 1, 2"""
    ):
        months.setdefault(portal, Counter())[month] += count
        known = seen.get(portal, (first, last))
        seen[portal] = min(known[0], first), max(known[1], last)
    return months, seen


def _failures(db: sqlite3.Connection) -> dict[str, dict[tuple[str, str], int]]:
    found: dict[str, dict[tuple[str, str], int]] = {}
    for portal, kind, reason, count in db.execute(
        f"""SELECT portal, captures.kind, coalesce(captures.reason, ''), count(*) FROM captures
        JOIN pages ON pages.id = captures.page_id WHERE captures.kind IN ({_FAILED})
        GROUP BY 1, 2, 3 ORDER BY 4 DESC, 2, 3"""
    ):
        of_portal = found.setdefault(portal, {})
        if len(of_portal) < _REASONS:
            of_portal[kind, reason] = count
    return found


def _counters(db: sqlite3.Connection, query: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for portal, name, count in db.execute(query):
        found.setdefault(portal, Counter())[name] += count
    return found


def _newest(db: sqlite3.Connection) -> tuple[Newest, ...]:
    """Return the articles published last, one of each cluster."""
    rows = db.execute(
        f"""SELECT printf('%016x', pages.key) AS id, title, portal, published_at, lead FROM {_ARTICLES}
        JOIN clusters ON clusters.id = cluster_id AND representative_page_id = pages.id
        WHERE published_at BETWEEN '1995' AND substr(last_captured_at, 1, 10) || 'T~'
        ORDER BY published_at DESC, pages.id DESC LIMIT ?""",
        [_NEWEST],
    )
    return tuple(Newest(**dict(row)) for row in rows)


def _by_province(portals: Mapping[str, PortalSummary]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for portal in portals.values():
        for month, articles in portal.months.items():
            if name := portal.province(month):
                found.setdefault(name, Counter())[month] += articles
    return found


def _added(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return total
