"""The fields around a body: date, author, source, category, language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import takewhile
from urllib.parse import unquote, urlsplit

from archive.extract.body import line_of
from archive.extract.byline import is_person, name_at_start, read_byline, read_labelled, tidy_author
from archive.extract.date_lines import has_date_label, is_date_line, is_dateline, is_update_line
from archive.extract.dates import choose, date_in_path, parse_date
from archive.extract.families import NAMES, Family
from archive.extract.lexicon import find
from archive.extract.metadata import Metadata
from archive.extract.outline import Body, Line, Outline
from archive.extract.select import select
from archive.extract.title import date_behind, is_crumbs
from archive.text import fold_key, normalise_line

__all__ = [
    "Surroundings",
    "find_author",
    "find_category",
    "find_language",
    "find_published_at",
    "find_source",
]

_HEADER_LINES = 12  # between heading and body
_ABOVE_LINES = 6
_BELOW_LINES = 25
_DATE_LINE_CHARS = 120
_LANGUAGE_CHARS = 800
_NO_DATES = frozenset(("nav", "related", "footer", "side", "counter", "comment", "poll", "widget", "tags"))
_FOREIGN = frozenset(("comment", "related", "side", "nav"))
_AUTHOR_IN_LINE = re.compile(r"\b(?:tác giả(?: bài viết)?|người viết|viết bởi)\s*:?\s+(?P<value>.+)", re.I)
_POSTED_BY = re.compile(r"\b(?:(?:đăng|gửi|tạo) bởi|(?:written|posted|submitted) by|by)\s*:?\s+(?P<value>.+)", re.I)
_BEFORE_DATE = re.compile(r"^(?P<value>[^\d|·•,:]+?)\s*[-–—|·•,]?\s*(?:\d|(?:thứ|chủ nhật|ngày)\b)", re.I)
# "Nà Lịn, ngày 5 tháng 3 năm 2020": where and when a document was signed.
_PLACE_AND_DAY = re.compile(r"\w,\s*ngày\s+\S+\s+tháng\s", re.I)
_LINE_PARTS = re.compile(r"\s*[|·•»]\s*|\s+[-–—]\s+|,\s+|\s{2,}")
_HOME_NAMES = frozenset(
    fold_key(t) for t in ("Trang chủ", "Home", "Trang nhất", "Trang chính", "Trang đầu", "Trang chủ:")
)
_CRUMBS = re.compile(r"breadcrumb|pathway|bread-crumb|crumb|sitemappath|duong-?dan|duongdan", re.I)
_CRUMB_SEPARATOR = re.compile(r"[>»›/→|]")
_CRUMB_SEPARATORS = re.compile(r"\s*(?:>|»|›|→|\|)\s*|\s+/\s+|^/|/$")
_TIGHT_SLASH = re.compile(r"\s*/\s*")
_STEPS_MOST = 6  # more are a menu
_VIETNAMESE = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that the fields are read from."""

    url: str
    outline: Outline
    metadata: Metadata
    family: Family | None
    title: Line | None
    body: Body

    def texts(self, selectors: tuple[str, ...], first: int = 0) -> Iterator[str]:
        """Yield the texts of what the selectors find, `datetime` and `content` attributes after what is shown.

        What is shown above the line `first` is left out.
        """
        for selector in selectors:
            for element in select(self.outline, selector)[:4]:
                line = line_of(self.outline, element)
                if line is not None and (line.reason in _FOREIGN or line.index < first):
                    continue
                shown = " ".join("".join(element.itertext()).split())
                yield from (text for text in (shown, element.get("datetime", ""), element.get("content", "")) if text)


def find_published_at(s: Surroundings, texts: list[str], captured_at: datetime) -> str | None:
    """Return the publication date at the precision that the page prints, or None.

    In order: the family's own place, a line between heading and body, a labelled line anywhere around the body, a line
    above the heading, the URL's path, the head of the page, a dateline in the body.
    """
    return choose(_surfaces(s, texts), captured_at=captured_at)


def _surfaces(s: Surroundings, texts: list[str]) -> Iterator[str]:
    """Yield what may hold the date, the most trusted first; nearly always the first one does."""
    yield from _visible(s)
    yield date_in_path(unquote(urlsplit(s.url).path)) or ""
    yield from s.metadata.dates
    yield from (line for line in texts[:6] + texts[-6:] if len(line) < 80 and is_dateline(line))


