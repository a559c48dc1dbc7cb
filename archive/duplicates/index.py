"""The index of signatures: which documents could be copies of a text. Derived from the documents, may be rebuilt.

A document is filed under its anchors, the one in 16 of its shingles whose hash starts with four zero bits, and where
these are few under 16 keys for the bands of its signature as well. Anchors find what holds what a text holds, a short
text in a long one too; of the anchors of the smaller of two copies one in nine is lost at most, so that of 16 there are
always some left. Bands find short texts that are alike as wholes. Both are 64-bit keys of one table, bands below zero.
Exact copies share the entry of the first of them.

A lookup is bounded: of a key that more than 64 texts share (a formula, a form, a notice issued daily for years) only
the newest 64 are kept, and one such anchor alone makes no candidate. So a true copy, which also shares the rare keys or
all of the common ones, is found, and what merely uses the same formula costs little. An entry tells how many anchors
the document has: how many of them a copy must share sorts out nearly all before anything else is read. The 32
candidates whose signatures agree best have their texts read: a text with more copies than that hangs together with the
others through them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG, CONTAINED, CONTAINED_SYLLABLES, NEAR
from archive.duplicates.shingles import Hashes, mix
from archive.duplicates.signature import agreement, shingles_of
from archive.records import Fingerprint

__all__ = ["candidates", "clear", "file", "is_displaced", "keyed", "measured"]

_Integers: TypeAlias = NDArray[np.int64]
_Numbers: TypeAlias = NDArray[np.float64]
_COMMON = 64  # entries that are kept of one key
_MEASURED = 256  # candidates whose signature is read
_VERIFIED = 32  # candidates whose text is worth reading
_DEVIATIONS = 3.5  # standard errors that an estimate may lie too low
_LOST = (1 - NEAR) / (1 + NEAR)  # share of its shingles that the smaller of two copies has for itself, at most
_LOST_DEVIATIONS = 4  # of the number of anchors among them, which is nearly of Poisson's distribution
_ENTRY = 8  # bytes of one: id << 32 | number of anchors, little-endian
_FULL = _COMMON * _ENTRY
_BAND = np.uint64(1 << 63)  # marks the key of a band
_ANCHORS_END = np.uint64(1 << (64 - CONFIG.anchor_bits))
_BAND_FACTORS = np.arange(1, 2 * CONFIG.rows, 2, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
_FILE = f"""INSERT INTO bands (key, newest) SELECT value, ? FROM json_each(?) WHERE true
    ON CONFLICT (key) DO UPDATE SET newest = substr(CAST(excluded.newest || newest AS BLOB), 1, {_FULL})"""
_READ = "SELECT bands.key, newest FROM json_each(?) CROSS JOIN bands ON bands.key = value"


def file(db: sqlite3.Connection, document_id: int, fingerprint: Fingerprint) -> None:
    """Enter a document that is newer than all that are filed; a text without syllables is left out."""
    if not fingerprint.syllables:
        return
    keys, anchors = _keys(fingerprint)
    db.execute(_FILE, [(document_id << 32 | anchors).to_bytes(_ENTRY, "little"), json.dumps(keys)])
    db.execute(
        "INSERT INTO signatures (document_id, syllables, signature) VALUES (?, ?, ?)",
        [document_id, fingerprint.syllables, fingerprint.signature],
    )


def clear(db: sqlite3.Connection) -> None:
    """Empty the index."""
    db.execute("DELETE FROM bands")
    db.execute("DELETE FROM signatures")


def keyed(db: sqlite3.Connection) -> set[int]:
    """Return the documents that stand under a key."""
    found: set[int] = set()
    rows = db.execute("SELECT newest FROM bands")
    while batch := rows.fetchmany(10_000):
        found.update(np.unique(_entries(row[0] for row in batch) >> 32).tolist())
    return found


def measured(db: sqlite3.Connection) -> set[int]:
    """Return the documents whose signature is kept."""
    return {row[0] for row in db.execute("SELECT document_id FROM signatures")}


def is_displaced(db: sqlite3.Connection, fingerprint: Fingerprint) -> bool:
    """Return whether each key of a text is taken by 64 documents, so that an older one may stand under none."""
    keys, _ = _keys(fingerprint)
    query = f"SELECT count(*) FROM json_each(?) CROSS JOIN bands ON bands.key = value WHERE length(newest) = {_FULL}"
    return bool(db.execute(query, [json.dumps(keys)]).fetchone()[0] == len(keys))


def candidates(db: sqlite3.Connection, fingerprint: Fingerprint) -> list[int]:
    """Return the entries that could be near to the text, contain it or be contained in it, the likeliest first."""
    seen = _sharing(db, fingerprint) if fingerprint.syllables else {}
    if not seen:
        return []
    query = """SELECT document_id, syllables, signature FROM signatures
        WHERE document_id IN (SELECT value FROM json_each(?))"""
    rows = db.execute(query, [json.dumps(list(seen))]).fetchall()
    estimates = agreement(fingerprint.signature, [row[2] for row in rows])
    least = _least(fingerprint.syllables, np.array([row[1] for row in rows], dtype=np.int64))
    found = [(-estimates[i], -seen[rows[i][0]], rows[i][0]) for i in np.flatnonzero(estimates >= least).tolist()]
    return [document_id for _, _, document_id in sorted(found)[:_VERIFIED]]


def _sharing(db: sqlite3.Connection, fingerprint: Fingerprint) -> dict[int, int]:
    """Return how many keys each document is seen to share, of those that share as many as a copy must."""
    keys, own = _keys(fingerprint)
    rows = db.execute(_READ, [json.dumps(keys)]).fetchall()
    if not rows:
        return {}
    entries = _entries(row[1] for row in rows)
    entries.sort()
    starts = np.flatnonzero(np.concatenate(([True], entries[1:] != entries[:-1])))
    ids, seen = entries[starts] >> 32, np.diff(np.append(starts, len(entries)))
    smaller = np.minimum(own, entries[starts] & 0xFFFF_FFFF)
    lost = _LOST * smaller
    missing = smaller - lost - _LOST_DEVIATIONS * np.sqrt(lost) - seen
    full = [(key, newest) for key, newest in rows if len(newest) == _FULL]
    if full:  # what is older than the last of them was not kept
        stops = np.sort(_entries(newest[-_ENTRY:] for _, newest in full)) >> 32
        missing -= len(stops) - np.searchsorted(stops, ids, "right")
    possible = np.flatnonzero(missing <= 0)
    if not len(possible):
        return {}
    formulas = _entries(newest for key, newest in full if key >= 0) >> 32
    possible = possible[(seen[possible] > 1) | ~np.isin(ids[possible], formulas)]
    likeliest = possible[np.lexsort((ids[possible], -seen[possible]))][:_MEASURED]
    return dict(zip(ids[likeliest].tolist(), seen[likeliest].tolist(), strict=True))


def _entries(blobs: Iterable[bytes]) -> _Integers:
    return np.frombuffer(b"".join(blobs), dtype="<i8").astype(np.int64)


def _least(own: int, others: _Integers) -> _Numbers:
    """Return the lowest estimate of their Jaccard to be expected of copies, given the syllables of the texts."""
    extra = CONFIG.shingle - 1
    shorter, longer = np.maximum(np.minimum(own, others) - extra, 1), np.maximum(np.maximum(own, others) - extra, 1)
    held = CONTAINED * shorter
    contained = np.where(np.minimum(own, others) < CONTAINED_SYLLABLES, NEAR, held / (shorter + longer - held))
    jaccard = np.minimum(NEAR, contained)
    least: _Numbers = jaccard - _DEVIATIONS * np.sqrt(jaccard * (1 - jaccard) / CONFIG.permutations)
    return least


@lru_cache(maxsize=1)  # a text is looked up, then filed
def _keys(fingerprint: Fingerprint) -> tuple[list[int], int]:
    """Return the keys of a text as SQLite's signed integers, and how many of them are anchors; anchors come first."""
    shingles = shingles_of(fingerprint)
    anchors = shingles[: np.searchsorted(shingles, _ANCHORS_END)]
    if len(anchors) >= CONFIG.anchored:
        return anchors.tolist(), len(anchors)
    signed: _Integers = np.concatenate((anchors, _bands(fingerprint.signature))).view(np.int64)
    return signed.tolist(), len(anchors)


def _bands(signature: bytes) -> Hashes:
    values = np.frombuffer(signature, dtype="<u4").astype(np.uint64).reshape(CONFIG.bands, CONFIG.rows)
    mixed = mix(values * _BAND_FACTORS).sum(axis=1, dtype=np.uint64) + np.arange(CONFIG.bands, dtype=np.uint64)
    return mix(mixed) | _BAND
