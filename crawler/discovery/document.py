"""XML as portals serve it: compressed, mislabelled, broken, or hostile."""

from __future__ import annotations

import codecs
import re
import zlib
from html import escape
from html.entities import html5

from lxml import etree

from archive.errors import PageError

__all__ = ["child_text", "local_name", "parse_document", "root_name", "unpacked"]

MAX_BYTES = 50_000_000  # the limit of the sitemap protocol

_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#[xX][0-9A-Fa-f]+);)(?:(\w+);)?")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([A-Za-z0-9._-]+)[\"']")
# What portals declare. Python knows more names, some of which are no encodings of text.
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1", "windows-1252", "windows-1258"})
# The first element that is not markup about the document.
_ROOT = re.compile(r"<(?:[\w.-]+:)?(urlset|sitemapindex|rss|feed|RDF)[\s>/]|<(?:!doctype\s+)?(html|head|body)\b", re.I)


def unpacked(body: bytes, url: str) -> bytes:
    """Return `body` with its gzip, if any, undone; of a damaged one what can be had.

    Raises PageError for more than 50 MB.
    """
    if body[:2] != b"\x1f\x8b":
        if len(body) > MAX_BYTES:
            raise PageError(url, f"{len(body):,} bytes, more than {MAX_BYTES:,}", "it was kept, but not read")
        return body
    parts: list[bytes] = []
    size = 0
    while body[:2] == b"\x1f\x8b":
        member = zlib.decompressobj(wbits=31)
        try:
            part = member.decompress(body, MAX_BYTES - size + 1)
        except zlib.error:
            break
        parts.append(part)
        size += len(part)
        if size > MAX_BYTES:
            raise PageError(url, f"unpacks to more than {MAX_BYTES:,} bytes", "it was kept, but not read")
        body = member.unused_data
    return b"".join(parts)


def root_name(body: bytes) -> str | None:
    """Return the root of a feed or sitemap in lower case, as the first kilobytes show it; None for anything else."""
    match = _ROOT.search(_decoded(body[:4096]))
    return match[1].lower() if match and match[1] else None


def parse_document(body: bytes, url: str) -> etree._Element:
    """Return the root element of an XML document, recovered where it is broken.

    Entities are never expanded, nothing is fetched. Raises PageError when no element is left.
    """
    root = _parsed(body, recover=False)
    if root is None:  # again, with what portals get wrong put right
        text = _ILLEGAL.sub("", _DECLARATION.sub("", _decoded(body).lstrip("\ufeff \t\r\n")))
        start = _ROOT.search(text)
        text = _AMPERSAND.sub(_entity, text[start.start() :] if start and start[1] else text)
        root = _parsed(text.encode(), recover=True)
    if root is None:
        raise PageError(url, "not XML: no element could be read", "it was kept, but not read")
    return root


def _entity(match: re.Match[str]) -> str:
    """Return the character of an HTML entity, which XML does not know, or an escaped ampersand."""
    character = html5.get(f"{match[1]};")
    return escape(character) if character else "&amp;" + match[0][1:]


def _parsed(body: bytes, *, recover: bool) -> etree._Element | None:
    parser = etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8" if recover else None,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _decoded(body: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            return body.decode(encoding, "replace")
    declared = _ENCODING.search(body[:200])
    name = declared[1].decode().lower() if declared else "utf-8"
    return body.decode(name if name in _ENCODINGS else "utf-8", "replace")


def local_name(element: etree._Element) -> str:
    """Return the name of an element without its namespace, in lower case; "" for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def child_text(element: etree._Element, *names: str) -> str | None:
    """Return the text of the first child of the first of these local names that has text, or None."""
    for name in names:
        for child in element:
            if local_name(child) == name and (text := "".join(child.itertext()).strip()):
                return text
    return None
