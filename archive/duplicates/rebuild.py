"""`regroup`: signatures, index, links and clusters anew from the texts, all at once.

Candidates are not looked up one by one: the keys of all texts are sorted, so that those that share one stand together,
and each text meets the same older ones that it would have met when it came.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, starmap

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.candidates import agreement, least_agreement, possible
from archive.duplicates.clusters import group
from archive.duplicates.documents import (
    VARIANTS,
    Seeker,
    index_of,
    insert_signature,
    note_signatures,
    store_links,
    twins,
)
from archive.duplicates.index import Table
from archive.duplicates.runs import COMMON, ID_BITS, ID_MASK, Integers
from archive.duplicates.shingles import Hashes
from archive.duplicates.signature import fingerprint

__all__ = ["Groups", "Shared", "Signatures", "regroup", "similar_pairs"]

_BATCH = 256  # texts in memory at once
_ROWS = 20_000  # signatures
_CODES = 1 << 24  # of documents that share a key, at once
_VARIANTS = f"""SELECT documents.id, documents.text, documents.key_digest, signatures.syllables, signature
    FROM signatures JOIN documents AS first ON first.id = document_id
    JOIN documents ON documents.key_digest = first.key_digest
    WHERE document_id = ? ORDER BY documents.id LIMIT {VARIANTS}"""

Signatures = Callable[[Integers], tuple[NDArray[np.uint32], Integers]]  # documents → signatures, a row each; syllables


def regroup(db: sqlite3.Connection, *, from_signatures: bool = False) -> int:
    """Make everything that is derived from the texts anew; return how many documents there are.

    To be run inside the writer's transaction: when the parameters of the signatures changed, or the index is damaged.
    With `from_signatures` those that are stored are taken as they are, and only texts that have copies are read.
    """
    index_of(db).clear()
    db.execute("DELETE FROM links")
    if not from_signatures:
        _sign(db)
    _link_twins(db)
    groups = Groups()
    pairs = similar_pairs(Shared.of(Table.read(db)), lambda documents: _signatures(db, documents))
    for newer, older in chain.from_iterable(starmap(_by_document, pairs)):
        for document_id, *entry in db.execute(_VARIANTS, [newer]).fetchall():
            links = Seeker(db, document_id, *entry, group_of=groups.find).among(older)
            store_links(db, document_id, links)
            for link in links:
                if link.kind != "series":
                    groups.join(document_id, link.other_id)
    group(db)
    return int(db.execute("SELECT count(*) FROM documents").fetchone()[0])


@dataclass(frozen=True, slots=True)
class Shared:
    """The keys of all documents, and those of them that older documents have.

    `entries`: key << 28 | document, ascending; `spans`: how many spans each document has, by its id. `places` are those
    of the entries whose key an older document has, `first` is where the oldest one stands.
    """

    entries: Hashes
    spans: Integers
    places: Integers
    first: Integers

    @classmethod
    def of(cls, tables: Iterable[Table]) -> Shared:
        """Return the keys of signatures that come in order of documents."""
        parts, spans = [np.empty(0, np.uint64)], np.zeros(1, np.int64)
        for table in tables:
            parts.append(table.entries())
            spans = np.concatenate((spans, np.zeros(int(table.ids[-1]) + 1 - len(spans), np.int64)))
            spans[table.ids] = table.counts
        entries = np.concatenate(parts)
        entries.sort()
        places = np.flatnonzero((entries[1:] ^ entries[:-1]) <= ID_MASK) + 1
        begins = np.flatnonzero(np.diff(places, prepend=0) > 1)
        lengths = np.diff(np.append(begins, len(places)))
        return cls(entries, spans, places, np.repeat(places[begins] - 1, lengths))

    def parts(self) -> Iterator[tuple[Hashes, Integers]]:
        """Yield what documents share with older ones, some at a time: `codes` and `common` of `Hits`, by their ids."""
        rank = self.places - self.first
        newer = (self.entries[self.places] & ID_MASK).view(np.int64)
        told = np.bincount(newer, np.minimum(rank, COMMON), len(self.spans))
        part = (np.cumsum(told) / _CODES).astype(np.uint16)
        order = np.argsort(part[newer], kind="stable")
        ends = np.cumsum(np.bincount(part[newer]))
        for start, end in zip([0, *ends.tolist()], ends.tolist(), strict=False):
            if start < end:
                yield self._part(order[start:end], newer, rank)

    def _part(self, chosen: Integers, newer: Integers, rank: Integers) -> tuple[Hashes, Integers]:
        """Return codes and counts of the chosen ones of the places."""
        first, newer, rank = self.first[chosen], newer[chosen], rank[chosen]
        is_span, is_common = (self.entries[first] >> np.uint64(63)).view(np.int64), rank >= COMMON
        marks = (newer << ID_BITS + 2) + (is_common.astype(np.int64) << 1) + is_span
        codes = []
        for nth in range(COMMON):
            told = np.flatnonzero(rank > nth)
            older = (self.entries[first[told] + nth] & ID_MASK).view(np.int64)
            codes.append((marks[told] + (older << 2))[older != newer[told]])
        together = np.concatenate(codes).view(np.uint64)
        together.sort()
        return together, np.bincount(newer[is_common & (is_span > 0)], minlength=len(self.spans))


def similar_pairs(shared: Shared, signatures: Signatures) -> Iterator[tuple[Integers, Integers]]:
    """Yield documents and older ones that are candidates of copies for them, of each the likeliest first.

    They are those that are found when the texts come one by one.
    """
    for codes, common in shared.parts():
        newer, older = possible(codes, common, shared.spans, shared.spans.__getitem__)
        newer, older, estimates = _alike(newer, older, signatures)
        order = np.lexsort((older, -estimates, newer))
        yield newer[order], older[order]


def _alike(newer: Integers, older: Integers, signatures: Signatures) -> tuple[Integers, Integers, NDArray[np.float64]]:
    """Return the pairs whose signatures agree as well as copies' do, and how well."""
    estimates, least = np.empty(len(newer)), np.empty(len(newer))
    for start in range(0, len(newer), _ROWS):
        some = slice(start, start + _ROWS)
        ids, places = np.unique(np.concatenate((newer[some], older[some])), return_inverse=True)
        rows, syllables = signatures(ids)
        one, other = np.split(places, 2)
        estimates[some] = agreement(rows[one], rows[other])
        least[some] = least_agreement(syllables[one], syllables[other])
    alike = np.flatnonzero(estimates >= least)
    return newer[alike], older[alike], estimates[alike]


