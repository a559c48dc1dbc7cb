"""Checks that WARC files, database and indexes agree."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive import duplicates, warc
from archive.errors import WarcError
from archive.store import Archive
from archive.store.pages import reindex

__all__ = ["Checked", "Problem", "repair", "verify"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One disagreement: what it is about, what is wrong, what to do."""

    subject: str
    reason: str
    hint: str = ""


@dataclass(slots=True)
class Checked:
    """How much was looked at."""

    warc_files: int = 0
    records: int = 0
    captures: int = 0
    articles: int = 0
    waiting: int = 0  # captures that the next crawl of their portal will analyse (after a kill)


def verify(archive: Archive, checked: Checked, on_file: Callable[[str], None] = lambda name: None) -> Iterator[Problem]:
    """Yield every problem found; `checked` counts along. Reads every record of every WARC file once."""
    db = archive.db
    yield from _database(db)
    files = db.execute("SELECT id, name, size_bytes, records FROM warc_files ORDER BY id").fetchall()
    for row in files:
        on_file(row["name"])
        yield from _warc_file(archive, row, checked)
    known = {row["name"] for row in files}
    for path in sorted(archive.warc_dir.glob("*.warc*")):
        if path.name not in known:
            yield Problem(
                str(path), "the database does not know this file", "take it in with luutru import, or move it away"
            )
    yield from _indexes(db, checked)


def repair(path: Path) -> None:
    """Derive full-text index, bands and clusters anew, and cut WARC files back to what the database knows."""
    from archive.store.writer import Writer

    with Archive.open(path, write=True) as archive:
        writer = Writer(archive)
        try:
            writer.submit(lambda transaction: reindex(transaction.db)).result()
            writer.submit(lambda transaction: duplicates.regroup(transaction.db)).result()
        finally:
            writer.close()


def _database(db: sqlite3.Connection) -> Iterator[Problem]:
    for row in db.execute("PRAGMA quick_check(10)"):
        if row[0] != "ok":
            yield Problem("archive.db", str(row[0]), "restore the database from a copy")


def _warc_file(archive: Archive, row: sqlite3.Row, checked: Checked) -> Iterator[Problem]:
    """Compare one WARC file with its rows, in both directions."""
    path = archive.warc_dir / row["name"]
    checked.warc_files += 1
    if not path.is_file():
        yield Problem(str(path), "the file is missing", "restore it from a copy")
        return
    if path.stat().st_size != row["size_bytes"]:
        reason = f"the file has {path.stat().st_size} bytes, the database knows {row['size_bytes']}"
        yield Problem(str(path), reason, "a longer file is cut at the next crawl, a shorter one must be restored")
    query = "SELECT id, warc_offset, payload_digest FROM captures WHERE warc_file_id = ?"
    rows = {capture["warc_offset"]: capture for capture in archive.db.execute(query, [row["id"]])}
    checked.captures += len(rows)
    try:
        for record in warc.records(path):
            checked.records += 1
            if record.digest_ok is False:
                yield Problem(
                    f"{path}@{record.place.offset}", "the record does not match its digest", "restore the file"
                )
            if record.place.record_type in ("response", "revisit") and record.place.offset < row["size_bytes"]:
                capture = rows.pop(record.place.offset, None)
                yield from _compare(path, record, capture)
    except WarcError as error:
        yield Problem(error.subject, error.reason, error.hint)
    for capture in rows.values():
        reason = f"no record at offset {capture['warc_offset']}, where capture {capture['id']} should be"
        yield Problem(str(path), reason, "restore the file from a copy")


def _compare(path: Path, record: warc.Record, capture: sqlite3.Row | None) -> Iterator[Problem]:
    subject = f"{path}@{record.place.offset}"
    if capture is None:
        yield Problem(subject, f"the record of {record.target_uri} has no row in the database", "restore the database")
    elif capture["payload_digest"] != record.payload_digest:
        yield Problem(subject, "record and database have different digests", "restore the file or the database")


def _indexes(db: sqlite3.Connection, checked: Checked) -> Iterator[Problem]:
    checked.articles = db.execute("SELECT count(*) FROM pages WHERE revision_id IS NOT NULL").fetchone()[0]
    shown = db.execute("SELECT count(*) FROM articles").fetchone()[0]
    if shown != checked.articles:
        reason = f"{checked.articles} pages have a revision, the view articles shows {shown}"
        yield Problem("clusters", reason, "run luutru verify --repair")
    indexed = db.execute("SELECT count(*) FROM search_index_docsize").fetchone()[0]
    if indexed != checked.articles:
        reason = f"it holds {indexed} articles, the database {checked.articles}"
        yield Problem("full-text index", reason, "run luutru verify --repair")
    checked.waiting = db.execute("SELECT count(*) FROM captures WHERE kind IS NULL").fetchone()[0]
    unfiled = db.execute(
        """SELECT count(*) FROM (SELECT min(id) AS id FROM documents GROUP BY key_digest)
        WHERE id NOT IN (SELECT document_id FROM bands)"""
    ).fetchone()[0]
    if unfiled:
        yield Problem("duplicates", f"{unfiled} texts are not in the band index", "run luutru verify --repair")
