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
        for event, element in walker:
            tag = element.tag
            if event == "start":
                if not isinstance(tag, str) or tag in _SKIPPED or hides(element.attrib):
                    if tag in ("input", "textarea"):
                        self.outline.inputs += 1
                    walker.skip_subtree()
                    self.contexts.append(self.contexts[-1])
                else:
                    self.enter(element, tag)
            else:
                self.leave(element, str(tag))

    def enter(self, element: HtmlElement, tag: str) -> None:
        outer = self.contexts[-1]
        attributes = element.attrib
        names = _index_names(self.outline, element) if attributes else ""
        inner = outer
        is_block = tag in _BLOCKS
        reason = zone_reason(tag, names) if (is_block or names) else ""
        align = _alignment(attributes) if attributes else ("center" if tag == "center" else "")
        href = attributes.get("href", "") if tag == "a" else ""
        if reason or align or href or tag in _BOLD or tag in _ITALIC or tag in ("ul", "ol", "figcaption", "table"):
            inner = _Context(
                align or outer.align,
                outer.zone,
                href or outer.href,
                outer.bold or tag in _BOLD,
                outer.italic or tag in _ITALIC,
                outer.in_list or tag in ("ul", "ol"),
                outer.in_caption or tag == "figcaption" or reason == "caption",
                outer.in_row,
            )
            if reason and reason != "caption":
                inner.zone = Zone(reason, outer.zone)
                self.outline.zones.append(inner.zone)
        if is_block:
            self.border(outer)
            self.open_blocks.append(len(self.outline.blocks))
            parent = self.open_blocks[-2] if len(self.open_blocks) > 1 else -1
            self.outline.block_of[element] = self.open_blocks[-1]
            self.outline.blocks.append(Block(element, tag, parent, len(self.outline.lines)))
            if tag == "li":
                self.bullet = True
            elif tag == "table" and not outer.in_row and is_data_table(element):
                inner.in_row = True
        elif tag == "br":
            self.border(outer)
        elif tag == "img":
            self.border_image()
        self.contexts.append(inner)
        if element.text:
            self.add(element.text, inner)

    def leave(self, element: HtmlElement, tag: str) -> None:
        inner = self.contexts.pop()
        outer = self.contexts[-1]
        index = self.outline.block_of.get(element) if tag in _BLOCKS else None
        if index is not None:
            if inner.in_row and tag in _CELLS:
                self.close_cell()
            elif inner.in_row and tag == "tr":
                self.close_row(inner)
            else:
                self.border(inner)
            self.open_blocks.pop()
            block = self.outline.blocks[index]
            block.last = len(self.outline.lines)
            if block.parent >= 0:
                self.outline.blocks[block.parent].images += block.images
            if tag == "li":
                self.bullet = False
        if element.tail and self.open_blocks:
            self.add(element.tail, outer)

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


def _index_names(outline: Outline, element: HtmlElement) -> str:
    """Enter the element under its classes, id, itemprops and (`rel-…`) relations; return class and id as one string."""
    attributes = element.attrib
    classes = attributes.get("class", "")
    for name in _split(classes):
        outline.by_class.setdefault(name, []).append(element)
    identifier = attributes.get("id", "")
    if identifier:
        outline.by_id.setdefault(identifier, element)
    if "itemprop" in attributes:
        for name in attributes["itemprop"].split():
            outline.by_itemprop.setdefault(name, []).append(element)
    for name in attributes.get("rel", "").split() if element.tag == "a" else ():
        outline.by_itemprop.setdefault(f"rel-{name}", []).append(element)
    return f"{classes} {identifier}" if identifier else classes


@lru_cache(maxsize=8192)
def _split(classes: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(classes.split()))


def _alignment(attributes: etree._Attrib) -> str:
    align = attributes.get("align", "").lower()
    style = attributes.get("style", "")
    if "text-align" in style:
        align = style.split("text-align", 1)[1][:12].strip(" :").lower()
    if not align and "text-" in (names := attributes.get("class", "")):
        align = "right" if "text-right" in names or "text-end" in names else "center" if "text-center" in names else ""
    for known in ("right", "center"):
        if align.startswith(known):
            return known
    return "left" if align else ""


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
