"""Candidates: which of the documents that share a key with a text are worth reading.

How many spans of the smaller text a copy must share at least sorts out much before anything else is read; one common
span alone (a formula) makes no candidate. A document that is not told of such a key may have it, and gets the benefit
of the doubt. Of those left, the signatures must agree as well as copies' do.
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
from archive.duplicates.runs import ID_BITS, MOST_SPANS, Integers
from archive.duplicates.shingles import Hashes

__all__ = ["MEASURED", "agreement", "candidates", "least_agreement", "likely", "possible"]

MEASURED = 256  # candidates of a text whose signature is read
_DEVIATIONS = 3.5  # standard errors that an estimate may lie too low
# A copy has one span in three of the smaller text at least, beyond the first few: where single syllables differ all
# over it, a ninth of its shingles is lost, five for each of them, and with it the one or two spans that it stands in.
_FREE, _SHARE = 4, 1 / 3
_NONE: Integers = np.empty(0, dtype=np.int64)
_ID_MASK = (1 << ID_BITS) - 1
_HALF = (1 << 32) - 1
_COUNTED = np.array([0, 1, 0, (1 << 32) + 1])  # by the last two bits of a code


def candidates(db: sqlite3.Connection, index: Index, hits: Hits, syllables: int, signature: bytes) -> list[int]:
    """Return the documents that could be near to a text, contain it or be contained in it, the likeliest first."""
    _, found = possible(hits.codes, hits.common, hits.texts.spans, index.spans)
    return likely(db, [document for document in found.tolist() if document != hits.texts.ids[0]], syllables, signature)


def likely(db: sqlite3.Connection, documents: Sequence[int], syllables: int, signature: bytes) -> list[int]:
    """Return those documents whose signatures agree with a text's as well as copies' do, the likeliest first."""
    query = """SELECT document_id, syllables, signature FROM signatures
        WHERE document_id IN (SELECT value FROM json_each(?))"""
    rows = db.execute(query, [json.dumps(documents)]).fetchall() if documents else []
    if not rows:
        return []
    matrix = np.frombuffer(b"".join(row[2] for row in rows), dtype="<u4").reshape(len(rows), CONFIG.permutations)
    estimates = agreement(np.frombuffer(signature, dtype="<u4"), matrix)
    least = least_agreement(np.full(len(rows), syllables), np.array([row[1] for row in rows]))
    places = np.flatnonzero(estimates >= least)
    order = np.lexsort((np.array([row[0] for row in rows])[places], -estimates[places]))
    return [rows[place][0] for place in places[order].tolist()]


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
    keys = np.diff(np.append(starts, len(codes)))
    # Counted together: the spans, and in the upper half those of them that are common.
    seen = np.add.reduceat(_COUNTED.take(codes.view(np.int64) & 3), starts)
    kept = np.flatnonzero((keys > 1) | (seen != _COUNTED[3]))
    pairs, keys, seen = shared[starts[kept]], keys[kept], seen[kept]
    texts, documents = pairs >> ID_BITS, pairs & _ID_MASK
    smaller = np.minimum(np.minimum(spans[texts], MOST_SPANS), spans_of(documents))
    # It may have the common spans that it is not told of.
    most = (seen & _HALF) - (seen >> 32) + common[texts]
    chosen = np.flatnonzero(most >= _SHARE * (smaller - _FREE))
    rank = np.arange(len(chosen)) - np.searchsorted(texts[chosen], texts[chosen])
    if len(chosen) and rank.max() >= MEASURED:
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
    jaccard = np.minimum(NEAR, contained)
    least: NDArray[np.float64] = jaccard - _DEVIATIONS * np.sqrt(jaccard * (1 - jaccard) / CONFIG.permutations)
    return least
