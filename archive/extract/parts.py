"""Articles that a CMS cuts into several pages: which part a page is, so that no two articles have one name.

WordPress: `/ten-bai/2/` with links to its parts by their numbers; others: `?page=2`, `?start=1` in the same manner.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from archive.extract.page import Page

__all__ = ["part_number"]

_IN_PATH = re.compile(r"(?P<base>.*[^/])/(?:page/|trang/|page-|trang-)?(?P<number>[2-9]|[1-9]\d)/?")
_IN_QUERY = re.compile(r"(?P<base>.*?)&?(?:page|trang|p)=(?P<number>[2-9]|[1-9]\d)")
_FIRST = re.compile(r"\W*(?:(?:trang|page|phần|part)\s*)?1\W*", re.I)


def part_number(page: Page) -> int | None:
    """Return which part of an article the page at its address is, 2 or more, or None for a whole one or the first.

    The address must end in the number, and the page must link to the address without it by the number 1.
    """
    parts = urlsplit(page.url)
    for pattern, text in ((_IN_PATH, parts.path), (_IN_QUERY, parts.query)):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        path, query = (match["base"], parts.query) if text is parts.path else (parts.path, match["base"])
        first = path.rstrip("/"), query
        for anchor in page.tree.iter("a"):
            if _FIRST.fullmatch("".join(anchor.itertext())) and _place(anchor.get("href") or "", page) == first:
                return int(match["number"])
    return None


def _place(href: str, page: Page) -> tuple[str, str] | None:
    try:
        parts = urlsplit(urljoin(page.base_url, href))
    except ValueError:
        return None
    return (parts.path.rstrip("/"), parts.query) if parts.netloc == urlsplit(page.url).netloc else None
