"""Checks that WARC files, database and indexes agree."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from archive import duplicates, warc
from archive.errors import WarcError
from archive.store import Archive
from archive.store.full_text import reindex
from archive.text import printable

__all__ = ["Checked", "Problem", "repair", "verify"]

_CAPTURES = ("response", "revisit", "resource")  # the records that have a row


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
    yield from _revisits(db)
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
    """Derive full-text index, signatures and clusters anew, and cut WARC files back to what the database knows."""
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


def _revisits(db: sqlite3.Connection) -> Iterator[Problem]:
    """A revisit without its original has no payload."""
    query = """SELECT count(*), min(captures.id) FROM captures LEFT JOIN captures AS original
        ON original.id = captures.original_id AND original.record_type <> 'revisit'
        WHERE captures.record_type = 'revisit' AND original.id IS NULL"""
    count, first = db.execute(query).fetchone()
    if count:
        reason = f"{_captures(count)} repeat a payload that the archive has no row of, the first is capture {first}"
        yield Problem("archive.db", reason, "restore it from a copy")


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
    query = """SELECT id, warc_offset, payload_digest FROM captures WHERE warc_file_id = ?1
        UNION ALL SELECT capture_id, warc_offset, payload_digest FROM renderings WHERE warc_file_id = ?1"""
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
    for record in _records(path):
        is_known = record.offset < row["size_bytes"]  # else it is what a kill left behind
        capture = rows.pop(record.offset, None)
        if isinstance(record, warc.Damage):
            if is_known:
                found.append(_Found(record.offset, is_whole=False, captures=capture is not None))
            continue
        checked.records += 1
        is_whole = _is_whole(record)
        found.append(_Found(record.offset, is_whole, captures=capture is not None))
        if capture is None:
            if record.kind in _CAPTURES and is_known:
                strangers.append(record)
        elif is_whole and capture["payload_digest"] != record.get("WARC-Payload-Digest"):
            reason = "record and database have different digests"
            yield Problem(f"{path}@{record.offset}", reason, "restore the file or archive.db from a copy")
    found += (_Found(offset, is_whole=False, captures=1) for offset in rows)
    yield from _damage(path, found, row["size_bytes"])
    yield from _without_row(path, strangers)


def _records(path: Path) -> Iterator[warc.Record | warc.Damage]:
    """Yield the records of a file; one that cannot be read at all is damaged from its beginning."""
    try:
        with path.open("rb") as file:
            yield from warc.records(file)
    except OSError as error:
        yield warc.Damage(0, str(error))


def _is_whole(record: warc.Record) -> bool:
    try:
        return all(record.digests())
    except WarcError:
        return False


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
        reason = f"the record of {printable(records[0].target_uri)} has no row in the database{more}"
        yield Problem(f"{path}@{records[0].offset}", reason, "restore archive.db from a copy")


def _captures(count: int) -> str:
    return f"{count or 'no'} capture{'s' * (count != 1)}"


def _indexes(db: sqlite3.Connection, checked: Checked) -> Iterator[Problem]:
    checked.articles = db.execute("SELECT count(*) FROM pages WHERE revision_id IS NOT NULL").fetchone()[0]
    shown = db.execute("SELECT count(*) FROM articles").fetchone()[0]
    if shown != checked.articles:
        reason = f"{checked.articles} pages have a revision, the view articles shows {shown}"
        yield Problem("clusters", reason, "run luutru verify --repair")
    indexed = db.execute("SELECT count(*) FROM search_index_docsize").fetchone()[0]
    keys = db.execute("SELECT count(*) FROM search_index_docsize JOIN search_keys USING (id)").fetchone()[0]
    attachments = db.execute("SELECT count(*) FROM attachment_texts").fetchone()[0]
    if not indexed == keys == checked.articles + attachments:
        more = f" and {attachments} attachments" if attachments else ""
        reason = f"it holds {keys} texts, the database {checked.articles} articles{more}"
        yield Problem("full-text index", reason, "run luutru verify --repair")
    checked.waiting = db.execute("SELECT count(*) FROM captures WHERE kind IS NULL").fetchone()[0]
    for reason in duplicates.check(db):
        yield Problem("duplicates", reason, "run luutru verify --repair")
