"""The keys under which a text is looked up: bands of its signature, and its spans.

Bands find texts that are alike as wholes. Spans find a text in a longer one. An anchor is one of twelve shingles, those
whose hash is below 2**64 / 12; a span runs from one anchor of the text to the next, over some 16 syllables, and is
known by both. Many texts share a sentence; few share two that follow each other. Texts of fewer than 80 syllables have
no spans, since they are contained in none.

The longer a text, the more spans and the fewer bands are its keys: below 80 syllables all 21 bands of 6 values each,
below 160 the first 12, then the first 8. Both kinds are numbers of 36 bits, all arithmetic being modulo 2**64:

    of a span       the upper 36 bits of its hash, fmix64(h·K + h') for the hashes h and h' of its anchors
    of band i       the upper 36 bits of fmix64(i + Σ v[k]·fmix64(k+1)) over its values v[0] to v[5]

K is 0x9E3779B97F4A7C17 and fmix64 the finalizer of MurmurHash3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG
from archive.duplicates.shingles import Hashes, mix
from archive.records import Fingerprint

__all__ = ["keys_of", "many_keys"]

_SHIFT = np.uint64(64 - CONFIG.key_bits)
_MOST = max(bands for _, bands in CONFIG.bands)
_FACTORS = mix(np.arange(1, CONFIG.rows + 1, dtype=np.uint64))
_NUMBERS = np.arange(_MOST, dtype=np.uint64)
_FEWEST_BANDS = [bands for _, bands in reversed(CONFIG.bands)]
_MOST_SYLLABLES = [0, *(least for least, _ in reversed(CONFIG.bands[1:]))]  # of texts with more bands than the last


def keys_of(print_: Fingerprint) -> tuple[Hashes, int]:
    """Return the keys of a text, and how many of them are spans; these come first. None for no syllables."""
    if not print_.syllables:
        return np.empty(0, dtype=np.uint64), 0
    spans = np.frombuffer(print_.spans, dtype="<u8").astype(np.uint64, copy=False)
    signature = np.frombuffer(print_.signature, dtype="<u4")
    bands = _band_keys(signature[np.newaxis], 0, CONFIG.bands_of(print_.syllables))[0]
    return np.concatenate((spans >> _SHIFT, bands)), len(spans)


def many_keys(
    syllables: NDArray[np.int64], signatures: NDArray[np.uint32], spans: Hashes, counts: NDArray[np.int64]
) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the keys of many texts, all spans first, and the number of the text that each belongs to.

    `signatures` has a row a text, `spans` the spans of all texts one after the other, `counts` how many each has.
    """
    keys, texts = [spans >> _SHIFT], [np.repeat(np.arange(len(signatures)), counts)]
    first, rows = 0, np.arange(len(signatures))
    for longest, end in zip(_MOST_SYLLABLES, _FEWEST_BANDS, strict=True):
        rows = rows[syllables[rows] < longest] if longest else rows
        some = signatures if len(rows) == len(signatures) else signatures[rows]
        keys.append(_band_keys(some, first, end).ravel())
        texts.append(np.repeat(rows, end - first))
        first = end
    return np.concatenate(keys), np.concatenate(texts)


def _band_keys(signatures: NDArray[np.uint32], first: int, end: int) -> Hashes:
    """Return the keys of some of the bands, a row a signature."""
    values = signatures[:, first * CONFIG.rows : end * CONFIG.rows]
    sums = np.broadcast_to(_NUMBERS[first:end], (len(signatures), end - first)).copy()
    for row, factor in enumerate(_FACTORS):
        sums += values[:, row :: CONFIG.rows] * factor
    return mix(sums) >> _SHIFT
