"""`relink`: copies of stored documents are sought for once more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from archive.duplicates.candidates import candidates
from archive.duplicates.documents import Seeker, index_of, store_links
from archive.duplicates.index import Table

__all__ = ["relink"]


def relink(db: sqlite3.Connection, documents: Iterable[int]) -> bool:
    """Link documents to copies that they are not linked to; return whether any was found.

    When a text came, not all of a cluster was read that it was clearly a member of. Where such a cluster falls apart,
    it is time to read the rest.
    """
    index = index_of(db)
    found = False
    for document_id in documents:
        key_digest, text = db.execute("SELECT key_digest, text FROM documents WHERE id = ?", [document_id]).fetchone()
        entry = db.execute(_ENTRY, [key_digest]).fetchone()
        if entry is None:
            continue  # a text without syllables
        keyed = Table.of([tuple(entry)]).keyed()
        linked = {row[0] for row in db.execute(_LINKED, {"id": document_id})}
        others = [other for other in candidates(db, index, keyed, entry[1], entry[2]) if other not in linked]
        links = Seeker(db, document_id, key_digest, text).among(others, is_thorough=True)
        store_links(db, document_id, links)
        found = found or any(link.kind != "series" for link in links)
    return found


_ENTRY = """SELECT document_id, signatures.syllables, signature, spans FROM documents
    JOIN signatures ON document_id = documents.id WHERE key_digest = ? LIMIT 1"""
_LINKED = "SELECT b FROM links WHERE a = :id UNION SELECT a FROM links WHERE b = :id"
