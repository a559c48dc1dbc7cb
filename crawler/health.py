"""The state of the portals of an archive."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from crawler import catalogue, sources
from crawler.catalogue import Portal

__all__ = ["Health", "states"]


@dataclass(frozen=True, slots=True)
class Health:
    """What an archive has of a portal. `waiting`: addresses due now; `failing`: addresses whose last try failed."""

    portal: Portal
    articles: int = 0
    pages: int = 0
    waiting: int = 0
    failing: int = 0
    fetched_at: int | None = None
    drops: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()  # what is wrong with its sitemaps

    @property
    def is_catalogued(self) -> bool:
        """Whether the portal is one of the catalogue."""
        return any(portal.id == self.portal.id for portal in catalogue.portals())

    def province(self) -> str:
        """Return the province until June 2025 and since, where they differ."""
        before, after = self.portal.province_before, self.portal.province_after
        return f"{before} → {after}" if before and after and before != after else before or after or ""

    def last_crawl(self) -> str:
        """Return the day of the last fetch."""
        return f"{datetime.fromtimestamp(self.fetched_at, UTC):%Y-%m-%d}" if self.fetched_at else ""

    def verdict(self) -> str:
        """Return the portal's health in a word or two."""
        if self.fetched_at is None:
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
            "articles": self.articles,
            "pages": self.pages,
            "waiting": self.waiting,
            "failing": self.failing,
            "last_crawl": at,
            "health": self.verdict() or None,
            "drops": self.drops,
            "notes": list(self.notes),
        }


def states(db: sqlite3.Connection) -> dict[str, Health]:
    """Return the state of every portal that the archive knows, by id."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'frontier'").fetchone():
        return {}
    found = db.execute(
        """SELECT portals.*, pages.articles, pages.pages, f.waiting, f.failing, f.fetched_at FROM portals
        LEFT JOIN (SELECT portal, count(revision_id) AS articles, count(*) AS pages FROM pages GROUP BY portal) AS pages
            ON pages.portal = portals.id
        LEFT JOIN (SELECT portal, sum(due_at <= :now) AS waiting, sum(failures > 0) AS failing,
            max(fetched_at) AS fetched_at FROM frontier GROUP BY portal) AS f ON f.portal = portals.id
        ORDER BY portals.id""",
        {"now": int(time.time())},
    ).fetchall()
    drops: dict[str, dict[str, int]] = {}
    for portal_id, reason, count in db.execute("SELECT portal, reason, addresses FROM drops ORDER BY addresses DESC"):
        drops.setdefault(portal_id, {})[reason] = count
    return {row["id"]: _health(row, drops.get(row["id"], {}), tuple(sources.notes(db, row["id"]))) for row in found}


def _health(row: sqlite3.Row, drops: dict[str, int], notes: tuple[str, ...]) -> Health:
    portal = Portal(
        id=row["id"],
        name=row["name"],
        url=row["url"],
        hosts=tuple(json.loads(row["hosts"])),
        province_before=row["province_before"],
        province_after=row["province_after"],
        state="added",
    )
    counts = {name: row[name] or 0 for name in ("articles", "pages", "waiting", "failing")}
    return Health(portal, **counts, fetched_at=row["fetched_at"], drops=drops, notes=notes)
