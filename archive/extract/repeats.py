"""Blocks that stand more than once in one page: leads inside bodies, bodies posted twice.

One pass, linear in the text: each block is looked up by its key, and by the share of its shingles that stood before.
Short lines that repeat on purpose (refrains, form lines, rows) stay unless they stand in a run that repeats.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from archive.extract.lexicon import LEADERS
from archive.extract.outline import Line
from archive.text import fold_key

__all__ = ["find_repeats", "unglued"]

_WORD = re.compile(r"\w+")
_SHINGLE = 4
_LONG_CHARS = 90  # a block of this length does not repeat by chance
_ADJACENT_CHARS = 40  # nor one of this length right behind itself
_LONE_CHARS = 140  # nor one of this length anywhere
_BETWEEN_CHARS = 60
_WHOLE_CHARS = 100
_STARTS = 50  # lines like the first one at which a whole text may begin anew
_ENDS = frozenset(".!?…:;”\"'/)")
_COMMON_LETTERS = 4  # a quarter of all syllables are longer
_TOP = 4  # among the first blocks stand leads
_ENUMERATED = re.compile(r"^(?:- |\+ |[a-zđ][).]|\d+(?:\.\d+)*[).]|[ivx]+[).]|điều \d|khoản \d|mục \w+\b|phần \w+\b)")
_NEAR_WORDS = 16
_NEAR_SHARE = 0.86
_RUN_SHARE = 0.6  # inside a run that repeats, a block may differ by more
_GAP = 3  # blocks (captions, images' names) that may stand between two of a run


@dataclass(slots=True)
class _Block:
    key: str
    words: list[str]
    is_row: bool
    match: int = -1  # the earlier block that it repeats
    share: float = 0.0


def find_repeats(texts: list[str], rows: frozenset[int] = frozenset()) -> list[int]:
    """Return the indexes in `texts` of the blocks that stood before in it, ascending.

    `rows` are the indexes of table rows and list items, which repeat on purpose. A near repeat has at least 0.86 of
    its 4-syllable shingles in earlier blocks and the same numbers as the block that it repeats.
    """
    if not _may_repeat(texts):
        return []  # as nearly every page
    blocks = [_Block(key := fold_key(text), _WORD.findall(key), i in rows) for i, text in enumerate(texts)]
    _match(blocks)
    repeats = {i for i, block in enumerate(blocks) if _stands_alone_as_repeat(blocks, i, block)}
    repeats |= _run_of_equals(blocks) | _whole_again(blocks)
    _extend_runs(blocks, repeats)
    return sorted(repeats)


def unglued(lines: list[Line]) -> list[Line]:
    """Return the lines of a body, cut where it begins anew in the middle of one: its end had no border behind it."""
    beginnings = [line.text for line in lines[:_TOP] if len(line.text) >= _BETWEEN_CHARS]
    cut: list[Line] = []
    for line in lines:
        for beginning in beginnings:
            at = line.text.find(beginning, 1)
            if at > 0 and line.text[at - 1] in _ENDS:
                cut.append(line._replace(text=line.text[:at]))
                line = line._replace(text=line.text[at:])
                break
        cut.append(line)
    return cut


def _may_repeat(texts: list[str]) -> bool:
    """Return False where surely no block stood before: neither a whole one nor half of a sample of its shingles.

    Which shingles are in the sample is up to the words themselves, so that a copy has the same ones.
    """
    seen: set[str | tuple[str, ...]] = set()
    first: list[str] = []
    for text in texts:
        folded = unicodedata.normalize("NFC", text).casefold()
        if folded in seen and (len(folded) >= _ADJACENT_CHARS or folded in first):
            return True
        if len(first) < _TOP:
            first.append(folded)
        words = folded.split()
        at = [i for i, word in enumerate(words[: 1 - _SHINGLE]) if len(word) > _COMMON_LETTERS]
        own: set[str | tuple[str, ...]] = {tuple(words[i : i + _SHINGLE]) for i in at}
        if own and len(folded) >= _LONG_CHARS and len(own & seen) * 2 >= len(own):
            return True
        seen |= own
        seen.add(folded)
    return False


def _match(blocks: list[_Block]) -> None:
    """Give each block the earlier one that it repeats, and how much of it stood before."""
    first: dict[str, int] = {}
    owner: dict[int, int] = {}
    for index, block in enumerate(blocks):
        words = block.words
        shingles = [hash(shingle) for shingle in zip(*(words[i:] for i in range(_SHINGLE)), strict=False)]
        if block.key in first:
            # The copy that continues the run of the block before, if there is one.
            block.match, block.share = first[block.key], 1.0
        elif shingles:
            owners = [owner[s] for s in shingles if s in owner]
            if owners:
                block.share = len(owners) / len(shingles)
                block.match = Counter(owners).most_common(1)[0][0] if block.share >= _RUN_SHARE else -1
        first.setdefault(block.key, index)
        for shingle in shingles:
            owner.setdefault(shingle, index)


def _stands_alone_as_repeat(blocks: list[_Block], index: int, block: _Block) -> bool:
    if block.match < 0 or block.is_row:
        return False
    chars = len(block.key)
    if _ENUMERATED.match(block.key) or LEADERS.search(block.key):
        return False  # points of laws and plans repeat on purpose, and so do lines of forms
    if block.key == blocks[block.match].key:
        is_near = chars >= _ADJACENT_CHARS and _is_adjacent(blocks, block.match, index)
        return is_near or chars >= (_LONG_CHARS if block.match < _TOP else _LONE_CHARS)
    if len(block.words) < _NEAR_WORDS or block.share < _NEAR_SHARE or chars < _LONE_CHARS:
        return False
    return _numbers(block) <= _numbers(blocks[block.match])


def _run_of_equals(blocks: list[_Block]) -> set[int]:
    """Return the blocks of runs that stood before, word for word, and are together too long for chance."""
    found: set[int] = set()
    run: list[int] = []
    for index, block in enumerate([*blocks, _Block("", [], is_row=False)]):
        match = block.match
        if match >= 0 and block.key == blocks[match].key and not _often_repeats(block):
            if run and match != blocks[run[-1]].match + 1:
                run = []
            run.append(index)
        else:
            run = []
        if len(run) > 1 and sum(len(blocks[i].key) for i in run) >= _LONE_CHARS:
            found.update(run)
    return found


def _whole_again(blocks: list[_Block]) -> set[int]:
    """Return the blocks of a text that begins anew, word for word, right behind its end: a poem, a list.

    A line or two, a date or a heading, may stand above it.
    """
    keys = [block.key for block in blocks]
    for first in range(min(_TOP, len(keys))):
        starts = [i for i in range(first + 1, (len(keys) + first) // 2 + 1) if keys[i] == keys[first]]
        for start in starts[:_STARTS]:
            length, end = start - first, start
            while keys[end : end + length] == keys[first:start]:
                end += length
            if end > start and sum(map(len, keys[first:start])) >= _WHOLE_CHARS:
                return set(range(start, end))
    return set()


def _often_repeats(block: _Block) -> bool:
    """Whether a block is of those that stand several times on purpose: short lines, rows, points, lines of forms."""
    key = block.key
    is_short = len(key) < _ADJACENT_CHARS
    return is_short or block.is_row or bool(_ENUMERATED.match(key)) or bool(LEADERS.search(key))


def _is_adjacent(blocks: list[_Block], earlier: int, later: int) -> bool:
    """Whether nothing of weight stands between the two."""
    return later - earlier <= 3 and sum(len(b.key) for b in blocks[earlier + 1 : later]) < _BETWEEN_CHARS


def _numbers(block: _Block) -> frozenset[str]:
    return frozenset(word for word in block.words if any(c.isdigit() for c in word))


def _extend_runs(blocks: list[_Block], repeats: set[int]) -> None:
    """Add the blocks next to a repeat that continue its run: same order there as before."""
    for seed in sorted(repeats):
        for step in (1, -1):
            index, expected, gap = seed + step, blocks[seed].match + step, 0
            while 0 <= index < len(blocks) and expected >= 0 and gap <= _GAP:
                if index in repeats:
                    break  # goes on from there by itself
                match = _continued(blocks, index, expected, min(seed, index), is_next=gap == 0)
                if match < 0:
                    gap += 1
                else:
                    repeats.add(index)
                    gap, expected = 0, match + step
                index += step


def _continued(blocks: list[_Block], index: int, expected: int, before: int, *, is_next: bool) -> int:
    """Return the block before block `before` that a run repeats at `index`, or -1 where the run does not go on.

    What often stands several times (short lines, rows, points, lines of forms) must be the expected one, and `is_next`.
    """
    block = blocks[index]
    key = block.key
    if _often_repeats(block):
        return expected if is_next and expected < before and blocks[expected].key == key else -1
    near = 0 <= block.match < before and abs(block.match - expected) <= _GAP + 1 and block.share >= _RUN_SHARE
    if near and _numbers(block) <= _numbers(blocks[block.match]):
        return block.match
    around = range(max(0, expected - _GAP), min(before, expected + _GAP + 1))
    return expected if any(blocks[i].key == key for i in around) else -1
