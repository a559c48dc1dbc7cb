"""What the archive knows of the files that articles link to."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from archive.errors import NotFound

__all__ = ["AttachmentView", "FileView", "attachments_of", "is_file", "view_file"]


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file that an article links to.

    `id` is that of its own page. `kind`: what it turned out to be (`attachment`, `broken`, an error), None where it has
    not been fetched. `format`, `pages` (of a PDF) and `characters` (of its text) are None where it could not be read;
    `reason` says why, or why its text is missing or not whole.
    """

    id: str
    url: str
    name: str
    kind: str | None
    format: str | None
    pages: int | None
    characters: int | None
    reason: str | None
    captured_at: str | None


@dataclass(frozen=True, slots=True)
class FileView:
    """A file by itself: its text, its last capture, and the articles that link to it as (id, URL, title)."""

    id: str
    url: str
    portal: str
    name: str
    format: str
    pages: int | None
    reason: str | None
    text: str
    captured_at: str
    capture_id: int
    articles: tuple[tuple[str, str, str], ...]


def attachments_of(db: sqlite3.Connection, page_id: int) -> tuple[AttachmentView, ...]:
    """Return the files that an article links to now, in the order of the page."""
    rows = db.execute(
        """SELECT printf('%016x', attachments.key) AS id, attachments.url, attachments.name, pages.kind,
            texts.format, texts.pages, length(texts.text) AS characters, coalesce(texts.reason, last.reason) AS reason,
            pages.last_captured_at AS captured_at
        FROM attachments LEFT JOIN pages ON pages.key = attachments.key
        LEFT JOIN attachment_texts AS texts ON texts.page_id = pages.id
        LEFT JOIN captures AS last ON last.id = (SELECT max(id) FROM captures WHERE captures.page_id = pages.id)
        WHERE attachments.page_id = ? ORDER BY position""",
        [page_id],
    )
    return tuple(AttachmentView(**dict(row)) for row in rows)


def is_file(db: sqlite3.Connection, page_id: int) -> bool:
    """Return whether a page is a file whose text or format the archive has."""
    return db.execute("SELECT 1 FROM attachment_texts WHERE page_id = ?", [page_id]).fetchone() is not None


def view_file(db: sqlite3.Connection, page_id: int) -> FileView:
    """Return a file with its text. Raises NotFound."""
    row = db.execute(
        """SELECT printf('%016x', pages.key) AS id, pages.url, portal, name, format, attachment_texts.pages,
            attachment_texts.reason, text, captured_at, capture_id, pages.key AS key
        FROM attachment_texts JOIN pages ON pages.id = attachment_texts.page_id
        JOIN captures ON captures.id = capture_id WHERE attachment_texts.page_id = ?""",
        [page_id],
    ).fetchone()
    if row is None:
        raise NotFound(f"page {page_id}", "the archive has no such file", "luutru search finds those it has")
    articles = db.execute(
        """SELECT articles.id, articles.url, articles.title FROM attachments
        JOIN articles ON articles.page_id = attachments.page_id WHERE attachments.key = ? ORDER BY articles.page_id""",
        [row["key"]],
    )
    fields = {name: row[name] for name in row.keys() if name != "key"}  # noqa: SIM118 a row iterates over its values
    return FileView(**fields, articles=tuple(tuple(article) for article in articles))
