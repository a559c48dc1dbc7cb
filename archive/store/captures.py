"""How a fetch enters the archive: its WARC record and its row. Runs in the writer's transaction."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from archive.records import Capture
from archive.store.writer import Transaction
from archive.warc import Origin, Original, record_id

__all__ = ["CaptureRef", "Imported", "Page", "find_original", "iso", "original_of", "record_capture"]

_NOT_MODIFIED = 304
_ORIGINAL = """SELECT captures.id, page_id, responded_url, captured_at, http_status, content_type, payload_digest,
    payload_bytes, kind, record_id, warc_offset, id_prefix
    FROM captures JOIN warc_files ON warc_files.id = warc_file_id WHERE"""
_OF_PAGE = f"{_ORIGINAL} page_id = ? AND record_type <> 'revisit'"


@dataclass(frozen=True, slots=True)
class Page:
    """Which page a capture belongs to: the key of its identity, its URL and the portal's id."""

    key: int
    url: str
    portal: str


@dataclass(frozen=True, slots=True)
class CaptureRef:
    """A capture that is in the archive; `is_revisit` when the page had this payload already."""

    capture_id: int
    page_id: int
    is_revisit: bool


class Imported(NamedTuple):
    """What is known of a capture that another tool made: its source, and of a revisit the capture it repeats."""

    source_id: int
    origin: Origin
    original: sqlite3.Row | None = None


def record_capture(
    transaction: Transaction, page: Page, capture: Capture, digest: str, imported: Imported | None = None
) -> CaptureRef:
    """Append the capture to the WARC file and its row to the database; `digest` is its payload digest.

    A payload that the page has already is written as a revisit. So is a 304: its payload, and the digest in its row,
    are those of the page's latest capture that has one.
    """
    db, at = transaction.db, iso(capture.captured_at)
    row = db.execute("SELECT id FROM pages WHERE key = ?", [page.key]).fetchone()
    original = imported.original if imported else None
    if row is None:
        page_id = db.execute(
            "INSERT INTO pages (key, url, portal, first_captured_at, last_captured_at) VALUES (?, ?, ?, ?, ?)",
            [page.key, page.url, page.portal, at, at],
        ).lastrowid
    else:
        page_id = row["id"]
        db.execute(
            """UPDATE pages SET first_captured_at = min(first_captured_at, ?1),
            last_captured_at = max(last_captured_at, ?1) WHERE id = ?2""",
            [at, page_id],
        )
        if original is None and capture.http_version:
            original = find_original(db, page_id, capture, digest)
    size_bytes, origin = len(capture.body), imported.origin if imported else None
    if original is not None:
        digest, size_bytes = original["payload_digest"], original["payload_bytes"]
    if origin and imported and original is not imported.original:  # the revisit is ours, not the record that came
        origin = origin._replace(record_id="")
    place = transaction.warc.append(capture, digest, _named(original), origin)
    capture_id = db.execute(
        """INSERT INTO captures (page_id, requested_url, responded_url, captured_at, http_status, content_type,
            payload_digest, payload_bytes, record_type, warc_file_id, warc_offset, warc_bytes, original_id, source_id,
            record_id, certificate)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            page_id,
            capture.requested_url,
            capture.responded_url,
            at,
            capture.http_status,
            capture.header("Content-Type"),
            digest,
            size_bytes,
            place.record_type,
            transaction.warc_file_id,
            place.offset,
            place.length,
            original["id"] if original else None,
            imported.source_id if imported else None,
            (origin.record_id or None) if origin else None,
            capture.certificate,
        ],
    ).lastrowid
    return CaptureRef(int(capture_id or 0), int(page_id or 0), original is not None)


def find_original(db: sqlite3.Connection, page_id: int, capture: Capture, digest: str) -> sqlite3.Row | None:
    """Return the capture of a page that holds the payload of this one, or the one that a 304 leaves valid, or None."""
    if capture.http_status == _NOT_MODIFIED:
        query = f"{_OF_PAGE} AND http_status BETWEEN 200 AND 299 ORDER BY captured_at > ?, captured_at DESC LIMIT 1"
        parameters = [page_id, iso(capture.captured_at)]
    elif capture.body:
        query = f"{_OF_PAGE} AND payload_digest = ? ORDER BY captures.id DESC LIMIT 1"
        parameters = [page_id, digest]
    else:
        return None
    row: sqlite3.Row | None = db.execute(query, parameters).fetchone()
    return row


def original_of(db: sqlite3.Connection, capture_id: int) -> sqlite3.Row:
    """Return the capture that holds the payload of a capture: itself, unless it is a revisit."""
    query = f"{_ORIGINAL} captures.id = (SELECT coalesce(original_id, id) FROM captures WHERE id = ?)"
    row: sqlite3.Row = db.execute(query, [capture_id]).fetchone()
    return row


def iso(moment: datetime) -> str:
    """Return an aware datetime as it is stored: ISO 8601, UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _named(row: sqlite3.Row | None) -> Original | None:
    if row is None:
        return None
    own_id = row["record_id"] or record_id(row["id_prefix"], row["warc_offset"])
    return Original(row["responded_url"], datetime.fromisoformat(row["captured_at"]), own_id)
