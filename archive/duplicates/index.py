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
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG, CONTAINED, CONTAINED_SYLLABLES, NEAR
from archive.duplicates.shingles import Hashes, mix
from archive.duplicates.signature import agreement, shingles_of
from archive.records import Fingerprint

__all__ = ["candidates", "clear", "file", "filed"]

_COMMON = 64  # entries that are read of one key
_ESTIMATED = 1024  # candidates whose signature is compared
_VERIFIED = 32  # candidates whose text is worth reading
_DEVIATIONS = 3.5  # standard errors that an estimate may lie too low
_SHINGLES_AN_ANCHOR = 40  # in a text that shares fewer anchors with a much longer one, 0.9 of it is not there
_ANCHOR_SALT = np.uint64(0xA5A5_5A5A_C3C3_3C3C)
_BAND_FACTORS = np.arange(1, 2 * CONFIG.rows, 2, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class _Keys:
    """The keys of a text as SQLite's signed integers; none for a text without syllables."""

    bands: Sequence[int]
    anchors: Sequence[int]


def file(db: sqlite3.Connection, document_id: int, fingerprint: Fingerprint) -> None:
    """Enter a document."""
    keys = _keys(fingerprint)
    rows = [(key, document_id) for key in (*keys.bands, *keys.anchors)]
    db.executemany("INSERT OR IGNORE INTO bands (key, document_id) VALUES (?, ?)", rows)


def filed(db: sqlite3.Connection) -> set[int]:
    """Return the documents that have an entry."""
    return {row[0] for row in db.execute("SELECT DISTINCT document_id FROM bands")}


def clear(db: sqlite3.Connection) -> None:
    """Empty the index."""
    db.execute("DELETE FROM bands")


def candidates(db: sqlite3.Connection, fingerprint: Fingerprint) -> list[int]:
    """Return the entries that could be near to the text, contain it or be contained in it, the likeliest first."""
    shared = _shared(db, _keys(fingerprint))
    ranked = sorted(shared.items(), key=lambda item: (-item[1], item[0]))[:_ESTIMATED]
    rows = db.execute(
        "SELECT id, syllables, signature FROM documents WHERE id IN (SELECT value FROM json_each(?))",
        [json.dumps([document_id for document_id, _ in ranked])],
    ).fetchall()
    estimates = agreement(fingerprint.signature, [row[2] for row in rows])
    found = [
        (-float(estimate), -shared[document_id], document_id)
        for (document_id, syllables, _), estimate in zip(rows, estimates, strict=True)
        if _is_worth_reading(fingerprint.syllables, syllables, float(estimate), shared[document_id])
    ]
    return [document_id for _, _, document_id in sorted(found)[:_VERIFIED]]


def _is_worth_reading(own: int, other: int, estimate: float, shared: int) -> bool:
    """Return whether texts of so many syllables could be copies, by their signatures and the keys that they share."""
    if estimate >= _lowest(NEAR):
        return True
    if min(own, other) < CONTAINED_SYLLABLES:
        return False
    shorter, longer = sorted((own - CONFIG.shingle + 1, other - CONFIG.shingle + 1))
    least = _lowest(CONTAINED * shorter / (longer + shorter - CONTAINED * shorter))
    return estimate >= least if least > 0 else shared >= shorter // _SHINGLES_AN_ANCHOR - 1


def _lowest(jaccard: float) -> float:
    """Return the lowest estimate to be expected of a pair of this Jaccard."""
    return float(jaccard - _DEVIATIONS * (jaccard * (1 - jaccard) / CONFIG.permutations) ** 0.5)


def _shared(db: sqlite3.Connection, keys: _Keys) -> Counter[int]:
    """Return how many of the keys each candidate shares."""
    query = "SELECT document_id FROM bands WHERE key = ? ORDER BY document_id DESC LIMIT ?"
    rare: list[int] = []
    common: list[int] = []
    for key in keys.anchors:
        found = [row[0] for row in db.execute(query, [key, _COMMON])]
        (rare if len(found) < _COMMON else common).extend(found)
    for key in keys.bands:
        rare.extend(row[0] for row in db.execute(query, [key, _COMMON]))
    shared = Counter(rare)
    for document_id, count in Counter(common).items():
        if count > 1 or document_id in shared:
            shared[document_id] += count
    return shared


def _keys(fingerprint: Fingerprint) -> _Keys:
    if not fingerprint.syllables:
        return _Keys((), ())
    shingles = shingles_of(fingerprint)
    anchors = mix(shingles[shingles >> np.uint64(64 - CONFIG.anchor_bits) == 0] ^ _ANCHOR_SALT)
    return _Keys(_signed(_bands(fingerprint.signature)), _signed(anchors))


def _bands(signature: bytes) -> Hashes:
    values = np.frombuffer(signature, dtype="<u4").astype(np.uint64).reshape(CONFIG.bands, CONFIG.rows)
    return mix(mix(values * _BAND_FACTORS).sum(axis=1, dtype=np.uint64) + np.arange(CONFIG.bands, dtype=np.uint64))


def _signed(keys: Hashes) -> list[int]:
    signed: NDArray[np.int64] = keys.view(np.int64)
    return [int(key) for key in signed.tolist()]
