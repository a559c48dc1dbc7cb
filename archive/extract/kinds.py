"""What a page is: an article, a listing, something else, or what a server sends instead of a page.

Ordered: a page that stands in for another says so; then what the CMS says outright wins, then the URL's plain words,
then the page's shape.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.extract.evidence import Evidence, Verdict
from archive.extract.outline import Outline
from archive.extract.select import select
from archive.extract.shape import (
    by_shape,
    is_dated,
    is_headline,
    looks_like_listing,
    starts_with_text,
    teasers,
    whole_entries,
)
from archive.extract.standins import HOME_PATHS, stand_in
from archive.records import PageKind
from archive.text import fold_key

__all__ = ["classify"]

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
# Classes of listings and pages that articles have, too.
_ON_ARTICLES = frozenset(("author", "date", "tag", "category", "page"))
_ABOUT_PATHS = re.compile(r"/(?:gioi-thieu(?:-chung)?|about(?:-us)?|ve-chung-toi|co-cau-to-chuc)(?:\.\w+)?/?$")
_ABOUT_TITLES = frozenset(
    fold_key(t)
    for t in ("Giới thiệu", "Giới thiệu chung", "Cơ cấu tổ chức", "Sơ đồ tổ chức", "Về chúng tôi", "About", "About us")
)
_SEARCH_TITLE = re.compile(r"^(?:kết quả tìm kiếm|tìm kiếm|search results?|bạn tìm kiếm|tag|từ khóa|thẻ)\b")


def classify(evidence: Evidence) -> tuple[PageKind, str]:
    """Return the kind of the page and why."""
    for rule in (stand_in, _said_by_cms, _said_by_url, _said_by_types, by_shape):
        if found := rule(evidence):
            return _standing_page(evidence) or found if found[0] is PageKind.ARTICLE else found
    return PageKind.OTHER, "no heading with text of its own"


def _said_by_cms(e: Evidence) -> Verdict:
    family = e.family
    if family is None:
        return None
    classes = e.metadata.body_classes
    if len(classes) < 2 and family.generator not in e.metadata.generator.casefold():
        classes = frozenset()  # "home" on every page: a word of the template's, not of the CMS
    against = (family.listing_classes | family.other_classes) - _ON_ARTICLES
    if (found := classes & family.article_classes) and not classes & against:
        return PageKind.ARTICLE, f"{family.name}: {' '.join(sorted(found))}"
    for names, kind in ((family.listing_classes, PageKind.LISTING), (family.other_classes, PageKind.OTHER)):
        if found := classes & names:
            return kind, f"{family.name}: {' '.join(sorted(found))}"
    if e.has_body and family.has_own_body:
        return PageKind.ARTICLE, f"{family.name}: article body"
    is_other = e.metadata.og_type in family.listing_types
    if is_other and sum(1 for line in e.outline.lines if is_headline(line)) >= 2:
        return PageKind.LISTING, f"{family.name}: og:type {e.metadata.og_type}"
    if any(_side_by_side(e.outline, selector) for selector in family.entries):
        return PageKind.LISTING, f"{family.name}: several articles"
    if any(select(e.outline, mark) for mark in family.lists) and not e.has_body:
        return PageKind.LISTING, f"{family.name}: list of articles"
    if is_other:
        return PageKind.OTHER, f"{family.name}: og:type {e.metadata.og_type}"
    return None


def _side_by_side(outline: Outline, selector: str) -> bool:
    """Whether several elements of that name stand in one block, each with text of its own."""
    blocks = (outline.blocks[outline.block_of[e]] for e in select(outline, selector) if e in outline.block_of)
    parents = [block.parent for block in blocks if outline.prose_of(block)]
    return len(parents) > len(set(parents))


def _said_by_url(e: Evidence) -> Verdict:
    parts = urlsplit(e.url)
    path = parts.path.casefold() or ("/" if parts.netloc else "")  # a saved page may have no address
    if HOME_PATHS.match(path) and not parts.query:
        return PageKind.LISTING, "home page"
    is_linked = e.title is not None and e.title.is_link  # elsewhere: the body below it is another page's
    if _LISTING_PATHS.search(path) and (is_linked or not e.has_body):
        return PageKind.LISTING, "URL of a listing"
    if _LISTING_QUERY.search(parts.query.casefold()) and not e.has_body:
        count, chars, others = teasers(e.outline)
        if count >= 2 and chars >= others:
            return PageKind.LISTING, "URL of a listing"
    heading = fold_key(e.title.text) if e.title else ""
    name = fold_key(e.metadata.title)
    if _OTHER_PATHS.search(path) and not e.has_body:
        return PageKind.OTHER, "URL of a page that is no article"
    if heading in _OTHER_TITLES or name in _OTHER_TITLES:
        return PageKind.OTHER, f"titled “{e.metadata.title or heading}”"
    is_search = bool(_SEARCH_TITLE.match(name) or _SEARCH_TITLE.match(heading))
    if is_search and not e.has_body and teasers(e.outline)[0] >= 1:
        return PageKind.LISTING, "search results"
    return None


def _standing_page(e: Evidence) -> Verdict:
    """What a page of text is that no article is: the agency about itself."""
    names = {fold_key(e.title.text) if e.title else "", fold_key(e.metadata.title)}
    if names & _ABOUT_TITLES or _ABOUT_PATHS.search(urlsplit(e.url).path.casefold()):
        return PageKind.OTHER, "the agency about itself"
    if e.family and e.family.name == "nukeviet" and "page-bodyhtml" in e.outline.by_id:
        return PageKind.OTHER, "nukeviet: page"
    return None


def _said_by_types(e: Evidence) -> Verdict:
    """What schema.org and OpenGraph say, unless the shape speaks against it."""
    articles = [
        element
        for element in e.outline.typed
        if element in e.outline.block_of
        and re.search(r"schema\.org/(?:News|Reportage)?Article|schema\.org/BlogPosting", element.get("itemtype", ""))
    ]
    if e.metadata.says_listing:
        return PageKind.LISTING, "schema.org: a collection"
    if entries := whole_entries(e):
        return PageKind.LISTING, f"{entries} linked headings with text below"
    if e.has_body:
        return PageKind.ARTICLE, "article body"
    is_listing, why = looks_like_listing(e)
    if len(articles) > 2 and not (is_dated(e) or starts_with_text(e)):
        return PageKind.LISTING, f"{len(articles)} articles marked up"
    if e.metadata.says_article or len(articles) == 1:
        if is_listing:
            return PageKind.LISTING, why
        return PageKind.ARTICLE, "schema.org: an article"
    return None
