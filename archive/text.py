"""Text as it is stored (`normalise`) and as it is compared (`fold_key`) or searched (`fold_search`).

Only `normalise` touches what is stored. The folds make keys: nothing folded is ever shown or exported.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = [
    "DS",
    "count_syllables",
    "fold_key",
    "fold_search",
    "fold_syllable",
    "normalise",
    "normalise_line",
    "printable",
    "strip_marks",
]

# Zero-width and directional marks, soft hyphen, BOM, C0 and C1 controls other than tab and newline.
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]"
)
# Space of every width, tab and carriage return.
_SPACES = re.compile("[ \t\r\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_NEWLINES = re.compile(" ?[\n\u0085\u2028\u2029] ?")
_SYLLABLE = re.compile(r"\w+")


# What `normalise` changes beside the Unicode form; most texts have none of it.
_ABNORMAL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u3000\ufeff]")
_BLANKS = (" ", "\n")


def normalise(text: str) -> str:
    """Return `text` in NFC, without invisible characters, spaces collapsed, no empty lines, lines kept.

    Idempotent. Dashes and curly quotes stay as they are (they are the author's).
    """
    if _is_normal(text):
        return text
    text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", _INVISIBLE.sub("", text))
    # Taking out an invisible character can bring two combining marks together.
    text = unicodedata.normalize("NFC", text)
    return "\n".join(line for line in _NEWLINES.sub("\n", text).strip(" \n").split("\n") if line)


def _is_normal(text: str) -> bool:
    """Return whether there is certainly nothing to normalise, at a tenth of the cost of doing it."""
    if "  " in text or text[:1] in _BLANKS or text[-1:] in _BLANKS or _ABNORMAL.search(text):
        return False
    if "\n" in text and (" \n" in text or "\n " in text or "\n\n" in text):
        return False
    return unicodedata.is_normalized("NFC", text)


def normalise_line(text: str) -> str:
    """Return `text` normalised on a single line."""
    return normalise(text).replace("\n", " ")


# đ, and eth and African d, which old fonts and keyboards gave for it: no folding of Unicode's makes a d of them.
DS = {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ɖ": "d", "Ɖ": "D"}

# Dashes, quotes, and look-alikes: of đ, and ƣ for ư out of VNI and PDF conversions.
_SAME = {
    **dict.fromkeys("–—‐‑−", "-"),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‘’‚´`", "'"),
    "…": "...",
    "ð": "đ",
    "ɖ": "đ",
    "ƣ": "ư",
}
_TO_FOLD = re.compile(f"[{''.join(_SAME)}]")
# Open rimes oa, oe, uy: both òa and oà are written; the new style (mark on the second vowel) is the key.
_TONES = "\u0300\u0301\u0309\u0303\u0323"
_NEW_STYLE = {
    unicodedata.normalize("NFC", first + tone) + second: first + unicodedata.normalize("NFC", second + tone)
    for first, second in ("oa", "oe", "uy")
    for tone in _TONES
}
# One set of letters in front of what decides: such a pattern is searched for five times faster.
_OLD_STYLE = re.compile(r"[òóỏõọùúủũụ](?:(?<=[òóỏõọ])[ae]|(?<=[ùúủũụ])(?<!q.)y)(?!\w)")


def fold_key(text: str) -> str:
    """Return the form under which two texts are the same: case, Unicode form, dashes, quotes, spaces, tone placement.

    Marks and digits stay: "5 xã" and "6 xã" differ, "dang" and "đảng" differ. Idempotent.
    """
    text = unicodedata.normalize("NFC", normalise(text).casefold())
    if _TO_FOLD.search(text):
        text = _TO_FOLD.sub(lambda match: _SAME[match[0]], text)
    return " ".join(_OLD_STYLE.sub(lambda match: _NEW_STYLE[match[0]], text).split())


@lru_cache(maxsize=1 << 17)
def fold_syllable(syllable: str) -> str:
    """Return `fold_key` of one syllable, from a cache: a language has few."""
    return fold_key(syllable)


def fold_search(text: str) -> str:
    """Return `text` as the full-text index holds it: NFC with đ, and what is typed for it, as d.

    FTS5's `remove_diacritics 2` folds every other letter. The number and order of tokens stay the same, so that
    positions in the folded text are positions in the text shown.
    """
    text = unicodedata.normalize("NFC", text)
    for letter, plain in DS.items():
        text = text.replace(letter, plain)
    return text


def strip_marks(text: str) -> str:
    """Return `text` in lower case without any mark and with d for đ: "Bắc Kạn" → "bac kan"."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    plain = unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))
    return plain.replace("đ", "d").replace("ð", "d").replace("ɖ", "d")


def count_syllables(text: str) -> int:
    """Return the number of syllables: Vietnamese writes one a token."""
    return sum(1 for _ in _SYLLABLE.finditer(text))


def printable(text: str) -> str:
    """Return `text` in one line that a terminal can show: control and invisible characters as escapes (`\\x1b`)."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
