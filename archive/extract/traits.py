"""What an element's tag and attributes say of its text: read once for each distinct combination."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from archive.extract.families import CLASSES
from archive.extract.outline import HEADINGS
from archive.extract.zones import hides, zone_reason

__all__ = ["Traits", "read_traits"]

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "frameset", "h1", "h2"),
        *("h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "menu"),
        *("nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th"),
        *("thead", "tr", "ul"),
    )
)
_BOLD = frozenset(("b", "strong", "th")) | HEADINGS
_ITALIC = frozenset(("i", "em", "cite", "dfn"))
_LISTS = frozenset(("ul", "ol"))


@dataclass(frozen=True, slots=True)
class Traits:
    """What an element is and does to the text inside it.

    `names`: classes and id; `classes`: those that selectors ask for. `zone`: why it is chrome by its name, or empty.
    `changes`: what holds inside it differs from what holds outside.
    """

    tag: str
    names: str
    hides: bool
    classes: tuple[str, ...]
    is_block: bool
    zone: str
    align: str
    is_bold: bool
    is_italic: bool
    is_list: bool
    is_caption: bool
    changes: bool


# A portal's pages have few distinct ones.
@lru_cache(maxsize=1 << 14)
def read_traits(tag: str, classes: str, identifier: str, style: str, align: str) -> Traits:
    """Return what an element with this tag and these attributes (empty where it has none) says."""
    names = f"{classes} {identifier}" if identifier else classes
    reason = zone_reason(tag, names) if tag in _BLOCKS or names else ""
    side = _alignment(align, style, classes) or ("center" if tag == "center" and not (names or style or align) else "")
    is_bold, is_italic, is_list = tag in _BOLD, tag in _ITALIC, tag in _LISTS
    return Traits(
        tag=tag,
        names=names,
        hides=hides(style, classes),
        classes=tuple(name for name in dict.fromkeys(classes.split()) if name in CLASSES),
        is_block=tag in _BLOCKS,
        zone="" if reason == "caption" else reason,
        align=side,
        is_bold=is_bold,
        is_italic=is_italic,
        is_list=is_list,
        is_caption=tag == "figcaption" or reason == "caption",
        # A table may turn out to be one of data.
        changes=bool(reason or side or is_bold or is_italic or is_list) or tag in ("figcaption", "table"),
    )


def _alignment(align: str, style: str, classes: str) -> str:
    side = align.lower()
    if "text-align" in style:
        side = style.split("text-align", 1)[1][:12].strip(" :").lower()
    if not side and "text-" in classes:
        is_right = "text-right" in classes or "text-end" in classes
        side = "right" if is_right else "center" if "text-center" in classes else ""
    for known in ("right", "center"):
        if side.startswith(known):
            return known
    return "left" if side else ""
