"""The state of the portals of an archive."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from archive.extract.families import FAMILIES
from crawler import catalogue
from crawler.catalogue import Portal
from crawler.portals import sources

__all__ = ["Health", "Retired", "states"]


_SAMPLE = 50  # articles that tell which CMS made them


@dataclass(frozen=True, slots=True)
class Retired:
    """A pattern of addresses, or a part of them, that is not fetched any more; `held`: how many were set aside."""

    pattern: str
    reason: str
    pages: int
    twins: int
    held: int
    example: str | None


@dataclass(frozen=True, slots=True)
class Health:
    """What an archive has of a portal.

    `gone`: articles that are no more on the portal; `waiting`: addresses due now; `failing`: addresses whose last try
    failed, `reasons`: why. `cms`: the family that made its articles, where it is known. `kinds`: pages by what they
    turned out to be. `rests`: host → until when (ISO 8601), and why. `drops`: links not followed, by reason.
    """

    portal: Portal
    articles: int = 0
    pages: int = 0
    gone: int = 0
    waiting: int = 0
    failing: int = 0
    forbidden: int = 0  # addresses that robots.txt does not allow
    fetched_at: int | None = None
    cms: str = ""
    kinds: dict[str, int] = field(default_factory=dict)
    rests: dict[str, tuple[str, str]] = field(default_factory=dict)
    drops: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    retired: tuple[Retired, ...] = ()
    notes: tuple[str, ...] = ()  # what is wrong with its sitemaps

    @property
    def is_catalogued(self) -> bool:
        """Whether the portal is one of the catalogue."""
        return any(portal.id == self.portal.id for portal in catalogue.portals())

    def province(self) -> str:
        """Return the province until June 2025 and since, where they differ."""
        before, after = self.portal.province_before, self.portal.province_after
        return f"{before} → {after}" if before and after and before != after else before or after or ""

    def verified(self) -> str:
        """Return whether the address of a portal of the catalogue was read in a public source."""
        return "" if self.portal.state == "added" else "yes" if self.portal.is_verified else "no"

    def last_crawl(self) -> str:
        """Return the day of the last fetch."""
        return f"{datetime.fromtimestamp(self.fetched_at, UTC):%Y-%m-%d}" if self.fetched_at else ""

    def verdict(self) -> str:
        """Return the portal's health in a word or two."""
        if self.rests:
            return "rests"
        if self.fetched_at is None:
            if self.forbidden:
                return "forbidden by robots.txt"
            return "not reached" if self.failing else "" if not self.waiting else "not crawled yet"
        return "failing" if self.failing > self.pages // 2 else "some failing" if self.failing else "good"

    def record(self) -> dict[str, Any]:
        """Return the state as a JSON record."""
        portal = self.portal
        at = datetime.fromtimestamp(self.fetched_at, UTC).isoformat() if self.fetched_at else None
        return {
            "portal": portal.id,
            "name": portal.name,
            "url": portal.url,
            "province_before": portal.province_before,
            "province_after": portal.province_after,
            "verified": self.portal.is_verified if self.portal.state != "added" else None,
            "cms": self.cms or None,
            "articles": self.articles,
            "gone": self.gone,
            "pages": self.pages,
            "kinds": self.kinds,
            "waiting": self.waiting,
            "failing": self.failing,
            "last_crawl": at,
            "health": self.verdict() or None,
            "rests": {host: {"until": until, "reason": reason} for host, (until, reason) in self.rests.items()},
            "drops": self.drops,
            "failures": self.reasons,
            "retired": [asdict(retired) for retired in self.retired],
            "notes": list(self.notes),
        }


