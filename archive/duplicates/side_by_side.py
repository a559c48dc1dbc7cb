"""`side_by_side`: two texts, paragraph beside paragraph, with the words that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from archive.duplicates.relation import changes_between, read
from archive.text import fold_key

__all__ = ["Row", "Run", "side_by_side"]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of a paragraph that differ from the other text, or do not."""

    text: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph of one text beside that of the other; empty where the other has none there.

    `is_same`: they say the same, but for case, spacing and punctuation.
    """

    left: tuple[Run, ...]
    right: tuple[Run, ...]
    is_same: bool


def side_by_side(a: str, b: str) -> Iterator[Row]:
    """Yield the paragraphs of both texts in order."""
    left, right = read(a), read(b)
    changes = changes_between(left, right)
    lines_a = _marked(a, left.wording.slices, [(change.a_start, change.a_end) for change in changes])
    lines_b = _marked(b, right.wording.slices, [(change.b_start, change.b_end) for change in changes])
    keys_a, keys_b = (["".join(run.text for run in line) for line in lines] for lines in (lines_a, lines_b))
    matcher = SequenceMatcher(None, list(map(fold_key, keys_a)), list(map(fold_key, keys_b)), autojunk=False)
    for how, a_start, a_end, b_start, b_end in matcher.get_opcodes():
        for one, other in zip_longest(lines_a[a_start:a_end], lines_b[b_start:b_end], fillvalue=()):
            yield Row(_plain(one), _plain(other), is_same=True) if how == "equal" else Row(one, other, is_same=False)


def _marked(text: str, slices: Sequence[tuple[int, int]], spots: Sequence[tuple[int, int]]) -> list[tuple[Run, ...]]:
    """Return the paragraphs of a text as runs; `spots` are the syllables that differ, from start to end."""
    borders = [(slices[start][0], slices[end - 1][1]) for start, end in spots if start < end]
    lines: list[tuple[Run, ...]] = []
    begin = 0
    for line in text.split("\n"):
        end = begin + len(line)
        runs, at = [], begin
        for first, last in borders:
            first, last = max(first, begin), min(last, end)
            if first < last:
                runs += [Run(text[at:first], is_changed=False), Run(text[first:last], is_changed=True)]
                at = last
        runs.append(Run(text[at:end], is_changed=False))
        lines.append(tuple(run for run in runs if run.text))
        begin = end + 1
    return lines


def _plain(runs: Sequence[Run]) -> tuple[Run, ...]:
    return (Run("".join(run.text for run in runs), is_changed=False),) if runs else ()
