"""Checks that WARC files, database and indexes agree."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from archive import duplicates, warc
from archive.errors import WarcError
from archive.store import Archive
from archive.store.pages import reindex
from archive.text import printable

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
            yield Problem(str(path), "the database does not know this file", "move it elsewhere")
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
            yield Problem("archive.db", printable(str(row[0])), "restore it from a copy")


@dataclass(frozen=True, slots=True)
class _Found:
    """What stands at an offset of a WARC file: a record that is whole, or damage; `captures` have their row there."""

    offset: int
    is_whole: bool
    captures: int


def _warc_file(archive: Archive, row: sqlite3.Row, checked: Checked) -> Iterator[Problem]:
    """Compare one WARC file with its rows, in both directions."""
    path = archive.warc_dir / row["name"]
    checked.warc_files += 1
    query = "SELECT id, warc_offset, payload_digest FROM captures WHERE warc_file_id = ?"
    rows = {capture["warc_offset"]: capture for capture in archive.db.execute(query, [row["id"]])}
    checked.captures += len(rows)
    if not path.is_file():
        yield Problem(str(path), f"the file is missing, with {_captures(len(rows))}", "restore it from a copy")
        return
    found: list[_Found] = []
    size_bytes = path.stat().st_size
    if size_bytes < row["size_bytes"]:
        found.append(_Found(size_bytes, is_whole=False, captures=0))
    elif size_bytes > row["size_bytes"]:
        reason = f"the file has {size_bytes} bytes, the database knows {row['size_bytes']}"
        hint = "the next crawl cuts it; if archive.db is the older one, restore that first"
        yield Problem(str(path), reason, hint)
    strangers: list[warc.Record] = []
    end = 0
    for record in _records(path):
        if record is None:
            if end < row["size_bytes"]:  # else it is what a kill left behind
                found.append(_Found(end, is_whole=False, captures=0))
            break
        checked.records += 1
        offset, end = record.place.offset, record.place.offset + record.place.length
        capture = rows.pop(offset, None)
        found.append(_Found(offset, record.digest_ok is not False, captures=capture is not None))
        if capture is None:
            if record.place.record_type in ("response", "revisit") and offset < row["size_bytes"]:
                strangers.append(record)
        elif record.digest_ok is not False and capture["payload_digest"] != record.payload_digest:
            reason = "record and database have different digests"
            yield Problem(f"{path}@{offset}", reason, "restore the file or archive.db from a copy")
    for offset in rows:
        is_whole = _is_readable(path, offset)
        checked.records += is_whole
        found.append(_Found(offset, is_whole, captures=1))
    yield from _damage(path, found, row["size_bytes"])
    yield from _without_row(path, strangers)


def _records(path: Path) -> Iterator[warc.Record | None]:
    """Yield the records of a file as far as they follow on each other; None where that ends before the file does."""
    records = warc.records(path)
    while True:
        try:
            with redirect_stderr(io.StringIO()):  # warcio prints what it stumbles over, without saying where
                record = next(records, None)
        except WarcError:
            yield None
            return
        if record is None:
            return
        yield record


def _is_readable(path: Path, offset: int) -> bool:
    """Return whether a capture can be read at an offset that reading from the start did not come to."""
    try:
        with redirect_stderr(io.StringIO()):
            warc.read_record(path, offset)
    except WarcError:
        return False
    return True


def _damage(path: Path, found: list[_Found], size_bytes: int) -> Iterator[Problem]:
    """Yield one problem for each region without a whole record."""
    regions = [
        (is_whole, list(region))
        for is_whole, region in groupby(sorted(found, key=lambda one: one.offset), key=lambda one: one.is_whole)
    ]
    for (is_whole, region), after in zip(regions, [*regions[1:], None], strict=True):
        if not is_whole:
            until = f"offset {after[1][0].offset}" if after else "the end"
            if not after and path.stat().st_size < size_bytes:
                until += f" (only {path.stat().st_size} of {size_bytes} bytes are left)"
            captures = _captures(sum(one.captures for one in region))
            reason = f"damaged from offset {region[0].offset} to {until}, with {captures}"
            yield Problem(str(path), reason, "restore the file from a copy")


def _without_row(path: Path, records: list[warc.Record]) -> Iterator[Problem]:
    if records:
        more = f", nor have {len(records) - 1} more of this file" if len(records) > 1 else ""
        reason = f"the record of {printable(str(records[0].target_uri))} has no row in the database{more}"
        yield Problem(f"{path}@{records[0].place.offset}", reason, "restore archive.db from a copy")


def _captures(count: int) -> str:
    return f"{count or 'no'} capture{'s' * (count != 1)}"


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
