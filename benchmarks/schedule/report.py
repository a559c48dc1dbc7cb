"""What the runs of a year come to: a table in Markdown, and a plot in SVG."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from benchmarks.schedule.policies import Run
from benchmarks.schedule.world import DAY, END, HOUR, Article

__all__ = ["Outcome", "outcome", "plot", "table"]

_COLOURS = ("#1b7837", "#2166ac", "#b2182b", "#8c6bb1")


@dataclass(slots=True)
class Outcome:
    """What one way of coming back to one or more portals led to. Delays are in seconds, sorted."""

    requests: list[int]
    news: list[float]
    corrections: list[float]
    news_missed: int
    corrections_missed: int
    stale_s: float  # summed over articles of the last seven days
    live_s: float

    def __add__(self, other: Outcome) -> Outcome:
        """Return both together."""
        return Outcome(
            [a + b for a, b in zip(self.requests, other.requests, strict=True)],
            sorted(self.news + other.news),
            sorted(self.corrections + other.corrections),
            self.news_missed + other.news_missed,
            self.corrections_missed + other.corrections_missed,
            self.stale_s + other.stale_s,
            self.live_s + other.live_s,
        )


def outcome(articles: Sequence[Article], run: Run) -> Outcome:
    """Return what a run led to for the articles of a portal. What nobody could still fetch counts as missed."""
    made = Outcome(run.requests, [], [], 0, 0, 0.0, 0.0)
    for number, article in enumerate(articles):
        end = END if article.deleted_at is None else article.deleted_at
        starts = [article.published_at, *article.changes]
        seen = [run.seen.get((number, version)) for version in range(len(starts))]
        if article.published_at >= 0:
            _note(min((at for at in seen if at is not None), default=None), article.published_at, made, is_new=True)
        for version, (start, until) in enumerate(zip(starts, [*article.changes, end], strict=True)):
            if start < 0:
                continue
            if version:
                _note(seen[version], start, made, is_new=False)
            until = min(until, article.published_at + 7 * DAY)
            seen_at = END if seen[version] is None else seen[version]
            made.live_s += max(0, until - start)
            made.stale_s += max(0.0, min(until, seen_at) - start)
    made.news.sort()
    made.corrections.sort()
    return made


def _note(seen_at: float | None, since: float, made: Outcome, *, is_new: bool) -> None:
    if seen_at is not None:
        (made.news if is_new else made.corrections).append(seen_at - since)
    elif since < END - 7 * DAY:  # what happened in the last week may still be found
        made.news_missed += is_new
        made.corrections_missed += not is_new


def table(rows: Mapping[str, Outcome], articles: int) -> str:
    """Return a Markdown table, one row for each way of coming back."""
    lines = [
        "| | requests in the year | a request for each article | new article known after (median, 95 %) | never "
        "| correction known after (median, 95 %) | not within the year "
        "| as on the portal, articles of the last 7 days |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, one in rows.items():
        count = sum(one.requests)
        lines.append(
            f"| {name} | {count:,} | {count / articles:.1f} | {_times(one.news)} | {one.news_missed} "
            f"| {_times(one.corrections)} | {one.corrections_missed} | {1 - one.stale_s / one.live_s:.1%} |"
        )
    return "\n".join(lines) + "\n"


def _times(delays: Sequence[float]) -> str:
    if not delays:
        return "never"
    return ", ".join(_time(delays[min(len(delays) - 1, int(len(delays) * share))]) for share in (0.5, 0.95))


def _time(seconds: float) -> str:
    return f"{seconds / HOUR:.0f} h" if seconds < 2 * DAY else f"{seconds / DAY:.0f} d"


def plot(rows: Mapping[str, Outcome]) -> str:
    """Return an SVG: requests as they add up, and which share of news and corrections is known how soon."""
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 960 400" font-family="sans-serif" font-size="12">',
        '<rect width="960" height="400" fill="white"/>',
    ]
    parts += _requests(rows)
    parts += _delays(rows)
    for place, name in enumerate(rows):
        x = 70 + place * 225
        parts.append(f'<path d="M{x} 384h24" stroke="{_COLOURS[place]}" stroke-width="2.5"/>')
        parts.append(f'<text x="{x + 30}" y="388">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _frame(x: int, width: int, title: str, below: str) -> list[str]:
    return [
        f'<path d="M{x} 40v290h{width}" fill="none" stroke="#555"/>',
        f'<text x="{x}" y="26" font-weight="bold">{title}</text>',
        f'<text x="{x + width / 2}" y="366" text-anchor="middle">{below}</text>',
    ]


def _requests(rows: Mapping[str, Outcome]) -> list[str]:
    parts = _frame(70, 380, "Requests, added up (millions)", "day of the year")
    top = max(sum(one.requests) for one in rows.values()) * 1.02
    for place, one in enumerate(rows.values()):
        points = [
            f"{70 + day * 380 / 365:.1f},{330 - total / top * 290:.1f}"
            for day, total in enumerate(accumulate(one.requests))
            if day % 5 == 0 or day == 365
        ]
        parts.append(
            f'<polyline points="{" ".join(points)}" fill="none" stroke="{_COLOURS[place]}" stroke-width="2.5"/>'
        )
    for day in (0, 90, 180, 270, 360):
        parts.append(f'<text x="{70 + day * 380 / 365:.0f}" y="346" text-anchor="middle">{day}</text>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = 330 - share / 1.02 * 290
        parts.append(f'<text x="62" y="{y + 4:.0f}" text-anchor="end">{top / 1.02 * share / 1e6:.1f}</text>')
    return parts


def _delays(rows: Mapping[str, Outcome]) -> list[str]:
    title = "Known within a time: new articles solid, corrections dashed"
    parts = _frame(540, 380, title, "time since it was published or corrected")
    marks = [(1, "1 h"), (6, "6 h"), (24, "1 d"), (72, "3 d"), (168, "7 d"), (720, "30 d"), (2160, "90 d")]
    width = 380 / (len(marks) - 1)
    for place, (_, name) in enumerate(marks):
        x = 540 + place * width
        parts.append(f'<path d="M{x:.0f} 40v290" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.0f}" y="346" text-anchor="middle">{name}</text>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<text x="532" y="{334 - share * 290:.0f}" text-anchor="end">{share:.0%}</text>')
    for place, one in enumerate(rows.values()):
        for delays, missed, dash in (
            (one.news, one.news_missed, ""),
            (one.corrections, one.corrections_missed, ' stroke-dasharray="6 4"'),
        ):
            total = len(delays) + missed
            points = []
            for step in range((len(marks) - 1) * 8 + 1):
                low, rest = divmod(step, 8)
                high = min(low + 1, len(marks) - 1)
                hours = marks[low][0] * (marks[high][0] / marks[low][0]) ** (rest / 8)
                share = bisect_right(delays, hours * HOUR) / total if total else 0.0
                points.append(f"{540 + step / 8 * width:.1f},{330 - share * 290:.1f}")
            parts.append(
                f'<polyline points="{" ".join(points)}" fill="none" stroke="{_COLOURS[place]}" stroke-width="2"{dash}/>'
            )
    return parts
