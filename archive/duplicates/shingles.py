"""Syllables and shingles: what texts are compared by.

A syllable is a run of letters and digits of the folded text (`archive.text.fold_key`), so that case, Unicode form, tone
placement, punctuation and spacing do not count and digits do. A shingle is 5 syllables in a row; a text of fewer is one
shingle.

Their hashes are portable and 64 bits wide. The hash h of a syllable is BLAKE2b with a digest of 8 bytes over its UTF-8,
read as a little-endian number. All arithmetic is modulo 2**64, K is 0x9E3779B97F4A7C17 and fmix64 the finalizer of
MurmurHash3:

    hash(s1 … s5) = fmix64(h(s1)·K⁴ + h(s2)·K³ + h(s3)·K² + h(s4)·K + h(s5))
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG
from archive.text import fold_key

__all__ = [
    "Hashes",
    "distinct",
    "mix",
    "overlap",
    "places",
    "rolled_hashes",
    "shingle_hashes",
    "span_hashes",
    "syllable_hashes",
]

Hashes: TypeAlias = NDArray[np.uint64]
_SYLLABLE = re.compile(r"\w+")
_CHUNK = re.compile(r"\S+")  # the same chunks as str.split gives
_K = np.uint64(0x9E3779B97F4A7C17)
_LOWER = np.uint64((1 << 32) - 1)
_UPPER = ~_LOWER
_PLACES = np.arange(1 << 12, dtype=np.uint64)
_HALF, _MIX_1, _MIX_2 = np.uint64(33), np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_REMEMBERED = 1 << 18  # chunks; a language has few, serial numbers and typing errors are endless


class _ChunkHashes(dict[str, bytes]):
    """The hashes of the syllables of each chunk (what stands between two spaces) seen lately, 8 bytes each."""

    def __missing__(self, chunk: str) -> bytes:
        if len(self) >= _REMEMBERED:
            self.clear()
        syllables = _SYLLABLE.findall(fold_key(chunk))
        self[chunk] = hashes = b"".join(blake2b(s.encode(), digest_size=8).digest() for s in syllables)
        return hashes


_chunk_hashes = _ChunkHashes()


def syllable_hashes(text: str) -> Hashes:
    """Return the hash of each syllable of `text`, in order."""
    return np.frombuffer(b"".join(map(_chunk_hashes.__getitem__, text.split())), dtype="<u8")


def shingle_hashes(syllables: Hashes) -> Hashes:
    """Return the distinct hashes of the shingles, ascending; none for no syllables."""
    return distinct(rolled_hashes(syllables))


def rolled_hashes(syllables: Hashes) -> Hashes:
    """Return the hash of each shingle, in order; none for no syllables."""
    count = len(syllables)
    width = min(CONFIG.shingle, count)
    if not count:
        return np.empty(0, dtype=np.uint64)
    rolled = syllables[: count - width + 1].astype(np.uint64)
    for offset in range(1, width):
        rolled *= _K
        rolled += syllables[offset : count - width + 1 + offset]
    return mix(rolled)


def span_hashes(rolled: Hashes) -> Hashes:
    """Return the distinct hashes of the spans of a text, ascending, from those of its shingles in order, at least one.

    See the module `archive.duplicates.keys`.
    """
    return distinct(np.add.reduceat(rolled, _cuts(rolled)))


def _cuts(rolled: Hashes) -> NDArray[np.int64]:
    """Return where the spans begin: at the first shingle, and at each that is the least of some window."""
    least, size, window = rolled & _UPPER, 1, min(CONFIG.window, len(rolled))
    least |= _PLACES[: len(rolled)] if len(rolled) <= len(_PLACES) else np.arange(len(rolled), dtype=np.uint64)
    while size < window:
        step = min(size, window - size)
        least = np.minimum(least[:-step], least[step:])
        size += step
    places = np.zeros(len(least) + 1, dtype=np.uint64)
    np.bitwise_and(least, _LOWER, out=places[1:])
    is_cut = np.ones(len(places), dtype=np.bool_)
    np.not_equal(places[1:], places[:-1], out=is_cut[1:])
    return places[is_cut].view(np.int64)


def distinct(hashes: Hashes) -> Hashes:
    """Return the distinct values, ascending."""
    hashes = np.sort(hashes)
    is_first = np.ones(len(hashes), dtype=np.bool_)
    np.not_equal(hashes[1:], hashes[:-1], out=is_first[1:])
    return hashes[is_first]


def mix(values: Hashes) -> Hashes:
    """Return the values through the finalizer of MurmurHash3, a bijection of 64 bits that spreads every bit."""
    mixed = values ^ (values >> _HALF)
    mixed *= _MIX_1
    mixed ^= mixed >> _HALF
    mixed *= _MIX_2
    mixed ^= mixed >> _HALF
    return mixed


def overlap(a: Hashes, b: Hashes) -> int:
    """Return how many hashes two ascending arrays of distinct hashes share."""
    if len(a) > len(b):
        a, b = b, a
    if not len(a):
        return 0
    found = np.searchsorted(b, a)
    found[found == len(b)] = 0
    return int(np.count_nonzero(b[found] == a))


def places(text: str) -> list[tuple[int, int]]:
    """Return where each syllable of `text` stands, one slice a hash of `syllable_hashes`.

    Where folding changes the number of syllables of a chunk (İ, ŉ), each of them stands for the whole chunk.
    """
    words = [match.span() for match in _SYLLABLE.finditer(text)]
    if len(words) == len(syllable_hashes(text)):
        return words
    slices: list[tuple[int, int]] = []
    for chunk in _CHUNK.finditer(text):
        count = len(_chunk_hashes[chunk[0]]) // 8
        words = [match.span() for match in _SYLLABLE.finditer(text, *chunk.span())]
        slices += words if len(words) == count else [chunk.span()] * count
    return slices
