"""The one writer: a thread that runs pieces of work, many to a transaction, each undone alone if it fails.

Order of commitment: the WARC records are on disk before the database rows that point to them are committed. After a
kill, the WARC files are cut back to what the database knows, so that nothing points to a record that is not there and
no record lacks its row.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from archive import duplicates
from archive.errors import ArchiveError
from archive.store import Archive, connect, full_text
from archive.version import version
from archive.warc import MAX_FILE_BYTES, Position, WarcWriter

__all__ = ["Transaction", "Writer"]

T = TypeVar("T")
_MOST_PER_TRANSACTION = 256
_MERGE_S = 10.0
# What SQLite says when it is not the piece of work that failed but the disk or the file.
_FATAL = frozenset(
    (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_CANTOPEN,
    )
)


@dataclass(slots=True)
class Transaction:
    """What a piece of work writes to: the database, inside an open transaction, and the WARC files."""

    db: sqlite3.Connection
    warc: WarcWriter
    warc_file_id: int


@dataclass(slots=True)
class _Work(Generic[T]):
    run: Callable[[Transaction], T]
    future: Future[T]


class Writer:
    """Runs work in the order in which it was submitted; a future resolves once its transaction is committed.

    Under load a transaction takes whatever has queued up while the last one was committed; at low rates each piece of
    work is committed at once.
    """

    def __init__(self, archive: Archive, max_file_bytes: int = MAX_FILE_BYTES) -> None:
        self._archive, self._max_file_bytes = archive, max_file_bytes
        self._queue: queue.SimpleQueue[_Work[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._loop, name="luutru-writer", daemon=True)
        self._closed = False
        self._broken: ArchiveError | None = None
        self._db = connect(archive.db_path, write=True)
        full_text.prepare(self._db)
        duplicates.prepare(self._db)
        self._warc = WarcWriter(archive.warc_dir, software=f"luutru/{version()}")
        self._warc_file_id = self._resume_warc()
        self._thread.start()

    def submit(self, run: Callable[[Transaction], T]) -> Future[T]:
        """Queue a piece of work and return the future of its result. Work that raises is undone alone."""
        future: Future[T] = Future()
        if self._closed or self._broken:
            future.set_exception(self._broken or ArchiveError(str(self._archive.path), "the writer is closed"))
        else:
            self._queue.put(_Work(run, future))
        return future

    def close(self) -> None:
        """Finish what was submitted, commit it and close the files."""
        if not self._closed:
            self._closed = True
            self._queue.put(None)
            self._thread.join()

    def _loop(self) -> None:
        going_on = True
        while going_on:
            first = self._queue.get()
            if first is None:
                break
            batch = [first]
            while len(batch) < _MOST_PER_TRANSACTION:
                try:
                    work = self._queue.get_nowait()
                except queue.Empty:
                    break
                if work is None:
                    going_on = False
                    break
                batch.append(work)
            self._transact(batch)
        with suppress(OSError):
            self._warc.close()
        if not self._broken:
            self._note_position()
            self._merge_index()
        self._db.close()

    def _transact(self, batch: list[_Work[Any]]) -> None:
        """Run a batch in one transaction; if that cannot be committed (a full disk), every piece of it fails."""
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        start = self._warc.position
        try:
            if self._broken:
                raise self._broken
            if start.size_bytes >= self._max_file_bytes:
                self._warc_file_id = self._new_warc()
                start = self._warc.position
            self._db.execute("BEGIN IMMEDIATE")
            transaction = Transaction(self._db, self._warc, self._warc_file_id)
            outcomes = [(work.future, *self._run_one(work, transaction)) for work in batch]
            full_text.write(self._db)
            self._warc.flush()
            self._note_position()
            self._db.execute("COMMIT")
        except (sqlite3.Error, OSError, ArchiveError) as error:
            # Go no further: what was counted on is not there.
            self._broken = self._broken or self._unwritable(error)
            self._undo(start)
            outcomes = [(work.future, None, self._broken) for work in batch]
        for future, result, failure in outcomes:
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)
        self._write_index()

    def _write_index(self) -> None:
        """Let the index of duplicates write what is committed now; it is made anew from the database if it cannot."""
        if not self._broken:
            try:
                duplicates.committed(self._db)
            except (sqlite3.Error, OSError) as error:
                self._broken = self._unwritable(error)

    def _merge_index(self) -> None:
        """Bring the full-text index together; nothing is lost where that cannot be done."""
        with suppress(sqlite3.Error):
            full_text.merge(self._db, limit_s=_MERGE_S)

    def _unwritable(self, error: Exception) -> ArchiveError:
        hint = "free space or check the disk, then crawl again"
        return ArchiveError(str(self._archive.path), f"it cannot be written ({error})", hint)

    def _run_one(self, work: _Work[Any], transaction: Transaction) -> tuple[Any, BaseException | None]:
        start = self._warc.position
        self._db.execute("SAVEPOINT work")
        try:
            result = work.run(transaction)
        except OSError:
            raise
        except Exception as error:  # a piece of work may fail in any way; it must stop no other
            if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _FATAL:
                raise
            self._db.execute("ROLLBACK TO work")
            self._db.execute("RELEASE work")
            if self._warc.position != start:
                self._warc.rewind(start)
            return None, error
        self._db.execute("RELEASE work")
        return result, None

    def _undo(self, start: Position) -> None:
        """Take back a transaction; where even that fails, the next start cuts what the database does not know."""
        with suppress(sqlite3.Error):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
        with suppress(OSError):
            self._warc.rewind(start)

    def _note_position(self) -> None:
        position = self._warc.position
        self._db.execute(
            "UPDATE warc_files SET size_bytes = ?, records = ? WHERE id = ?",
            [position.size_bytes, position.records, self._warc_file_id],
        )

    def _resume_warc(self) -> int:
        """Go on in the newest WARC file, cut back to what the database knows; return its id.

        A file that is missing or too short is damaged: it is left as it is, and a new one started.
        """
        row = self._db.execute("SELECT * FROM warc_files ORDER BY id DESC LIMIT 1").fetchone()
        if row is None:
            return self._new_warc()
        path = self._archive.warc_dir / row["name"]
        if not path.is_file() or path.stat().st_size < row["size_bytes"]:
            logging.getLogger(__name__).warning("%s is damaged: luutru verify says what is lost", path)
            return self._new_warc()
        self._warc.open(row["name"], Position(row["size_bytes"], row["records"]), row["id_prefix"])
        return int(row["id"])

    def _new_warc(self) -> int:
        """Start a WARC file, known to the database before it exists; return its id."""
        name, id_prefix = self._warc.new_name(), str(uuid.uuid4()).rpartition("-")[0]
        file_id = self._db.execute(
            "INSERT INTO warc_files (name, size_bytes, records, id_prefix) VALUES (?, 0, 0, ?)", [name, id_prefix]
        ).lastrowid
        self._warc.open(name, Position(0, 0), id_prefix)
        return int(file_id or 0)
