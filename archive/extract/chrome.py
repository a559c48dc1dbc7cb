"""Lines of a body that are no text: chrome by the lexicon and by position, captions, repeats.

Each step takes the lines that the steps before have left and says of each line that it takes out why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby

from archive.extract.byline import read_labelled
from archive.extract.inserts import contents, files, is_attachment, is_pager, keywords
from archive.extract.lexicon import LEADERS, find
from archive.extract.outline import Line
from archive.extract.reasons import Reasons, remaining
from archive.extract.repeats import find_repeats
from archive.extract.teasers import is_headline_link
from archive.text import fold_key

__all__ = ["clean"]

_IMAGES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff")
_AUTO_ALT = re.compile(r"\s*[-–]?\s*(?:ảnh|hình)\s*(?:minh\s*h[oọ][aạ])?\s*(?:số\s*)?\d*\s*$", re.I)
_CREDIT = re.compile(r"^\(?(?:ảnh|hình)\b|[.(]\s*(?:ảnh|nguồn ảnh|photo)\s*:|\bảnh (?:minh h[ọo]a|tư liệu)\W*$", re.I)
_LONE = re.compile(r"^[\W\d_]{1,6}%?$")
_SIZE = re.compile(r"^\d{1,3}\s*%$|^\W*A\s?[-+]?(?:\W{0,3}A\s?[-+]?){1,2}\W*$")
_DATED = re.compile(
    r"\(?\s*\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{2,4}"
    r"(?:\s*\|?,?\s*\d{1,2}[:h]\d{2}(?::\d\d)?\s*(?:SA|CH|AM|PM)?)?\s*\)?\s*$",
    re.I,
)
_CONTACT = re.compile(
    r"^(?:- )?(?:địa chỉ|trụ sở|điện thoại|đt|tel|email|e-mail|thư điện tử|fax|website|hotline|cơ quan|"
    r"số điện thoại)\b.{0,4}[:：]",
    re.I,
)
_ANNOUNCES = re.compile(r":\s*$|\bliên hệ\b", re.I)
_ANNOUNCED_LINES = 3
_END_MARK = re.compile(r"(?:\.|…)\s?/\s?\.?\s*$|\./-?\s*$")
_END_CHARS = 8  # no end mark is longer, blanks inside of it counted
_DOCUMENT = re.compile(
    r"\W*(?:\d+[.)]\s*)?(?:(?:quyết|nghị) định|nghị quyết|thông (?:tư|báo|tri)|công (?:văn|điện)|kế hoạch|báo cáo|luật|"
    r"tờ trình|chỉ thị|hướng dẫn|biểu|mẫu|phụ lục|danh (?:sách|mục)|quy (?:chế|định|trình)|văn bản|hồ sơ|dự thảo|số)\b",
    re.I,
)
_MORE = re.compile(r"^(?:- )?(?:>>|»|xem thêm|đọc thêm|xem tiếp)\b|^(?:>>|»)", re.I)
_OWN_CHARS = 40  # of a line that is text, however short the article
_BARS = re.compile(r"\s*[|·•]\s*")
_BUTTON_CHARS = 40
_HEADLINE_CHARS = 18
_TEASERS, _TEASER_LINES, _TEASER_CHARS = 3, 5, 320
_CAPTION_CHARS = 220
_MARKED_CAPTION_CHARS = 600
_HEADING_START = re.compile(r"^(?:\d+[.)\s]|[IVX]+[.)]\s|[a-zđ][.)]\s|[-+*•–]\s|phần\b|chương\b|điều\b|mục\b)", re.I)
_REGION_PROSE_CHARS = 160


def clean(lines: list[Line], title: str, known: Reasons, *, is_exact: bool) -> Reasons:
    """Return which of `lines` to leave out of the text, and why.

    `lines` are those of a body in document order; `known` are those of them that are known to be chrome. `is_exact`
    says that they were named by a family's selectors, so that zones inside them are believed only when they are small.
    """
    reasons = dict(known)
    for step in (
        _zones,
        _noise,
        _titles,
        contents,
        files,
        _captions,
        _repeats,
        _regions,
        _boxes,
        _teasers,
        keywords,
        _toolbars,
        _lexicon,
        _contacts,
        _tail,
    ):
        if step in (_teasers, _toolbars, _contacts) and is_exact:
            continue
        chosen = _zones_inside if step is _zones and is_exact else step
        for position, reason in chosen(lines, title, reasons):
            reasons.setdefault(position, reason)
    return reasons


def _zones(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Lines in zones."""
    for position, line in remaining(lines, reasons):
        if reason := line.reason:
            yield position, reason


