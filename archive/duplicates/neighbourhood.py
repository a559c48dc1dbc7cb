"""What stands around documents in the graph of links: their copies, their clusters, all that hangs together with them.

Exact copies (documents of one `key_digest`) are one: a link of any of them is a link of all, as long as a page shows
one. Only documents that are in a cluster count, that is, those that a page shows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from archive.duplicates.grouping import Edge

__all__ = [
    "by_size",
    "clusters_of_copies",
    "clusters_of_issues",
    "copies",
    "everything",
    "has_issues_across",
    "holds_together",
    "members",
    "reach",
]

T = TypeVar("T", int, str)
_BATCH = 500  # variables of a statement
_COUNTED = 1000  # members up to which the sizes of clusters are compared at first
_SAME = "SELECT id FROM documents WHERE key_digest = (SELECT key_digest FROM documents WHERE id = :id)"
_OTHERS = """SELECT b AS id, kind FROM links WHERE a IN ({of})
    UNION SELECT a AS id, kind FROM links WHERE b IN ({of})"""
# All exact copies that pages show are in one cluster: that of the first is enough.
_CLUSTER = """(SELECT cluster_id FROM documents AS twin
    WHERE twin.key_digest = {of}.key_digest AND cluster_id IS NOT NULL LIMIT 1)"""


def members(db: sqlite3.Connection, cluster_id: int) -> set[int]:
    """Return the documents of a cluster."""
    return {row[0] for row in db.execute("SELECT id FROM documents WHERE cluster_id = ?", [cluster_id])}


def clusters_of_copies(db: sqlite3.Connection, document_id: int) -> set[int]:
    """Return the clusters of the copies of a document that is in none."""
    return _clusters(db, document_id, "kind <> 'series'") | _twins_cluster(db, document_id)


def clusters_of_issues(db: sqlite3.Connection, document_id: int) -> set[int]:
    """Return the clusters of the other issues of a document's series."""
    return _clusters(db, document_id, "kind = 'series'")


def _clusters(db: sqlite3.Connection, document_id: int, condition: str) -> set[int]:
    """Return the clusters that links of such a kind lead to; those of shown exact copies are in their cluster."""
    of = ":id" if _twins_cluster(db, document_id) else _SAME
    query = f"""SELECT DISTINCT {_CLUSTER.format(of="linked")} FROM ({_OTHERS.format(of=of)}) AS link
        JOIN documents AS linked ON linked.id = link.id WHERE {condition}"""
    return {row[0] for row in db.execute(query, {"id": document_id}) if row[0] is not None}


def _twins_cluster(db: sqlite3.Connection, document_id: int) -> set[int]:
    query = f"SELECT {_CLUSTER.format(of='documents')} FROM documents WHERE id = ?"
    return {row[0] for row in db.execute(query, [document_id]) if row[0] is not None}


def by_size(db: sqlite3.Connection, clusters: Collection[int]) -> list[int]:
    """Return clusters, the largest first, which costs no more than reading the second largest."""
    if len(clusters) < 2:
        return list(clusters)
    limited = f"SELECT count(*) FROM (SELECT 1 FROM documents WHERE cluster_id = ? LIMIT {_COUNTED})"
    sizes = {cluster_id: db.execute(limited, [cluster_id]).fetchone()[0] for cluster_id in clusters}
    if list(sizes.values()).count(_COUNTED) > 1:
        whole = "SELECT count(*) FROM documents WHERE cluster_id = ?"
        sizes = {cluster_id: db.execute(whole, [cluster_id]).fetchone()[0] for cluster_id in clusters}
    return sorted(clusters, key=lambda cluster_id: (-sizes[cluster_id], cluster_id))


def has_issues_across(db: sqlite3.Connection, into: int, others: Sequence[int]) -> bool:
    """Return whether a series runs between two of these clusters; reads the links of all but the first."""
    clusters = {into, *others}
    query = f"""SELECT 1 FROM documents AS one JOIN links ON links.{{near}} = one.id
        JOIN documents AS linked ON linked.id = links.{{far}}
        WHERE one.cluster_id = ? AND kind = 'series' AND {_CLUSTER.format(of="linked")} IN ({{others}}) LIMIT 1"""
    for cluster_id in others:
        for near, far in (("a", "b"), ("b", "a")):
            marks = ", ".join(map(str, clusters - {cluster_id}))
            if db.execute(query.format(near=near, far=far, others=marks), [cluster_id]).fetchone():
                return True
    return False


