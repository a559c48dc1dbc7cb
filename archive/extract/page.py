"""A page parsed once: discovery reads its links, extraction its article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias, cast
from urllib.parse import urljoin

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from archive.errors import PageError
from archive.extract.charset import to_utf8

__all__ = ["Element", "Page", "parse"]

Element: TypeAlias = etree._Element  # lxml.html has a class of its own for each tag: slower to walk, and not needed

# The largest page seen on a portal has under 20,000 tags. These limits keep the worst page under two seconds of CPU.
MAX_BYTES = 8_000_000
MAX_TAGS = 80_000
# libxml2 compares each attribute of a tag with every other; this is about half a second.
MAX_ATTRIBUTE_PAIRS = 100_000_000
_FORMATTING = re.compile(rb"</?(?:font|b|i|u|span|strong|em|big|small|o:p)\b[^<>]*>", re.I)
_VALUE = re.compile(rb"\"[^\"]*\"|'[^']*'")
_LONG_TAG = 600  # bytes; a shorter one cannot matter


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page. `base_url` is what relative links are relative to: `<base href>`, or the page's own URL."""

    url: str
    base_url: str
    tree: Element
    encoding: str


def parse(body: bytes, url: str, content_type: str | None = None) -> Page:
    """Return the page that `body` holds, parsed once.

    Raises PageError when there is nothing in it, or so many tags that reading it would take minutes.
    """
    if not body or body.isspace():
        raise PageError(url, "the page is empty")
    if len(body) > MAX_BYTES:
        raise PageError(url, f"{len(body):,} bytes of HTML, more than {MAX_BYTES:,}", "it was kept, but not read")
    starts = np.flatnonzero(np.frombuffer(body, np.uint8) == ord("<"))
    if (tags := len(starts)) > MAX_TAGS:
        raise PageError(url, f"{tags:,} tags, more than {MAX_TAGS:,}", "it was kept, but not read")
    if _attribute_pairs(body, starts) > MAX_ATTRIBUTE_PAIRS:
        raise PageError(url, "a tag with too many attributes", "it was kept, but not read")
    # Always UTF-8 bytes: libxml2 would believe a wrong `<meta charset>`, and lxml refuses some declarations in str.
    text, encoding = to_utf8(body, content_type)
    text = text.replace(b"\x00", b"")
    try:
        tree, is_whole = _read(text)
        if not is_whole:  # formatting that is opened in each paragraph and never closed
            tree, is_whole = _read(_FORMATTING.sub(b"", text))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise PageError(url, f"not HTML: {error}") from error
    if tree is None:
        raise PageError(url, "not HTML: the document is empty")
    if not is_whole:
        raise PageError(url, "tags nested more than 2,048 deep", "it was kept, but not read")
    return Page(url, _base_url(tree, url), tree, encoding)


def _read(text: bytes) -> tuple[Element | None, bool]:
    """Return the tree of a page in UTF-8, and whether all of it was read: libxml2 stops at a depth of 2,048."""
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False
    )
    tree = cast("Element | None", etree.fromstring(text, parser))
    error = parser.error_log.last_error
    return tree, error is None or error.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT


def _attribute_pairs(body: bytes, starts: NDArray[np.intp]) -> int:
    """Return about how many pairs of attributes libxml2 will compare in the long tags; `starts`: where a `<` stands."""
    bounds = np.concatenate(([0], starts, [len(body)]))
    long = np.flatnonzero(np.diff(bounds) >= _LONG_TAG).tolist()
    tags = (body[bounds[at] : bounds[at + 1]].partition(b">")[0] for at in long)
    return sum(len(_VALUE.sub(b"", tag).split()) ** 2 for tag in tags if len(tag) >= _LONG_TAG)


def _base_url(tree: Element, url: str) -> str:
    for base in tree.iter("base"):
        if href := (base.get("href") or "").strip():
            try:
                return urljoin(url, href)
            except ValueError:
                return url
    return url
