"""Crawls the same portals with luutru and with CrawlSpider in turn: `python -m benchmarks.crawl --help`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.crawl import core
from benchmarks.crawl.portal import portals
from benchmarks.end_to_end.measure import Cost, run, serving
from benchmarks.end_to_end.portal import Served

_PORTALS = "benchmarks.crawl.portal"


@dataclass(frozen=True, slots=True)
class Run:
    """One pipeline over one set of portals."""

    cost: Cost
    served: Served

    @property
    def figures(self) -> dict[str, float]:
        """Return what is compared."""
        pages = self.served.pages
        return {
            "pages/s on a core": pages / self.served.seconds,
            "CPU ms a page, from the first page on": 1000 * self.cost.crawl_cpu_s / pages,
            "peak memory, MB": self.cost.peak_bytes / 1e6,
            "pages": pages,
            "requests": self.served.requests,
            "not found": self.served.not_found,
        }


def measured(name: str, hosts: int, articles: int) -> Run:
    """Return a run of `plain` or `ours`; ends the program where it fails or misses a page."""
    with tempfile.TemporaryDirectory() as folder, serving(hosts, articles, _PORTALS) as server:
        archive = [str(Path(folder) / "archive")] if name == "ours" else []
        command = [sys.executable, "-m", f"benchmarks.crawl.{name}", *archive, *server.urls]
        cost = run(command, server, Path(folder))
        served = server.stop()
    written = sum(len(portal.pages) for portal in portals(hosts, articles))
    if cost.returncode or served.pages < written:
        sys.exit(f"{name}: exit code {cost.returncode}, {served.pages} of {written} pages\n{cost.stderr[-4000:]}")
    return Run(cost, served)


def main() -> int:
    """Run, print the table, return 0 where luutru is at least six times as fast."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crawl", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--pages", type=int, default=300, help="pages on each host (default 300)")
    parser.add_argument(
        "--plain-pages", type=int, default=151, help="the same for CrawlSpider (default and least: 151)"
    )
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    plain_pages = given.plain_pages
    core.keep_off()
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("luutru", "scrapy", "lxml"))
    )
    print(f"{given.hosts} hosts; pages on each: CrawlSpider {plain_pages}, luutru {given.pages}; in turn", flush=True)
    plain: list[Run] = []
    ours: list[Run] = []
    for number in range(1, given.rounds + 1):
        plain.append(measured("plain", given.hosts, plain_pages))
        ours.append(measured("ours", given.hosts, given.pages))
        print(f"round {number} of {given.rounds} done", file=sys.stderr, flush=True)
    print(f"{'':40}{'CrawlSpider':>12}{'luutru':>12}{'ratio':>9}")
    ratio = 0.0
    for name in plain[0].figures:
        a, b = [one.figures[name] for one in plain], [one.figures[name] for one in ours]
        of_rounds = median(y / x if x else 0.0 for x, y in zip(a, b, strict=True))
        ratio = ratio or of_rounds
        print(f"{name:40}{median(a):>12.1f}{median(b):>12.1f}{of_rounds:>9.2f}")
    return 0 if ratio >= 6 else 1


if __name__ == "__main__":
    sys.exit(main())
