"""Which CMS family made a page."""

from __future__ import annotations

from archive.extract.families import FAMILIES, Family
from archive.extract.outline import Outline
from archive.extract.select import select

__all__ = ["recognise"]


def recognise(outline: Outline, generator: str) -> Family | None:
    """Return the family that made the page, or None.

    `generator` is the page's `<meta name=generator>`; in one page it agrees with at most one family of each rank.
    """
    generator = generator.casefold()
    for family in FAMILIES:
        if family.generator and family.generator in generator:
            return next((f for f in FAMILIES if f.rank > family.rank and _is_marked(outline, f)), family)
    return next((f for f in FAMILIES if _is_marked(outline, f)), None)


def _is_marked(outline: Outline, family: Family) -> bool:
    return any(select(outline, mark) for mark in family.marks)
