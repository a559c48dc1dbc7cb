"""What a page says of itself in its head: title, OpenGraph, JSON-LD. Hints, never believed alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from archive.extract.page import Element
from archive.text import normalise_line

__all__ = ["Metadata", "read_metadata"]

_ARTICLE_TYPES = frozenset(("newsarticle", "article", "blogposting", "reportagenewsarticle"))
_LISTING_TYPES = frozenset(("collectionpage", "searchresultspage", "blog", "itemlist"))
_MAX_CHARS = 2_000  # of a title or description; more than anyone writes
_MAX_JSON_CHARS = 200_000
_MAX_JSON_NODES = 400
_MAX_SCRIPTS = 40


@dataclass(slots=True)
class Metadata:
    """The head of a page. `types` are lower-case schema.org types of its JSON-LD; texts are normalised lines."""

    title: str = ""
    generator: str = ""
    language: str = ""
    body_classes: frozenset[str] = frozenset()
    properties: dict[str, str] = field(default_factory=dict)  # <meta name|property|itemprop>, first wins
    types: frozenset[str] = frozenset()
    article: dict[str, Any] = field(default_factory=dict)  # the JSON-LD node of the article

    @property
    def og_type(self) -> str:
        """The OpenGraph type, lower-case."""
        return self.properties.get("og:type", "").casefold()

    @property
    def says_article(self) -> bool:
        """Whether the JSON-LD holds an article."""
        return bool(self.types & _ARTICLE_TYPES)

    @property
    def says_listing(self) -> bool:
        """Whether the JSON-LD says that the page is a collection."""
        return bool(self.types & _LISTING_TYPES) and not self.says_article

    @property
    def headlines(self) -> list[str]:
        """What the page calls its headline, most trusted first."""
        found = [self.article.get("headline"), self.properties.get("og:title"), self.properties.get("twitter:title")]
        return [normalise_line(text) for text in found if isinstance(text, str) and text.strip()]

    @property
    def dates(self) -> list[str]:
        """The surfaces of the publication date, most trusted first."""
        names = ("article:published_time", "datepublished", "og:published_time", "pubdate", "dc.date", "dc.date.issued")
        found = [self.article.get("datePublished"), *(self.properties.get(name) for name in names)]
        return [text for text in found if isinstance(text, str) and text]

    @property
    def site_name(self) -> str:
        """What the site calls itself."""
        return self.properties.get("og:site_name", "")


def read_metadata(root: Element) -> Metadata:
    """Return what the page at `root` says of itself."""
    metadata = Metadata(language=(root.get("lang") or "").strip().casefold()[:2])
    scripts = 0
    for element in root.iter("meta", "title", "body", "script"):
        if element.tag == "meta":
            name = (element.get("property") or element.get("name") or element.get("itemprop") or "").casefold()
            if name and (content := element.get("content")):
                metadata.properties.setdefault(name, normalise_line(content[:_MAX_CHARS]))
        elif element.tag == "title":
            metadata.title = metadata.title or normalise_line("".join(element.itertext())[:_MAX_CHARS])
        elif element.tag == "body":
            metadata.body_classes = metadata.body_classes or frozenset((element.get("class") or "").casefold().split())
        elif "ld+json" in (element.get("type") or "") and (scripts := scripts + 1) <= _MAX_SCRIPTS:
            _read_json(element.text or "", metadata)
    metadata.generator = metadata.properties.get("generator", "")
    return metadata


def _read_json(text: str, metadata: Metadata) -> None:
    if len(text) > _MAX_JSON_CHARS:
        return
    try:
        # Line breaks inside strings are common and harmless.
        data = json.loads(re.sub(r"^\s*(?://\s*)?<!\[CDATA\[|(?://\s*)?\]\]>\s*$", "", text), strict=False)
    except (ValueError, RecursionError):
        return
    queue, types = [data], set(metadata.types)
    for node in queue:
        if len(queue) > _MAX_JSON_NODES:
            break
        if isinstance(node, list):
            queue.extend(node)
        elif isinstance(node, dict):
            kinds = node.get("@type")
            names = {k.casefold() for k in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(k, str)}
            types |= names
            if names & _ARTICLE_TYPES and not metadata.article:
                metadata.article = node
            queue.extend(node[key] for key in ("@graph", "mainEntity", "mainEntityOfPage") if key in node)
    metadata.types = frozenset(types)
