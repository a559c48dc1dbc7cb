"""Teasers of other articles, unmarked: linked headlines, each with a sentence below it in one small block."""

from __future__ import annotations

from itertools import accumulate

from archive.extract.dates import parse_date
from archive.extract.outline import Line, Outline, weight

__all__ = ["HEADLINE_CHARS", "headline_of", "is_headline_link", "own_mass"]

HEADLINE_CHARS = 22  # of the shortest
_BLOCK_LINES = 6  # of a block that holds one teaser
_BETWEEN = 2  # lines between headline and sentence: date, category
_LEAST = 3  # fewer are no list


def is_headline_link(line: Line) -> bool:
    """Return True for a link that is long enough for the title of another article, and no button."""
    return line.is_link and len(line.text) >= HEADLINE_CHARS and not line.is_button


def own_mass(outline: Outline) -> tuple[list[int], list[int]]:
    """Return the characters of prose, and of links, before each line and before the end: without zones and teasers."""
    lines = outline.lines
    told = (line for line in lines if line.is_prose and not line.reason)
    teasers = [(headline.index, line.index) for line in told if (headline := headline_of(outline, line))]
    others: set[int] = set()
    if len(teasers) >= _LEAST:
        others = {index for first, last in teasers for index in range(first, last + 1)}
    prose = outline.prose
    if others:
        prose = [0, *accumulate(0 if line.index in others else weight(line) for line in lines)]
    links = [0, *accumulate(0 if line.reason or line.index in others else line.link_chars for line in lines)]
    return prose, links


def headline_of(outline: Outline, line: Line) -> Line | None:
    """Return the headline that a line of prose stands below, with it in a block of its own, or None."""
    for above in reversed(outline.lines[max(0, line.index - 1 - _BETWEEN) : line.index]):
        if is_headline_link(above):
            block = outline.blocks[outline.common_ancestor(above.block, line.block)]
            return above if block.last - block.first <= _BLOCK_LINES else None
        if above.is_prose or (len(above.text) >= HEADLINE_CHARS and not parse_date(above.text)):
            return None
    return None
