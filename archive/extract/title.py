"""The article's heading among a page's lines, never the site's name."""

from __future__ import annotations

import re
from functools import lru_cache

from archive.extract.dates import parse_date
from archive.extract.lexicon import find
from archive.extract.metadata import Metadata
from archive.extract.outline import Line, Outline
from archive.text import fold_key, normalise_line

__all__ = ["agrees", "clean_title", "date_behind", "find_title", "is_crumbs", "is_site", "strip_site"]

_SEPARATORS = re.compile(r"\s+(?:[-–—|»:•·]|\|\|)\s+|\s*[|»]\s*")
_ELLIPSIS = re.compile(r"\s*(?:…|\.{2,})\s*$")
# "Khởi công cầu Nà Lịn (19/06/2005)": set behind the title by the template.
_DATE_BEHIND = re.compile(
    r"\s*[(\[]\s*(?:[^\W\d_]+(?:\s+[^\W\d_]+){0,3})?\s*:?"
    r"\s*\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}(?:[\s,|–-]+[\d:hg]+)?\s*[)\]]\s*$"
)
_MIN_CHARS = 8
_MAX_CHARS = 400
_TITLE_NAMES = re.compile(r"title|tieude|tieu-de|headline|heading|tde|subject", re.I)
_SIDE_BLOCKS = frozenset(("counter", "poll", "comment"))  # kinds of the lexicon
_FEW_WORDS = 4
_NOTICE_LINES = 4  # without links: below a banner stands a menu
_FIRST_LINES = 2_000  # among these the heading stands
_FIRST_SHARE = 0.3  # in `<title>` the article's title mostly stands before the site's
_FOLLOWED_SCORE = 4.0
_STANDING_SCORE = 3.0
_ALONE_SCORE = 2.5  # where nothing on the page is called what the page is called
_CRUMBS = re.compile(r"(?:- )?(?:trang chủ|home|trang nhất)\s*[>»›/|]", re.I)
_SITE = re.compile(r"(?:cổng|trang) (?:thông tin|ttđt|tin)\b|website\b|trang chủ\b|chào mừng\b", re.I)
# What a portal calls every page of its articles.
_EVERY_PAGE = re.compile(
    r"(?:(?:tin|trang|nội dung|thông tin) )?chi tiết(?: (?:tin|bài)(?: viết| tức)?| bản tin| nội dung)?|"
    r"xem (?:tin|chi tiết)"
)
_UNTITLED = frozenset(("nav", "footer", "related", "comment", "counter", "poll", "tags"))


def find_title(outline: Outline, metadata: Metadata, named: Line | None = None) -> Line | None:
    """Return the line that is the page's heading, or None; `named` is where a family's selectors point.

    What the page calls itself is believed first. Many portals call every page by the site's name, or "Chi tiết tin":
    a line that is followed by nothing, or that is only a few syllables long, gives way to one that stands as a
    heading does.
    """
    if named is not None and not find(named.text):
        if any(agrees(named.text, name) for name in (*metadata.headlines, metadata.title)):
            return named
        named = named if _is_followed(outline, named) else None
    else:
        named = None
    agreed = _agreeing(outline, metadata)
    if agreed is not None and _is_followed(outline, agreed) and len(agreed.text.split()) > _FEW_WORDS:
        return agreed
    if agreed is not None and _SITE.match(agreed.text) and not _is_followed(outline, agreed):
        agreed = None  # the banner
    guessed = named or _standing(outline, _STANDING_SCORE if agreed else _ALONE_SCORE)
    if guessed is None or agreed is None:
        return agreed or guessed
    is_near = agreed.index < guessed.index <= agreed.index + 4
    is_below = _is_followed(outline, agreed) or (named is None and _has_lines_below(outline, agreed))
    return guessed if is_near or not is_below else agreed


def _has_lines_below(outline: Outline, heading: Line) -> bool:
    """Whether lines without links, of a notice or a poem, stand below a marked heading of more than a few words."""
    if not heading.is_heading or len(heading.text.split()) <= _FEW_WORDS:
        return False
    below = [line for line in outline.lines[heading.index + 1 : heading.index + 9] if not line.reason]
    return len(below) >= _NOTICE_LINES and not any(line.link_chars for line in below[:_NOTICE_LINES])


def _is_followed(outline: Outline, heading: Line) -> bool:
    """Whether text, a date or a document stands close below a heading."""
    for line in outline.lines[heading.index + 1 : heading.index + 9]:
        if line.is_prose or (len(line.text) <= 60 and parse_date(line.text)):
            return True
    return False


