"""Where the feed of a portal is when its pages do not name it: asked only of a system that was recognised."""

from __future__ import annotations

import re
from collections.abc import Sequence

from archive.extract.page import Page
from crawler.discovery.anchors import Link
from crawler.discovery.kinds import LinkKind
from crawler.urls import canonical, host_of

__all__ = ["usual_feed"]

_FEEDS = {"wordpress": "/feed/", "joomla": "/?format=feed&type=rss", "drupal": "/rss.xml"}
# NukeViet's module of news has its own name and may stand below a language; its feed lies in it.
_NUKEVIET = "nukeviet"
_NEWS = re.compile(r"(https?://[^/]+/(?:vi/)?(?:news|tin-tuc))/(?:[^?#]*/)?$")


def usual_feed(page: Page, links: Sequence[Link]) -> Link | None:
    """Return the feed that the system of a home page has at a place of its own, or None where the page names one."""
    if any(link.kind is LinkKind.FEED for link in links):
        return None
    generator = next(
        (meta.get("content", "") for meta in page.tree.iter("meta") if _is_generator(meta.get("name"))), ""
    )
    name = generator.lower()
    if _NUKEVIET in name:
        own = (match for link in links if (match := _NEWS.match(link.url)) and host_of(link.url) == host_of(page.url))
        news = next(own, None)
        url = f"{news[1]}/rss/" if news else None
    else:
        place = next((place for system, place in _FEEDS.items() if system in name), None)
        url = canonical(place, page.url) if place else None
    return Link(url, LinkKind.FEED) if url else None


def _is_generator(name: str | None) -> bool:
    return (name or "").lower() == "generator"
