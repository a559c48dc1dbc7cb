"""The archive folder: `archive.db` (SQLite, WAL) and `warc/*.warc.gz`."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from archive.errors import ArchiveError, ArchiveLocked, ArchiveNotFound, NotFound, SchemaTooNew, WarcError
from archive.records import Capture
from archive.store.connection import Connection
from archive.store.migrations import ARCHIVE, MigrationSet

if TYPE_CHECKING:
    from filelock import FileLock

__all__ = ["TO_READ_FAST", "Archive", "connect", "database_error", "migrate"]

_MARK = "archive.db"
_SQLITES_OWN = ("sqlite_", "_sqlite_")  # tables of SQLite, and that of the migrations
# For reading: pages are looked at where the system has them (SQLite maps no more than 2 GB of a file), others are kept,
# up to 32 MB. A search takes a fifth less time.
TO_READ_FAST = (f"PRAGMA mmap_size = {1 << 40}", "PRAGMA cache_size = -32768")
_PRIMARY = 0xFF  # the low byte of SQLite's error codes is the kind of error


class Archive:
    """An open archive. Reading needs no lock; one process at a time may write.

    `db` is the connection of the thread that opened the archive; a writer thread opens its own with `connect`.
    """

    def __init__(self, path: Path, db: sqlite3.Connection, lock: FileLock | None) -> None:
        self.path, self.db, self._lock = path, db, lock

    @classmethod
    def open(cls, path: str | Path, *, write: bool = False) -> Self:
        """Return the archive in the folder `path`; with `write` it is made if need be, migrated and locked.

        Raises ArchiveNotFound, ArchiveLocked, SchemaTooNew or ArchiveError.
        """
        path = Path(path)
        if path.exists() and not path.is_dir():
            raise ArchiveError(str(path), "this is a file, an archive is a folder", "name another with --archive DIR")
        if not write and not (path / _MARK).is_file():
            raise ArchiveNotFound(str(path), "there is no archive here", "name one with --archive DIR or crawl first")
        if write and path.is_dir() and any(path.iterdir()) and not (path / _MARK).is_file():
            raise ArchiveError(str(path), "the folder holds other files and no archive", "name a new or empty folder")
        if (path / _MARK).is_file():
            _check_is_ours(path)
        lock = None
        if write:
            lock = _prepare(path)
        try:
            db = connect(path / _MARK, write=write)
            migrate(path, db, ARCHIVE, write=write)
        except BaseException:
            if lock:
                lock.release()
            raise
        return cls(path, db, lock)

    @property
    def db_path(self) -> Path:
        """The database file."""
        return self.path / _MARK

    @property
    def warc_dir(self) -> Path:
        """The folder of the WARC files."""
        return self.path / "warc"

    def read_capture(self, capture_id: int) -> Capture:
        """Return a capture with its payload, read from its WARC file and checked against its digest.

        For a revisit the payload is that of the response which it repeats. Raises NotFound or WarcError.
        """
        query = """SELECT requested_url, responded_url, original_id, record_type, warc_offset, name
            FROM captures JOIN warc_files ON warc_files.id = warc_file_id WHERE captures.id = ?"""
        row = self.db.execute(query, [capture_id]).fetchone()
        if row is None:
            raise NotFound(
                f"capture {capture_id}", "the archive has no such capture", "luutru verify says what is missing"
            )
        capture = self._read_record(row)
        if row["record_type"] == "revisit":
            original = self.db.execute(query, [row["original_id"]]).fetchone()
            if original is None:
                reason = "it repeats a payload that the archive has no row of"
                raise WarcError(f"capture {capture_id}", reason, "restore archive.db from a copy")
            capture = replace(capture, body=self._read_record(original).body)
        return replace(capture, requested_url=row["requested_url"], responded_url=row["responded_url"])

    def _read_record(self, row: sqlite3.Row) -> Capture:
        from archive import warc

        file = self.warc_dir / row["name"]
        if not file.is_file():
            raise WarcError(str(file), "the file is missing", "restore it from a copy")
        return warc.read_record(file, row["warc_offset"])

    def close(self) -> None:
        """Close the connection and give the lock back."""
        self.db.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def connect(path: Path, *, write: bool) -> sqlite3.Connection:
    """Return a connection to the database file; without `write` it can only read. Rows are `sqlite3.Row`."""
    try:
        db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False, factory=Connection)
        db.row_factory = sqlite3.Row
        if write:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA cache_size = -65536")
            db.execute("PRAGMA wal_autocheckpoint = 8000")  # a page that changes often is written back seldom
        else:
            db.execute("PRAGMA query_only = ON")
            for pragma in TO_READ_FAST:
                db.execute(pragma)
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise database_error(path, error) from error
    return db


def database_error(path: Path, error: sqlite3.Error) -> ArchiveError:
    """Return what SQLite's error about the database file means for the archive, and what to do."""
    code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        hint = f"restore {path.name} from a copy, or start anew elsewhere: the WARC files hold every page"
        return ArchiveError(str(path), f"the database is damaged ({error})", hint)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return ArchiveLocked(str(path), "another program is writing to the database", "wait for it to end")
    if code == sqlite3.SQLITE_CANTOPEN:
        return ArchiveError(str(path), f"the database cannot be opened ({error})", "check the file and its rights")
    if code == sqlite3.SQLITE_READONLY:
        return ArchiveError(str(path), f"the database cannot be written ({error})", "check the file and its rights")
    if code == sqlite3.SQLITE_FULL:
        return ArchiveError(str(path), "the disk is full", "free space and run the command again")
    return ArchiveError(str(path), f"SQLite says {error}", "check the disk, then run luutru verify")


def _check_is_ours(path: Path) -> None:
    """Raise ArchiveError where the database has tables and none of luutru's migrations. Changes nothing."""
    db = connect(path / _MARK, write=False)
    try:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        is_foreign = not ARCHIVE.applied(db) and not all(name.startswith(_SQLITES_OWN) for name in tables)
    except sqlite3.Error as error:
        raise database_error(path / _MARK, error) from error
    finally:
        db.close()
    if is_foreign:
        raise ArchiveError(str(path / _MARK), "this database is not luutru's", "name another folder with --archive DIR")


def _prepare(path: Path) -> FileLock:
    from filelock import FileLock, Timeout

    try:
        (path / "warc").mkdir(parents=True, exist_ok=True)
        lock = FileLock(path / "archive.lock")
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ArchiveLocked(str(path), "another luutru is writing to this archive", "wait for it to end") from error
    except OSError as error:
        reason, hint = f"the folder cannot be written ({error.strerror})", "check its rights and the free space"
        raise ArchiveError(str(path), reason, hint) from error
    return lock


def migrate(path: Path, db: sqlite3.Connection, known: MigrationSet, *, write: bool = True) -> None:
    """Bring the tables of one set of migrations up to date; without `write` only check that they are.

    Raises SchemaTooNew when the database has migrations that this luutru does not know.
    """
    applied = known.applied(db)
    newer = [name for name in applied if name not in known.steps]
    pending = [name for name in known.steps if name not in applied]
    if newer:
        reason = f"the database was written by a newer luutru (it has {newer[-1]!r})"
        raise SchemaTooNew(str(path), reason, "upgrade luutru")
    if pending and not write:
        if not applied:
            raise ArchiveNotFound(str(path), "the archive is empty", "crawl first")
        reason = f"the database is older than this luutru (lacks {pending[0]})"
        raise ArchiveError(str(path), reason, "luutru verify --repair brings it up to date")
    if pending:
        known.apply(db)
