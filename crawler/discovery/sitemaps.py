"""Sitemaps (sitemaps.org protocol 0.9 and what passes for it), where they are, and how they are recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lxml import etree

from archive.errors import PageError
from crawler.discovery.document import child_text, local_name, parse_document, root_name, unpacked
from crawler.discovery.syndication import FEED_ROOTS, entries
from crawler.urls import canonical

__all__ = ["Sitemap", "is_feed_or_sitemap", "parse_sitemap", "robots_sitemaps", "seeds"]

_LOCATIONS = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml", "/sitemap-vi.xml")
_SITEMAP_ROOTS = frozenset({"urlset", "sitemapindex"})
_PARENTS = frozenset({"url", "sitemap", "urlset", "sitemapindex"})  # images and videos have <loc>s too
_ROBOTS_LINE = re.compile(r"^[ \t]*sitemap[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)
_XML_FILE = re.compile(r"\.xml(?:\.gz)?(?:$|\?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What a sitemap lists: pages with the time they say they changed (ISO 8601, or None), and further sitemaps."""

    pages: tuple[tuple[str, str | None], ...] = ()
    sitemaps: tuple[str, ...] = ()


def seeds(portal_url: str) -> list[str]:
    """Return the places where a portal's sitemaps usually are. Its robots.txt may name others."""
    return [url for path in _LOCATIONS if (url := canonical(path, portal_url))]


def robots_sitemaps(text: str, url: str | None = None) -> list[str]:
    """Return the sitemaps that a robots.txt names, distinct, in order; relative ones are resolved against `url`."""
    found = (canonical(line, url) for line in _ROBOTS_LINE.findall(text))
    return list(dict.fromkeys(address for address in found if address))


def is_feed_or_sitemap(body: bytes, content_type: str | None = None) -> Literal["feed", "sitemap"] | None:
    """Return what a body is, judged by its root element; the content type is asked only about plain text.

    Portals serve feeds as text/html and pages as text/xml.
    """
    try:
        head = unpacked(body, "") if body[:2] == b"\x1f\x8b" else body
    except PageError:
        return None
    name = root_name(head)
    if name in _SITEMAP_ROOTS:
        return "sitemap"
    if name in FEED_ROOTS:
        return "feed"
    is_text = (content_type or "").partition(";")[0].strip().lower() == "text/plain"
    # The cut may fall into an address.
    return "sitemap" if is_text and _text_pages(head[:4096].rpartition(b"\n")[0] or head) else None


def parse_sitemap(body: bytes, url: str) -> Sitemap:
    """Return what a sitemap lists: an index, a urlset (also one that lists sitemaps), a feed, or plain lines of text.

    Addresses are canonical and distinct. Raises PageError when nothing in it can be read.
    """
    body = unpacked(body, url)
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and (pages := _text_pages(body)):
        return _sitemap(((None, page, None) for page in pages), url)
    root = parse_document(body, url)
    if local_name(root) in FEED_ROOTS:
        return Sitemap(tuple((entry.url, entry.published) for entry in entries(root, url)))
    if local_name(root) not in _SITEMAP_ROOTS and next(_locations(root), None) is None:
        raise PageError(url, f"no sitemap: its root is <{local_name(root)}>", "it was kept, but not read")
    return _sitemap(_locations(root), url)


def _locations(root: etree._Element) -> Iterator[tuple[str | None, str, str | None]]:
    """Yield the name of the parent, the address as written and the lastmod of each `<loc>`."""
    for loc in root.iter("{*}loc"):
        parent = loc.getparent()
        if parent is None or not loc.text or len(loc):  # an entity inside would be half an address
            continue
        if (name := local_name(parent)) in _PARENTS:
            yield name, loc.text.strip(), child_text(parent, "lastmod")


def _sitemap(found: Iterator[tuple[str | None, str, str | None]], url: str) -> Sitemap:
    pages: dict[str, str | None] = {}
    sitemaps: dict[str, None] = {}
    for parent, location, changed in found:
        address = canonical(location, url)
        if address is None:
            continue
        if parent == "sitemap" or _XML_FILE.search(address):
            sitemaps[address] = None
        else:
            pages.setdefault(address, _iso(changed))
    return Sitemap(tuple(pages.items()), tuple(sitemaps))


def _iso(text: str | None) -> str | None:
    """Return a W3C date or time as it stands if it is one, else None."""
    try:
        datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return text


def _text_pages(body: bytes) -> list[str]:
    """Return the lines of a text sitemap; none if there is anything but addresses."""
    lines = body.decode("utf-8-sig", "replace").split()
    return lines if all(line.startswith(("http://", "https://")) for line in lines) else []
