"""What a page is: an article, a listing, something else, or a page that says that there is nothing.

Ordered: what the CMS says outright wins, then the URL's plain words, then the page's shape. A listing shows teasers
(a linked heading with a few sentences below, again and again); an article has a heading that is no link, and text of
its own below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.extract.chrome import is_attachment
from archive.extract.dates import parse_date
from archive.extract.families import Family
from archive.extract.lexicon import find
from archive.extract.metadata import Metadata
from archive.extract.outline import Line, Outline
from archive.extract.select import select
from archive.records import PageKind
from archive.text import fold_key, strip_marks

__all__ = ["Evidence", "classify"]

_EMPTY_CHARS = 60
_HEADLINE_CHARS = 22
_ERROR_TITLE = re.compile(
    r"\b(?:404|page not found|not found|không tìm thấy trang|trang không tồn tại|không tồn tại|error 404|lỗi 404)\b"
)
_ERROR_LINE = re.compile(
    r"không tồn tại|không tìm thấy|đã bị xóa|đã bị gỡ|page not found|could not be found|request rejected|"
    r"page blocked|không có quyền truy cập|truy cập bị từ chối|access denied|đang bảo trì"
)
_MAX_ERROR_PROSE = 500
_CATEGORY_WORDS = 5  # of the name of a category; a description may stand below it

_HOME_PATHS = re.compile(
    r"^/(?:(?:vi|vi-vn|vn|web/guest|portal)/?)?(?:(?:index|default|home|trang-?chu|homepage)(?:\.\w+)?/?)?$"
)
_LISTING_PATHS = re.compile(
    r"/(?:tags?|category|categories|chuyen-muc|author|archives?|page|trang|topic|topics|groups|rss|feed|search|seek|tim-?kiem|"
    r"tag_suggest|keywords?|tu-khoa)/|/page-\d+/?$|/page/\d+/?$|/trang-\d+/?$|/(?:tim-?kiem|search|seek|tag)(?:\.\w+)?/?$|"
    r"^/(?:\d{4})/(?:\d{1,2})/?(?:\d{1,2}/?)?$"
)
_LISTING_QUERY = re.compile(r"(?:^|&)(?:s|q|keyword|paged|cat|tag|m|author|searchword)=[^&]*(?:&|$)")
_OTHER_PATHS = re.compile(
    r"/(?:lien-?he|contact(?:-us)?|dang-?nhap|login|logout|dang-?ky|register|users?|user-login|wp-login|gop-y|hoi-dap|"
    r"so-do(?:-\w+)*|sitemap|site-map|thu-vien-anh|gallery|album|video|videos|feedback|comment|voting|statistics|thong-ke|"
    r"lich-cong-tac|banners?|poll)(?:\.\w+)?/?$"
)
_OTHER_TITLES = frozenset(
    fold_key(t)
    for t in (
        *(
            "Liên hệ",
            "Đăng nhập",
            "Đăng ký",
            "Góp ý",
            "Sơ đồ trang",
            "Sơ đồ site",
            "Sơ đồ website",
            "Thư viện ảnh",
            "Hỏi đáp",
        ),
        *("Sơ đồ cổng", "Liên hệ - góp ý", "Contact", "Login", "Quên mật khẩu", "Thăm dò ý kiến", "Lịch công tác"),
    )
)
_SEARCH_TITLE = re.compile(r"^(?:kết quả tìm kiếm|tìm kiếm|search results?|bạn tìm kiếm|tag|từ khóa|thẻ)\b")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the kind is judged by. `has_body`: the family's own body container stands in the page and holds text."""

    url: str
    outline: Outline
    metadata: Metadata
    family: Family | None
    title: Line | None
    has_body: bool


def classify(evidence: Evidence) -> tuple[PageKind, str]:
    """Return the kind of the page and why."""
    for rule in (_empty, _missing, _said_by_cms, _said_by_url, _said_by_types, _shape):
        if found := rule(evidence):
            return found
    return PageKind.OTHER, "no heading with text of its own"


_Verdict = tuple[PageKind, str] | None


def _empty(e: Evidence) -> _Verdict:
    if e.outline.visible_chars < _EMPTY_CHARS:
        return PageKind.EMPTY, f"{e.outline.visible_chars} characters of text"
    return None


