"""What was learned of a portal, applied to a page of it: its container, and the lines of blocks that recur."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.chrome.digests import Lines, digest, spans
from archive.chrome.places import Places, find

if TYPE_CHECKING:
    from archive.chrome.model import Learned
    from archive.extract.outline import Block, Body, Line, Outline

__all__ = ["find_container", "learned_chrome", "strange_chars", "text_chars"]

_DOCUMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|rar|zip)(?:\?|$)", re.I)
_NEARLY = 0.85
_LEAST_LEFT = 0.3  # of the characters; where less would stay the page is of another making than what was learned


def find_container(outline: Outline, learned: Learned) -> Block | None:
    """Return the block that holds the article by what was learned, None where the page has none with text in it.

    Of several the one with most text; of blocks in one another the inner one that has nearly all of it.
    """
    found: list[tuple[int, Block]] = []
    for address in learned.containers:
        blocks = [outline.blocks[index] for index in find(outline, address)]
        with_text = [(chars, block) for block in blocks if (chars := text_chars(outline, block.first, block.last))]
        if with_text:
            found.append(max(with_text, key=lambda one: (outline.prose_of(one[1]), one[0])))
    if not found:
        return None
    most, best = max(found, key=lambda one: one[0])
    inner = [
        one for one in found if one[0] >= most * _NEARLY and best.first <= one[1].first and one[1].last <= best.last
    ]
    return min(inner, key=lambda one: (one[1].last - one[1].first, one[0]))[1]


def text_chars(outline: Outline, first: int, last: int) -> int:
    """Return the characters of lines `first` to `last` (exclusive) that stand in no link."""
    return sum(len(line.text) - line.link_chars for line in outline.lines[first:last])


def strange_chars(outline: Outline, first: int, last: int, learned: Learned) -> int:
    """Return the characters of text in lines `first` to `last` (exclusive) that stand where text seldom stands."""
    places, recurring = Places(outline), _recurring(outline, first, last, learned.outside, frozenset())
    return sum(
        len(line.text) - line.link_chars
        for line in outline.lines[first:last]
        if not (line.is_link or line.reason or line.index in recurring)
        and digest(places.of(line.block)) not in learned.around
    )


def learned_chrome(outline: Outline, body: Body, learned: Learned) -> frozenset[int]:
    """Return the lines of lead and body that are chrome by what was learned of the portal.

    None of the body where next to nothing of it would stay.
    """
    first, last = body.lines[0], body.lines[-1] + 1
    found = _recurring(outline, first, last, learned.inside, learned.teasers)
    # In a container only what was learned inside of containers counts: a telephone number below is not the footer's.
    if not body.is_exact and learned.outside:
        container = find_container(outline, learned)
        start, end = (container.first, container.last) if container else (last, last)
        found |= _recurring(outline, first, min(start, last), learned.outside, frozenset())
        found |= _recurring(outline, max(first, end), last, learned.outside, frozenset())
    if found:
        found |= _listed_below(outline.lines[:last], found)
        chars = [len(line.text) for line in outline.lines[first:last]]
        if sum(chars[i - first] for i in found) > sum(chars) * (1 - _LEAST_LEFT):
            found = set()
    if body.lead:
        found |= _recurring(outline, body.lead[0], body.lead[-1] + 1, learned.outside, frozenset())
    return frozenset(found)


def _recurring(outline: Outline, first: int, last: int, digests: frozenset[int], teasers: frozenset[int]) -> set[int]:
    """Return which of the lines `first` to `last` (exclusive) stand in blocks of these digests, or at these places."""
    found: set[int] = set()
    if first >= last or not (digests or teasers):
        return found
    places, said = Places(outline), Lines(outline.lines, first, last)
    reached = first
    for index, start, end in spans(outline, first, last):
        if start < reached:
            continue  # inside one that was found
        place = places.of(index)
        if said.digest(start, end, place) in digests or (teasers and digest(place) in teasers):
            found.update(range(start, end))
            reached = end
    return found


def _listed_below(lines: list[Line], found: set[int]) -> set[int]:
    """Return the links at the end of a text that follow a block that recurs: it is the heading of their list."""
    tail: list[int] = []
    for line in reversed(lines):
        if line.index in found:
            return set(tail)
        if line.link_chars * 2 <= len(line.text) or _DOCUMENT.search(line.href):
            break
        tail.append(line.index)
    return set()
