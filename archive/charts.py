"""Charts as plain SVG, for the web interface and the page of statistics: no script, no network, colours of the page.

The SVG uses the classes `bar`, `grid`, `mark` and `tick`. A timeline has a title and a description for those who do not
see it; beside the small charts the numbers stand as text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from zlib import crc32

from markupsafe import Markup

__all__ = ["Axis", "axis_of", "rows", "spark", "timeline"]

_WIDTH, _HEIGHT = 720, 120
_SMALL_WIDTH, _SMALL_HEIGHT = 240, 28
_ROW, _LABELS, _BARS = 22, 38, 44  # of a chart of rows: height of one, percent of its width for labels and for bars
_LABEL_LETTERS = 18
_MOST_TICKS = 3
_MOST_YEARS = 7
_LAST_YEAR = 0.94  # a year that begins later would not fit in
_MOST_BARS = 120  # beyond that, months are drawn as quarters or years


class Axis:
    """The months of a chart, from the first to the last, drawn one, three or twelve to a bar."""

    def __init__(self, first: str, last: str) -> None:
        self.first, self.last = first, last
        self._start = _index(first)
        months = _index(last) - self._start + 1
        self.step = next((step for step in (1, 3, 12) if months <= _MOST_BARS * step), 12)
        self._start -= self._start % self.step
        self.size = (_index(last) - self._start) // self.step + 1

    def values(self, months: Mapping[str, int]) -> list[int]:
        """Return the sum of each bar; months outside the axis are left out."""
        sums = [0] * self.size
        for month, count in months.items():
            place = (_index(month) - self._start) // self.step
            if 0 <= place < self.size:
                sums[place] += count
        return sums

    def years(self) -> list[tuple[int, float]]:
        """Return (year, where it begins on the axis, 0 to 1), a few of them."""
        first = -(-self._start // 12)
        last = (self._start + self.size * self.step - 1) // 12
        every = max(1, -(-(last - first + 1) // _MOST_YEARS))
        span = self.size * self.step
        return [(year, (year * 12 - self._start) / span) for year in range(first, last + 1) if year % every == 0]

    def place(self, month: str) -> float:
        """Return where a month begins on the axis, 0 to 1."""
        return (_index(month) - self._start) / (self.size * self.step)


def axis_of(series: Sequence[Mapping[str, int]]) -> Axis | None:
    """Return the axis that all of some series fit on; None where there is nothing to draw."""
    months = [month for one in series for month, count in one.items() if count and _is_month(month)]
    return Axis(min(months), max(months)) if months else None


def timeline(
    axis: Axis,
    months: Mapping[str, int],
    *,
    title: str,
    description: str,
    number: Callable[[int], str],
    mark: str = "",
) -> Markup:
    """Return bars over the axis with its years below and lines at round numbers; an upright line stands at `mark`.

    Bars stretch with the page, letters do not. `number` writes a number in the language of the page.
    """
    values = axis.values(months)
    most = max(values, default=0) or 1
    ticks = "".join(_tick(value, most, number) for value in _ticks(most))
    line = ""
    if mark and axis.first < mark <= axis.last:
        x = f"{axis.place(mark):.2%}"
        line = f'<line class="mark" x1="{x}" x2="{x}" y1="0" y2="{_HEIGHT + 8}"/>'
    years = "".join(
        f'<text x="{where:.2%}" y="{_HEIGHT + 20}">{year}</text>' for year, where in axis.years() if where < _LAST_YEAR
    )
    name = _id(title)
    return Markup(  # noqa: S704 numbers and escaped text
        f'<svg class="bars" width="100%" height="{_HEIGHT + 26}" role="img" aria-labelledby="{name}">'
        f'<title id="{name}">{escape(title)}. {escape(description)}</title>'
        f'<svg width="100%" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="none">'
        f'<path class="grid" d="M0 {_HEIGHT}H{_WIDTH}"/><path class="bar" d="{_path(values, most, _HEIGHT, _WIDTH)}"/>'
        f"</svg>{ticks}{line}{years}</svg>"
    )


def rows(counts: Mapping[str, int], title: str, *, number: Callable[[int], str]) -> Markup:
    """Return a bar a row, in their order, each with its label and its number; bars stretch, letters do not."""
    most, drawn = max(counts.values(), default=0) or 1, []
    for place, (label, value) in enumerate(counts.items()):
        y, long = place * _ROW, value / most * _BARS
        shown = label if len(label) <= _LABEL_LETTERS else f"{label[: _LABEL_LETTERS - 1]}…"
        drawn.append(
            f"<g><title>{escape(label)}: {number(value)}</title>"
            f'<text x="{_LABELS - 2}%" y="{y + 15}" text-anchor="end">{escape(shown)}</text>'
            f'<rect class="bar" x="{_LABELS}%" y="{y + 3}" width="{max(0.3, long) if value else 0:.1f}%" height="15"/>'
            f'<text x="{_LABELS + long + 1.5:.1f}%" y="{y + 15}">{number(value)}</text></g>'
        )
    name = _id(title)
    return Markup(  # noqa: S704 numbers and escaped text
        f'<svg class="rows" width="100%" height="{max(1, len(counts)) * _ROW}" role="img" aria-labelledby="{name}">'
        f'<title id="{name}">{escape(title)}</title>{"".join(drawn)}</svg>'
    )


def spark(axis: Axis, months: Mapping[str, int]) -> Markup:
    """Return small bars over the axis, for a cell of a table that says the numbers."""
    values = axis.values(months)
    path = _path(values, max(values, default=0) or 1, _SMALL_HEIGHT, _SMALL_WIDTH)
    return Markup(  # noqa: S704 numbers alone
        f'<svg class="spark" viewBox="0 0 {_SMALL_WIDTH} {_SMALL_HEIGHT}" preserveAspectRatio="none" '
        f'aria-hidden="true">'
        f'<path class="grid" d="M0 {_SMALL_HEIGHT}H{_SMALL_WIDTH}"/><path class="bar" d="{path}"/></svg>'
    )


def _path(values: Sequence[int], top: int, height: int, width: int) -> str:
    """Return bars as one path; the least that is not nothing can be seen."""
    step = width / len(values)
    gap = min(1.0, step * 0.2)
    return "".join(
        f"M{place * step:.1f} {height}v-{max(1.0, value / top * height):.1f}h{step - gap:.1f}V{height}z"
        for place, value in enumerate(values)
        if value
    )


def _ticks(most: int) -> list[int]:
    """Return round numbers up to `most`, a few; none where the bars can be counted."""
    if most <= _MOST_TICKS:
        return []
    steps = (step for power in range(19) for step in (10**power, 2 * 10**power, 5 * 10**power))
    step = next(step for step in steps if most / step <= _MOST_TICKS)
    return list(range(step, most + 1, step))


def _tick(value: int, most: int, number: Callable[[int], str]) -> str:
    y = _HEIGHT * (1 - value / most)
    return (
        f'<line class="grid" x1="0" x2="100%" y1="{y:.1f}" y2="{y:.1f}"/>'
        f'<text class="tick" x="0" y="{y + 13:.1f}">{number(value)}</text>'
    )


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _is_month(text: str) -> bool:
    return len(text) == 7 and text[:4].isdigit() and text[4] == "-" and "01" <= text[5:] <= "12"


def _id(title: str) -> str:
    return f"chart-{crc32(title.encode()):08x}"
