"""Clusters: the documents that current pages show, grouped by their links (`archive.duplicates.grouping`).

A document is in a cluster as long as a page shows it. One that no page shows any more (a revision that was replaced)
keeps its links as evidence, and holds nothing together. Clusters are kept in the database alone and change with it,
undone and redone with its transactions: a document that appears joins the clusters of its neighbours, the smaller into
the larger; where a document disappears, or a series is near, what hangs together there is grouped anew.

The representative is the earliest publication; ties go to the longer text, then to the smaller id.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

from archive.duplicates.grouping import Edge, partition

__all__ = ["best_pages", "components", "group", "page_gained", "page_lost", "precedence"]

Precedence: TypeAlias = tuple[str, str, int, int]
_VIETNAM = timezone(timedelta(hours=7))
_DAY = re.compile(r"\d{4}(-\d\d){0,2}")
_LAST = "~"  # after every digit
_BATCH = 500  # variables of a statement

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
    if still_shown:
        if _representative(db, cluster_id) == page_id:
            _elect(db, cluster_id, without=page_id)
        return
    members = _members(db, cluster_id)
    _assign(db, [document_id], None)
    _group_again(db, {*members, *_neighbours(db, [document_id])} - {document_id}, without=page_id)
    if members == {document_id}:
        db.execute("DELETE FROM clusters WHERE id = ?", [cluster_id])


def group(db: sqlite3.Connection) -> None:
    """Make all clusters anew from the links and the pages."""
    db.execute("UPDATE documents SET cluster_id = NULL WHERE cluster_id IS NOT NULL")
    db.execute("DELETE FROM clusters")
    for part in components(db):
        _assign(db, part, _new_cluster(db))
    for cluster_id, page_id in best_pages(db).items():
        _set_representative(db, cluster_id, page_id)


def components(db: sqlite3.Connection) -> list[list[int]]:
    """Return the documents that current pages show, as the links group them."""
    shown = db.execute(
        """SELECT id, digest FROM documents WHERE id IN (
            SELECT document_id FROM revisions JOIN pages ON pages.revision_id = revisions.id)"""
    )
    links = db.execute("SELECT a, b, kind, score FROM links")
    return partition(dict(shown.fetchall()), (Edge(*link) for link in links))


def best_pages(db: sqlite3.Connection) -> dict[int, int]:
    """Return for each cluster the page that represents it by the contract's order."""
    best: dict[int, tuple[Precedence, int]] = {}
    for page_id, key, published_at, syllables, cluster_id in db.execute(_CURRENT):
        rank = (precedence(published_at, syllables, key), page_id)
        best[cluster_id] = min(rank, best.get(cluster_id, rank))
    return {cluster_id: page_id for cluster_id, (_, page_id) in best.items()}


def _join(db: sqlite3.Connection, document_id: int) -> int:
    """Put a document that appeared into the cluster where it belongs; return its id."""
    neighbours = _neighbours(db, [document_id])
    near = {cluster_id for d in neighbours if (cluster_id := _cluster_of(db, d)) is not None}
    sizes = sorted(((len(_members(db, cluster_id)), cluster_id) for cluster_id in near), reverse=True)
    into, *others = [cluster_id for _, cluster_id in sizes] or [_new_cluster(db)]
    for other in others:
        pages = [page for page in (_representative(db, into), _representative(db, other)) if page is not None]
        db.execute("UPDATE documents SET cluster_id = ? WHERE cluster_id = ?", [into, other])
        db.execute("DELETE FROM clusters WHERE id = ?", [other])
        _set_representative(db, into, min(pages, key=lambda page: _precedence(db, page), default=None))
    _assign(db, [document_id], into)
    if neighbours and _has_issues(db, into):
        _group_again(db, _members(db, into))
    return _cluster_of(db, document_id) or into


def _group_again(db: sqlite3.Connection, documents: Collection[int], without: int | None = None) -> None:
    """Group what hangs together with these documents anew; `without` is a page that shows none of them any more."""
    reached, fresh = set(documents), set(documents)
    while fresh:
        fresh = _neighbours(db, fresh) - reached
        reached |= fresh
    digests: dict[int, str] = {}
    edges: list[Edge] = []
    old: Counter[int] = Counter()
    for some in _batches(reached):
        marks = ", ".join("?" * len(some))
        for document_id, digest, cluster_id in db.execute(
            f"SELECT id, digest, cluster_id FROM documents WHERE id IN ({marks})", some
        ):
            digests[document_id] = digest
            old[cluster_id] += 1
        edges += (Edge(*row) for row in db.execute(f"SELECT a, b, kind, score FROM links WHERE a IN ({marks})", some))
    parts = sorted(partition(digests, edges), key=len, reverse=True)
    spare = sorted(old, key=old.__getitem__, reverse=True)
    kept = spare[: len(parts)] + [_new_cluster(db) for _ in parts[len(spare) :]]
    for part, cluster_id in zip(parts, kept, strict=True):
        _assign(db, part, cluster_id)
    for cluster_id in kept:
        _elect(db, cluster_id, without)
    db.executemany("DELETE FROM clusters WHERE id = ?", [(cluster_id,) for cluster_id in spare[len(parts) :]])


def _neighbours(db: sqlite3.Connection, documents: Collection[int]) -> set[int]:
    """Return the documents in clusters that are copies of one of these."""
    found: set[int] = set()
    for some in _batches(documents):
        marks = ", ".join("?" * len(some))
        query = f"""SELECT id FROM documents WHERE cluster_id IS NOT NULL AND id IN (
            SELECT b FROM links WHERE kind <> 'series' AND a IN ({marks})
            UNION SELECT a FROM links WHERE kind <> 'series' AND b IN ({marks}))"""
        found.update(row[0] for row in db.execute(query, [*some, *some]))
    return found


def _has_issues(db: sqlite3.Connection, cluster_id: int) -> bool:
    """Return whether a member of the cluster is an issue of a series."""
    query = """SELECT 1 FROM documents WHERE cluster_id = ? AND (
            EXISTS (SELECT 1 FROM links WHERE kind = 'series' AND a = documents.id)
            OR EXISTS (SELECT 1 FROM links WHERE kind = 'series' AND b = documents.id)) LIMIT 1"""
    return db.execute(query, [cluster_id]).fetchone() is not None


def _members(db: sqlite3.Connection, cluster_id: int) -> set[int]:
    return {row[0] for row in db.execute("SELECT id FROM documents WHERE cluster_id = ?", [cluster_id])}


def _batches(documents: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(documents)
    return (ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH))


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


def _assign(db: sqlite3.Connection, documents: Iterable[int], cluster_id: int | None) -> None:
    query = "UPDATE documents SET cluster_id = :cluster WHERE id = :id AND cluster_id IS NOT :cluster"
    db.executemany(query, [{"cluster": cluster_id, "id": document_id} for document_id in documents])