def _visible(s: Surroundings) -> Iterator[str]:
    if s.family is not None:
        yield from (text for text in s.texts(s.family.date) if len(text) <= _DATE_LINE_CHARS)
    lines = s.outline.lines
    first = s.body.lines[0] if s.body.lines else s.body.end
    heading = s.title.index if s.title is not None and s.title.index < first else None
    if heading is not None:
        yield date_behind(lines[heading], s.metadata)
        between = lines[heading + 1 : max(first + 3, heading + 2)][:_HEADER_LINES]
        yield from _dated(between)
    around = lines[max(s.body.start, first - 40) : first] + lines[(s.body.lines or (first,))[-1] + 1 : s.body.end]
    yield from (line.text for line in around if len(line.text) <= _DATE_LINE_CHARS and has_date_label(line.text))
    inside = [lines[i] for i in (*s.body.lines[:4], *s.body.lines[-4:])]
    yield from (line.text for line in inside if len(line.text) <= _DATE_LINE_CHARS and has_date_label(line.text))
    if heading is not None:
        # Further up than the article's own block a date right above the heading counts; others are clocks of headers.
        yield from _dated(takewhile(_is_below_crumbs, reversed(lines[_article_start(s) : heading])))
    else:
        yield from _dated(lines[max(s.body.start, first - _ABOVE_LINES) : first + 2])
    if s.family is None or s.family.is_platform:
        yield from (text for text in s.texts(("time", *NAMES.date), first=_article_start(s)) if len(text) <= 60)


def _article_start(s: Surroundings) -> int:
    """Return the line from which on a date may be the article's."""
    first = s.body.lines[0] if s.body.lines else s.body.end
    top = s.title.index if s.title is not None and s.title.index < first else first
    return min(max(s.body.start, top - _ABOVE_LINES), max(0, top - 2))


def _is_below_crumbs(line: Line) -> bool:
    """Whether a line above the heading is no breadcrumb: what stands over those belongs to the page's header."""
    return line.reason != "nav" and not (line.link_chars and is_crumbs(line.text))


def _dated(lines: Iterable[Line]) -> Iterator[str]:
    """Yield the lines that are little more than a date."""
    for line in lines:
        is_own = line.reason not in _NO_DATES and not line.is_prose and not is_update_line(line.text)
        if is_own and is_date_line(line.text):
            yield line.text


def find_author(s: Surroundings) -> str | None:
    """Return the author that stands outside of the body: in the family's own place, a label or the microdata.

    Never the poster's account: a name without a label must have the shape of a person's.
    """
    for line in _labelled_lines(s):
        found = read_labelled(line.text)
        if found and found.author and not _is_site(found.author, s.metadata):
            return found.author
    if author := _author_beside_date(s) or _signed(s):
        return author
    if s.family is not None and not s.family.trusts_byline:
        return None
    own = s.family.author if s.family else ()
    others = NAMES.author if s.family is None or s.family.is_platform else ()
    for text, is_own in (*((text, True) for text in s.texts(own)), *((text, False) for text in s.texts(others))):
        labelled = read_labelled(text)
        author = labelled.author if labelled else tidy_author(text)
        if (
            author
            and (labelled or is_person(author) or (is_own and _is_office(author)))
            and not _is_site(author, s.metadata)
        ):
            return author
    written = s.metadata.article.get("author")
    if isinstance(written, list) and written:
        written = written[0]
    name = written.get("name") if isinstance(written, dict) else written
    if isinstance(name, str) and is_person(normalise_line(name), by_family=True):
        return normalise_line(name)
    return None


def _is_office(author: str) -> bool:
    """Whether the family's own field names an office: several words, no number, nothing of the lexicon."""
    return (
        len(author.split()) >= 2 and author[0].isupper() and not any(c.isdigit() for c in author) and not find(author)
    )


def _signed(s: Surroundings) -> str | None:
    """Return the name that stands alone right behind the body in a block of its own."""
    last = s.body.lines[-1] if s.body.lines else -1
    for line in s.outline.lines[last + 1 : last + 3]:
        if line.link_chars or line.index >= s.body.end:
            break
        if is_person(line.text, by_family=True) and line.reason not in _FOREIGN:
            return line.text
        if line.align == "right":
            found = read_byline(line.text, is_marked=True, is_last=True)
            if found and found.author:
                return found.author
    return None


def _author_beside_date(s: Surroundings) -> str | None:
    """Return the name in a line between heading and body, alone or with the date: "Phan Mai · 13:02 02/02/2023"."""
    last = s.body.lines[-1] if s.body.lines else -1
    for line in _labelled_lines(s):
        if s.title is None or line.index < s.title.index or line.index > last or len(line.text) > 160:
            continue
        if line.tag == "row" or _PLACE_AND_DAY.search(line.text):
            continue  # the head of a document
        if match := _AUTHOR_IN_LINE.search(line.text):
            return tidy_author(name_at_start(match["value"]))
        if is_person(line.text, by_family=True):
            return line.text
        if parse_date(line.text) and (name := _name_beside_date(line.text)):
            return name
    return None


def _name_beside_date(text: str) -> str | None:
    if match := _POSTED_BY.search(text):
        name = name_at_start(match["value"])
        return name if is_person(name) else None
    before = _BEFORE_DATE.match(text)
    for part in (before["value"] if before else "", *_LINE_PARTS.split(text)):
        if is_person(part.strip(), by_family=True):
            return part.strip()
    return None


