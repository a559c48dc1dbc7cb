"""A run: the keys of some documents that follow each other, sorted, in a file that is written once and then only read.

    header     magic, digest of the parameters, first and last document, digest of the last one's text, number of
               entries, bits of the filter, CRC-32 of what follows; little-endian, 96 bytes
    entries    key << 28 | (2**28 − 1 − document), ascending, 8 bytes each: the newest document of a key comes first
    counts     the number of spans of each document from the first to the last, 2 bytes each, at most 65,535
    starts     how many entries there are before each of the shorter beginnings that a key can have, and in all;
               4 bytes each, one for about 16 entries
    filter     a bit for each longer beginning that a key can have: whether there is one; about half a byte an entry

A file has its name only once it is whole, and says which documents it is of: a run made of others takes their place,
and what a kill leaves of either is told apart when they are opened. It is mapped, not read.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from archive.duplicates.config import CONFIG, CONFIG_DIGEST
from archive.duplicates.shingles import Hashes

__all__ = [
    "COMMON",
    "FEW",
    "ID_BITS",
    "MOST_SPANS",
    "Integers",
    "Run",
    "entries_of",
    "fresh",
    "merge",
    "newest_of_each_key",
    "open_run",
]

Integers: TypeAlias = NDArray[np.int64]
COMMON = 8  # documents that are kept of one key: the newest
FEW = 4  # documents that are told of a key at first
ID_BITS = 28
_ID_SHIFT = np.uint64(ID_BITS)
_ID_MASK = np.uint64((1 << ID_BITS) - 1)
_THREE, _SEVEN, _ONE = np.uint64(3), np.uint8(7), np.uint8(1)
_MAGIC = b"LUUTRU/2"
_HEADER = struct.Struct("<8s16sQQ32sQII8x")
MOST_SPANS = 0xFFFF
_STARTS_SHIFT = np.uint64(6)  # bits by which these beginnings are shorter
_SMALLEST_FILTER, _LARGEST_FILTER = 12, CONFIG.key_bits  # bits of an index
_AT_ONCE = 1 << 16  # entries of each run that are merged at once: they fit the cache
_BLOCK = 1 << 24  # bytes that are checked at once


@dataclass(frozen=True)
class Run:
    """The entries of the documents `first` to `last`, of which the latter's text has this digest; see the module."""

    first: int
    last: int
    digest: str
    entries: Hashes
    counts: NDArray[np.uint16]
    starts: NDArray[np.uint32]
    filter: NDArray[np.uint8]
    path: Path | None = None
    checksum: int = 0

    def find(self, keys: Hashes, wanted: NDArray[np.int8]) -> Iterator[tuple[Integers, Integers]]:
        """Yield places in the ascending `keys` whose key is here, and a document each that has it, the newest first.

        The keys are `key << 28`. Of each so many as are wanted; no place comes twice in one pair of arrays.
        """
        shift = np.uint64(ID_BITS + CONFIG.key_bits + 1 - (len(self.filter) << 3).bit_length())
        heads = keys >> shift
        octets = self.filter.take((heads >> _THREE).view(np.int64))
        places = np.flatnonzero((octets >> (heads.astype(np.uint8) & _SEVEN) & _ONE).view(np.bool_))
        if not len(places):
            return
        keys, wanted = keys[places], wanted[places]
        at = self._lower_bounds(keys, (heads[places] >> _STARTS_SHIFT).view(np.int64))
        for offset in range(COMMON):
            entries = self.entries.take(at + offset, mode="clip")
            same = np.flatnonzero((entries - keys <= _ID_MASK) & (wanted > offset) & (at + offset < len(self.entries)))
            if not len(same):
                return
            keys, wanted, places, at = keys[same], wanted[same], places[same], at[same]
            yield places, (~entries[same] & _ID_MASK).view(np.int64)

    def _lower_bounds(self, keys: Hashes, buckets: Integers) -> Integers:
        """Return where the entries of keys begin, or would: a binary search among the few of the same beginning."""
        at = self.starts.take(buckets).astype(np.int64)
        most = int((self.starts.take(buckets + 1) - at).max())
        for bit in range(most.bit_length() - 1, -1, -1):
            is_before = self.entries.take(at + ((1 << bit) - 1), mode="clip") < keys
            at += is_before.astype(np.int64) << bit
        return at

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
                checksum = zlib.crc32(block, checksum)
        return checksum == self.checksum


def fresh(first: int, last: int, entries: Hashes, counts: Integers) -> Run:
    """Return a run in memory; `entries` ascending, `counts` one a document."""
    entries = newest_of_each_key(entries)
    few_spans = np.minimum(counts, MOST_SPANS).astype(np.uint16)
    return Run(first, last, "", entries, few_spans, *_directory(entries, len(entries)))


def entries_of(keys: Hashes, documents: Integers) -> Hashes:
    """Return keys of documents as entries, ascending."""
    entries = keys << _ID_SHIFT | (~documents.view(np.uint64) & _ID_MASK)
    entries.sort()
    return entries