def holds_together(db: sqlite3.Connection, document_id: int) -> bool:
    """Return whether a cluster could fall apart without a document: it has several copies in it, and no exact one."""
    twin = """SELECT 1 FROM documents WHERE cluster_id IS NOT NULL AND id <> :id
        AND key_digest = (SELECT key_digest FROM documents WHERE id = :id) LIMIT 1"""
    if db.execute(twin, {"id": document_id}).fetchone():
        return False
    query = f"""SELECT count(*) FROM (SELECT DISTINCT linked.key_digest FROM ({_OTHERS.format(of=_SAME)}) AS link
        JOIN documents AS linked ON linked.id = link.id WHERE kind <> 'series' LIMIT 2)"""
    return bool(db.execute(query, {"id": document_id}).fetchone()[0] > 1)


def copies(db: sqlite3.Connection, document_id: int) -> set[int]:
    """Return the documents that are linked to one, or to an exact copy of it, as copies."""
    query = f"SELECT id FROM ({_OTHERS.format(of=_SAME)}) WHERE kind <> 'series'"
    return {row[0] for row in db.execute(query, {"id": document_id})}


def reach(db: sqlite3.Connection, documents: Collection[int]) -> tuple[dict[int, tuple[str, int | None]], list[Edge]]:
    """Return all that hangs together with documents by copies, each with its key and cluster; and the links among it.

    The documents themselves are there where a page shows them.
    """
    keys: dict[str, list[tuple[int, int | None]]] = {}  # key → the documents in clusters that have it
    edges: dict[tuple[int, int], Edge] = {}
    fresh = {key for some in _batches(documents) for key in _keys_of(db, some)}
    while fresh:
        found: set[str] = set()
        for some in _batches(fresh):
            rows = _rows(db, "SELECT key_digest, id, cluster_id FROM documents WHERE key_digest IN ({})", some)
            ids = []
            for key, document_id, cluster_id in rows:
                ids.append(document_id)
                if cluster_id is not None:
                    keys.setdefault(key, []).append((document_id, cluster_id))
            shown = {key for key in some if key in keys}
            for a, b, kind, score, key_a, key_b in _links(db, ids):
                if key_a in shown or key_b in shown:
                    edges[a, b] = Edge(key_a, key_b, kind, score)
                    if kind != "series":
                        found |= {key_a, key_b}
        fresh = {key for some in _batches(found - keys.keys()) for key in _shown_keys(db, some)}
    reached = {document_id: (key, cluster_id) for key, rows in keys.items() for document_id, cluster_id in rows}
    return reached, list(edges.values())


def everything(db: sqlite3.Connection) -> tuple[dict[int, str], Iterator[Edge]]:
    """Return the keys of all documents that current pages show, and all links."""
    shown = db.execute(
        """SELECT id, key_digest FROM documents WHERE id IN (
            SELECT document_id FROM revisions JOIN pages ON pages.revision_id = revisions.id)"""
    )
    links = db.execute(
        """SELECT one.key_digest, other.key_digest, kind, score FROM links
        JOIN documents AS one ON one.id = a JOIN documents AS other ON other.id = b"""
    )
    return dict(shown.fetchall()), (Edge(*link) for link in links)


def _keys_of(db: sqlite3.Connection, documents: Sequence[int]) -> Iterator[str]:
    query = "SELECT key_digest FROM documents WHERE id IN ({})"
    return (row[0] for row in _rows(db, query, documents))


def _shown_keys(db: sqlite3.Connection, keys: Sequence[str]) -> Iterator[str]:
    query = "SELECT DISTINCT key_digest FROM documents WHERE cluster_id IS NOT NULL AND key_digest IN ({})"
    return (row[0] for row in _rows(db, query, keys))


def _links(db: sqlite3.Connection, documents: Iterable[int]) -> Iterator[tuple[int, int, str, float, str, str]]:
    query = """SELECT a, b, kind, score, one.key_digest, other.key_digest FROM links
        JOIN documents AS one ON one.id = a JOIN documents AS other ON other.id = b WHERE {} IN ({{}})"""
    for some in _batches(documents):
        for end in ("a", "b"):
            yield from _rows(db, query.format(end), some)


def _rows(db: sqlite3.Connection, query: str, values: Sequence[int] | Sequence[str]) -> sqlite3.Cursor:
    return db.execute(query.format(", ".join("?" * len(values))), values)


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    ordered = sorted(values)
    return (ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH))
