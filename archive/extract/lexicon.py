"""The lexicon of chrome: what portals print around articles, as data (`archive/data/boilerplate.csv`).

A phrase counts when it is a whole line, or the start of a short line that goes on with a separator or a number. It
never counts as a part of a sentence: "chia sẻ", "nội dung" and "theo" are words of every article.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from archive.text import fold_key, fold_syllable

__all__ = ["LEADERS", "Phrase", "find"]

LEADERS = re.compile(r"\.{4}|…{2}|_{3}")  # of a line of a form, to be filled in

_MAX_CHARS = 80
_MAX_FOOTER_CHARS = 300
_MAX_WORDS = 16
_FOOTERS = frozenset(("copyright", "footer_agency", "session", "badge"))
# Labels whose value belongs to the line: "Cập nhật: …". Others are headings of lists, whole lines.
_LABELS = frozenset(
    ("counter", "meta_label", "rating", "share", "footer_agency", "copyright", "session", "badge", "attachment")
)
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_GLUED = re.compile(r"(?<=[^\W\d_])(?=\d)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """What was found in a line: its kind, whether it is one that prose uses too, whether it is the whole line."""

    kind: str
    is_risky: bool
    is_whole: bool


def _key(text: str) -> str:
    return " ".join(_WORD.findall(_GLUED.sub(" ", fold_key(text))))


@lru_cache(maxsize=1)
def _phrases() -> dict[str, tuple[str, bool]]:
    """Return key → (kind, risky)."""
    table: dict[str, tuple[str, bool]] = {}
    with (files("archive") / "data" / "boilerplate.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if key := _key(row["phrase"]):
                # "Chia sẻ:" and "Chia sẻ" have one key: the riskier holds.
                kind, is_risky = row["kind"], row["risk_in_body"] == "high"
                table[key] = (table[key][0], table[key][1] or is_risky) if key in table else (kind, is_risky)
    return table


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(key.split()[0] for key in _phrases())


@lru_cache(maxsize=4096)
def find(line: str) -> Phrase | None:
    """Return the phrase of the lexicon that `line` is or starts with, or None."""
    if len(line) > _MAX_FOOTER_CHARS or LEADERS.search(line):
        return None
    # Most lines are told by their first word.
    first = _WORD.search(line)
    if first is None or fold_syllable(_GLUED.split(first[0], 1)[0]) not in _first_words():
        return None
    words = _key(line).split()
    if not words:
        return None
    phrases = _phrases()
    if len(words) <= _MAX_WORDS and (found := phrases.get(" ".join(words))):
        return Phrase(found[0], found[1], is_whole=True)
    for count in range(min(len(words) - 1, _MAX_WORDS), 0, -1):
        found = phrases.get(" ".join(words[:count]))
        if found is None:
            continue
        kind, is_risky = found
        if len(line) > (_MAX_FOOTER_CHARS if kind in _FOOTERS else _MAX_CHARS):
            continue
        if _goes_on_with_value(line, count, kind):
            return Phrase(kind, is_risky, is_whole=False)
    return None


def _goes_on_with_value(line: str, count: int, kind: str) -> bool:
    """Whether what follows the phrase is a separator or a number, as after a label."""
    rest = _after_words(_EDGES.sub("", line), count)
    if not rest:
        return False
    if re.match(r"\s*[:：]?\s*(?:[(\[]?[\d.,]+[)\]%]?\s*(?:\w+)?|[(\[][\d.,]+(?: \w+){1,3}[)\]]?)$", rest):
        return kind in _LABELS or kind == "comment"
    if kind in _FOOTERS:
        # Footers are sentences of their own: "Ghi rõ nguồn … khi phát hành lại".
        return count >= 3 or bool(re.match(r"\s*[:：]", rest))
    return kind in _LABELS and bool(re.match(r"\s*(?:[:：|]|[-–]\s)", rest))


def _after_words(line: str, count: int) -> str:
    """Return what stands in `line` behind its first `count` words."""
    for number, match in enumerate(_WORD.finditer(_GLUED.sub("\u200c", line)), start=1):
        if number == count:
            return _GLUED.sub("\u200c", line)[match.end() :].replace("\u200c", "")
    return ""
