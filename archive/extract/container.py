"""The block that holds an article's body, found by where the prose is; class names are not asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from archive.extract.dates import parse_date
from archive.extract.inserts import is_attachment
from archive.extract.lexicon import find
from archive.extract.outline import Line, Outline
from archive.extract.teasers import headline_of, is_headline_link, own_mass

__all__ = ["Region", "find_region", "is_past", "region_of", "widened"]

# Blocks that can hold a body; a paragraph or a heading cannot.
_HOLDERS = frozenset(
    [
        "body",
        "div",
        "td",
        "th",
        "tr",
        "tbody",
        "table",
        "section",
        "article",
        "main",
        "center",
        "form",
        "fieldset",
        "blockquote",
        "dd",
        "dl",
        "ul",
        "ol",
        "li",
        "span",
    ]
)
_DESCENT_SHARE = 0.72  # a child with this share of the prose is the place to look in
_TITLE_SHARE = 0.2  # a child with the title needs only this
_LITTLE_PROSE = 200  # characters; of so little no shares are taken
_LEVELS = 3
_HEADLINES, _SMALL_CHARS = 2, 600
_HEADING_CHARS = 60
_BUTTON_CHARS = 20
_FEW_CHARS = 12  # of a line of text: shorter ones are what is left of toolbars
_TEASERS = 2
_TEASER_LINES = 6  # of a box with the title of another article and its beginning
_ENDS = frozenset(("related", "comment", "footer", "side", "nav", "poll", "tags"))


@dataclass(frozen=True, slots=True)
class Region:
    """Where an article stands: lines `first` to `last` (exclusive) of body; block `body` holds most of it.

    `outer` is the innermost block that holds body and heading; `start` its first line, `end` the line behind it.
    """

    body: int
    outer: int
    first: int
    last: int
    start: int
    end: int


def find_region(outline: Outline, title: Line | None) -> Region | None:
    """Return where the article stands, or None on a page without lines.

    From the root down: into the child that holds most of the prose, or that holds the heading together with some of
    it, until the prose is spread over the children. Then up again, as far as what stands beside the block found reads
    like a part of it. A notice that has next to no prose is what stands right below its heading.
    """
    if not outline.blocks or not outline.lines:
        return None
    children = outline.children
    current = next(iter(children.get(-1, [])), None)
    if current is None:
        return None
    prose, links = (outline.prose, outline.links) if title is None else own_mass(outline)
    is_sparse = title is not None and prose[-1] - prose[title.index] < _LITTLE_PROSE
    if title is not None and is_sparse and (below := _below(outline, title)):
        return below
    while True:
        narrower = _narrower(outline, current, children.get(current, []), title, (prose, links))
        if narrower is None:
            break
        current = narrower
    region = widened(outline, region_of(outline, current, title), title)
    if title is not None and not is_sparse and _is_past(outline, title, region):
        return _below(outline, title) or region
    return region


def _is_past(outline: Outline, title: Line, region: Region) -> bool:
    """Whether a region is another block than the article's: teasers, or a few sentences with headlines above them."""
    lines = outline.lines
    paragraphs = [line for line in lines[region.first : region.last] if line.is_prose and not line.reason]
    beginning = paragraphs[0].index if paragraphs else region.first
    if any(map(_begins_another, lines[title.index + 1 : beginning])):
        return True
    if sum(is_headline_link(line) for line in lines[title.index + 1 : region.last]) < _HEADLINES:
        return False
    teasers = sum(headline_of(outline, line) is not None for line in paragraphs)
    if teasers * 5 >= len(paragraphs) * 3:
        return True
    is_small = sum(len(line.text) for line in paragraphs) < _SMALL_CHARS
    return is_small and sum(is_headline_link(line) for line in lines[title.index + 1 : region.first]) >= _HEADLINES


def _begins_another(line: Line) -> bool:
    """Whether a line is the heading of comments, or of other articles."""
    if line.is_prose or len(line.text) > _HEADING_CHARS:
        return False
    phrase = find(line.text)
    return phrase is not None and phrase.is_whole and not phrase.is_risky and phrase.kind in ("comment", "related")


def is_past(outline: Outline, start: int, region: Region) -> bool:
    """Return whether another block has begun between line `start` and the first paragraph of a region."""
    lines = outline.lines[start : region.last]
    beginning = next((number for number, line in enumerate(lines) if line.is_prose and line.index >= region.first), 0)
    return any(is_headline_link(line) or _begins_another(line) for line in lines[:beginning])


def _narrower(
    outline: Outline, current: int, children: list[int], title: Line | None, mass: tuple[list[int], list[int]]
) -> int | None:
    """Return the child to go on in, or None where the search ends; `mass`: of prose and of links before each line."""
    blocks = outline.blocks

    def prose_of(index: int) -> int:
        return mass[0][blocks[index].last] - mass[0][blocks[index].first]

    def links_of(index: int) -> int:
        return mass[1][blocks[index].last] - mass[1][blocks[index].first]

    whole = prose_of(current)
    candidates = [i for i in children if blocks[i].tag in _HOLDERS]
    if not candidates:
        return None
    best = max(candidates, key=prose_of)
    block, most = blocks[best], prose_of(best)
    beside = 0  # heading and lead, in a block of their own above the body's
    if title is not None and (index := _child_with(outline, candidates, title)) is not None:
        if index != best and block.first > title.index and links_of(best) * 3 < most:
            beside = prose_of(index)
        elif prose_of(index) >= max(1, whole * _TITLE_SHARE):
            return index
    if most == 0:
        return None
    if block.last - block.first == 1 and blocks[current].last - blocks[current].first > 1:
        return None  # a paragraph
    if most >= (whole - beside) * _DESCENT_SHARE:
        return best
    # Columns side by side: the main one has fewer links for its prose than the sides.
    if title is not None or most < whole * 0.45 or links_of(best) * 3 >= most or len(candidates) > 6:
        return None
    return best if all(links_of(i) * 2 > prose_of(i) for i in candidates if i != best) else None


