"""When a page is due again: pure functions of what it is and how often it really changed."""

from __future__ import annotations

from dataclasses import dataclass

from archive.records import PageKind

__all__ = ["FORBIDDEN_S", "RETRIES", "Bounds", "after_failure", "after_success", "bounds"]

HOUR, DAY = 3600, 86400
FORBIDDEN_S = 7 * DAY  # until robots.txt is asked again about an address that it forbids
RETRIES = 3  # tries in one crawl before a failure counts


@dataclass(frozen=True, slots=True)
class Bounds:
    """First, shortest and longest interval between two captures of a page, in seconds."""

    first_s: int
    shortest_s: int
    longest_s: int


_BOUNDS = {
    PageKind.FEED: Bounds(6 * HOUR, HOUR, 7 * DAY),
    PageKind.SITEMAP: Bounds(6 * HOUR, HOUR, 7 * DAY),
    PageKind.LISTING: Bounds(DAY, 6 * HOUR, 60 * DAY),
    # Corrections come in the first days; after that an article hardly ever changes.
    PageKind.ARTICLE: Bounds(3 * DAY, DAY, 365 * DAY),
    PageKind.ATTACHMENT: Bounds(90 * DAY, 30 * DAY, 365 * DAY),
    PageKind.REDIRECT: Bounds(30 * DAY, 7 * DAY, 365 * DAY),
}
_OTHERS = Bounds(30 * DAY, 7 * DAY, 365 * DAY)


def bounds(kind: PageKind) -> Bounds:
    """Return the bounds of the interval for a kind of page."""
    return _BOUNDS.get(kind, _OTHERS)


def after_success(kind: PageKind, interval_s: int | None, *, changed: bool) -> int:
    """Return the next interval in seconds: halved after a change, doubled without one, within the kind's bounds.

    `interval_s` is the one that just ended; None at the first capture.
    """
    limits = bounds(kind)
    if interval_s is None:
        return limits.first_s
    return min(max(interval_s // 2 if changed else interval_s * 2, limits.shortest_s), limits.longest_s)


def after_failure(failures: int) -> int:
    """Return the seconds until a page that failed `failures` times in a row is asked again.

    The first tries follow each other within one crawl (5, 25 s); then hours, doubling up to a week: a host that does
    not answer is "unreachable from here", never gone.
    """
    if failures < RETRIES:
        return int(5**failures)
    return int(min(HOUR * 2 ** (failures - RETRIES), 7 * DAY))
