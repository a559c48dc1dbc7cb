"""A run: the keys of some documents that follow each other, sorted, in a file that is written once and then only read.

    header     magic, digest of the parameters, first and last document, digest of the last one's text, number of
               entries, bits of the filter, CRC-32 of what follows; little-endian, 96 bytes
    entries    key << 28 | (2**28 − 1 − document), ascending, 8 bytes each: the newest document of a key comes first
    counts     the number of spans of each document from the first to the last, 2 bytes each, at most 65,535
    filter     a bit for each beginning that a key can have: whether there is one; about a byte an entry

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
    "ID_BITS",
    "MOST_SPANS",
    "Integers",
    "Run",
    "entries_of",
    "fresh",
    "merge",
    "newest_of_each_key",
    "open_run",
    "write",
]

Integers: TypeAlias = NDArray[np.int64]
COMMON = 8  # documents that are kept of one key: the newest
ID_BITS = 28
_ID_SHIFT = np.uint64(ID_BITS)
_ID_MASK = np.uint64((1 << ID_BITS) - 1)
_MAGIC = b"LUUTRU/1"
_HEADER = struct.Struct("<8s16sQQ32sQII8x")
MOST_SPANS = 0xFFFF
_SMALLEST_FILTER, _LARGEST_FILTER = 12, CONFIG.key_bits  # bits of an index
_AT_ONCE = 1 << 21  # entries of each run that are merged at once
_BLOCK = 1 << 24  # bytes that are checked at once


@dataclass(frozen=True)
class Run:
    """The entries of the documents `first` to `last`, of which the latter's text has this digest; see the module."""

    first: int
    last: int
    digest: str
    entries: Hashes
    counts: NDArray[np.uint16]
    filter: NDArray[np.uint8]
    path: Path | None = None
    checksum: int = 0

    def find(self, keys: Hashes) -> tuple[Integers, Integers]:
        """Return for ascending keys: places in `keys` whose key is here, and documents that have it, the newest 8."""
        bits = np.uint64(CONFIG.key_bits) - np.uint64(len(self.filter).bit_length() + 2)
        heads = keys >> bits
        octets = self.filter[(heads >> np.uint64(3)).view(np.int64)]
        hits = np.flatnonzero(octets >> (heads & np.uint64(7)).astype(np.uint8) & np.uint8(1))
        if not len(hits):
            return hits, hits
        wanted = keys[hits]
        starts = np.searchsorted(self.entries, wanted << _ID_SHIFT)
        places, found = [], []
        for offset in range(COMMON):
            on = np.flatnonzero(starts + offset < len(self.entries))
            entries = self.entries[starts[on] + offset]
            same = np.flatnonzero(entries >> _ID_SHIFT == wanted[on])
            if not len(same):
                break
            on = on[same]
            places.append(hits[on])
            found.append((~entries[same] & _ID_MASK).astype(np.int64))
            hits, starts, wanted = hits[on], starts[on], wanted[on]
        return np.concatenate(places) if places else hits[:0], np.concatenate(found) if found else hits[:0]

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


def fresh(first: int, last: int, digest: str, entries: Hashes, counts: Integers) -> Run:
    """Return a run in memory; `entries` ascending, `counts` one a document."""
    entries = newest_of_each_key(entries)
    bits = _filter_bits(len(entries))
    filter_ = np.zeros(1 << bits >> 3, dtype=np.uint8)
    _enter(filter_, entries, bits)
    return Run(first, last, digest, entries, np.minimum(counts, MOST_SPANS).astype(np.uint16), filter_)


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


