"""Charts as plain SVG: bars by month. Each comes with a title and a description; numbers stand beside it as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from markupsafe import Markup

__all__ = ["Axis", "axis_of", "bars", "spark"]

_WIDTH = 720.0
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
        """Return (year, where it begins on the axis, 0 to 1), at most a dozen."""
        first = -(-self._start // 12)
        last = (self._start + self.size * self.step - 1) // 12
        every = max(1, -(-(last - first + 1) // 12))
        span = self.size * self.step
        return [(year, (year * 12 - self._start) / span) for year in range(first, last + 1) if year % every == 0]

    def name(self, place: int) -> str:
        """Return the first month of a bar, or its year where a bar is one."""
        year, month = divmod(self._start + place * self.step, 12)
        return f"{year}" if self.step == 12 else f"{year}-{month + 1:02d}"


def axis_of(series: Sequence[Mapping[str, int]]) -> Axis | None:
    """Return the axis that all of some series fit on; None where there is nothing to draw."""
    months = [month for one in series for month, count in one.items() if count and _is_month(month)]
    return Axis(min(months), max(months)) if months else None


def bars(axis: Axis, months: Mapping[str, int], *, title: str, description: str, most: str, mark: str = "") -> Markup:
    """Return bars over the axis with its years below.

    `most` labels the height of the highest bar; a vertical line stands at the month `mark`.
    """
    values, height = axis.values(months), 120.0
    top = max(values, default=0) or 1
    line = ""
    if mark and axis.first < mark <= axis.last:
        x = _place(axis, mark) * _WIDTH
        line = f'<path class="mark" d="M{x:.1f} 0V{height + 6:.0f}"/>'
    years = "".join(
        f'<text x="{where * _WIDTH:.1f}" y="{height + 18:.0f}">{year}</text>'
        for year, where in axis.years()
        if where < 0.97
    )
    return Markup(  # noqa: S704 numbers and escaped text
        f'<svg class="bars" viewBox="0 -14 {_WIDTH:.0f} {height + 36:.0f}" role="img" aria-labelledby="{_id(title)}">'
        f'<title id="{_id(title)}">{escape(title)}. {escape(description)}</title>'
        f'<path class="grid" d="M0 0H{_WIDTH:.0f}M0 {height:.0f}H{_WIDTH:.0f}"/>'
        f'<path class="bar" d="{_path(values, top, height, _WIDTH)}"/>{line}'
        f'<text class="most" x="0" y="-4">{escape(most)}</text>{years}</svg>'
    )


def spark(axis: Axis, months: Mapping[str, int], top: int | None = None) -> Markup:
    """Return small bars over the axis, for a cell of a table that says the numbers; `top` is the highest bar of all."""
    values, height, width = axis.values(months), 28.0, 240.0
    path = _path(values, top or max(values, default=0) or 1, height, width)
    return Markup(  # noqa: S704 numbers alone
        f'<svg class="spark" viewBox="0 0 {width:.0f} {height:.0f}" aria-hidden="true" preserveAspectRatio="none">'
        f'<path class="grid" d="M0 {height:.0f}H{width:.0f}"/><path class="bar" d="{path}"/></svg>'
    )


def _path(values: Sequence[int], top: int, height: float, width: float) -> str:
    """Return bars as one path; the least that is not nothing can be seen."""
    step = width / len(values)
    gap = min(1.0, step * 0.2)
    return "".join(
        f"M{place * step:.1f} {height:.0f}v-{max(1.0, value / top * height):.1f}h{step - gap:.1f}V{height:.0f}z"
        for place, value in enumerate(values)
        if value
    )


def _place(axis: Axis, month: str) -> float:
    start = _index(axis.name(0) if axis.step < 12 else f"{axis.name(0)}-01")
    return (_index(month) - start) / (axis.size * axis.step)


def _index(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def _is_month(text: str) -> bool:
    return len(text) == 7 and text[:4].isdigit() and text[4] == "-" and "01" <= text[5:] <= "12"


def _id(title: str) -> str:
    return f"chart-{sum(ord(letter) * (place + 1) for place, letter in enumerate(title)):x}"
