"""Whether a listing that is read again has more news than its page shows, and where to go on then."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from itertools import pairwise

from archive.records import PageKind
from crawler.discovery import LinkKind
from crawler.frontier import FrontierRow, NewRow

__all__ = ["following"]

_ARTICLE, _TURNING = LinkKind.ARTICLE.rank, LinkKind.PAGINATION.rank
_LISTED = frozenset({_ARTICLE, LinkKind.LISTING.rank, LinkKind.PAGE.rank})  # what articles may be taken for
_LEAST = 5  # articles that show an order
_NUMBER = re.compile(r"\d+")


def following(db: sqlite3.Connection, row: FrontierRow, links: Sequence[NewRow], begun_at: int) -> list[NewRow]:
    """Return the pages of the listing that have to be asked for next, none where this one ends with known articles.

    `links`: those of the page, in its order, with all the pages that it turns to. `begun_at`: Unix time since which
    addresses count as news; a page that was fetched since then is not returned.
    """
    turning = [place for place, link in enumerate(links) if link.rank == _TURNING]
    if row.fetched_at is None or not turning:
        return []
    # What stands behind the last page number is not part of the list; some lists have the numbers above them only.
    behind = turning[-1]
    if not any(link.rank == _ARTICLE for link in links[:behind]):
        behind = len(links)
    further = sorted((links[place] for place in turning if links[place].key != row.key), key=_numbers)
    if _is_oldest_first(links[:behind]):
        return _last_pages(db, further) if row.rank != _TURNING else []
    if not _ends_with_news(db, links[:behind], begun_at):
        return []
    return [link for link in further if not _is_fetched(db, link.key, begun_at)][:1]


def _is_oldest_first(links: Sequence[NewRow]) -> bool:
    """Tell whether the numbers of the articles rise down the page."""
    numbers = [found[-1] for link in links if link.rank == _ARTICLE and (found := _numbers(link))]
    rising = sum(one < other for one, other in pairwise(numbers))
    return len(numbers) >= _LEAST and rising >= 0.9 * (len(numbers) - 1)


def _last_pages(db: sqlite3.Connection, further: Sequence[NewRow]) -> list[NewRow]:
    """Return the last page that was fetched before, where a list grows, and the pages behind it."""
    fetched = [place for place, link in enumerate(further) if _is_fetched(db, link.key, 0)]
    return list(further[fetched[-1] :]) if fetched else []


def _ends_with_news(db: sqlite3.Connection, links: Sequence[NewRow], begun_at: int) -> bool:
    """Tell whether the last article that a list links to is a new one; known pages that are no articles are menus."""
    for link in reversed(links):
        if link.rank not in _LISTED:
            continue
        known = db.execute("SELECT kind, found_at FROM frontier WHERE key = ?", [link.key]).fetchone()
        if known is None or known[1] >= begun_at:
            return True
        if known[0] == PageKind.ARTICLE:
            return False
    return False


def _numbers(link: NewRow) -> list[int]:
    return [int(number) for number in _NUMBER.findall(f"{link.url} {link.form or ''}")]


def _is_fetched(db: sqlite3.Connection, key: int, since: int) -> bool:
    return db.execute("SELECT 1 FROM frontier WHERE key = ? AND fetched_at >= ?", [key, since]).fetchone() is not None
