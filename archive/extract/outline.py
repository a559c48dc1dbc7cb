"""A page flattened in one pass: lines of text in document order, and for each element the lines that it covers.

Everything later (kind, containers, fields, chrome) works on the lines; no step walks the tree again. The walk keeps
its own stack, so depth costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from lxml import etree
from lxml.html import HtmlElement

from archive.extract.tables import is_data_table
from archive.extract.zones import Zone, hides, zone_reason

__all__ = ["Block", "Line", "Outline", "flatten"]

_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "svg",
        "object",
        "embed",
        "math",
        "canvas",
        "map",
        "select",
        "option",
        "button",
        "input",
        "textarea",
        "datalist",
        "head",
        "title",
        "meta",
        "link",
        "audio",
        "video",
        "picture",
        "source",
        "applet",
    ]
)
_BLOCKS = frozenset(
    [
        "html",
        "body",
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "caption",
        "thead",
        "tfoot",
        "tr",
        "td",
        "th",
        "ul",
        "xml-content",
        "article-content",
    ]
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BOLD = frozenset(("b", "strong", "th")) | _HEADINGS
_ITALIC = frozenset(("i", "em", "cite", "dfn"))
_CELLS = frozenset(("td", "th"))
_SENTENCE_ENDS = (". ", "? ", "! ", "; ")
_PROSE_CHARS = 60
_LONG_CHARS = 140  # no heading is longer
_BULLETS = ("-", "–", "—", "+", "•", "*", "·", "▪", "►", "»", "¶", "✓", "○", "●", "§")


@dataclass(slots=True, eq=False)
class Line:
    """One line of the page: what stands between two block borders or `<br>`s.

    `block` is the index of the innermost block that holds it; `tag` says what that block is (`row` for a row of a
    data table). Character counts are of the text that stands in links, bold and italic.
    """

    text: str
    tag: str
    block: int
    index: int = 0
    link_chars: int = 0
    bold_chars: int = 0
    italic_chars: int = 0
    align: str = ""
    zone: Zone | None = None
    in_list: bool = False
    after_image: bool = False
    in_caption: bool = False
    href: str = ""

    @property
    def is_heading(self) -> bool:
        """Whether it is marked up as a heading."""
        return self.tag in _HEADINGS

    @property
    def is_link(self) -> bool:
        """Whether (nearly) all of it is a link."""
        return self.link_chars * 10 >= len(self.text) * 8

    @property
    def is_prose(self) -> bool:
        """Whether it reads like running text: long, with sentences, few links."""
        chars = len(self.text)
        if chars < _PROSE_CHARS or self.link_chars * 3 > chars:
            return False
        return chars >= _LONG_CHARS or self.text[-1] in '.;:!?…”"' or any(end in self.text for end in _SENTENCE_ENDS)

    @property
    def reason(self) -> str:
        """Why the zone that it stands in is chrome; empty where it is none."""
        return self.zone.reason_in_force() if self.zone else ""


@dataclass(slots=True, eq=False)
class Block:
    """One block element: lines `first` to `last` (exclusive) are its own."""

    element: HtmlElement
    tag: str
    parent: int
    first: int
    last: int = 0
    images: int = 0


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


@dataclass(slots=True, eq=False)
class Outline:
    """The flattened page."""

    blocks: list[Block] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    block_of: dict[HtmlElement, int] = field(default_factory=dict)
    by_class: dict[str, list[HtmlElement]] = field(default_factory=dict)
    by_id: dict[str, HtmlElement] = field(default_factory=dict)
    by_itemprop: dict[str, list[HtmlElement]] = field(default_factory=dict)
    zones: list[Zone] = field(default_factory=list)
    inputs: int = 0
    prose: list[int] = field(default_factory=list)  # prose[i]: characters of unzoned prose before line i
    links: list[int] = field(default_factory=list)

    @property
    def visible_chars(self) -> int:
        """Return the characters that the page shows."""
        return sum(len(line.text) for line in self.lines)

    def trust(self, line: Line) -> None:
        """Switch off the zones that `line`, the heading, stands in: what holds the heading is no chrome."""
        zone = line.zone
        if zone is None:
            return
        while zone:
            zone.in_force = False
            zone = zone.outer
        self.count()

    def count(self) -> None:
        """Sum up prose and links over the lines."""
        self.prose = [0, *accumulate(len(i.text) if i.is_prose and not i.reason else 0 for i in self.lines)]
        self.links = [0, *accumulate(line.link_chars for line in self.lines)]

    def prose_of(self, block: Block) -> int:
        """Return the characters of prose that `block` holds, zones left out."""
        return self.prose[block.last] - self.prose[block.first]

    def span(self, element: HtmlElement) -> tuple[int, int] | None:
        """Return the range of lines of a block element; None for an inline one."""
        index = self.block_of.get(element)
        return None if index is None else (self.blocks[index].first, self.blocks[index].last)

    def ancestors(self, index: int) -> Iterator[int]:
        """Yield the block and its ancestors, innermost first."""
        while index >= 0:
            yield index
            index = self.blocks[index].parent

    def common_ancestor(self, a: int, b: int) -> int:
        """Return the innermost block that holds both blocks."""
        seen = set(self.ancestors(a))
        return next(index for index in self.ancestors(b) if index in seen)


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
                self.leave(element, tag)

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
            if self.bullet and line.tag not in _HEADINGS:
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


def _alignment(attributes: dict[str, str]) -> str:
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