def merge(runs: Sequence[Run], folder: Path | None) -> Run:
    """Return one run made of runs that follow each other, written to `folder` or in memory.

    In the folder little more is in memory than the filter of the new run.
    """
    first, last, digest = runs[0].first, runs[-1].last, runs[-1].digest
    counts = np.zeros(last - first + 1, dtype=np.uint16)
    for run in runs:
        counts[run.first - first : run.last - first + 1] = run.counts
    if folder is None:
        return fresh(first, last, digest, np.concatenate([*_merged(runs)]), counts.astype(np.int64))
    return _write(
        Run(first, last, digest, np.empty(0, np.uint64), counts, np.empty(0, np.uint8)), _merged(runs), folder
    )


def _merged(runs: Sequence[Run]) -> Iterator[Hashes]:
    """Yield the entries of all runs, ascending, a piece at a time."""
    largest = max((run.entries for run in runs), key=len)
    splits = [largest[place] >> _ID_SHIFT << _ID_SHIFT for place in range(_AT_ONCE, len(largest), _AT_ONCE)]
    starts = [0] * len(runs)
    for split in [*splits, None]:
        ends = [len(run.entries) if split is None else int(np.searchsorted(run.entries, split)) for run in runs]
        pieces = [run.entries[start:end] for run, start, end in zip(runs, starts, ends, strict=True)]
        piece = np.concatenate(pieces)
        piece.sort(kind="stable")  # what is sorted in stretches is merged
        yield newest_of_each_key(piece)
        starts = ends


def _write(run: Run, pieces: Iterator[Hashes], folder: Path) -> Run:
    """Write a run whose entries come in pieces, and return it as it is opened."""
    path = folder / f"{run.first:010d}-{run.last:010d}.run"
    unfinished = path.with_suffix(".new")
    folder.mkdir(exist_ok=True)
    with unfinished.open("w+b") as file:
        file.write(bytes(_HEADER.size))
        checksum = count = 0
        for piece in pieces:
            block = piece.astype("<u8", copy=False).tobytes()
            checksum, count = zlib.crc32(block, checksum), count + len(piece)
            file.write(block)
        bits = _filter_bits(count)
        filter_ = np.zeros(1 << bits >> 3, dtype=np.uint8)
        file.flush()
        entries = _mapped(file, "<u8", _HEADER.size, count)
        for start in range(0, count, _AT_ONCE):
            _enter(filter_, entries[start : start + _AT_ONCE], bits)
        for block in (run.counts.astype("<u2", copy=False).tobytes(), filter_.tobytes()):
            checksum = zlib.crc32(block, checksum)
            file.write(block)
        header = (_MAGIC, CONFIG_DIGEST.encode(), run.first, run.last, run.digest.encode(), count, bits, checksum)
        file.seek(0)
        file.write(_HEADER.pack(*header))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    found = open_run(path)
    if found is None:
        raise OSError(f"{path} is not what was written to it")
    return found


def write(run: Run, folder: Path) -> Run:
    """Write a run that is in memory to the folder."""
    return _write(run, iter([run.entries]), folder)


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
            at_filter = at_counts + 2 * (last - first + 1)
            if last < first or os.fstat(file.fileno()).st_size != at_filter + (1 << bits >> 3):
                return None
            return Run(
                first,
                last,
                digest.decode("ascii", "replace"),
                _mapped(file, "<u8", _HEADER.size, count),
                _mapped(file, "<u2", at_counts, last - first + 1),
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
    """Return the bits of an index into a filter that has about eight places for each entry."""
    return max(_SMALLEST_FILTER, min(_LARGEST_FILTER, (entries * 6).bit_length()))


def _enter(filter_: NDArray[np.uint8], entries: Hashes, bits: int) -> None:
    """Set the bits of ascending entries."""
    if not len(entries):
        return
    heads = entries >> np.uint64(ID_BITS + CONFIG.key_bits - bits)
    octets = (heads >> np.uint64(3)).view(np.int64)
    starts = np.flatnonzero(np.concatenate(([True], octets[1:] != octets[:-1])))
    values = np.uint8(1) << (heads & np.uint64(7)).astype(np.uint8)
    filter_[octets[starts]] |= np.bitwise_or.reduceat(values, starts)
