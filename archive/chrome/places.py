"""Where a block stands, in words that are the same on other pages of its portal.

A step is a tag with its classes and id, without what differs from page to page: numbers, generated ids, states. The
place of a block is its nearest two named steps and the tags below them; it tells blocks of one kind from others, not
from each other. Its address names one block: from the nearest named step down, a nameless one by its number among
its siblings of the same tag, so that cells of tables without any name have one too.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.extract.outline import Outline
    from archive.extract.page import Element

__all__ = ["Places", "find", "step"]

_NUMBER = re.compile(r"(?<![^\W_])\d+(?![^\W_])")
# Ids that a server makes anew for each page (GUIDs, ids of records), the state of a menu, the subjects of an article.
_PASSING = re.compile(
    r"[0-9a-f]{8}[-_]?[0-9a-f]{4}|[0-9a-f]{16}|^(?:active|current|selected|open|opened|show|in|first|last|odd|even)$"
    r"|^(?:category|tag|term|cat|author|postid|status|format)-|^current[-_]",
    re.I,
)
_WHOLE_PAGE = frozenset(("html", "body"))
_PLACE_CHARS = 160
_STEPS = 24  # of an address; nothing is nested deeper below its last name
_PARSED = re.compile(r"(?P<tag>[^.\[]+)(?:\[(?P<number>\d+)\])?")


@lru_cache(maxsize=1 << 14)
def step(tag: str, names: str) -> str:
    """Return a tag with those of its names that other pages have too: `div.news-detail.col-#`; the bare tag if none."""
    if not names or tag in _WHOLE_PAGE:
        return tag
    kept = [_NUMBER.sub("#", name) for name in names.split() if len(name) <= 80 and not _PASSING.search(name)]
    return ".".join((tag, *dict.fromkeys(kept))) if kept else tag


class Places:
    """The places and addresses of the blocks of one page."""

    def __init__(self, outline: Outline) -> None:
        self._blocks = outline.blocks
        self._known: dict[int, tuple[str, str]] = {}  # block → its place, and the last named step on the way to it

    def of(self, index: int) -> str:
        """Return the place of a block."""
        if index not in self._known:
            way = []
            while index >= 0 and index not in self._known:
                way.append(index)
                index = self._blocks[index].parent
            place, named = self._known[index] if index >= 0 else ("", "")
            for index in reversed(way):
                block = self._blocks[index]
                own = step(block.tag, block.names)
                if "." in own:
                    place, named = f"{named} {own}" if named else own, own
                else:
                    place = f"{place}>{own}"[-_PLACE_CHARS:]
                self._known[index] = place, named
        return self._known[index][0]

    def address(self, index: int) -> str | None:
        """Return the address of a block; None where it is nested too deeply below a name."""
        steps: list[str] = []
        while index >= 0 and len(steps) < _STEPS:
            block = self._blocks[index]
            own = step(block.tag, block.names)
            if "." in own or own in _WHOLE_PAGE:
                return ">".join((own, *reversed(steps)))
            steps.append(f"{own}[{_number(block.element)}]")
            index = block.parent
        return None


def find(outline: Outline, address: str) -> list[int]:
    """Return the blocks at an address, in the order of the page."""
    anchor, *steps = address.split(">")
    tag = anchor.partition(".")[0]
    found = []
    for block in outline.blocks:
        if block.tag != tag or block.last == block.first or step(tag, block.names) != anchor:
            continue
        element = block.element
        for own in steps:
            parsed = _PARSED.fullmatch(own)
            if parsed is None or parsed["number"] is None:
                break
            same = element.iterchildren(parsed["tag"])
            child = next((child for n, child in enumerate(same, 1) if n == int(parsed["number"])), None)
            if child is None:
                break
            element = child
        else:
            if (inner := outline.block_of.get(element)) is not None:
                found.append(inner)
    return found


def _number(element: Element) -> int:
    """Return the number of an element among its siblings of the same tag, from 1."""
    return 1 + sum(1 for _ in element.itersiblings(str(element.tag), preceding=True))
