"""Which lines are the article's body: strategies in order, each checked against where the prose is."""

from __future__ import annotations

from dataclasses import replace

from archive.chrome.apply import find_container, strange_chars, text_chars
from archive.chrome.model import Learned
from archive.extract.container import Region, find_region, is_past, region_of, widened
from archive.extract.date_lines import is_update_line
from archive.extract.families import NAMES, Family
from archive.extract.outline import Body, Line, Outline
from archive.extract.page import Element
from archive.extract.second_opinion import believed_lines
from archive.extract.select import select

__all__ = ["family_body", "family_chrome", "family_title", "find_body"]

_BELIEVED_SHARE = 0.5  # a named container must hold this share of the prose that stands below the heading
_FAMILY_SHARE = 0.25  # and one that a family names
_MANY_LINES = 40
_FEW_CHARS = 250  # of so little prose no shares are taken
_LEAD_LINES = 6
_SENTENCE_WORDS = 8  # of a short lead
_STRANGE_CHARS = 80  # of text beside a container that was learned: less is a label
_WHOLE_PAGE = frozenset(("html", "body", "form"))
LEARNED = replace(NAMES, name="learned")


def family_title(outline: Outline, family: Family) -> Line | None:
    """Return the line of the family's heading, or None."""
    for selector in family.title:
        for element in select(outline, selector):
            if line := line_of(outline, element):
                return line
    return None


def line_of(outline: Outline, element: Element) -> Line | None:
    """Return the line that an element's text stands in: the first of a block, the one around an inline element."""
    span = outline.span(element)
    if span is not None:
        return outline.lines[span[0]] if span[1] > span[0] else None
    text = " ".join("".join(element.itertext()).split())
    block = next((a for a in element.iterancestors() if a in outline.block_of), None)
    if block is None or not text:
        return None
    first, last = outline.span(block) or (0, 0)
    return next((line for line in outline.lines[first:last] if text in line.text), None)


def family_body(outline: Outline, family: Family, title: Line | None) -> Element | None:
    """Return the family's body container: of the first selector that finds text, the element with most of it.

    The heading alone is no text: templates use the same container for it.
    """
    for selector in family.body:
        found = [e for e in select(outline, selector) if _has_text(outline, outline.span(e), title)]
        if found:
            return max(found, key=lambda e: _mass(outline, e))
    return None


def family_chrome(outline: Outline, family: Family) -> dict[int, str]:
    """Return the lines that the family names as no part of the article, by index, with why."""
    found: dict[int, str] = {}
    for selector, reason in family.chrome:
        for element in select(outline, selector):
            first, last = outline.span(element) or (0, 0)
            found |= dict.fromkeys(range(first, last), reason)
    return found


def _has_text(outline: Outline, span: tuple[int, int] | None, title: Line | None) -> bool:
    return span is not None and any(line is not title for line in outline.lines[span[0] : span[1]])


def _mass(outline: Outline, element: Element) -> int:
    first, last = outline.span(element) or (0, 0)
    return sum(len(line.text) - line.link_chars for line in outline.lines[first:last])


def find_body(
    outline: Outline, family: Family | None, title: Line | None, learned: Learned | None = None
) -> Body | None:
    """Return the body, or None on a page without any.

    The family's container first, then the one learned for the portal, then the names that many portals use, then the
    block that holds the prose. A container is not believed when it holds far less than what stands below the heading,
    or nearly the whole page.
    """
    below = outline.prose[-1] - outline.prose[title.index if title is not None else 0]
    region: Region | None = None
    is_sought = False
    for candidate in (family, LEARNED if learned else None, NAMES):
        if candidate is None or (element := _container(outline, candidate, title, learned)) is None:
            continue
        first, last = outline.span(element) or (0, 0)
        if _is_whole_page(outline, first, last):
            continue
        mass = outline.prose[last] - outline.prose[first]
        is_family = candidate is not NAMES
        if not (is_family and mass * 2 >= below):
            region, is_sought = region or find_region(outline, title), True
            if region is not None and candidate is LEARNED and learned is not None:
                if _is_beside(outline, region, (first, last), learned):
                    continue
            elif region is not None and not _agrees(outline, region, (first, last), is_family=is_family):
                continue
        return _named(outline, candidate, element, title)
    if not is_sought:
        region = find_region(outline, title)
    return _found(outline, region, title) if region else None


def _is_whole_page(outline: Outline, first: int, last: int) -> bool:
    """Whether a container of that range holds nearly all lines of a page, and more links than text."""
    if last - first < _MANY_LINES or (last - first) * 5 < len(outline.lines) * 4:
        return False
    return outline.links[last] - outline.links[first] > outline.prose[last] - outline.prose[first]


