"""The keys under which a text is looked up: its anchors, and bands of its signature.

Anchors are the one in 16 of a text's shingles whose hash starts with four zero bits. They find what holds what a text
holds, a short text in a long one too: of the anchors of the smaller of two copies one in nine is lost at most. Bands
find texts that are alike as wholes, above all where there are few anchors, or where all anchors belong to a form that
thousands share: of 21 bands of 6 values a text with fewer than 4 anchors has all for keys, one with fewer than 16 the
first 12, any other the first 8. Both kinds are numbers of 36 bits:

    of an anchor    bits 24 to 59 of the shingle's hash
    of band i       bits 28 to 63 of fmix64(i + Σ v[k]·K[k]) modulo 2**64 over its 6 values v, with K[k] = fmix64(k+1)
                    and fmix64 the finalizer of MurmurHash3
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG
from archive.duplicates.shingles import Hashes, mix
from archive.records import Fingerprint

__all__ = ["keys_of", "many_keys"]

_ANCHOR_SHIFT = np.uint64(64 - CONFIG.anchor_bits - CONFIG.key_bits)
_BAND_SHIFT = np.uint64(64 - CONFIG.key_bits)
_MOST = max(bands for _, bands in CONFIG.bands)
_FACTORS = mix(np.arange(1, CONFIG.rows + 1, dtype=np.uint64))
_NUMBERS = np.arange(_MOST, dtype=np.uint64)
_LEAST_ANCHORS = np.array([least for least, _ in CONFIG.bands], dtype=np.int64)
_BANDS = np.array([bands for _, bands in CONFIG.bands], dtype=np.int64)


def keys_of(print_: Fingerprint) -> tuple[Hashes, int]:
    """Return the keys of a text, and how many of them are anchors; these come first. None for no syllables."""
    if not print_.syllables:
        return np.empty(0, dtype=np.uint64), 0
    anchors = np.frombuffer(print_.anchors, dtype="<u8").astype(np.uint64, copy=False)
    signature = np.frombuffer(print_.signature, dtype="<u4")
    bands = _band_keys(signature[np.newaxis], CONFIG.bands_with(len(anchors)))[0]
    return np.concatenate((anchors >> _ANCHOR_SHIFT, bands)), len(anchors)


def many_keys(
    signatures: NDArray[np.uint32], anchors: Hashes, counts: NDArray[np.int64]
) -> tuple[Hashes, NDArray[np.int64]]:
    """Return the keys of many texts, and the place in `signatures` of the text that each belongs to.

    `signatures` has a row a text, `anchors` the anchors of all texts one after the other, `counts` how many each has.
    """
    bands = _band_keys(signatures, _MOST)
    wanted = _BANDS[np.searchsorted(_LEAST_ANCHORS, counts, "right") - 1]
    is_key = np.arange(_MOST) < wanted[:, np.newaxis]
    texts = np.arange(len(signatures))
    keys = np.concatenate((anchors >> _ANCHOR_SHIFT, bands[is_key]))
    return keys, np.concatenate((np.repeat(texts, counts), np.repeat(texts, wanted)))


def _band_keys(signatures: NDArray[np.uint32], bands: int) -> Hashes:
    """Return the keys of the first bands, a row a signature."""
    values = signatures[:, : bands * CONFIG.rows]
    sums = np.broadcast_to(_NUMBERS[:bands], (len(signatures), bands)).copy()
    for row, factor in enumerate(_FACTORS):
        sums += values[:, row :: CONFIG.rows] * factor
    return mix(sums) >> _BAND_SHIFT
