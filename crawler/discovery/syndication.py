"""Feeds: RSS 2.0, RSS 1.0 and Atom, as far as a crawl needs them."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from lxml import etree

from archive.errors import PageError
from archive.text import normalise_line
from crawler.discovery.document import child_text, local_name, parse_document, unpacked
from crawler.urls import canonical

__all__ = ["FEED_ROOTS", "FeedEntry", "entries", "parse_feed"]

FEED_ROOTS = frozenset({"rss", "feed", "rdf"})


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry of a feed. `published`, `updated`: ISO 8601 as the feed says it; hints, feeds are often hours off."""

    url: str
    title: str | None = None
    published: str | None = None
    updated: str | None = None


def parse_feed(body: bytes, url: str) -> list[FeedEntry]:
    """Return the entries of a feed that have an address, distinct by it, in the order of the feed.

    Raises PageError when it is no feed.
    """
    root = parse_document(unpacked(body, url), url)
    if local_name(root) not in FEED_ROOTS:
        raise PageError(url, f"no feed: its root is <{local_name(root)}>", "it was kept, but not read")
    found: dict[str, FeedEntry] = {}
    for entry in entries(root, url):
        found.setdefault(entry.url, entry)
    return list(found.values())


def entries(root: etree._Element, url: str) -> Iterator[FeedEntry]:
    """Yield the entries of a parsed feed that have an address."""
    for item in root.iter("{*}item", "{*}entry"):
        if address := _address(item, url):
            title = normalise_line(html.unescape(child_text(item, "title") or ""))
            date = child_text(item, "pubdate", "published", "date", "issued", "updated", "modified")
            yield FeedEntry(address, title or None, _iso(date), _iso(child_text(item, "updated", "modified")))


def _address(item: etree._Element, url: str) -> str | None:
    for link in item:
        if local_name(link) == "link" and link.get("rel", "alternate") == "alternate":
            written = link.get("href") or link.text
            if written and (address := canonical(written, url)):
                return address
    about = next((value for name, value in item.attrib.items() if str(name).endswith("}about")), None)
    for written in (child_text(item, "guid"), about):
        if written and (address := canonical(str(written))):  # a guid that is no address is no relative one either
            return address
    return None


def _iso(text: str | None) -> str | None:
    """Return an RFC 822 or ISO 8601 time as ISO 8601, or None."""
    if not text:
        return None
    try:
        datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        return text
    try:
        return parsedate_to_datetime(text).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
