"""The captures of a page that are extracted anew, as jobs for the workers."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field

from archive.chrome import Observes
from archive.content import decoded_body, most_bytes
from archive.records import PageKind
from archive.store import Archive
from archive.store.renderings import as_analysed
from crawler.analysis.job import Job
from crawler.discovery import LinkKind

__all__ = ["Page", "Portal", "is_taken", "job_of", "pages_of", "sources_of"]

# What is no matter of extraction: how the server answered, files that only lead on.
_NOT_TAKEN = frozenset(
    (PageKind.FEED, PageKind.SITEMAP, PageKind.ROBOTS, PageKind.REDIRECT, PageKind.ERROR, PageKind.HOME_REDIRECT)
)
# Judgements of a crawl, which compared the page with others: `crawler.learning.probes` and `twins`.
_COMPARED = ("says what ", "shows what an address that does not exist")
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Portal:
    """What extraction has to know of a portal."""

    id: str
    hosts: tuple[str, ...]
    language: str
    learned: bytes = b""


@dataclass(slots=True)
class Page:
    """A page and its captures: `sources` are those to be extracted, each with the captures that repeat it."""

    id: int
    key: int
    url: str
    is_further: bool = False  # a further page of a listing
    sources: dict[int, list[int]] = field(default_factory=dict)


def pages_of(db: sqlite3.Connection, portal: str, after: int, most: int) -> list[Page]:
    """Return the next pages of a portal behind an id, with what is to be extracted of each.

    What a form is answered with is a part of a list: nothing of it.
    """
    query = """SELECT id, key, url,
            EXISTS (SELECT 1 FROM frontier WHERE key = pages.key AND form IS NOT NULL) AS is_part,
            EXISTS (SELECT 1 FROM frontier WHERE key = pages.key AND rank = ?) AS is_further
        FROM pages WHERE portal = ? AND id > ? ORDER BY id LIMIT ?"""
    rows = db.execute(query, [LinkKind.PAGINATION.rank, portal, after, most]).fetchall()
    return [
        Page(
            row["id"],
            row["key"],
            row["url"],
            bool(row["is_further"]),
            {} if row["is_part"] else sources_of(db, row["id"]),
        )
        for row in rows
    ]


def sources_of(db: sqlite3.Connection, page_id: int) -> dict[int, list[int]]:
    """Return the captures of a page whose payloads are to be extracted, each with the captures that it stands for."""
    rows = db.execute(
        """SELECT id, kind, reason, http_status, record_type, original_id,
            EXISTS (SELECT 1 FROM renderings WHERE capture_id = captures.id) AS is_rendered
        FROM captures WHERE page_id = ? ORDER BY captured_at, id""",
        [page_id],
    ).fetchall()
    own = {row["id"] for row in rows}
    sources: dict[int, list[int]] = {}
    for row in rows:
        if is_taken(row):
            repeats = row["record_type"] == "revisit" and not row["is_rendered"] and row["original_id"] in own
            sources.setdefault(row["original_id"] if repeats else row["id"], []).append(row["id"])
    return sources


def is_taken(row: sqlite3.Row) -> bool:
    """Tell whether a capture says what its page says by extraction alone."""
    kind, reason, status = row["kind"], row["reason"] or "", row["http_status"]
    if kind is None or kind in _NOT_TAKEN or (status >= 300 and status != _NOT_MODIFIED):
        return False
    return not reason.startswith(_COMPARED)


def job_of(archive: Archive, capture_id: int, page: Page, portal: Portal, observes: Observes = Observes.NO) -> Job:
    """Return the job that extracts a capture. Raises LuutruError where its record cannot be read."""
    capture = as_analysed(archive, capture_id)
    content_type = capture.header("Content-Type")
    return Job(
        page.url,
        decoded_body(capture, most_bytes(content_type)),
        content_type,
        capture.captured_at,
        portal.hosts,
        language=portal.language,
        key=page.key,
        learned=portal.learned,
        observes=observes,
        is_further=page.is_further,
        is_again=True,
    )
