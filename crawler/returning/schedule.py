"""When a page is due again: pure functions of what it is, how old it is and how often it really changed."""

from __future__ import annotations

from dataclasses import dataclass

from archive.records import PageKind

__all__ = [
    "CONFIRM_S",
    "FORBIDDEN_S",
    "RETRIES",
    "Bounds",
    "after_failure",
    "bounds",
    "due_after",
    "first_interval",
    "next_interval",
]

HOUR, DAY = 3600, 86400
# What is asked daily is due a little earlier: a crawl that starts at the same time every day reaches a page at another
# time every day.
_DAILY = 20 * HOUR
CONFIRM_S = _DAILY  # until a page that seems to be gone is asked once more
FORBIDDEN_S = 7 * DAY  # until robots.txt is asked again about an address that it forbids
RETRIES = 3  # tries in one crawl before a failure counts


@dataclass(frozen=True, slots=True)
class Bounds:
    """First, shortest and longest interval between two looks at a page, in seconds.

    `growth`: by how much it grows when the page did not change. What shows the news pauses at weekends and on holidays,
    which must not make it rare.
    """

    first_s: int
    shortest_s: int
    longest_s: int
    growth: float = 2.0


_BOUNDS = {
    PageKind.FEED: Bounds(6 * HOUR, HOUR, 7 * DAY, growth=1.5),
    PageKind.SITEMAP: Bounds(6 * HOUR, HOUR, 7 * DAY, growth=1.5),
    PageKind.LISTING: Bounds(_DAILY, 5 * HOUR, 14 * DAY, growth=1.5),
    PageKind.ARTICLE: Bounds(2 * DAY, _DAILY, 365 * DAY),
    PageKind.ATTACHMENT: Bounds(90 * DAY, 30 * DAY, 365 * DAY),
}
_FURTHER = Bounds(60 * DAY, 2 * DAY, 365 * DAY)  # what moves there was on the first page before
_OTHERS = Bounds(30 * DAY, 7 * DAY, 365 * DAY)
_OLD_S = 30 * DAY
_UNDATED_S = 7 * DAY


def bounds(kind: PageKind, *, is_further: bool = False) -> Bounds:
    """Return the bounds for a kind of page; `is_further`: it is a listing's second page, third, …"""
    if kind is PageKind.LISTING and is_further:
        return _FURTHER
    return _BOUNDS.get(kind, _OTHERS)


def first_interval(kind: PageKind, limits: Bounds, age_s: float | None) -> int:
    """Return the interval in seconds after the first look; `age_s`: time since publication, None where unknown.

    Corrections come in the first days, and after that an article hardly ever changes: it is looked at again when it
    is twice as old, at least once in the month after it was found.
    """
    if kind is not PageKind.ARTICLE:
        return limits.first_s
    if age_s is None:
        return _UNDATED_S
    return int(min(max(age_s, limits.first_s), _OLD_S))


def next_interval(limits: Bounds, interval_s: int, elapsed_s: int, *, changed: bool) -> int:
    """Return the interval in seconds after a look that came `elapsed_s` after the last one; `interval_s`: what was set.

    Halved after a change; without one it grows, but as far only as the page was seen not to change.
    """
    unchanged_s = max(interval_s, int(limits.growth * min(interval_s, elapsed_s)))
    interval_s = min(interval_s, elapsed_s) // 2 if changed else unchanged_s
    return min(max(interval_s, limits.shortest_s), limits.longest_s)


def due_after(interval_s: int, key: int) -> int:
    """Return the seconds until a page is due: its interval, or up to a quarter less where that is some days.

    So the pages of one large crawl do not all come back on one day. `key` is the page's and decides how much less.
    """
    return interval_s if interval_s < 2 * DAY else interval_s - interval_s * (key % 256) // 1024


def after_failure(failures: int) -> int:
    """Return the seconds until a page that failed `failures` times in a row is asked again.

    The first tries follow each other within one crawl (5, 25 s); then hours, doubling up to a week: a host that does
    not answer is "unreachable from here", never gone.
    """
    if failures < RETRIES:
        return int(5**failures)
    return int(min(HOUR * 2 ** (failures - RETRIES), 7 * DAY))
