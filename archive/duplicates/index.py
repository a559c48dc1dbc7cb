"""The index of signatures: which documents could be copies of a text. Derived from the documents, may be rebuilt.

A document is filed under 16 keys for the bands of its signature and under its anchors, the one in 16 of its shingles
whose hash starts with four zero bits. Bands find texts that are alike as wholes; anchors find a short text in a long
one. Both are 64-bit keys of one table. Exact copies share the entry of the first of them.

A lookup is bounded. Keys that few texts share are read whole. Only where that would be more than some thousand rows
(formulae, forms, notices issued daily for years), each key is read up to its newest entries. Candidates are ranked by
the keys that they share, so that a true copy, which also shares the rare keys, comes before what merely uses the same
form.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG, CONTAINED_SYLLABLES
from archive.duplicates.shingles import Hashes, mix
from archive.duplicates.signature import agreement, shingles_of
from archive.records import Fingerprint

__all__ = ["Candidate", "candidates", "clear", "file", "filed"]

_ROWS = 4096  # read at once; a lookup that would read more goes key by key
_KEY_ROWS = 64  # read of one key then
_ESTIMATED = 1024  # candidates whose signature is compared
_VERIFIED = 64  # candidates that are worth reading their text
_NEAR_ESTIMATE = 0.6  # 0.8 less some standard errors
_CONTAINED_ESTIMATE = 0.35
_UNEQUAL = 8  # from this ratio of lengths a signature says nothing about containment; anchors do
_ANCHOR_SALT = np.uint64(0xA5A5_5A5A_C3C3_3C3C)
_BAND_FACTORS = np.arange(1, 2 * CONFIG.rows, 2, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that shares keys with a text; `estimate` is the Jaccard of the signatures."""

    document_id: int
    shared: int
    estimate: float


def file(db: sqlite3.Connection, document_id: int, fingerprint: Fingerprint) -> None:
    """Enter a document."""
    keys = _keys(fingerprint)
    db.executemany("INSERT OR IGNORE INTO bands (key, document_id) VALUES (?, ?)", [(k, document_id) for k in keys])


def filed(db: sqlite3.Connection) -> set[int]:
    """Return the documents that have an entry."""
    return {row[0] for row in db.execute("SELECT DISTINCT document_id FROM bands")}


def clear(db: sqlite3.Connection) -> None:
    """Empty the index."""
    db.execute("DELETE FROM bands")


def candidates(db: sqlite3.Connection, fingerprint: Fingerprint) -> list[Candidate]:
    """Return the entries that could be near to the text, contain it or be contained in it, the likeliest first."""
    shared = _shared(db, _keys(fingerprint))
    ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:_ESTIMATED]
    rows = db.execute(
        "SELECT id, syllables, signature FROM documents WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps([document_id for document_id, _ in ranked])],
    ).fetchall()
    estimates = agreement(fingerprint.signature, [signature for _, _, signature in rows])
    found = [
        Candidate(document_id, shared[document_id], float(estimate))
        for (document_id, syllables, _), estimate in zip(rows, estimates, strict=True)
        if _is_worth_reading(fingerprint.syllables, syllables, float(estimate), shared[document_id])
    ]
    return sorted(found, key=lambda c: (-c.estimate, -c.shared, c.document_id))[:_VERIFIED]


def _is_worth_reading(own: int, other: int, estimate: float, shared: int) -> bool:
    if estimate >= _NEAR_ESTIMATE:
        return True
    shorter, longer = sorted((_shingle_count(own), _shingle_count(other)))
    if min(own, other) < CONTAINED_SYLLABLES:
        return False
    if longer > _UNEQUAL * shorter:
        return shared >= max(1, shorter // 40 - 1)
    containment = estimate * (shorter + longer) / ((1 + estimate) * shorter)
    return containment >= _CONTAINED_ESTIMATE


def _shingle_count(syllables: int) -> int:
    return max(1, syllables - CONFIG.shingle + 1)


def _shared(db: sqlite3.Connection, keys: Sequence[int]) -> Counter[int]:
    """Return how many of the keys each entry shares."""
    cursor = db.execute(
        "SELECT document_id FROM bands WHERE key IN (SELECT value FROM json_each(?))", [json.dumps(keys)]
    )
    rows = cursor.fetchmany(_ROWS + 1)
    cursor.close()
    if len(rows) > _ROWS:
        newest = "SELECT document_id FROM bands WHERE key = ? ORDER BY document_id DESC LIMIT ?"
        rows = [row for key in keys for row in db.execute(newest, [key, _KEY_ROWS])]
    return Counter(row[0] for row in rows)


def _keys(fingerprint: Fingerprint) -> list[int]:
    """Return the keys of a text as SQLite's signed integers; none for a text without syllables."""
    if not fingerprint.syllables:
        return []
    shingles = shingles_of(fingerprint)
    anchors = mix(shingles[shingles >> np.uint64(64 - CONFIG.anchor_bits) == 0] ^ _ANCHOR_SALT)
    keys: NDArray[np.int64] = np.concatenate((_bands(fingerprint.signature), anchors)).view(np.int64)
    return [int(key) for key in keys.tolist()]


def _bands(signature: bytes) -> Hashes:
    values = np.frombuffer(signature, dtype="<u4").astype(np.uint64).reshape(CONFIG.bands, CONFIG.rows)
    return mix(mix(values * _BAND_FACTORS).sum(axis=1, dtype=np.uint64) + np.arange(CONFIG.bands, dtype=np.uint64))
