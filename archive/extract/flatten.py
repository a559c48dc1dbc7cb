"""`flatten`: one pass over a parsed page that gives its outline.

The walk keeps its own stack, so depth costs nothing. It is most of the work on a page: what an element's attributes
say is looked up (`read_traits`), and an element without children is dealt with in one step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from archive.extract.outline import HEADINGS, Block, Line, Outline, reads_as_prose
from archive.extract.tables import is_data_table
from archive.extract.traits import Traits, read_traits
from archive.extract.zones import Zone

__all__ = ["flatten"]

# What shows no text of its own.
_SKIPPED = frozenset(
    (
        *("applet", "audio", "button", "canvas", "datalist", "embed", "head", "iframe", "input", "link", "map"),
        *("math", "meta", "noscript", "object", "option", "picture", "script", "select", "source", "style", "svg"),
        *("template", "textarea", "title", "video"),
    )
)
# Attributes that few elements have.
_RARE = frozenset(("hidden", "aria-hidden", "itemprop", "itemtype", "rel"))
_CELLS = frozenset(("td", "th"))
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
        self.blocks = outline.blocks
        self.lines = outline.lines
        self.block = -1  # the innermost open one
        self.pieces: list[str] = []
        self.link = self.bold = self.italic = 0
        self.href = ""
        self.bullet = False
        self.image_open = False
        self.cells: list[str] = []
        self.line_context = _Context()  # what holds where the current line's text begins
        self.has_text = False

    def run(self, root: HtmlElement) -> None:
        # Elements whose children are being walked: element, what holds outside and inside of it, its siblings to come.
        open_elements: list[tuple[HtmlElement, _Context, _Context, Iterator[HtmlElement]]] = []
        siblings, outer = iter((root,)), _Context()
        block_of = self.outline.block_of
        while True:
            for element in siblings:
                inner = self.enter(element, outer)
                if inner is not None and len(element):
                    open_elements.append((element, outer, inner, siblings))
                    siblings, outer = iter(element), inner
                    break
                if inner is not None and element in block_of:
                    self.leave_block(inner)
                if (tail := element.tail) and self.block >= 0:
                    self.add(tail, outer)
            else:
                if not open_elements:
                    return
                element, outer, inner, siblings = open_elements.pop()
                if element in block_of:
                    self.leave_block(inner)
                if (tail := element.tail) and self.block >= 0:
                    self.add(tail, outer)

    def enter(self, element: HtmlElement, outer: _Context) -> _Context | None:
        """Open an element and return what holds inside it; None for one that shows nothing."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _SKIPPED:
            self.outline.inputs += tag in ("input", "textarea")
            return None
        href = ""
        if items := element.items():
            attributes = dict(items)
            get = attributes.get
            traits = read_traits(tag, get("class", ""), get("id", ""), get("style", ""), get("align", ""))
            if traits.hides:
                return None
            if not _RARE.isdisjoint(attributes):
                if "hidden" in attributes or get("aria-hidden") == "true":
                    return None
                self.index_meaning(element, attributes)
            if traits.classes:
                for name in traits.classes:
                    self.outline.by_class.setdefault(name, []).append(element)
            if identifier := get("id"):
                self.outline.by_id.setdefault(identifier, element)
            if tag == "a":
                href = get("href", "")
        else:
            traits = read_traits(tag, "", "", "", "")
        inner = self.change(traits, outer, href) if href or traits.changes else outer
        if traits.is_block:
            self.enter_block(element, traits, outer, inner)
        elif tag == "br":
            self.border(outer)
        elif tag == "img":
            self.border_image(outer)
        if text := element.text:
            self.add(text, inner)
        return inner

    def index_meaning(self, element: HtmlElement, attributes: dict[str, str]) -> None:
        """Enter the element under its itemprops and (`rel-…`) relations."""
        outline = self.outline
        for name in attributes.get("itemprop", "").split():
            outline.by_itemprop.setdefault(name, []).append(element)
        if "itemtype" in attributes:
            outline.typed.append(element)
        if element.tag == "a":
            for name in attributes.get("rel", "").split():
                outline.by_itemprop.setdefault(f"rel-{name}", []).append(element)

    def change(self, traits: Traits, outer: _Context, href: str) -> _Context:
        """Return what holds inside an element that changes something."""
        zone = outer.zone
        if traits.zone:
            zone = Zone(traits.zone, zone)
            self.outline.zones.append(zone)
        return _Context(
            traits.align or outer.align,
            zone,
            href or outer.href,
            outer.bold or traits.is_bold,
            outer.italic or traits.is_italic,
            outer.in_list or traits.is_list,
            outer.in_caption or traits.is_caption,
            outer.in_row,
        )

    def enter_block(self, element: HtmlElement, traits: Traits, outer: _Context, inner: _Context) -> None:
        tag = traits.tag
        self.border(outer)
        blocks = self.blocks
        block = len(blocks)
        blocks.append(Block(element, tag, traits.names, self.block, len(self.lines)))
        self.outline.block_of[element] = self.block = block
        if tag == "li":
            self.bullet = True
        elif tag == "table" and not outer.in_row and is_data_table(element):
            inner.in_row = True

    def leave_block(self, inner: _Context) -> None:
        block = self.blocks[self.block]
        tag = block.tag
        if inner.in_row and tag in _CELLS:
            self.close_cell()
        elif inner.in_row and tag == "tr":
            self.close_row(inner)
        else:
            self.border(inner)
        block.last = len(self.lines)
        self.block = block.parent
        if block.images and block.parent >= 0:
            self.blocks[block.parent].images += block.images
        if tag == "li":
            self.bullet = False

    def add(self, text: str, context: _Context) -> None:
        """Add text to the current line."""
        if text.isspace():
            if self.pieces:
                self.pieces.append(" ")
            return
        self.pieces.append(text)
        if not self.has_text:
            self.line_context = context
            self.has_text = True
        if context.href or context.bold or context.italic:
            chars = len(text.strip())
            if context.href:
                self.link += chars
                self.href = self.href or context.href
            if context.bold:
                self.bold += chars
            if context.italic:
                self.italic += chars

    def border(self, context: _Context) -> None:
        """Close the line at a block border; inside a data table only a space."""
        if context.in_row:
            self.pieces.append(" ")
        elif self.pieces or self.has_text:
            self.close_line()

    def border_image(self, context: _Context) -> None:
        """Close the line at an image that stands in its block; what follows may be its caption."""
        if self.block >= 0:
            self.blocks[self.block].images += 1
        self.image_open = not context.in_row

    def close_line(self) -> None:
        """Put the current line into the outline, if there is anything in it."""
        text = " ".join("".join(self.pieces).split())
        if text and self.block >= 0:
            tag = self.blocks[self.block].tag
            if self.bullet and tag not in HEADINGS:
                if not text.startswith(_BULLETS):
                    text = f"- {text}"
                self.bullet = False
            line = self.make_line(text, tag)
            line.after_image = self.image_open
            self.image_open = False
        self.reset()

    def make_line(self, text: str, tag: str) -> Line:
        context = self.line_context
        line = Line(text, tag, self.block, len(self.lines), self.link, self.bold, self.italic, context.align)
        line.zone, line.in_list, line.in_caption = context.zone, context.in_list, context.in_caption
        line.href = self.href
        line.is_prose = reads_as_prose(text, tag, self.link)
        self.lines.append(line)
        return line

    def close_cell(self) -> None:
        if text := " ".join("".join(self.pieces).split()):
            self.cells.append(text)
        self.pieces = []

    def close_row(self, context: _Context) -> None:
        self.close_cell()
        if self.cells:
            self.line_context = context
            self.make_line(" | ".join(self.cells), "row")
        self.cells = []
        self.reset()

    def reset(self) -> None:
        self.pieces = []
        self.link = self.bold = self.italic = 0
        self.href = ""
        self.has_text = False


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
