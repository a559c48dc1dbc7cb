"""`observe`: what one article page tells of its portal, in a few kilobytes. A function of the page alone."""

from __future__ import annotations

import json
import re
import zlib
from array import array
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from archive.chrome.digests import Lines, digest, spans
from archive.chrome.places import Places, step
from archive.text import fold_key

if TYPE_CHECKING:
    from archive.extract.outline import Line, Outline

__all__ = ["LineIs", "Observation", "Observes", "SpanIs", "observe"]

MAX_LINES = 4_000  # a longer page says little of the others
MAX_BLOCKS = 12_000
_HOLDERS_MOST = 40
_SHOWN_CHARS = 100
_LINKS_CHARS = 15
_HOLDERS = frozenset(
    ("div", "td", "section", "article", "main", "center", "form", "table", "tbody", "tr", "fieldset", "dd", "body")
)
_BOXES = frozenset(("div", "section", "aside", "form", "footer", "header", "nav", "ul", "ol", "fieldset", "article"))
_EDITORS = re.compile(r"\.(?:mso|wordsection|section\d|table|ql-|cke|ck-|fr-|text-|align|ms-rte|xl\d|default)", re.I)
_DOCUMENTS = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".rar", ".zip", ".ppt", ".pptx")
# What opens and closes documents and speeches: it recurs, and it is text.
_FORMULAE = tuple(
    map(
        fold_key,
        (
            "cộng hòa xã hội chủ nghĩa việt nam",
            "độc lập - tự do - hạnh phúc",
            "nơi nhận",
            "kính gửi",
            "kính thưa",
            "trân trọng",
            "tm. ",
            "kt. ",
            "tl. ",
            "căn cứ",
            "thực hiện",
        ),
    )
)


_PARTS = ("digests", "places", "firsts", "lasts", "span_flags", "chars", "line_flags", "said")


class LineIs(IntFlag):
    """What is noted of a line."""

    PROSE = 1
    LINK = 2
    ZONED = 4  # chrome by its name
    AGAIN = 8  # prose that stood before in the page
    FORMULA = 16  # of the body: what opens or closes a document or a speech
    FILE = 32  # the link of a document


class SpanIs(IntFlag):
    """What is noted of a block."""

    LINKS = 1  # links to pages and next to nothing else
    MADE = 2  # it has a name of its own that no editor gives
    FORMULA = 4  # a formula stands in it
    PROSE = 8  # running text stands in it
    BOX = 16  # a nameless block that is no paragraph, list or cell
    LINE = 32  # a line of a block that has several


@dataclass(frozen=True, slots=True)
class Shown:
    """What the digests of an observation stand for: places by their digests, and how each line begins."""

    places: dict[int, str]
    lines: str  # joined with newlines

    def of(self, observation: Observation, wanted: Collection[int]) -> dict[int, tuple[str, str]]:
        """Return place and beginning of the text by the digests of the spans and places that are wanted."""
        parts = (np.frombuffer(part, "<u8") for part in (observation.digests, observation.places))
        bounds = (np.frombuffer(part, "<u2") for part in (observation.firsts, observation.lasts))
        digests, places, firsts, lasts = (values.tolist() for values in (*parts, *bounds))
        lines = self.lines.split("\n")
        found = {place: (name, "") for place, name in self.places.items() if place in wanted}
        for span, place, first, last in zip(digests, places, firsts, lasts, strict=True):
            if span in wanted:
                found[span] = self.places[place], _beginning(lines, first, last)
        return found


@dataclass(frozen=True, slots=True)
class Observation:
    """A page as learning sees it.

    For each span (a block, or a line of a block with several) `digests` and `places` (uint64), `firsts` and `lasts`
    (uint16, exclusive) and `span_flags`; for each line `chars` (uint16), `line_flags` and `said` (uint64, the digest of
    its text wherever it stands); little-endian. `holders`:
    address, first and last line of the blocks that hold prose. `body`: first and last line of what the strategies took
    for the body. `shown`: what the digests stand for; it is not kept.
    """

    digests: bytes
    places: bytes
    firsts: bytes
    lasts: bytes
    span_flags: bytes
    chars: bytes
    line_flags: bytes
    said: bytes
    holders: tuple[tuple[str, int, int], ...]
    body: tuple[int, int]
    shown: Shown | None = None

    def encode(self) -> bytes:
        """Return it as it is stored, without `shown`."""
        parts = [getattr(self, name) for name in _PARTS]
        head = json.dumps([[len(part) for part in parts], self.holders, self.body], ensure_ascii=False)
        return zlib.compress(b"\0".join((head.encode(), b"".join(parts))), 1)

    @classmethod
    def decode(cls, encoded: bytes) -> Self:
        """Return what `encode` made these bytes of."""
        head, _, rest = zlib.decompress(encoded).partition(b"\0")
        lengths, holders, body = json.loads(head)
        ends = list(accumulate(lengths))
        parts = [rest[end - length : end] for end, length in zip(ends, lengths, strict=True)]
        named: dict[str, Any] = dict(zip(_PARTS, parts, strict=True))
        return cls(**named, holders=tuple((one[0], one[1], one[2]) for one in holders), body=(body[0], body[1]))


