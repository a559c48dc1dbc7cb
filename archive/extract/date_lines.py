"""Lines that are little more than a date: what a portal prints between a heading and its text."""

from __future__ import annotations

import re

from archive.extract.dates import parse_date

__all__ = ["has_date_label", "is_date_line", "is_dateline", "is_update_line"]

_MOST_CHARS = 120
_MOST_WORDS = 14
_PARTS = re.compile(r"\s*[|•·]\s*")
_LEAST_CHARS = 8  # of a date: 1/1/2020
_RUNNING_WORDS = 4  # in lower case, that are none of `_DATE_WORDS`: a sentence has more of them
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|xlsx?|rar|zip)\b|\bsố\s*:|\d/\w*[A-ZĐ]{2}|\|\s*[^\W\d_]{2,}\s+[^\W\d_]")
_LETTERS = re.compile(r"[^\W\d_]+")
_LABEL = re.compile(
    r"^\W*(?:ngày đăng|(?:đã )?đăng (?:ngày|lúc|vào)|ngày xuất bản|"
    r"ngày đưa tin|ngày viết|cập nhật|ngày cập nhật|thời gian đăng|"
    r"được đăng|xuất bản|đăng bởi|posted|published|ngày tạo|ngày gửi|post date|updated|thời gian)\b",
    re.I,
)
_UPDATED = re.compile(
    r"^\W*(?:(?:lần )?cập nhật (?:lần )?cuối|lần cuối cập nhật|(?:sửa|chỉnh sửa) (?:đổi )?lần cuối|"
    r"last (?:updated|modified))\b",
    re.I,
)
_DATELINE = re.compile(
    r"^(?!thứ\b|chủ nhật\b|hôm nay\b)[^\W\d_][\w .’'-]{1,40},\s*ngày\s+\d{1,2}.{1,25}\d{4}\.?$", re.I
)
_CLOCK = re.compile(
    r"\d{1,2}\s*(?::|h|g|giờ)\s*\d\d|\b(?:thứ\s+(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\s*nhật|t[2-7],)", re.I
)
_DATE_WORDS = frozenset(
    [
        *("thứ", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "một", "chủ", "nhật", "cn"),
        *("ngày", "tháng", "th", "thg", "lúc", "vào", "giờ", "phút", "giây", "thời", "gian", "gmt", "utc", "ict"),
        *("sa", "ch", "am", "pm", "sáng", "trưa", "chiều", "tối", "h", "đăng", "cập", "xuất", "bản", "gửi", "tạo"),
        *("đưa", "tin", "bài", "viết", "lượt", "xem", "đọc", "số", "lần", "cỡ", "chữ", "bởi", "admin", "views", "view"),
        *("by", "on", "at", "in", "posted", "published", "updated", "mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "jan", "feb", "mar", "apr"),
        *("may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "january", "february", "march", "april", "june"),
        *("july", "august", "september", "october", "november", "december"),
    ]
)


def is_date_line(text: str) -> bool:
    """Return True for a date with at most a label, a clock and a name around it.

    False for a sentence, for a heading with a day in it, and for a document's dateline or name.
    """
    if len(text) > _MOST_CHARS or text.endswith((";", "/.")) or not any(c.isdigit() for c in text):
        return False
    words = _LETTERS.findall(text)
    parts = _PARTS.split(text)
    if len(parts) > 1 and any(is_date_line(part) for part in parts if len(part) >= _LEAST_CHARS):
        return not any(len(_LETTERS.findall(part)) > _MOST_WORDS // 2 for part in parts)
    if len(words) > _MOST_WORDS or is_dateline(text) or _DOCUMENT.search(text) or parse_date(text) is None:
        return False
    if has_date_label(text):
        return True
    others = [word for word in words if word.casefold() not in _DATE_WORDS]
    running = [word for word in others if not word[0].isupper()]
    if _CLOCK.search(text):
        return len(running) <= _RUNNING_WORDS
    return len(others) <= 1 or not running


def is_dateline(text: str) -> bool:
    """Return True for what stands above a document: "Hà Nội, ngày 24 tháng 6 năm 2022"."""
    return _DATELINE.match(text) is not None


def has_date_label(text: str) -> bool:
    """Return True for a line that begins with a label such as "Ngày đăng"."""
    return _LABEL.match(text) is not None


def is_update_line(text: str) -> bool:
    """Return True for a line that says when an article was changed last: no date of publication."""
    return len(text) <= _MOST_CHARS and _UPDATED.match(text) is not None and parse_date(text) is not None
