"""Dates as Vietnamese portals print them: `parse_date` reads one, `choose` says which one is the publication's.

Day first, always, but for ISO and for .NET in its American culture; the printed weekday is a checksum. SA and CH are
AM and PM. A time without a zone is Vietnam's (+07:00, no daylight saving).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from archive.text import normalise_line

__all__ = ["EARLIEST", "choose", "date_in_path", "parse_date"]

EARLIEST = date(1997, 1, 1)  # no portal is older; earlier dates are defaults (1899, 1970, 0001) or history
_LATEST_YEAR = 2099

_MONTHS = {
    "một": 1,
    "giêng": 1,
    "hai": 2,
    "ba": 3,
    "tư": 4,
    "bốn": 4,
    "năm": 5,
    "sáu": 6,
    "bảy": 7,
    "bẩy": 7,
    "tám": 8,
    "chín": 9,
    "mười": 10,
    "mười một": 11,
    "mười hai": 12,
    "chạp": 12,
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
_WEEKDAYS = {
    "hai": 0,
    "2": 0,
    "ba": 1,
    "3": 1,
    "tư": 2,
    "4": 2,
    "năm": 3,
    "5": 3,
    "sáu": 4,
    "6": 4,
    "bảy": 5,
    "bẩy": 5,
    "7": 5,
    "mon": 0,
    "tue": 1,
    "wed": 2,
    "thu": 3,
    "fri": 4,
    "sat": 5,
    "sun": 6,
}
_ENGLISH_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"

_EPOCH = re.compile(r"/date\((\d{9,14})(?:[+-]\d{4})?\)/")
# NukeViet prints date("c") with a broken pattern: the zone's hours stand before the time.
_NUKEVIET = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\+07(\d\d:\d\d(?::\d\d)?)")
_ISO = re.compile(
    r"(?<![\d/.-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d/])"
    r"(?:(?:t|\s+|\s*ict\s*)(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(z\b|[+-]\d\d:?\d\d\b)?)?"
)
_JAVA = re.compile(
    rf"\b{_ENGLISH_MONTH}\s+(\d{{1,2}})\s+(\d\d:\d\d:\d\d)\s+(gmt|utc|ict)(?:\+\d\d:\d\d)?\s+(\d{{4}})\b"
)
_NUMERIC = re.compile(
    r"(?<![\d/.-])(?<!\d,)(\d{1,2})\s*([/.\-–])\s*(?:tháng\s+)?(\d{1,2})\s*[/.\-–]\s*(\d{4}|\d{2})"
    r"(?![\d/]|[.,-](?!\d\d?\s*[:h])\d|\s*/[^\W\d]|/\s+[^\W\d])"
)
# What numbers stand behind that are of a version or of a point of a text: "phiên bản 1.2.2018".
_NUMBERED = re.compile(
    r"(?:\b(?:phiên bản|version|ver|release|build|firmware|mục|tiểu mục|khoản|điểm)\s*[:.]?|\bv\.?)\s*$"
)
_WORDS = re.compile(
    r"(?<!\d)(\d{1,2})\s*[-,/]?\s*(?:tháng|thg|th)\.?\s*(\d{1,2}|mười một|mười hai|[^\W\d]+)"
    r"\s*(?:năm|[-,/])?\s*(\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(
    r"\btháng\s+(\d{1,2}|mười một|mười hai|[^\W\d_]+)\s+(\d{1,2}),\s*(\d{4})(?!\d)"  # WordPress: "Tháng Một 12, 2023"
)
_ENGLISH = re.compile(rf"(?<!\d)(\d{{1,2}})[ -]{_ENGLISH_MONTH}[ ,-]+(\d{{4}})(?!\d)")
_AMERICAN = re.compile(rf"\b{_ENGLISH_MONTH}\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})(?!\d)")

_WEEKDAY = re.compile(
    r"\b(?:thứ\s+(hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|t([2-7])|(chủ\s*nhật|cn)|(mon|tue|wed|thu|fri|sat|sun)(?:[a-z]*day)?)\b"
)
_TIME = re.compile(
    r"(?<![\d:./])(\d{1,2})\s*(?::|h|g|giờ)\s*(\d{2})(?!\d)(?:\s*phút)?(?:\s*:\s*(\d{2})(?!\d))?"
    r"(?:\.\d+)?\s*'?\s*(sa|ch|am|pm|sáng|chiều|tối)?\b"
)
_ZONE = re.compile(r"\b(?:gmt|utc)\s*\+?\s*0?7(?::?00)?\b|\bict\b|\+07:?00\b|(?<=\d)\s*(z)\b|\b(gmt|utc)(?!\s*[+-]?\d)")
_RANGE = re.compile(r"\btừ\s+(?:ngày\s+)?\d.{4,40}\b(?:đến|tới)\b")
_NEAR_CHARS = 40  # a time belongs to a date when it stands this near


@lru_cache(maxsize=1 << 12)
def parse_date(surface: str) -> str | None:
    """Return the date in `surface` as ISO 8601 at the precision that it prints, or None when it holds no full date.

    "Thứ tư - 19/02/2020 21:06" → "2020-02-19T21:06"; "Đăng ngày 04 - 08 - 2014" → "2014-08-04". A zone is given only
    where one is printed. A day without a year, a range, a document's number ("15/2021/QĐ-UBND"), an impossible day and
    days before 1997 give None.
    """
    text = normalise_line(surface).casefold()
    if not any(c.isdigit() for c in text) or _RANGE.search(text):
        return None
    for reader in (_read_exact, _read_printed):
        if found := reader(text):
            return found
    return None


def choose(surfaces: Iterable[str], *, captured_at: datetime) -> str | None:
    """Return the first of `surfaces` that holds a date which a page captured then can have been published on.

    Give them in order of trust. The window is 1997 to two days after the capture. Minutes without a zone get +07:00;
    midnight to the second is a date (no portal publishes at 00:00:00, but many fill a time in).
    """
    latest = (captured_at + timedelta(days=2)).date().isoformat()
    for surface in surfaces:
        found = parse_date(surface)
        if found is None or not EARLIEST.isoformat() <= found[:10] <= latest:
            continue
        day, _, clock = found.partition("T")
        if not clock or clock.startswith("00:00:00"):
            return day
        return found if re.search(r"[Z+]|-\d\d:", clock) else f"{found}+07:00"
    return None


_PATH_DATE = re.compile(r"/((?:19|20)\d\d)[-/](\d{1,2})[-/](\d{1,2})(?=/|-|_|$)")


def date_in_path(path: str) -> str | None:
    """Return the day that a URL path carries: `/portal/Pages/2014-8-4/…`, `/2014/08/04/…`."""
    if match := _PATH_DATE.search(path):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    return None


def _read_exact(text: str) -> str | None:
    """Read the forms that machines print."""
    if match := _EPOCH.search(text):
        seconds = int(match[1]) / (1000 if len(match[1]) > 11 else 1)
        try:
            moment = datetime.fromtimestamp(seconds, tz=UTC)
        except (OverflowError, OSError, ValueError):
            return None
        return f"{moment:%Y-%m-%dT%H:%M:%S}Z" if moment.date() >= EARLIEST else None
    if match := _NUKEVIET.search(text):
        return _join(_day(int(match[1]), int(match[2]), int(match[3])), _clock(match[4]), "+07:00")
    if match := _JAVA.search(text):
        day = _day(int(match[5]), _MONTHS[match[1]], int(match[2]))
        return _join(day, _clock(match[3]), "+07:00" if match[4] == "ict" else "Z")
    if match := _ISO.search(text):
        day = _day(int(match[1]), int(match[3]), int(match[4]))
        zone = (match[6] or "").upper()
        if "ict" in match[0]:
            zone = "+07:00"
        elif len(zone) == 5:
            zone = f"{zone[:3]}:{zone[3:]}"
        if match[5]:
            return _join(day, _clock(match[5]), zone)
        return _with_time(day, text, match.span())
    return None


def _read_printed(text: str) -> str | None:
    """Read the forms that people read."""
    weekday = _weekday(text)
    for match in _NUMERIC.finditer(text):
        day = _numeric_day(match, weekday, text)
        if day:
            return _with_time(day, text, match.span())
    for pattern, order in ((_MONTH_FIRST, "mdy"), (_WORDS, "dmy"), (_ENGLISH, "dmy"), (_AMERICAN, "mdy")):
        for match in pattern.finditer(text):
            first, second, year = match.groups()
            number, name = (first, second) if order == "dmy" else (second, first)
            month = int(name) if name.isdigit() else _MONTHS.get(name, 0)
            if day := _day(int(year), month, int(number)):
                return _with_time(day, text, match.span())
    return None


def _numeric_day(match: re.Match[str], weekday: int | None, text: str) -> str | None:
    """Return the day of `d/m/y`, or of `m/d/y` where only that fits the weekday or an American clock."""
    first, separator, second, year_text = match.groups()
    if separator == "." and _NUMBERED.search(text, 0, match.start()):
        return None
    if len(year_text) == 2 and (separator == "." or " " in match[0]) and match[0] != text:
        return None  # "1.2.19" inside a line is a heading's number
    year = int(year_text)
    if len(year_text) == 2:
        year += 1900 if year >= 70 else 2000
    vietnamese = _day(year, int(second), int(first))
    american = _day(year, int(first), int(second))
    if weekday is not None and vietnamese and american and date.fromisoformat(vietnamese).weekday() != weekday:
        return american if date.fromisoformat(american).weekday() == weekday else vietnamese
    if vietnamese:
        return vietnamese
    is_american = re.search(r"\b\d{1,2}:\d\d(?::\d\d)?\s*[ap]m\b", text) or weekday is not None
    return american if is_american else None


def _weekday(text: str) -> int | None:
    """Return the weekday that `text` prints, Monday 0."""
    match = _WEEKDAY.search(text)
    if not match:
        return None
    return 6 if match[3] else _WEEKDAYS[match[1] or match[2] or match[4]]


def _day(year: int, month: int, day: int) -> str | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found.isoformat() if found >= EARLIEST and year <= _LATEST_YEAR else None


def _clock(text: str, half: str = "") -> str | None:
    """Return `hh:mm[:ss]` of a clock on 24 hours, or None for a time that does not exist."""
    hours, minutes, *rest = (int(part) for part in text.split(":"))
    if half in ("ch", "pm", "chiều", "tối") and hours < 12:
        hours += 12
    elif half in ("sa", "am", "sáng") and hours == 12:
        hours = 0
    if hours > 23 or minutes > 59 or (rest and rest[0] > 59):
        return None
    return f"{hours:02}:{minutes:02}" + (f":{rest[0]:02}" if rest else "")


def _join(day: str | None, clock: str | None, zone: str) -> str | None:
    if day is None:
        return None
    return f"{day}T{clock}{zone}" if clock else day


def _with_time(day: str | None, text: str, span: tuple[int, int]) -> str | None:
    """Return `day` with the time that stands next to `span` in `text`, behind it first."""
    if day is None:
        return None
    after = _TIME.search(text, span[1], span[1] + _NEAR_CHARS)
    before = list(_TIME.finditer(text, max(0, span[0] - _NEAR_CHARS), span[0]))
    match = after or (before[-1] if before else None)
    if match is None:
        return day
    clock = _clock(":".join(part for part in match.group(1, 2, 3) if part), match[4] or "")
    zone = ""
    if clock and (printed := _ZONE.search(text, match.end(), match.end() + _NEAR_CHARS)):
        zone = "Z" if printed[1] or printed[2] else "+07:00"
    return _join(day, clock, zone)
