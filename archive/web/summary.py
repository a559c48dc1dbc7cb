"""What an archive holds, in numbers: of each portal, of each province, by month."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.store.search_keys import PLACES

__all__ = ["MERGER", "PortalSummary", "Summary", "summarise"]

MERGER = "2025-07"  # the month in which 63 provinces became 34
_FIRST_YEAR = 1995  # what is dated before is a mistake of the page, as is what is dated after its capture
_MONTH = 31 * PLACES  # of ids in `search_keys`
_REASONS = 12
_FAILED = "'error', 'soft404', 'home-redirect', 'challenge', 'blocked', 'maintenance', 'shell', 'spam', 'broken'"


@dataclass(frozen=True, slots=True)
class PortalSummary:
    """What an archive has of a portal.

    `months`: articles by month of publication (`2022-10`), without those of impossible dates; `captures`: by month.
    `failures`: (kind, reason) → captures.
    """

    id: str
    name: str
    url: str
    province_before: str | None
    province_after: str | None
    articles: int
    copies: int
    gone: int
    kinds: Mapping[str, int]
    months: Mapping[str, int]
    captures: Mapping[str, int]
    failures: Mapping[tuple[str, str], int]
    first_captured_at: str | None
    last_captured_at: str | None

    @property
    def pages(self) -> int:
        """Pages of every kind."""
        return sum(self.kinds.values())

    def province(self, month: str) -> str | None:
        """Return the name that its province had in a month."""
        return self.province_before if month < MERGER else self.province_after


@dataclass(frozen=True, slots=True)
class Summary:
    """What an archive holds; `provinces` → month → articles, by the names that were valid at the time."""

    portals: Mapping[str, PortalSummary]
    warc_files: int
    warc_bytes: int
    months: Mapping[str, int]
    provinces: Mapping[str, Mapping[str, int]]

    @property
    def articles(self) -> int:
        """All articles."""
        return sum(portal.articles for portal in self.portals.values())

    @property
    def copies(self) -> int:
        """Articles that are not the representative of their cluster."""
        return sum(portal.copies for portal in self.portals.values())

    @property
    def captures(self) -> int:
        """All captures."""
        return sum(sum(portal.captures.values()) for portal in self.portals.values())

    @property
    def first_captured_at(self) -> str | None:
        """Time of the first capture."""
        return min((p.first_captured_at for p in self.portals.values() if p.first_captured_at), default=None)

    @property
    def last_captured_at(self) -> str | None:
        """Time of the last capture."""
        return max((p.last_captured_at for p in self.portals.values() if p.last_captured_at), default=None)


def summarise(db: sqlite3.Connection) -> Summary:
    """Return the counts. Reads no text, no row of `revisions`, and of the largest tables their indexes."""
    portals = _portals(db)
    files, size_bytes = db.execute("SELECT count(*), coalesce(sum(size_bytes), 0) FROM warc_files").fetchone()
    months = _added(portal.months for portal in portals.values())
    return Summary(portals, files, size_bytes, months, _by_province(portals))


def _portals(db: sqlite3.Connection) -> dict[str, PortalSummary]:
    captures, seen = _captures(db)
    kinds = _counters(db, "SELECT portal, coalesce(kind, 'not analysed'), count(*) FROM pages GROUP BY 1, 2")
    # A cluster has one representative: what is no representative is a copy.
    apart = _counters(
        db,
        """SELECT portal, 'clusters', count(*) FROM clusters JOIN pages ON pages.id = representative_page_id
        WHERE revision_id IS NOT NULL GROUP BY 1
        UNION ALL SELECT portal, 'articles', count(revision_id) FROM pages GROUP BY 1
        UNION ALL SELECT portal, 'gone', count(*) FROM pages WHERE gone_at IS NOT NULL GROUP BY 1""",
    )
    months, failures, nothing = _months(db), _failures(db), Counter[str]()
    found = {}
    for row in db.execute("SELECT id, name, url, province_before, province_after FROM portals ORDER BY id"):
        counts = apart.get(row["id"], nothing)
        first, last = seen.get(row["id"], (None, None))
        found[row["id"]] = PortalSummary(
            **dict(row),
            articles=counts["articles"],
            copies=counts["articles"] - counts["clusters"],
            gone=counts["gone"],
            kinds=dict(kinds.get(row["id"], nothing).most_common()),
            months=_possible(months.get(row["id"], nothing), last),
            captures=captures.get(row["id"], nothing),
            failures=failures.get(row["id"], {}),
            first_captured_at=first,
            last_captured_at=last,
        )
    return found


def _months(db: sqlite3.Connection) -> dict[str, Counter[str]]:
    """Return articles by portal and month, as the order of the full-text index tells it."""
    found: dict[str, Counter[str]] = {}
    for portal, number, count in db.execute(
        f"SELECT portal, id / {_MONTH}, count(*) FROM search_keys WHERE id > 0 AND NOT is_file GROUP BY 1, 2"
    ):
        year, month = divmod(number, 12)
        found.setdefault(portal, Counter())[f"{year:04d}-{month + 1:02d}"] += count
    return found


def _possible(months: Mapping[str, int], last_captured_at: str | None) -> dict[str, int]:
    last = (last_captured_at or "")[:7]
    return {month: count for month, count in months.items() if f"{_FIRST_YEAR}" <= month <= last}


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
    """Return captures that brought no page by portal and (kind, reason), the most frequent of each portal."""
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