def _standing(outline: Outline, least: float) -> Line | None:
    """Return the unlinked line that stands as a heading does: marked up, in the breadcrumbs, above a date or text.

    `least`: the score that it needs.
    """
    best: tuple[float, Line] | None = None
    lines = outline.lines
    for line in lines[:_FIRST_LINES]:
        text = _DATE_BEHIND.sub("", line.text)
        if not 18 <= len(text) <= 300 or line.link_chars or line.reason or line.tag == "row" or line.in_list:
            continue
        if len(text.split()) < _FEW_WORDS or text[-1] in ".;:" or parse_date(text) or find(text):
            continue
        if any(i.is_prose and not i.reason for i in _close_above(lines, line)) and not _opens_block(outline, line):
            continue  # a heading inside of a text
        below = lines[line.index + 1 : line.index + 7]
        if below and (phrase := find(below[0].text)) and phrase.kind in _SIDE_BLOCKS:
            continue  # the heading of a counter
        score = 2.5 if line.is_heading else 2.0 if _is_named_title(outline, line) else 1.5 * (line.bold_chars > 0)
        if any(len(i.text) <= 80 and parse_date(i.text) for i in below[:3]):
            score += 1.5
        if any(i.is_prose and not i.reason for i in below):
            score += 1.0
        above = lines[max(0, line.index - 15) : line.index]
        key = fold_key(text)
        if any(len(i.text) > len(text) // 2 and _ends_in(_key(i.text), key) for i in above):
            score += 3.0
        if score >= least and (best is None or score > best[0]):
            best = (score, line)
    return best[1] if best else None


def _close_above(lines: list[Line], line: Line) -> list[Line]:
    """Return the lines above a heading, from the breadcrumbs on: what stands over those is another block's."""
    above = lines[max(0, line.index - 6) : line.index]
    crumbs = next((i for i in range(len(above) - 1, -1, -1) if is_crumbs(above[i].text)), -1)
    return above[crumbs + 1 :]


def _opens_block(outline: Outline, line: Line) -> bool:
    """Whether a heading and the text below it share a block that has no text above the heading.

    It is one of the first rank, or has a date right below: headings inside of a text have not.
    """
    below = outline.lines[line.index + 1 : line.index + 7]
    text = next((i for i in below if i.is_prose and not i.reason), None)
    is_first = line.tag == "h1" or any(len(i.text) <= 80 and parse_date(i.text) for i in below[:3])
    if text is None or not is_first:
        return False
    shared = outline.blocks[outline.common_ancestor(line.block, text.block)]
    return not any(i.is_prose for i in outline.lines[shared.first : line.index])


def _ends_in(crumbs: str, title: str) -> bool:
    """Whether breadcrumbs end in the title, or in its first syllables where they were cut off."""
    last = re.split(r"\s*[>»›/|]\s*", crumbs)[-1].rstrip(" .")
    return len(last) >= 15 and (title.startswith(last) or last == title)


def _agreeing(outline: Outline, metadata: Metadata) -> Line | None:
    """Return the line that agrees best with what the page calls itself, or None.

    A line is believed when it stands in `<title>`, in `og:title` or in the JSON-LD headline, whole or cut off, and is
    marked up as a heading or stands alone; of several the best marked up, then the longest, then the first.
    """
    names = [_key(name) for name in (*metadata.headlines, metadata.title) if name]
    best: tuple[float, Line] | None = None
    for line in outline.lines[:_FIRST_LINES]:
        text = line.text
        if len(text) > _MAX_CHARS or line.reason in _UNTITLED or _EVERY_PAGE.fullmatch(_key(text)):
            continue
        if len(text) < _MIN_CHARS and _key(text) not in names:
            continue
        first = _key(text.split(" ", 1)[0])
        if not any(first in name or first.startswith(name) for name in names):
            continue  # as most lines: not even the first word
        share = max(_agreement(_key(text), name) for name in names)
        if share == 0.0:
            continue
        is_marked = line.is_heading or _is_named_title(outline, line)
        if not (is_marked or line.bold_chars * 2 > len(text) or line.tag in ("p", "div", "td", "span", "center")):
            continue
        if any(name.startswith(_key(text)) for name in names):
            share += _FIRST_SHARE
        score = share * 10 + _markup(line, is_marked) - (3 if line.is_link and line.tag != "h1" else 0)
        if line.is_prose and text[-1] in ".;:":
            score -= _FOLLOWED_SCORE  # a sentence: the lead, which some put into `<title>`
        if _is_followed(outline, line):
            score += _FOLLOWED_SCORE  # the site's name stands alone
        if best is None or (score > best[0] + 1e-9 and not _says_again(outline, line, best[1])):
            best = (score, line)
    return best[1] if best else None


def _says_again(outline: Outline, line: Line, heading: Line) -> bool:
    """Whether a line repeats a heading that text follows: bodies often begin with the title, below the lead."""
    return not heading.is_link and _key(line.text) == _key(heading.text) and _is_followed(outline, heading)


def _markup(line: Line, is_marked: bool) -> float:
    if line.tag == "h1":
        return 4.0
    return 3.0 if line.is_heading else 2.5 if is_marked else 1.0 if line.bold_chars else 0.0


def _is_named_title(outline: Outline, line: Line) -> bool:
    """Whether a class or id of its block says that it is a title."""
    for count, index in enumerate(outline.ancestors(line.block)):
        block = outline.blocks[index]
        if count > 1 or block.last - block.first > 2:
            return False
        if block.names and _names_title(block.names):
            return True
    return False


@lru_cache(maxsize=1 << 13)
def _names_title(names: str) -> bool:
    return bool(_TITLE_NAMES.search(names))


@lru_cache(maxsize=1 << 13)
def _key(text: str) -> str:
    return fold_key(_ELLIPSIS.sub("", _DATE_BEHIND.sub("", text)))


def _agreement(text: str, name: str) -> float:
    """Return how well a line's key and a name's agree: 0, or the share that the shorter has of the longer, above 0.25.

    `<title>` carries the site's name in front or behind, or is cut off.
    """
    if not text or not name:
        return 0.0
    if text == name:
        return 1.2  # equal is better than nearly whole
    if name.startswith(text) or name.endswith(text) or (len(text) > 20 and text in name):
        return max(len(text) / len(name), 0.25) if len(text) >= 15 or len(text) * 4 > len(name) else 0.0
    if len(name) > 30 and text.startswith(name):
        return min(1.1, len(name) / len(text) + 0.3)
    return 0.0


def is_crumbs(text: str) -> bool:
    """Return whether a line begins with the home page's name and a separator, as breadcrumbs do."""
    return _CRUMBS.match(text) is not None


def agrees(heading: str, name: str) -> bool:
    """Return whether a heading is what a page calls itself, whole or cut off, with or without the site's name."""
    return _agreement(_key(heading), _key(name)) > 0


def is_site(text: str) -> bool:
    """Return whether a line is what portals call themselves by: "Cổng thông tin điện tử …"."""
    return _SITE.match(text) is not None


def strip_site(title: str, site_name: str = "") -> str:
    """Return `title` without the site's name, which stands behind (or in front of) a separator.

    Only a last part that is shorter than what stands before it is taken for the site; a title with a dash of its own
    keeps it unless the site's name is known.
    """
    title = normalise_line(title)
    if site_name and (site := fold_key(site_name)):
        for match in reversed(list(_SEPARATORS.finditer(title))):
            if fold_key(title[match.end() :]) == site:
                return title[: match.start()]
            if fold_key(title[: match.start()]) == site:
                return title[match.end() :]
    matches = list(_SEPARATORS.finditer(title))
    if matches and len(title) - matches[-1].end() < matches[-1].start():
        return title[: matches[-1].start()]
    return title


def date_behind(heading: Line, metadata: Metadata) -> str:
    """Return the date in brackets that the template puts behind the title, or "".

    It is set apart from a bold title, or the page calls itself by what stands before it.
    """
    match = _DATE_BEHIND.search(heading.text)
    if match is None or not match.start():
        return ""
    names = [fold_key(name) for name in (*metadata.headlines, metadata.title)]
    if any(fold_key(match[0]) in name for name in names):
        return ""  # a week's programme
    before = fold_key(heading.text[: match.start()])
    is_apart = 0 < heading.bold_chars <= match.start() or any(before in name for name in names)
    return match[0].strip() if is_apart else ""


def clean_title(line: Line, metadata: Metadata) -> str:
    """Return a heading as the title: whole where the template cut it off and the head of the page has the rest."""
    heading = normalise_line(line.text.removesuffix(date_behind(line, metadata))).lstrip("»›>•- ").strip()
    if _ELLIPSIS.search(heading):
        stump = _key(heading)
        for name in (*metadata.headlines, strip_site(metadata.title, metadata.site_name)):
            if len(name) > len(heading) - 3 and fold_key(name).startswith(stump) and not _ELLIPSIS.search(name):
                return name
    return heading
