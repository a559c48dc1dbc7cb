"""`relink`: copies of stored documents are sought for once more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from archive.duplicates.candidates import candidates
from archive.duplicates.documents import Seeker, index_of, store_links, stored
from archive.duplicates.finding import Keyed

__all__ = ["relink"]


def relink(db: sqlite3.Connection, documents: Iterable[int]) -> bool:
    """Link documents to copies that they are not linked to; return whether any was found.

    When a text came, not all of a cluster was read that it was clearly a member of. Where such a cluster falls apart,
    it is time to read the rest.
    """
    index = index_of(db)
    is_linked = False
    for document_id in documents:
        found = stored(db, document_id)
        if found is None:
            continue
        text, fingerprint, entry = found
        linked = {row[0] for row in db.execute(_LINKED, {"id": document_id})}
        seeker = Seeker(db, document_id, text, fingerprint, is_thorough=True)
        links = seeker.among(candidates(index, index.look_up(Keyed.one(entry, fingerprint))), but=linked)
        store_links(db, document_id, links)
        is_linked = is_linked or any(link.kind != "series" for link in links)
    return is_linked


_LINKED = "SELECT b FROM links WHERE a = :id UNION SELECT a FROM links WHERE b = :id"
