"""What is looked up in the index, and what is found there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from archive.duplicates.runs import ID_BITS, Integers
from archive.duplicates.shingles import Hashes

__all__ = ["Finding", "Hits", "Keyed"]

_NONE: Integers = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Keyed:
    """Documents as they are filed, of ascending ids: how many spans each has, and the keys of all, the spans first.

    `owners` tells the place of the document that each key is of; those of one key ascend.
    """

    ids: Integers
    spans: Integers
    keys: Hashes
    owners: Integers

    @classmethod
    def one(cls, document_id: int, keys: Hashes, spans: int) -> Keyed:
        """Return a single document."""
        return cls(np.array([document_id]), np.array([spans]), keys, np.zeros(len(keys), np.int64))


@dataclass(frozen=True, slots=True)
class Hits:
    """Which keys of texts older documents have.

    `codes`: one a shared key, ascending: text << 30 | document << 2 | is it a common one << 1 | is it a span.
    A key is common where as many documents were told as were asked for. `stops`: of each common span, text << 28 | the
    oldest document that was told of it; what is older may have it too.
    """

    codes: Hashes
    stops: Integers


class Finding:
    """What is found of the keys of texts, the newest documents first, until there are so many of a key."""

    def __init__(self, texts: Keyed, places: Integers, most: int) -> None:
        self._texts, self._places, self._most = texts, places, most
        self.wanted = np.full(len(places), most, dtype=np.int8)
        self._found: list[tuple[Integers, Integers]] = []
        self._stops: list[tuple[Integers, Integers]] = []

    def add_each_other(self, keys: Hashes) -> None:
        """Add older ones of the texts, which have a key that is here several times."""
        if len(self._texts.ids) == 1:
            return
        for back in range(1, self._most + 1):
            at = np.flatnonzero(keys[back:] == keys[:-back]) + back
            if not len(at):
                return
            older = self._texts.owners[self._places[at - back]]
            is_other = older < self._texts.owners[self._places[at]]
            self.add(at[is_other], self._texts.ids[older[is_other]])

    def add(self, at: Integers, documents: Integers) -> None:
        """Add a document for each of some keys, no key twice."""
        left = self.wanted[at] - np.int8(1)
        self.wanted[at] = left
        self._found.append((at, documents))
        is_last = left == 0
        if is_last.any():
            self._stops.append((at[is_last], documents[is_last]))

    def told(self) -> Hits:
        """Return all that was found."""
        if not self._found:
            return Hits(np.empty(0, np.uint64), _NONE)
        at, older = (np.concatenate(parts) for parts in zip(*self._found, strict=True))
        newer = self._texts.ids[self._texts.owners[self._places]] << ID_BITS  # of each key
        is_span = self._places < self._texts.spans.sum()
        marks = (newer << 2) + ((self.wanted == 0).astype(np.int64) << 1) + is_span
        codes = (marks[at] + (older << 2)).view(np.uint64)
        codes.sort()
        stops = [newer[at[is_span[at]]] | older[is_span[at]] for at, older in self._stops]
        return Hits(codes, np.concatenate(stops) if stops else _NONE)