def _missing(e: Evidence) -> _Verdict:
    """A page that says "not found" with status 200: in its title, or alone in its middle."""
    if e.family and e.metadata.body_classes & e.family.missing_classes:
        return PageKind.SOFT_404, "the CMS says so"
    if e.has_body:
        return None
    prose = e.outline.prose[-1]
    title = e.metadata.title.casefold()
    if len(title) < 80 and _ERROR_TITLE.search(title) and prose < _MAX_ERROR_PROSE:
        return PageKind.SOFT_404, f"titled “{e.metadata.title}”"
    if re.search(r"pagenotfounderror", e.url, re.I):
        return PageKind.SOFT_404, "the URL of an error page"
    if prose < _MAX_ERROR_PROSE:
        for line in e.outline.lines:
            if line.reason in ("footer", "nav", "side", "comment", "related") or line.is_link or len(line.text) > 200:
                continue
            phrase = find(line.text)
            is_error = phrase is not None and phrase.kind == "error_page" and not phrase.is_risky
            if is_error or (len(line.text) < 160 and _ERROR_LINE.search(line.text.casefold()) and prose < 200):
                return PageKind.SOFT_404, f"says “{line.text[:80]}”"
    return None


def _said_by_cms(e: Evidence) -> _Verdict:
    family = e.family
    if family is None:
        return None
    classes = e.metadata.body_classes
    if classes & family.article_classes and not classes & family.listing_classes - {
        "author",
        "date",
        "tag",
        "category",
    }:
        return PageKind.ARTICLE, f"{family.name}: {' '.join(sorted(classes & family.article_classes))}"
    for names, kind in ((family.listing_classes, PageKind.LISTING), (family.other_classes, PageKind.OTHER)):
        if found := classes & names:
            return kind, f"{family.name}: {' '.join(sorted(found))}"
    if e.has_body and family.name == "nukeviet":
        return PageKind.ARTICLE, "nukeviet: article body"
    is_website = family.name == "nukeviet" and e.metadata.og_type == "website"
    if is_website and sum(1 for line in e.outline.lines if _is_headline(line)) >= 2:
        return PageKind.LISTING, "nukeviet: og:type website"
    if any(select(e.outline, mark) for mark in family.lists) and not e.has_body:
        return PageKind.LISTING, f"{family.name}: list of articles"
    if is_website:
        return PageKind.OTHER, "nukeviet: og:type website"
    return None


def _said_by_url(e: Evidence) -> _Verdict:
    parts = urlsplit(e.url)
    path = parts.path.casefold() or ("/" if parts.netloc else "")  # a saved page may have no address
    if _HOME_PATHS.match(path) and not parts.query:
        return PageKind.LISTING, "home page"
    if _LISTING_PATHS.search(path) and not e.has_body:
        return PageKind.LISTING, "URL of a listing"
    if _LISTING_QUERY.search(parts.query.casefold()) and not e.has_body and _teasers(e.outline)[0] >= 2:
        return PageKind.LISTING, "URL of a listing"
    heading = fold_key(e.title.text) if e.title else ""
    name = fold_key(e.metadata.title)
    if _OTHER_PATHS.search(path) and not e.has_body:
        return PageKind.OTHER, "URL of a page that is no article"
    if heading in _OTHER_TITLES or name in _OTHER_TITLES:
        return PageKind.OTHER, f"titled “{e.metadata.title or heading}”"
    is_search = bool(_SEARCH_TITLE.match(name) or _SEARCH_TITLE.match(heading))
    if is_search and not e.has_body and _teasers(e.outline)[0] >= 1:
        return PageKind.LISTING, "search results"
    return None


def _said_by_types(e: Evidence) -> _Verdict:
    """What schema.org and OpenGraph say, unless the shape speaks against it."""
    articles = [
        element
        for element in e.outline.typed
        if element in e.outline.block_of
        and re.search(r"schema\.org/(?:News|Reportage)?Article|schema\.org/BlogPosting", element.get("itemtype", ""))
    ]
    if e.metadata.says_listing:
        return PageKind.LISTING, "schema.org: a collection"
    if len(articles) > 2 and not e.has_body:
        return PageKind.LISTING, f"{len(articles)} articles marked up"
    is_listing, why = _looks_like_listing(e)
    if e.metadata.says_article or len(articles) == 1 or e.has_body:
        if is_listing and not e.has_body:
            return PageKind.LISTING, why
        return PageKind.ARTICLE, "article body" if e.has_body else "schema.org: an article"
    return None


