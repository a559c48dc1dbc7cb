"""A page as lines of text in document order, and for each block the lines that it covers.

Everything after `flatten` (kind, containers, fields, chrome) works on these; no step walks the tree again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from archive.extract.page import Element
from archive.extract.traits import HEADINGS, Traits
from archive.extract.zones import Zone

__all__ = ["Block", "Body", "Line", "Outline", "reads_as_prose", "weight"]

_SENTENCE_ENDS = (". ", "? ", "! ", "; ", "。")
_PROSE_CHARS = 60
# What is called so has no prose to speak of, or is called so by mistake: "#content_print" is what will be printed.
_LIGHT = frozenset(("print", "share", "rating", "counter", "tags", "meta", "attachment", "nav"))
_LIGHT_CHARS = 400
_LONG_CHARS = 140  # no heading is longer


class Line(NamedTuple):  # a page has hundreds: the record that is cheapest to make
    """One line of the page: what stands between two block borders or `<br>`s.

    `block` is the index of the innermost block that holds it; `tag` says what that block is (`row` for a row of a
    data table). Character counts are of the text that stands in links, bold and italic. `is_prose`: it reads like
    running text. `after_image`: 1 right below an image, 2 below one in the same block.
    """

    text: str
    tag: str
    block: int
    index: int = 0  # type: ignore[assignment]  # tuple.index is not wanted here
    link_chars: int = 0
    bold_chars: int = 0
    italic_chars: int = 0
    align: str = ""
    zone: Zone | None = None
    in_list: bool = False
    after_image: int = 0
    in_caption: bool = False
    href: str = ""
    is_prose: bool = False

    @property
    def is_heading(self) -> bool:
        """Whether it is marked up as a heading."""
        return self.tag in HEADINGS

    @property
    def is_link(self) -> bool:
        """Whether (nearly) all of it is a link."""
        return self.link_chars * 10 >= len(self.text) * 8

    @property
    def is_button(self) -> bool:
        """Whether its link leads nowhere but into the page itself."""
        return self.href.startswith(("#", "javascript:"))

    @property
    def reason(self) -> str:
        """Why the zone that it stands in is chrome; empty where it is none."""
        return self.zone.reason_in_force if self.zone else ""


class Block(NamedTuple):
    """One block element: lines `first` to `last` (exclusive) are its own. `names`: its classes and its id."""

    element: Element
    tag: str
    names: str
    parent: int
    first: int
    last: int = 0


@dataclass(slots=True, eq=False)
class Outline:
    """The flattened page. `by_class` has only the classes that the selectors of families ask for."""

    blocks: list[Block] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    by_class: dict[str, list[Element]] = field(default_factory=dict)
    by_id: dict[str, Element] = field(default_factory=dict)
    by_itemprop: dict[str, list[Element]] = field(default_factory=dict)
    typed: list[Element] = field(default_factory=list)  # with an itemtype
    zones: list[Zone] = field(default_factory=list)
    inputs: int = 0
    _prose: list[int] = field(default_factory=list)
    _links: list[int] = field(default_factory=list)
    _block_of: dict[Element, int] = field(default_factory=dict)
    _children: dict[int, list[int]] = field(default_factory=dict)

    def enter(self, element: Element, traits: Traits) -> None:
        """Enter an element under its names."""
        for name in traits.classes:
            self.by_class.setdefault(name, []).append(element)
        for name in traits.meanings:
            self.by_itemprop.setdefault(name, []).append(element)
        if traits.identifier:
            self.by_id.setdefault(traits.identifier, element)
        if traits.is_typed:
            self.typed.append(element)

    @property
    def block_of(self) -> dict[Element, int]:
        """The index of each block's element."""
        if not self._block_of:
            self._block_of = {block.element: index for index, block in enumerate(self.blocks)}
        return self._block_of

    @property
    def children(self) -> dict[int, list[int]]:
        """The blocks right inside of each block that hold lines; those of -1 are the outermost."""
        if not self._children:
            for index, block in enumerate(self.blocks):
                if block.last > block.first:
                    self._children.setdefault(block.parent, []).append(index)
        return self._children

    @property
    def visible_chars(self) -> int:
        """Return the characters that the page shows."""
        return sum([len(line.text) for line in self.lines])

    def judge_zones(self) -> None:
        """Switch off zones that hold too much prose: "sidebar-right" is also what layouts call their whole."""
        total = 0
        for line in self.lines:
            if line.is_prose:
                chars = len(line.text)
                total += chars
                if line.zone:
                    line.zone.prose_chars += chars
        for zone in reversed(self.zones):  # inner ones first
            if zone.outer:
                zone.outer.prose_chars += zone.prose_chars
        for zone in self.zones:
            most = _LIGHT_CHARS if zone.reason in _LIGHT else total * 2 // 5
            zone.in_force = zone.prose_chars <= max(most, 200)

    def trust(self, line: Line) -> Line:
        """Return `line` as the heading: no prose, and the zones that it stands in are no chrome."""
        heading = self.lines[line.index] = line._replace(is_prose=False)
        zone = line.zone
        while zone:
            zone.in_force = False
            zone = zone.outer
        if line.zone:
            self.judge()
        if line.zone or line.is_prose:
            self._prose = []
        return heading

    def judge(self) -> None:
        """Bring the reasons of all zones up to date."""
        for zone in self.zones:  # outer ones first
            zone.judge()

    @property
    def prose(self) -> list[int]:
        """The characters of unzoned prose before each line, and before the end."""
        if not self._prose:
            own = [weight(line) if line.is_prose or line.tag == "row" else 0 for line in self.lines]
            self._prose = [0, *accumulate(own)]
        return self._prose

    @property
    def links(self) -> list[int]:
        """The characters of links before each line, and before the end."""
        if not self._links:
            self._links = [0, *accumulate(line.link_chars for line in self.lines)]
        return self._links

    def prose_of(self, block: Block) -> int:
        """Return the characters of prose that `block` holds, zones left out."""
        return self.prose[block.last] - self.prose[block.first]

    def span(self, element: Element) -> tuple[int, int] | None:
        """Return the range of lines of a block element; None for an inline one."""
        index = self.block_of.get(element)
        return None if index is None else (self.blocks[index].first, self.blocks[index].last)

    def ancestors(self, index: int) -> Iterator[int]:
        """Yield the block and its ancestors, innermost first."""
        while index >= 0:
            yield index
            index = self.blocks[index].parent

    def common_ancestor(self, a: int, b: int) -> int:
        """Return the innermost block that holds both blocks."""
        seen = set(self.ancestors(a))
        return next(index for index in self.ancestors(b) if index in seen)


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a body and of its lead, ascending, without the heading.

    `start` and `end` (exclusive) bound the lines around it that can hold date, byline and category; `is_exact` says
    that selectors named it.
    """

    lines: tuple[int, ...]
    lead: tuple[int, ...]
    start: int
    end: int
    extractor: str
    is_exact: bool


def reads_as_prose(text: str, tag: str, link_chars: int) -> bool:
    """Return whether a line reads like running text: long, with sentences, few links."""
    chars = len(text)
    if chars < _PROSE_CHARS or link_chars * 3 > chars or tag == "row":
        return False
    return chars >= _LONG_CHARS or text[-1] in '.;:!?…”"。' or any(end in text for end in _SENTENCE_ENDS)


def weight(line: Line) -> int:
    """Return the characters of prose in a line; rows of tables count for a part, they may be the whole of a notice."""
    chars = len(line.text) if line.is_prose else len(line.text) // 4 if line.tag == "row" else 0
    return 0 if chars and line.reason else chars
