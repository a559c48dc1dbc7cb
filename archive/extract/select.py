"""A small selector language over an outline's indexes: what a family needs to name its elements, in constant time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from archive.extract.outline import Outline
from archive.extract.page import Element

__all__ = ["select"]

_STEP = re.compile(r"(?P<tag>[a-z][a-z0-9]*)?(?P<rest>(?:[.#@][\w*-]+)*)")
_MOST = 500  # of so many elements with one name none says anything
_PART = re.compile(r"([.#@])([\w*-]+)")


def select(outline: Outline, selector: str) -> list[Element]:
    """Return the elements that `selector` names, in document order within one class.

    `tag.class`, `.class`, `#id`, `@itemprop`, and several parts separated by spaces for "inside of". An id may end or
    start with `*` (`#*pnNguontin`: ASP.NET prefixes its ids with those of the containers). A selector of one part needs
    a class, an id or an itemprop, or is the tag of a block; `a@rel-author` is the link with that relation.
    """
    outer, last, holders = _parse(selector)
    if holders:
        return list(dict.fromkeys(e for holder in select(outline, holders) for e in holder.iter(last[0])))
    found = _candidates(outline, last)
    if not found:
        return found
    return [element for element in found[:_MOST] if _fits(element, last) and _inside(element, outer)]


_Step = tuple[str, tuple[tuple[str, str], ...]]


@lru_cache(maxsize=4096)
def _parse(selector: str) -> tuple[tuple[_Step, ...], _Step, str]:
    """Return the steps around, the last step, and the selector of what holds it where the last is a bare tag."""
    *outer, last = (_step(step) for step in selector.split())
    return tuple(outer), last, selector.rpartition(" ")[0] if outer and not last[1] else ""


def _step(step: str) -> _Step:
    match = _STEP.fullmatch(step)
    if match is None:
        raise ValueError(f"selector {step!r}: expected tag.class, #id or @itemprop")
    return match["tag"] or "", tuple(_PART.findall(match["rest"]))


def _candidates(outline: Outline, parsed: _Step) -> list[Element]:
    for kind, name in parsed[1]:
        if kind == ".":
            return outline.by_class.get(name, [])
        if kind == "@":
            return outline.by_itemprop.get(name, [])
        if "*" not in name:
            return [outline.by_id[name]] if name in outline.by_id else []
        return [element for identifier, element in outline.by_id.items() if _matches(identifier, name)]
    return [block.element for block in outline.blocks if block.tag == parsed[0]]


def _matches(identifier: str, pattern: str) -> bool:
    start, _, end = pattern.partition("*")
    return identifier.startswith(start) and identifier.endswith(end)


def _fits(element: Element, parsed: _Step) -> bool:
    tag, parts = parsed
    if tag and element.tag != tag:
        return False
    for kind, name in parts:
        if kind == "." and name not in element.get("class", "").split():
            return False
        if kind == "@" and name not in _properties(element):
            return False
        if kind == "#" and not _matches(element.get("id", ""), name if "*" in name else f"{name}*"):
            return False
    return True


def _properties(element: Element) -> list[str]:
    return [*element.get("itemprop", "").split(), *(f"rel-{name}" for name in element.get("rel", "").split())]


def _inside(element: Element, outer: Sequence[_Step]) -> bool:
    """Whether the ancestors of `element` fit `outer`, innermost last."""
    wanted = list(outer)
    if not wanted:
        return True
    for ancestor in element.iterancestors():
        if not wanted:
            break
        if _fits(ancestor, wanted[-1]):
            wanted.pop()
    return not wanted
