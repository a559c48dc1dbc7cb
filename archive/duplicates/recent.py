"""Keys of documents that are in no run yet: a hash table of chains, the newest first, used for many keys at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.runs import COMMON, Integers
from archive.duplicates.shingles import Hashes

__all__ = ["Recent"]

_FEWEST = 1 << 12  # entries that there is room for at first
_PLACE_BITS = 31
_PLACE = (1 << _PLACE_BITS) - 1
_NONE: Integers = np.empty(0, dtype=np.int64)


class Recent:
    """Entries in the order in which they were filed.

    Each leads to the one before it in the same bucket, and to the last one before it there that has another key: who
    looks for a rare key does not walk through all entries of a common one.
    """

    def __init__(self) -> None:
        self.count = 0
        self._make_room(_FEWEST)

    def _make_room(self, entries: int) -> None:
        keys, documents = (self.keys, self.documents) if self.count else (np.empty(0, np.uint64), _NONE)
        self._keys: Hashes = np.zeros(entries, dtype=np.uint64)
        self._documents: Integers = np.zeros(entries, dtype=np.int64)
        self._before: Integers = np.zeros(entries, dtype=np.int64)
        self._other: Integers = np.zeros(entries, dtype=np.int64)
        self._heads: NDArray[np.int64] = np.full(2 * entries, -1, dtype=np.int64)
        self.count = 0
        if len(keys):
            self.file(keys, documents)

    @property
    def keys(self) -> Hashes:
        """The keys, in order of filing."""
        return self._keys[: self.count]

    @property
    def documents(self) -> Integers:
        """The documents that have them."""
        return self._documents[: self.count]

    def file(self, keys: Hashes, documents: Integers) -> None:
        """Add entries, the oldest first."""
        first, end = self.count, self.count + len(keys)
        if first == end:
            return
        if end > len(self._keys):
            self._make_room(1 << (end - 1).bit_length())
        self._keys[first:end], self._documents[first:end] = keys, documents
        buckets = self._buckets(keys)
        packed = np.sort(buckets << _PLACE_BITS | np.arange(len(keys)))  # sorting numbers is quicker than places
        order, ordered = packed & _PLACE, packed >> _PLACE_BITS
        is_first = np.concatenate(([True], ordered[1:] != ordered[:-1]))
        heads = self._heads[ordered]
        before = np.where(is_first, heads, np.concatenate(([-1], order[:-1])) + first)
        owns = keys[order]
        goes_on = np.where(
            is_first, (heads >= 0) & (self._keys[heads] == owns), np.concatenate(([False], owns[1:] == owns[:-1]))
        )
        begins = np.maximum.accumulate(np.where(goes_on & ~is_first, 0, np.arange(len(keys))))
        other = np.where(goes_on, self._other[heads], before)[begins]
        self._before[first + order], self._other[first + order] = before, other
        lasts = order[np.append(is_first[1:], True)]
        self._heads[buckets[lasts]] = lasts + first
        self.count = end

    def cut(self, count: int) -> None:
        """Drop all but the first entries."""
        buckets = self._buckets(self._keys[count : self.count])
        heads = self._heads[buckets]
        while len(late := np.flatnonzero(heads >= count)):
            heads[late] = self._before[heads[late]]
        self._heads[buckets] = heads
        self.count = count

    def find(self, keys: Hashes, filed_at: int | None = None) -> tuple[Integers, Integers]:
        """Return places in `keys` whose key is here, and the documents that have it, of each key the newest 8.

        `filed_at`: the keys are those of the entries from there on, and only what is older than each is meant.
        """
        if not self.count:
            return _NONE, _NONE
        chains = self._heads[self._buckets(keys)] if filed_at is None else self._before[filed_at:]
        at = chains[: len(keys)]
        places = np.flatnonzero(at >= 0)
        at, wanted = at[places], keys[places]
        seen = np.zeros(len(keys), dtype=np.int64)
        found_places, found = [_NONE], [_NONE]
        while len(places):
            is_hit = self._keys[at] == wanted
            hits = np.flatnonzero(is_hit)
            if len(hits):
                found_places.append(places[hits])
                found.append(self._documents[at[hits]])
                seen[places[hits]] += 1
            at = np.where(is_hit, self._before[at], self._other[at])
            on = np.flatnonzero((at >= 0) & (seen[places] < COMMON))
            at, places, wanted = at[on], places[on], wanted[on]
        return np.concatenate(found_places), np.concatenate(found)

    def _buckets(self, keys: Hashes) -> Integers:
        return (keys & np.uint64(len(self._heads) - 1)).astype(np.int64)
