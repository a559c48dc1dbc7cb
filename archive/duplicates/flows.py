"""`flows`: who copies from whom, across portals, and how long after.

The source of a cluster is its representative, the earliest publication. Each other portal of the cluster has copied
once: its earliest article there counts. Where both were published on one day, or one has no date, who was first is not
known: such articles are counted apart.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from statistics import median

from archive.duplicates.clusters import precedence

__all__ = ["Flow", "flows"]


@dataclass(frozen=True, slots=True)
class Flow:
    """Texts of `source` that `copier` has too.

    `articles`: how many; `same_day`: of these, published by both on one day; `undated`: where a date is missing.
    `median_days`, `longest_days`: between the two publications, of all that are dated; None where none is. `example`:
    the public id of the latest of the copies.
    """

    source: str
    copier: str
    articles: int
    same_day: int
    undated: int
    median_days: float | None
    longest_days: int | None
    example: str


def flows(db: sqlite3.Connection, *, portals: Collection[str] | None = None) -> list[Flow]:
    """Return the flows between portals, the largest first; with `portals` those from or to one of these."""
    gaps: dict[tuple[str, str], list[int | None]] = defaultdict(list)
    latest: dict[tuple[str, str], tuple[str, str]] = {}
    for source, source_date, copier, copy_date, copy_id in _copies(db):
        if portals is not None and source not in portals and copier not in portals:
            continue
        pair = (source, copier)
        gaps[pair].append(_days(source_date, copy_date))
        latest[pair] = max(latest.get(pair, ("", "")), (copy_date or "", copy_id))
    found = [_flow(*pair, days, latest[pair][1]) for pair, days in gaps.items()]
    return sorted(found, key=lambda flow: (-flow.articles, flow.source, flow.copier))


def _flow(source: str, copier: str, days: list[int | None], example: str) -> Flow:
    dated = [gap for gap in days if gap is not None]
    return Flow(
        source,
        copier,
        len(days),
        dated.count(0),
        len(days) - len(dated),
        median(dated) if dated else None,
        max(dated, default=None),
        example,
    )


def _copies(db: sqlite3.Connection) -> Iterator[tuple[str, str | None, str, str | None, str]]:
    """Yield source, its date, copying portal, its date and the id of its article, one a portal and cluster."""
    query = """SELECT documents.cluster_id, pages.portal, revisions.published_at, documents.syllables, pages.key
        FROM documents JOIN revisions ON revisions.document_id = documents.id
        JOIN pages ON pages.revision_id = revisions.id
        WHERE documents.cluster_id IS NOT NULL ORDER BY documents.cluster_id"""
    for _, rows in groupby(db.execute(query), key=lambda row: row[0]):
        members = sorted(rows, key=lambda row: precedence(row[2], row[3], row[4]))
        first: dict[str, tuple[str | None, str]] = {}
        for _, portal, published_at, _, key in members:
            first.setdefault(portal, (published_at, f"{key & 0xFFFF_FFFF_FFFF_FFFF:016x}"))
        (source, (source_date, _)), *others = first.items()
        for copier, (copy_date, copy_id) in others:
            yield source, source_date, copier, copy_date, copy_id


def _days(earlier: str | None, later: str | None) -> int | None:
    try:
        return (date.fromisoformat((later or "")[:10]) - date.fromisoformat((earlier or "")[:10])).days
    except ValueError:
        return None
