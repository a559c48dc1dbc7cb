"""luutru's crawl with extraction off, on one processor: fetching, finding addresses, the frontier and WARC.

python -m benchmarks.crawl.ours ARCHIVE URL...

The session is the real one but for its worker processes: without extraction there is nothing to share out, so that a
page is parsed and its links are read in the process that fetches.
"""

from __future__ import annotations

import sys
from pathlib import Path

from archive.extract.page import parse
from archive.records import Extraction, PageKind
from benchmarks.crawl import core
from crawler import discovery, run, session
from crawler.analysis.job import Analysis, Job
from crawler.analysis.pool import Pool
from crawler.analysis.turning import rows_in_scope
from crawler.frontier import FrontierRow
from crawler.learning import Learning, Lesson, Outcome
from crawler.options import Options
from crawler.start import resolve

__all__ = ["Discovery"]


class Discovery(Pool):
    """Stands for the worker processes: finds the addresses of a page and makes nothing else of it."""

    def __init__(self, workers: int) -> None:
        """Start no process."""

    async def analyse(self, job: Job) -> Analysis:
        """Return what a page links to."""
        page = parse(job.body, job.url, job.content_type)
        found = discovery.links(page, job.language)
        drops = dict(found.refused)
        rows = rows_in_scope([(link.url, link.rank) for link in found.links], job.hosts, drops)
        return Analysis(Extraction(PageKind.OTHER), links=rows, drops=drops)

    def close(self) -> None:
        """End no process."""

    def kill(self) -> None:
        """End no process."""


class Unlearning(Learning):
    """Stands for what a crawl learns of addresses from what their pages say: here they say nothing."""

    def note(self, row: FrontierRow, outcome: Outcome) -> list[Lesson]:
        """Learn nothing."""
        return []


def main() -> None:
    """Crawl the portals of the command line."""
    core.take()
    folder, *addresses = sys.argv[1:]
    vars(session).update(Pool=Discovery, Learning=Unlearning)  # what a session makes for itself
    run.run(Path(folder), [resolve(address) for address in addresses], Options(delay_s=0.0, workers=1))


if __name__ == "__main__":
    main()
