"""Pages of one portal that say the same under addresses that differ in a part which changes nothing.

A print version (`/ban-in/…`, `?in=1`), a session id in the path. Judged where a copy was found, so that other pages
cost nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from archive.records import PageKind
from archive.store import pages
from crawler import urls
from crawler.frontier import FrontierRow, NewRow
from crawler.learning import Outcome
from crawler.learning.patterns import FOLDERS, additions, difference, same_name, stripped

__all__ = ["Twin", "find_twin", "join", "outcome"]

_LOOKED_AT = 20  # pages with one text
_TURNED_LEAST = 2  # other pages under one path that say the same: with a third, the path is no list of articles


@dataclass(frozen=True, slots=True)
class Twin:
    """Another page of the portal with the same article.

    `part`: what one address has more than the other, or the token in which they differ; None where the addresses have
    nothing to do with each other: both stay articles. `is_longer`: it is the other page that has the part.
    """

    key: int
    url: str
    part: str | None
    is_longer: bool = False


def find_twin(db: sqlite3.Connection, row: FrontierRow, brings_nothing: Callable[[str, str], bool]) -> Twin | None:
    """Return the page whose article the page of `row`, which was just stored, says again.

    `brings_nothing`: whether no page of a portal with that part has brought a new text.
    """
    if found := _shorter(db, row):
        return found
    same = db.execute(
        """SELECT twin.key, twin.url, again.document_id = said.document_id FROM pages AS own
        JOIN revisions AS said ON said.id = own.revision_id JOIN documents ON documents.id = said.document_id
        JOIN documents AS other ON other.cluster_id = documents.cluster_id
        JOIN revisions AS again ON again.document_id = other.id AND again.title = said.title
        JOIN pages AS twin ON twin.revision_id = again.id
        WHERE own.key = ? AND twin.id <> own.id AND twin.portal = own.portal LIMIT ?""",
        [row.key, _LOOKED_AT],
    ).fetchall()
    for key, url, is_exact in same:
        if part := difference(row.url, url):
            return Twin(key, url, part)
        if part := next((part for part in additions(row.url, url) if brings_nothing(row.portal, part)), None):
            return Twin(key, url, part)
        longer = next((part for part, rest in stripped(url) if urls.page_key(rest) == row.key), None)
        if longer:
            return Twin(key, url, longer, is_longer=True)
        if is_exact and same_name(row.url, url):
            return Twin(key, url, FOLDERS)
    exact = [(key, url) for key, url, is_exact in same if is_exact]
    return _turned(row, exact) or next((Twin(key, url, None) for key, url in exact), None)


def _turned(row: FrontierRow, same: Sequence[tuple[int, str]]) -> Twin | None:
    """Return one of the pages that say exactly the same and differ in the value of a parameter alone, if many do."""
    address, _, query = row.url.partition("?")
    alike = [(key, url) for key, url in same if url.partition("?")[0] == address]
    if not query or len(alike) < _TURNED_LEAST:
        return None
    key, url = alike[0]
    others = set(url.partition("?")[2].split("&"))
    turned = next((pair for pair in query.split("&") if pair not in others), None)
    return Twin(key, url, f"?{turned.partition('=')[0].lower()}=") if turned else None


def _shorter(db: sqlite3.Connection, row: FrontierRow) -> Twin | None:
    """Return the page whose address is this one without one part, if their texts are in one cluster."""
    without = {urls.page_key(rest): (part, rest) for part, rest in stripped(row.url)}
    without.pop(row.key, None)
    if not without:
        return None
    found = db.execute(
        f"""SELECT twin.key, twin.url FROM pages AS twin JOIN revisions AS again ON again.id = twin.revision_id
        JOIN documents AS other ON other.id = again.document_id, pages AS own
        JOIN revisions AS said ON said.id = own.revision_id JOIN documents ON documents.id = said.document_id
        WHERE twin.key IN ({",".join("?" * len(without))}) AND own.key = ? AND twin.portal = own.portal
        AND other.cluster_id = documents.cluster_id LIMIT 1""",
        [*without, row.key],
    ).fetchone()
    return Twin(found[0], found[1], without[found[0]][0]) if found else None


def join(
    db: sqlite3.Connection, row: FrontierRow, twin: Twin, ref: pages.CaptureRef, stored: pages.Stored
) -> pages.Stored:
    """Keep one article of the two pages: the one with the shorter address, or else that was there first.

    Returns what became of the page of `row`, which was `stored` as an article from the capture of `ref`.
    """
    if twin.part is None:
        return stored
    if twin.is_longer:
        pages.make_alias(db, twin.key, row.key)
        return stored
    pages.make_alias(db, row.key, twin.key)
    return pages.record_kind(db, ref, PageKind.ALIAS, f"says what {twin.url} says")


def outcome(stored: pages.Stored, twin: Twin | None, links: Sequence[NewRow], fresh: Sequence[NewRow]) -> Outcome:
    """Return what there is to learn from a page that was stored. A text that other portals have is new all the same."""
    if twin is not None and twin.part is not None:
        return Outcome(stored.kind, twin=twin.part, longer=twin.url if twin.is_longer else None)
    return Outcome(stored.kind, is_new_text=stored.is_new and twin is None, links=links, fresh=fresh)
