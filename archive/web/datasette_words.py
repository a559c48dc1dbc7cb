"""Datasette's own pages in Vietnamese: what its templates say in English, replaced in the finished page.

And what they do not say: labels for those who do not see where a field stands.

No template is copied: a phrase that a later release says in other words stays English until it stands in
`data/datasette.csv`. What tables hold, code and what was typed are never touched.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from markupsafe import Markup, escape

from archive.language import Language
from archive.web.dictionary import SHOWN_IN_ENGLISH

__all__ = ["translated"]

# Either what is left alone, whole, or a piece of text between tags, or what a button says.
_PIECE = re.compile(
    r"<(td|th|textarea|pre|code|script|style)\b.*?</\1>|(?<=>)[^<]+|(?<=type=\"submit\" value=\")[^\"]+", re.S
)
_ROWS = r"(?P<n>[\d,]+) rows?"
# Phrases with something in them; `{n}` is a number as Vietnamese writes it.
_PATTERNS = tuple(
    (re.compile(pattern, re.S), said)
    for pattern, said in (
        (rf"{_ROWS}", "{n} hàng"),
        (rf"{_ROWS}\s+where (?P<rest>.+)", "{n} hàng có {rest}"),
        (rf"{_ROWS}\s+sorted by (?P<rest>\S+) descending", "{n} hàng, xếp theo {rest} giảm dần"),
        (rf"{_ROWS}\s+sorted by (?P<rest>\S+)", "{n} hàng, xếp theo {rest}"),
        (rf"(?P<table>\w+: \w+:) {_ROWS}\s+where (?P<rest>.+)", "{table} {n} hàng có {rest}"),
        (rf"(?P<table>\w+: \w+:) {_ROWS}(?P<rest>.*)", "{table} {n} hàng{rest}"),
        (r"where (?P<rest>.+)", "có {rest}"),
        (r"sorted by (?P<rest>\S+) descending", "xếp theo {rest} giảm dần"),
        (r"sorted by (?P<rest>\S+)", "xếp theo {rest}"),
        (r"(?P<n>[\d,]+) hidden tables?", "{n} bảng ẩn"),
        (r"(?P<n>\d+) extra where clauses?", "{n} điều kiện thêm"),
        (r"Sort by (?P<rest>\S+)", "Xếp theo {rest}"),
        (r"(?P<rest>.+) \(view\)", "{rest} (bảng xem)"),
        (r"from (?P<rest>\w+) in (?P<table>\w+)", "có cột {rest} trong bảng {table}"),
        (rf"Custom SQL query returning {_ROWS}", "Câu hỏi SQL cho {n} hàng"),
        (rf"Custom SQL query returning more than {_ROWS}", "Câu hỏi SQL cho hơn {n} hàng"),
        (r"These facets timed out: (?P<rest>.+)", "Đếm theo các cột này mất quá nhiều thời gian: {rest}"),
        (r"&middot; Queries took \d.+", ""),
    )
)


# Fields without a label, by how their tags begin.
_FIELDS = {
    '<textarea id="sql-editor"': ("Câu hỏi SQL", "SQL query"),
    '<select name="_filter_column': ("Cột để lọc", "Column to filter by"),
    '<select name="_filter_op': ("Điều kiện lọc", "Condition"),
    '<input type="text" name="_filter_value': ("Giá trị để lọc", "Value"),
    '<select name="_sort"': ("Xếp theo cột", "Column to sort by"),
}


def translated(page: str, language: Language) -> Markup:
    """Return part of a page of Datasette's in a visitor's language, its fields with labels."""
    page = str(page)  # Markup would escape what is put into it
    if language.code == "vi":
        page = _PIECE.sub(lambda match: match[0] if match[1] else _said(match[0]), page)
    for tag, label in _FIELDS.items():
        name = tag.partition(" ")
        page = page.replace(tag, f'{name[0]} aria-label="{language(*label)}" {name[2]}')
    return Markup(page)  # noqa: S704 the finished page, escaped where it was made


def _said(piece: str) -> str:
    """Return a piece of text in Vietnamese, with the spaces around it."""
    text = piece.strip()
    if not text:
        return piece
    said = _phrases().get(text)
    for pattern, template in _PATTERNS if said is None else ():
        if match := pattern.fullmatch(text):
            parts = match.groupdict()
            said = template.format(**parts | {"n": parts.get("n", "").replace(",", ".")})
            break
    return piece if said is None else piece.replace(text, said)


@lru_cache(maxsize=1)
def _phrases() -> Mapping[str, str]:
    """Return Vietnamese by English, both as they stand in HTML."""
    with (files("archive.web") / "data" / "datasette.csv").open(encoding="utf-8") as file:
        phrases = {row["en"]: row["vi"] for row in csv.DictReader(file)}
    phrases |= {english: vietnamese for vietnamese, english in SHOWN_IN_ENGLISH}
    return {str(escape(english)): str(escape(vietnamese)) for english, vietnamese in phrases.items()}
