"""What is counted once for many visits, and anew when the archive has changed.

Counting reads many rows. It is done while a visitor waits where that is a matter of milliseconds, else in a thread
beside the visits, and no more often than leaves most of the machine to them.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from archive.store import connect

__all__ = ["Cached"]

T = TypeVar("T")
_AT_ONCE_S = 0.05  # counting that takes no longer is done while a visitor waits
_REST = 20  # times what counting took is waited before it is done again


class Cached(Generic[T]):
    """What `count` makes of an archive's database, as it is now or was a moment ago. For visits in several threads."""

    def __init__(self, db_path: Path, count: Callable[[sqlite3.Connection], T]) -> None:
        self._db = connect(db_path, write=False)
        self._make = count
        self._lock = threading.Lock()
        self._version = -1
        self._cost_s, self._counted_at = 0.0, 0.0
        self._known: T | None = None

    def warm(self) -> None:
        """Begin to count, so that the first visit waits less."""
        self._lock.acquire()
        self._count_beside()

    def current(self) -> T:
        """Return what was counted; only the first visit waits for a count that takes long."""
        if (known := self._known) is None:
            with self._lock:
                return self._count() if self._known is None else self._known
        if self._lock.acquire(blocking=False):
            if self._is_due() and self._cost_s > _AT_ONCE_S:
                self._count_beside()
                return known
            try:
                return self._count() if self._is_due() else known
            finally:
                self._lock.release()
        return known

    def _is_due(self) -> bool:
        has_rested = time.monotonic() - self._counted_at >= self._cost_s * _REST
        return has_rested and self._data_version() != self._version

    def _count_beside(self) -> None:
        """Count in a thread that gives the lock back."""

        def count() -> None:
            try:
                self._count()
            finally:
                self._lock.release()

        threading.Thread(target=count, daemon=True, name="count").start()

    def _count(self) -> T:
        started, version = time.monotonic(), self._data_version()
        self._db.execute("BEGIN")  # all counts of one state of the archive
        try:
            self._known = self._make(self._db)
        finally:
            self._db.execute("ROLLBACK")
        self._version, self._counted_at = version, time.monotonic()
        self._cost_s = self._counted_at - started
        return self._known

    def _data_version(self) -> int:
        """Return a number that changes when another connection has committed."""
        return int(self._db.execute("PRAGMA data_version").fetchone()[0])
