"""Scrapy's CrawlSpider with a LinkExtractor, as its documentation shows it, on one processor.

python -m benchmarks.crawl.plain URL...
"""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import CrawlSpider, Rule

from benchmarks.crawl import core

__all__ = ["PlainSpider"]


class PlainSpider(CrawlSpider):
    """Follows every link of its hosts and makes nothing of the pages."""

    name = "plain"

    def __init__(self, urls: list[str]) -> None:
        self.start_urls = urls
        hosts = [urlsplit(url).netloc for url in urls]
        self.rules = (Rule(LinkExtractor(allow_domains=hosts), callback="parse_page", follow=True),)
        super().__init__()

    def parse_page(self, response: Response) -> None:
        """Make nothing of a page."""


def main() -> None:
    """Crawl the portals of the command line."""
    core.take()
    process = CrawlerProcess({"ROBOTSTXT_OBEY": False, "LOG_LEVEL": "ERROR"})
    process.crawl(PlainSpider, urls=sys.argv[1:])
    process.start()


if __name__ == "__main__":
    main()
