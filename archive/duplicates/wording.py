"""A text as the words that it is written in: what is a figure, a date word, a name, a byline in it."""

from __future__ import annotations

import re
from functools import cached_property

from archive.duplicates.shingles import places
from archive.text import fold_syllable

__all__ = ["Wording"]

_NUMERALS = re.compile(
    "một|hai|ba|bốn|tư|lăm|sáu|bảy|bẩy|tám|chín|mười|mươi|trăm|nghìn|ngàn|triệu|tỷ|tỉ|sáng|trưa|chiều|tối|đêm"
)
# Words that change together with a figure: units of time, the parts of weekdays, the direction of a change.
_COMPANIONS = re.compile("thứ|chủ|nhật|giờ|phút|ngày|tuần|tháng|quý|quí|năm|kỳ|kì|đợt|lần|khoá|số|tăng|giảm")
_ROMAN = re.compile(r"[IVXLCDM]+")
_SENTENCE_END = frozenset(".!?:;…\n")
_BYLINE = re.compile(r"\W*(nguồn|theo|tác giả|bài|ảnh|tin|pv|phóng viên|biên tập|người viết|thực hiện|tổng hợp)\b")
_STAMP = re.compile(r"\b(đăng|cập nhật|lượt xem|lượt đọc|lượt truy cập|lần xem|đã xem|gmt)\b")
_FIGURE_CHARS = 16
_BYLINE_CHARS = 80
_STAMP_CHARS = 100
_SIGNATURE_WORDS = 6  # of a last line that is a name and nothing else


class Wording:
    """The words of one text, by the index of their syllable."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def slices(self) -> list[tuple[int, int]]:
        """Where each syllable stands."""
        return places(self.text)

    def word(self, index: int) -> str:
        """Return the syllable as it is written."""
        start, end = self.slices[index]
        return self.text[start:end]

    def folded(self, index: int) -> str:
        """Return the syllable folded, a number without leading zeros."""
        word = fold_syllable(self.word(index))
        return (word.lstrip("0") or "0") if word.isdecimal() else word

    def is_number(self, index: int) -> bool:
        """Return whether it is a figure, a Roman or spelt numeral, or a time of day; a long code is none of these."""
        word = self.word(index)
        if len(word) > _FIGURE_CHARS:
            return False
        return (
            any(c.isdecimal() for c in word)
            or _ROMAN.fullmatch(word) is not None
            or _NUMERALS.fullmatch(fold_syllable(word)) is not None
        )

    def is_companion(self, index: int) -> bool:
        """Return whether it is a word that changes together with a figure ("tháng", "quý", "tăng")."""
        return _COMPANIONS.fullmatch(fold_syllable(self.word(index))) is not None

    def is_name(self, index: int) -> bool:
        """Return whether it is capitalised where that means a name: not by its place, not in a line of capitals."""
        word = self.word(index)
        if not word[:1].isupper():
            return False
        following = self.word(index + 1) if index + 1 < len(self.slices) else ""
        if len(word) > 1 and word.isupper():
            around = [self.word(index - 1) if index else "", following]
            return any(w[1:].islower() or w.islower() for w in around)
        return following[:1].isupper() or not self._begins_sentence(index)

    def is_byline(self, index: int) -> bool:
        """Return whether it stands in a line that says who wrote or sent the text, or the signature at its end."""
        start, end = self._line(index)
        line = self.text[start:end].casefold()
        if end - start <= _BYLINE_CHARS and _BYLINE.match(line):
            return True
        return not self.text[end:].strip() and len(line.split()) <= _SIGNATURE_WORDS and line[-1:] not in ".!?"

    def is_stamp(self, index: int) -> bool:
        """Return whether it stands in a line that the portal prints: when it was posted, how often it was read."""
        start, end = self._line(index)
        return end - start <= _STAMP_CHARS and _STAMP.search(self.text[start:end].casefold()) is not None

    def _line(self, index: int) -> tuple[int, int]:
        start, end = self.slices[index]
        newline = self.text.find("\n", end)
        return self.text.rfind("\n", 0, start) + 1, len(self.text) if newline < 0 else newline

    def _begins_sentence(self, index: int) -> bool:
        start = self.slices[index][0]
        before = self.text[max(0, start - 8) : start].rstrip(" \"'“”‘’«»()[]-–—•*+")
        return not before or before[-1] in _SENTENCE_END
