"""`extract`: a parsed page → its kind, and its article with what was left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from urllib.parse import urljoin, urlsplit

from archive.chrome.apply import find_container, learned_chrome
from archive.chrome.model import Learned
from archive.chrome.observe import Observes, observe
from archive.extract.attached import find_attachments
from archive.extract.body import family_body, family_chrome, family_title, find_body
from archive.extract.byline import Byline, is_account, is_person, is_signature, read_byline, read_labelled
from archive.extract.chrome import clean
from archive.extract.date_lines import is_date_line, is_update_line
from archive.extract.dates import parse_date
from archive.extract.evidence import Evidence
from archive.extract.fields import (
    Surroundings,
    find_author,
    find_category,
    find_language,
    find_published_at,
    find_source,
)
from archive.extract.flatten import flatten
from archive.extract.inserts import is_attachment
from archive.extract.kinds import classify
from archive.extract.lexicon import find
from archive.extract.metadata import read_metadata
from archive.extract.outline import Body, Line, Outline
from archive.extract.page import Page
from archive.extract.parts import part_number
from archive.extract.reasons import Reasons
from archive.extract.recognise import recognise
from archive.extract.removals import find_removals
from archive.extract.repeats import unglued
from archive.extract.spam import gambling, gambling_title
from archive.extract.title import clean_title, find_title, strip_site
from archive.records import Article, Extraction, PageKind
from archive.text import normalise, normalise_line

__all__ = ["RULES_VERSION", "extract"]

RULES_VERSION = 3  # raised when the same page gives another text
MAX_CHARS = 600_000  # a code of law has 400,000; beyond it one page would hold up a worker for seconds
MAX_LINES = 15_000
_BYLINE_LINES = 10  # from the end of the text
_HEADER_LINES = 6
_HEADER_LABEL = re.compile(
    r"\W*(?:(?:chuyên mục|danh mục|thể loại|category)\s*:\s*.{1,60}|chi tiết|details|by|bởi)\W*", re.I
)
_BUTTON_CHARS, _ACCOUNT_CHARS = 20, 4
_SIGNED_LINES = 4  # between the office of who signs and the name


def extract(
    page: Page,
    *,
    captured_at: datetime,
    explained: bool = True,
    learned: Learned | None = None,
    observes: Observes = Observes.NO,
) -> Extraction:
    """Return what `page` is, its article where it is one, and what was left out of the text with the reasons.

    Without `explained` the removals name their reasons alone, which is all that a crawl keeps. `learned`: what the
    archive knows of the portal; `observes`: whether an article comes with what it tells of the portal.

    Pure: the same page gives the same extraction, and its tree is left as it was.
    """
    outline = flatten(page.tree, urlsplit(page.url).netloc)
    if (visible_chars := outline.visible_chars) > MAX_CHARS:
        return Extraction(PageKind.BROKEN, None, (), visible_chars, f"{visible_chars:,} characters of text, too many")
    if len(outline.lines) > MAX_LINES:
        return Extraction(PageKind.BROKEN, None, (), visible_chars, f"{len(outline.lines):,} lines of text, too many")
    _unlink_own(outline, page)
    metadata = read_metadata(page.tree)
    family = recognise(outline, metadata.generator)
    title = find_title(outline, metadata, family_title(outline, family) if family else None)
    if title is not None:
        title = outline.trust(title)
    container = family_body(outline, family, title) if family else None
    has_body = container is not None and title is not None
    evidence = Evidence(page.url, page.tree, outline, metadata, family, title, has_body)
    kind, reason = classify(evidence)
    if kind is not PageKind.ARTICLE:
        if why := gambling_title(metadata.title, outline):
            kind, reason = PageKind.SPAM, why
        return Extraction(kind, visible_chars=visible_chars, reason=reason)
    known = learned or None
    while True:
        body = find_body(outline, family, title, known)
        if body is None or not body.lines:
            return Extraction(PageKind.OTHER, visible_chars=visible_chars, reason="an article without a body")
        heading = title or _heading_above(outline, body)
        surroundings = Surroundings(page.url, outline, metadata, family, heading, body)
        article, text = _compose(surroundings, captured_at, known)
        if article.text or known is None:
            break
        known = None  # the page is of another making than those that were learned from
    removed = find_removals(surroundings, text.lines, text.reasons, explained=explained)
    if not article.text or not article.title:
        missing = "text" if article.title else "title"
        return Extraction(PageKind.OTHER, None, removed, visible_chars, f"an article without {missing}")
    if why := gambling(article.title, article.text, outline):
        return Extraction(PageKind.SPAM, None, removed, visible_chars, why)
    if number := part_number(page):
        name = "trang" if article.language == "vi" else "page"
        article = replace(article, title=f"{article.title} ({name} {number})")
    attachments = find_attachments(page, outline, body, heading)
    observation = None
    if observes is Observes.YES or (observes and learned and find_container(outline, learned) is None):
        alone = find_body(outline, family, title) if learned else body  # what was learned must not confirm itself
        observation = observe(outline, (alone.lines[0], alone.lines[-1] + 1)) if alone and alone.lines else None
    return Extraction(
        kind,
        article,
        removed,
        visible_chars,
        reason,
        attachments,
        observation=observation,
    )


def _unlink_own(outline: Outline, page: Page) -> None:
    """Take the link off headings that link to their own page: they are no entries of a list."""
    for line in outline.lines:
        if line.link_chars and line.is_heading and line.is_link and _links_to_itself(line, page):
            outline.lines[line.index] = line._replace(link_chars=0, href="")


def _links_to_itself(line: Line, page: Page) -> bool:
    try:
        linked = urljoin(page.base_url, line.href)
    except ValueError:
        return False
    own, other = (url.partition("#")[0].partition("://")[2].rstrip("/") for url in (page.url, linked))
    return own.removeprefix("www.") == other.removeprefix("www.")


def _heading_above(outline: Outline, body: Body) -> Line | None:
    """Return the last heading before the first running text of a page whose `<title>` says nothing."""
    lines = outline.lines
    first_prose = next((i for i in body.lines if lines[i].is_prose), body.lines[0])
    above = lines[max(body.start, first_prose - 12) : first_prose]
    marked = [i for i in above if 8 <= len(i.text) <= 300 and not i.is_link and not i.reason and not parse_date(i.text)]
    headings = [i for i in marked if i.is_heading] or [i for i in marked if i.bold_chars * 2 > len(i.text)]
    return headings[-1] if headings else None


@dataclass(slots=True)
class _Text:
    """The lines that stay, and what the bylines among those that go have said."""

    lines: list[Line]
    reasons: Reasons
    author: str | None = None
    source: str | None = None

    def left(self) -> list[tuple[int, Line]]:
        return [(i, line) for i, line in enumerate(self.lines) if i not in self.reasons]

    def take(self, position: int, byline: Byline) -> None:
        self.reasons[position] = "byline"
        self.author = self.author or byline.author
        self.source = self.source or byline.source


def _compose(s: Surroundings, captured_at: datetime, learned: Learned | None) -> tuple[Article, _Text]:
    """Return the article that the surroundings hold, and its lines with why some are left out."""
    lines = [s.outline.lines[i] for i in dict.fromkeys((*s.body.lead, *s.body.lines))]
    if s.title is not None:
        lines = [line for line in lines if line is not s.title]
    lines = unglued(lines)
    title = _title(s)
    recurring = learned_chrome(s.outline, s.body, learned) if learned else frozenset()
    # What the lexicon knows as well opens regions: it is left to `clean`.
    chrome = {i: "learned" for i in recurring if not find(s.outline.lines[i].text)}
    chrome |= family_chrome(s.outline, s.family) if s.family else {}
    known = {position: chrome[line.index] for position, line in enumerate(lines) if line.index in chrome}
    text = _Text(lines, clean(lines, title, known, is_exact=s.body.is_exact))
    text.reasons.update((i, "learned") for i, line in text.left() if line.index in recurring)
    _take_header(text, len(s.body.lead))
    _take_bylines(text)
    author, source = text.author or find_author(s), text.source or find_source(s)
    texts = [normalise_line(line.text) for _, line in text.left()]
    texts = [line for line in texts if line]
    captions = [normalise_line(lines[i].text) for i, reason in sorted(text.reasons.items()) if reason == "caption"]
    joined = normalise("\n".join(texts))
    article = Article(
        title=title,
        text=joined,
        lead=_lead(s, text),
        author=author,
        source=source,
        category=find_category(s),
        language=find_language(joined, s.metadata),
        published_at=find_published_at(s, texts, captured_at),
        captions=tuple(dict.fromkeys(caption for caption in captions if " " in caption.strip())),
        extractor=f"{s.body.extractor}/{RULES_VERSION}",
    )
    return article, text


def _title(s: Surroundings) -> str:
    if s.title is not None:
        return clean_title(s.title, s.metadata)
    return next(iter(s.metadata.headlines), "") or strip_site(s.metadata.title, s.metadata.site_name)


def _take_header(text: _Text, lead: int) -> None:
    """Take out what stands between heading, lead and text: dates, bylines, labels of an article's header.

    `lead`: how many of the lines are the lead, which come first.
    """
    left = text.left()
    for (position, line), (_, below) in pairwise(left[: _HEADER_LINES + 1]):
        if position < lead:
            continue
        if (line.is_prose and len(line.text) > 90) or line.tag == "row":
            break
        phrase = find(line.text)
        is_label = phrase is not None and phrase.kind == "meta_label" and not phrase.is_risky
        is_label = is_label or _HEADER_LABEL.fullmatch(line.text) is not None
        if is_label or is_date_line(line.text) or is_update_line(line.text):
            text.reasons[position] = "date"
        elif byline := read_byline(line.text, is_marked=False, is_last=False):
            text.take(position, byline)
        elif line.link_chars and _is_button(line):
            text.reasons[position] = "nav"
        elif len(line.text) >= _ACCOUNT_CHARS and is_account(line.text):
            text.take(position, Byline())
        elif is_person(line.text, by_family=True) and not is_person(below.text):
            text.take(position, Byline(author=normalise_line(line.text)))


def _is_button(line: Line) -> bool:
    """Whether a link between heading and text is a button: short, or one that leads nowhere."""
    is_short = len(line.text) <= _BUTTON_CHARS and not is_attachment(line)
    return is_short or (line.is_link and line.is_button)


def _take_bylines(text: _Text) -> None:
    """Take out the lines behind the text that say who wrote it and where it is from, from the last upwards."""
    is_last = True
    behind = text.left()[-_BYLINE_LINES:]
    for index in range(len(behind) - 1, -1, -1):
        position, line = behind[index]
        if line.tag == "row" or (not read_labelled(line.text) and _is_signed(behind, index)):
            is_last = False  # who signed a document did not write an article
            continue
        is_marked = (
            line.align == "right" or line.bold_chars * 2 > len(line.text) or line.italic_chars * 2 > len(line.text)
        )
        byline = read_byline(line.text, is_marked=is_marked, is_last=is_last)
        if byline is not None and len(text.left()) > 1:
            text.take(position, byline)
        elif is_last and (
            is_update_line(line.text)
            or (len(line.text) <= 60 and (phrase := find(line.text)) and phrase.kind == "meta_label")
        ):
            text.reasons[position] = "date"
        elif line.is_prose:
            break  # above it stands text
        else:
            is_last = False


def _is_signed(lines: list[tuple[int, Line]], index: int) -> bool:
    """Whether a line belongs to a signature: its office stands above, or right below as in letters."""
    above = (line.text for _, line in lines[max(0, index - _SIGNED_LINES) : index + 1])
    below = lines[index + 1][1].text if index + 1 < len(lines) else ""
    return any(map(is_signature, above)) or is_signature(below.upper())


def _lead(s: Surroundings, text: _Text) -> str | None:
    """Return the lead: what the page marks as one, or the first paragraph where it is bold."""
    marked = {id(s.outline.lines[i]) for i in s.body.lead}
    left = text.left()
    if marked:
        found = [normalise_line(line.text) for _, line in left if id(line) in marked]
        return "\n".join(found) or None
    if len(left) > 1 or (left and "caption" in text.reasons.values()):
        first = left[0][1]
        if first.is_prose and first.bold_chars * 10 >= len(first.text) * 7:
            return normalise_line(first.text)
    return None
