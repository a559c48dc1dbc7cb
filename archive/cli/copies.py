"""How `luutru duplicates` shows two texts side by side, and who copies from whom."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from archive.cli.output import Part, day, say, table

if TYPE_CHECKING:
    import sqlite3

    from archive.duplicates.flows import Flow
    from archive.duplicates.side_by_side import Row, Run

__all__ = ["compared_as_json", "print_compared", "print_flows"]

_NARROWEST, _WIDEST = 30, 100  # characters of a column
_GAP = " │ "


def compared_as_json(db: sqlite3.Connection, pages: Sequence[int]) -> dict[str, Any]:
    """Return what two articles are to each other, and their paragraphs side by side."""
    from archive.article_view import view_article
    from archive.duplicates import compare
    from archive.duplicates.side_by_side import side_by_side

    a, b = (view_article(db, page).article for page in pages)
    relation = compare(a.text, b.text)
    fields = ("id", "url", "portal", "title", "published_at", "syllables")
    return {
        "a": {name: getattr(a, name) for name in fields},
        "b": {name: getattr(b, name) for name in fields},
        "kind": relation.kind if relation else None,
        "score": round(relation.score, 4) if relation else None,
        "differs": relation.differs or None if relation else None,
        "paragraphs": list(side_by_side(a.text, b.text)),
    }


def print_compared(compared: dict[str, Any]) -> None:
    """Print two articles side by side; what they have in common is left out but for its borders."""
    width = max(_NARROWEST, min(_WIDEST, (shutil.get_terminal_size((120, 24)).columns - len(_GAP)) // 2))
    a, b = compared["a"], compared["b"]
    for name in ("title", "portal", "published_at", "url"):
        cells = [day(one[name]) if name == "published_at" else str(one[name]) for one in (a, b)]
        _print_cells([[(cell, "bold" if name == "title" else "dim")] for cell in cells], width)
    if compared["kind"]:
        say((f"{compared['kind']} {compared['score']:.2f}", "yellow"), f"  {a['id']} {b['id']}")
    else:
        say(("neither copies nor issues of one series", "yellow"), f"  {a['id']} {b['id']}")
    say()
    same = 0
    for row in compared["paragraphs"]:
        if row.is_same:
            same += 1
            continue
        _print_same(same)
        same = 0
        _print_row(row, width)
    _print_same(same)


def _print_same(count: int) -> None:
    if count:
        say((f"… {count} paragraph{'s' * (count > 1)} the same …", "dim"))


def _print_row(row: Row, width: int) -> None:
    _print_cells([_parts(row.left, "[-", "-]", "red"), _parts(row.right, "{+", "+}", "green")], width)


def _parts(runs: Sequence[Run], before: str, after: str, style: str) -> list[tuple[str, str]]:
    return [(f"{before}{run.text}{after}", style) if run.is_changed else (run.text, "") for run in runs]


def _print_cells(cells: Sequence[list[tuple[str, str]]], width: int) -> None:
    """Print two cells beside each other, each wrapped at words."""
    left, right = (_wrapped(cell, width) for cell in cells)
    for number in range(max(len(left), len(right))):
        one = left[number] if number < len(left) else []
        other = right[number] if number < len(right) else []
        padding = " " * (width - sum(len(text) for text, _ in one))
        parts: list[Part] = [*one, padding, _GAP, *other]
        say(*parts, is_wrapped=False)


def _wrapped(parts: list[tuple[str, str]], width: int) -> list[list[tuple[str, str]]]:
    """Return lines of parts; a word that is longer than a line is cut."""
    lines: list[list[tuple[str, str]]] = [[]]
    room = width
    for text, style in parts:
        for word in _words(text, width):
            if len(word.rstrip()) > room and room < width:
                lines.append([])
                room = width
            word = word[:room]
            lines[-1].append((word, style))
            room -= len(word)
    return lines


def _words(text: str, width: int) -> list[str]:
    words = [f"{word} " for word in text.split(" ")]
    words[-1] = words[-1][:-1]
    return [word[start : start + width] for word in words for start in range(0, max(1, len(word)), width)]


def print_flows(found: Sequence[Flow]) -> None:
    """Print who copies from whom as a table."""
    rows: list[tuple[str | int, ...]] = [
        ("from", "to", "articles", "same day", "undated", "median days", "longest", "example")
    ]
    for flow in found:
        middle = "" if flow.median_days is None else f"{flow.median_days:g}"
        longest = "" if flow.longest_days is None else f"{flow.longest_days:,}"
        rows.append(
            (flow.source, flow.copier, flow.articles, flow.same_day, flow.undated, middle, longest, flow.example)
        )
    table(rows)
