"""How far an import is, on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from crawler.importing.importer import Importer

__all__ = ["ImportProgress"]

_LINE_S = 5.0


class ImportProgress:
    """Shows an import; `update` may be called as often as one likes."""

    def __init__(self, importer: Importer, total_bytes: int) -> None:
        self._importer, self._total_bytes = importer, total_bytes
        self._console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=self._console) if sys.stderr.isatty() else None
        self._task = self._bar.add_task("import", total=total_bytes) if self._bar else None
        self._next = time.monotonic() + _LINE_S

    def shown(self) -> AbstractContextManager[object]:
        """Return the context in which it is shown."""
        return self._bar or nullcontext()

    def update(self) -> None:
        """Show where the import stands."""
        if self._bar is not None and self._task is not None:
            if time.monotonic() >= self._next - _LINE_S:
                self._next = time.monotonic() + _LINE_S + 0.2
                self._bar.update(self._task, completed=self._done_bytes(), description=self._line())
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_S
            percent = 100 * self._done_bytes() // max(1, self._total_bytes)
            self._console.print(f"{self._line()}, {percent} %", highlight=False, soft_wrap=True)

    def _done_bytes(self) -> int:
        return sum(min(counts.done_bytes, counts.size_bytes) for counts in self._importer.counts)

    def _line(self) -> str:
        counts = self._importer.counts
        names = ("records", "captures", "articles", "broken")
        return ", ".join(f"{sum(getattr(one, name) for one in counts):,} {name}" for name in names)
