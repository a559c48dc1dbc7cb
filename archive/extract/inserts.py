"""What templates and editors set into a body that is none of its text: lists of files, keywords, tables of contents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archive.extract.lexicon import find
from archive.extract.outline import Line
from archive.extract.reasons import Reasons, remaining

__all__ = ["contents", "files", "is_attachment", "is_pager", "keywords"]

_DOCUMENTS = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".rar", ".zip", ".ppt", ".pptx")
_FILE_NAME = re.compile(r"\w\.(?:pdf|docx?|xlsx?|pptx?|rar|zip|7z)\b", re.I)
_SIZE = r"\s*[(\[]?\s*(?:[\d.,]+\s*(?:[KMG]?B|bytes))?\s*[)\]]?"
_NAME_ALONE = re.compile(rf"\W*[^:;]{{1,150}}\w\.(?:pdf|docx?|xlsx?|pptx?|rar|zip|7z){_SIZE}\W*", re.I)
_SIZE_ALONE = re.compile(r"\W*(?:[\d.,]+\s*(?:[KMG]?B|bytes)|\d[\d.,]*\s*(?:lượt tải|lần tải|downloads?))\W*", re.I)
_KEYWORDS = re.compile(r"\W*(?:từ khóa|từ khoá|tags?|thẻ|keywords?|hashtags?)\s*(?:[:：]|$)", re.I)
_KEYWORD_CHARS = 160
_CONTENTS = re.compile(
    r"\W*(?:mục lục|nội dung|xem nhanh|tóm tắt|table of contents|contents)(?:\s+(?:chính|bài viết|nội dung|nhanh))?\W*"
    r"(?:[\[(]?\s*(?:ẩn|hiện|hide|show|toggle)\s*[\])]?)?",
    re.I,
)
_PAGER = re.compile(r"\W*(?:(?:trang|pages?)\W*)?(?:\d{1,3}\W+)+\d{1,3}\W*(?:(?:next|sau|tiếp|trang sau)\W*)?", re.I)
_PAGER_CHARS = 60
_ENTRIES_LEAST = 2


def is_attachment(line: Line) -> bool:
    """Return True for a line that is the link of a document."""
    path = line.href.partition("?")[0].casefold()
    return path.endswith(_DOCUMENTS) or (len(line.text) <= 200 and bool(_FILE_NAME.search(line.text)))


def is_pager(line: Line) -> bool:
    """Return True for the numbers of further pages, as links in one line."""
    return bool(line.link_chars) and len(line.text) <= _PAGER_CHARS and _PAGER.fullmatch(line.text) is not None


def files(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Labels of attached files with the files that they announce; none where nothing else is."""
    own = remaining(lines, reasons)
    found: list[int] = []
    is_announced = False
    for i, (position, line) in enumerate(own):
        phrase = find(line.text) if line.tag != "row" else None
        is_label = phrase is not None and phrase.kind == "attachment" and not phrase.is_risky
        below = own[i + 1][1] if i + 1 < len(own) else line
        if is_label and (is_attachment(line) or line.link_chars or is_attachment(below)):
            is_announced = True
        elif not (is_announced and (_is_file(line) or _SIZE_ALONE.fullmatch(line.text))):
            is_announced = False
            continue
        found.append(position)
    if len(found) < len(own):
        yield from ((position, "attachment") for position in found)


def _is_file(line: Line) -> bool:
    """Whether a line is hardly more than the link of a document."""
    return is_attachment(line) and (line.is_link or _NAME_ALONE.fullmatch(line.text) is not None)


def keywords(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Behind the text: keywords that are links, with their label."""
    own = remaining(lines, reasons)
    last_prose = max((i for i, (_, line) in enumerate(own) if line.is_prose), default=-1)
    is_open = False
    for i, (position, line) in enumerate(own):
        if i <= last_prose or len(line.text) > _KEYWORD_CHARS:
            is_open = False
            continue
        if _KEYWORDS.match(line.text):
            below = own[i + 1][1] if i + 1 < len(own) else line
            is_open = bool(line.link_chars or below.link_chars)
        else:
            is_open = is_open and line.link_chars * 2 > len(line.text)
        if is_open:
            yield position, "tags"


def contents(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """A table of contents: links into the page itself, one below the other, with their heading."""
    own = remaining(lines, reasons)
    run: list[int] = []
    for i, (_, line) in enumerate([*own, (-1, Line("", "", -1))]):
        if line.is_link and line.href.startswith("#") and len(line.href) > 1:
            run.append(i)
            continue
        if run:
            above = run[0] - 1
            is_headed = above >= 0 and _CONTENTS.fullmatch(own[above][1].text) is not None
            if is_headed or len(run) >= _ENTRIES_LEAST:
                yield from ((own[at][0], "nav") for at in ([above, *run] if is_headed else run))
        run = []
