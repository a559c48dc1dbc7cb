"""Documents in the archive: which article links to which, and what they say. Runs in the writer's transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from urllib.parse import unquote, urlsplit

from archive.records import Attachment, AttachmentText
from archive.store import full_text
from archive.store.captures import CaptureRef
from archive.text import normalise_line

__all__ = ["drop_text", "record_links", "record_text"]


def record_links(db: sqlite3.Connection, page_id: int, attachments: Sequence[Attachment]) -> None:
    """Note which documents an article links to now; those whose page is not known by its key are left out."""
    by_key = {one.key: one for one in reversed(attachments) if one.key is not None}
    rows = [(one.key, one.url, one.name) for one in reversed(by_key.values())]
    before = db.execute("SELECT key, url, name FROM attachments WHERE page_id = ? ORDER BY position", [page_id])
    if [tuple(row) for row in before] != rows:
        db.execute("DELETE FROM attachments WHERE page_id = ?", [page_id])
        db.executemany(
            "INSERT INTO attachments (page_id, position, key, url, name) VALUES (?, ?, ?, ?, ?)",
            [(page_id, position, *row) for position, row in enumerate(rows, 1)],
        )
    if rows:
        full_text.redate_files(db, page_id)


def record_text(db: sqlite3.Connection, ref: CaptureRef, attachment: AttachmentText) -> None:
    """Store what a document says, in the place of what it said before, and make it searchable.

    A page that is an article stays one, and what is older than the document's newest capture is not stored.
    """
    page = db.execute(
        """SELECT pages.url, pages.key, pages.revision_id IS NOT NULL AS is_article,
            pages.last_captured_at > captures.captured_at AND attachment_texts.page_id IS NOT NULL AS is_late
        FROM captures JOIN pages ON pages.id = captures.page_id
        LEFT JOIN attachment_texts ON attachment_texts.page_id = pages.id WHERE captures.id = ?""",
        [ref.capture_id],
    ).fetchone()
    if page["is_article"] or page["is_late"]:
        return
    drop_text(db, ref.page_id)
    name = _name(db, page["url"], page["key"], attachment.format)
    db.execute(
        """INSERT INTO attachment_texts (page_id, capture_id, name, format, pages, reason, text)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
        [ref.page_id, ref.capture_id, name, attachment.format, attachment.pages, attachment.reason, attachment.text],
    )
    full_text.put(db, ref.page_id, name, attachment.text)


def drop_text(db: sqlite3.Connection, page_id: int) -> None:
    """Take a document's text out of the archive and its index, if it is there."""
    if db.execute("SELECT 1 FROM attachment_texts WHERE page_id = ?", [page_id]).fetchone():
        full_text.drop(db, full_text.held(db, page_id))
        db.execute("DELETE FROM attachment_texts WHERE page_id = ?", [page_id])


def _name(db: sqlite3.Connection, url: str, key: int, format_: str) -> str:
    """Return what a document is called: by its address where that names a file, else by a link to it."""
    steps = [normalise_line(unquote(step)) for step in urlsplit(url).path.split("/")]
    named = [step for step in steps if step.lower().endswith(f".{format_}")]
    if named:
        return named[-1]
    link = db.execute("SELECT name FROM attachments WHERE key = ? ORDER BY page_id LIMIT 1", [key]).fetchone()
    return link["name"] if link else next((step for step in reversed(steps) if step), url)
