"""`add_document`: a text enters the archive, and what it is to the texts that are there is found at once."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from archive.duplicates.candidates import MEASURED, candidates, likely
from archive.duplicates.config import CONFIG_DIGEST
from archive.duplicates.finding import Keyed
from archive.duplicates.index import Index
from archive.duplicates.relation import Kind, Reading, read, relate
from archive.errors import SignatureMismatch
from archive.records import Fingerprint
from archive.store.connection import Connection

__all__ = [
    "VARIANTS",
    "Added",
    "DocumentLink",
    "Seeker",
    "add_document",
    "check_signatures",
    "committed",
    "index_of",
    "insert_signature",
    "note_signatures",
    "prepare",
    "store_links",
    "stored",
    "twins",
]

_SETTING = "signatures"
_EXACT_COPIES = 8  # of a text that are linked to it; all are one in the clusters
VARIANTS = 4  # exact copies of a candidate that are compared
_VERIFIED = 64  # texts that are read for one
_REMEMBERED = 128  # texts: what is much copied is read again and again
_ISSUES = 8  # of a series that are read beside those that the index tells
_ENOUGH = 16  # copies in one cluster, beyond which the rest of it is not read


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """What a document is to another one; `differs` is told from the one with the smaller id to the other."""

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
    index = index_of(db)
    document_id = (
        db.execute(
            "INSERT INTO documents (digest, key_digest, text, syllables) VALUES (?, ?, ?, ?)",
            [fingerprint.digest, fingerprint.key_digest, text, fingerprint.syllables],
        ).lastrowid
        or 0
    )
    if not index.forget_from(document_id):
        index.reopen(db, document_id)
    hits = index.look_up(Keyed.one(document_id, fingerprint))
    seeker = Seeker(db, document_id, text, fingerprint)
    exact = twins(db, document_id, text, fingerprint.key_digest)
    links = (*exact, *seeker.among(candidates(index, hits), but=[link.other_id for link in exact]))
    store_links(db, document_id, links)
    if not exact and fingerprint.syllables:
        insert_signature(db, document_id, fingerprint)
        index.file(hits)
    return Added(document_id, is_new=True, links=links)


class Seeker:
    """Compares one stored text with others, each read once.

    Of a cluster where 16 copies were found the rest is not read: it hangs together through them. Unless issues of a
    series are near it: then it counts how near each of its members is; or the search shall be thorough. `group_of`
    tells the cluster of a document where those of the database do not count.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        document_id: int,
        text: str,
        fingerprint: Fingerprint,
        *,
        is_thorough: bool = False,
        group_of: Callable[[int], int] | None = None,
    ) -> None:
        self._db, self._id, self._text, self._print = db, document_id, text, fingerprint
        self._is_thorough, self._group_of = is_thorough, group_of
        self._copies: Counter[int] = Counter()  # of each cluster
        self._texts = 0  # that were read

    def among(self, documents: Iterable[int], but: Collection[int] = ()) -> list[DocumentLink]:
        """Return the links to these documents, the likeliest first; to exact copies of them; and to what is near them.

        The index tells a few of the documents that share a key. The others are found through their links to these: the
        copies of copies, as long as there are some, and those few issues of a series that are most alike. `but`:
        documents that it is linked to; what is near them is read, too.
        """
        links, seen, copies = list[DocumentLink](), {self._id, *but}, [*but]
        near = likely(self._db, [document for document in documents if document not in seen], self._print)
        while near or copies:
            found = self._links_to(near)
            links += found
            seen.update(near, (link.other_id for link in found))
            copies += [link.other_id for link in found if link.kind is not Kind.SERIES]
            is_first = len(found) == len(links)
            issues = [link.other_id for link in found if is_first and link.kind is Kind.SERIES]
            near = self._linked(_COPIES_OF, copies, seen) + self._linked(_ISSUES_OF, issues, seen)[:_ISSUES]
            copies = []
        return links

    def _linked(self, query: str, documents: list[int], seen: Collection[int]) -> list[int]:
        """Return what is linked to documents and was not seen, the likeliest first."""
        rows = self._db.execute(query, [json.dumps(documents)]).fetchall() if documents else []
        return likely(self._db, [row[0] for row in rows if row[0] not in seen], self._print)

    def _links_to(self, documents: Iterable[int]) -> list[DocumentLink]:
        links = []
        for other_id, cluster_id, is_contested, text in self._variants(documents):
            cluster = self._group_of(other_id) if self._group_of else cluster_id
            if self._copies[cluster or 0] >= _ENOUGH and not (is_contested or self._is_thorough):
                continue
            if self._texts >= _VERIFIED:
                break
            self._texts += 1
            link = _link(self._id, self._text, other_id, text)
            if link is None:
                continue
            links.append(link)
            if cluster is not None:
                self._copies[cluster] += 1 if link.kind is not Kind.SERIES else -_VERIFIED
        return links

    def _variants(self, documents: Iterable[int]) -> Iterator[tuple[int, int | None, bool, str]]:
        """Yield id, cluster, whether that is contested, and text of documents and their first exact copies."""
        query = f"""SELECT other.id, other.cluster_id, clusters.is_contested, other.text
            FROM documents JOIN documents AS other ON other.key_digest = documents.key_digest
            LEFT JOIN clusters ON clusters.id = other.cluster_id
            WHERE documents.id = ? AND documents.key_digest <> ? AND other.id <> ? ORDER BY other.id LIMIT {VARIANTS}"""
        for document_id in documents:
            for row in self._db.execute(query, [document_id, self._print.key_digest, self._id]).fetchall():
                yield row[0], row[1], bool(row[2]), row[3]


