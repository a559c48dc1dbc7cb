"""The pipeline that people write today, as a good programmer writes it in an afternoon.

    python -m benchmarks.end_to_end.naive OUT.db URL...

Scrapy with its default settings (robots.txt off, no delay), a `LinkExtractor` and a `Request` for every link,
trafilatura with metadata on every article page, datasketch's MinHash and MinHashLSH in memory, SQLite with a commit
a row. One concession: it is told which addresses are articles, so that it does not extract listings.
"""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import scrapy
import trafilatura
from datasketch import MinHash, MinHashLSH
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response, TextResponse
from scrapy.linkextractors import LinkExtractor
from trafilatura.settings import Document

__all__ = ["PortalSpider", "StorePipeline"]

ARTICLE = re.compile(r"-\d+(\.html)?/?$|/portal/Pages/\d{4}-|chitiet\.aspx|/\d{4}/\d\d/")


class PortalSpider(scrapy.Spider):
    """Follows every link of its hosts and yields an item for each article."""

    name = "portal"

    def __init__(self, urls: list[str], database: str) -> None:
        super().__init__()
        self.start_urls = urls
        self.database = database
        self.links = LinkExtractor(allow_domains=[urlsplit(url).netloc for url in urls])

    def parse(self, response: Response) -> Iterator[object]:
        """Yield the article of a page and a request for each of its links."""
        if not isinstance(response, TextResponse):
            return
        if ARTICLE.search(response.url):
            document = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
            if isinstance(document, Document):
                yield {"url": response.url, **document.as_dict()}
        for link in self.links.extract_links(response):
            yield scrapy.Request(link.url, callback=self.parse)


class StorePipeline:
    """Looks for near copies and stores each article."""

    def __init__(self, database: str) -> None:
        self.index = MinHashLSH(threshold=0.8, num_perm=128)
        self.database = sqlite3.connect(database)
        self.database.execute(
            "CREATE TABLE articles (url TEXT PRIMARY KEY, title TEXT, author TEXT, date TEXT, text TEXT, copy_of TEXT)"
        )

    @classmethod
    def from_crawler(cls, crawler: scrapy.crawler.Crawler) -> StorePipeline:
        """Return the pipeline for the database that the spider was given."""
        return cls(crawler.spider.database)  # type: ignore[union-attr]

    def process_item(self, item: dict[str, str]) -> dict[str, str]:
        """Return the item, stored."""
        words = (item["text"] or "").split()
        minhash = MinHash(num_perm=128)
        for shingle in {" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))}:
            minhash.update(shingle.encode())
        copies = self.index.query(minhash)
        self.index.insert(item["url"], minhash)
        row = (item["url"], item["title"], item["author"], item["date"], item["text"], copies[0] if copies else None)
        self.database.execute("INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?)", row)
        self.database.commit()
        return item


def main() -> None:
    """Crawl the portals of the command line into a database."""
    database, *urls = sys.argv[1:]
    settings = {"ROBOTSTXT_OBEY": False, "LOG_LEVEL": "ERROR", "ITEM_PIPELINES": {StorePipeline: 300}}
    process = CrawlerProcess(settings)
    process.crawl(PortalSpider, urls=urls, database=database)
    process.start()


if __name__ == "__main__":
    main()
