"""What the five portals have in common: routes, pagination, fixed pages, attachments, feeds and sitemaps."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from .manifest import Category, DemoArticle, DemoPortal
from .markup import layout

__all__ = ["Answer", "Manner", "Visit", "article_time", "weekday"]

_VIETNAM = timezone(timedelta(hours=7))
_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
_GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
_GIF += b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
_ASSETS = re.compile(r".*\.(?:gif|jpe?g|png|ico|css|js)")


@dataclass(frozen=True, slots=True)
class Visit:
    """One request as a portal sees it. `hit` counts the requests that the portal has had."""

    target: str  # path and query
    hit: int
    today: date

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> Mapping[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query))

    def number(self, name: str, default: int = 1) -> int:
        """Return a number out of the query, `default` where there is none."""
        value = self.query.get(name, "")
        return int(value) if value.isdecimal() else default

    @property
    def token(self) -> str:
        """A session id: another at every hit, the same in every run."""
        return hashlib.sha256(f"session {self.hit}".encode()).hexdigest()[:26]

    @property
    def online(self) -> int:
        return 40 + self.hit * 7 % 389


@dataclass(frozen=True, slots=True)
class Answer:
    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    location: str | None = None  # of a redirect
    is_cacheable: bool = False  # answered with an ETag, and with 304 when nothing has changed


class Manner(ABC):
    """A portal in the manner of one CMS; a subclass renders its pages.

    `urls` are the addresses of all demo portals by id, for absolute links and for links to neighbours.
    """

    routes: ClassVar[tuple[tuple[str, str], ...]] = ()  # pattern of the path → name of the method
    page_size: ClassVar[int] = 3
    robots: ClassVar[str | None] = None  # None: there is none
    attachments: ClassVar[str] = "/tep/"

    def __init__(self, portal: DemoPortal, urls: Mapping[str, str]) -> None:
        self.portal, self.urls, self.url = portal, urls, urls[portal.id].rstrip("/")
        self.layout = layout(portal.id)
        self._routes = [(re.compile(pattern), name) for pattern, name in self.routes]
        self._fixed = {page.path: page for page in portal.pages}
        self._by_path = {article.path: article for article in portal.articles}

    def answer(self, visit: Visit) -> Answer:
        """Return what the portal says."""
        if visit.path == "/robots.txt" and self.robots is not None:
            return Answer(self.robots.format(url=self.url).encode(), content_type="text/plain")
        if visit.target in self._fixed:
            return self.fixed(visit)
        if visit.path.startswith(self.attachments) and visit.path.endswith(".pdf"):
            return Answer(_pdf(visit.path), content_type="application/pdf", is_cacheable=True)
        for pattern, name in self._routes:
            if match := pattern.fullmatch(visit.path):
                answer: Answer = getattr(self, name)(visit, *match.groups())
                return answer
        if _ASSETS.fullmatch(visit.path):
            return Answer(_GIF, content_type="image/gif", is_cacheable=True)
        return self.missing(visit)

    @abstractmethod
    def fixed(self, visit: Visit) -> Answer:
        """A page that is no article."""

    def missing(self, visit: Visit) -> Answer:
        """The answer to an address that the portal does not know."""
        return Answer(f"<html><body><h1>404</h1><p>{escape(visit.path)}</p></body></html>".encode(), 404)

    def turn(self, articles: Sequence[DemoArticle], page: int) -> tuple[Sequence[DemoArticle], int]:
        """Return the articles of one page of a listing, and how many pages there are."""
        size = self.page_size
        return articles[(page - 1) * size : page * size], max(1, -(-len(articles) // size))

    def category(self, **wanted: str | int) -> Category | None:
        """Return the category of an id or a slug, or None."""
        ((name, value),) = wanted.items()
        return next((c for c in self.portal.categories if str(getattr(c, name)) == str(value)), None)

    def neighbours(self) -> list[tuple[str, str]]:
        """Return names and addresses of the other demo portals."""
        return [(f"Cổng {name}", url) for name, url in self.urls.items() if name != self.portal.id]

    def others(self, article: DemoArticle, count: int) -> list[DemoArticle]:
        """Return the articles that stand next to one in the portal's order, itself left out."""
        rest = [other for other in self.portal.articles if other is not article]
        start = self.portal.articles.index(article) % len(rest)
        return (rest[start:] + rest[:start])[:count]

    def rss(self, articles: Sequence[DemoArticle]) -> Answer:
        """An RSS 2.0 feed."""
        items = "".join(
            f"<item><title>{escape(a.title)}</title><link>{escape(self.url + a.path)}</link>"
            f'<guid isPermaLink="true">{escape(self.url + a.path)}</guid>'
            f"<description><![CDATA[{a.summary}]]></description>"
            f"<pubDate>{format_datetime(article_time(a))}</pubDate></item>"
            for a in articles
        )
        head = f"<title>{escape(self.portal.name)}</title><link>{self.url}/</link><language>vi</language>"
        feed = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
        return Answer(feed.encode(), content_type="text/xml; charset=utf-8", is_cacheable=True)

    def urlset(self, articles: Sequence[DemoArticle]) -> Answer:
        """A sitemap of articles."""
        urls = "".join(
            f"<url><loc>{escape(self.url + a.path)}</loc><lastmod>{article_time(a).isoformat()}</lastmod></url>"
            for a in articles
        )
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        sitemap = f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="{space}">{urls}</urlset>'
        return Answer(sitemap.encode(), content_type="text/xml; charset=utf-8", is_cacheable=True)


def article_time(article: DemoArticle) -> datetime:
    """Return when an article was published: with a time of day also where its page prints none."""
    if article.published_at is None:
        return datetime(2012, 1, 1, tzinfo=_VIETNAM)
    if "T" in article.published_at:
        return datetime.fromisoformat(article.published_at)
    return datetime.fromisoformat(article.published_at).replace(
        hour=article.number * 5 % 24, minute=article.number * 13 % 60, tzinfo=_VIETNAM
    )


def weekday(day: date) -> str:
    """Return the weekday's name, as "Thứ tư"."""
    return _WEEKDAYS[day.weekday()]


def _pdf(name: str) -> bytes:
    """Return a PDF file of one page that shows the file's own name."""
    stream = f"BT /F1 18 Tf 72 720 Td ({name.rpartition('/')[2]}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n%b%b" % (size, table, end)