def states(db: sqlite3.Connection) -> dict[str, Health]:
    """Return the state of every portal that the archive knows, by id."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'frontier'").fetchone():
        return {}
    now = int(time.time())
    pages = {
        row["portal"]: {name: row[name] for name in ("articles", "pages", "gone")}
        for row in db.execute(
            """SELECT portal, count(revision_id) AS articles, count(*) AS pages, count(gone_at) AS gone
            FROM pages GROUP BY portal"""
        )
    }
    waiting, reasons = _frontier(db, now)
    portals = db.execute("SELECT * FROM portals ORDER BY id").fetchall()
    return {
        row["id"]: replace(
            _health(db, row, (pages.get(row["id"], {}), waiting.get(row["id"], {})), now),
            reasons=reasons.get(row["id"], {}),
        )
        for row in portals
    }


def _frontier(db: sqlite3.Connection, now: int) -> tuple[dict[str, Counter[str]], dict[str, dict[str, int]]]:
    """Return counts of addresses by portal, and why addresses failed, the most frequent reason first: one scan."""
    counts: dict[str, Counter[str]] = {}
    reasons: dict[str, Counter[str]] = {}
    for portal, reason, is_failing, addresses, waiting, fetched_at, forbidden in db.execute(
        """SELECT portal, iif(failures > 0, coalesce(reason, 'unknown'), NULL), failures > 0, count(*),
            sum(due_at <= ?), coalesce(max(fetched_at), 0), sum(reason IS 'robots.txt')
        FROM frontier GROUP BY 1, 2, 3""",
        [now],
    ):
        of_portal = counts.setdefault(portal, Counter())
        of_portal.update(waiting=waiting, failing=addresses * is_failing, forbidden=forbidden)
        of_portal["fetched_at"] = max(of_portal["fetched_at"], fetched_at)
        if is_failing:
            reasons.setdefault(portal, Counter())[reason] += addresses
    return counts, {portal: dict(found.most_common()) for portal, found in reasons.items()}


def _health(db: sqlite3.Connection, row: sqlite3.Row, counted: Sequence[Mapping[str, int]], now: int) -> Health:
    portal = Portal(
        id=row["id"],
        name=row["name"],
        url=row["url"],
        hosts=tuple(json.loads(row["hosts"])),
        province_before=row["province_before"],
        province_after=row["province_after"],
        state="added",
    )
    known = next((known for known in catalogue.portals() if known.id == portal.id), portal)
    counts: dict[str, Any] = {}
    for found in counted:
        counts |= found
    drops = "SELECT reason, addresses FROM drops WHERE portal = ? ORDER BY addresses DESC"
    kinds = "SELECT coalesce(kind, 'not analysed'), count(*) FROM pages WHERE portal = ? GROUP BY 1 ORDER BY 2 DESC"
    retired = """SELECT pattern, reason, pages, twins, held, example FROM patterns
        WHERE portal = ? AND reason IS NOT NULL ORDER BY held DESC, pattern"""
    return Health(
        replace(portal, state=known.state, is_verified=known.is_verified),
        **counts | {"fetched_at": counts.get("fetched_at") or None},
        cms=_cms(db, portal.id),
        kinds=dict(db.execute(kinds, [portal.id]).fetchall()),
        rests=_rests(db, portal.id, now),
        drops=dict(db.execute(drops, [portal.id]).fetchall()),
        retired=tuple(Retired(*found) for found in db.execute(retired, [portal.id])),
        notes=tuple(sources.notes(db, portal.id)),
    )


def _cms(db: sqlite3.Connection, portal: str) -> str:
    """Return the family of the CMS that made most of some articles, "" where none is known."""
    query = """SELECT extractor FROM pages JOIN revisions ON revisions.id = pages.revision_id
        WHERE portal = ? AND pages.kind = 'article' LIMIT ?"""
    names = Counter(row[0].partition("/")[0] for row in db.execute(query, [portal, _SAMPLE]))
    known = {family.name for family in FAMILIES}
    return next((name for name, count in names.most_common(1) if name in known and count * 2 > names.total()), "")


def _rests(db: sqlite3.Connection, portal: str, now: int) -> dict[str, tuple[str, str]]:
    """Return the hosts of a portal that are left alone for now: until when and why."""
    query = """SELECT hosts.host, max(rests_until, resume_at), reason FROM hosts JOIN frontier_hosts USING (host)
        WHERE portal = ? AND max(rests_until, resume_at) > ?"""
    return {
        host: (datetime.fromtimestamp(until, UTC).isoformat(), reason or "it asked to be left alone")
        for host, until, reason in db.execute(query, [portal, now])
    }