def _shape(e: Evidence) -> _Verdict:
    is_listing, why = _looks_like_listing(e)
    if is_listing:
        return PageKind.LISTING, why
    if _has_prose_below_title(e):
        return PageKind.ARTICLE, "a heading with text below"
    if e.title is None and e.outline.prose[-1] >= 600 and e.metadata.og_type != "website":
        return PageKind.ARTICLE, "running text"
    if e.metadata.og_type == "article" and e.outline.prose[-1] >= 80:
        return PageKind.ARTICLE, "og:type"
    headlines = sum(1 for line in e.outline.lines if _is_headline(line))
    if headlines >= 5:
        return PageKind.LISTING, f"{headlines} linked headings"
    return None


def _is_headline(line: Line) -> bool:
    """Whether a line is a linked title, bare or with a date behind it."""
    if line.link_chars < _HEADLINE_CHARS or line.reason in ("nav", "footer", "tags"):
        return False
    return line.is_link or (line.link_chars * 2 > len(line.text) and parse_date(line.text) is not None)


def _is_chrome(line: Line) -> bool:
    """Whether a line is no part of a listing: its headlines, not its teasers, may be called like related articles."""
    return bool(line.reason) and not (line.reason == "related" and _is_headline(line))


def _teasers(outline: Outline, start: int = 0) -> tuple[int, int, int]:
    """Return how many teasers stand from line `start` on, their characters, and the characters of other prose."""
    count = chars = others = 0
    headline_at = -99
    for line in outline.lines[start:]:
        if _is_chrome(line):
            continue
        if _is_headline(line):
            headline_at = line.index
        elif line.is_prose:
            if line.index - headline_at <= 4:
                count += 1
                chars += len(line.text)
                headline_at = -99
            else:
                others += len(line.text)
    return count, chars, others


def _looks_like_listing(e: Evidence) -> tuple[bool, str]:
    """Whether teasers make up most of the prose, or linked headings follow the heading at once."""
    start = e.title.index + 1 if e.title and not e.title.is_link else 0
    count, chars, others = _teasers(e.outline, start)
    is_category = e.metadata.og_type == "website" or e.title is None or len(e.title.text.split()) <= _CATEGORY_WORDS
    if count >= 3 and chars >= others and (is_category or not _starts_with_prose(e)):
        return True, f"{count} teasers"
    if e.title is not None and not e.title.is_link:
        headlines = 0
        for line in e.outline.lines[start:]:
            if line.reason:
                continue
            if line.is_prose:
                break
            headlines += _is_headline(line)
        if headlines >= 3 and others < 400:
            return True, f"{headlines} linked headings below the heading"
        if headlines >= 2 and others == 0:
            return True, f"{headlines} linked headings and no text"
        first = next((line for line in e.outline.lines[start:] if not _is_chrome(line)), None)
        if is_category and count and others == 0 and first is not None and _is_headline(first):
            return True, f"the name of a category and {count} teasers"
        if others == 0 and any(_names_documents(line) for line in e.outline.lines[start : start + 6]):
            return True, "a table of documents"
    return False, ""


def _names_documents(line: Line) -> bool:
    """Whether a line is the head of a table of documents: "Số ký hiệu | Ngày ban hành | Trích yếu"."""
    if line.tag != "row":
        return False
    phrases = [find(cell) for cell in line.text.split(" | ")]
    return sum(phrase is not None and phrase.kind == "legal_doc" and phrase.is_whole for phrase in phrases) >= 2


def _starts_with_prose(e: Evidence) -> bool:
    """Whether the first thing of weight below the heading is text of its own."""
    if e.title is None or e.title.is_link:
        return False
    for line in e.outline.lines[e.title.index + 1 : e.title.index + 25]:
        if line.reason:
            continue
        if _is_headline(line):
            return False
        if line.is_prose:
            return True
    return False


def _has_prose_below_title(e: Evidence) -> bool:
    """Whether there is a heading, unlinked and long enough for one, with text or a document below it."""
    if e.title is None or (e.title.is_link and e.title.tag != "h1"):
        return False
    if _starts_with_prose(e):
        return True
    # A notice: a date or a document's link below a heading that is no name of a category.
    if len(strip_marks(e.title.text).split()) < 5:
        return False
    near = [
        i for i in e.outline.lines[e.title.index + 1 : e.title.index + 15] if i.reason not in ("related", "nav", "side")
    ]
    return any(is_attachment(line) for line in near) or any(len(i.text) >= 40 and not i.is_link for i in near[:6])
