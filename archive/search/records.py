"""What a search is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Count", "Facets", "File", "Hit", "Options", "Results", "Segment", "Sort"]

Sort = Literal["rank", "newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to search: `exact` makes accents count, `all_copies` shows each copy instead of one a cluster.

    With `articles_only` nothing is looked for in attachments. `sort`: by rank, or by the day of publication. Hits
    number `offset` to `offset + limit` are returned. With `facets` the matches are counted, too.
    """

    exact: bool = False
    all_copies: bool = False
    limit: int = 10
    articles_only: bool = False
    offset: int = 0
    sort: Sort = "rank"
    facets: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text as the archive has it; `is_match` where it is a word that was looked for."""

    text: str
    is_match: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """An attachment whose text was found: the id of its own page, its address, name and format."""

    id: str
    url: str
    name: str
    format: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found; the higher `score` the better.

    `marked_title`: the title in pieces. `snippet`: the part of its text that holds most of the words, in pieces, with
    " … " between paragraphs; everything else is as the archive has it.
    `copies`: how many other articles are in its cluster.
    `attachment`: the file that was found, if it was not the article itself: then `snippet` is from its text. Where no
    article links to it, the file's page stands for the article.
    """

    id: str
    url: str
    portal: str
    province: str | None
    title: str
    marked_title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    category: str | None
    published_at: str | None
    captured_at: str
    gone_at: str | None
    cluster_id: str
    copies: int
    score: float
    attachment: File | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many of the matches have a value; None: no province is known, or no day of publication."""

    value: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The texts that match, copies included, by province, portal (the most first) and year (the newest first).

    `is_bounded`: only the `counted` matches that were published last are in the counts.
    """

    provinces: tuple[Count, ...]
    portals: tuple[Count, ...]
    years: tuple[Count, ...]
    counted: int
    is_bounded: bool


@dataclass(frozen=True, slots=True)
class Results:
    """The hits of one page of results.

    `matched`: the texts that match, copies included; unless `is_counted` there are more. `is_bounded`: more match than
    were ranked or, with `exact`, read; the best of `ranked` are shown. `has_more`: whether there is a next page.
    """

    hits: tuple[Hit, ...]
    matched: int
    is_counted: bool
    is_bounded: bool
    ranked: int
    has_more: bool
    facets: Facets | None = None
