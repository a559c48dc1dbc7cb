"""The spider: fetches what the frontier says and hands it to the crawl."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.errors import LuutruError
from crawler.crawl import Crawl
from crawler.fetching.errors import Postponed, RobotsForbidden, TooLarge
from crawler.fetching.reasons import reason_of
from crawler.start import open_crawl

__all__ = ["PortalSpider"]


class PortalSpider(Spider):
    """Crawls portals into an archive: `scrapy crawl portal -a url=https://… [-a archive=DIR]`, or `luutru crawl`."""

    name = "portal"

    def __init__(self, crawl: Crawl, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.crawl, self.session = crawl, crawl.session

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Return the spider of a crawl; `crawl` comes from the command line, else it is opened here."""
        try:
            crawl = kwargs.pop("crawl", None) or open_crawl(crawler.settings, **kwargs)
        except LuutruError as error:
            raise SystemExit(f"luutru: {error}") from error  # Scrapy would print where it was raised
        spider = cls(crawl)
        spider._set_crawler(crawler)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Begin the crawl; requests come from the frontier."""
        assert self.crawler.engine is not None
        self.session.engine = self.crawler.engine
        await self.crawl.begin()
        nothing: tuple[Any, ...] = ()
        for request in nothing:
            yield request

    async def parse(self, response: Response) -> None:
        """Bring a response into the archive."""
        assert response.request is not None
        row = response.request.meta["row"]
        if not self.crawl.rendering.shows(row.portal):
            self.session.released(row.portal)
            await self.crawl.intake.process(row, response.request, response)
            return
        try:
            await self.crawl.intake.process(row, response.request, response)
        finally:  # what the page asks for comes before the next page
            self.session.released(row.portal)

    async def failed(self, failure: Failure) -> None:
        """Note why there was no response."""
        row = failure.request.meta["row"]  # type: ignore[attr-defined]
        self.session.released(row.portal)
        error = failure.value or RuntimeError("no reason was given")
        if isinstance(error, RobotsForbidden):
            await self.crawl.setbacks.forbid(row)
        elif isinstance(error, Postponed):
            self.crawl.setbacks.leave(row)
        else:
            reason, is_final = reason_of(error)
            await self.crawl.setbacks.fail(row, reason, is_final=is_final, is_answer=isinstance(error, TooLarge))

    async def closed(self, reason: str) -> None:
        """Commit what is under way and close the archive."""
        await self.crawl.rendering.close()
        self.crawl.close()
