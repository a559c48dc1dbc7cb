"""Where two texts differ: an alignment of their syllables whose cost stays near linear in their lengths.

Syllable runs that stand exactly once in both texts pin the alignment (patience diff), first runs of five, then of two,
then single syllables in what lies between. What still lies between is compared in place where both sides have the same
length (a fixed frame with other figures), else by the shortest edit (Myers, "An O(ND) difference algorithm and its
variations", 1986), and counts as replaced as a whole where that would take more than 300 insertions and deletions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Change", "align"]

_RUNS = (5, 2, 1)  # syllables
_EDITS = 300  # the cost of the shortest edit grows with their square


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
    elif set(a[area.a_start : area.a_end]).isdisjoint(b[area.b_start : area.b_end]):
        yield area
    else:
        yield from _shortest_edit(a, b, area) or [area]


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


def _shortest_edit(a: Sequence[int], b: Sequence[int], area: Change) -> list[Change]:
    """Return the changes of the shortest edit of the area, or nothing if it takes too many insertions and deletions."""
    width, height = area.a_end - area.a_start, area.b_end - area.b_start
    reached: dict[int, int] = {}  # on diagonal x - y: the furthest x, after as many edits as there are generations
    generations: list[dict[int, int]] = []
    for edits in range(_EDITS + 1):
        furthest: dict[int, int] = {}
        for diagonal in range(-edits, edits + 1, 2):
            x = _step(reached, diagonal, width, height) if edits else 0
            if x < 0:
                continue
            while x < width and x - diagonal < height and a[area.a_start + x] == b[area.b_start + x - diagonal]:
                x += 1
            furthest[diagonal] = x
        generations.append(furthest)
        reached = furthest
        if furthest.get(width - height) == width:
            return _trace(generations, area)
    return []


def _step(reached: dict[int, int], diagonal: int, width: int, height: int) -> int:
    """Return the furthest x on the diagonal one edit after `reached`, or -1: right drops from `a`, down adds of `b`."""
    right = reached.get(diagonal - 1, width)
    down = reached.get(diagonal + 1, -1)
    return max(right + 1 if right < width else -1, down if down - diagonal <= height else -1)


def _trace(generations: list[dict[int, int]], area: Change) -> list[Change]:
    """Return the changes along the path that reached the end of the area, read from its end."""
    width, height = area.a_end - area.a_start, area.b_end - area.b_start
    diagonal = width - height
    changes: list[Change] = []
    for reached in reversed(generations[:-1]):
        x = _step(reached, diagonal, width, height)
        is_drop = reached.get(diagonal - 1, width) + 1 == x
        end = Change(area.a_start + x, area.a_start + x, area.b_start + x - diagonal, area.b_start + x - diagonal)
        edit = Change(end.a_start - is_drop, end.a_end, end.b_start - (not is_drop), end.b_end)
        if changes and (changes[-1].a_start, changes[-1].b_start) == (edit.a_end, edit.b_end):
            last = changes.pop()
            edit = Change(edit.a_start, last.a_end, edit.b_start, last.b_end)
        changes.append(edit)
        diagonal += -1 if is_drop else 1
    return changes[::-1]


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
