"""Results on stdout: readable blocks in colour on a terminal, plain text in a pipe, JSON lines where asked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from archive.search import Segment

__all__ = ["Part", "day", "marked", "say", "size", "table", "tell", "with_marks", "write_json"]

MARK = "**"  # around words that were found

Part = str | tuple[str, str]  # text, or text with a rich style


def say(*parts: Part, indent: int = 0, is_wrapped: bool = True) -> None:
    """Print one line; on a terminal with styles, wrapped at words and indented as a whole.

    A line with a URL is not wrapped (`is_wrapped`), so that it can be opened and copied.
    """
    if not sys.stdout.isatty():
        text = "".join(part if isinstance(part, str) else part[0] for part in parts)
        click.echo("\n".join(f"{'':{indent}}{line}".rstrip() for line in text.split("\n")))
        return
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    console = Console(highlight=False, markup=False, emoji=False)
    if not is_wrapped:
        console.print(Text.assemble(" " * indent, *parts), soft_wrap=True)
        return
    console.print(Padding(Text.assemble(*parts), (0, 0, 0, indent), expand=False))


def tell(message: str) -> None:
    """Print a remark on stderr."""
    click.echo(message, err=True)


def marked(segments: Sequence[Segment], style: str = "") -> list[Part]:
    """Return pieces of text as parts in a style: on a terminal what matches stands out, in a pipe it has `MARK`s."""
    if not sys.stdout.isatty():
        return [with_marks(segments)]
    return [(piece.text, "bold yellow" if piece.is_match else style) for piece in segments]


def with_marks(segments: Sequence[Segment]) -> str:
    """Return pieces of text as one, in which what matches stands between `MARK`s and no other mark stands."""
    return "".join(
        f"{MARK}{plain}{MARK}" if piece.is_match else plain
        for piece in segments
        for plain in [piece.text.replace(MARK, "*")]
    )


def table(rows: Sequence[Sequence[str | int]], *, indent: int = 0) -> None:
    """Print rows in columns; numbers stand to the right."""
    widths = [max(len(_cell(cell)) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            f"{_cell(cell):>{width}}" if isinstance(cell, int) else f"{cell:<{width}}"
            for cell, width in zip(row, widths, strict=True)
        ]
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
