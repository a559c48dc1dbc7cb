"""`add_document`: a text enters the archive, and what it is to the texts that are there is found at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from archive.duplicates import index
from archive.duplicates.config import CONFIG_DIGEST
from archive.duplicates.relation import Kind, Reading, read, relate
from archive.duplicates.shingles import syllable_hashes
from archive.duplicates.signature import shingles_of
from archive.duplicates.wording import Wording
from archive.errors import SignatureMismatch
from archive.records import Fingerprint

__all__ = ["Added", "DocumentLink", "add_document", "check_signatures", "link_and_file", "note_signatures"]

_SETTING = "signatures"
_EXACT_COPIES = 64  # that are linked; the rest hangs together through them


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """What a document is to another one, from the one with the smaller id to the other."""

    other_id: int
    kind: Kind
    score: float
    differs: str


@dataclass(frozen=True, slots=True)
class Added:
    """A document of the archive; `is_new` when its text was not there before; `links` are those found now."""

    document_id: int
    is_new: bool
    links: tuple[DocumentLink, ...] = ()


def add_document(db: sqlite3.Connection, text: str, fingerprint: Fingerprint) -> Added:
    """Store a text once, with its links to the texts that are there.

    It belongs to no cluster before a page shows it (`page_gained`).

    Raises:
        SignatureMismatch: the archive's signatures were made with other parameters.
    """
    row = db.execute("SELECT id FROM documents WHERE digest = ?", [fingerprint.digest]).fetchone()
    if row:
        return Added(row[0], is_new=False)
    if not check_signatures(db):
        note_signatures(db)
    document_id = (
        db.execute(
            "INSERT INTO documents (digest, key_digest, text, syllables) VALUES (?, ?, ?, ?)",
            [fingerprint.digest, fingerprint.key_digest, text, fingerprint.syllables],
        ).lastrowid
        or 0
    )
    return Added(document_id, is_new=True, links=link_and_file(db, document_id, text, fingerprint))


def link_and_file(
    db: sqlite3.Connection, document_id: int, text: str, fingerprint: Fingerprint
) -> tuple[DocumentLink, ...]:
    """Link a stored document to those filed before it, then file it itself; return its links."""
    texts = _texts(db, fingerprint.key_digest, index.candidates(db, fingerprint), below=document_id)
    twins = [(other_id, other) for other_id, key_digest, other in texts if key_digest == fingerprint.key_digest]
    others = [(other_id, other) for other_id, key_digest, other in texts if key_digest != fingerprint.key_digest]
    links = []
    if texts:
        own = Reading(Wording(text), syllable_hashes(text), shingles_of(fingerprint))
        links = [_link(own, other, other_id) for other_id, other in (*twins[:_EXACT_COPIES], *others)]
    found = tuple(link for link in links if link)
    db.executemany(
        "INSERT OR REPLACE INTO links (a, b, kind, score, differs) VALUES (?, ?, ?, ?, ?)",
        [(link.other_id, document_id, link.kind, link.score, link.differs) for link in found],
    )
    if not twins:
        index.file(db, document_id, fingerprint)
    return found


def check_signatures(db: sqlite3.Connection) -> bool:
    """Return whether the archive's signatures are of this luutru's making; False when it is empty.

    Raises:
        SignatureMismatch: they were made with other parameters.
    """
    row = db.execute("SELECT value FROM settings WHERE key = ?", [_SETTING]).fetchone()
    if row is None and db.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None:
        return False
    if row is None or row[0] != CONFIG_DIGEST:
        raise SignatureMismatch(
            db.execute("PRAGMA database_list").fetchone()[2] or "archive",
            f"its signatures have the parameters {row[0] if row else 'unknown'}, this luutru makes {CONFIG_DIGEST}",
            "run `luutru verify --repair`",
        )
    return True


def note_signatures(db: sqlite3.Connection) -> None:
    """Note that the archive's signatures are of this luutru's making."""
    db.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", [_SETTING, CONFIG_DIGEST])


def _link(own: Reading, other: str, other_id: int) -> DocumentLink | None:
    relation = relate(read(other), own)
    return DocumentLink(other_id, relation.kind, relation.score, relation.differs) if relation else None


def _texts(
    db: sqlite3.Connection, key_digest: str, candidates: Sequence[int], below: int
) -> list[tuple[int, str, str]]:
    """Return id, key and text of the older documents that have this key or that of a candidate, in order of ids."""
    keys = {key_digest}
    for document_id in candidates:
        keys.add(db.execute("SELECT key_digest FROM documents WHERE id = ?", [document_id]).fetchone()[0])
    query = "SELECT id, key_digest, text FROM documents WHERE key_digest = ? AND id < ?"
    return sorted((row[0], row[1], row[2]) for key in keys for row in db.execute(query, [key, below]))