def _child_with(outline: Outline, children: list[int], line: Line) -> int | None:
    return next((i for i in children if outline.blocks[i].first <= line.index < outline.blocks[i].last), None)


def region_of(outline: Outline, body: int, title: Line | None) -> Region:
    """Return the region of a body that is known, with the heading where it stands before or in it."""
    block = outline.blocks[body]
    if title is None or title.index >= block.last:
        return Region(body, body, block.first, block.last, block.first, block.last)
    outer = outline.common_ancestor(body, title.block)
    around = outline.blocks[outer]
    first = max(block.first, title.index + 1)
    return Region(body, outer, first, block.last, min(around.first, title.index), around.last)


def widened(outline: Outline, region: Region, title: Line | None) -> Region:
    """Return the region with what stands beside its block and reads like a part of it, up to the block `outer`."""
    first, last = region.first, region.last
    current, is_open = region.body, True
    while current != region.outer and (parent := outline.blocks[current].parent) >= 0:
        is_outermost = parent == region.outer
        start = outline.blocks[parent].first
        if title is not None and title.index < first:
            start = max(start, title.index + 1)
        if is_open:
            reach, is_open = _reach(outline, parent, (last, outline.blocks[parent].last), is_outermost=is_outermost)
            last = max(last, reach)
        if not is_outermost:
            first = _back(outline, start, first)
        current = parent
    return replace(region, first=first, last=last)


def _back(outline: Outline, start: int, first: int) -> int:
    """Return the line that text without links begins with which goes on up to line `first`."""
    for line in reversed(outline.lines[start:first]):
        if line.link_chars or line.reason or find(line.text):
            break
        first = line.index
    return first


def _reach(
    outline: Outline, parent: int, span: tuple[int, int], *, is_outermost: bool, is_below: bool = False
) -> tuple[int, bool]:
    """Return how far what reads like text goes on in the lines of `span`, inside of `parent`, and whether to its end.

    Looked at child for child; a toolbar on the way is passed over, and buttons right below the heading (`is_below`).
    Beside the heading's own block only text counts.
    """
    reach = span[0]
    for first, last in _groups(outline, parent, span):
        lines = outline.lines[first:last]
        own = [line for line in lines if not line.reason]
        if not own:
            if any(line.reason in _ENDS for line in lines):
                return reach, False
            continue
        if is_below and reach == span[0] and all(line.link_chars and len(line.text) <= _BUTTON_CHARS for line in own):
            continue
        if not _reads_like_text(own) or (is_outermost and not any(line.is_prose for line in own)):
            return reach, False
        reach = last
    return reach, True


def _groups(outline: Outline, parent: int, span: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the line ranges of a block's children inside of `span`, and each line that stands in no child alone."""
    at, end = span
    for index in outline.children.get(parent, []):
        block = outline.blocks[index]
        if block.first < at or block.first >= end:
            continue
        yield from ((i, i + 1) for i in range(at, block.first))
        yield block.first, block.last
        at = block.last
    yield from ((i, i + 1) for i in range(at, end))


def _reads_like_text(lines: list[Line]) -> bool:
    """Whether lines beside a body are a part of it: few links but for documents, no heading of another block."""
    first = lines[0]
    phrase = find(first.text)
    if phrase is not None and phrase.is_whole and phrase.kind not in ("meta_label", "attachment", "legal_doc"):
        below = lines[1] if len(lines) > 1 else None
        if not phrase.is_risky or (below is not None and below.is_link):
            return False
    if len(lines) <= _TEASER_LINES and is_headline_link(first) and any(line.is_prose for line in lines):
        return False
    if sum(is_headline_link(above) and line.is_prose for above, line in pairwise(lines)) >= _TEASERS:
        return False
    links = sum(line.link_chars for line in lines if not is_attachment(line))
    return links * 3 <= sum(len(line.text) for line in lines)


def _below(outline: Outline, title: Line) -> Region | None:
    """Return the region right below the heading of a page without prose: the first text, list or document there.

    A block or two around are asked for more, as long as nothing else has begun.
    """
    found: Region | None = None
    at, outer, levels = title.index + 1, title.block, _LEVELS
    while outer >= 0 and levels:
        block = outline.blocks[outer]
        at, is_open = _reach(outline, outer, (at, block.last), is_outermost=False, is_below=found is None)
        if any(_has_weight(line) for line in outline.lines[title.index + 1 : at]):
            found = Region(outer, outer, title.index + 1, at, block.first, block.last)
            levels -= 1
        if not is_open:
            break
        outer = block.parent
    return found


def _has_weight(line: Line) -> bool:
    if line.reason:
        return False
    return is_attachment(line) or (not line.link_chars and len(line.text) > _FEW_CHARS and not parse_date(line.text))
