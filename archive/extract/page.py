"""A page parsed once: discovery reads its links, extraction its article."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from lxml import etree, html
from lxml.html import HtmlElement

from archive.errors import PageError
from archive.extract.charset import decode

__all__ = ["Page", "parse"]

# The largest page seen on a portal has under 20,000 tags. These limits keep the worst page under two seconds.
MAX_BYTES = 8_000_000
MAX_TAGS = 120_000
# libxml2 compares each attribute of a tag with every other; this is about half a second.
MAX_ATTRIBUTE_PAIRS = 100_000_000
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{600,}")


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page. `base_url` is what relative links are relative to: `<base href>`, or the page's own URL."""

    url: str
    base_url: str
    tree: HtmlElement
    encoding: str


def parse(body: bytes, url: str, content_type: str | None = None) -> Page:
    """Return the page that `body` holds, parsed once.

    Raises PageError when there is nothing in it, or so many tags that reading it would take minutes.
    """
    if not body or body.isspace():
        raise PageError(url, "the page is empty")
    if len(body) > MAX_BYTES:
        raise PageError(url, f"{len(body):,} bytes of HTML, more than {MAX_BYTES:,}", "it was kept, but not read")
    if (tags := body.count(b"<")) > MAX_TAGS:
        raise PageError(url, f"about {tags:,} tags, more than {MAX_TAGS:,}", "it was kept, but not read")
    if sum(len(tag[0].split()) ** 2 for tag in _LONG_TAG.finditer(body)) > MAX_ATTRIBUTE_PAIRS:
        raise PageError(url, "a tag with too many attributes", "it was kept, but not read")
    text, encoding = decode(body, content_type)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        # Always UTF-8 bytes: libxml2 would believe a wrong `<meta charset>`, and lxml refuses some declarations in str.
        tree = html.document_fromstring(text.replace("\x00", "").encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise PageError(url, f"not HTML: {error}") from error
    return Page(url, _base_url(tree, url), tree, encoding)


def _base_url(tree: HtmlElement, url: str) -> str:
    for base in tree.iter("base"):
        if href := (base.get("href") or "").strip():
            try:
                return urljoin(url, href)
            except ValueError:
                return url
    return url