def _by_document(newer: Integers, older: Integers) -> Iterator[tuple[int, list[int]]]:
    """Yield each document and the older ones that it may be a copy of."""
    others = older.tolist()
    starts = np.flatnonzero(np.diff(newer, prepend=-1)).tolist()
    for start, end in zip(starts, [*starts[1:], len(others)], strict=True):
        yield int(newer[start]), others[start:end]


class Groups:
    """Documents that were found to be copies of each other (union-find)."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def find(self, document_id: int) -> int:
        """Return the document that stands for the group of one."""
        parents = self._parents
        while (parent := parents.get(document_id)) is not None:
            beyond = parents.get(parent)
            if beyond is None:
                return parent
            parents[document_id] = document_id = beyond
        return document_id

    def join(self, a: int, b: int) -> None:
        """Make the groups of two documents one."""
        one, other = self.find(a), self.find(b)
        if one != other:
            self._parents[max(one, other)] = min(one, other)


def _sign(db: sqlite3.Connection) -> None:
    """Make all signatures anew; of exact copies only the first has one."""
    db.execute("DELETE FROM signatures")
    note_signatures(db)
    for document_id, text in _texts(db):
        found = fingerprint(text)
        db.execute(
            "UPDATE documents SET key_digest = :key, syllables = :syllables "
            "WHERE id = :id AND (key_digest, syllables) <> (:key, :syllables)",
            {"id": document_id, "key": found.key_digest, "syllables": found.syllables},
        )
        is_copy = db.execute(
            "SELECT 1 FROM documents WHERE key_digest = ? AND id < ? LIMIT 1", [found.key_digest, document_id]
        ).fetchone()
        if found.syllables and not is_copy:
            insert_signature(db, document_id, found)


def _link_twins(db: sqlite3.Connection) -> None:
    """Link exact copies."""
    query = """SELECT id FROM documents WHERE EXISTS (
        SELECT 1 FROM documents AS one WHERE one.key_digest = documents.key_digest AND one.id < documents.id)"""
    for (document_id,) in db.execute(query).fetchall():
        entry = db.execute("SELECT text, key_digest FROM documents WHERE id = ?", [document_id]).fetchone()
        store_links(db, document_id, twins(db, document_id, *entry))


def _texts(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Yield id and text of each document in order of their ids, without a cursor left open between two batches."""
    last = -1
    while rows := db.execute(
        "SELECT id, text FROM documents WHERE id > ? ORDER BY id LIMIT ?", [last, _BATCH]
    ).fetchall():
        yield from ((row[0], row[1]) for row in rows)
        last = rows[-1][0]


def _signatures(db: sqlite3.Connection, documents: Integers) -> tuple[NDArray[np.uint32], Integers]:
    """Return signatures and syllables of documents, which are in ascending order."""
    rows = db.execute(
        """SELECT signature, syllables FROM signatures WHERE document_id IN (SELECT value FROM json_each(?))
        ORDER BY document_id""",
        [json.dumps(documents.tolist())],
    ).fetchall()
    signatures = np.frombuffer(b"".join(row[0] for row in rows), dtype="<u4").reshape(len(rows), -1)
    return signatures.astype(np.uint32, copy=False), np.array([row[1] for row in rows])
