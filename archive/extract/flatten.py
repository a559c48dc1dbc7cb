"""`flatten`: one pass over a parsed page that gives its outline.

The walk keeps its own stack, so depth costs nothing. It is most of the work on a page: what an element's attributes
say is looked up (`read_traits`), and an element without children is dealt with in one step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.extract.outline import Block, Line, Outline, reads_as_prose
from archive.extract.page import Element
from archive.extract.recurring import Part, Recurring, Start, replay
from archive.extract.tables import is_data_table
from archive.extract.traits import CELLS, HEADINGS, TELLING, Traits, read_traits
from archive.extract.zones import Zone

__all__ = ["flatten"]

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


_recurring = Recurring()


def flatten(root: Element, host: str = "", recurring: Recurring = _recurring) -> Outline:
    """Return the outline of the tree below `root`, hidden elements and scripts left out.

    `recurring` remembers parts of the pages of a host; what it knows changes how long this takes, and nothing else.
    """
    outline = Outline()
    walk = _Walk(outline, host, recurring)
    walk.run(root)
    for element, traits in walk.entries:
        outline.enter(element, traits)
    outline.judge_zones()
    outline.judge()
    return outline


class _Walk:
    """The pass itself: collects the text of the current line and closes it at block borders."""

    def __init__(self, outline: Outline, host: str, recurring: Recurring) -> None:
        self.outline = outline
        self.host, self.recurring = host, recurring
        self.is_known = recurring.knows(host)
        self.starts: list[Start] = []  # of the parts that are being recorded
        self.entries: list[tuple[Element, Traits]] = []  # elements to be entered under their names
        self.blocks = outline.blocks
        self.lines = outline.lines
        self.block = -1  # the innermost open one
        self.pieces: list[str] = []
        self.link = self.bold = self.italic = 0
        self.href = ""
        self.bullet = False
        self.image_open = False
        self.image_block = -1  # of the last image
        self.cells: list[str] = []
        self.line_context = _Context()  # what holds where the current line's text begins
        self.has_text = False

    def run(self, root: Element) -> None:
        # Elements whose children are being walked: element, whether it is a block, what holds outside and inside of
        # it, its siblings to come.
        open_elements: list[tuple[Element, bool, _Context, _Context, Iterator[Element]]] = []
        siblings, outer = iter((root,)), _Context()
        while True:
            for element in siblings:
                traits, href = self.read(element)
                if traits.is_hidden:
                    self.outline.inputs += traits.is_input
                else:
                    inner = self.change(traits, outer, href) if href or traits.changes else outer
                    is_block = traits.is_block and not (outer.in_row and traits.is_bare_cell)
                    if is_block:
                        self.enter_block(element, traits, outer, inner)
                        if self.is_known and traits.names and len(element) and self.recall(element, traits, inner):
                            self.leave_block(inner)
                            if (tail := element.tail) and self.block >= 0:
                                self.add(tail, outer)
                            continue
                    elif traits.is_void:
                        self.enter_void(traits.tag, outer)
                    elif traits.is_bare_cell and self.pieces:
                        self.pieces.append(" ")
                    if text := element.text:
                        self.add(text, inner)
                    if len(element):
                        open_elements.append((element, is_block, outer, inner, siblings))
                        siblings, outer = iter(element), inner
                        break
                    if is_block:
                        self.leave_block(inner)
                    elif traits.is_bare_cell:
                        self.close_cell()
                if (tail := element.tail) and self.block >= 0:
                    self.add(tail, outer)
            else:
                if not open_elements:
                    return
                element, is_block, outer, inner, siblings = open_elements.pop()
                if is_block:
                    self.leave_block(inner)
                elif element.tag in CELLS:
                    self.close_cell()
                if (tail := element.tail) and self.block >= 0:
                    self.add(tail, outer)

    def read(self, element: Element) -> tuple[Traits, str]:
        """Return what the element's tag and attributes say, and its address; enter it under its names."""
        tag: str = element.tag  # type: ignore[assignment]  # a cast would cost a call for each element
        items = element.items()
        if not items:
            return read_traits(tag, ()), ""
        traits = read_traits(tag, tuple([item for item in items if item[0] in TELLING]))
        if traits.is_indexed:
            self.entries.append((element, traits))
        return traits, element.get("href", "") if tag == "a" else ""

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

    def enter_block(self, element: Element, traits: Traits, outer: _Context, inner: _Context) -> None:
        self.border(outer)
        self.blocks.append(Block(element, traits.tag, traits.names, self.block, len(self.lines)))
        self.block = len(self.blocks) - 1
        if traits.tag == "li":
            self.bullet = True
        elif traits.tag == "table" and not outer.in_row and is_data_table(element):
            inner.in_row = True

    def recall(self, element: Element, traits: Traits, inner: _Context) -> bool:
        """Take what a block holds from an earlier page; return False when it must be walked."""
        if inner.in_row:
            return False
        context = (inner.align, inner.href, inner.bold, inner.italic, inner.in_list, inner.in_caption)
        around = (*context, self.bullet, self.image_open)
        part, key = self.recurring.look_up((self.host, traits.tag, traits.names), element, around)
        if part is not None:
            replay(part, self.outline, self.entries, inner.zone)
            self.image_open, self.bullet = part.after
        elif key is not None:
            outline = self.outline
            counts = len(self.lines), len(outline.zones), len(self.entries), outline.inputs
            self.starts.append(Start(key, self.block, *counts))
        return part is not None

    def leave_block(self, inner: _Context) -> None:
        block = self.blocks[self.block]
        if not inner.in_row:
            if self.pieces:
                self.close_line()
            if self.starts and self.starts[-1].block == self.block:
                self.record(self.starts.pop())
        elif block.tag in CELLS:
            self.close_cell()
        elif block.tag == "tr":
            self.close_row(inner)
        else:
            self.pieces.append(" ")
        self.blocks[self.block] = Block(*block[:-1], len(self.lines))
        self.block = block.parent
        if block.tag == "li":
            self.bullet = False

    def record(self, start: Start) -> None:
        inputs = self.outline.inputs - start.inputs
        part = Part(inputs, (self.image_open, self.bullet))
        self.recurring.record(start, self.outline, self.entries, part)

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
        elif self.pieces:
            self.close_line()

    def enter_void(self, tag: str, context: _Context) -> None:
        """Close the line at a `<br>`; note an image: what follows may be its caption."""
        if tag == "br":
            self.border(context)
            return
        self.image_open = not context.in_row
        self.image_block = self.block

    def close_line(self) -> None:
        """Put the current line into the outline, if there is anything in it."""
        text = self.text()
        if text and self.block >= 0:
            tag = self.blocks[self.block].tag
            if self.bullet and tag not in HEADINGS:
                if not text.startswith(_BULLETS):
                    text = f"- {text}"
                self.bullet = False
            image = self.image_open + (self.image_open and self.image_block == self.block)
            self.make_line(text, tag, after_image=image)
            self.image_open = False
        self.reset()

    def text(self) -> str:
        """Return the pieces of the current line as one, blanks folded."""
        pieces = self.pieces
        return " ".join((pieces[0] if len(pieces) == 1 else "".join(pieces)).split())

    def make_line(self, text: str, tag: str, *, after_image: int) -> None:
        context, link = self.line_context, self.link
        self.lines.append(
            Line(
                text,
                tag,
                self.block,
                len(self.lines),
                link,
                self.bold,
                self.italic,
                context.align,
                context.zone,
                context.in_list,
                after_image,
                context.in_caption,
                self.href,
                reads_as_prose(text, tag, link),
            )
        )

    def close_cell(self) -> None:
        if self.pieces and (text := self.text()):
            self.cells.append(text)
        self.pieces = []

    def close_row(self, context: _Context) -> None:
        self.close_cell()
        if self.cells:
            self.line_context = context
            self.make_line(" | ".join(self.cells), "row", after_image=0)
        self.cells = []
        self.reset()

    def reset(self) -> None:
        self.pieces = []
        self.link = self.bold = self.italic = 0
        self.href = ""
        self.has_text = False
