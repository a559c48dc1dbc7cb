"""Scrapy's downloader middlewares: politeness before a request, the capture right after its response."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.records import Capture
from crawler.politeness import retry_after_s
from crawler.session import Session

__all__ = ["CaptureMiddleware", "HostCookies", "PolitenessMiddleware", "RobotsForbidden"]


class RobotsForbidden(IgnoreRequest):
    """robots.txt does not allow the URL."""


class _WithSession:
    """A middleware that reads its session once, from the spider that owns it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of this crawl."""
        session: Session = crawler.spider.session  # type: ignore[union-attr]
        return cls(session)


class PolitenessMiddleware(_WithSession):
    """Lets a request go only once the host's robots.txt is known and allows it; heeds 429, 503 and Retry-After."""

    async def process_request(self, request: Request) -> None:
        """Wait for robots.txt; raise RobotsForbidden where it says no."""
        if "row" not in request.meta:  # robots.txt itself
            return
        host = await self._session.robots.known(request.url, request.meta["portal"])
        if not host.allows(request.url):
            raise RobotsForbidden(host.rest_reason or "robots.txt")

    def process_response(self, request: Request, response: Response) -> Response:
        """Slow the host down when it asks for it."""
        host = self._session.host_at(request.url)
        if response.status in (429, 503):
            header = response.headers.get("Retry-After")
            host.slow_down(time.time(), retry_after_s(header.decode("latin-1") if header else None))
            self._session.apply_delay(request.meta["download_slot"], host.delay_s)
        elif response.status < 500:
            host.succeeded()
        return response


class HostCookies:
    """Gives a host back the cookies that it set, and no other host: what portals with sessions need to work.

    Paths, domains and lifetimes are not looked at: a crawl talks to one application a host and ends soon.
    """

    def __init__(self) -> None:
        self._jars: dict[str, dict[str, str]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware."""
        return cls()

    def process_request(self, request: Request) -> None:
        """Add the host's cookies, if it ever set one."""
        if jar := self._jars.get(request.meta["host"]):
            request.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the cookies that the host sets."""
        for header in response.headers.getlist("Set-Cookie"):
            name, equals, value = header.decode("latin-1").partition(";")[0].strip().partition("=")
            if equals and name:
                jar = self._jars.setdefault(request.meta["host"], {})
                jar[name] = value
        return response


class CaptureMiddleware(_WithSession):
    """Hands every response to the session as a capture, as it came over the wire, before anything else sees it."""

    def process_response(self, request: Request, response: Response) -> Response:
        """Put the capture, and where its reference will be, into the request's meta."""
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
        )
        request.meta["capture"] = capture
        request.meta["taken"] = self._session.intake.capture(request, capture)
        return response


def _headers(message: Request | Response) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        for value in values
    )


def _phrase(status: int) -> str:
    """Return the standard phrase of a status: Twisted does not pass on what the server wrote."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
