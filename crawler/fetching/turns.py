"""Whose turn it is: one request at a time for each portal and for each server, with a gap after each answer.

The gap is counted from the end of an answer, so that what the server sees is never less than what was asked for,
however long the connection takes. Hosts that share an address share a server; on this machine a port is a server.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import CannotResolveHostError

from crawler.fetching.addresses import Addresses, is_public
from crawler.fetching.errors import NotPublic, Postponed
from crawler.fetching.politeness import LONGEST_PACE_S, Host, until_night_s
from crawler.session import Session

__all__ = ["Turns"]

JITTER = 0.25  # a gap is up to a quarter longer than it must be
_SLICE_S = 0.5  # how soon a wait notices that the crawl ends


@dataclass(slots=True, eq=False)
class _Lane:
    """What takes one request at a time; `ready_at` is on the monotonic clock."""

    ready_at: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Turns:
    """Gives turns to the requests of a session. `first_at`: monotonic time before which no request goes out."""

    def __init__(self, session: Session, addresses: Addresses | None = None) -> None:
        self.addresses = addresses or Addresses()
        self.first_at = 0.0
        self._session = session
        self._portals: dict[str, _Lane] = {}
        self._servers: dict[str, _Lane] = {}
        self._inside: dict[str, bool] = {}
        self._random = random.Random()  # noqa: S311 jitter

    async def take(self, request: Request, host: Host) -> None:
        """Return when the request may be sent; a part of a page that is shown follows the page without a gap.

        Raises Postponed when it shall not be in this crawl, NotPublic when it must not be, CannotResolveHostError.
        """
        portal = request.meta["portal"]
        lanes = (self._lane(self._portals, portal), await self._server(request.url, portal))
        taken: list[_Lane] = []
        try:
            for lane in lanes:
                await lane.lock.acquire()
                taken.append(lane)
            await self._wait(host, () if request.meta.get("is_part") else lanes)
        except BaseException:
            for lane in taken:
                lane.lock.release()
            raise
        request.meta["turn"] = lanes

    def give_back(self, request: Request, host: Host) -> None:
        """Note that the answer has ended, or that there is none; the gap begins."""
        lanes = request.meta.pop("turn", ())
        if not lanes:
            return
        request.meta["ended"] = lanes, time.monotonic()
        self.keep_gap(request, host)
        for lane in lanes:
            lane.lock.release()

    def keep_gap(self, request: Request, host: Host) -> None:
        """Keep the host's gap from the end of this request's answer, also where the answer itself made it longer."""
        lanes, ended_at = request.meta["ended"]
        longer = 1 + self._random.uniform(0, JITTER)
        # What robots.txt asks for concerns the portal; other sites on the same server need not wait for that long.
        for lane, gap_s in zip(lanes, (host.gap_s, min(host.gap_s, LONGEST_PACE_S)), strict=True):
            lane.ready_at = max(lane.ready_at, ended_at + gap_s * longer)

    async def _wait(self, host: Host, lanes: Sequence[_Lane]) -> None:
        while True:
            if host.rest_reason or self._session.is_abandoned():
                raise Postponed(host.rest_reason or self._session.stop_reason)
            now = time.time()
            wait_s = max([host.resume_at - now, *(lane.ready_at - time.monotonic() for lane in lanes)])
            if self._session.options.night:
                wait_s = max(wait_s, until_night_s(datetime.fromtimestamp(now, UTC)))
            if wait_s <= 0:
                return
            await asyncio.sleep(min(wait_s, _SLICE_S))

    def _lane(self, lanes: dict[str, _Lane], key: str) -> _Lane:
        if key not in lanes:
            lanes[key] = _Lane(self.first_at)
        return lanes[key]

    async def _server(self, url: str, portal: str) -> _Lane:
        """Return the lane of the URL's server; raises NotPublic."""
        parts = urlsplit(url)
        addresses = await self.addresses.of(parts.hostname or "")
        outside = [address for address in addresses if is_public(address)]
        if len(outside) < len(addresses) and not await self._is_inside(portal):
            private = next(address for address in addresses if address not in outside)
            raise NotPublic(f"{parts.hostname} is {private}, an address inside a private network")
        port = f":{parts.port or parts.scheme}"
        keys = [address + port if ip_address(address).is_loopback else address for address in addresses]
        lane = next((self._servers[key] for key in keys if key in self._servers), None) or _Lane(self.first_at)
        for key in keys:
            self._servers.setdefault(key, lane)
        return lane

    async def _is_inside(self, portal: str) -> bool:
        """Tell whether the portal itself is inside a private network, by its own address."""
        if portal not in self._inside:
            name = urlsplit(self._session.portals[portal].url).hostname or ""
            try:
                addresses = await self.addresses.of(name)
            except CannotResolveHostError:
                return False
            self._inside[portal] = not all(map(is_public, addresses))
        return self._inside[portal]
