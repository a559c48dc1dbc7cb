"""What an element's tag and attributes say of its text: read once for each distinct combination."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from archive.extract.families import CLASSES
from archive.extract.zones import hides, zone_reason

__all__ = ["CELLS", "HEADINGS", "TELLING", "Traits", "read_traits"]

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
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


# Attributes that say anything of an element's text; the others differ on every element and would fill the cache.
TELLING = frozenset(("class", "id", "style", "align", "hidden", "aria-hidden", "itemprop", "itemtype", "rel"))
CELLS = frozenset(("td", "th"))
# What shows no text of its own.
_SKIPPED = frozenset(
    (
        *("applet", "audio", "button", "canvas", "datalist", "embed", "head", "iframe", "input", "link", "map"),
        *("math", "meta", "noscript", "object", "option", "picture", "script", "select", "source", "style", "svg"),
        *("template", "textarea", "title", "video"),
    )
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What an element is and does to the text inside it.

    `names`: classes and id; `classes`: those that selectors ask for; `meanings`: itemprops, and relations of links as
    `rel-…`. `zone`: why it is chrome by its name, or empty. `changes`: what holds inside it differs from what holds
    outside. `is_bare_cell`: a cell without any name, which matters only as a part of its row.
    """

    tag: str
    is_hidden: bool
    is_input: bool = False
    names: str = ""
    classes: tuple[str, ...] = ()
    identifier: str = ""
    meanings: tuple[str, ...] = ()
    is_typed: bool = False
    is_indexed: bool = False
    is_block: bool = False
    is_bare_cell: bool = False
    is_void: bool = False
    zone: str = ""
    align: str = ""
    is_bold: bool = False
    is_italic: bool = False
    is_list: bool = False
    is_caption: bool = False
    changes: bool = False


# A portal's pages have few distinct ones.
@lru_cache(maxsize=1 << 14)
def read_traits(tag: str, items: tuple[tuple[str, str], ...]) -> Traits:
    """Return what an element with this tag and these of the `TELLING` attributes says."""
    attributes = dict(items)
    get = attributes.get
    classes, identifier, style = get("class", ""), get("id", ""), get("style", "")
    is_out = not isinstance(tag, str) or tag in _SKIPPED or "hidden" in attributes or get("aria-hidden") == "true"
    if is_out or hides(style, classes):
        return Traits(tag, is_hidden=True, is_input=tag in ("input", "textarea"))
    names = f"{classes} {identifier}" if identifier else classes
    reason = zone_reason(tag, names) if tag in _BLOCKS or names else ""
    align = "" if tag == "table" else get("align", "")  # where a table stands says nothing of the text in it
    side = _alignment(align, style, classes) or ("center" if tag == "center" and not (names or style or align) else "")
    is_bold, is_italic, is_list = tag in _BOLD, tag in _ITALIC, tag in _LISTS
    known = tuple(name for name in dict.fromkeys(classes.split()) if name in CLASSES)
    relations = [f"rel-{name}" for name in get("rel", "").split()] if tag == "a" else []
    meanings = (*get("itemprop", "").split(), *relations)
    return Traits(
        tag,
        is_hidden=False,
        names=names,
        classes=known,
        identifier=identifier,
        meanings=meanings,
        is_typed="itemtype" in attributes,
        is_indexed=bool(known or identifier or meanings or "itemtype" in attributes),
        is_block=tag in _BLOCKS,
        is_bare_cell=tag in CELLS and not items,
        is_void=tag in ("br", "img"),
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