# Their values: a page has hundreds of spans, and the members of an enumeration are slow to read.
_LINKS, _FORMULA, _PROSE, _LINE = (one.value for one in (SpanIs.LINKS, SpanIs.FORMULA, SpanIs.PROSE, SpanIs.LINE))


class Observes(IntEnum):
    """Whether an article's page is observed."""

    NO = 0
    STRANGE = 1  # where it has none of the containers that were learned
    YES = 2


def observe(outline: Outline, body: tuple[int, int]) -> Observation | None:
    """Return what a page tells, given the first and the last line (exclusive) of its body; None of a page too long."""
    lines = outline.lines
    if not lines or len(lines) > MAX_LINES or len(outline.blocks) > MAX_BLOCKS:
        return None
    places, said = Places(outline), Lines(lines, 0, len(lines))
    marks = _marks(lines, said.own, body)
    sums = _Sums(lines, marks)
    digests, where, firsts, lasts = array("Q"), array("Q"), array("H"), array("H")
    flags, named = bytearray(), {}
    for index, first, last in spans(outline, 0, len(lines)):
        place, block = places.of(index), outline.blocks[index]
        at = digest(place)
        named[at] = place
        digests.append(said.digest(first, last, place))
        where.append(at)
        firsts.append(first)
        lasts.append(last)
        is_whole = last - first == block.last - block.first
        flags.append(sums.flags(first, last) | (_making(block.tag, block.names) if is_whole else _LINE))
    return Observation(
        digests.tobytes(),
        where.tobytes(),
        firsts.tobytes(),
        lasts.tobytes(),
        bytes(flags),
        array("H", [min(len(line.text), 65_535) for line in lines]).tobytes(),
        bytes(marks),
        array("Q", said.own).tobytes(),
        _holders(outline, places, sums),
        body,
        Shown(named, "\n".join([line.text[:_SHOWN_CHARS] for line in lines])),
    )


@lru_cache(maxsize=1 << 12)
def _making(tag: str, names: str) -> int:
    """Return whether a block is one that templates are made of, rather than one that editors write in."""
    if tag not in _BOXES:
        return 0
    own = step(tag, names)
    if "." not in own:
        return SpanIs.BOX.value
    return 0 if _EDITORS.search(own) else SpanIs.MADE.value


def _marks(lines: list[Line], own: list[int], body: tuple[int, int]) -> bytearray:
    """Return `LineIs` of each line."""
    marks, seen = bytearray(len(lines)), set()
    for index, line in enumerate(lines):
        mark = 0
        if line.is_prose:
            mark = 9 if own[index] in seen else 1
            seen.add(own[index])
        if line.link_chars:
            if line.is_link:
                mark |= 2
            if line.href.partition("?")[0].casefold().endswith(_DOCUMENTS):
                mark |= 32
        if line.zone is not None and line.reason:
            mark |= 4
        marks[index] = mark
    for index in range(*body):
        if fold_key(lines[index].text[:80]).lstrip("-*+ ").startswith(_FORMULAE):
            marks[index] |= 16
    return marks


class _Sums:
    """Sums over the lines before each, so that a block is judged in one step."""

    def __init__(self, lines: list[Line], marks: bytearray) -> None:
        self.chars = [0, *accumulate(len(line.text) for line in lines)]
        self.links = [0, *accumulate(line.link_chars for line in lines)]
        self.prose = [
            0,
            *accumulate(len(line.text) if mark & 5 == 1 else 0 for line, mark in zip(lines, marks, strict=True)),
        ]
        self.texts = [0, *accumulate(mark & 33 > 0 for mark in marks)]  # prose and files
        self.formulae = [0, *accumulate(mark >> 4 & 1 for mark in marks)]

    def flags(self, first: int, last: int) -> int:
        """Return whether these lines are a list of links, and whether a formula stands in them."""
        chars = self.chars[last] - self.chars[first]
        is_links = (self.links[last] - self.links[first]) * 10 >= chars * 6 and chars >= _LINKS_CHARS
        flags = _LINKS if is_links and self.texts[last] == self.texts[first] else 0
        flags |= _PROSE if self.prose[last] > self.prose[first] else 0
        return flags | (_FORMULA if self.formulae[last] > self.formulae[first] else 0)


def _holders(outline: Outline, places: Places, sums: _Sums) -> tuple[tuple[str, int, int], ...]:
    """Return address and lines of the blocks that hold most of the prose, the fullest first."""
    prose = sums.prose
    held = [
        (prose[block.last] - prose[block.first], index)
        for index, block in enumerate(outline.blocks)
        if block.tag in _HOLDERS and prose[block.last] > prose[block.first]
    ]
    held.sort(key=lambda one: (-one[0], one[1]))
    named = ((places.address(index), outline.blocks[index]) for _, index in held[:_HOLDERS_MOST])
    return tuple((address, block.first, block.last) for address, block in named if address)


def _beginning(lines: list[str], first: int, last: int) -> str:
    text = " / ".join(lines[first : min(last, first + 4)])
    return text[:_SHOWN_CHARS] + ("…" if len(text) > _SHOWN_CHARS or last - first > 4 else "")
