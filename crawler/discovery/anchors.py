"""The links of a page, read from the tree that extraction reads too."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from lxml.etree import XPath

from archive.extract.page import Element, Page
from crawler.discovery.kinds import LinkKind, kind_of
from crawler.urls import canonical, host_of, identity, refusal
from crawler.urls.canonicalise import bases, split

__all__ = ["Discovered", "Link", "links", "own_address"]

_TAGS = ("a", "area", "link", "meta", "iframe", "frame")
_TURNING = frozenset({"next", "prev"})
_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
_REFRESH = re.compile(r"[\s\d.;,]*url\s*=[\s'\"]*(?P<url>[^'\"]+)", re.IGNORECASE)
# What a click does by a script, where that is nothing but to go to an address or to open a file.
_CLICK = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|window\.open\(|RefreshPageTo\(\s*event\s*,"
    r"|downloadFile\((?:[^,()]*,)?)\s*(?P<q>[\"'])(?P<url>[^\"'\s]+)(?P=q)"
)
_CLICKED = XPath("descendant::*[@onclick][not(self::a or self::area or self::select)]")
_ESCAPED = re.compile(r"\\(?:u00|x)([0-9a-fA-F]{2})")
# How the index of a plain folder links to what lies in it: 2022/ is no archive of a blog there.
_FOLDER = re.compile(r"\d{1,4}/")


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


def links(page: Page, language: str = "", *, has_clicks: bool = True) -> Discovered:
    """Return the links of a page: anchors, areas, feeds, next and previous pages, frames of its host, refreshes.

    Rows, cells and buttons that go to an address when they are clicked are links, too; `has_clicks` says whether there
    may be any.

    `rel=nofollow` links are followed all the same: it is a word to search engines about advertising, and portals put
    it on their menus. `language`: the foreign language that is followed (`urls.language_of`).
    """
    found = _Found(page.base_url, language)
    canonical_url: str | None = None
    for element in page.tree.iter(*_TAGS):
        tag = element.tag
        if tag in ("a", "area"):
            href = element.get("href")
            if not href or href[0] in "#jJ":
                href = _scripted(element) or href
            if href and href[0] != "#":
                turns = element.get("rel") is not None and not _TURNING.isdisjoint(_rels(element))
                found.add(href, LinkKind.PAGINATION if turns else None)
        elif tag == "link":
            rels, href = _rels(element), element.get("href") or ""
            if "canonical" in rels:
                canonical_url = canonical_url or _believed(href, page, language)
            elif href and (kind := _markup_kind(element, rels)):
                found.add(href, kind)
        elif tag == "meta":
            if (element.get("http-equiv") or "").strip().lower() == "refresh" and (
                match := _REFRESH.match(element.get("content") or "")
            ):
                found.add(match["url"])
        elif (src := element.get("src")) and _is_own(canonical(src, page.base_url), page):
            found.add(src)
    if has_clicks:
        for element in cast("list[Element]", _CLICKED(page.tree)):
            if href := _scripted(element):
                found.add(href)
    return Discovered(tuple(found.links.values()), Counter(found.dropped.values()), canonical_url)


def own_address(page: Page, language: str = "") -> str | None:
    """Return what a page calls itself, where that can be believed: `canonical_url` without reading the links."""
    named = (element.get("href") or "" for element in page.tree.iter("link") if "canonical" in _rels(element))
    return next((url for href in named if (url := _believed(href, page, language))), None)


class _Found:
    """The links met so far, by address, and the reasons of those dropped."""

    def __init__(self, base_url: str, language: str) -> None:
        self._bases, self._language = bases(base_url), language
        self._read: set[str] = set()
        self.links: dict[str, Link] = {}
        self.dropped: dict[str, str] = {}

    def add(self, href: str, kind: LinkKind | None = None) -> None:
        """Take in an address as it is written; `kind` where the markup tells it."""
        if href in self._read:
            return
        self._read.add(href)
        link, url, reason = _judged(href, self._bases.of(href), self._language)
        if link is None:
            self.dropped[url] = reason
        elif url not in self.links:
            self.links[url] = Link(url, kind) if kind else link


# Menus lead to the same addresses on every page: they are judged once.
@lru_cache(maxsize=1 << 15)
def _judged(href: str, base: str, language: str) -> tuple[Link | None, str, str]:
    """Return the link that `href` is; or else None, the address that it means, and why that is not followed."""
    url = canonical(href, base)
    if url is None:
        return None, href, "unfetchable"
    if (reason := refusal(url, language)) and not (reason == "calendar" and _FOLDER.fullmatch(href)):
        return None, url, reason
    return Link(url, kind_of(url)), url, ""


def _scripted(element: Element) -> str | None:
    """Return the address that a click goes to by a script, or None: `location.href=…`, SharePoint's RefreshPageTo."""
    match = _CLICK.search(element.get("onclick") or element.get("href") or "")
    return _ESCAPED.sub(lambda escaped: chr(int(escaped[1], 16)), match["url"]) if match else None


def _rels(element: Element) -> set[str]:
    return set((element.get("rel") or "").lower().split())


def _markup_kind(link: Element, rels: set[str]) -> LinkKind | None:
    """Return the kind of a `<link>` that is followed, or None for a style sheet, an icon, a translation."""
    if not _TURNING.isdisjoint(rels):
        return LinkKind.PAGINATION
    is_feed = "alternate" in rels and (link.get("type") or "").partition(";")[0].strip().lower() in _FEED_TYPES
    return LinkKind.FEED if is_feed else None


def _bare_host(url: str) -> str:
    return host_of(url).removeprefix("www.")


def _is_own(url: str | None, page: Page) -> bool:
    return url is not None and _bare_host(url) == _bare_host(page.url)


def _believed(href: str, page: Page, language: str) -> str | None:
    """Return what the page calls itself (`rel=canonical`), or None where that cannot be true.

    Portals print one canonical address on all pages of a template: the home page, the category, the detail page
    without the id. So it must be of the same host, be followed itself, and say no less than the page's own address.
    """
    url, own = canonical(href, page.base_url), canonical(page.url)
    if url is None or own is None or not _is_own(url, page) or refusal(url, language):
        return None
    if identity(url) == identity(own):
        return url
    (_, _, path, query), (_, _, own_path, own_query) = split(url), split(own)
    is_above = path == own_path or own_path.startswith(path.rstrip("/") + "/")
    is_nameless = bool(own_query) and not query and kind_of(url) is not LinkKind.ARTICLE
    return None if is_above or is_nameless else url
