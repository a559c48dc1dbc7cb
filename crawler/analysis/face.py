"""What a page shows, in two numbers: pages of a trap show the same at ever new addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from archive.extract import Page
from archive.records import Article
from crawler.discovery import Link, LinkKind

__all__ = ["Face", "face"]

_DIGITS = re.compile(r"\d+")
_UNSEEN = frozenset({"script", "style", "noscript", "template", "head", "title"})


@dataclass(frozen=True, slots=True)
class Face:
    """What a page shows, as hashes: what can be read and seen, and that with the names of the articles linked to."""

    seen: int
    linked: int


def _name(link: Link) -> str:
    return link.url.rpartition("/")[2]


def _shown(page: Page) -> tuple[str, set[str]]:
    """Return the text of a page, its numbers masked, and the texts of its links with the names of its images."""
    shown: list[str] = []
    labels: set[str] = set()
    for element in page.tree.iter():
        tag = element.tag
        if tag == "a":
            labels.add(" ".join("".join(element.itertext()).split()))
        elif tag == "img":
            labels.add((element.get("src") or "").partition("?")[0].rpartition("/")[2])
        if element.text and tag not in _UNSEEN:
            shown.append(element.text)
        if element.tail:
            shown.append(element.tail)
    return _DIGITS.sub("0", " ".join("".join(shown).split())), labels


def face(page: Page, article: Article | None, links: Sequence[Link]) -> Face:
    """Return what a page shows: its text, what it links to and its images.

    An article stands for the text around it, where counters, clocks and quotes change, and its links are named by their
    addresses. Elsewhere links are named by their texts, which keep their numbers ("Công báo số 12"); those that are
    nothing else, days of a calendar and numbers of pages, are left out, and numbers in the text are masked.
    """
    if article:
        text, labels = article.text, {_name(link) for link in links}
    else:
        text, labels = _shown(page)
    named = sorted(filter(_is_named, labels))
    names = sorted({_name(link) for link in links if link.kind is LinkKind.ARTICLE})
    seen = "\n".join((text, *named))
    return Face(_hash(seen), _hash("\n".join((seen, *names))))


# Menus say the same on every page.
@lru_cache(maxsize=1 << 15)
def _is_named(label: str) -> bool:
    return any(map(str.isalpha, label))


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
