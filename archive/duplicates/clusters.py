"""Clusters: the documents that current pages show, grouped by their links (`archive.duplicates.grouping`).

A document is in a cluster as long as a page shows it. A text that no page shows any more (a revision that was replaced)
keeps its links as evidence, and holds nothing together. Clusters are kept in the database alone and change with it,
undone and redone with its transactions. A document that appears joins the clusters of its neighbours, the smaller into
the larger. Where a document disappears that held others together, or a series keeps copies apart (such a cluster is
marked as contested), what hangs together there is grouped anew.

The representative is the earliest publication; ties go to the longer text, then to the smaller id.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

from archive.duplicates import neighbourhood
from archive.duplicates.grouping import Edge, partition
from archive.duplicates.relink import relink

__all__ = ["best_pages", "components", "group", "page_gained", "page_lost", "precedence"]

Precedence: TypeAlias = tuple[str, str, int, int]
_VIETNAM = timezone(timedelta(hours=7))
_DAY = re.compile(r"\d{4}(-\d\d){0,2}")
_LAST = "~"  # after every digit
_SOUGHT = 1000  # documents of a cluster that fell apart whose copies are sought for once more

_CURRENT = """SELECT pages.id, pages.key, revisions.published_at, documents.syllables, documents.cluster_id
    FROM pages JOIN revisions ON revisions.id = pages.revision_id
    JOIN documents ON documents.id = revisions.document_id"""


def precedence(published_at: str | None, syllables: int, key: int) -> Precedence:
    """Return what pages are ordered by; the least represents its cluster.

    The day comes first, in Vietnam, then the time of day; what has no day sorts last, and so does, within its day, what
    has no time. `key` is the page's 64-bit key, signed as SQLite has it.
    """
    return (*_moment(published_at or ""), -syllables, key & 0xFFFF_FFFF_FFFF_FFFF)


def _moment(published_at: str) -> tuple[str, str]:
    try:
        moment = datetime.fromisoformat(published_at)
    except ValueError:
        match = _DAY.match(published_at)
        return (match[0] if match else "") + _LAST, _LAST
    if "T" not in published_at:
        return published_at, _LAST
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_VIETNAM)
    day, _, time = moment.astimezone(_VIETNAM).isoformat().partition("T")
    return day, time


def page_gained(db: sqlite3.Connection, page_id: int, document_id: int) -> None:
    """Note that a page shows a document; to be called once `pages.revision_id` says so, again when only fields changed.

    Raises:
        ValueError: the page shows another document.
    """
    shown = db.execute(
        "SELECT document_id FROM revisions WHERE id = (SELECT revision_id FROM pages WHERE id = ?)", [page_id]
    ).fetchone()
    if shown is None or shown[0] != document_id:
        raise ValueError(f"page {page_id} shows document {shown and shown[0]}, not {document_id}")
    cluster_id = _cluster_of(db, document_id)
    if cluster_id is None:
        cluster_id = _join(db, document_id)
    representative = _representative(db, cluster_id)
    if representative == page_id:  # it may have been published later than was thought
        _elect(db, cluster_id)
    elif representative is None or _precedence(db, page_id) < _precedence(db, representative):
        _set_representative(db, cluster_id, page_id)


def page_lost(db: sqlite3.Connection, page_id: int, document_id: int) -> None:
    """Note that a page shows a document no more, before or after `pages.revision_id` says so."""
    cluster_id = _cluster_of(db, document_id)
    if cluster_id is None:
        return
    still_shown = db.execute(
        """SELECT 1 FROM revisions JOIN pages ON pages.revision_id = revisions.id
        WHERE revisions.document_id = ? AND pages.id <> ? LIMIT 1""",
        [document_id, page_id],
    ).fetchone()
    if not still_shown:
        is_loose = _is_contested(db, cluster_id) or neighbourhood.holds_together(db, document_id)
        db.execute("UPDATE documents SET cluster_id = NULL WHERE id = ?", [document_id])
        if is_loose:
            around = neighbourhood.members(db, cluster_id) | neighbourhood.copies(db, document_id)
            _group_again(db, around, without=page_id, is_split=True)
    if db.execute("SELECT 1 FROM documents WHERE cluster_id = ? LIMIT 1", [cluster_id]).fetchone() is None:
        db.execute("DELETE FROM clusters WHERE id = ?", [cluster_id])
    elif _representative(db, cluster_id) == page_id:
        _elect(db, cluster_id, without=page_id)


def group(db: sqlite3.Connection) -> None:
    """Make all clusters anew from the links and the pages."""
    db.execute("UPDATE documents SET cluster_id = NULL WHERE cluster_id IS NOT NULL")
    db.execute("DELETE FROM clusters")
    shown, edges = neighbourhood.everything(db)
    found = partition(set(shown.values()), edges)
    names = {name: number for number, name in enumerate(dict.fromkeys(found.group_of[k] for k in shown.values()), 1)}
    db.executemany(
        "INSERT INTO clusters (id, is_contested) VALUES (?, ?)",
        ((number, name in found.contested) for name, number in names.items()),
    )
    db.executemany(
        "UPDATE documents SET cluster_id = ? WHERE id = ?",
        ((names[found.group_of[key]], document_id) for document_id, key in shown.items()),
    )
    for cluster_id, page_id in best_pages(db).items():
        _set_representative(db, cluster_id, page_id)


def components(db: sqlite3.Connection) -> list[list[int]]:
    """Return the documents that current pages show, as the links group them."""
    shown, edges = neighbourhood.everything(db)
    found = partition(set(shown.values()), edges)
    groups: dict[str, list[int]] = {}
    for document_id, key in shown.items():
        groups.setdefault(found.group_of[key], []).append(document_id)
    return list(groups.values())


def best_pages(db: sqlite3.Connection) -> dict[int, int]:
    """Return for each cluster the page that represents it by the contract's order."""
    best: dict[int, tuple[Precedence, int]] = {}
    for page_id, key, published_at, syllables, cluster_id in db.execute(_CURRENT):
        rank = (precedence(published_at, syllables, key), page_id)
        best[cluster_id] = min(rank, best.get(cluster_id, rank))
    return {cluster_id: page_id for cluster_id, (_, page_id) in best.items()}