def _is_site(author: str, metadata: Metadata) -> bool:
    return fold_key(author) == fold_key(metadata.site_name)


def find_source(s: Surroundings) -> str | None:
    """Return the source that stands outside of the body: in the family's own place or behind a label."""
    for text in s.texts((s.family.source if s.family else ()) + NAMES.source):
        labelled = read_labelled(text)
        if labelled and labelled.source:
            return labelled.source
        if labelled is None and s.family and s.family.source and len(text) <= 80:
            return normalise_line(text)
    for line in _labelled_lines(s):
        found = read_labelled(line.text)
        if found and found.source:
            return found.source
    return None


def _labelled_lines(s: Surroundings) -> Iterator[Line]:
    """Yield the lines around the body in which a byline can stand, those behind it first."""
    lines = s.outline.lines
    if not s.body.lines:
        return
    first, last = _first_text(s), s.body.lines[-1]
    heading = (
        s.title.index if s.title is not None and s.title.index < first else max(s.body.start, first - _HEADER_LINES)
    )
    for line in (*lines[last + 1 : min(s.body.end, last + _BELOW_LINES)], *lines[heading + 1 : first]):
        if line.reason in ("related", "side", "comment", "nav", "footer"):
            continue
        if len(line.text) <= 160:
            yield line


def _first_text(s: Surroundings) -> int:
    """Return the line that the text begins with: a body found by its prose may hold the article's header too."""
    for index in s.body.lines[:_HEADER_LINES]:
        if s.outline.lines[index].is_prose:
            return index
    return s.body.lines[0]


def find_category(s: Surroundings) -> str | None:
    """Return the category: the family's own place, or the last step of the breadcrumbs before the article's title."""
    for text in s.texts(s.family.category if s.family else ()):
        if 1 < len(text) <= 80:
            return normalise_line(text).removeprefix("Danh mục: ").strip()
    section = s.metadata.article.get("articleSection") or s.metadata.properties.get("article:section")
    crumbs = _crumbs(s)
    title = fold_key(s.title.text) if s.title else ""
    crumbs = [text for text in crumbs if not _is_title(fold_key(text), title) and fold_key(text) not in _HOME_NAMES]
    if crumbs:
        return crumbs[-1]
    if isinstance(section, list):
        section = section[0] if section else None
    return normalise_line(section) or None if isinstance(section, str) else None


def _is_title(crumb: str, title: str) -> bool:
    """Whether a crumb is the article's title, whole or cut off."""
    stump = crumb.rstrip(". …")
    return bool(title) and len(stump) > 12 and (title.startswith(stump) or title.endswith(crumb))


def _crumbs(s: Surroundings) -> list[str]:
    """Return the steps of the breadcrumbs, outermost first."""
    end = s.body.lines[0] if s.body.lines else s.body.end
    for block in s.outline.blocks:
        if block.first > end:
            break
        if block.names and 0 < block.last - block.first <= 12 and _names_crumbs(block.names):
            return _steps(s.outline.lines[block.first : block.last])
    for line in s.outline.lines:
        if s.title is not None and line.index >= s.title.index + 1:
            break
        if line.link_chars and len(line.text) <= 300 and _CRUMB_SEPARATOR.search(line.text):
            steps = _steps([line])
            is_menu = len(steps) > _STEPS_MOST or ("|" in line.text and find(steps[-1]) is not None)
            if len(steps) >= 2 and fold_key(steps[0]) in _HOME_NAMES and not is_menu:
                return steps
    return []


@lru_cache(maxsize=1 << 13)
def _names_crumbs(names: str) -> bool:
    return bool(_CRUMBS.search(names))


def _steps(lines: list[Line]) -> list[str]:
    steps: list[str] = []
    for line in lines:
        parts = [part.strip(" -»›>/|") for part in _CRUMB_SEPARATORS.split(line.text.removeprefix("- "))]
        if len(parts) == 1 and fold_key(_TIGHT_SLASH.split(parts[0])[0]) in _HOME_NAMES:
            parts = _TIGHT_SLASH.split(parts[0])  # elsewhere a slash is part of a number: "Quyết định số 12/QĐ-UBND"
        steps += [part for part in parts if 1 < len(part) <= 120]
    return steps


def find_language(text: str, metadata: Metadata) -> str | None:
    """Return the ISO 639-1 code of the text's language: Vietnamese by its letters, otherwise what the page declares."""
    sample = text[:_LANGUAGE_CHARS]
    letters = len(sample) - sample.count(" ")
    if letters and len(_VIETNAMESE.findall(sample.casefold())) * 25 >= letters:
        return "vi"
    declared = metadata.language
    if declared and declared != "vi" and declared.isalpha():
        return declared
    return None if letters < 200 else "en" if re.search(r"\b(?:the|and|of)\b", sample) else None
