"""The block that holds an article's body, found by where the prose is; class names are not asked."""

from __future__ import annotations

from dataclasses import dataclass

from archive.extract.outline import Line, Outline

__all__ = ["Region", "find_region"]

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


@dataclass(frozen=True, slots=True)
class Region:
    """Where an article stands: lines `first` to `last` (exclusive) of body, inside block `outer`.

    `outer` is the innermost block that holds body and heading; `start` its first line, `end` the line behind it.
    """

    body: int
    outer: int
    first: int
    last: int
    start: int
    end: int


def find_region(outline: Outline, title: Line | None) -> Region | None:
    """Return where the article stands, or None on a page without prose.

    From the root down: into the child that holds most of the prose, or that holds the heading together with some of
    it, until the prose is spread over the children.
    """
    if not outline.blocks or not outline.lines:
        return None
    children: dict[int, list[int]] = {}
    for index, block in enumerate(outline.blocks):
        if block.last > block.first:
            children.setdefault(block.parent, []).append(index)
    current = next(iter(children.get(-1, [])), None)
    if current is None:
        return None
    while True:
        narrower = _narrower(outline, current, children.get(current, []), title)
        if narrower is None:
            break
        current = narrower
    return region_of(outline, current, title)


def _narrower(outline: Outline, current: int, children: list[int], title: Line | None) -> int | None:
    """Return the child to go on in, or None where the search ends."""
    whole = outline.prose_of(outline.blocks[current])
    candidates = [i for i in children if outline.blocks[i].tag in _HOLDERS]
    if not candidates:
        return None
    if title is not None:
        for index in candidates:
            block = outline.blocks[index]
            if block.first <= title.index < block.last and outline.prose_of(block) >= max(1, whole * _TITLE_SHARE):
                return index
    best = max(candidates, key=lambda index: outline.prose_of(outline.blocks[index]))
    block = outline.blocks[best]
    mass = outline.prose_of(block)
    if mass == 0:
        return None
    if block.last - block.first == 1 and outline.blocks[current].last - outline.blocks[current].first > 1:
        return None  # a paragraph
    if mass >= whole * _DESCENT_SHARE:
        return best
    # Columns side by side: the main one has fewer links for its prose than the sides.
    if title is None and mass >= whole * 0.45 and _links(outline, best) * 3 < mass and len(candidates) <= 6:
        others = [i for i in candidates if i != best]
        if all(_links(outline, i) * 2 > outline.prose_of(outline.blocks[i]) for i in others):
            return best
    return None


def _links(outline: Outline, index: int) -> int:
    block = outline.blocks[index]
    return outline.links[block.last] - outline.links[block.first]


def region_of(outline: Outline, body: int, title: Line | None) -> Region:
    """Return the region of a body that is known, with the heading where it stands before or in it."""
    block = outline.blocks[body]
    if title is None or title.index >= block.last:
        return Region(body, body, block.first, block.last, block.first, block.last)
    outer = outline.common_ancestor(body, title.block)
    around = outline.blocks[outer]
    first = max(block.first, title.index + 1)
    return Region(body, outer, first, block.last, min(around.first, title.index), around.last)
