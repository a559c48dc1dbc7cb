"""A record that is to be taken: its capture, its page, and the capture that holds its payload already."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime

from archive.content import decode
from archive.errors import WarcError
from archive.records import Capture
from archive.store.captures import Page, find_original, iso, original_of
from archive.warc import Record, payload_digest
from archive.warc.digest import fits
from archive.warc.exchange import Exchange
from crawler import urls
from crawler.catalogue import Portal

__all__ = ["Candidate", "OriginalMissing", "candidate", "is_known"]


class OriginalMissing(Exception):
    """A revisit whose payload is not in the archive, or not yet."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """`digest` is that of the payload; `original` the capture that a revisit repeats.

    `same` is a capture of the page with the same payload: what it says is known, if it has been analysed.
    """

    record: Record
    capture: Capture
    page: Page
    digest: str
    original: sqlite3.Row | None
    same: sqlite3.Row | None


def candidate(db: sqlite3.Connection, exchange: Exchange, capture: Capture, portal: Portal, url: str) -> Candidate:
    """Return what is to be taken of an answer whose canonical address is `url`.

    Raises OriginalMissing for a revisit of what is not there, and WarcError where the bytes are not sound.
    """
    record = exchange.record
    _check(record)
    page = Page(urls.page_key(url), url, portal.id)
    row = db.execute("SELECT id FROM pages WHERE key = ?", [page.key]).fetchone()
    if record.kind == "revisit":
        original = _repeated(db, record, capture, page, row["id"] if row else None)
        if original is None:
            raise OriginalMissing
        if not capture.http_version:
            headers = (("Content-Type", original["content_type"]),) if original["content_type"] else ()
            capture = replace(capture, http_status=original["http_status"], headers=headers)
        same = original if row and original["page_id"] == row["id"] else None
        return Candidate(record, capture, page, original["payload_digest"], original, same)
    digest = payload_digest(capture.body)
    same = find_original(db, row["id"], capture, digest) if row else None
    if same is not None and capture.http_status == 304:
        digest = same["payload_digest"]
    return Candidate(record, capture, page, digest, None, same)


def is_known(db: sqlite3.Connection, found: Candidate) -> bool:
    """Return whether the archive has this capture already: the page, the second and the payload are the same."""
    query = """SELECT 1 FROM captures WHERE page_id = (SELECT id FROM pages WHERE key = ?) AND captured_at = ?
        AND payload_digest = ? LIMIT 1"""
    at = iso(found.capture.captured_at)
    return db.execute(query, [found.page.key, at, found.digest]).fetchone() is not None


def _repeated(
    db: sqlite3.Connection, record: Record, capture: Capture, page: Page, page_id: int | None
) -> sqlite3.Row | None:
    """Return the capture whose payload a revisit repeats, by what it refers to, or else by its digest."""
    if capture.http_status == 304 and page_id is not None and not record.get("WARC-Refers-To-Date"):
        return find_original(db, page_id, capture, "")
    uri = (record.get("WARC-Refers-To-Target-URI") or record.target_uri).strip().strip("<>")
    url = urls.canonical(uri) or page.url
    rows = db.execute(
        """SELECT captures.id, captured_at, payload_digest FROM captures JOIN pages ON pages.id = page_id
        WHERE key = ? AND http_status <> 304""",
        [urls.page_key(url)],
    ).fetchall()
    at, digest = _date(record), (record.get("WARC-Payload-Digest") or "").strip()
    if digest.lower().startswith("sha1:"):
        digest = f"sha1:{digest[5:].upper()}"
    found = [row for row in rows if row["payload_digest"] == digest] or [
        row for row in rows if row["captured_at"] == at
    ]
    return original_of(db, found[0]["id"]) if found else None


def _date(record: Record) -> str | None:
    text = (record.get("WARC-Refers-To-Date") or "").strip()
    try:
        return iso(datetime.fromisoformat(text)) if text else None
    except ValueError:
        return None


def _check(record: Record) -> None:
    """Raise WarcError where a record has digests and none of them fits.

    One is enough: tools do not agree on what the payload of a chunked or compressed answer is. A revisit has none, and
    wget gives it the block digest of the whole answer.
    """
    digests = record.digests()
    if not digests or any(digests) or record.kind == "revisit":
        return
    labelled = record.get("WARC-Payload-Digest")
    if labelled and record.is_http:
        response = record.response()
        encoding = next((value for name, value in response.headers if name.lower() == "content-encoding"), "")
        try:
            if encoding and fits(labelled, decode(response.body, encoding, len(response.body) * 50).body):
                return
        except ValueError:
            pass
    raise WarcError("record", "it does not match its digest")
