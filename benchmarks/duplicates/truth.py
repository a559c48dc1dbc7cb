"""Which texts are near and which are contained: exact Jaccard and containment of all pairs, without any signature.

Of two sets of which one holds 8/9 of the smaller (Jaccard 0.8 means as much), the larger holds one of any ninth and one
more of the smaller's shingles. So it is enough to look up the rarest of them among all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONTAINED, CONTAINED_SYLLABLES, NEAR
from archive.duplicates.shingles import Hashes, overlap, shingle_hashes, syllable_hashes

__all__ = ["Truth", "truth_of"]

_AT_ONCE = 4_000_000  # meetings of a text with a shingle of it


@dataclass(frozen=True, slots=True)
class Truth:
    """Pairs of places in the texts, the lower first: near (Jaccard ≥ 0.8), and contained and not near."""

    near: frozenset[tuple[int, int]]
    contained: frozenset[tuple[int, int]]


def truth_of(texts: Sequence[str]) -> Truth:
    """Return the truth about texts, of which no two are exact copies."""
    syllables = [syllable_hashes(text) for text in texts]
    sets = [shingle_hashes(one) for one in syllables]
    near, contained = set(), set()
    for one, other in _meetings(sets):
        small, large = sorted((one, other), key=lambda place: len(sets[place]))
        is_long = min(len(syllables[one]), len(syllables[other])) >= CONTAINED_SYLLABLES
        if not is_long and len(sets[small]) < NEAR * len(sets[large]):
            continue
        shared = overlap(sets[small], sets[large])
        if shared >= NEAR * (len(sets[small]) + len(sets[large]) - shared):
            near.add((min(one, other), max(one, other)))
        elif is_long and shared >= CONTAINED * len(sets[small]):
            contained.add((min(one, other), max(one, other)))
    return Truth(frozenset(near), frozenset(contained))


def _meetings(sets: Sequence[Hashes]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of sets of which the larger holds one of the rarest of the smaller."""
    sizes = np.array([len(one) for one in sets])
    owners = np.repeat(np.arange(len(sets)), sizes)
    shingles = np.concatenate(sets)
    order = np.argsort(shingles, kind="stable")
    ordered = shingles[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    holders = np.diff(np.append(starts, len(ordered)))
    group = np.repeat(np.arange(len(starts)), holders)
    held_by, first = np.empty(len(shingles), np.int64), np.empty(len(shingles), np.int64)
    held_by[order], first[order] = holders[group], starts[group]
    by_rarity = np.lexsort((held_by, owners))
    rank = np.arange(len(shingles)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    rarest = by_rarity[rank <= (sizes - np.ceil(sizes * 8 / 9))[owners]]
    rarest = rarest[held_by[rarest] > 1]
    codes = [np.empty(0, np.int64)]
    for some in _parts(rarest, held_by[rarest]):
        counts = held_by[some]
        within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        one, other = np.repeat(owners[some], counts), owners[order][np.repeat(first[some], counts) + within]
        is_larger = (sizes[other] > sizes[one]) | ((sizes[other] == sizes[one]) & (other > one))
        codes.append(np.unique(one[is_larger] << 32 | other[is_larger]))
    for code in np.unique(np.concatenate(codes)).tolist():
        yield code >> 32, code & 0xFFFF_FFFF


def _parts(values: NDArray[np.int64], weights: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield values in parts of about the same weight."""
    part = np.cumsum(weights) // _AT_ONCE
    for number in np.unique(part):
        yield values[part == number]
