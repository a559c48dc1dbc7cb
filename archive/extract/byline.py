"""Who wrote it and where it was taken from: labels, and bare name lines behind the body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from archive.extract.dates import parse_date
from archive.text import fold_key, normalise_line

__all__ = [
    "Byline",
    "is_account",
    "is_person",
    "is_signature",
    "name_at_start",
    "read_byline",
    "read_labelled",
    "tidy_author",
]

_MAX_LINE_CHARS = 90
_MAX_VALUE_CHARS = 120

_AUTHOR_LABEL = re.compile(
    r"^[(\[]?\s*(?:tác giả bài viết|tác giả|người viết|người thực hiện|thực hiện|tin\s*(?:,|và|-|&)\s*ảnh"
    r"|bài\s*(?:,|và|-|&)\s*ảnh"
    r"|tin\s*,?\s*bài(?:\s*(?:,|và|-|&)\s*ảnh)?|tin bài|bài viết|bài|tin|ảnh\s*(?:,|và)\s*bài|viết bởi|biên soạn|"
    r"tổng hợp|"
    r"author|by|nội dung và ảnh|nội dung, ảnh)\s*[:：]\s*(?P<value>.*?)\s*[)\]]?\.?$",
    re.I,
)
_WRITTEN_BY = re.compile(r"^(?:viết bởi|written by|by)\s+(?P<value>.+)$", re.I)
_BEHIND_NAME = re.compile(
    r"\s*[|·•»].*|\s*,?\s+\d.*|^\d.*|\s+(?:vào|on|lúc|at|ngày)\s.*|\s+[-–—(,]?\s*(?:thứ\s|chủ nhật\b|t[2-7],).*", re.I
)
# The rest of a line of fields: "Lan Hương / 13/05/2025 / Danh mục: Kinh tế".
_BEHIND_SLASH = re.compile(r"\s+/\s+(?:\d|thứ\s|chủ nhật\b|(?:danh|chuyên) mục\b|lượt xem\b).*", re.I)
_PHOTO_LABEL = re.compile(r"^[(\[]?\s*(?:ảnh|ảnh minh họa|ảnh tư liệu|photo)\s*[:：]", re.I)
_SOURCE_LABEL = re.compile(
    r"^[(\[]?\s*(?:nguồn tin|nguồn|theo nguồn|source|nguồn bài viết|nguồn gốc)\s*[:：]\s*(?P<value>.*?)\s*[)\]]?\.?$",
    re.I,
)
_BY_SOURCE = re.compile(r"^[(\[]?\s*theo\s*[:：]?\s+(?P<value>[^,;]{2,50}?)\s*[)\]]?\.?$", re.I)
_AGENCY = re.compile(r"^\(\s*(?P<value>(?:TTXVN|VTV|VOV|Vietnam\+)[\w+/ .]*)\s*\)$")
_POSTER_LABEL = re.compile(r"^(?:người đăng|đăng bởi|posted by|quản trị|người cập nhật)\b", re.I)
_SITE_LIKE = re.compile(r"^(?:https?://)?(?:[\w-]+\.)+(?:vn|com|net|org|info)(?:/\S*)?$", re.I)
_OUTLET = re.compile(r"^(?:báo|đài|cổng)\b|\b(?:điện tử|online|ttxvn)$", re.I)
_HIGHLAND = re.compile(r"^(?:H|Y)[’'][^\W\d_]{2,}$")  # a name of one word, as those of the Ê Đê: H'Yim
_TOKEN = re.compile(r"^[^\W\d_][\w’'.-]*$")
_INITIALS = re.compile(r"^(?:[A-ZĐ]\.\s?){1,3}[A-ZĐ]?\.?$|^[A-ZĐ]{2,4}$")
_SPLIT = re.compile(r"\s+[-–—]\s+|\s*[,;(|/]\s*|\s+[-–—]|[-–—]\s+")
_DESKS = frozenset(
    fold_key(name)
    for name in (
        *(
            "Ban Biên tập",
            "BBT",
            "Ban biên tập cổng",
            "PV",
            "Phóng viên",
            "CTV",
            "Nhóm PV",
            "Cộng tác viên",
            "BBT Website",
        ),
        *("Ban Biên tập Cổng thông tin điện tử", "Tổ biên tập"),
    )
)
# Accounts of those who put articles up, as CMSs call them.
_ACCOUNTS = frozenset(
    fold_key(name)
    for name in (
        *("admin", "administrator", "super user", "superuser", "user", "root", "webmaster", "editor", "host", "guest"),
        *("quản trị", "quản trị viên", "quản trị hệ thống", "quản trị website", "quản trị mạng", "ban quản trị", "bqt"),
        *("người quản trị", "system account", "khách"),
    )
)
# What stands above the name of who signs a document: for whom, by which office.
_SIGNATURE = re.compile(
    r"\W*(?:(?:TM|KT|TUQ|TL|T/M|K/T|T/L|Q)[.\s/]+\w{2}"
    r"|(?:PHÓ\s+)?(?:CHỦ TỊCH|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|CỤC TRƯỞNG|VỤ TRƯỞNG|CHI CỤC TRƯỞNG|TRƯỞNG (?:BAN|PHÒNG|CÔNG AN)"
    r"|HIỆU TRƯỞNG|BÍ THƯ|THỨ TRƯỞNG|BỘ TRƯỞNG|THỦ TƯỚNG|CHÁNH VĂN PHÒNG|CHÁNH THANH TRA)(?:\s\w+){0,6}\W*$)"
)
_SIGNED = re.compile(r"^\W*(?:đã k[ýí]|k[ýí] tên(?:,| và)? đóng dấu|thân ái|thân mến)\W*$", re.I)
# First syllables of offices, headings and forms of address.
_NOT_NAMES = frozenset(
    (
        *("ban", "bà", "bài", "bộ", "chương", "chị", "chủ", "các", "cô"),
        *("công", "cổng", "cục", "em", "giám", "huyện", "hđnd", "hội", "kính", "luật", "mục"),
        *("nghị", "nguồn", "ngày", "nơi", "phòng", "phó", "phường", "quyết", "số", "sở", "theo"),
        *("tháng", "thông", "thầy", "thị", "thứ", "tin", "trân", "trưởng", "tỉnh"),
        *("ubnd", "viện", "xã", "ông", "điều", "đài", "đảng", "đồng", "ảnh"),
    )
)


# "Trường Thọ" is a name, "Trường Mầm non" is none.
_SCHOOLS = frozenset(("chính", "cao", "dân", "mầm", "mẫu", "phổ", "ptdt", "th", "thcs", "thpt", "tiểu", "trung", "đại"))


@dataclass(frozen=True, slots=True)
class Byline:
    """What a line says: an author, a source, or only that it is a byline (both None)."""

    author: str | None = None
    source: str | None = None


@lru_cache(maxsize=1)
def _families() -> frozenset[str]:
    """Return the family names, most of the Kinh ones and the frequent ones of other peoples.

    A first syllable outside of the list is no proof against a person: "Lan Hương", "Kpă Thuyên".
    """
    return frozenset((files("archive") / "data" / "family_names.txt").read_text(encoding="utf-8").split())


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    """Return the names of provinces and closing formulas that have the shape of a person's name."""
    lines = (files("archive") / "data" / "place_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(fold_key(line) for line in lines)


def is_person(text: str, *, by_family: bool = False) -> bool:
    """Return True when `text` has the shape of a person's name: 2 to 5 capitalised syllables, no place, no office.

    With `by_family` the first syllable must be a family name.
    """
    words = text.split()
    if (
        not 2 <= len(words) <= 5
        or not all(word[0].isupper() and _TOKEN.match(word) for word in words)
        or len(text) > 45
    ):
        return False
    first = words[0].casefold()
    if fold_key(text) in _places() or first in _NOT_NAMES:
        return False
    if first == "trường" and words[1].casefold() in _SCHOOLS:
        return False
    if all(word.isupper() for word in words) and len(words) > 4:
        return False
    return first in _families() or not by_family


def is_signature(text: str) -> bool:
    """Return True for a line that stands above the name of who signs a document: "KT. CHỦ TỊCH", "(Đã ký)"."""
    if len(text) > _MAX_LINE_CHARS:
        return False
    return bool((text.isupper() and _SIGNATURE.match(text)) or _SIGNED.match(text))


def read_labelled(text: str) -> Byline | None:
    """Return what a line with a label says ("Tác giả: …", "Nguồn tin: …"), or None for a line of text."""
    text = normalise_line(text)
    if len(text) > _MAX_VALUE_CHARS + 40:
        return None
    if match := _SOURCE_LABEL.match(text):
        value = match["value"].strip()
        return Byline(source=value or None) if _is_source(value) else None
    if match := _AUTHOR_LABEL.match(text):
        author = tidy_author(_BEHIND_SLASH.sub("", match["value"]))
        is_label = author is not None or not match["value"]
        return Byline(author=author) if is_label else None
    if match := _WRITTEN_BY.match(text):
        name = name_at_start(match["value"])
        author = tidy_author(name)
        return Byline(author=author) if author or is_account(name) else None
    if _POSTER_LABEL.match(text) and len(text) <= _MAX_LINE_CHARS:
        return Byline()
    return None


def name_at_start(text: str) -> str:
    """Return what stands in a line before a date, a separator or the like: "admin | 05/03/2024" → "admin"."""
    return _BEHIND_NAME.sub("", text).strip(" -–—,(")


def read_byline(text: str, *, is_marked: bool, is_last: bool) -> Byline | None:
    """Return what a line behind the body says, or None for a line of text.

    `is_marked`: it stands apart from the text (right-aligned, bold or italic); `is_last`: nothing but bylines stands
    behind it. A bare name needs one of the two, and a family name where it is not marked.
    """
    text = normalise_line(text).strip()
    if found := read_labelled(text):
        return found
    if len(text) > _MAX_LINE_CHARS or parse_date(text):
        return None
    if _PHOTO_LABEL.match(text) and is_last and len(text) <= 60:
        return Byline()
    if (match := _AGENCY.match(text)) or (
        is_last and (match := _BY_SOURCE.match(text)) and (_is_outlet(match) or (is_marked and _is_office(match)))
    ):
        return Byline(source=match["value"].strip(" ."))
    if not (is_marked or is_last):
        return None
    bare = text.strip("()[]* ").removesuffix("./.").strip(" .") if not _INITIALS.match(text) else text
    if _SITE_LIKE.match(bare):
        return Byline(source=bare)
    if fold_key(bare) in _DESKS or (is_marked and (_INITIALS.match(bare) or _HIGHLAND.match(bare))):
        return Byline(author=bare)
    if is_person(bare, by_family=not is_marked and not is_last):
        return Byline(author=bare)
    parts = [part for part in _SPLIT.split(bare) if part]
    if len(parts) > 1 and is_person(parts[0]) and not re.search(r"[.!?]\s", bare):
        people = [part.strip(" )") for part in parts if is_person(part.strip(" )"), by_family=part != parts[0])]
        is_list = len(people) == len(parts)
        if is_marked or is_list or is_person(parts[0], by_family=True) or " - " in bare.replace("–", "-"):
            return Byline(author=", ".join(people) if is_list else parts[0])
    return None


def is_account(text: str) -> bool:
    """Return True for the name of an account: one of those of CMSs, or one word in lower case or with digits."""
    name = normalise_line(text).strip(" .:;,-–|()[]")
    return fold_key(name) in _ACCOUNTS or (
        bool(name) and " " not in name and (name.islower() or any(c.isdigit() for c in name))
    )


def tidy_author(text: str) -> str | None:
    """Return the name in an author field without its unit, or None when it is an account, a site or nothing.

    "Lan Hương - Văn phòng HĐND và UBND huyện" → "Lan Hương"; "Thanh Hà - Minh Tú" → "Thanh Hà, Minh Tú".
    """
    text = normalise_line(text).strip(" .:;,-–|()[]")
    if not text or len(text) > _MAX_VALUE_CHARS or "@" in text or _SITE_LIKE.match(text):
        return None
    if is_account(text):
        return None
    parts = [part.strip(" ()") for part in _SPLIT.split(text) if part.strip(" ()")]
    people = [part for part in parts if is_person(part)]
    if len(parts) > 1 and is_person(parts[0]):
        if len(people) == len(parts):
            return ", ".join(people)
        return parts[0]
    return text if len(text) <= 80 and not re.search(r"[.!?]\s+\w+\s", text) else None


def _is_source(value: str) -> bool:
    """Whether what follows "Nguồn:" names a source and is no sentence."""
    return len(value) <= _MAX_VALUE_CHARS and len(value.split()) <= 16 and not re.search(r"[.!?]\s+\w", value)


def _is_outlet(match: re.Match[str]) -> bool:
    """Whether what follows "Theo" is an outlet: a site, capitalised words, or in brackets an office."""
    value = match["value"]
    words = value.split()
    if _SITE_LIKE.match(value) or _OUTLET.search(value):
        return True
    if not (1 <= len(words) <= 12 and words[0][:1].isupper()):
        return False
    return match[0].startswith(("(", "[")) or (len(words) <= 8 and words[-1][:1].isupper())


def _is_office(match: re.Match[str]) -> bool:
    """Whether what follows "Theo" may be an office, where the line stands apart: a few words that begin with a name."""
    words = match["value"].split()
    return 2 <= len(words) <= 8 and words[0][:1].isupper() and not match[0].endswith(".")
