"""`regroup`: signatures, index, links and clusters anew from the texts, all at once.

Candidates are not looked up one by one: the keys of all texts are sorted, so that those that share one stand together,
and each text meets the same older ones that it would have met when it came.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.candidates import agreement, least_agreement, possible
from archive.duplicates.clusters import group
from archive.duplicates.documents import VARIANTS, Seeker, index_of, insert_signature, note_signatures, store_links
from archive.duplicates.index import Hits, Table
from archive.duplicates.runs import COMMON, FEW, ID_BITS, MOST_SPANS, Integers
from archive.duplicates.shingles import Hashes
from archive.duplicates.signature import fingerprint

__all__ = ["Groups", "Keys", "Shared", "Signatures", "regroup", "similar_pairs"]

_BATCH = 256  # texts in memory at once
_ROWS = 20_000  # signatures
_PAIRS = 1 << 24  # of documents that share a key
_VARIANTS = f"""SELECT id, key_digest, text FROM documents
    WHERE key_digest = (SELECT key_digest FROM documents WHERE id = ?) ORDER BY id LIMIT {VARIANTS}"""
_ID_SHIFT = np.uint64(ID_BITS)
_EMPTY = np.empty(0, np.uint64)
_ID_MASK = np.uint64((1 << ID_BITS) - 1)

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
    keys = Keys.of(_tables(db))
    for newer, older in similar_pairs(keys, lambda documents: _signatures(db, documents)):
        for document_id, key_digest, text in db.execute(_VARIANTS, [newer]).fetchall():
            links = Seeker(db, document_id, key_digest, text).among(older, group_of=groups.find)
            store_links(db, document_id, links)
            for link in links:
                if link.kind != "series":
                    groups.join(document_id, link.other_id)
    group(db)
    return int(db.execute("SELECT count(*) FROM documents").fetchone()[0])


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of all documents, bands and spans apart; and the number of spans of each document, by its id."""

    bands: Shared
    spans: Shared
    counts: Integers

    @classmethod
    def of(cls, tables: Iterable[Table]) -> Keys:
        """Return the keys of signatures that come in order of documents."""
        bands, spans, counts = [_EMPTY], [_EMPTY], np.zeros(1, np.int64)
        for table in tables:
            keys, documents = table.keys()
            entries = keys << _ID_SHIFT | documents.view(np.uint64)
            spans.append(entries[: len(table.spans)])
            bands.append(entries[len(table.spans) :])
            counts = np.concatenate((counts, np.zeros(int(table.ids[-1]) + 1 - len(counts), np.int64)))
            counts[table.ids] = np.minimum(table.counts, MOST_SPANS)
        return cls(Shared.among(np.concatenate(bands)), Shared.among(np.concatenate(spans)), counts)

    def hits(self, chosen: NDArray[np.bool_], most: int = FEW) -> Hits:
        """Return which keys of chosen documents older ones have, the newest `most` of each key.

        `chosen` tells of each id whether it is meant.
        """
        bands, spans = self.bands.within(chosen, most), self.spans.within(chosen, most)
        codes = [
            meetings.newer << (ID_BITS + 2) | meetings.older << 2 | meetings.is_common << 1 | is_span
            for is_span, meetings in enumerate((bands, spans))
        ]
        stops = (spans.newer << ID_BITS | spans.older)[spans.is_oldest]
        return Hits(np.sort(np.concatenate(codes)).view(np.uint64), stops)