def _join(db: sqlite3.Connection, document_id: int) -> int:
    """Put a document that appeared into the cluster where it belongs; return its id."""
    near = neighbourhood.clusters_of_copies(db, document_id)
    if not near:
        cluster_id = _new_cluster(db)
        db.execute("UPDATE documents SET cluster_id = ? WHERE id = ?", [cluster_id, document_id])
        return cluster_id
    into, *others = neighbourhood.by_size(db, near)
    is_contested = (
        not near.isdisjoint(neighbourhood.clusters_of_issues(db, document_id))
        or any(_is_contested(db, cluster_id) for cluster_id in near)
        or neighbourhood.has_issues_across(db, into, others)
    )
    db.execute("UPDATE documents SET cluster_id = ? WHERE id = ?", [into, document_id])
    if is_contested:
        _group_again(db, set().union(*(neighbourhood.members(db, cluster_id) for cluster_id in near)))
        return _cluster_of(db, document_id) or into
    for other in others:
        pages = [page for page in (_representative(db, into), _representative(db, other)) if page is not None]
        db.execute("UPDATE documents SET cluster_id = ? WHERE cluster_id = ?", [into, other])
        db.execute("DELETE FROM clusters WHERE id = ?", [other])
        _set_representative(db, into, min(pages, key=lambda page: _precedence(db, page), default=None))
    return into


def _group_again(
    db: sqlite3.Connection, documents: set[int], without: int | None = None, *, is_split: bool = False
) -> None:
    """Group what hangs together with these documents anew; `without` is a page that shows none of them any more.

    With `is_split`, where they fall apart, copies are sought for once more that were not read while they held together.
    """
    reached, edges = neighbourhood.reach(db, documents)
    parts, contested = _parts(reached, edges)
    if is_split and len(parts) > 1 and relink(db, [d for part in parts[1:] for d in part][:_SOUGHT]):
        reached, edges = neighbourhood.reach(db, documents)
        parts, contested = _parts(reached, edges)
    old = Counter(cluster_id for _, cluster_id in reached.values() if cluster_id is not None)
    spare = sorted(old, key=old.__getitem__, reverse=True)
    kept = spare[: len(parts)] + [_new_cluster(db) for _ in parts[len(spare) :]]
    for part, cluster_id in zip(parts, kept, strict=True):
        moved = [(cluster_id, document_id) for document_id in part if reached[document_id][1] != cluster_id]
        db.executemany("UPDATE documents SET cluster_id = ? WHERE id = ?", moved)
        is_contested = reached[part[0]][0] in contested
        db.execute("UPDATE clusters SET is_contested = ? WHERE id = ?", [is_contested, cluster_id])
    for cluster_id in kept:
        _elect(db, cluster_id, without)
    db.executemany("DELETE FROM clusters WHERE id = ?", [(cluster_id,) for cluster_id in spare[len(parts) :]])


def _parts(reached: dict[int, tuple[str, int | None]], edges: list[Edge]) -> tuple[list[list[int]], set[str]]:
    """Return the groups of documents, the largest first, and the keys of those that are contested."""
    found = partition({key for key, _ in reached.values()}, edges)
    groups: dict[str, list[int]] = {}
    for document_id in sorted(reached):
        groups.setdefault(found.group_of[reached[document_id][0]], []).append(document_id)
    contested = {key for key, name in found.group_of.items() if name in found.contested}
    return sorted(groups.values(), key=len, reverse=True), contested


def _is_contested(db: sqlite3.Connection, cluster_id: int) -> bool:
    row = db.execute("SELECT is_contested FROM clusters WHERE id = ?", [cluster_id]).fetchone()
    return bool(row and row[0])


def _elect(db: sqlite3.Connection, cluster_id: int, without: int | None = None) -> None:
    """Choose the representative among all pages of the cluster."""
    query = f"{_CURRENT} WHERE documents.cluster_id = ? AND pages.id IS NOT ?"
    ranks = [
        (precedence(published_at, syllables, key), page_id)
        for page_id, key, published_at, syllables, _ in db.execute(query, [cluster_id, without])
    ]
    _set_representative(db, cluster_id, min(ranks)[1] if ranks else None)


def _precedence(db: sqlite3.Connection, page_id: int) -> Precedence:
    row = db.execute(f"{_CURRENT} WHERE pages.id = ?", [page_id]).fetchone()
    return precedence(row[2], row[3], row[1]) if row else (_LAST, _LAST, 0, 1 << 64)


def _cluster_of(db: sqlite3.Connection, document_id: int) -> int | None:
    row = db.execute("SELECT cluster_id FROM documents WHERE id = ?", [document_id]).fetchone()
    return row[0] if row else None


def _representative(db: sqlite3.Connection, cluster_id: int) -> int | None:
    row = db.execute("SELECT representative_page_id FROM clusters WHERE id = ?", [cluster_id]).fetchone()
    return row[0] if row else None


def _set_representative(db: sqlite3.Connection, cluster_id: int, page_id: int | None) -> None:
    db.execute("UPDATE clusters SET representative_page_id = ? WHERE id = ?", [page_id, cluster_id])


def _new_cluster(db: sqlite3.Connection) -> int:
    return db.execute("INSERT INTO clusters DEFAULT VALUES").lastrowid or 0
