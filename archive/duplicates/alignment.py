"""Where two texts differ: an alignment of their syllables whose cost stays near linear in their lengths.

Syllable runs that stand exactly once in both texts pin the alignment (patience diff), first runs of five, then of two,
then single syllables in what lies between. What still lies between is compared in place where both sides have the same
length (a fixed frame with other figures), with difflib where it is short, and else counts as replaced as a whole.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

__all__ = ["Change", "align"]

_RUNS = (5, 2, 1)  # syllables
_DIFFLIB_CELLS = 10_000  # difflib is at worst quadratic and more


@dataclass(frozen=True, slots=True)
class Change:
    """Syllables [a_start, a_end) of one text stand where the other has [b_start, b_end); one may be empty."""

    a_start: int
    a_end: int
    b_start: int
    b_end: int


def align(a: Sequence[int], b: Sequence[int]) -> list[Change]:
    """Return the changes that turn `a` into `b`, in order; what lies between them is equal."""
    return list(_changes(a, b, Change(0, len(a), 0, len(b)), _RUNS))


def _changes(a: Sequence[int], b: Sequence[int], area: Change, runs: tuple[int, ...]) -> Iterator[Change]:
    """Yield the changes inside an area."""
    area = _trim(a, b, area)
    if area.a_start == area.a_end or area.b_start == area.b_end:
        if area.a_start != area.a_end or area.b_start != area.b_end:
            yield area
    elif runs:
        for gap in _gaps(a, b, area, runs[0]):
            yield from _changes(a, b, gap, runs[1:])
    elif same := _in_place(a, b, area):
        yield from same
    elif (area.a_end - area.a_start) * (area.b_end - area.b_start) <= _DIFFLIB_CELLS:
        left, right = a[area.a_start : area.a_end], b[area.b_start : area.b_end]
        for tag, a0, a1, b0, b1 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
            if tag != "equal":
                yield Change(area.a_start + a0, area.a_start + a1, area.b_start + b0, area.b_start + b1)
    else:
        yield area


def _trim(a: Sequence[int], b: Sequence[int], area: Change) -> Change:
    """Return the area without what is equal at its start and end."""
    a0, a1, b0, b1 = area.a_start, area.a_end, area.b_start, area.b_end
    while a0 < a1 and b0 < b1 and a[a0] == b[b0]:
        a0, b0 = a0 + 1, b0 + 1
    while a0 < a1 and b0 < b1 and a[a1 - 1] == b[b1 - 1]:
        a1, b1 = a1 - 1, b1 - 1
    return Change(a0, a1, b0, b1)


def _in_place(a: Sequence[int], b: Sequence[int], area: Change) -> list[Change]:
    """Return the changes of an area of equal lengths of which half stays in its place, or nothing."""
    length = area.a_end - area.a_start
    if length != area.b_end - area.b_start:
        return []
    places = [i for i in range(length) if a[area.a_start + i] != b[area.b_start + i]]
    if len(places) * 2 > length:
        return []
    changes: list[Change] = []
    for i in places:
        a_at, b_at = area.a_start + i, area.b_start + i
        if changes and changes[-1].a_end == a_at:
            a_first, b_first = changes[-1].a_start, changes[-1].b_start
            changes[-1] = Change(a_first, a_at + 1, b_first, b_at + 1)
        else:
            changes.append(Change(a_at, a_at + 1, b_at, b_at + 1))
    return changes


def _gaps(a: Sequence[int], b: Sequence[int], area: Change, run: int) -> Iterator[Change]:
    """Yield what lies between the runs that are unique in the area on both sides, longest ascending chain of them."""
    at_a, at_b = area.a_start, area.b_start
    for i, j in _anchors(a, b, area, run):
        if i >= at_a and j >= at_b:
            yield Change(at_a, i, at_b, j)
        elif i - j != at_a - at_b:  # overlaps the last run without going on with it
            continue
        at_a, at_b = i + run, j + run
    yield Change(at_a, area.a_end, at_b, area.b_end)


def _anchors(a: Sequence[int], b: Sequence[int], area: Change, run: int) -> list[tuple[int, int]]:
    """Return the longest chain of pairs (place in `a`, place in `b`) of unique common runs, ascending in both."""
    in_a = _unique(a, area.a_start, area.a_end, run)
    in_b = _unique(b, area.b_start, area.b_end, run)
    pairs = [(i, in_b[key]) for key, i in in_a.items() if key in in_b]
    tails: list[int] = []  # smallest last place in `b` of a chain of each length
    last: list[int] = []  # and the pair that it belongs to
    before: list[int] = []
    for index, (_, j) in enumerate(pairs):
        place = bisect_left(tails, j)
        before.append(last[place - 1] if place else -1)
        tails[place : place + 1], last[place : place + 1] = [j], [index]
    chain: list[tuple[int, int]] = []
    index = last[-1] if last else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _unique(values: Sequence[int], start: int, end: int, run: int) -> dict[tuple[int, ...], int]:
    """Return the runs that stand once in values[start:end] and their places, ascending."""
    seen: dict[tuple[int, ...], int] = {}
    repeated: set[tuple[int, ...]] = set()
    for place in range(start, end - run + 1):
        key = tuple(values[place : place + run])
        if seen.setdefault(key, place) != place:
            repeated.add(key)
    return {key: place for key, place in seen.items() if key not in repeated}
