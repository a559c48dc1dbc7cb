"""What the kind of a page is judged by."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from archive.extract.families import Family
from archive.extract.metadata import Metadata
from archive.extract.outline import Line, Outline
from archive.records import PageKind

__all__ = ["Evidence", "Verdict"]

Verdict = tuple[PageKind, str] | None  # a kind and why; None: it cannot be told from this


@dataclass(frozen=True, slots=True)
class Evidence:
    """A parsed page from all sides. `has_body`: the family's own body container stands in the page and holds text."""

    url: str
    tree: etree._Element
    outline: Outline
    metadata: Metadata
    family: Family | None
    title: Line | None
    has_body: bool
