"""The keys under which a text is looked up: bands of its signature, and its spans.

Bands find texts that are alike as wholes. Spans find a text in a longer one: a text is cut at certain shingles, and the
pieces that two texts share are the same, whatever stands around them. It is cut before each shingle that is the least
of some 32 in a row (winnowing: Schleimer, Wilkerson and Aiken, 2003), some 16 syllables apart; what lies between two
cuts, before the first and after the last, are its spans. Every syllable is in one, so that two forms that are filled in
otherwise have spans of their own. Texts of fewer than 80 syllables have none, since they are contained in none.

The longer a text, the more spans and the fewer bands are its keys: below 80 syllables the first 11 bands of 4 values
each, below 160 the first 6, then the first 4. Both kinds are numbers of 36 bits, all arithmetic being modulo 2**64:

    cuts            before shingle 0, and before each that is the least of a window; what is compared is the upper 32
                    bits of their hashes; of equal ones the first is less. A text of fewer shingles is one window
    of a span       the upper 35 bits of the sum of the hashes of its shingles, then 1
    of band i       the upper 35 bits of fmix64(i + Σ v[k]·fmix64(k+1)) over its values v[0] to v[3], then 0

fmix64 is the finalizer of MurmurHash3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG
from archive.duplicates.shingles import Hashes, mix
from archive.records import Fingerprint

__all__ = ["keys_of", "many_keys"]

_SHIFT = np.uint64(64 - CONFIG.key_bits)
_SPAN = np.uint64(1)
_BAND = ~_SPAN
_FACTORS = mix(np.arange(1, CONFIG.rows + 1, dtype=np.uint64))
_NUMBERS = np.arange(max(bands for _, bands in CONFIG.bands), dtype=np.uint64)
_FEWEST_BANDS = [bands for _, bands in reversed(CONFIG.bands)]
_MOST_SYLLABLES = [0, *(least for least, _ in reversed(CONFIG.bands[1:]))]  # of texts with more bands than the last


def keys_of(print_: Fingerprint) -> Hashes:
    """Return the keys of a text; none for no syllables."""
    if not print_.syllables:
        return np.empty(0, dtype=np.uint64)
    spans = np.frombuffer(print_.spans, dtype="<u8").astype(np.uint64, copy=False)
    signature = np.frombuffer(print_.signature, dtype="<u4")
    bands = _band_keys(signature[np.newaxis], 0, CONFIG.bands_of(print_.syllables))[0]
    return np.concatenate((spans >> _SHIFT | _SPAN, bands))


def many_keys(
    numbers: NDArray[np.int64],
    syllables: NDArray[np.int64],
    signatures: NDArray[np.uint32],
    spans: Hashes,
    counts: NDArray[np.int64],
) -> Hashes:
    """Return the keys of many texts, each as `key << 28 | number of its text`, in no order.

    `signatures` has a row a text, `spans` the spans of all texts one after the other, `counts` how many each has.
    """
    owners = numbers.astype(np.uint64)
    keys = [(spans >> _SHIFT | _SPAN) << _SHIFT | np.repeat(owners, counts)]
    first, rows = 0, np.arange(len(signatures))
    for longest, end in zip(_MOST_SYLLABLES, _FEWEST_BANDS, strict=True):
        rows = rows[syllables[rows] < longest] if longest else rows
        some = signatures if len(rows) == len(signatures) else signatures[rows]
        bands = _band_keys(some, first, end)
        bands <<= _SHIFT
        bands |= owners[rows, np.newaxis]
        keys.append(bands.ravel())
        first = end
    return np.concatenate(keys)


def _band_keys(signatures: NDArray[np.uint32], first: int, end: int) -> Hashes:
    """Return the keys of some of the bands, a row a signature."""
    values = signatures[:, first * CONFIG.rows : end * CONFIG.rows]
    sums = np.broadcast_to(_NUMBERS[first:end], (len(signatures), end - first)).copy()
    for row, factor in enumerate(_FACTORS):
        sums += values[:, row :: CONFIG.rows] * factor
    return mix(sums) >> _SHIFT & _BAND
