"""What a browser made of captured pages, in the archive: a conversion record beside the response, and its row."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from archive.records import Capture, Rendered
from archive.store import Archive
from archive.store.captures import CaptureRef, iso, original_of
from archive.store.writer import Transaction
from archive.warc import payload_digest, read_record, record_id

__all__ = ["as_analysed", "record_rendering"]

_HTML = "text/html; charset=utf-8"


def record_rendering(transaction: Transaction, ref: CaptureRef, rendered: Rendered) -> None:
    """Append the rendered page to the WARC file and its row to the database."""
    db = transaction.db
    original = original_of(db, ref.capture_id)
    response_id = original["record_id"] or record_id(original["id_prefix"], original["warc_offset"])
    place = transaction.warc.append_conversion(
        original["responded_url"], rendered.html, rendered.rendered_at, response_id
    )
    db.execute(
        """INSERT OR REPLACE INTO renderings (capture_id, rendered_at, payload_digest, payload_bytes, warc_file_id,
            warc_offset, warc_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)""",
        [
            ref.capture_id,
            iso(rendered.rendered_at),
            payload_digest(rendered.html),
            len(rendered.html),
            transaction.warc_file_id,
            place.offset,
            place.length,
        ],
    )


def as_analysed(archive: Archive, capture_id: int) -> Capture:
    """Return a capture with the payload that was analysed: what a browser made of it, where one did.

    Raises NotFound or WarcError.
    """
    capture = archive.read_capture(capture_id)
    row: sqlite3.Row | None = archive.db.execute(
        """SELECT name, warc_offset FROM renderings JOIN warc_files ON warc_files.id = warc_file_id
        WHERE capture_id = ?""",
        [capture_id],
    ).fetchone()
    if row is None:
        return capture
    html = read_record(archive.warc_dir / row["name"], row["warc_offset"]).body
    return replace(capture, body=html, headers=(("Content-Type", _HTML),))
