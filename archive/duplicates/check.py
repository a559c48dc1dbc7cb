"""`check`: whether index, links and clusters agree with the documents and the pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from archive.duplicates.clusters import best_pages, components
from archive.duplicates.documents import check_signatures
from archive.duplicates.index import filed
from archive.errors import SignatureMismatch

__all__ = ["check"]


def check(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what is wrong, a line each; `regroup` mends all of it. Writes nothing."""
    try:
        check_signatures(db)
    except SignatureMismatch as error:
        yield error.reason
    entries = {row[0] for row in db.execute("SELECT min(id) FROM documents WHERE syllables GROUP BY key_digest")}
    in_index = filed(db)
    if missing := len(entries - in_index):
        yield f"{missing} texts are missing from the index of signatures"
    if strays := len(in_index - entries):
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
