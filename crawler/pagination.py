"""Whether a listing that is read again has more news than its page shows, and where to go on then."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

from archive.records import PageKind
from crawler.discovery import LinkKind
from crawler.frontier import FrontierRow, NewRow

__all__ = ["following"]

_ARTICLE, _TURNING = LinkKind.ARTICLE.rank, LinkKind.PAGINATION.rank
_LISTED = frozenset({_ARTICLE, LinkKind.LISTING.rank, LinkKind.PAGE.rank})  # what articles may be taken for
_NUMBER = re.compile(r"\d+")


def following(db: sqlite3.Connection, row: FrontierRow, links: Sequence[NewRow], begun_at: int) -> NewRow | None:
    """Return the page of the listing that has to be asked for next, None where this one ends with known articles.

    `links`: those of the page, in its order, with all the pages that it turns to. `begun_at`: Unix time since which
    addresses count as news; a page that was fetched since then is not returned.
    """
    turning = [place for place, link in enumerate(links) if link.rank == _TURNING]
    if row.fetched_at is None or not turning:
        return None
    # What stands behind the last page number is not part of the list; some lists have the numbers above them only.
    behind = turning[-1]
    if not any(link.rank == _ARTICLE for link in links[:behind]):
        behind = len(links)
    if not _ends_with_news(db, links[:behind], begun_at):
        return None
    further = sorted((links[place] for place in turning if links[place].key != row.key), key=_numbers)
    return next((link for link in further if not _is_fetched(db, link.key, begun_at)), None)


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
