"""`scrapy crawl`, ending as `luutru crawl` does: what failed on stderr, and the exit code of the contract."""

from __future__ import annotations

import argparse
import sys

from scrapy.commands import crawl

from crawler.outcome import exit_code, failures

__all__ = ["Command"]


class Command(crawl.Command):
    """Scrapy's own command, but for its end: that one says 0 whatever became of the crawl."""

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the spider, and say how it went."""
        if len(args) != 1 or self.crawler_process is None:
            super().run(args, opts)
            return
        crawler = self.crawler_process.create_crawler(args[0])
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        session = getattr(crawler.spider, "session", None)
        if session is None:
            self.exitcode = 1
            return
        sys.stderr.writelines(f"{line}\n" for line in failures(session))
        self.exitcode = exit_code(session)
