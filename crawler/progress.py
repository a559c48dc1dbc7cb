"""What a crawl is doing, on stderr: live bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from crawler.counts import Counts
from crawler.session import Session

__all__ = ["Progress"]

_LINE_S = 5.0  # seconds between two plain lines
_ROWS = 20
_BAR = 30
_WINDOW_S = 10.0


class Progress:
    """Shows a session; `update` is called twice a second."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._live = Live(console=self._console, transient=False, auto_refresh=False) if sys.stderr.isatty() else None
        self._next_line = time.monotonic() + _LINE_S
        self._rate = _Rate()

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def update(self, session: Session) -> None:
        """Show where the session stands."""
        total = session.total()
        self._rate.note(total.fetched, session.waiting())
        if self._live:
            self._live.update(_panel(session, total, self._rate), refresh=True)
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + _LINE_S
            self._console.print(_line(session, total, self._rate), highlight=False, soft_wrap=True)


class _Rate:
    """Pages a second over the last ten seconds, and the time left where it can be known."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int, int]] = []

    def note(self, fetched: int, waiting: int) -> None:
        now = time.monotonic()
        self._marks = [mark for mark in self._marks if now - mark[0] <= _WINDOW_S] + [(now, fetched, waiting)]

    def per_second(self) -> float:
        (start, first, _), (end, last, _) = self._marks[0], self._marks[-1]
        return (last - first) / (end - start) if end > start else 0.0

    def left(self) -> str:
        """Return the time left; while more is found than fetched it cannot be known."""
        before, waiting, rate = self._marks[0][2], self._marks[-1][2], self.per_second()
        if waiting > before or rate <= 0:
            return "?"
        minutes, seconds = divmod(round(waiting / rate), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}" if minutes >= 60 else f"{minutes}:{seconds:02d}"


def _line(session: Session, total: Counts, rate: _Rate) -> str:
    names = ", ".join(session.portals) if len(session.portals) <= 5 else f"{len(session.portals)} portals"
    return (
        f"{names}: {total.fetched} pages, {total.articles} articles, {total.copies} duplicates, {total.failed} failed, "
        f"{session.waiting()} waiting, {rate.per_second():.1f} pages/s, {rate.left()} left"
    )


def _panel(session: Session, total: Counts, rate: _Rate) -> Group:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("portal")
    for name in ("pages", "articles", "duplicates", "failed"):
        table.add_column(name, justify="right")
    for portal, counts in list(session.counts.items())[:_ROWS]:
        table.add_row(portal, *_cells(counts))
    if len(session.counts) > 1:
        table.add_row("[bold]all", *_cells(total))
    done = round(_BAR * total.fetched / max(1, total.fetched + session.waiting()))
    status = f" {rate.per_second():.1f} pages/s, {session.waiting()} waiting, {rate.left()} left"
    return Group(table, Text.assemble("━" * done, ("━" * (_BAR - done), "dim"), status, no_wrap=True))


def _cells(counts: Counts) -> list[str]:
    return [str(value) for value in (counts.fetched, counts.articles, counts.copies, counts.failed)]