def newest_of_each_key(entries: Hashes) -> Hashes:
    """Return ascending entries without those of a key that has `COMMON` newer ones."""
    keys = entries >> _ID_SHIFT
    dropped = keys[COMMON:] == keys[:-COMMON]
    return np.concatenate((entries[:COMMON], entries[COMMON:][~dropped])) if dropped.any() else entries


def merge(runs: Sequence[Run], folder: Path | None, digest: str) -> Run:
    """Return one run made of runs that follow each other, written to `folder` or in memory.

    In the folder little more is in memory than the filter of the new run. `digest`: of the last document's text.
    """
    first, last = runs[0].first, runs[-1].last
    counts = np.concatenate([run.counts for run in runs])
    if folder is None:
        return fresh(first, last, np.concatenate([*_merged(runs)]), counts.astype(np.int64))
    return _write(first, last, digest, counts, _merged(runs), folder)


def _merged(runs: Sequence[Run]) -> Iterator[Hashes]:
    """Yield the entries of all runs, ascending, a piece at a time."""
    largest = max((run.entries for run in runs), key=len)
    splits = [largest[place] >> _ID_SHIFT << _ID_SHIFT for place in range(_AT_ONCE, len(largest), _AT_ONCE)]
    starts = [0] * len(runs)
    for split in [*splits, None]:
        ends = [len(run.entries) if split is None else int(np.searchsorted(run.entries, split)) for run in runs]
        pieces = [run.entries[start:end] for run, start, end in zip(runs, starts, ends, strict=True)]
        piece = np.concatenate(pieces)
        piece.sort()
        yield newest_of_each_key(piece)
        starts = ends


def _write(
    first: int, last: int, digest: str, counts: NDArray[np.uint16], pieces: Iterator[Hashes], folder: Path
) -> Run:
    """Write a run whose entries come in pieces, and return it as it is opened."""
    path = folder / f"{first:010d}-{last:010d}.run"
    unfinished = path.with_suffix(".new")
    folder.mkdir(exist_ok=True)
    with unfinished.open("w+b") as file:
        file.write(bytes(_HEADER.size))
        checksum = count = 0
        for piece in pieces:
            block = piece.astype("<u8", copy=False).data
            checksum, count = zlib.crc32(block, checksum), count + len(piece)
            file.write(block)
        file.flush()
        starts, filter_ = _directory(_mapped(file, "<u8", _HEADER.size, count), count)
        for part, kind in ((counts, "<u2"), (starts, "<u4"), (filter_, "u1")):
            block = part.astype(kind, copy=False).data
            checksum = zlib.crc32(block, checksum)
            file.write(block)
        header = (_MAGIC, CONFIG_DIGEST.encode(), first, last, digest.encode(), count, _filter_bits(count), checksum)
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
            if magic != _MAGIC or config != CONFIG_DIGEST.encode() or not _SMALLEST_FILTER <= bits <= _LARGEST_FILTER:
                return None
            at_counts = _HEADER.size + 8 * count
            at_starts = at_counts + 2 * (last - first + 1)
            starts = (1 << bits >> int(_STARTS_SHIFT)) + 1
            at_filter = at_starts + 4 * starts
            if last < first or os.fstat(file.fileno()).st_size != at_filter + (1 << bits >> 3):
                return None
            return Run(
                first,
                last,
                digest.decode("ascii", "replace"),
                _mapped(file, "<u8", _HEADER.size, count),
                _mapped(file, "<u2", at_counts, last - first + 1),
                _mapped(file, "<u4", at_starts, starts),
                _mapped(file, "u1", at_filter, 1 << bits >> 3),
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


def _filter_bits(entries: int) -> int:
    """Return the bits of an index into a filter that has about four places for each entry."""
    return max(_SMALLEST_FILTER, min(_LARGEST_FILTER, (entries * 3).bit_length()))


def _directory(entries: Hashes, count: int) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Return the starts and the filter of ascending entries."""
    bits = _filter_bits(count)
    starts = np.zeros((1 << bits >> int(_STARTS_SHIFT)) + 1, dtype=np.uint32)
    filter_ = np.zeros(1 << bits >> 3, dtype=np.uint8)
    for place in range(0, count, _AT_ONCE):
        heads = (entries[place : place + _AT_ONCE] >> np.uint64(ID_BITS + CONFIG.key_bits - bits)).view(np.int64)
        first, end = int(heads[0]) >> 6, (int(heads[-1]) >> 6) + 1
        heads -= first << 6
        is_set = np.zeros((end - first) << 6, dtype=np.bool_)
        is_set[heads] = True
        filter_[first << 3 : end << 3] |= np.packbits(is_set, bitorder="little")
        starts[first + 1 : end + 1] += np.bincount(heads >> 6, minlength=end - first).astype(np.uint32)
    return np.cumsum(starts, dtype=np.uint32), filter_
