"""A run: the keys of some documents that follow each other, sorted, in a file that is written once and then only read.

    header     magic, digest of the parameters, first and last document, digest of the last one's text, number of
               entries, bits of a bucket's number, CRC-32 of what follows; little-endian, 96 bytes
    entries    key << 28 | document, ascending, 8 bytes each
    filter     for each bucket 64 bits, of which each of its keys sets those two that its bits 1 to 6 and 7 to 12 say,
               counted from the lowest, 0; 8 bytes each
    starts     how many entries there are before each bucket, and in all; 4 bytes each
    counts     the number of spans of each document from the first to the last, 2 bytes each, at most 65,535

The uppermost bits of a key say in which bucket it is, one of 4 to 8 entries. Both bits of a key that is not there are
set by others in one case of 20 to 70.

A file has its name only once it is whole, and says which documents it is of: a run made of others takes their place,
and what a kill leaves of either is told apart when they are opened. It is mapped, not read.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from isal import isal_zlib
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG_DIGEST
from archive.duplicates.shingles import Hashes

__all__ = [
    "COMMON",
    "ID_BITS",
    "ID_MASK",
    "ID_SHIFT",
    "MOST_ID",
    "MOST_SPANS",
    "Integers",
    "Run",
    "fresh",
    "masks_of",
    "merge",
    "open_run",
]

Integers: TypeAlias = NDArray[np.int64]
COMMON = 3  # documents that are kept of one key: the oldest
ID_BITS = 28
ID_SHIFT = np.uint64(ID_BITS)
MOST_ID = (1 << ID_BITS) - 1
ID_MASK = np.uint64(MOST_ID)
_BITS_SHIFT, _NEXT_SHIFT = np.uint64(ID_BITS + 1), np.uint64(ID_BITS + 7)
_LOWEST_6, _LOWEST_12 = np.uint64((1 << 6) - 1), np.uint64((1 << 12) - 1)
_MASKS = np.array([1 << (bits & 63) | 1 << (bits >> 6) for bits in range(1 << 12)], dtype=np.uint64)
_MAGIC = b"LUUTRU/3"
_HEADER = struct.Struct("<8s16sQQ32sQII8x")
MOST_SPANS = 0xFFFF
_AT_ONCE = 1 << 16  # entries of each run that are merged at once: they fit the cache
_BLOCK = 1 << 24  # bytes that are checked at once


@dataclass(frozen=True)
class Run:
    """The entries of the documents `first` to `last`, of which the latter's text has this digest; see the module."""

    first: int
    last: int
    digest: str
    entries: Hashes
    filter: Hashes
    starts: NDArray[np.uint32]
    counts: NDArray[np.uint16]
    path: Path | None = None
    checksum: int = 0

    def find(self, keys: Hashes, masks: Hashes) -> Iterator[tuple[Integers, Integers]]:
        """Yield places in the ascending `keys` whose key is here, and a document each that has it.

        The keys are `key << 28`, `masks` what `masks_of` makes of them.
        """
        buckets = (keys >> np.uint64(65 - len(self.starts).bit_length())).view(np.int64)
        places = np.flatnonzero(self.filter.take(buckets) & masks == masks)
        if not len(places):
            return
        keys, buckets = keys[places], buckets[places]
        at = self.starts.take(buckets).astype(np.int64)
        most = int((self.starts.take(buckets + 1) - at).max())
        for bit in range(most.bit_length() - 1, -1, -1):
            is_before = self.entries.take(at + ((1 << bit) - 1), mode="clip") < keys
            np.add(at, 1 << bit, out=at, where=is_before)
        entries = self.entries.take(at, mode="clip") - keys
        here = np.flatnonzero(entries <= ID_MASK)
        places, at, keys, entries = places[here], at[here], keys[here], entries[here]
        while len(places):
            yield places, entries.view(np.int64)
            at += 1
            entries = self.entries.take(at, mode="clip") - keys
            here = np.flatnonzero((entries <= ID_MASK) & (at < len(self.entries)))
            places, at, keys, entries = places[here], at[here], keys[here], entries[here]

    @property
    def size_bytes(self) -> int:
        """Bytes in memory or mapped."""
        return self.entries.nbytes + self.counts.nbytes + self.starts.nbytes + self.filter.nbytes

    def is_whole(self) -> bool:
        """Return whether the file is as it was written. Reads all of it."""
        if self.path is None:
            return True
        checksum = 0
        with self.path.open("rb") as file:
            file.seek(_HEADER.size)
            while block := file.read(_BLOCK):
                checksum = isal_zlib.crc32(block, checksum)
        return checksum == self.checksum


def fresh(first: int, last: int, entries: Hashes, counts: Integers) -> Run:
    """Return a run in memory; `entries` ascending, `counts` one a document."""
    directory = _Directory(len(entries))
    directory.add(entries)
    few_spans = np.minimum(counts, MOST_SPANS).astype(np.uint16)
    return Run(first, last, "", entries, directory.filter, directory.starts(), few_spans)


def masks_of(keys: Hashes) -> Hashes:
    """Return the bits that each key, given as `key << 28`, sets in the filter of its bucket."""
    return _MASKS.take((keys >> _BITS_SHIFT & _LOWEST_12).view(np.int64))


