"""What the sitemaps of a portal are worth: those that end too early, and those that are dead."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import numpy.typing as npt

from archive.records import PageKind

__all__ = ["notes"]

_ROUND = frozenset({500, 1_000, 2_000, 5_000, 10_000, 20_000, 25_000, 30_000, 40_000, 45_000, 50_000})
_SAMPLE = 100  # pages of a sitemap that are looked up
_FEW = 3  # pages that must have been asked before a sitemap is called dead
_UNLISTED = 0.05  # share of the articles from which on a portal's sitemaps are not whole
_OLD_S = 365 * 86_400
_VIETNAM = timezone(timedelta(hours=7))
_NO_ANSWER = frozenset({PageKind.ERROR, PageKind.SOFT_404, PageKind.BROKEN, PageKind.EMPTY, PageKind.ROBOTS})

Entries = npt.NDArray[np.int64]  # of shape (n, 2): key of a page, Unix time of its change or 0


@dataclass(frozen=True, slots=True)
class _Sitemap:
    url: str
    entries: Entries


def notes(db: sqlite3.Connection, portal: str) -> list[str]:
    """Return what is wrong with the sitemaps of a portal, a sentence each; nothing where they are whole and alive."""
    found = [
        _Sitemap(url, np.frombuffer(entries, dtype="<i8").reshape(-1, 2))
        for url, entries in db.execute(
            """SELECT url, entries FROM readings CROSS JOIN frontier USING (key)
            WHERE frontier.portal = ? AND kind = ? ORDER BY url""",
            [portal, PageKind.SITEMAP],
        )
    ]
    found = [sitemap for sitemap in found if len(sitemap.entries)]
    return [*_dead(db, portal, found), *_cut(db, portal, found)] if found else []


def _dead(db: sqlite3.Connection, portal: str, found: list[_Sitemap]) -> Iterator[str]:
    latest = _latest_article(db, portal)
    for sitemap in found:
        outcomes = list(_outcomes(db, sitemap.entries[:: max(1, len(sitemap.entries) // _SAMPLE), 0]))
        newest = int(sitemap.entries[:, 1].max())
        if len(outcomes) >= _FEW and not any(outcomes):
            yield f"{sitemap.url}: none of its pages answers"
        elif newest and latest - newest > _OLD_S:
            yield f"{sitemap.url}: its newest entry is of {datetime.fromtimestamp(newest, _VIETNAM):%Y-%m-%d}"


def _outcomes(db: sqlite3.Connection, keys: npt.NDArray[np.int64]) -> Iterator[bool]:
    """Yield for each page that was asked whether it answered."""
    for key in keys:
        row = db.execute("SELECT kind, failures FROM frontier WHERE key = ?", [int(key)]).fetchone()
        if row is not None and (row[0] is not None or row[1]):
            yield row[0] is not None and row[0] not in _NO_ANSWER


def _latest_article(db: sqlite3.Connection, portal: str) -> float:
    """Return the Unix time of the day on which the portal's latest article was published, 0 where none says one."""
    query = "SELECT max(published_at) FROM pages JOIN revisions ON revisions.id = revision_id WHERE portal = ?"
    day = db.execute(query, [portal]).fetchone()[0]
    return datetime.fromisoformat(day[:10]).replace(tzinfo=UTC).timestamp() if day else 0.0


def _cut(db: sqlite3.Connection, portal: str, found: list[_Sitemap]) -> Iterator[str]:
    """Yield one sentence where articles were found that no sitemap lists."""
    query = "SELECT key FROM pages WHERE portal = ? AND revision_id IS NOT NULL"
    articles = np.fromiter((row[0] for row in db.execute(query, [portal])), dtype=np.int64)
    listed = np.isin(articles, np.concatenate([sitemap.entries[:, 0] for sitemap in found]))
    missing = len(articles) - int(listed.sum())
    if missing > max(_FEW, len(articles) * _UNLISTED):
        full = next((sitemap for sitemap in found if len(sitemap.entries) in _ROUND), None)
        why = f"; {full.url} ends after {len(full.entries):,} entries" if full else ""
        yield f"its sitemaps list {int(listed.sum()):,} of {len(articles):,} articles{why}"
