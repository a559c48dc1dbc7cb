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
        row = db.execute(_ENTRY, [document_id]).fetchone()
        if row is None:
            continue  # a text without syllables
        text, key_digest, *entry = row
        linked = {row[0] for row in db.execute(_LINKED, {"id": document_id})}
        seeker = Seeker(db, document_id, text, key_digest, entry[1], entry[2], is_thorough=True)
        hits = index.look_up(Table.of([tuple(entry)]).keyed())
        links = seeker.among(candidates(db, index, hits, entry[1], entry[2]), but=linked)
        store_links(db, document_id, links)
        found = found or any(link.kind != "series" for link in links)
    return found


_ENTRY = """SELECT documents.text, documents.key_digest, document_id, signatures.syllables, signature, spans
    FROM documents
    JOIN documents AS first ON first.key_digest = documents.key_digest JOIN signatures ON document_id = first.id
    WHERE documents.id = ? LIMIT 1"""
_LINKED = "SELECT b FROM links WHERE a = :id UNION SELECT a FROM links WHERE b = :id"
