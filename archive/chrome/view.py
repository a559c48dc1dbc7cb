"""What an archive has learned of a portal, to be shown."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.chrome.learn import PAGES_LEAST

__all__ = ["BlockView", "ChromeView", "ContainerView", "view_chrome"]


@dataclass(frozen=True, slots=True)
class ContainerView:
    """A block that holds articles: on `pages` of the `of_pages` that have it."""

    address: str
    pages: int
    of_pages: int


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block that recurs: where it stands, how its text begins, on `pages` of the `of_pages` with a block there.

    `since`, `last_seen`: times of captures. `role`: `outside` and `inside` of the containers, `teasers` (a place where
    each page has other links), or `kept`: text that recurs.
    """

    place: str
    text: str
    pages: int
    of_pages: int
    since: str
    last_seen: str
    role: str
    is_applied: bool


@dataclass(frozen=True, slots=True)
class ChromeView:
    """A portal's chrome, learned from `pages` observed articles, of `articles` that the archive has.

    `observed`: articles that the next learning has; `needed`: as many as it takes. `outdated`: articles that were
    extracted with an earlier state of it.
    """

    portal: str
    version: str | None
    learned_at: str | None
    pages: int
    observed: int
    needed: int
    articles: int
    outdated: int
    containers: tuple[ContainerView, ...]
    blocks: tuple[BlockView, ...]


def view_chrome(db: sqlite3.Connection, portal: str) -> ChromeView:
    """Return what is known of the chrome of a portal that the archive has."""
    row = db.execute("SELECT pages, version, learned_at FROM chrome WHERE portal = ?", [portal]).fetchone()
    pages, version, learned_at = tuple(row) if row else (0, "", None)
    articles, outdated = db.execute(
        """SELECT count(*), count(*) FILTER (WHERE coalesce(learned, '') <> ?) FROM pages
        JOIN revisions ON revisions.id = pages.revision_id WHERE portal = ?""",
        [version, portal],
    ).fetchone()
    containers = db.execute(
        "SELECT address, pages, of_pages FROM chrome_containers WHERE portal = ? ORDER BY pages DESC, address", [portal]
    )
    blocks = db.execute(
        """SELECT place, text, pages, of_pages, since, last_seen, role FROM chrome_blocks
        WHERE portal = ? ORDER BY role = 'kept', pages DESC, place, text""",
        [portal],
    )
    return ChromeView(
        portal,
        version or None,
        learned_at,
        pages,
        db.execute("SELECT count(*) FROM chrome_pages WHERE portal = ?", [portal]).fetchone()[0],
        PAGES_LEAST,
        articles,
        outdated,
        tuple(ContainerView(*found) for found in containers),
        tuple(BlockView(**dict(found), is_applied=found["role"] != "kept") for found in blocks),
    )