@dataclass(frozen=True, slots=True)
class Meetings:
    """Pairs of a document and an older one that has the same key, one a key and pair.

    `is_common`: as many older documents have the key as are told; `is_oldest`: this is the last one of these.
    """

    newer: Integers
    older: Integers
    is_common: NDArray[np.bool_]
    is_oldest: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shared:
    """Keys as key << 28 | document, ascending; the places of those that an older document has, and its rank there.

    The rank is the number of older documents that have the key.
    """

    entries: Hashes
    places: Integers
    newer: Integers
    rank: Integers

    @classmethod
    def among(cls, entries: Hashes) -> Shared:
        """Return what is shared among entries in any order, which are sorted in place."""
        entries.sort()
        places = np.flatnonzero((entries[1:] >> _ID_SHIFT) == (entries[:-1] >> _ID_SHIFT)) + 1
        is_first = np.concatenate(([True], places[1:] != places[:-1] + 1)) if len(places) else np.empty(0, bool)
        lengths = np.diff(np.append(np.flatnonzero(is_first), len(places)))
        rank = places - np.repeat(places[is_first], lengths) + 1
        return cls(entries, places, (entries[places] & _ID_MASK).astype(np.int64), rank)

    def within(self, chosen: NDArray[np.bool_], most: int) -> Meetings:
        """Return the meetings of chosen documents with older ones, with the newest of each key."""
        meant = np.flatnonzero(chosen[self.newer])
        places, newer, kept = self.places[meant], self.newer[meant], np.minimum(self.rank[meant], most)
        back = np.arange(kept.sum()) - np.repeat(np.cumsum(kept) - kept, kept) + 1
        older = (self.entries[np.repeat(places, kept) - back] & _ID_MASK).astype(np.int64)
        is_common = np.repeat(kept == most, kept)
        return Meetings(np.repeat(newer, kept), older, is_common, is_common & (back == most))


def similar_pairs(keys: Keys, signatures: Signatures) -> Iterator[tuple[int, list[int]]]:
    """Yield each document that older ones are candidates of copies for, and these, the likeliest first.

    As when they come one by one: more documents are compared with those that have a candidate among a few of each key.
    """
    shared = (keys.bands, keys.spans)
    meetings = sum(np.bincount(one.newer, np.minimum(one.rank, FEW), len(keys.counts)) for one in shared)
    rounds = np.cumsum(meetings) // _PAIRS
    for number in np.unique(rounds):
        chosen = rounds == number
        for most in (FEW, COMMON):
            newer, older = possible(keys.hits(chosen, most), keys.counts.__getitem__, keys.counts.__getitem__)
            newer, older, estimates = _alike(newer, older, signatures)
            chosen = np.zeros(len(chosen), dtype=np.bool_)
            chosen[newer] = True
        order = np.lexsort((older, -estimates, newer))
        newer, others = newer[order], older[order].tolist()
        starts = np.flatnonzero(np.diff(newer, prepend=0)).tolist()
        for start, end in zip(starts, [*starts[1:], len(others)], strict=False):
            yield int(newer[start]), others[start:end]


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
    twins = """SELECT id FROM documents WHERE EXISTS (
        SELECT 1 FROM documents AS one WHERE one.key_digest = documents.key_digest AND one.id < documents.id)"""
    for row in db.execute(twins).fetchall():
        key_digest, text = db.execute("SELECT key_digest, text FROM documents WHERE id = ?", [row[0]]).fetchone()
        store_links(db, row[0], Seeker(db, row[0], key_digest, text).twins())


def _texts(db: sqlite3.Connection) -> Iterator[tuple[int, str]]:
    """Yield id and text of each document in order of their ids, without a cursor left open between two batches."""
    last = -1
    while rows := db.execute(
        "SELECT id, text FROM documents WHERE id > ? ORDER BY id LIMIT ?", [last, _BATCH]
    ).fetchall():
        yield from ((row[0], row[1]) for row in rows)
        last = rows[-1][0]


def _tables(db: sqlite3.Connection) -> Iterator[Table]:
    """Yield all signatures in order of documents."""
    query = """SELECT document_id, syllables, signature, spans FROM signatures
        WHERE document_id > ? ORDER BY document_id LIMIT ?"""
    last = -1
    while rows := db.execute(query, [last, _ROWS]).fetchall():
        yield Table.of(rows)
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
