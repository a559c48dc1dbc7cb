"""`check`: whether index, links and clusters agree with the documents and the pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from archive.duplicates.clusters import best_pages, components
from archive.duplicates.documents import check_signatures
from archive.duplicates.index import is_displaced, keyed, measured
from archive.duplicates.signature import fingerprint
from archive.errors import SignatureMismatch

__all__ = ["check", "unfiled"]


def check(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what is wrong, a line each; `regroup` mends all of it. Writes nothing."""
    try:
        check_signatures(db)
    except SignatureMismatch as error:
        yield error.reason
    if missing := unfiled(db):
        yield f"{missing} texts are missing from the index of signatures"
    if strays := len((keyed(db) | measured(db)) - _entries(db)):
        yield f"the index of signatures holds {strays} texts that are not there"
    stored = dict(db.execute("SELECT id, cluster_id FROM documents WHERE cluster_id IS NOT NULL").fetchall())
    wrong = 0
    parts = components(db)
    for part in parts:
        wrong += len({stored.get(document_id) for document_id in part}) > 1 or stored.get(part[0]) is None
    kept = len(set(stored.values()))
    if wrong or kept != len(parts) or len(stored) != sum(map(len, parts)):
        yield f"the links make {len(parts)} clusters, the archive has {kept}, {wrong} of the former are not among them"
        return
    elected = dict(db.execute("SELECT id, representative_page_id FROM clusters").fetchall())
    if elected != best_pages(db):
        yield "a cluster is represented by the wrong page"


def unfiled(db: sqlite3.Connection) -> int:
    """Return how many texts the index lacks. One whose keys all went to newer texts is in order."""
    unmeasured = _entries(db) - measured(db)
    unkeyed = _entries(db) - unmeasured - keyed(db)
    query = "SELECT text FROM documents WHERE id = ?"
    texts = (db.execute(query, [document_id]).fetchone()[0] for document_id in unkeyed)
    return len(unmeasured) + sum(not is_displaced(db, fingerprint(text)) for text in texts)


def _entries(db: sqlite3.Connection) -> set[int]:
    """Return the documents that the index is made of: the first of each text, but for case, spacing, punctuation."""
    return {row[0] for row in db.execute("SELECT min(id) FROM documents WHERE syllables GROUP BY key_digest")}
