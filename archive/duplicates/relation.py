"""`compare`: what two texts are to each other, judged on their true shingle sets, with what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from archive.duplicates.alignment import Change, align
from archive.duplicates.config import CONTAINED, CONTAINED_SYLLABLES, NEAR
from archive.duplicates.series import is_series
from archive.duplicates.shingles import Hashes, overlap, shingle_hashes, syllable_hashes
from archive.duplicates.wording import Wording

__all__ = ["Kind", "Reading", "Relation", "changes_between", "compare", "read", "relate"]

_TOLD = 4  # differences that are told
_TOLD_SYLLABLES = 12  # of one side of a difference


class Kind(StrEnum):
    """What two documents are to each other. All but `series` put them in one cluster."""

    EXACT = "exact"
    NEAR = "near"
    CONTAINED = "contained"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class Relation:
    """What two texts are to each other; symmetric but for the direction of `differs`.

    `score` is the Jaccard of the shingle sets, for `contained` the share of the smaller set that the larger holds.
    `differs` tells the first differences, from the first text to the second: “05/10” → “12/10”; +“added”; −“dropped”.
    """

    kind: Kind
    score: float
    differs: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is compared: its wording, the hashes of its syllables in order, of its shingles ascending."""

    wording: Wording
    syllables: Hashes
    shingles: Hashes


def read(text: str) -> Reading:
    """Return `text` as it is compared."""
    syllables = syllable_hashes(text)
    return Reading(Wording(text), syllables, shingle_hashes(syllables))


def compare(a: str, b: str) -> Relation | None:
    """Return what two texts are to each other, or None if no copies and no issues of one series."""
    return relate(read(a), read(b))


def relate(a: Reading, b: Reading) -> Relation | None:
    """Return `compare` of two texts that were read before."""
    if np.array_equal(a.syllables, b.syllables):
        return Relation(Kind.EXACT, 1.0, "" if a.wording.text == b.wording.text else "case, spacing or punctuation")
    if not len(a.shingles) or not len(b.shingles):
        return None
    shared = overlap(a.shingles, b.shingles)
    jaccard = shared / (len(a.shingles) + len(b.shingles) - shared)
    containment = shared / min(len(a.shingles), len(b.shingles))
    is_long = min(len(a.syllables), len(b.syllables)) >= CONTAINED_SYLLABLES
    if jaccard < NEAR and not (is_long and containment >= CONTAINED):
        return None
    kind, score = (Kind.NEAR, jaccard) if jaccard >= NEAR else (Kind.CONTAINED, containment)
    changes = changes_between(a, b)
    if is_series(a.wording, b.wording, changes):
        kind, score = Kind.SERIES, jaccard
    return Relation(kind, score, _tell(a.wording, b.wording, changes))


def changes_between(a: Reading, b: Reading) -> list[Change]:
    """Return what differs; the same changes in either direction."""
    left, right = a.syllables.tolist(), b.syllables.tolist()
    if (len(left), left) <= (len(right), right):
        return align(left, right)
    return [Change(c.b_start, c.b_end, c.a_start, c.a_end) for c in align(right, left)]


def _tell(a: Wording, b: Wording, changes: Sequence[Change]) -> str:
    told = []
    for change in changes[:_TOLD]:
        left = _quote(a, change.a_start, change.a_end)
        right = _quote(b, change.b_start, change.b_end)
        told.append(f"{left} → {right}" if left and right else f"−{left}" if left else f"+{right}")
    if len(changes) > _TOLD:
        told.append(f"and {len(changes) - _TOLD} more")
    return ", ".join(told)


def _quote(text: Wording, start: int, end: int) -> str:
    """Return the syllables [start, end) as they are written; figures with the whole date or number around them."""
    if start == end:
        return ""
    if end - start > _TOLD_SYLLABLES:
        first, last = text.slices[start][0], text.slices[start + _TOLD_SYLLABLES // 2][1]
        return f"“{' '.join(text.text[first:last].split())} …” ({end - start} syllables)"
    while start and _is_one_figure(text, start - 1):
        start -= 1
    while end < len(text.slices) and _is_one_figure(text, end - 1):
        end += 1
    return f"“{' '.join(text.text[text.slices[start][0] : text.slices[end - 1][1]].split())}”"


def _is_one_figure(text: Wording, index: int) -> bool:
    """Return whether this syllable and the next one are parts of one figure or date: 05/10, 1.500."""
    between = text.text[text.slices[index][1] : text.slices[index + 1][0]]
    return between in set("/.,:-") and text.word(index)[-1:].isdecimal() and text.word(index + 1)[:1].isdecimal()
