"""Charts as plain SVG: bars by month. Each comes with a title and a description; numbers stand beside it as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from zlib import crc32

from markupsafe import Markup

__all__ = ["Axis", "axis_of", "bars", "spark"]

_WIDTH, _HEIGHT = 720, 120
_SMALL_WIDTH, _SMALL_HEIGHT = 240, 28
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


def bars(axis: Axis, months: Mapping[str, int], *, title: str, description: str, mark: str = "") -> Markup:
    """Return bars over the axis with its years below; a vertical line stands at the month `mark`.

    Bars stretch with the page, letters do not.
    """
    values = axis.values(months)
    path = _path(values, max(values, default=0) or 1, _HEIGHT, _WIDTH)
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
        f'<path class="grid" d="M0 {_HEIGHT}H{_WIDTH}"/><path class="bar" d="{path}"/></svg>{line}{years}</svg>'
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


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _is_month(text: str) -> bool:
    return len(text) == 7 and text[:4].isdigit() and text[4] == "-" and "01" <= text[5:] <= "12"


def _id(title: str) -> str:
    return f"chart-{crc32(title.encode()):08x}"
