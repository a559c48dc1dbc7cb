"""`regroup`: signatures, index, links and clusters anew from the texts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from archive.duplicates import index
from archive.duplicates.clusters import group
from archive.duplicates.documents import link_and_file, note_signatures
from archive.duplicates.signature import fingerprint

__all__ = ["regroup"]

_BATCH = 256  # documents in memory at once


def regroup(db: sqlite3.Connection) -> int:
    """Make everything that is derived from the texts anew; return how many documents there are.

    To be run inside the writer's transaction: when the parameters of the signatures changed, or the index is missing.
    """
    index.clear(db)
    db.execute("DELETE FROM links")
    note_signatures(db)
    count = 0
    for document_id, text in _texts(db):
        found = fingerprint(text)
        db.execute(
            "UPDATE documents SET key_digest = :key, syllables = :syllables "
            "WHERE id = :id AND (key_digest, syllables) <> (:key, :syllables)",
            {"id": document_id, "key": found.key_digest, "syllables": found.syllables},
        )
        link_and_file(db, document_id, text, found)
        count += 1
    group(db)
    return count


def _texts(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Yield id and text of each document in order of their ids, without a cursor left open between two batches."""
    last = -1
    while rows := db.execute(
        "SELECT id, text FROM documents WHERE id > ? ORDER BY id LIMIT ?", [last, _BATCH]
    ).fetchall():
        yield from ((row[0], row[1]) for row in rows)
        last = rows[-1][0]
