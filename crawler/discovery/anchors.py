"""The links of a page, read from the tree that extraction reads too."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from archive.extract.page import Page
from crawler.discovery.kinds import LinkKind, kind_of
from crawler.urls import canonical, host_of, identity, refusal
from crawler.urls.canonicalise import split

__all__ = ["Discovered", "Link", "links"]

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_REFRESH = re.compile(r"\s*[\d.]*\s*[;,]?\s*url\s*=\s*['\"]?\s*(?P<url>[^'\"]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """An address to follow, and what it probably leads to."""

    url: str
    kind: LinkKind

    @property
    def rank(self) -> int:
        """Return the place in the order of a crawl, 0 first."""
        return self.kind.rank


@dataclass(frozen=True, slots=True)
class Discovered:
    """What a page points to: links distinct by address in the order of the page, on whatever host.

    `refused`: reason → number of distinct addresses that are not followed; `unfetchable` are mailto:, javascript:,
    malformed ones. `canonical_url`: what the page calls itself, where that can be believed.
    """

    links: tuple[Link, ...] = ()
    refused: Counter[str] = field(default_factory=Counter)
    canonical_url: str | None = None


def links(page: Page) -> Discovered:
    """Return the links of a page: anchors, areas, feeds, next and previous pages, frames of its host, refreshes.

    `rel=nofollow` links are followed all the same: it is a word to search engines about advertising, and portals put
    it on their menus.
    """
    found: dict[str, Link] = {}
    dropped: dict[str, str] = {}
    base = page.base_url
    for href, kind in _references(page):
        url = canonical(href, base)
        if url is None:
            dropped[href] = "unfetchable"
        elif url not in found and url not in dropped:
            if reason := refusal(url):
                dropped[url] = reason
            else:
                found[url] = _link(url) if kind is None else Link(url, kind)
    return Discovered(tuple(found.values()), Counter(dropped.values()), _canonical_url(page))


@lru_cache(maxsize=1 << 15)
def _link(url: str) -> Link:
    return Link(url, kind_of(url))


def _references(page: Page) -> Iterator[tuple[str, LinkKind | None]]:
    """Yield addresses as they are written, with their kind where the markup tells it. `<link>`s come first."""
    for element in page.tree.iter("link"):
        href, rels = element.get("href"), _rels(element)
        if not href or not rels:
            continue
        if rels & {"next", "prev"}:
            yield href, LinkKind.PAGINATION
        elif "alternate" in rels and (element.get("type") or "").partition(";")[0].strip().lower() in _FEED_TYPES:
            yield href, LinkKind.FEED
    for element in page.tree.iter("meta"):
        if (element.get("http-equiv") or "").strip().lower() == "refresh" and (
            match := _REFRESH.match(element.get("content") or "")
        ):
            yield match["url"], None
    for element in page.tree.iter("a", "area"):
        href = element.get("href")
        if href and href[0] != "#":
            yield href, LinkKind.PAGINATION if element.get("rel") and _rels(element) & {"next", "prev"} else None
    host = _bare_host(page.url)
    for element in page.tree.iter("iframe", "frame"):
        src = element.get("src")
        if src and (url := canonical(src, page.base_url)) and _bare_host(url) == host:
            yield src, None


def _rels(element: HtmlElement) -> set[str]:
    return set((element.get("rel") or "").lower().split())


def _bare_host(url: str) -> str:
    return host_of(url).removeprefix("www.")


def _canonical_url(page: Page) -> str | None:
    """Return what the page calls itself (`rel=canonical`), or None where that is missing or cannot be true.

    Portals print one canonical address on all pages of a template: the home page, the category, the detail page
    without the id. So it must be of the same host, be followed itself, and say no less than the page's own address.
    """
    own = canonical(page.url)
    if own is None:
        return None
    for element in page.tree.iter("link"):
        if "canonical" not in _rels(element):
            continue
        url = canonical(element.get("href") or "", page.base_url)
        if url is None or _bare_host(url) != _bare_host(own) or refusal(url):
            return None
        if identity(url) == identity(own):
            return url
        (_, _, path, query), (_, _, own_path, own_query) = split(url), split(own)
        is_above = own_path.startswith(path.rstrip("/") + "/") or path == own_path
        says_less = is_above or (bool(own_query) and not query)
        return None if path == "/" or says_less else url
    return None
