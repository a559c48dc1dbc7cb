"""Runs a crawl from outside Scrapy: one process, one session, progress on stderr."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from archive.errors import CrawlError
from archive.store import Archive
from crawler.catalogue import Portal
from crawler.interruption import interruptible
from crawler.options import Options
from crawler.progress import Progress
from crawler.returning.agenda import agenda
from crawler.session import Session
from crawler.spiders.portal import PortalSpider
from crawler.start import open_crawl

__all__ = ["due_portals", "run", "scrapy_settings"]


def scrapy_settings() -> Settings:
    """Return the project's settings, as `scrapy crawl` reads them through scrapy.cfg."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


def _collect_seldom() -> None:
    """Let garbage be looked for every few dozen pages: a page makes thousands of records, hardly any in circles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def due_portals(path: Path, names: Collection[str] = ()) -> list[Portal]:
    """Return the portals of the archive of which something is due, of these ids if any are given.

    Raises CrawlError when the archive crawls none at all.
    """
    with Archive.open(path) as archive:
        known = agenda(archive.db)
    if not known:
        raise CrawlError(str(path), "the archive crawls no portal yet", "crawl one by its name or URL first")
    now = time.time()
    return [one.portal for one in known if one.due_at <= now and (not names or one.portal.id in names)]


def run(path: Path, portals: Sequence[Portal], options: Options) -> Session:
    """Crawl and return the closed session with its counts and failures."""
    settings = scrapy_settings()
    process = AsyncCrawlerProcess(settings)
    logging.getLogger("scrapy").setLevel(logging.CRITICAL)  # what fails is counted and told by the session
    crawl = open_crawl(settings, portals, archive=path, options=options)
    _collect_seldom()
    with interruptible(crawl.session):
        try:
            with Progress() as progress:
                crawl.observer = progress.update
                process.crawl(PortalSpider, crawl=crawl)
                process.start(install_signal_handlers=False)
                progress.update(crawl.session)
        finally:
            crawl.close()
    return crawl.session
