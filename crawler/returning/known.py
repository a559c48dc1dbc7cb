"""Pages that the archive has and no crawl fetched: what an import tells the frontier of them.

They sleep until their portal is crawled by name: nothing is asked of portals that are gone.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from archive.records import PageKind
from archive.store.captures import Page
from crawler import urls
from crawler.frontier import KNOWN, RANKS
from crawler.returning import schedule

__all__ = ["is_awake", "note_captured", "wake"]

ASLEEP = 1 << 40  # as a time at which something is due: in 35,000 years
_LEAVES = frozenset({PageKind.ARTICLE, PageKind.ALIAS, PageKind.ATTACHMENT})
# In the words of the index of what is next, so that no other portal is read.
_OF_PORTAL = f"""portal = ?1 AND host IN (SELECT host FROM frontier_hosts WHERE portal = ?1)
    AND rank IN ({", ".join(map(str, RANKS))})"""


def is_awake(db: sqlite3.Connection, portal: str) -> bool:
    """Return whether a portal is one that is crawled: something of it has a time at which it is due."""
    query = f"SELECT 1 FROM frontier WHERE {_OF_PORTAL} AND due_at < ?2 LIMIT 1"
    return db.execute(query, [portal, ASLEEP]).fetchone() is not None


def wake(db: sqlite3.Connection, portal: str, now: int) -> None:
    """Make the pages of a portal that sleep due when their interval is over; to be called when it is crawled."""
    query = f"UPDATE frontier SET due_at = ?3 + interval_s WHERE {_OF_PORTAL} AND due_at = ?2"
    db.execute(query, [portal, ASLEEP, now])


def note_captured(
    db: sqlite3.Connection, page: Page, kind: PageKind, captured_at: datetime, digest: str, *, now: int, awake: bool
) -> None:
    """Note that a page was captured, where it is one that leads nowhere: an article or a document.

    Lists, feeds and sitemaps are not noted: a crawl that goes on from here reads them to find what is missing. `awake`:
    the portal is one that is crawled.
    """
    if kind not in _LEAVES:
        return
    at, bounds, host = int(captured_at.timestamp()), schedule.bounds(kind), urls.host_of(page.url)
    interval_s = min(max(now - at, bounds.first_s), bounds.longest_s)
    db.execute(
        """INSERT INTO frontier (key, url, portal, host, rank, kind, due_at, interval_s, fetched_at, payload_digest,
            found_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (key) DO UPDATE SET rank = excluded.rank, kind = excluded.kind, due_at = excluded.due_at,
        interval_s = excluded.interval_s, fetched_at = excluded.fetched_at, payload_digest = excluded.payload_digest,
        failures = 0, reason = NULL
        WHERE frontier.fetched_at IS NULL OR frontier.fetched_at < excluded.fetched_at""",
        [
            page.key,
            page.url,
            page.portal,
            host,
            KNOWN,
            kind,
            now + interval_s if awake else ASLEEP,
            interval_s,
            at,
            digest,
            now,
        ],
    )
    db.execute("INSERT OR IGNORE INTO frontier_hosts (portal, host) VALUES (?, ?)", [page.portal, host])
