"""The index of signatures: which documents could be copies of a text. Derived from the documents, may be rebuilt.

A document is filed under 16 keys for the bands of its signature and under its anchors, the one in 16 of its shingles
whose hash starts with four zero bits. Bands find texts that are alike as wholes; anchors find a short text in a long
one. Both are 64-bit keys of one table. Exact copies share the entry of the first of them.

A lookup is bounded: of a key that more than 64 texts share (a formula, a form, a notice issued daily for years) only
the newest 64 are read, and one such anchor alone makes no candidate. So a true copy, which also shares the rare keys or
all of the common ones, is found, and what merely uses the same formula costs little. The 32 candidates whose signatures
agree best have their texts read: a text with more copies than that hangs together with the others through them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG, CONTAINED, CONTAINED_SYLLABLES, NEAR
from archive.duplicates.shingles import Hashes, mix
from archive.duplicates.signature import agreement, shingles_of
from archive.records import Fingerprint

__all__ = ["candidates", "clear", "file", "filed"]

_Integers: TypeAlias = NDArray[np.int64]
_Numbers: TypeAlias = NDArray[np.float64]
_COMMON = 64  # entries that are read of one key
_MEASURED = 256  # candidates whose length is read
_VERIFIED = 32  # candidates whose text is worth reading
_DEVIATIONS = 3.5  # standard errors that an estimate may lie too low
_ANCHOR_DEVIATIONS = 3  # of the number of anchors that copies share, which is nearly of Poisson's distribution
_ANCHOR_SALT = np.uint64(0xA5A5_5A5A_C3C3_3C3C)
_BAND_FACTORS = np.arange(1, 2 * CONFIG.rows, 2, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
_NEWEST = """SELECT (
        SELECT group_concat(document_id)
        FROM (SELECT document_id FROM bands WHERE key = keys.value ORDER BY document_id DESC LIMIT ?)
    ) FROM json_each(?) AS keys"""


def file(db: sqlite3.Connection, document_id: int, fingerprint: Fingerprint) -> None:
    """Enter a document."""
    query = "INSERT OR IGNORE INTO bands (key, document_id) SELECT value, ? FROM json_each(?)"
    db.execute(query, [document_id, json.dumps(_keys(fingerprint))])


def filed(db: sqlite3.Connection) -> set[int]:
    """Return the documents that have an entry."""
    return {row[0] for row in db.execute("SELECT DISTINCT document_id FROM bands")}


def clear(db: sqlite3.Connection) -> None:
    """Empty the index."""
    db.execute("DELETE FROM bands")


def candidates(db: sqlite3.Connection, fingerprint: Fingerprint) -> list[int]:
    """Return the entries that could be near to the text, contain it or be contained in it, the likeliest first."""
    keys = _keys(fingerprint)
    entries, seen, unseen = _shared(db, keys)
    lengths = dict(_rows(db, "SELECT id, syllables FROM documents", entries.tolist()))
    syllables = np.array([lengths[entry] for entry in entries.tolist()], dtype=np.int64)
    least, anchors = _least(fingerprint.syllables, len(keys) - CONFIG.bands, syllables)
    possible = seen + unseen >= anchors
    entries, seen, least = entries[possible], seen[possible], least[possible]
    signatures = dict(_rows(db, "SELECT id, signature FROM documents", entries.tolist()))
    estimates = agreement(fingerprint.signature, [signatures[entry] for entry in entries.tolist()])
    order = np.lexsort((entries, -seen, -estimates))
    found: list[int] = entries[order[(estimates >= least)[order]]].tolist()
    return found[:_VERIFIED]


def _rows(db: sqlite3.Connection, select: str, document_ids: Sequence[int]) -> list[tuple[int, Any]]:
    """Return what `select` reads of these documents, in order of their ids."""
    if not document_ids:
        return []
    where = " WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id"
    return list(map(tuple, db.execute(select + where, [json.dumps(document_ids)])))


def _least(own: int, own_anchors: int, others: _Integers) -> tuple[_Numbers, _Numbers]:
    """Return the lowest estimate of their Jaccard and the fewest shared anchors to be expected of copies.

    `own` and `others` are syllables: of the text, and of each text that could be its copy.
    """
    extra = CONFIG.shingle - 1
    shorter, longer = np.maximum(np.minimum(own, others) - extra, 1), np.maximum(np.maximum(own, others) - extra, 1)
    held = CONTAINED * shorter
    contained = np.where(np.minimum(own, others) < CONTAINED_SYLLABLES, NEAR, held / (shorter + longer - held))
    jaccard = np.minimum(NEAR, contained)
    lost = (1 - NEAR) / (1 + NEAR) * shorter / 2**CONFIG.anchor_bits
    kept = shorter / 2**CONFIG.anchor_bits - lost
    return (
        jaccard - _DEVIATIONS * np.sqrt(jaccard * (1 - jaccard) / CONFIG.permutations),
        np.where(
            own <= others,  # its anchors are known, only which of them a copy has is chance
            own_anchors - lost - _ANCHOR_DEVIATIONS * np.sqrt(lost),
            kept - _ANCHOR_DEVIATIONS * np.sqrt(kept),
        ),
    )


def _shared(db: sqlite3.Connection, keys: Sequence[int]) -> tuple[_Integers, _Integers, _Integers]:
    """Return the candidates, how many of the keys each is seen to share, and how many more it might.

    The likeliest come first.
    """
    # One string a key: a row an entry would cost twice as much.
    answers = [row[0] or "" for row in db.execute(_NEWEST, [_COMMON, json.dumps(keys)])]
    counts = np.array([answer.count(",") + 1 if answer else 0 for answer in answers], dtype=np.int64)
    entries = np.array(json.loads(f"[{','.join(filter(None, answers))}]"), dtype=np.int64)
    is_full = counts == _COMMON
    is_formula = is_full & (np.arange(len(keys)) < len(keys) - CONFIG.bands)
    ids, where = np.unique(entries, return_inverse=True)
    seen = np.bincount(where, minlength=len(ids))
    formulas = np.bincount(where[np.repeat(is_formula, counts)], minlength=len(ids))
    possible = np.flatnonzero((seen > 1) | (formulas == 0))
    likeliest = possible[np.lexsort((ids[possible], -seen[possible]))][:_MEASURED]
    full = entries[np.cumsum(counts)[is_full, np.newaxis] - 1 - np.arange(_COMMON)]
    stops = np.sort(full.min(axis=1))  # what is older was not read
    return ids[likeliest], seen[likeliest], len(stops) - np.searchsorted(stops, ids[likeliest], "right")


@lru_cache(maxsize=1)  # a text is looked up, then filed
def _keys(fingerprint: Fingerprint) -> list[int]:
    """Return the keys of a text as SQLite's signed integers, bands last; none for a text without syllables."""
    if not fingerprint.syllables:
        return []
    shingles = shingles_of(fingerprint)
    anchors = mix(shingles[shingles >> np.uint64(64 - CONFIG.anchor_bits) == 0] ^ _ANCHOR_SALT)
    signed: NDArray[np.int64] = np.concatenate((anchors, _bands(fingerprint.signature))).view(np.int64)
    return [int(key) for key in signed.tolist()]


def _bands(signature: bytes) -> Hashes:
    values = np.frombuffer(signature, dtype="<u4").astype(np.uint64).reshape(CONFIG.bands, CONFIG.rows)
    return mix(mix(values * _BAND_FACTORS).sum(axis=1, dtype=np.uint64) + np.arange(CONFIG.bands, dtype=np.uint64))
