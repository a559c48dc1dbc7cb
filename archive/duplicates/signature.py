"""`fingerprint`: what duplicates are found by, made from the text alone.

The signature is datasketch's MinHash in its scheme `affine32`. Its input for a shingle is the low 32 bits x of the
shingle's hash (see `archive.duplicates.shingles`); with y = fmix32(x) (MurmurHash3), value k of the signature is the
minimum over all shingles of (a[k]·y + b[k]) modulo 2**32, where numpy's `RandomState(1)` draws the 128 odd a[k] and
then the 128 b[k]. No shingles: every value is 2**32 − 1. A test pins the bytes, so that an archive outlives a library.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG, CONTAINED_SYLLABLES
from archive.duplicates.shingles import Hashes, rolled_hashes, span_hashes, syllable_hashes
from archive.records import Fingerprint

__all__ = ["fingerprint", "signature"]

_HALF, _LESS = np.uint32(16), np.uint32(13)
_MIX_1, _MIX_2 = np.uint32(0x85EB_CA6B), np.uint32(0xC2B2_AE35)
_U4, _U8 = np.dtype("<u4"), np.dtype("<u8")
_CHUNK = 512  # shingles at once: their 128 values fit the cache of a core


def fingerprint(text: str) -> Fingerprint:
    """Return the fingerprint of `text`; the same on every machine and in every version of Python.

    `digest` is BLAKE2b-128 of the text's UTF-8, `key_digest` of the hashes of its syllables, 8 bytes each, in order.
    """
    syllables = syllable_hashes(text)
    rolled = rolled_hashes(syllables)
    spans = span_hashes(rolled) if len(syllables) >= CONTAINED_SYLLABLES else rolled[:0]
    return Fingerprint(
        digest=hashlib.blake2b(text.encode(), digest_size=16).hexdigest(),
        key_digest=hashlib.blake2b(syllables.tobytes(), digest_size=16).hexdigest(),
        syllables=len(syllables),
        signature=signature(rolled),
        spans=spans.astype(_U8, copy=False).tobytes(),
    )


def signature(shingles: Hashes) -> bytes:
    """Return the MinHash signature of a set of shingle hashes, 128 little-endian uint32; often or once."""
    factors, offsets = _permutations()
    mixed = _fmix32(shingles.astype(np.uint32))[:, np.newaxis]
    if not len(mixed):
        return b"\xff" * 4 * CONFIG.permutations
    parts = []
    for start in range(0, len(mixed), _CHUNK):
        values = mixed[start : start + _CHUNK] * factors
        values += offsets
        parts.append(np.minimum.reduce(values))
    least: NDArray[np.uint32] = parts[0] if len(parts) == 1 else np.min(parts, axis=0)
    return least.astype(_U4, copy=False).tobytes()


def _fmix32(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return the values, changed in place, through the finalizer of MurmurHash3 for 32 bits."""
    values ^= values >> _HALF
    values *= _MIX_1
    values ^= values >> _LESS
    values *= _MIX_2
    values ^= values >> _HALF
    return values


@lru_cache(maxsize=1)
def _permutations() -> NDArray[np.uint32]:
    """Return a and b of the permutations, drawn once.

    numpy's `RandomState` is frozen: its stream never changes. datasketch draws the same, and a test compares them; to
    import it takes in scipy, half a second of each process.
    """
    drawn = np.random.RandomState(CONFIG.seed)
    factors = drawn.randint(0, 1 << 31, CONFIG.permutations, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    offsets = drawn.randint(0, 1 << 32, CONFIG.permutations, dtype=np.uint32)
    return np.array([factors, offsets])
