"""Results on stdout: readable blocks in colour on a terminal, plain text in a pipe, JSON lines where asked for."""

from __future__ import annotations

import io
import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from archive.search import Segment

__all__ = [
    "Part",
    "day",
    "has_colours",
    "is_styled",
    "marked",
    "paged",
    "say",
    "size",
    "table",
    "tell",
    "width",
    "with_marks",
    "write_json",
]

MARK = "**"  # around words that were found

Part = str | tuple[str, str]  # text, or text with a rich style
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


_pages: list[Console] = []  # where lines go instead of stdout, while they are gathered for a pager


def say(*parts: Part, indent: int = 0, is_wrapped: bool = True) -> None:
    """Print one line; on a terminal with styles, wrapped at words and indented as a whole.

    A line with a URL is not wrapped (`is_wrapped`), so that it can be opened and copied. What a portal wrote cannot
    steer the terminal: control characters are shown as �.
    """
    safe = [(_CONTROLS.sub("�", text), style) for text, style in ((p, "") if isinstance(p, str) else p for p in parts)]
    if not sys.stdout.isatty():
        text = "".join(text for text, _ in safe)
        click.echo("\n".join(f"{'':{indent}}{line}".rstrip() for line in text.split("\n")))
        return
    from rich.padding import Padding
    from rich.text import Text

    console = _console()
    if not safe:
        console.print()  # no part at all would be no line
        return
    if not is_wrapped:
        console.print(Text.assemble(" " * indent, *safe), soft_wrap=True)
        return
    console.print(Padding(Text.assemble(*safe), (0, 0, 0, indent), expand=False))


def is_styled() -> bool:
    """Return whether what is printed can stand out: on a terminal that has more than plain letters."""
    return sys.stdout.isatty() and not _console().is_dumb_terminal


def has_colours() -> bool:
    """Return whether what is printed has colours: not in a pipe, and not where NO_COLOR is set."""
    return is_styled() and not _console().no_color


def width() -> int:
    """Return the columns of the terminal; 100 in a pipe."""
    return _console().width if sys.stdout.isatty() else 100


@contextmanager
def paged(*, is_wanted: bool = True) -> Iterator[None]:
    """Show what is printed inside in a pager ($PAGER, or less) if stdout is a terminal and it does not fit.

    `less` keeps colours, and leaves what was shown on the screen.
    """
    if not is_wanted or not sys.stdout.isatty() or _pages:
        yield
        return
    gathered = io.StringIO()
    console = _console()
    _pages.append(_new_console(gathered, console.width))
    try:
        yield
    finally:
        _pages.clear()
        text = gathered.getvalue()
        if text.count("\n") < console.height:
            click.echo(text, nl=False, color=True)
        else:
            os.environ.setdefault("LESS", "FRX")
            click.echo_via_pager(text.removesuffix("\n"), color=True)


def _console() -> Console:
    return _pages[-1] if _pages else _new_console(None, None)


def _new_console(file: io.StringIO | None, columns: int | None) -> Console:
    from rich.console import Console

    return Console(
        file=file, width=columns, force_terminal=True if file else None, highlight=False, markup=False, emoji=False
    )


def tell(message: str) -> None:
    """Print a remark on stderr."""
    click.echo(message, err=True)


def marked(segments: Sequence[Segment], style: str = "") -> list[Part]:
    """Return pieces of text as parts in a style: what matches stands out, or stands between `MARK`s."""
    if not is_styled():
        return [(with_marks(segments), style)]
    return [(piece.text, f"{style} bold yellow" if piece.is_match else style) for piece in segments]


def with_marks(segments: Sequence[Segment]) -> str:
    """Return pieces of text as one, in which what matches stands between `MARK`s and no other mark stands."""
    return "".join(
        f"{MARK}{plain}{MARK}" if piece.is_match else plain
        for piece in segments
        for plain in [piece.text.replace(MARK, "*")]
    )


def table(rows: Sequence[Sequence[str | int]], *, indent: int = 0) -> None:
    """Print rows in columns; numbers stand to the right."""
    from rich.cells import cell_len

    widths = [max(cell_len(_cell(cell)) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = []
        for cell, width in zip(row, widths, strict=True):
            space = " " * (width - cell_len(_cell(cell)))
            cells.append(f"{space}{_cell(cell)}" if isinstance(cell, int) else f"{cell}{space}")
        click.echo(f"{'':{indent}}{'  '.join(cells)}".rstrip())


def write_json(records: Any) -> None:
    """Print one record, or each of a list or tuple of them, as JSON, one a line.

    A record is a dataclass or a JSON value, which may hold dataclasses.
    """
    for record in records if isinstance(records, (list, tuple)) else [records]:
        click.echo(json.dumps(record, ensure_ascii=False, default=asdict))


def day(moment: str | None) -> str:
    """Return the day and minute of an ISO time as it is read, or "undated"."""
    return moment.replace("T", " ")[:16] if moment else "undated"


def size(size_bytes: int) -> str:
    """Return a number of bytes with its unit."""
    amount, units = float(size_bytes), ["B", "kB", "MB", "GB", "TB"]
    while amount >= 1000 and len(units) > 1:
        amount, units = amount / 1000, units[1:]
    return f"{amount:,.0f} {units[0]}" if units[0] == "B" or amount >= 100 else f"{amount:.1f} {units[0]}"


def _cell(cell: str | int) -> str:
    return f"{cell:,}" if isinstance(cell, int) else cell
