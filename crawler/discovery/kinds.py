"""What an address probably leads to, told from its shape alone. A hint for the order of a crawl, never a verdict."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

__all__ = ["LinkKind", "kind_of"]


class LinkKind(StrEnum):
    """What a link probably leads to."""

    SITEMAP = "sitemap"
    FEED = "feed"
    ARTICLE = "article"
    LISTING = "listing"
    PAGINATION = "pagination"
    PAGE = "page"
    ATTACHMENT = "attachment"

    @property
    def rank(self) -> int:
        """Return the place in the order of a crawl, 0 first.

        An article goes before the next listing, so that a crawl that is cut short has articles and each listing's
        yield is fetched before the listing moves on.
        """
        return _RANKS[self]


_RANKS = {
    LinkKind.SITEMAP: 0,
    LinkKind.FEED: 0,
    LinkKind.ARTICLE: 1,
    LinkKind.LISTING: 2,
    LinkKind.PAGINATION: 3,
    LinkKind.PAGE: 4,
    LinkKind.ATTACHMENT: 5,
}

_EXTENSION = r"(?:\.(?:html?|aspx?|php|jsp|cpx))?/?"
# All expressions see the path, or `?key=value&…`, in lower case. The first rule that hits decides.
_PATHS = (
    (LinkKind.ATTACHMENT, r".*\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|txt|csv|epub)(?:/[0-9a-f-]{36})?/?"),
    (LinkKind.SITEMAP, r".*/[^/]*sitemap[^/]*\.xml(?:\.gz)?"),
    (LinkKind.FEED, r".*/(?:feed|rss|atom)(?:/[^.]*)?|.*[/.](?:feed|rss|atom|rdf)(?:\.xml|\.aspx|\.php)?"),
    (LinkKind.FEED, r".*/_layouts/(?:15/)?(?:listfeed|genrss)\.aspx"),
    # page-2, page/2/, trang-2, p2.html; the VHV platform writes -c<category>-<page>.html.
    (LinkKind.PAGINATION, rf".*/(?:page|trang)[-_/]?\d+{_EXTENSION}|.*/p\d{{1,4}}{_EXTENSION}|.*-c\d+-\d+\.html"),
    (LinkKind.PAGINATION, rf".*[-/](?:page|trang)-?\d{{1,4}}{_EXTENSION}"),
    # Liferay, SharePoint by day, WordPress by day, Drupal.
    (LinkKind.ARTICLE, r".*/-/(?:asset_publisher/[^/]+/content/.+|(?=[^/]*[a-z])[^/-]*-[^/]+|.*[-/]\d{3,})/?"),
    (LinkKind.ARTICLE, rf".*/(?:19|20)\d\d[-/]\d{{1,2}}(?:[-/]\d{{1,2}})?/[^/a-z]*[a-z][^/]*{_EXTENSION}|.*/node/\d+"),
    # A number at the end of a slug (NukeViet, vnPortal), before it (Joomla), in a folder beside it (ministries).
    (LinkKind.ARTICLE, rf".*/[^/-]+(?:-+[^/-]+)+-+\d+{_EXTENSION}|.*/[^/]+-\d{{4,}}{_EXTENSION}"),
    (LinkKind.ARTICLE, rf".*/[^/]+-[ptcn]\d+(?:-[ptcn]\d+)+{_EXTENSION}|.*/\d+-[a-z][^/-]*(?:-+[^/-]+){{2,}}"),
    (LinkKind.ARTICLE, r".*/nid/\d+(?:/[^/]+)?/?"),
    (LinkKind.ARTICLE, r".*/\d{3,}/[^/a-z]*[a-z][^/]*|.*/[^/-]+(?:-+[^/-]+){2,}/\d{3,}/?"),
    # Seven syllables: the name of a category is shorter.
    (LinkKind.ARTICLE, r".*/(?:[^/-]+-){6}[^/]+"),
    (LinkKind.LISTING, r"/|.*/(?:category|categories|chuyen-muc|chuyen-trang|danh-muc|tin-tuc|news|archives?)(?:/.*)?"),
    (LinkKind.LISTING, rf".*/[a-z0-9_%.]+(?:-[a-z0-9_%.]+){{0,5}}{_EXTENSION}"),
)
_QUERIES = (
    (LinkKind.FEED, r"(?:feed|format=feed|feed=.*|type=(?:rss|atom)|rss|rss=.*)"),
    (LinkKind.SITEMAP, r"sitemap(?:=.*|[\w-]*)"),
    (
        LinkKind.PAGINATION,
        r"(?:page|paged|pages|page_?(?:index|no|num|number)|start|limitstart|offset|trang|(?:\w+_)?cur|pg|pn|paging"
        r"|currentpage|p_page|dnn_page|pagefirstrow)=\d+"
        r"|op=.*(?:/|%2f)page-\d+",
    ),
    (
        LinkKind.ARTICLE,
        r"(?:(?:item|news|article|post|tin)_?id|nid|idtin|ddocname|p)=[a-z_]*\d\w*|view=article|op=[^/%]*(?:/|%2f).*-\d+",
    ),
    (LinkKind.ARTICLE, r"/.*/\d{3,}"),  # "?/slug/123": the whole path is in the query
)
_PATH_RULES = tuple((kind, re.compile(rule)) for kind, rule in _PATHS)
_QUERY_RULES = tuple((kind, re.compile(rule)) for kind, rule in _QUERIES)
_TAIL = 500  # the end tells; the time that a rule takes can grow with the square of the length
_ID = re.compile(r"id=\d+")
_SCRIPT = re.compile(r"\.(?:php|aspx?|jsp)$")
_CATEGORY = re.compile(r"(?:cat|cat_?id|cate_?id|category|category_?id)=\w+|view=category|op=.+")


@lru_cache(maxsize=1 << 15)
def kind_of(url: str) -> LinkKind:
    """Return what a canonical address probably leads to."""
    address, _, query = url.lower().partition("?")
    path = address[address.find("/", address.find("://") + 3) :]
    if len(path) > _TAIL:
        path = "/" + path[-_TAIL:]
    pairs = query.split("&") if query else []
    for kind, rule in _QUERY_RULES:
        if any(map(rule.fullmatch, pairs)):
            return kind
    shape = next((kind for kind, rule in _PATH_RULES if rule.fullmatch(path)), LinkKind.PAGE)
    if pairs and shape is LinkKind.LISTING:
        # A slug or a script, and an id beside it.
        if (path.count("-") >= 2 or _SCRIPT.search(path)) and any(map(_ID.fullmatch, pairs)):
            return LinkKind.ARTICLE
        return LinkKind.LISTING if any(map(_CATEGORY.fullmatch, pairs)) else LinkKind.PAGE
    return shape