_LINKED_TO = """SELECT b AS id FROM links WHERE a IN (SELECT value FROM json_each(?1)) AND kind {kind}
    UNION SELECT a FROM links WHERE b IN (SELECT value FROM json_each(?1)) AND kind {kind}
    ORDER BY id DESC LIMIT {most}"""
_COPIES_OF = _LINKED_TO.format(kind="<> 'series'", most=MEASURED)
_ISSUES_OF = _LINKED_TO.format(kind="= 'series'", most=MEASURED)


def twins(db: sqlite3.Connection, document_id: int, text: str, key_digest: str) -> list[DocumentLink]:
    """Return the links of a text to its first older exact copies."""
    query = "SELECT id, text FROM documents WHERE key_digest = ? AND id < ? ORDER BY id LIMIT ?"
    rows = db.execute(query, [key_digest, document_id, _EXACT_COPIES]).fetchall()
    return [link for row in rows if (link := _link(document_id, text, row[0], row[1]))]


def _link(document_id: int, text: str, other_id: int, other: str) -> DocumentLink | None:
    a, b = (other, text) if other_id < document_id else (text, other)
    relation = relate(_reading(a), _reading(b))
    return DocumentLink(other_id, relation.kind, relation.score, relation.differs) if relation else None


@lru_cache(maxsize=_REMEMBERED)
def _reading(text: str) -> Reading:
    return read(text)


def stored(db: sqlite3.Connection, document_id: int) -> tuple[str, Fingerprint, int] | None:
    """Return the text of a document, its fingerprint, and the document under which that is kept: its first exact copy.

    None for a text without syllables.
    """
    row = db.execute(
        """SELECT documents.text, documents.digest, documents.key_digest, signatures.syllables, signature, spans,
            document_id FROM documents JOIN documents AS first ON first.key_digest = documents.key_digest
            JOIN signatures ON document_id = first.id WHERE documents.id = ? LIMIT 1""",
        [document_id],
    ).fetchone()
    return (row[0], Fingerprint(*row[1:6]), row[6]) if row else None


def store_links(db: sqlite3.Connection, document_id: int, links: Iterable[DocumentLink]) -> None:
    """Keep the links of a document."""
    db.executemany(
        "INSERT OR REPLACE INTO links (a, b, kind, score, differs) VALUES (?, ?, ?, ?, ?)",
        [(*sorted((link.other_id, document_id)), link.kind, link.score, link.differs) for link in links],
    )


def insert_signature(db: sqlite3.Connection, document_id: int, fingerprint: Fingerprint) -> None:
    """Keep the signature of a document that is no exact copy of an older one."""
    db.execute(
        "INSERT INTO signatures (document_id, syllables, signature, spans) VALUES (?, ?, ?, ?)",
        [document_id, fingerprint.syllables, fingerprint.signature, fingerprint.spans],
    )


def index_of(db: sqlite3.Connection) -> Index:
    """Return the index that belongs to a writing connection, opened when it is asked for first.

    Raises:
        TypeError: the connection was not made by `archive.store.connect`.
    """
    if not isinstance(db, Connection):
        raise TypeError(f"{db!r} is no archive.store.connection.Connection")
    if db.duplicates is None:
        db.duplicates = Index.open(db)
    index: Index = db.duplicates
    return index


def prepare(db: sqlite3.Connection) -> None:
    """Open the index, if it is of this luutru's making; to be called outside of a transaction, see `Index.catch_up`."""
    with suppress(SignatureMismatch):
        if check_signatures(db):
            index_of(db)


def committed(db: sqlite3.Connection) -> None:
    """Note that all that was filed is committed: what is enough for a run of the index is written."""
    if isinstance(db, Connection) and db.duplicates is not None:
        index_of(db).committed(db)


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
            "run `luutru rebuild`",
        )
    return True


def note_signatures(db: sqlite3.Connection) -> None:
    """Note that the archive's signatures are of this luutru's making."""
    db.execute("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", [_SETTING, CONFIG_DIGEST])
