"""How far a rebuild is, on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crawler.rebuilding.rebuild import Rebuild

__all__ = ["RebuildProgress"]

_LINE_S = 5.0


class RebuildProgress:
    """Shows a rebuild; `update` may be called as often as one likes."""

    def __init__(self, rebuild: Rebuild) -> None:
        self._rebuild = rebuild
        self._console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=self._console) if sys.stderr.isatty() else None
        self._task = self._bar.add_task("rebuild", total=None) if self._bar else None
        self._next = time.monotonic() + _LINE_S

    def shown(self) -> AbstractContextManager[object]:
        """Return the context in which it is shown."""
        return self._bar or nullcontext()

    def update(self) -> None:
        """Show where the rebuild stands."""
        done, pages = self._pages()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=pages, description=self._line())
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + _LINE_S
            self._console.print(f"{self._line()}, {done:,} of {pages:,} pages", highlight=False, soft_wrap=True)

    def _pages(self) -> tuple[int, int]:
        counts = self._rebuild.counts
        return sum(one.done for one in counts), sum(one.pages for one in counts)

    def _line(self) -> str:
        counts = self._rebuild.counts
        current = next((one.portal for one in counts if one.done < one.pages), "comparing texts")
        changed = sum(one.changed + one.new + one.lost for one in counts)
        return f"{current}: {changed:,} articles changed"
