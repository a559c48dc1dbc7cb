"""Observations in arrays, and what of a page is its own: no other page of the portal has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from archive.chrome.observe import LineIs, Observation

__all__ = ["Bools", "Digests", "Integers", "PageSeen", "Told", "again", "is_body", "is_prose", "read", "tell", "weigh"]

Integers: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]
Digests: TypeAlias = NDArray[np.uint64]


class Told(NamedTuple):
    """An observed page: its key, the Unix time of the capture, the observation."""

    key: int
    captured_at: int
    observation: Observation


@dataclass(slots=True)
class PageSeen:
    """An observation in arrays, lines as sums over those before.

    `recurs`: which spans do; `own`: characters of prose that only this page has; `foreign`: of what is no text of its
    own; `chars`: of all (of each line until `weigh` has summed them up).
    """

    digests: Digests
    places: Digests
    firsts: Integers
    lasts: Integers
    flags: NDArray[np.uint8]
    chars: Integers
    marks: NDArray[np.uint8]
    said: Digests
    holders: dict[str, tuple[int, int]]
    body: tuple[int, int]
    key: int
    captured_at: int
    recurs: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    own: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    foreign: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def read(told: Told) -> PageSeen:
    """Return an observation in arrays."""
    one = told.observation
    holders: dict[str, tuple[int, int]] = {}
    for address, first, last in one.holders:
        holders.setdefault(address, (first, last))  # of several the fullest
    return PageSeen(
        np.frombuffer(one.digests, "<u8"),
        np.frombuffer(one.places, "<u8"),
        np.frombuffer(one.firsts, "<u2").astype(np.int64),
        np.frombuffer(one.lasts, "<u2").astype(np.int64),
        np.frombuffer(one.span_flags, "u1"),
        np.frombuffer(one.chars, "<u2").astype(np.int64),
        np.frombuffer(one.line_flags, "u1"),
        np.frombuffer(one.said, "<u8"),
        holders,
        one.body,
        told.key,
        told.captured_at,
    )


def tell(pages: Sequence[PageSeen], values: Callable[[PageSeen], Digests]) -> tuple[Digests, Integers]:
    """Return the distinct values of all pages, ascending, and on how many pages each stands."""
    by_key: dict[int, list[Digests]] = {}
    for page in pages:
        by_key.setdefault(page.key, []).append(values(page))
    once = [np.unique(np.concatenate(some) if len(some) > 1 else some[0]) for some in by_key.values()]
    found, counts = np.unique(np.concatenate(once), return_counts=True)
    return found, counts


def is_prose(page: PageSeen) -> Bools:
    """Return which lines are running text."""
    return page.marks & LineIs.PROSE > 0


def is_body(page: PageSeen) -> Bools:
    """Return which lines the strategies took for the body."""
    at = np.arange(len(page.chars))
    return (at >= page.body[0]) & (at < page.body[1])


def again(pages: Sequence[PageSeen], chosen: Callable[[PageSeen], Bools]) -> Digests:
    """Return what the chosen lines say that several pages have, wherever: teasers of other articles."""
    said, seen = tell(pages, lambda page: page.said[chosen(page)])
    return said[seen > 1]


def weigh(page: PageSeen, is_again: Bools) -> None:
    """Sum up, before each line, the prose that only this page has, and the characters that are no text of its own.

    `is_again`: lines that other pages have, too.
    """
    border = np.zeros(len(page.chars) + 1, dtype=np.int64)
    np.add.at(border, page.firsts[page.recurs], 1)
    np.add.at(border, page.lasts[page.recurs], -1)
    covered = np.cumsum(border)[:-1] > 0
    marks = page.marks
    is_own = is_prose(page) & (marks & (LineIs.ZONED | LineIs.AGAIN) == 0) & ~covered & ~is_again
    is_foreign = covered | is_again | (marks & (LineIs.LINK | LineIs.ZONED) > 0)
    page.own = _sums(page.chars * is_own)
    page.foreign = _sums(page.chars * is_foreign)
    page.chars = _sums(page.chars)


def _sums(values: Integers) -> Integers:
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(values)))
