"""`is_series`: whether texts that are nearly the same are issues of one series, not copies of each other.

Weekly notices and yearly reports stand in a fixed frame and differ in figures, dates, names and places. A copy differs
otherwise: a sentence was dropped, a lead added, a typing error mended, the byline changed. So every difference (a
*spot*: changes with fewer than three equal syllables between them) is judged by what stands on its two sides:

- figures, date words or capitalised names on both sides, and nothing else: evidence of a series;
- other words on both sides, or two spellings of one name: evidence of a copy;
- one side empty (dropped, added), the same figures written otherwise (05/10, 5/10), a byline, a line that the portal
  prints (posted at, read so many times): evidence of nothing, since both copies and issues have them.

Texts are a series when figures were exchanged in at least as many spots as words were; names alone make a series only
if no words were exchanged.

A copy whose *only* difference is one corrected figure cannot be told from the next issue of a notice. It is called
series: two documents kept, one of them perhaps in vain, and the link says so; the other error would lose a document,
and with it, copy by copy, the whole series. (A figure corrected on the same page is a new revision, never a question.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum, auto

from archive.duplicates.alignment import Change
from archive.duplicates.wording import Wording
from archive.text import strip_marks

__all__ = ["is_series"]

_FRAME = 3  # equal syllables that separate two spots


class _Spot(Enum):
    NUMBERS = auto()
    NAMES = auto()
    WORDS = auto()
    NOTHING = auto()


def is_series(a: Wording, b: Wording, changes: Sequence[Change]) -> bool:
    """Return whether two texts that differ by these changes are issues of one series."""
    spots = Counter(_judge(a, b, spot) for spot in _spots(changes))
    numbers, names, words = spots[_Spot.NUMBERS], spots[_Spot.NAMES], spots[_Spot.WORDS]
    return numbers + names >= words if numbers else names > 0 and not words


def _spots(changes: Sequence[Change]) -> list[list[Change]]:
    spots: list[list[Change]] = []
    for change in changes:
        if spots and change.a_start - spots[-1][-1].a_end < _FRAME:
            spots[-1].append(change)
        else:
            spots.append([change])
    return spots


def _judge(a: Wording, b: Wording, spot: Sequence[Change]) -> _Spot:
    """Return what a spot is evidence of."""
    left = [i for change in spot for i in range(change.a_start, change.a_end)]
    right = [i for change in spot for i in range(change.b_start, change.b_end)]
    if not left or not right or (a.is_stamp(left[0]) and b.is_stamp(right[0])):
        return _Spot.NOTHING
    has_numbers = any(map(a.is_number, left)) and any(map(b.is_number, right))
    has_names = any(map(a.is_name, left)) and any(map(b.is_name, right))
    if a.is_byline(left[0]) and b.is_byline(right[0]) and not has_numbers:
        return _Spot.NOTHING
    shared = {*map(a.folded, left)} & {*map(b.folded, right)}
    if not (_is_value(a, left, shared) and _is_value(b, right, shared)) or not (has_numbers or has_names):
        return _Spot.WORDS
    if has_numbers:
        before, after = Counter(map(a.folded, left)), Counter(map(b.folded, right))
        return _Spot.NOTHING if before <= after or after <= before else _Spot.NUMBERS
    # With what stands between the changes: “Tân Hạ” and “Hòa Tân” are two places, though Hạ and Hòa are much alike.
    left, right = (list(range(*ends)) for ends in _extent(spot))
    return _Spot.WORDS if _is_respelling(a, left, b, right) else _Spot.NAMES


def _extent(spot: Sequence[Change]) -> tuple[tuple[int, int], tuple[int, int]]:
    return (spot[0].a_start, spot[-1].a_end), (spot[0].b_start, spot[-1].b_end)


def _is_value(text: Wording, indexes: Sequence[int], shared: set[str]) -> bool:
    """Return whether there are figures, names and their companions, beside words that both sides have.

    Of “Minh An, xã Tân Sơn” and “Đức Sơn, xã Hòa Bình” the one Sơn may be taken for the other, and xã be changed, too.
    """
    return all(
        text.is_number(i) or text.is_name(i) or text.is_companion(i) or text.folded(i) in shared for i in indexes
    )


def _is_respelling(a: Wording, left: Sequence[int], b: Wording, right: Sequence[int]) -> bool:
    """Return whether the names on one side are those on the other side but for marks and one letter."""
    if len(left) != len(right):
        return False
    pairs = [(strip_marks(a.word(i)), strip_marks(b.word(j))) for i, j in zip(left, right, strict=True)]
    unlike = [pair for pair in pairs if pair[0] != pair[1]]
    return not unlike or (len(unlike) == 1 and _is_within_one_edit(*unlike[0]))


def _is_within_one_edit(x: str, y: str) -> bool:
    if len(x) > len(y):
        x, y = y, x
    start = next((i for i, c in enumerate(x) if c != y[i]), len(x))
    if len(x) == len(y):
        return x[start + 1 :] == y[start + 1 :]
    return len(y) - len(x) == 1 and x[start:] == y[start + 1 :]
