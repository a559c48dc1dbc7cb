"""`Family`: where the pages of one CMS keep what, as data."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Family", "classes"]


@dataclass(frozen=True, slots=True)
class Family:
    """Where the pages of one CMS keep what. Selectors are those of `select`; in each field the first that hits wins.

    `marks`: any one of these selectors found makes the page one of the family's; so does `generator` as a part of
    `<meta name=generator>`. `rank`: templates that are laid over another CMS are asked before it.

    `is_platform`: portals build templates of their own on it, so that the names that many portals use count for date
    and author, too. `entries`: elements that hold an article each; several side by side are a listing.

    `article_classes` and `listing_classes` are classes of `<body>` that settle the kind; `other_classes` those of
    pages of another kind, `missing_classes` those of the page that says "not found". `lists` are elements that only
    listings have; `listing_types` values of `og:type` that only pages which are no articles have. `has_own_body`: the
    body's selectors name what only articles have.

    `chrome`: pairs of a selector and the reason why what it names is no part of the article, wherever it stands.
    `trusts_byline` is False where the author field falls back to the poster's account.
    """

    name: str
    rank: int = 0
    generator: str = ""
    marks: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    chrome: tuple[tuple[str, str], ...] = ()
    lists: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()
    article_classes: frozenset[str] = frozenset()
    listing_classes: frozenset[str] = frozenset()
    other_classes: frozenset[str] = frozenset()
    missing_classes: frozenset[str] = frozenset()
    listing_types: frozenset[str] = frozenset()
    has_own_body: bool = False
    trusts_byline: bool = True
    is_platform: bool = False


def classes(names: str) -> frozenset[str]:
    """Return the names of a list that blanks separate."""
    return frozenset(names.split())
