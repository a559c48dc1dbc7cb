"""Fetches each host's robots.txt before anything else of that host, and again when it is a day old."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

from scrapy import Request, signals
from scrapy.exceptions import StopDownload
from scrapy.http import Response

from archive.content import decode
from archive.errors import CutShort
from archive.records import PageKind
from crawler import discovery, frontier, urls
from crawler.fetching.errors import NotPublic, Postponed
from crawler.fetching.politeness import ROBOTS_MAX_BYTES, Host
from crawler.fetching.reasons import reason_of
from crawler.fetching.turns import Turns
from crawler.frontier import new_row
from crawler.session import Session

__all__ = ["Robots"]

_TRIES = 3
_WAIT_S = 1.0  # before the second try, then five times as long
_REDIRECTS = 5  # RFC 9309 asks for at least five
_TIMEOUT_S = 30


class Robots:
    """Knows the rules of every host of a session."""

    def __init__(self, session: Session, turns: Turns) -> None:
        self._session, self._turns = session, turns
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sizes: dict[Request, int] = {}  # of what is being fetched

    async def known(self, url: str, portal: str) -> Host:
        """Return the host of the URL once its robots.txt has been read, or could not be."""
        host = self._session.host_at(url)
        if not host.rest_reason and not host.has_fresh_rules(time.time()):
            if host.name not in self._tasks:
                task = asyncio.get_running_loop().create_task(self._learn(host, url, portal))
                self._tasks[host.name] = task
                task.add_done_callback(lambda _: self._tasks.pop(host.name))
            await asyncio.shield(self._tasks[host.name])
        return host

    async def _learn(self, host: Host, url: str, portal: str) -> None:
        parts = urlsplit(url)
        robots_url = f"{parts.scheme}://{parts.netloc}/robots.txt"
        for attempt in range(_TRIES):
            is_last = attempt == _TRIES - 1
            try:
                request, status, body = await self._fetch(robots_url, portal)
            except Postponed:
                raise
            except NotPublic as error:
                host.robots_failed(str(error))
                return
            except Exception as error:  # noqa: BLE001 every way in which a host can be out of reach
                reason, is_final = reason_of(error)
                self._session.failed(host, reason)
                if is_final or is_last:
                    host.robots_failed(reason)
                    return
            else:
                if is_last or host.rest_reason or not (status == 429 or status >= 500):
                    odd = host.take_robots(status, body, time.time())
                    self._turns.keep_gap(request, host)
                    self._session.record_kind(request, PageKind.ROBOTS, odd)
                    if not host.rest_reason:
                        await self._add_sitemaps(host, url, portal)
                    return
                self._session.record_kind(request, PageKind.ROBOTS, f"status {status}")
            await asyncio.sleep(_WAIT_S * 5**attempt)

    async def _fetch(self, url: str, portal: str) -> tuple[Request, int, bytes]:
        """Return the last request for robots.txt, the status and the body of its answer, redirects followed."""
        for redirects in range(_REDIRECTS + 1):
            meta = {
                "download_slot": portal,
                "portal": portal,
                "host": self._session.host_at(url).name,
                "download_timeout": _TIMEOUT_S,
                "is_robots": True,
            }
            request = Request(url, headers=self._session.headers, meta=meta, dont_filter=True)
            with self._bounded(request):
                response = await self._session.engine.download_async(request)
            location = response.headers.get("Location")
            if response.status not in (301, 302, 303, 307, 308) or not location:
                return request, response.status, _decoded(response, url)
            url = urljoin(url, location.decode("latin-1").strip())
            if redirects == _REDIRECTS or urlsplit(url).scheme not in ("http", "https"):
                break
            self._session.record_kind(request, PageKind.ROBOTS, f"redirects to {url}")
        return request, 404, b""  # RFC 9309 2.3.1.2: too many redirects are as if there were none

    async def _add_sitemaps(self, host: Host, url: str, portal: str) -> None:
        """Take the sitemaps that robots.txt names, or the usual places, as entry points."""
        session = self._session
        if session.options.due_only or portal not in session.portals:
            return
        known = host.sitemaps
        if not known and urls.host_of(session.portals[portal].url) == host.name:
            known = tuple(discovery.seeds(url))
        scope = session.portals[portal].hosts
        found = [clean for address in known if (clean := urls.canonical(address, url)) and urls.in_scope(clean, scope)]
        rows = [new_row(address, 0) for address in found]
        await session.write(lambda transaction: frontier.add(transaction.db, portal, rows, int(time.time())))
        session.wake({row.host for row in rows})

    @contextmanager
    def _bounded(self, request: Request) -> Iterator[None]:
        """Stop the download where the part of robots.txt ends that is read; what came until then is taken."""
        crawler_signals = self._session.engine.crawler.signals
        if not self._sizes:
            crawler_signals.connect(self._received, signals.bytes_received)
        self._sizes[request] = 0
        try:
            yield
        finally:
            del self._sizes[request]
            if not self._sizes:
                crawler_signals.disconnect(self._received, signals.bytes_received)

    def _received(self, data: bytes, request: Request) -> None:
        if request in self._sizes:
            self._sizes[request] += len(data)
            if self._sizes[request] > ROBOTS_MAX_BYTES:
                raise StopDownload(fail=False)


def _decoded(response: Response, url: str) -> bytes:
    """Return the body with its encoding undone, as much of it as is read; raises CutShort where it broke off."""
    encoding = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
    if not encoding and response.body.startswith(b"\x1f\x8b"):
        encoding = "gzip"
    try:
        payload = decode(response.body, encoding, ROBOTS_MAX_BYTES)
    except ValueError as error:
        raise CutShort(url, str(error)) from error
    if not payload.is_whole and not payload.is_cut and "download_stopped" not in response.flags:
        raise CutShort(url, "the answer broke off")
    return payload.body
