"""The spider: fetches what the frontier says and hands it to the session."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.errors import LuutruError
from crawler.fetching.errors import Postponed, RobotsForbidden, TooLarge
from crawler.fetching.reasons import reason_of
from crawler.session import Session
from crawler.start import open_session

__all__ = ["PortalSpider"]


class PortalSpider(Spider):
    """Crawls portals into an archive: `scrapy crawl portal -a url=https://… [-a archive=DIR]`, or `luutru crawl`."""

    name = "portal"

    def __init__(self, session: Session, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.session = session

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return the spider with its session; `session` comes from the command line, else it is opened here."""
        try:
            session = kwargs.pop("session", None) or open_session(crawler.settings, **kwargs)
        except LuutruError as error:
            raise SystemExit(f"luutru: {error}") from error  # Scrapy would print where it was raised
        spider = cls(session)
        spider._set_crawler(crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Begin the session; requests come from the frontier."""
        assert self.crawler.engine is not None
        self.session.engine = self.crawler.engine
        await self.session.begin()
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request

    async def parse(self, response: Response) -> None:
        """Bring a response into the archive."""
        assert response.request is not None
        row = response.request.meta["row"]
        if not self.session.rendering.shows(row.portal):
            self.session.released(row.portal)
            await self.session.intake.process(row, response.request, response)
            return
        try:
            await self.session.intake.process(row, response.request, response)
        finally:  # what the page asks for comes before the next page
            self.session.released(row.portal)

    async def failed(self, failure: Failure) -> None:
        """Note why there was no response."""
        row = failure.request.meta["row"]  # type: ignore[attr-defined]
        self.session.released(row.portal)
        error = failure.value or RuntimeError("no reason was given")
        if isinstance(error, RobotsForbidden):
            await self.session.setbacks.forbid(row)
        elif isinstance(error, Postponed):
            self.session.setbacks.leave(row)
        else:
            reason, is_final = reason_of(error)
            await self.session.setbacks.fail(row, reason, is_final=is_final, is_answer=isinstance(error, TooLarge))

    async def closed(self, reason: str) -> None:
        """Commit what is under way and close the archive."""
        await self.session.rendering.close()
        self.session.close()
