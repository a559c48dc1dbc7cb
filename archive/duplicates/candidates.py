"""Candidates: which of the documents that share a key with a text are worth reading.

How many spans of the smaller text a copy must share at least sorts out much before anything else is read; one common
span alone (a formula) makes no candidate, one band does. A document that is not told of a common span may have it, and
gets some benefit of the doubt. Of those left, the signatures must agree as well as copies' do; where these could only
be contained in each other, the stored spans are compared as well.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG, CONTAINED, CONTAINED_SYLLABLES, NEAR
from archive.duplicates.finding import Hits
from archive.duplicates.index import Index
from archive.duplicates.runs import ID_BITS, MOST_ID, MOST_SPANS, Integers
from archive.duplicates.shingles import Hashes, overlap
from archive.records import Fingerprint

__all__ = ["MEASURED", "agreement", "candidates", "least_agreement", "likely", "possible"]

MEASURED = 256  # candidates of a text whose signature is read
_DEVIATIONS = 3.5  # standard errors that an estimate may lie too low
# A copy has two spans in five of the smaller text at least, beyond the first few: where single syllables differ all
# over it, a ninth of its shingles is lost, five for each of them, and with it the one or two spans that it stands in.
_FREE, _SHARE = 4, 0.4
_NONE: Integers = np.empty(0, dtype=np.int64)
# By the last two bits of a code, in a field each: is it a span, a common one, a key that is not common.
_FIELD, _FIELD_MASK = 21, (1 << 21) - 1
_COUNTED = np.array([1 << 2 * _FIELD, (1 << 2 * _FIELD) + 1, 0, (1 << _FIELD) + 1])
# A document may have the common spans of a text that it is not told of: half of them, if it shares what is not common.
_HALF, _QUARTER = 0.5, 0.25


def candidates(index: Index, hits: Hits) -> list[int]:
    """Return the documents that share as many keys with a single text as copies must."""
    _, found = possible(hits.codes, hits.common, hits.texts.spans, index.spans)
    return [document for document in found.tolist() if document != hits.texts.ids[0]]


def likely(db: sqlite3.Connection, documents: Sequence[int], own: Fingerprint) -> list[int]:
    """Return the documents whose spans and signatures agree with a text's as copies' do, the likeliest first."""
    query = """SELECT document_id, syllables, signature, spans FROM signatures
        WHERE document_id IN (SELECT value FROM json_each(?))"""
    rows = db.execute(query, [json.dumps(documents)]).fetchall() if documents else []
    if not rows:
        return []
    matrix = np.frombuffer(b"".join(row[2] for row in rows), dtype="<u4").reshape(len(rows), CONFIG.permutations)
    estimates = agreement(np.frombuffer(own.signature, dtype="<u4"), matrix)
    least = least_agreement(np.full(len(rows), own.syllables), np.array([row[1] for row in rows]))
    spans = np.frombuffer(own.spans, dtype="<u8")
    found = [
        (-estimates[place], row[0])
        for place, row in enumerate(rows)
        if estimates[place] >= _MAYBE_NEAR
        or (estimates[place] >= least[place] and _may_contain(spans, np.frombuffer(row[3], dtype="<u8")))
    ]
    return [document for _, document in sorted(found)]


def _may_contain(own: Hashes, others: Hashes) -> bool:
    """Return whether so many spans are shared as where one text contains the other."""
    least = _SHARE * (min(len(own), len(others)) - _FREE)
    return len(own) > 0 and len(others) > 0 and overlap(own, others) >= least


def possible(
    codes: Hashes, common: Integers, spans: Integers, spans_of: Callable[[Integers], Integers]
) -> tuple[Integers, Integers]:
    """Return pairs of a text, by its place, and a document that share as many keys as copies must, two arrays.

    Of each text the likeliest 256, by the number of keys that they share. For `codes` and `common` see `Hits`; `spans`
    and `spans_of` tell how many spans texts and documents have.
    """
    if not len(codes):
        return _NONE, _NONE
    shared = codes.view(np.int64) >> 2
    is_first = np.ones(len(codes), dtype=np.bool_)
    np.not_equal(shared[1:], shared[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    keys = np.diff(starts, append=len(codes))
    counted = np.diff(np.cumsum(_COUNTED.take(codes.view(np.int64) & 3))[starts + keys - 1], prepend=0)
    kept = np.flatnonzero((keys > 1) | (counted != _COUNTED[3]))
    pairs, keys, counted = shared[starts[kept]], keys[kept], counted[kept]
    texts, documents = pairs >> ID_BITS, pairs & MOST_ID
    smaller = np.minimum(np.minimum(spans[texts], MOST_SPANS), spans_of(documents))
    untold = common[texts] - (counted >> _FIELD & _FIELD_MASK)
    most = (counted & _FIELD_MASK) + np.where(counted >> 2 * _FIELD, _HALF, _QUARTER) * untold
    chosen = np.flatnonzero((most >= _SHARE * (smaller - _FREE)) | (keys > counted & _FIELD_MASK))
    if len(chosen) >= MEASURED and np.bincount(texts[chosen]).max() >= MEASURED:
        rank = np.arange(len(chosen)) - np.searchsorted(texts[chosen], texts[chosen])
        chosen = chosen[np.lexsort((documents[chosen], -keys[chosen], texts[chosen]))][rank < MEASURED]
    return texts[chosen], documents[chosen]


def agreement(own: NDArray[np.uint32], others: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Return the estimated Jaccard of signatures, row by row; its standard error is at most .045."""
    equal: NDArray[np.float64] = np.count_nonzero(own == others, axis=-1) / CONFIG.permutations
    return equal


def least_agreement(own: Integers, others: Integers) -> NDArray[np.float64]:
    """Return the lowest estimate of their Jaccard to be expected of copies, given the syllables of the texts."""
    extra = CONFIG.shingle - 1
    small, large = np.minimum(own, others), np.maximum(own, others)
    shorter, longer = np.maximum(small - extra, 1), np.maximum(large - extra, 1)
    held = CONTAINED * shorter
    contained = np.where(small < CONTAINED_SYLLABLES, NEAR, held / (shorter + longer - held))
    return _lowest(np.minimum(NEAR, contained))


def _lowest(jaccard: NDArray[np.float64]) -> NDArray[np.float64]:
    lowest: NDArray[np.float64] = jaccard - _DEVIATIONS * np.sqrt(jaccard * (1 - jaccard) / CONFIG.permutations)
    return lowest


_MAYBE_NEAR = float(_lowest(np.array(NEAR)))
