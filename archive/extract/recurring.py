"""Parts of pages that recur: menus, footers and side blocks, most of a portal's page, are flattened once.

A part is known by its source and by what holds around it, so what is taken from here is what walking it again would
give. Where parts recur is learned: a place (an element's tag and names on one host) where they never do is not tried.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from lxml import etree

from archive.extract.outline import Block, Line, Outline
from archive.extract.page import Element
from archive.extract.traits import Traits
from archive.extract.zones import Zone

__all__ = ["Part", "Recurring", "Start", "replay"]

_PLACES_MOST = 20_000
_HOSTS_MOST = 20_000
_TRIES = 6  # in vain, until a place is left alone
_LARGE_BYTES = 16_000  # what holds the article never recurs, and costs most to look up
_PAUSE = 32  # elements of such a place, until it is tried once more

_new = tuple.__new__  # half the time of calling the class; a page has hundreds
_Place = tuple[str, str, str]  # host, tag, names
_Key = tuple[bytes, object]
_Line = tuple[str, str, int, int, int, int, int, str, int, bool, int, bool, str, bool]


@dataclass(frozen=True, slots=True)
class Start:
    """Where a part begins in an outline: the index of its block, then of the first line, zone and entry behind it."""

    key: _Key
    block: int
    line: int
    zone: int
    entry: int
    inputs: int


@dataclass(slots=True)
class Part:
    """What lies inside a block, relative to that block: elements by their place among its descendants.

    Lines and blocks have the fields of their classes in order; a zone is its reason and the index of the one around
    it, -1 for the block's own. `after`: whether an image, and whether a bullet, waits for its line behind the part.
    """

    inputs: int
    after: tuple[bool, bool]
    blocks: list[tuple[int, str, str, int, int, int]] = field(default_factory=list)
    lines: list[_Line] = field(default_factory=list)
    zones: list[tuple[str, int]] = field(default_factory=list)
    entries: list[tuple[int, Traits]] = field(default_factory=list)


class Recurring:
    """The parts that this process has seen, bounded; when there are too many it starts anew.

    `read`: elements whose source was looked at; `recalled`: those that were known.
    """

    def __init__(self, parts_most: int = 4096, lines_most: int = 50_000) -> None:
        self._parts: dict[_Key, Part | None] = {}  # None: seen once
        self._parts_most, self._lines_most = parts_most, lines_most
        self._lines = 0  # of all parts
        self._tries: dict[_Place, int] = {}
        self._hosts: set[str] = set()
        self.read = self.recalled = 0

    @property
    def size(self) -> int:
        """The number of parts that are known or were seen once."""
        return len(self._parts)

    def knows(self, host: str) -> bool:
        """Return whether a page of that host was seen before: on the first one there is nothing to look up."""
        if host in self._hosts:
            return True
        if len(self._hosts) >= _HOSTS_MOST:
            self._hosts.clear()
        self._hosts.add(host)
        return False

    def look_up(self, place: _Place, element: Element, around: object) -> tuple[Part | None, _Key | None]:
        """Return the part that `element` holds; else None and, where it is to be recorded, its key.

        `around`: what the inside depends on besides its source.
        """
        left = self._tries.get(place, _TRIES)
        if len(self._tries) > _PLACES_MOST:
            self._tries.clear()
        if left <= 0:
            self._tries[place] = left - 1 if left > -_PAUSE else 1
            return None, None
        self.read += 1
        source = etree.tostring(element, encoding="utf-8", with_tail=False)
        key = blake2b(source, digest_size=16).digest(), around
        if key not in self._parts:
            self._tries[place] = max(0, left - 1 - len(source) // _LARGE_BYTES)
            if len(self._parts) >= self._parts_most or self._lines >= self._lines_most:
                self._parts.clear()
                self._tries.clear()
                self._lines = 0
            self._parts[key] = None
            return None, None
        part = self._parts[key]
        if part is not None:
            self.recalled += 1
            self._tries[place] = _TRIES
        return part, key

    def record(self, start: Start, outline: Outline, entries: list[tuple[Element, Traits]], part: Part) -> None:
        """Keep what lies behind `start` in an outline that has just come to the end of that block."""
        block, line = start.block, start.line
        if len(outline.lines) - line > self._lines_most:
            return
        zones = outline.zones[start.zone :]
        number = {zone: index for index, zone in enumerate(zones)}
        position = {element: index for index, element in enumerate(outline.blocks[block].element.iter())}
        part.blocks = [
            (position[b.element], b.tag, b.names, b.parent - block, b.first - line, b.last - line)
            for b in outline.blocks[block + 1 :]
        ]
        part.lines = [
            (
                *(
                    ln.text,
                    ln.tag,
                    ln.block - block,
                    ln.index - line,
                    ln.link_chars,
                    ln.bold_chars,
                    ln.italic_chars,
                    ln.align,
                ),
                *(
                    number.get(ln.zone, -1) if ln.zone else -1,
                    ln.in_list,
                    ln.after_image,
                    ln.in_caption,
                    ln.href,
                    ln.is_prose,
                ),
            )
            for ln in outline.lines[line:]
        ]
        part.zones = [(zone.reason, number.get(zone.outer, -1) if zone.outer else -1) for zone in zones]
        part.entries = [(position[element], traits) for element, traits in entries[start.entry :]]
        self._lines += len(part.lines)
        self._parts[start.key] = part


def replay(part: Part, outline: Outline, entries: list[tuple[Element, Traits]], own: Zone | None) -> None:
    """Add what a part holds to an outline whose last block is the part's own; `own`: the zone that holds there."""
    block, line = len(outline.blocks) - 1, len(outline.lines)
    zones: list[Zone | None] = []
    for reason, outer in part.zones:
        zones.append(Zone(reason, zones[outer] if outer >= 0 else own))
    outline.zones += [zone for zone in zones if zone]
    zones.append(own)  # what index -1 finds
    elements = list(outline.blocks[block].element.iter()) if part.blocks or part.entries else []
    outline.blocks += [
        _new(Block, (elements[at], tag, names, parent + block, first + line, last + line))
        for at, tag, names, parent, first, last in part.blocks
    ]
    outline.lines += [
        _new(
            Line,
            (
                text,
                tag,
                of + block,
                index + line,
                link,
                bold,
                italic,
                align,
                zones[zone],
                listed,
                image,
                caption,
                href,
                prose,
            ),
        )
        for text, tag, of, index, link, bold, italic, align, zone, listed, image, caption, href, prose in part.lines
    ]
    entries += [(elements[at], traits) for at, traits in part.entries]
    outline.inputs += part.inputs
