"""What is looked up in the index, what is found there, and what is left to be filed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from archive.duplicates.keys import keys_of
from archive.duplicates.runs import COMMON, ID_BITS, ID_MASK, ID_SHIFT, Integers, masks_of
from archive.duplicates.shingles import Hashes
from archive.records import Fingerprint

__all__ = ["Hits", "Keyed", "Part", "meet"]

_NONE: Integers = np.empty(0, dtype=np.int64)
_SPAN = np.uint64(1)  # the lowest bit of a key tells spans from bands


@dataclass(frozen=True, slots=True)
class Keyed:
    """Documents of ascending ids, how many spans each has, and the keys of all: `key << 28 | place`, ascending.

    The place is that of the document in `ids`.
    """

    ids: Integers
    spans: Integers
    keys: Hashes

    @classmethod
    def one(cls, document_id: int, print_: Fingerprint) -> Keyed:
        """Return a single document."""
        keys = keys_of(print_) << ID_SHIFT
        keys.sort()
        return cls(np.array([document_id]), np.array([len(print_.spans) >> 3]), keys)


@dataclass(frozen=True, slots=True)
class Hits:
    """Which keys of texts older documents have, at most `COMMON` of each key: the oldest ones.

    `codes`: one a shared key, ascending: place of the text << 30 | document << 2 | is it a common key << 1 | is it a
    span. A key is common where there are as many older documents as are told. `common`: of each text, how many of its
    spans are. `entries`: the keys that are not, `key << 28 | document`, ascending: the index lacks them.
    """

    texts: Keyed
    codes: Hashes
    common: Integers
    entries: Hashes


class Part(Protocol):
    """A part of the index."""

    def find(self, keys: Hashes, masks: Hashes) -> Iterator[tuple[Integers, Integers]]:
        """Yield places in the ascending `keys`, which are `key << 28`, and a document for each that has the key.

        `masks` is what `archive.duplicates.runs.masks_of` makes of the keys.
        """


def meet(texts: Keyed, parts: Iterable[Part]) -> Hits:
    """Return what texts share with older documents, of an index and among them."""
    owners, keys = (texts.keys & ID_MASK).view(np.int64), texts.keys & ~ID_MASK
    masks, found = masks_of(keys), [(_NONE, _NONE)]
    for part in parts:
        found += part.find(keys, masks)
    at, documents = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    numbers = np.arange(len(keys))
    is_other = np.zeros(len(keys), dtype=np.bool_)  # than the key before
    np.equal(keys[1:], keys[:-1], out=is_other[1:])
    later = np.flatnonzero(is_other)
    older = np.bincount(at, minlength=len(keys))
    if len(later):
        numbers[later] = 0
        first = np.maximum.accumulate(numbers)
        older[later] += later - first[later]
        others = zip(*_each_other(texts.ids, owners, later, first, older), strict=True)
        at, documents = (np.concatenate((found, *more)) for found, more in zip((at, documents), others, strict=True))
    is_common, is_span = older >= COMMON, keys >> ID_SHIFT & _SPAN
    marks = (owners << (ID_BITS + 2)) + (is_common.astype(np.int64) << 1) + is_span.view(np.int64)
    codes = (marks[at] + (documents << 2)).view(np.uint64)
    codes.sort()
    common = np.bincount(owners[is_common & is_span.astype(np.bool_)], minlength=len(texts.ids))
    rare = np.flatnonzero(~is_common)
    return Hits(texts, codes, common, keys[rare] | texts.ids[owners[rare]].view(np.uint64))


def _each_other(
    ids: Integers, owners: Integers, later: Integers, first: Integers, older: Integers
) -> Iterator[tuple[Integers, Integers]]:
    """Yield what texts share with older ones of them; `later` are the keys that the one before is equal to.

    `first` is the first of the keys that are equal to each, `older` the number of documents that have it.
    """
    for nth in range(COMMON):
        later = later[later - first[later] > nth]
        others = first[later] + nth
        kept = np.flatnonzero((older[others] < COMMON) & (owners[others] != owners[later]))
        yield later[kept], ids[owners[others[kept]]]
