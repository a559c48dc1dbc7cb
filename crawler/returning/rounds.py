"""Crawls what is due, round after round, for as long as it lives: `luutru schedule`.

Each round is a process of its own, `luutru crawl --due`: nothing that a crawl leaves in memory grows, and a crawl that
dies takes no schedule with it. What is due is written in the archive, so what fell due while nothing ran is due now.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

from archive.errors import ArchiveLocked
from archive.store import Archive
from crawler.returning.agenda import Appointment, agenda

__all__ = ["Rounds"]

_INTERRUPTED = 130


class Rounds:
    """The rounds of one archive. `options`: those of `luutru crawl --due`; `say` is given a line for the log."""

    def __init__(self, path: Path, options: Sequence[str], every_s: float, say: Callable[[str], None]) -> None:
        self._path, self._every_s, self._say = path, every_s, say
        self._command = [sys.executable, "-P", "-m", "crawler", "crawl", "--due", "--archive", str(path), *options]
        self._over = threading.Event()
        self._crawl: subprocess.Popen[bytes] | None = None
        self._signal = 0

    def run(self, *, once: bool = False) -> int:
        """Run rounds until SIGTERM or Ctrl-C (or one) and return the exit code.

        Raises ArchiveLocked when another schedule runs for the archive, ArchiveNotFound when there is none.
        """
        lock = FileLock(self._path / "schedule.lock")
        self._next()  # there is an archive
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            reason, hint = "another luutru schedule runs for this archive", "let it run, or end it"
            raise ArchiveLocked(str(self._path), reason, hint) from error
        before = [signal.signal(number, self._end) for number in (signal.SIGINT, signal.SIGTERM)]
        try:
            return self._rounds(once=once)
        finally:
            for number, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
                signal.signal(number, handler)
            lock.release()

    def _rounds(self, *, once: bool) -> int:
        told = None
        while not self._over.is_set():
            begun = time.monotonic()
            due = self._next()
            if due and due[0].due_at <= time.time():
                exit_code = self._round(due)
                told = None
            else:
                exit_code = 0
                following = due[0].due_at if due else None
                if following != told or once:
                    self._say(f"nothing is due{f' until {_local(following)}' if following else ''}")
                told = following
            if once:
                return exit_code
            self._over.wait(max(0.0, self._every_s - (time.monotonic() - begun)))
        self._say("ended")
        return _INTERRUPTED if self._signal == signal.SIGINT else 0

    def _next(self) -> list[Appointment]:
        with Archive.open(self._path) as archive:
            return agenda(archive.db)

    def _round(self, due: Sequence[Appointment]) -> int:
        """Crawl what is due and return the exit code; 0 where another luutru is at work on the archive."""
        if _is_busy(self._path):
            self._say("another luutru is writing to this archive: its turn is over at the next round")
            return 0
        names = [appointment.portal.id for appointment in due if appointment.due_at <= time.time()]
        self._say(f"crawling what is due of {', '.join(names[:5])}{f' and {len(names) - 5} more' * (len(names) > 5)}")
        # In a session of its own: Ctrl-C reaches the crawl once, through `_end`.
        self._crawl = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, start_new_session=True)
        if self._over.is_set():  # the signal came before there was a crawl to pass it on to
            self._crawl.terminate()
        exit_code = self._crawl.wait()
        self._crawl = None
        self._say(f"crawl ended {f'with exit code {exit_code}' if exit_code >= 0 else f'by signal {-exit_code}'}")
        return exit_code

    def _end(self, number: int, frame: FrameType | None) -> None:
        """Start no more rounds, and let the crawl finish what is under way; a second signal ends it at once."""
        self._signal = self._signal or number
        self._over.set()
        if self._crawl is not None and self._crawl.poll() is None:
            self._crawl.terminate()


def _is_busy(path: Path) -> bool:
    lock = FileLock(path / "archive.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _local(at: int) -> str:
    return f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%d %H:%M}"
