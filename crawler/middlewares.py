"""Scrapy's downloader middlewares: politeness before a request, the capture right after its response."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from archive.records import Capture
from crawler.crawl import Crawl
from crawler.discovery import LinkKind
from crawler.fetching.errors import Postponed, RobotsForbidden
from crawler.fetching.politeness import retry_after_s

__all__ = ["CaptureMiddleware", "HostCookies", "PolitenessMiddleware"]

_FILE_TIMEOUT_S = 300
_COOKIES_MOST = 50  # a host
_COOKIE_BYTES = 4096


class _OfCrawl:
    """A middleware that reads its crawl once, from the spider that owns it."""

    def __init__(self, crawl: Crawl) -> None:
        self._crawl, self._session = crawl, crawl.session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of this crawl."""
        crawl: Crawl = crawler.spider.crawl  # type: ignore[union-attr]
        return cls(crawl)


class PolitenessMiddleware(_OfCrawl):
    """Lets a request go once robots.txt is known, allows it, and it is its turn; heeds 429, 503 and Retry-After."""

    async def process_request(self, request: Request) -> None:
        """Wait for robots.txt and for the turn; raise RobotsForbidden or Postponed where the request must not go."""
        crawl, session, portal = self._crawl, self._session, request.meta["portal"]
        host = session.host_at(request.url)
        if not request.meta.get("is_robots"):
            await crawl.robots.known(request.url, portal)
            if host.rest_reason:
                raise Postponed(host.rest_reason)
            if not host.allows(request.url):
                raise RobotsForbidden("robots.txt")
        if row := request.meta.get("row"):
            await crawl.probes.known(request.url, portal)
            if row.rank == LinkKind.ATTACHMENT.rank:
                request.meta["download_timeout"] = _FILE_TIMEOUT_S
        request.meta["accepts_broken"] = portal in session.accepts_broken
        await crawl.turns.take(request, host)

    def process_response(self, request: Request, response: Response) -> Response:
        """Slow the host down when it asks for it; then it is the next one's turn."""
        host = self._session.host_at(request.url)
        if response.status in (429, 503):
            header = response.headers.get("Retry-After")
            host.slow_down(time.time(), retry_after_s(header.decode("latin-1") if header else None))
        elif response.status < 500 and not request.meta.get("is_robots"):  # often a file that is there in any case
            host.succeeded(request.meta.get("download_latency", 0.0))
        self._session.hosts.save(host)
        self._crawl.turns.give_back(request, host)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Let the next one have its turn."""
        self._crawl.turns.give_back(request, self._session.host_at(request.url))


class HostCookies:
    """Gives a host back the cookies that it set, and no other host: what portals with sessions need to work.

    Paths and domains are not looked at: a crawl talks to one application a host, and forgets its cookies at the end.
    """

    def __init__(self) -> None:
        self._jars: dict[str, dict[str, tuple[str, bool]]] = {}  # host → name → value, whether it needs TLS

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware."""
        return cls()

    def process_request(self, request: Request) -> None:
        """Add the host's cookies, if it ever set one."""
        is_secure = request.url.startswith("https:")
        jar = {
            name: value
            for name, (value, needs_tls) in self._jars.get(request.meta["host"], {}).items()
            if is_secure or not needs_tls
        }
        if jar:
            request.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the cookies that the host sets."""
        for header in response.headers.getlist("Set-Cookie"):
            pair, _, rest = header.decode("latin-1").partition(";")
            name, equals, value = pair.strip().partition("=")
            if not equals or not name or len(pair) > _COOKIE_BYTES:
                continue
            jar = self._jars.setdefault(request.meta["host"], {})
            attributes = {part.strip().lower() for part in rest.split(";")}
            if any(map(_is_over, attributes)):
                jar.pop(name, None)
            elif name in jar or len(jar) < _COOKIES_MOST:
                jar[name] = (value, "secure" in attributes)
        return response


class CaptureMiddleware(_OfCrawl):
    """Hands every response to the session as a capture, as it came over the wire, before anything else sees it."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Put the capture, and where its reference will be, into the request's meta."""
        if request.meta.get("is_part"):  # of a page that a browser shows: kept with the page, as it was shown
            return response
        capture = Capture(
            requested_url=request.url,
            responded_url=response.url,
            captured_at=datetime.now(UTC),
            http_status=response.status,
            http_reason=_phrase(response.status),
            http_version=(response.protocol or "HTTP/1.1").partition("/")[2] or "1.1",
            headers=_headers(response),
            body=response.body,
            request_headers=_headers(request),
            request_method=request.method,
            request_body=request.body,
            ip_address=str(response.ip_address) if response.ip_address else None,
            certificate=request.meta.get("certificate"),
        )
        request.meta["capture"] = capture
        request.meta["taken"] = self._crawl.intake.capture(request, capture)
        return response


def _headers(message: Request | Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
    )


def _is_over(attribute: str) -> bool:
    """Tell whether an attribute of a cookie (in lower case) ends its life: that is how servers delete one."""
    name, _, value = attribute.partition("=")
    if name.strip() == "max-age":
        return value.strip().startswith(("-", "0"))
    if name.strip() != "expires":
        return False
    try:
        moment = parsedate_to_datetime(value.replace("-", " "))
    except (TypeError, ValueError):
        return False
    return moment.replace(tzinfo=moment.tzinfo or UTC) < datetime.now(UTC)


def _phrase(status: int) -> str:
    """Return the standard phrase of a status: Twisted does not pass on what the server wrote."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
