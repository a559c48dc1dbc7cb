"""Charts as SVG and as letters, drawn out of numbers: no script, no network, one colour that the page chooses.

The SVG uses the classes `bar`, `axis`, `label`, `number`, `mark` and `faint`; each mark tells its number when pointed
at, and each chart has a name for those who do not see it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

__all__ = ["bar", "bars", "columns", "months_between", "spark", "strip"]

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = " ▁▂▃▄▅▆▇█"


def bar(value: int, most: int, width: int) -> str:
    """Return a bar of block letters; where there is anything at all, it has at least an eighth of one."""
    if not most or not value:
        return ""
    eighths = max(1, round(value / most * width * 8))
    return _EIGHTHS[-1] * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def spark(values: Sequence[int], most: int) -> str:
    """Return a letter a value, as high as the value is to `most`."""
    return "".join(_LEVELS[0 if not value or not most else max(1, round(value / most * 8))] for value in values)


def months_between(first: str, last: str) -> list[str]:
    """Return the months from `first` to `last` ("2022-10"), both included."""
    begin, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(begin, end + 1)]


def columns(counts: Mapping[str, int], name: str, *, marked: str = "", width: int = 960, height: int = 220) -> str:
    """Return a chart of a column a month ("2022-10"), with the years below it; months that are missing are empty.

    Before the month `marked` a line is drawn.
    """
    months = months_between(min(counts), max(counts)) if counts else []
    most, left, bottom = max(counts.values(), default=0), 48, 24
    step = (width - left) / max(1, len(months))
    top = 10
    scale = (height - bottom - top) / max(1, most)
    parts = [_axis(value, height - bottom - value * scale, left, width) for value in _ticks(most)]
    for number, month in enumerate(months):
        x, value = left + number * step, counts.get(month, 0)
        if value:
            tall = max(1.0, value * scale)
            parts.append(
                f'<rect class="bar" x="{x:.1f}" y="{height - bottom - tall:.1f}" width="{max(0.6, step * 0.86):.1f}" '
                f'height="{tall:.1f}"><title>{month}: {value:,}</title></rect>'
            )
    if marked in months:
        x = left + months.index(marked) * step
        parts.append(f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height - bottom}"/>')
    return _svg([*parts, *_years(months, left, step, width, height)], name, width, height)


def bars(counts: Mapping[str, int], name: str, *, width: int = 460, most_rows: int = 20) -> str:
    """Return a chart of a bar a row, in their order; beyond `most_rows` there is only a sum."""
    rows = [(label, value, value) for label, value in counts.items()]
    if len(rows) > most_rows:
        rest = rows[most_rows - 1 :]
        rows = [*rows[: most_rows - 1], (f"{len(rest)} more", sum(value for _, value, _ in rest), 0)]
    most, row_height = max((drawn for _, _, drawn in rows), default=0), 22
    left, right = 128, 64
    parts = []
    for number, (label, value, drawn) in enumerate(rows):
        y = number * row_height
        long = max(1.0, drawn / max(1, most) * (width - left - right)) if drawn else 0.0
        shown = label if len(label) <= 18 else f"{label[:17]}…"
        parts.append(
            f"<g><title>{escape(label)}: {value:,}</title>"
            f'<text class="label" x="{left - 8}" y="{y + 15}" text-anchor="end">{escape(shown)}</text>'
            f'<rect class="bar" x="{left}" y="{y + 3}" width="{long:.1f}" height="15" rx="2"/>'
            f'<text class="number" x="{left + long + 6:.1f}" y="{y + 15}">{value:,}</text></g>'
        )
    return _svg(parts, name, width, max(row_height, len(rows) * row_height))


def strip(counts: Mapping[str, int], months: Sequence[str], name: str, *, width: int = 320, height: int = 22) -> str:
    """Return a small chart of a portal's months, to be compared with others of the same `months`.

    Each is as high as the root of its share of the portal's own best month, so that a portal that fell silent is seen,
    whatever its size.
    """
    most, step, ground = max(counts.values(), default=0), width / max(1, len(months)), height - 1
    path = ""
    for number, month in enumerate(months):
        if value := counts.get(month, 0):
            tall = max(2.0, math.sqrt(value / most) * (height - 2))
            path += f"M{number * step:.1f} {ground}v-{tall:.1f}h{max(1.0, step):.1f}V{ground}z"
    line = f'<line class="axis" x1="0" x2="{width}" y1="{height - 0.5}" y2="{height - 0.5}"/>'
    return _svg([line, f'<path class="bar" d="{path}"/>'], name, width, height)


def _ticks(most: int) -> list[int]:
    """Return round numbers up to `most`, at most five."""
    if most < 1:
        return []
    step = next(step for power in range(19) for step in (10**power, 2 * 10**power, 5 * 10**power) if most / step <= 4)
    return list(range(0, most + 1, step))


def _axis(value: int, y: float, left: int, width: int) -> str:
    return (
        f'<line class="axis" x1="{left}" x2="{width}" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="number" x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,}</text>'
    )


def _years(months: Sequence[str], left: float, step: float, width: int, height: int) -> list[str]:
    """Return the labels of the years, as many as have room."""
    parts, free = [], left
    for number, month in enumerate(months):
        x = left + number * step
        if (month.endswith("-01") or number == 0) and free <= x <= width - 32:
            parts.append(f'<text class="label" x="{x:.1f}" y="{height - 6}">{month[:4]}</text>')
            free = x + 44
    return parts


def _svg(parts: Sequence[str], name: str, width: int, height: int) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="{escape(name)}">'
        f"{''.join(parts)}</svg>"
    )
