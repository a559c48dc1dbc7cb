"""Candidates: which of the documents that share a key with a text are worth reading.

How many spans of the smaller text a copy must share at least sorts out much before anything else is read; one common
span alone (a formula) makes no candidate. What is older than the documents that are told of such a key gets the benefit
of the doubt. Of those left, the signatures must agree as well as copies' do. A text is compared with the newest 4 of
each key at first, and with all that are kept of it where there was a candidate among these.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG, CONTAINED, CONTAINED_SYLLABLES, NEAR
from archive.duplicates.index import Hits, Index, Keyed
from archive.duplicates.runs import COMMON, FEW, ID_BITS, MOST_SPANS, Integers

__all__ = ["agreement", "candidates", "least_agreement", "possible"]

_MEASURED = 256  # candidates of a text whose signature is read
_DEVIATIONS = 3.5  # standard errors that an estimate may lie too low
# A copy has one span in three of the smaller text at least, beyond the first few: where single syllables differ all
# over it, a ninth of its shingles is lost, five for each of them, and with it the one or two spans that it stands in.
_FREE, _SHARE = 4, 1 / 3
_NONE: Integers = np.empty(0, dtype=np.int64)
_ID_MASK = (1 << ID_BITS) - 1


def candidates(db: sqlite3.Connection, index: Index, text: Keyed, syllables: int, signature: bytes) -> list[int]:
    """Return the documents that could be near to a text, contain it or be contained in it, the likeliest first."""
    found, is_cut = _candidates(db, index, text, syllables, signature, FEW)
    return _candidates(db, index, text, syllables, signature, COMMON)[0] if found and is_cut else found


def _candidates(
    db: sqlite3.Connection, index: Index, text: Keyed, syllables: int, signature: bytes, most: int
) -> tuple[list[int], bool]:
    """Return candidates among so many documents of each key, and whether a key has more."""
    hits = index.look_up(text, most)
    if not len(hits.codes):
        return [], False
    is_cut = bool((hits.codes & np.uint64(2)).any())
    own = int(text.spans[0])
    _, found = possible(hits, lambda newer: np.full(len(newer), own), index.spans)
    query = """SELECT document_id, syllables, signature FROM signatures
        WHERE document_id IN (SELECT value FROM json_each(?)) AND document_id <> ?"""
    rows = db.execute(query, [json.dumps(found.tolist()), int(text.ids[0])]).fetchall() if len(found) else []
    if not rows:
        return [], is_cut
    matrix = np.frombuffer(b"".join(row[2] for row in rows), dtype="<u4").reshape(len(rows), CONFIG.permutations)
    estimates = agreement(np.frombuffer(signature, dtype="<u4"), matrix)
    least = least_agreement(np.full(len(rows), syllables), np.array([row[1] for row in rows]))
    places = np.flatnonzero(estimates >= least)
    order = np.lexsort((np.array([row[0] for row in rows])[places], -estimates[places]))
    return [rows[place][0] for place in places[order].tolist()], is_cut


def possible(
    hits: Hits, spans_of_newer: Callable[[Integers], Integers], spans_of_older: Callable[[Integers], Integers]
) -> tuple[Integers, Integers]:
    """Return pairs of a text and an older document that share as many keys as copies must, two arrays.

    Of each text the likeliest 256, by the number of keys that they share. The functions return how many spans
    documents have.
    """
    if not len(hits.codes):
        return _NONE, _NONE
    shared = hits.codes >> np.uint64(2)
    starts = np.flatnonzero(np.concatenate(([True], shared[1:] != shared[:-1])))
    seen_keys = np.diff(np.append(starts, len(shared)))
    seen_spans = np.add.reduceat((hits.codes & np.uint64(1)).astype(np.int64), starts)
    is_formula = (seen_keys == 1) & ((hits.codes[starts] & np.uint64(3)) == 3)
    kept = np.flatnonzero(~is_formula)
    pairs, seen_keys = shared[starts[kept]].view(np.int64), seen_keys[kept]
    newer, older = pairs >> ID_BITS, pairs & _ID_MASK
    smaller = np.minimum(np.minimum(spans_of_newer(newer), MOST_SPANS), spans_of_older(older))
    missing = _SHARE * (smaller - _FREE) - seen_spans[kept]
    if len(hits.stops):
        missing -= _stopped(hits.stops, pairs)
    likely = missing <= 0
    chosen = np.flatnonzero(likely)
    rank = np.arange(len(chosen)) - np.searchsorted(newer[chosen], newer[chosen])
    if len(chosen) and rank.max() >= _MEASURED:
        chosen = chosen[np.lexsort((older[chosen], -seen_keys[chosen], newer[chosen]))][rank < _MEASURED]
    return newer[chosen], older[chosen]


def _stopped(stops: Integers, pairs: Integers) -> Integers:
    """Return for each pair how many common spans of the text were only read down to documents that are newer."""
    stops = np.sort(stops)
    return np.searchsorted(stops, pairs | _ID_MASK, "right") - np.searchsorted(stops, pairs, "right")


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
