"""`regroup`: signatures, index, links and clusters anew from the texts, all at once.

Candidates are not looked up one by one: the keys of all texts are sorted, so that those that share one stand together,
and each text meets the same older ones that it would have met when it came.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.candidates import least_agreement, possible
from archive.duplicates.clusters import group
from archive.duplicates.config import CONFIG
from archive.duplicates.documents import (
    VARIANTS,
    Seeker,
    index_of,
    insert_signature,
    note_signatures,
    store_links,
    stored,
    twins,
)
from archive.duplicates.index import Table
from archive.duplicates.runs import COMMON, ID_BITS, ID_MASK, ID_SHIFT, Integers
from archive.duplicates.shingles import Hashes
from archive.duplicates.signature import fingerprint

__all__ = ["Groups", "Keys", "regroup", "similar_pairs"]

_BATCH = 256  # texts in memory at once
_PIECE = 1 << 17  # keys at once
_DOCUMENTS, _MOST_PARTS = 1 << 13, 1 << 10  # at once; or more, of so many parts
_PAIRS = 1 << 10  # at once
_LOW_OCTETS = slice(0 if sys.byteorder == "little" else 3, None, 4)
_COLUMNS = ((), np.int64), ((), np.int64), ((CONFIG.permutations,), np.uint8)  # of `Keys`: what a document has of each
_AT_NEWER, _OCTET = ID_BITS + 8, np.uint64(255)
_VARIANTS = f"""SELECT id FROM documents
    WHERE key_digest = (SELECT key_digest FROM documents WHERE id = ?) ORDER BY id LIMIT {VARIANTS}"""


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
    pairs = similar_pairs(Keys.of(Table.read(db)))
    for newer, older in chain.from_iterable(_by_document(*some[:2]) for some in pairs):
        variants = [row[0] for row in db.execute(_VARIANTS, [newer]).fetchall()]
        for place, document_id in enumerate(variants):
            if (entry := stored(db, document_id)) is None:
                continue
            links = Seeker(db, document_id, *entry[:2], group_of=groups.find).among(older, but=variants[:place])
            store_links(db, document_id, links)
            for link in links:
                if link.kind != "series":
                    groups.join(document_id, link.other_id)
    group(db)
    return int(db.execute("SELECT count(*) FROM documents").fetchone()[0])


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of all documents: `key << 28 | document`, ascending within each of some arrays.

    By the ids of documents: `spans`: how many each has; `syllables`; `sketches`: the low octets of the values of their
    signatures, a row each.
    """

    entries: list[Hashes]
    spans: Integers
    syllables: Integers
    sketches: NDArray[np.uint8]

    @classmethod
    def of(cls, tables: Iterable[Table]) -> Keys:
        """Return the keys of signatures that come in order of documents."""
        entries, last = list[Hashes](), 0
        spans, syllables, sketches = ([np.zeros((1, *shape), kind)] for shape, kind in _COLUMNS)
        for table in tables:
            entries.append(table.entries())
            places, last = table.ids - last - 1, int(table.ids[-1])
            octets = table.signatures.view(np.uint8)[:, _LOW_OCTETS]
            for column, values in ((spans, table.counts), (syllables, table.syllables), (sketches, octets)):
                column.append(np.zeros((int(places[-1]) + 1, *values.shape[1:]), values.dtype))
                column[-1][places] = values
        return cls(entries, np.concatenate(spans), np.concatenate(syllables), np.concatenate(sketches))

    def shared(self) -> tuple[Iterator[Hashes], Integers]:
        """Return what documents share with older ones: `codes`, some documents at a time, and `common` of `Hits`.

        The texts in them are the documents themselves, by their ids.
        """
        size = max(_DOCUMENTS, len(self.spans) // _MOST_PARTS)
        bounds = np.arange(size, len(self.spans), size, dtype=np.uint64) << np.uint64(ID_BITS + 2)
        parts = [[np.empty(0, np.uint64)] for _ in range(len(bounds) + 1)]
        common = [np.empty(0, np.int64)]
        for codes, with_common in map(_shared, self._pieces()):
            common.append(with_common)
            for part, some in zip(parts, np.split(codes, np.searchsorted(codes, bounds)), strict=True):
                part.append(some)
        return map(_joined, parts), np.bincount(np.concatenate(common), minlength=len(self.spans))

    def _pieces(self) -> Iterator[Hashes]:
        """Yield all entries, ascending, a piece at a time that fits the cache of a core; no key is in two."""
        count = sum(map(len, self.entries)) // _PIECE + 1
        bounds = np.array([(1 << 64) // count * number for number in range(1, count)], dtype=np.uint64) & ~ID_MASK
        cut = [np.split(some, np.searchsorted(some, bounds)) for some in self.entries]
        return map(_joined, zip(*cut, strict=True))


def _joined(parts: Sequence[Hashes]) -> Hashes:
    """Return arrays as one, ascending."""
    together = np.concatenate(parts)
    together.sort()
    return together


def _shared(entries: Hashes) -> tuple[Hashes, Integers]:
    """Return what is shared among ascending entries: `codes`, and the document of each span that is common."""
    places = np.flatnonzero((entries[1:] ^ entries[:-1]) <= ID_MASK) + 1
    begins = np.flatnonzero(np.diff(places, prepend=-1) > 1)
    first = np.repeat(places[begins] - 1, np.diff(np.append(begins, len(places))))
    rank = places - first  # so many older documents have the key
    documents = (entries & ID_MASK).view(np.int64)
    newer, is_span, is_common = documents[places], entries[places] >> ID_SHIFT & np.uint64(1), rank >= COMMON
    marks = (newer << ID_BITS + 2) + (is_common.astype(np.int64) << 1) + is_span.view(np.int64)
    codes = [np.empty(0, np.uint64)]
    for nth in range(COMMON):
        told = np.flatnonzero(rank > nth)
        codes.append((marks[told] + (documents[first[told] + nth] << 2)).view(np.uint64))
    return _joined(codes), newer[is_common & is_span.astype(np.bool_)]


def similar_pairs(keys: Keys) -> Iterator[tuple[Integers, Integers, NDArray[np.float64]]]:
    """Yield documents, older ones that are candidates of copies for each, the likeliest first, and their agreement.

    They are those that are found when the texts come one by one, and some more: values of signatures that are unlike
    have the same low octet once in 256 times.
    """
    parts, common = keys.shared()
    for codes in parts:
        newer, older = possible(codes, common, keys.spans, keys.spans.__getitem__)
        order = np.empty(len(newer), dtype=np.uint64)
        for start in range(0, len(newer), _PAIRS):
            one, other = newer[start : start + _PAIRS], older[start : start + _PAIRS]
            unlike = np.add.reduce((keys.sketches[one] != keys.sketches[other]).view(np.uint8), axis=1, dtype=np.uint8)
            order[start : start + _PAIRS] = (one << _AT_NEWER) + (unlike.astype(np.int64) << ID_BITS) + other
        order.sort()
        newer, older = (order >> np.uint64(_AT_NEWER)).view(np.int64), (order & ID_MASK).view(np.int64)
        estimates = 1 - (order >> ID_SHIFT & _OCTET).astype(np.float64) / CONFIG.permutations
        is_likely = estimates >= least_agreement(keys.syllables[newer], keys.syllables[older])
        alike = np.flatnonzero(is_likely & (newer != older))
        yield newer[alike], older[alike], estimates[alike]


def _by_document(newer: Integers, older: Integers) -> Iterator[tuple[int, list[int]]]:
    """Yield each document and the older ones that it may be a copy of."""
    others, starts = older.tolist(), np.flatnonzero(np.diff(newer, prepend=-1)).tolist()
    for start, end in pairwise([*starts, len(others)]):
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
