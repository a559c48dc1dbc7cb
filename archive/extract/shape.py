"""The shape of a page: teasers and headlines, or a heading with text of its own below it.

A listing shows teasers (a linked heading with a few sentences below, again and again); an article has a heading that
is no link, and text of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from archive.extract.date_lines import is_date_line
from archive.extract.dates import parse_date
from archive.extract.evidence import Evidence, Verdict
from archive.extract.inserts import is_attachment, is_pager
from archive.extract.lexicon import find
from archive.extract.outline import Line, Outline
from archive.extract.standins import UNFILLED
from archive.extract.teasers import HEADLINE_CHARS
from archive.extract.title import agrees, is_site
from archive.records import PageKind
from archive.text import fold_key, strip_marks

__all__ = [
    "by_shape",
    "is_dated",
    "is_headline",
    "looks_like_listing",
    "starts_with_text",
    "teasers",
    "whole_entries",
]

_PARTS = re.compile(r"\s*[|–—»]\s*|\s-\s")  # of a page's <title>: its own name and the site's
_TEXT_CHARS = 40
_TEXT_LEAST = 400
_LINES = 3_000  # that many say what a page is
_BESIDE = frozenset(("related", "nav", "side", "footer", "counter", "poll", "comment"))  # no part of a notice
_OTHERS = frozenset(
    ("related", "comment", "poll", "copyright", "session", "legal_doc")
)  # kinds of the lexicon: not the article's
_DATE_LINES = 8
_TEASERS_PAGED, _ROWS = 4, 5
_ENTRIES_LEAST = 2
_DOCUMENTS_LEAST, _LABEL_CHARS = 3, 40
_CATEGORY_WORDS = 5  # of the name of a category; a description may stand below it


def by_shape(e: Evidence) -> Verdict:
    """Return the kind that the shape of the page shows, or None."""
    is_listing, why = looks_like_listing(e)
    if is_listing:
        return PageKind.LISTING, why
    if _has_prose_below_title(e):
        return PageKind.ARTICLE, "a heading with text below"
    if e.title is None and e.outline.prose[-1] >= 600 and e.metadata.og_type != "website":
        return PageKind.ARTICLE, "running text"
    if _has_text_further_down(e):
        return PageKind.ARTICLE, "a heading that the page is called by, and text further down"
    if e.metadata.og_type == "article" and e.outline.prose[-1] >= 80:
        return PageKind.ARTICLE, "og:type"
    headlines = sum(1 for line in e.outline.lines if is_headline(line))
    if headlines >= 5:
        return PageKind.LISTING, f"{headlines} linked headings"
    return None


def is_headline(line: Line) -> bool:
    """Whether a line is a linked title, bare or with a date behind it."""
    if line.link_chars < HEADLINE_CHARS or line.reason in ("nav", "footer", "tags") or line.is_button:
        return False
    return line.is_link or (line.link_chars * 2 > len(line.text) and parse_date(line.text) is not None)


def _is_chrome(line: Line) -> bool:
    """Whether a line is no part of a listing: its headlines, not its teasers, may be called like related articles."""
    return bool(line.reason) and not (line.reason == "related" and is_headline(line))


def teasers(outline: Outline, start: int = 0) -> tuple[int, int, int]:
    """Return how many teasers stand from line `start` on, their characters, and the characters of other prose."""
    count = chars = others = 0
    headline_at = -99
    for line in outline.lines[start : start + _LINES]:
        if _is_chrome(line):
            continue
        if is_headline(line):
            headline_at = line.index
        elif line.is_prose:
            if line.index - headline_at <= 4:
                count += 1
                chars += len(line.text)
                headline_at = -99
            else:
                others += len(line.text)
    return count, chars, others


def whole_entries(e: Evidence) -> int:
    """Return how many headings that link elsewhere have text below them, where the page has no other; or else 0.

    What blogs list: the beginnings of articles, or all of each.
    """
    if e.title is not None and not e.title.is_link:
        return 0
    entries = {heading.href for heading in _headings_of_prose(e.outline) if is_headline(heading)}
    return len(entries) if len(entries) >= _ENTRIES_LEAST else 0


def _headings_of_prose(outline: Outline) -> Iterator[Line]:
    """Yield the headings with text below of the rank that comes first; nothing where text stands above all of them."""
    ranked: dict[str, list[Line]] = {}
    heading: Line | None = None
    for line in outline.lines:
        if line.is_heading:
            heading = line
        elif line.is_prose and not _is_chrome(line):
            if not ranked and (heading is None or not heading.is_link):
                return
            if heading is not None:
                ranked.setdefault(heading.tag, []).append(heading)
            heading = None
    yield from next(iter(ranked.values()), [])


def looks_like_listing(e: Evidence) -> tuple[bool, str]:
    """Whether teasers make up most of the prose, or linked headings follow the heading at once."""
    heading = None if e.title is None or (e.title.is_link and e.title.tag != "h1") else e.title
    start = heading.index + 1 if heading else 0
    count, chars, others = teasers(e.outline, start)
    is_short = e.title is None or (len(e.title.text.split()) <= _CATEGORY_WORDS and e.metadata.og_type != "article")
    is_category = e.metadata.og_type == "website" or is_short
    if listed := _under_category(e):
        return True, f"{listed} linked headings under the name of a category"
    if listed := _registered(e.outline, start):
        return True, f"a register of {listed} documents"
    if count >= _TEASERS_PAGED and chars > others and _has_pager(e.outline):
        return True, f"{count} teasers and a pager"
    if others == 0 and (rows := sum(_is_entry(line) for line in e.outline.lines[start : start + _LINES])) >= _ROWS:
        return True, f"{rows} rows with linked titles"
    documents = e.outline.lines[start : start + 6] if heading else e.outline.lines
    if others == 0 and any(_names_documents(line) for line in documents):
        return True, "a table of documents"
    if not is_category and starts_with_text(e):
        return False, ""
    if not is_category and is_dated(e):
        return False, ""
    if count >= 3 and chars >= others:
        return True, f"{count} teasers"
    if heading is not None:
        headlines = 0
        for line in e.outline.lines[start : start + _LINES]:
            if line.reason:
                continue
            if line.is_prose:
                break
            headlines += is_headline(line)
        if headlines >= 3 and others + _row_chars(e.outline, start) < _TEXT_LEAST:
            return True, f"{headlines} linked headings below the heading"
        if headlines >= 2 and others == 0:
            return True, f"{headlines} linked headings and no text"
        first = next((line for line in e.outline.lines[start:] if not _is_chrome(line)), None)
        is_entry = first is not None and is_headline(first) and not is_attachment(first)
        if count and others == 0 and is_entry and e.metadata.og_type != "article":
            return True, f"a heading and {count} teasers"
        if is_category and first is not None and UNFILLED.search(first.text.casefold()):
            return True, f"nothing in it yet: “{first.text[:80]}”"
    return False, ""


def _has_pager(outline: Outline) -> bool:
    """Whether the page has links to its further pages by their numbers."""
    return any(is_pager(line) for line in outline.lines)


def _is_entry(line: Line) -> bool:
    """Whether a line is the row of a table with the title of an article as a link."""
    return line.tag == "row" and line.link_chars >= HEADLINE_CHARS and not is_attachment(line)


def _under_category(e: Evidence) -> int:
    """Return how many linked headings stand right below the name of a category, which the page is called by, or 0."""
    names = {fold_key(part) for part in _PARTS.split(e.metadata.title)}
    lines = e.outline.lines
    for line in lines:
        if not line.is_heading or line.link_chars or line.reason or fold_key(line.text) not in names:
            continue
        if len(line.text.split()) > _CATEGORY_WORDS or (e.title is not None and e.title.index < line.index):
            return 0
        below = [i for i in lines[line.index + 1 :] if not i.reason]
        listed = sum(1 for i in below if i.is_heading and i.is_link)
        return listed if listed > 1 and below[0].is_heading and below[0].is_link else 0
    return 0


def _registered(outline: Outline, start: int) -> int:
    """Return how many documents are listed from line `start` on where a page is a register of them, or else 0.

    Before any text: rows that link below the head of a table of documents, or the same label of a document again and
    again. On the page of one document each stands once.
    """
    rows, labels = 0, Counter[str]()
    is_table = False
    for line in outline.lines[start : start + _LINES]:
        if _is_chrome(line):
            continue
        is_table = line.tag == "row" and (is_table or _names_documents(line))
        if is_table:
            rows += line.link_chars > 0
        label, colon, _ = line.text.removeprefix("- ").partition(":")
        phrase = find(label) if colon and len(label) <= _LABEL_CHARS else None
        if phrase is not None and phrase.kind == "legal_doc" and phrase.is_whole:
            labels[fold_key(label)] += 1
        elif line.is_prose and not is_table and not labels:
            break
    return max((count for count in (rows, *labels.values()) if count >= _DOCUMENTS_LEAST), default=0)


def _names_documents(line: Line) -> bool:
    """Whether a line is the head of a table of documents: "Số ký hiệu | Ngày ban hành | Trích yếu"."""
    if line.tag != "row":
        return False
    phrases = [find(cell) for cell in line.text.split(" | ")]
    return sum(phrase is not None and phrase.kind == "legal_doc" and phrase.is_whole for phrase in phrases) >= 2


def starts_with_text(e: Evidence) -> bool:
    """Whether text of its own, be it one line of a notice, stands below the heading before any headline."""
    if e.title is None:
        return False
    if _starts_with_prose(e):
        return True
    short = 0  # characters of short lines, as those of a poem
    for line in e.outline.lines[e.title.index + 1 :]:
        if line.reason or (not line.link_chars and parse_date(line.text)):
            continue
        phrase = find(line.text)
        if phrase is not None and phrase.kind not in _OTHERS:
            continue
        if is_headline(line) or phrase or (line.link_chars and len(line.text) >= _TEXT_CHARS):
            return False
        if not line.link_chars:
            short += len(line.text)
            if len(line.text) >= _TEXT_CHARS or short >= 2 * _TEXT_CHARS:
                return True
    return False


def is_dated(e: Evidence) -> bool:
    """Whether a date, and nothing else but a toolbar, stands right below the heading.

    The page is called by that heading, or text of its own follows.
    """
    if e.title is None or e.title.is_link:
        return False
    for line in e.outline.lines[e.title.index + 1 : e.title.index + _DATE_LINES]:
        if is_date_line(line.text):
            below = e.outline.lines[line.index + 1 : line.index + 2]
            if any(is_headline(line) and not is_attachment(line) for line in below):
                return False  # the date of the first entry of a list
            return _is_named(e.title, e) or starts_with_text(e)
        if line.is_prose or is_headline(line):
            return False
    return False


def _is_named(title: Line, e: Evidence) -> bool:
    """Whether the page calls itself by its heading."""
    return any(agrees(title.text, name) for name in (*e.metadata.headlines, e.metadata.title))


def _starts_with_prose(e: Evidence) -> bool:
    """Whether the first thing of weight below the heading is text of its own."""
    if e.title is None or (e.title.is_link and e.title.tag != "h1"):
        return False
    for line in e.outline.lines[e.title.index + 1 : e.title.index + 25]:
        if line.reason:
            continue
        if is_headline(line):
            return False
        if line.is_prose:
            return True
    return False


def _has_text_further_down(e: Evidence) -> bool:
    """Whether the page calls itself by a heading that a menu or a list parts from the text, which outweighs teasers."""
    heading = e.title
    if heading is None or heading.is_link or len(heading.text.split()) <= _CATEGORY_WORDS:
        return False
    if is_site(heading.text) or not _is_named(heading, e):
        return False
    _, chars, others = teasers(e.outline, heading.index + 1)
    text = others + _row_chars(e.outline, heading.index + 1)
    return text >= _TEXT_LEAST and text * 2 > chars


def _row_chars(outline: Outline, start: int) -> int:
    """Return the characters of the rows without links from line `start` on: of tables that are a part of a text."""
    rows = (line for line in outline.lines[start : start + _LINES] if line.tag == "row" and not line.link_chars)
    return sum(len(line.text) for line in rows)


def _has_prose_below_title(e: Evidence) -> bool:
    """Whether there is a heading, unlinked and long enough for one, with text or a document below it."""
    if e.title is None or (e.title.is_link and e.title.tag != "h1"):
        return False
    if _starts_with_prose(e) or ((is_dated(e) or e.metadata.og_type == "article") and starts_with_text(e)):
        return True
    if is_site(e.title.text):
        return False  # a banner, with a motto below it
    # A notice: a date or a document's link below a heading that is no name of a category.
    words = len(strip_marks(e.title.text).split())
    if words < _CATEGORY_WORDS:
        return False
    if words > _CATEGORY_WORDS and _is_named(e.title, e) and starts_with_text(e):
        return True
    near = [i for i in e.outline.lines[e.title.index + 1 : e.title.index + 15] if i.reason not in _BESIDE]
    return any(is_attachment(line) for line in near) or any(len(i.text) >= 40 and not i.is_link for i in near[:6])