def _agrees(outline: Outline, region: Region, span: tuple[int, int], *, is_family: bool) -> bool:
    """Whether a named container holds enough of the prose of the region that was found without names."""
    first, last = span
    if is_family and is_past(outline, last, region):
        return True  # what was found is another block
    whole = sum(len(i.text) for i in outline.lines[region.first : region.last] if i.is_prose and not i.reason)
    mass = sum(len(i.text) for i in outline.lines[first:last] if i.is_prose)
    if whole > _FEW_CHARS and mass < whole * (_FAMILY_SHARE if is_family else _BELIEVED_SHARE):
        return False
    return is_family or (first < region.last and region.first < last)


def _is_beside(outline: Outline, region: Region, span: tuple[int, int], learned: Learned) -> bool:
    """Whether the article stands beside a container that was learned, rather than a side block that is known.

    Beside a short notice a side block may hold most of the text: that it does is known of its place.
    """
    first, last = span
    beside = ((region.first, min(first, region.last)), (max(last, region.first), region.last))
    strange = sum(strange_chars(outline, *lines, learned) for lines in beside)
    return strange > max(text_chars(outline, first, last), _STRANGE_CHARS)


def _container(outline: Outline, family: Family, title: Line | None, learned: Learned | None) -> Element | None:
    """Return the element that holds the body by a family's selectors, or by what was learned."""
    if family is not LEARNED or learned is None:
        return family_body(outline, family, title)
    block = find_container(outline, learned)
    return block.element if block else None


def _found(outline: Outline, region: Region, title: Line | None) -> Body:
    """Return the body in a region that was found without names."""
    lines = list(range(region.first, region.last))
    # Between heading and body: only sentences belong to the article.
    lead = _between(outline, title.index + 1, region.first, is_named=False) if title is not None else []
    if outline.blocks[region.body].tag in _WHOLE_PAGE:
        # The prose is spread over the page: no block holds it. What trafilatura takes bounds the body.
        own = [outline.lines[i] for i in lines]
        if believed := believed_lines(own):
            lines = [i for i in lines if believed[0] <= i <= believed[-1]]
            return Body(tuple(lines), tuple(lead), region.start, region.end, "trafilatura", is_exact=False)
    return Body(tuple(lines), tuple(lead), region.start, region.end, "prose", is_exact=False)


def _between(outline: Outline, first: int, last: int, *, is_named: bool) -> list[int]:
    """Return the lines of text between heading and body: leads that stand in a block of their own.

    Above a container that a family names running text alone counts: other blocks may stand there. Else sentences, too.
    """
    lines = (line for line in outline.lines[first:last] if not line.reason)
    return [line.index for line in lines if line.is_prose or (not is_named and _is_sentence(line))]


def _is_sentence(line: Line) -> bool:
    """Whether a line may be a short lead."""
    return (
        not line.link_chars
        and line.tag != "row"
        and line.text[-1:] in ".!?…"
        and len(line.text.split()) >= _SENTENCE_WORDS
        and not is_update_line(line.text)
    )


def _lead(outline: Outline, family: Family, body: tuple[int, int], title: Line | None) -> list[int]:
    """Return the lines of the lead that stands under its name between heading and body, or at the body's beginning."""
    least = title.index + 1 if title is not None and title.index < body[0] else 0
    for selector in dict.fromkeys((*family.lead, *NAMES.lead)):
        for element in select(outline, selector):
            first, last = outline.span(element) or (0, 0)
            is_own = selector in family.lead
            if not 0 < last - first <= _LEAD_LINES or (first < least and not is_own):
                continue
            if first < body[0] or (first <= body[0] + 1 and last < body[1]):
                return [i for i in range(first, last) if title is None or i != title.index]
    return []


def _named(outline: Outline, family: Family, element: Element, title: Line | None) -> Body:
    first, last = outline.span(element) or (0, 0)
    if family in (LEARNED, NAMES):
        # Some portals have a container of that name for each part of a text.
        region = widened(outline, region_of(outline, outline.block_of[element], title), title)
        first, last = region.first, region.last
    # A container that holds the heading too: what stands above the heading is no body.
    if title is not None and first <= title.index < last:
        first = title.index + 1
    lead = _lead(outline, family, (first, last), title)
    if not lead and title is not None and title.index < first:
        lead = _between(outline, title.index + 1, first, is_named=family not in (LEARNED, NAMES))
    body = outline.block_of[element]
    outer = outline.common_ancestor(body, title.block) if title is not None else body
    if outer == body:
        # The heading stands inside, or nowhere: date and byline may stand next to the container.
        outer = outline.blocks[body].parent if outline.blocks[body].parent >= 0 else body
    around = outline.blocks[outer]
    start = min(around.first, first) if title is None else min(title.index, first)
    return Body(
        tuple(range(first, last)),
        tuple(lead),
        min(start, around.first),
        max(around.last, last),
        family.name,
        is_exact=family is not LEARNED,
    )