def merge(runs: Sequence[Run], folder: Path | None, digest: str) -> Run:
    """Return one run made of runs that follow each other, written to `folder` or in memory.

    In the folder little more is in memory than the filter of the new run. `digest`: of the last document's text.
    """
    first, last = runs[0].first, runs[-1].last
    counts = np.concatenate([run.counts for run in runs])
    if folder is None:
        return fresh(first, last, np.concatenate([*_merged(runs)]), counts.astype(np.int64))
    return _write(first, last, digest, counts, sum(len(run.entries) for run in runs), _merged(runs), folder)


def _merged(runs: Sequence[Run]) -> Iterator[Hashes]:
    """Yield the entries of all runs, ascending, a piece at a time."""
    largest = max((run.entries for run in runs), key=len)
    splits = [largest[place] >> ID_SHIFT << ID_SHIFT for place in range(_AT_ONCE, len(largest), _AT_ONCE)]
    starts = [0] * len(runs)
    for split in [*splits, None]:
        ends = [len(run.entries) if split is None else int(np.searchsorted(run.entries, split)) for run in runs]
        pieces = [run.entries[start:end] for run, start, end in zip(runs, starts, ends, strict=True)]
        piece = np.concatenate(pieces)
        piece.sort()
        yield piece
        starts = ends


def _write(
    first: int, last: int, digest: str, counts: NDArray[np.uint16], count: int, pieces: Iterator[Hashes], folder: Path
) -> Run:
    """Write a run of so many entries, which come in pieces, and return it as it is opened."""
    path = folder / f"{first:010d}-{last:010d}.run"
    unfinished = path.with_suffix(".new")
    folder.mkdir(exist_ok=True)
    with unfinished.open("w+b") as file:
        file.write(bytes(_HEADER.size))
        checksum, directory = 0, _Directory(count)
        for piece in pieces:
            directory.add(piece)
            block = piece.astype("<u8", copy=False).data
            checksum = isal_zlib.crc32(block, checksum)
            file.write(block)
        for part, kind in ((directory.filter, "<u8"), (directory.starts(), "<u4"), (counts, "<u2")):
            block = part.astype(kind, copy=False).data
            checksum = isal_zlib.crc32(block, checksum)
            file.write(block)
        header = (_MAGIC, CONFIG_DIGEST.encode(), first, last, digest.encode(), count, _bits(count), checksum)
        file.seek(0)
        file.write(_HEADER.pack(*header))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    found = open_run(path)
    if found is None:
        raise OSError(f"{path} is not what was written to it")
    return found


def open_run(path: Path) -> Run | None:
    """Return the run in a file, or None where the file is no whole run of these parameters. Reads the header alone."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEADER.size)
            if len(head) < _HEADER.size:
                return None
            magic, config, first, last, digest, count, bits, checksum = _HEADER.unpack(head)
            if magic != _MAGIC or config != CONFIG_DIGEST.encode() or last < first or bits != _bits(count):
                return None
            at_filter = _HEADER.size + 8 * count
            at_starts = at_filter + (8 << bits)
            at_counts = at_starts + 4 * ((1 << bits) + 1)
            if os.fstat(file.fileno()).st_size != at_counts + 2 * (last - first + 1):
                return None
            return Run(
                first,
                last,
                digest.decode("ascii", "replace"),
                _mapped(file, "<u8", _HEADER.size, count),
                _mapped(file, "<u8", at_filter, 1 << bits),
                _mapped(file, "<u4", at_starts, (1 << bits) + 1),
                _mapped(file, "<u2", at_counts, last - first + 1),
                path,
                checksum,
            )
    except (FileNotFoundError, ValueError):
        return None


def _mapped(file: BinaryIO, kind: str, offset: int, count: int) -> NDArray[Any]:
    """Return a part of a file as an array; an empty one cannot be mapped."""
    if not count:
        return np.empty(0, dtype=kind)
    return np.asarray(np.memmap(file, dtype=kind, mode="r", offset=offset, shape=(count,)))


def _bits(count: int) -> int:
    """Return the bits of a bucket's number where there are so many entries."""
    return max(1, (count >> 2).bit_length() - 1)


class _Directory:
    """Filter and starts of entries that come ascending, a piece at a time; `count` in all."""

    def __init__(self, count: int) -> None:
        self._bits = _bits(count)
        self.filter = np.zeros(1 << self._bits, dtype=np.uint64)
        self._counts = np.zeros((1 << self._bits) + 1, dtype=np.uint32)  # of each bucket, moved up by one

    def add(self, entries: Hashes) -> None:
        """Take in the next entries."""
        for place in range(0, len(entries), _AT_ONCE):
            some = entries[place : place + _AT_ONCE]
            buckets = (some >> np.uint64(64 - self._bits)).view(np.int64)
            first, end = int(buckets[0]), int(buckets[-1]) + 1
            buckets -= first
            self._counts[first + 1 : end + 1] += np.bincount(buckets, minlength=end - first).astype(np.uint32)
            is_set = np.zeros((end - first) << 6, dtype=np.bool_)
            buckets <<= 6
            for shift in (_BITS_SHIFT, _NEXT_SHIFT):
                is_set[buckets + (some >> shift & _LOWEST_6).view(np.int64)] = True
            self.filter[first:end] |= np.packbits(is_set, bitorder="little").view("<u8")

    def starts(self) -> NDArray[np.uint32]:
        """Return how many entries there are before each bucket, and in all."""
        return np.cumsum(self._counts, dtype=np.uint32)
