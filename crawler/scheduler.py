"""Scrapy's scheduler over the frontier table: hands out what is due, host after host, never much of one portal."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable
from typing import Self

from scrapy import Request, Spider
from scrapy.core.scheduler import BaseScheduler
from scrapy.crawler import Crawler

from crawler.crawl import Crawl
from crawler.fetching.politeness import PATIENCE_S
from crawler.frontier import FrontierRow
from crawler.returning.validators import conditions

__all__ = ["FrontierScheduler"]

_CLAIM = 64  # rows read at once
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json; charset=utf-8"
_OUTSTANDING = 1  # requests of a portal at a time: a second one would go out although the first brought a Retry-After


class FrontierScheduler(BaseScheduler):
    """Claims rows of the frontier and makes requests of them.

    A host without due rows is left alone until a commit brings it some (`Session.wake`) or its next row falls due, so
    that asking for the next request costs no query while nothing has changed.
    """

    def __init__(self, crawl: Crawl) -> None:
        self._crawl, self._session = crawl, crawl.session
        self._claimed: dict[str, deque[FrontierRow]] = {}  # by host, in turn
        self._dry_until: dict[str, float] = {}  # Unix time; inf: nothing known to come
        self._outstanding: dict[str, int] = {}  # by portal
        self._issued = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the scheduler of this crawl."""
        crawl: Crawl = crawler.spider.crawl  # type: ignore[union-attr]
        return cls(crawl)

    def open(self, spider: Spider) -> None:
        """Take up the hosts that the portals' addresses are on."""
        self._session.wake = self.wake
        self._session.released = self.released
        self._session.reconsider = self.reconsider

    def wake(self, hosts: Iterable[str]) -> None:
        """Look again at these hosts: their rows have changed."""
        for host in hosts:
            self._claimed.setdefault(host, deque())
            self._dry_until.pop(host, None)
        self._ask_engine()

    def reconsider(self) -> None:
        """Keep of what was claimed only what is still to be fetched: something was learned of its addresses."""
        for host, rows in self._claimed.items():
            self._claimed[host] = deque(self._crawl.learner.admitted(rows))

    def released(self, portal: str) -> None:
        """Note that a request of the portal has left the downloader."""
        self._outstanding[portal] = self._outstanding.get(portal, 1) - 1
        self._ask_engine()

    def has_pending_requests(self) -> bool:
        """Tell whether anything is due, or will be within the patience of a crawl."""
        if self._is_over() or not self._session.has_begun:
            return not self._session.has_begun
        horizon = time.time() + PATIENCE_S
        for host, rows in self._claimed.items():
            politeness = self._session.host(host)
            if politeness is not None and politeness.rest_reason:
                continue
            if rows or self._dry_until.get(host, 0.0) <= horizon:
                return True
        return False

    def enqueue_request(self, request: Request) -> bool:
        """Refuse: requests come from the frontier alone."""
        return False

    def next_request(self) -> Request | None:
        """Return the next request that may be sent, or None for now."""
        if self._is_over() or not self._session.has_begun:
            return None
        now = time.time()
        for _ in range(len(self._claimed)):
            host = next(iter(self._claimed))
            rows = self._claimed.pop(host)
            self._claimed[host] = rows  # to the end: hosts take turns
            row = self._next_row(host, rows, now)
            if row is not None:
                return self._request(row)
        return None

    def _ask_engine(self) -> None:
        """Make the engine ask for a request now: left alone it asks when a response is done with, or every 5 s."""
        slot = self._session.engine._slot
        if slot is not None:
            slot.nextcall.schedule()

    def _next_row(self, host: str, rows: deque[FrontierRow], now: float) -> FrontierRow | None:
        politeness = self._session.host(host)
        if politeness is not None and (politeness.rest_reason or politeness.resume_at > now):  # it would only wait
            return None
        if not rows:
            self._claim(host, rows, now)
        if rows and self._outstanding.get(rows[0].portal, 0) < _OUTSTANDING:
            return rows.popleft()
        return None

    def _claim(self, host: str, rows: deque[FrontierRow], now: float) -> None:
        session = self._session
        if self._dry_until.get(host, 0.0) > now:
            return
        claimed = session.frontier.claim(host, int(now), _CLAIM, session.taken, session.portals)
        rows.extend(self._crawl.learner.admitted(claimed))
        session.taken.update(row.key for row in rows)
        if not rows:
            due_at = session.frontier.next_due(host, session.taken)
            self._dry_until[host] = float("inf") if due_at is None else float(max(due_at, now + 1))

    def _request(self, row: FrontierRow) -> Request:
        self._issued += 1
        self._outstanding[row.portal] = self._outstanding.get(row.portal, 0) + 1
        meta = {"row": row, "portal": row.portal, "download_slot": row.portal, "host": row.host}
        spider = self._session.engine.spider
        posted = row.posted
        headers = {**self._session.headers, **conditions(row)}
        if posted is not None:
            headers = {**headers, "Content-Type": _JSON if posted.startswith(b"{") else _FORM}
        return Request(
            self._crawl.intake.loops.asked(row.url, row.host) if posted is None else row.url,
            method="GET" if posted is None else "POST",
            body=posted,
            headers=headers,
            errback=getattr(spider, "failed", None),
            meta=meta,
            dont_filter=True,
        )

    def _is_over(self) -> bool:
        most = self._session.options.max_pages
        if most is not None and self._issued >= most:
            self._session.stop(f"{most} pages were fetched")
        return self._session.is_over()
