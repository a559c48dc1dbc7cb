"""Fetches each host's robots.txt once a crawl, before anything else of that host."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy import Request

from archive.records import PageKind
from crawler.politeness import ROBOTS_MAX_BYTES, Host, RobotsState
from crawler.reasons import reason_of

if TYPE_CHECKING:
    from crawler.session import Session

__all__ = ["Robots"]

_TRIES = 3
_REDIRECTS = 5  # RFC 9309 asks for at least five


class Robots:
    """Knows the rules of every host of a session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def known(self, url: str, portal: str) -> Host:
        """Return the host of the URL once its robots.txt has been read, or could not be."""
        host = self._session.host_at(url)
        if host.robots is RobotsState.UNKNOWN:
            if host.name not in self._tasks:
                self._tasks[host.name] = asyncio.get_running_loop().create_task(self._learn(host, url, portal))
            await self._tasks[host.name]
        return host

    async def _learn(self, host: Host, url: str, portal: str) -> None:
        parts = urlsplit(url)
        robots_url = f"{parts.scheme}://{parts.netloc}/robots.txt"
        for attempt in range(_TRIES):
            try:
                status, body = await self._fetch(robots_url, portal)
            except Exception as error:  # noqa: BLE001 every way in which a host can be out of reach
                reason, is_final = reason_of(error)
                if is_final or attempt == _TRIES - 1:
                    host.robots = RobotsState.UNREACHABLE
                    host.rest(reason)
                    return
                await asyncio.sleep(5**attempt)
            else:
                host.take_robots(status, body)
                await self._session.learned_robots(host, url, portal)
                return

    async def _fetch(self, url: str, portal: str) -> tuple[int, bytes]:
        """Return status and body of robots.txt, redirects followed."""
        for _ in range(_REDIRECTS + 1):
            meta = {"download_slot": portal, "portal": portal, "host": self._session.host_at(url).name}
            request = Request(url, headers=self._session.headers, meta=meta, dont_filter=True)
            response = await self._session.engine.download_async(request)
            self._session.intake.record_kind(request, PageKind.ROBOTS)
            location = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                return response.status, response.body[:ROBOTS_MAX_BYTES]
            url = urljoin(url, location.decode("latin-1"))
            if urlsplit(url).scheme not in ("http", "https"):
                break
        return 404, b""  # RFC 9309 2.3.1.2: too many redirects are as if there were none