def _zones_inside(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Lines in zones of a body that a family names: only where most of it stays, or running text."""
    whole = sum(len(line.text) for line in lines)
    zoned = sum(len(line.text) for line in lines if line.reason)
    own = (line for line in lines if not line.reason and not line.link_chars)
    if zoned * 2 <= whole or any(len(line.text) >= _OWN_CHARS for line in own):
        yield from _zones(lines, title, reasons)


def _noise(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Names of image files, lone punctuation that widgets leave, zoom levels, numbers of pages that are links."""
    for position, line in remaining(lines, reasons):
        if line.tag == "row":
            continue
        if len(line.text) <= 160 and line.text.casefold().endswith(_IMAGES) and line.text.count(" ") <= 6:
            yield position, "caption"
        elif _SIZE.match(line.text) or (_LONE.match(line.text) and not any(c.isdigit() for c in line.text)):
            yield position, "noise"
        elif is_pager(line):
            yield position, "nav"


def _titles(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """The title again, and the alternative text that an editor made from it for images."""
    key = fold_key(title)
    if len(key) < 8:
        return
    for position, line in remaining(lines, reasons):
        if len(line.text) > len(title) + 40 or line.tag == "row":
            continue
        text = fold_key(line.text.removeprefix("- "))
        if text == key or (text.startswith(key) and _AUTO_ALT.sub("", text) == key):
            yield position, "title" if text == key else "caption"


def _captions(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Captions: marked as such, or a short line without a full stop right below an image or an image's file name."""
    if not any(line.after_image or line.in_caption for line in lines) and "caption" not in reasons.values():
        return
    below_image = 0
    is_centred, is_italic = _is_most(lines, _is_centre), _is_most(lines, _is_slanted)
    for position, line in enumerate(lines):
        below_image = max(below_image, line.after_image)
        is_apart = (not is_centred and _is_centre(line)) or (not is_italic and _is_slanted(line))
        if position in reasons:
            # Its file name, or what an editor put in its place.
            below_image = 2 if reasons[position] == "caption" else 0
        elif (line.in_caption and len(line.text) <= _MARKED_CAPTION_CHARS) or (
            below_image and _looks_like_caption(line, is_apart=is_apart, is_beside=below_image > 1)
        ):
            yield position, "caption"
            below_image = int(is_apart)  # captions of several lines are set apart as a whole
        else:
            below_image = 0


def _is_centre(line: Line) -> bool:
    return line.align == "center"


def _is_slanted(line: Line) -> bool:
    return line.italic_chars * 2 > len(line.text)


def _is_most(lines: list[Line], is_so: Callable[[Line], bool]) -> bool:
    """Whether most of the running text is so: then nothing is set apart by it."""
    prose = [line for line in lines if line.is_prose]
    return sum(len(line.text) for line in prose if is_so(line)) * 2 > sum(len(line.text) for line in prose)


def _looks_like_caption(line: Line, *, is_apart: bool, is_beside: bool) -> bool:
    """Whether a line below an image is its caption; it stands apart from the text, or in one block with the image."""
    text = line.text
    if len(text) > _CAPTION_CHARS or line.is_heading or line.in_list or line.tag == "row" or len(text) < 8:
        return False
    if (
        line.bold_chars * 2 > len(text)
        or _HEADING_START.match(text)
        or line.align == "right"
        or read_labelled(text)
        or text.isupper()
        or text.endswith((":", "/.", ";"))
    ):
        return False
    if is_apart:
        return True
    if _CREDIT.search(text):
        return True
    return is_beside and not line.align and text[-1] not in '.!?…”"' and ". " not in text


def _repeats(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Blocks that stood before."""
    left = remaining(lines, reasons)
    rows = frozenset(i for i, (_, line) in enumerate(left) if line.tag == "row" or line.in_list)
    for index in find_repeats([line.text for _, line in left], rows):
        yield left[index][0], "repeat"


def _regions(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """A heading of related articles and the links or dated titles below it."""
    left = remaining(lines, reasons)
    last_prose = max((i for i, (_, line) in enumerate(left) if line.is_prose), default=-1)
    inside, entries_end = "", 0
    for i, (position, line) in enumerate(left):
        if i < entries_end:
            yield position, inside
            continue
        phrase = find(line.text) if len(line.text) <= 80 else None
        if phrase and phrase.kind in ("related", "comment", "poll") and phrase.is_whole:
            below = left[i + 1][1] if i + 1 < len(left) else None
            if (
                not phrase.is_risky
                or i > last_prose
                or (below is not None and (below.is_link or _DATED.search(below.text)))
            ):
                inside, entries_end = phrase.kind, _entries_end(left, i + 1)
                entries_end = entries_end if entries_end > last_prose else 0  # else text goes on below
                yield position, inside
                continue
        if not inside:
            if (_MORE.match(line.text) and line.link_chars * 2 > len(line.text)) or (
                line.is_link and len(line.text) > 25 and i > last_prose and _DATED.search(line.text)
            ):
                yield position, "related"
            continue
        if LEADERS.search(line.text):
            inside = ""
            continue
        is_item = line.is_link or _DATED.search(line.text) or line.link_chars * 3 > len(line.text)
        least = 0 if inside == "related" and i < last_prose else _REGION_PROSE_CHARS
        if line.is_prose and not is_item and len(line.text) >= least and i <= last_prose:
            inside = ""
        elif is_item or len(line.text) < _REGION_PROSE_CHARS:
            yield position, inside
        else:
            inside = ""


def _entries_end(left: list[tuple[int, Line]], start: int) -> int:
    """Return the end of a list of entries that begins at `start`, linked headlines with sentences below; 0 for none."""
    end = prose = told = 0
    for i, (_, line) in enumerate(left[start:], start):
        if is_headline_link(line):
            end, prose = i + 1, 0
            continue
        if not end or i - end > _TEASER_LINES or len(line.text) > _TEASER_CHARS or prose:
            break
        if line.is_prose:
            prose, told, end = 1, told + 1, i + 1
    return end if told >= 2 else 0


def _boxes(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Titles of other articles in the midst of a text: links one below the other that no line announces."""
    left = remaining(lines, reasons)
    run: list[int] = []
    for i, (_, line) in enumerate([*left, (-1, Line("", "", -1))]):
        if is_headline_link(line) and not is_attachment(line) and not _names_document(line.text):
            run.append(i)
            continue
        above = left[run[0] - 1][1].text if run and run[0] else ":"
        if len(run) > 1 and not _ANNOUNCES.search(above):
            yield from ((left[at][0], "related") for at in run)
        run = []


def _names_document(text: str) -> bool:
    """Whether a link is called after an official document: what a text lists, not what stands beside it."""
    return bool(_DOCUMENT.match(text))


def _teasers(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Behind the text: linked headings, each with a few sentences below it, three at least."""
    left = remaining(lines, reasons)
    starts: list[int] = []
    between = prose = 0  # lines since the last headline, and those of text among them
    for i in range(len(left) - 1, -1, -1):
        line = left[i][1]
        if line.is_link and len(line.text) > _HEADLINE_CHARS and not is_attachment(line):
            starts.append(i)
            between = prose = 0
            continue
        between += 1
        prose += line.is_prose
        if prose > 1 or between > _TEASER_LINES or len(line.text) > _TEASER_CHARS:
            break
    first_prose = next((i for i, (_, line) in enumerate(left) if line.is_prose), len(left))
    starts = [i for i in starts if i > first_prose]
    if len(starts) >= _TEASERS:
        yield from ((position, "related") for position, _ in left[starts[-1] :])


def _toolbars(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Short links above the text and below it."""
    left = remaining(lines, reasons)
    for edge in (left, left[::-1]):
        for position, line in edge:
            if not line.is_link or len(line.text) > _BUTTON_CHARS or is_attachment(line):
                break
            yield position, "nav"


def _lexicon(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Lines of the lexicon. What prose uses too goes only before the text and behind it."""
    left = remaining(lines, reasons)
    prose = [i for i, (_, line) in enumerate(left) if line.is_prose]
    first, last = (prose[0], prose[-1]) if prose else (len(left), -1)
    for i, (position, line) in enumerate(left):
        if line.is_prose and len(line.text) > 120 and not line.is_link:
            phrase = find(line.text)
            if phrase and not phrase.is_risky and phrase.kind in ("session", "copyright", "badge") and i >= last:
                yield position, phrase.kind
            continue
        if i > last and line.link_chars and _is_toolbar(line.text):
            yield position, "nav"
            continue
        phrase = find(line.text)
        if phrase is None or phrase.kind in ("meta_label", "legal_doc", "error_page", "attachment"):
            continue
        if i < first and _is_document_heading(left, i):
            continue
        outside = (i < first or i > last) if prose else phrase.is_whole
        if phrase.is_risky and not (outside and (phrase.is_whole or phrase.kind == "counter") and line.tag != "row"):
            continue
        if phrase.kind in ("footer_agency", "nav", "widget") and not outside:
            continue
        yield position, phrase.kind


def _is_document_heading(own: list[tuple[int, Line]], i: int) -> bool:
    """Whether a line is what a document calls itself, "THÔNG BÁO": in capitals, set apart, with no link below it."""
    line = own[i][1]
    is_apart = line.align == "center" or line.bold_chars * 2 > len(line.text)
    is_listed = line.link_chars or (i + 1 < len(own) and own[i + 1][1].link_chars)
    return line.text.isupper() and is_apart and not is_listed


def _is_toolbar(text: str) -> bool:
    """Whether a line is several phrases of the lexicon side by side: "In trang | Quay lại"."""
    parts = [part for part in _BARS.split(text) if part]
    return len(parts) > 1 and all((found := find(part)) is not None and found.is_whole for part in parts)


def _contacts(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Three or more lines of an agency's address in a row, at the end and announced by no line above: the footer."""
    left = remaining(lines, reasons)
    last_prose = max(
        (i for i, (_, line) in enumerate(left) if line.is_prose and not _CONTACT.match(line.text)), default=-1
    )
    behind = left[last_prose + 1 :]
    for is_contact, group in groupby(
        enumerate(behind, last_prose + 1), lambda item: bool(_CONTACT.match(item[1][1].text))
    ):
        run = list(group)
        above = left[max(0, run[0][0] - _ANNOUNCED_LINES) : run[0][0]]
        is_end = run[-1][0] == len(left) - 1
        if is_contact and is_end and len(run) >= 3 and not any(_ANNOUNCES.search(line.text) for _, line in above):
            yield from ((position, "footer_agency") for _, (position, _) in run)


def _tail(lines: list[Line], title: str, reasons: Reasons) -> Iterator[tuple[int, str]]:
    """Behind the end mark: lists of links and lone short links."""
    left = remaining(lines, reasons)
    ends = [i for i, (_, line) in enumerate(left) if _END_MARK.search(line.text[-_END_CHARS:])]
    if not ends:
        return
    for position, line in left[ends[-1] + 1 :]:
        if line.is_link and not is_attachment(line):
            yield position, "related"
