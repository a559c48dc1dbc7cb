"""Digests of what blocks say, digits and blanks left out: equal for a counter at any visit.

A block's digest is made from those of its lines and from its place, so that a page costs one digest a line whatever
the nesting. They are stored: 61-bit numbers, the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.extract.outline import Line, Outline

__all__ = ["Lines", "digest", "said", "spans"]

_PRIME = (1 << 61) - 1
_BASE = 0x1F3D5B79A2C4E687 % _PRIME
_PLACE = 0x0B5C1D7E9F3A4862 % _PRIME
_NUMBER = re.compile(r"\d+")


@lru_cache(maxsize=1 << 13)
def digest(text: str) -> int:
    """Return 61 bits of a digest of a text as it is."""
    found = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(found, "little") % _PRIME


@lru_cache(maxsize=1 << 13)
def said(text: str) -> int:
    """Return the digest of what a line says, digits left out."""
    return digest(_NUMBER.sub("", text).replace(" ", "") if _NUMBER.search(text) else text.replace(" ", ""))


class Lines:
    """The lines `first` to `last` (exclusive) of an outline; any run of them has its digest at once."""

    def __init__(self, lines: list[Line], first: int, last: int) -> None:
        self.first, self.last = first, last
        self.own = [said(line.text) for line in lines[first:last]]
        self._sums = [0, *accumulate(self.own, lambda total, own: (total * _BASE + own) % _PRIME)][: last - first + 1]

    def digest(self, first: int, last: int, place: str) -> int:
        """Return the digest of a block at that place that covers these lines of the outline."""
        sums, start = self._sums, self.first
        whole = (sums[last - start] - sums[first - start] * _power(last - first)) % _PRIME
        return (whole * 31 + digest(place) * _PLACE) % _PRIME


@lru_cache(maxsize=1 << 13)
def _power(exponent: int) -> int:
    return pow(_BASE, exponent, _PRIME)


def spans(outline: Outline, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Yield block, first line and last line (exclusive) of what can recur inside the lines `first` to `last`.

    Outer ones come before inner ones. Of blocks that cover the same lines the outermost counts; a line that shares its
    block with others stands for itself, with that block.
    """
    blocks, lines = outline.blocks, outline.lines
    found: list[tuple[int, int, int]] = []
    for index, block in enumerate(blocks):
        if block.first < first or block.last > last or block.first == block.last:
            continue
        parent = blocks[block.parent] if block.parent >= 0 else None
        if parent is None or (parent.first, parent.last) != (block.first, block.last) or parent.first < first:
            found.append((index, block.first, block.last))
    found += _shared(((line.block, line.index) for line in lines[first:last]), outline)
    return iter(sorted(found, key=lambda span: (span[1], -span[2])))


def _shared(lines: Iterable[tuple[int, int]], outline: Outline) -> Iterator[tuple[int, int, int]]:
    for index, line in lines:
        block = outline.blocks[index]
        if block.last - block.first > 1:
            yield index, line, line + 1
