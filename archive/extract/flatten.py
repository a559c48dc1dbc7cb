"""`flatten`: one pass over a parsed page that gives its outline.

The walk keeps its own stack, so depth costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

from archive.extract.outline import HEADINGS, Block, Line, Outline
from archive.extract.tables import is_data_table
from archive.extract.zones import Zone, hides, zone_reason

__all__ = ["flatten"]

# What shows no text of its own.
_SKIPPED = frozenset(
    (
        *("applet", "audio", "button", "canvas", "datalist", "embed", "head", "iframe", "input", "link", "map"),
        *("math", "meta", "noscript", "object", "option", "picture", "script", "select", "source", "style", "svg"),
        *("template", "textarea", "title", "video"),
    )
)
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
_CELLS = frozenset(("td", "th"))
_CHANGING = _BOLD | _ITALIC | {"ul", "ol", "figcaption", "table"}
_BULLETS = ("-", "–", "—", "+", "•", "*", "·", "▪", "►", "»", "¶", "✓", "○", "●", "§")


@dataclass(slots=True)
class _Context:
    """What holds for everything inside an element."""

    align: str = ""
    zone: Zone | None = None
    href: str = ""
    bold: bool = False
    italic: bool = False
    in_list: bool = False
    in_caption: bool = False
    in_row: bool = False


_NOWHERE = _Context()  # inside what is not shown


def flatten(root: HtmlElement) -> Outline:
    """Return the outline of the tree below `root`, hidden elements and scripts left out."""
    outline = Outline()
    _Walk(outline).run(root)
    _judge_zones(outline)
    outline.count()
    return outline


class _Walk:
    """The pass itself: collects the text of the current line and closes it at block borders."""

    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        self.contexts = [_Context()]
        self.open_blocks: list[int] = []
        self.pieces: list[str] = []
        self.link = self.bold = self.italic = 0
        self.href = ""
        self.bullet = False
        self.image_open = False
        self.cells: list[str] = []
        self.line_context = self.contexts[0]  # what holds where the current line's text begins
        self.has_text = False

    def run(self, root: HtmlElement) -> None:
        walker = etree.iterwalk(root, events=("start", "end"))
        contexts = self.contexts
        for event, element in walker:
            tag = element.tag
            if event == "end":
                inner = contexts.pop()
                if tag in _BLOCKS and inner is not _NOWHERE:
                    self.leave_block(str(tag), inner)
                if (tail := element.tail) and self.open_blocks:
                    self.add(tail, contexts[-1])
            elif tag in _SKIPPED or not isinstance(tag, str):
                self.outline.inputs += tag in ("input", "textarea")
                walker.skip_subtree()
                contexts.append(_NOWHERE)
            else:
                inner = self.enter(element, tag, contexts[-1])
                contexts.append(inner)
                if inner is _NOWHERE:
                    walker.skip_subtree()
                elif text := element.text:
                    self.add(text, inner)

    def enter(self, element: HtmlElement, tag: str, outer: _Context) -> _Context:
        """Open an element and return what holds inside it; `_NOWHERE` for one that a browser would not show."""
        attributes = dict(element.items())
        inner = outer
        if attributes:
            get = attributes.get
            traits = _traits(tag, get("class", ""), get("id", ""), get("style", ""), get("align", ""))
            if traits.hides or "hidden" in attributes or get("aria-hidden") == "true":
                return _NOWHERE
            self.index(element, tag, attributes, traits)
            if traits.changes or (tag == "a" and "href" in attributes):
                inner = self.change(tag, traits, outer, get("href", "") if tag == "a" else "")
        else:
            traits = _traits(tag, "", "", "", "")
            if traits.changes:
                inner = self.change(tag, traits, outer, "")
        if tag in _BLOCKS:
            self.enter_block(element, tag, outer, inner)
        elif tag == "br":
            self.border(outer)
        elif tag == "img":
            self.border_image()
        return inner

    def index(self, element: HtmlElement, tag: str, attributes: dict[str, str], traits: _Traits) -> None:
        """Enter the element under its classes, id, itemprops and (`rel-…`) relations."""
        outline = self.outline
        for name in traits.classes:
            if (named := outline.by_class.get(name)) is None:
                outline.by_class[name] = [element]
            else:
                named.append(element)
        if identifier := attributes.get("id"):
            outline.by_id.setdefault(identifier, element)
        for name in attributes["itemprop"].split() if "itemprop" in attributes else ():
            outline.by_itemprop.setdefault(name, []).append(element)
        for name in attributes["rel"].split() if tag == "a" and "rel" in attributes else ():
            outline.by_itemprop.setdefault(f"rel-{name}", []).append(element)

    def change(self, tag: str, traits: _Traits, outer: _Context, href: str) -> _Context:
        """Return what holds inside an element that changes something."""
        inner = _Context(
            traits.align or outer.align,
            outer.zone,
            href or outer.href,
            outer.bold or tag in _BOLD,
            outer.italic or tag in _ITALIC,
            outer.in_list or tag in ("ul", "ol"),
            outer.in_caption or tag == "figcaption" or traits.reason == "caption",
            outer.in_row,
        )
        if traits.reason and traits.reason != "caption":
            inner.zone = Zone(traits.reason, outer.zone)
            self.outline.zones.append(inner.zone)
        return inner

    def enter_block(self, element: HtmlElement, tag: str, outer: _Context, inner: _Context) -> None:
        outline = self.outline
        self.border(outer)
        parent = self.open_blocks[-1] if self.open_blocks else -1
        self.open_blocks.append(len(outline.blocks))
        outline.block_of[element] = len(outline.blocks)
        outline.blocks.append(Block(element, tag, parent, len(outline.lines)))
        if tag == "li":
            self.bullet = True
        elif tag == "table" and not outer.in_row and is_data_table(element):
            inner.in_row = True

    def leave_block(self, tag: str, inner: _Context) -> None:
        if inner.in_row and tag in _CELLS:
            self.close_cell()
        elif inner.in_row and tag == "tr":
            self.close_row(inner)
        else:
            self.border(inner)
        block = self.outline.blocks[self.open_blocks.pop()]
        block.last = len(self.outline.lines)
        if block.parent >= 0:
            self.outline.blocks[block.parent].images += block.images
        if tag == "li":
            self.bullet = False

    def add(self, text: str, context: _Context) -> None:
        """Add text to the current line."""
        stripped = len(text.strip())
        if stripped:
            if not self.has_text:
                self.line_context = context
                self.has_text = True
            if context.href:
                self.link += stripped
                self.href = self.href or context.href
            if context.bold:
                self.bold += stripped
            if context.italic:
                self.italic += stripped
            self.pieces.append(text)
        elif self.pieces:
            self.pieces.append(" ")

    def border(self, context: _Context) -> None:
        """Close the line at a block border; inside a data table only a space."""
        if context.in_row:
            self.pieces.append(" ")
        else:
            self.close_line()

    def border_image(self) -> None:
        """Close the line at an image that stands in its block; what follows may be its caption."""
        if self.open_blocks:
            self.outline.blocks[self.open_blocks[-1]].images += 1
        self.image_open = not self.contexts[-1].in_row

    def close_line(self) -> None:
        """Put the current line into the outline, if there is anything in it."""
        text = " ".join("".join(self.pieces).split()) if self.pieces else ""
        if text and self.open_blocks:
            index = self.open_blocks[-1]
            block = self.outline.blocks[index]
            line = self.make_line(text, block.tag, index)
            line.after_image = self.image_open
            self.image_open = False
            if self.bullet and line.tag not in HEADINGS:
                if not text.startswith(_BULLETS):
                    line.text = f"- {text}"
                self.bullet = False
        self.reset()

    def make_line(self, text: str, tag: str, block: int) -> Line:
        context = self.line_context
        line = Line(text, tag, block, len(self.outline.lines), self.link, self.bold, self.italic, context.align)
        line.zone, line.in_list, line.in_caption, line.href = (
            context.zone,
            context.in_list,
            context.in_caption,
            self.href,
        )
        self.outline.lines.append(line)
        return line

    def close_cell(self) -> None:
        if text := " ".join("".join(self.pieces).split()):
            self.cells.append(text)
        self.pieces = []

    def close_row(self, context: _Context) -> None:
        self.close_cell()
        if self.cells:
            self.line_context = context
            self.make_line(" | ".join(self.cells), "row", self.open_blocks[-1])
        self.cells = []
        self.reset()

    def reset(self) -> None:
        self.pieces = []
        self.link = self.bold = self.italic = 0
        self.href = ""
        self.has_text = False


@dataclass(frozen=True, slots=True)
class _Traits:
    """What an element's tag and attributes say. `changes`: what holds inside it differs from what holds outside."""

    hides: bool
    classes: tuple[str, ...]
    reason: str
    align: str
    changes: bool


@lru_cache(maxsize=1 << 14)
def _traits(tag: str, classes: str, identifier: str, style: str, align: str) -> _Traits:
    """Return the traits of an element; a portal's pages have few distinct ones."""
    names = f"{classes} {identifier}" if identifier else classes
    reason = zone_reason(tag, names) if tag in _BLOCKS or names else ""
    side = _alignment(align, style, classes) or ("center" if tag == "center" and not (names or style or align) else "")
    changes = bool(reason or side) or tag in _CHANGING
    return _Traits(hides(style, classes), tuple(dict.fromkeys(classes.split())), reason, side, changes)


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


def _judge_zones(outline: Outline) -> None:
    """Switch off zones that hold most of the page's prose: "sidebar-right" is also what layouts call their whole."""
    total = 0
    for line in outline.lines:
        if line.is_prose:
            chars = len(line.text)
            total += chars
            zone = line.zone
            while zone:
                zone.prose_chars += chars
                zone = zone.outer
    for zone in outline.zones:
        zone.in_force = zone.prose_chars * 5 <= total * 2 or zone.prose_chars < 200
