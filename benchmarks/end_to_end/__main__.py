"""Runs both pipelines in turn on the same portals and compares: `python -m benchmarks.end_to_end --help`."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.end_to_end.check import Verdict, judge, read_naive, read_ours
from benchmarks.end_to_end.measure import Cost, run, serving
from benchmarks.end_to_end.portal import Portal, Served, portals

LUUTRU = str(Path(sys.executable).with_name("luutru"))


@dataclass(frozen=True, slots=True)
class Run:
    """One pipeline over one set of portals."""

    cost: Cost
    served: Served
    verdict: Verdict

    @property
    def figures(self) -> dict[str, float]:
        """Return what is compared."""
        pages = self.served.pages
        return {
            "pages/s, first to last page": pages / self.served.seconds,
            "pages/s, whole process": pages / self.cost.wall_s,
            "CPU ms a page, from the first page on": 1000 * self.cost.crawl_cpu_s / pages,
            "CPU ms a page, whole process": 1000 * self.cost.cpu_s / pages,
            "peak memory of all processes, MB": self.cost.peak_bytes / 1e6,
        }


def naive_run(made: list[Portal], hosts: int, pages: int) -> Run:
    """Return a run of the pipeline that people write today."""
    with tempfile.TemporaryDirectory() as name, serving(hosts, pages) as server:
        database = Path(name) / "articles.db"
        command = [sys.executable, "-m", "benchmarks.end_to_end.naive", str(database), *server.urls]
        cost = run(command, server, Path(name))
        _expect_success(cost, "naive")
        return Run(cost, server.stop(), judge(made, server.urls, read_naive(database)))


def luutru_run(made: list[Portal], hosts: int, pages: int, options: list[str]) -> Run:
    """Return a run of `luutru crawl` with everything on."""
    with tempfile.TemporaryDirectory() as name, serving(hosts, pages) as server:
        archive = Path(name) / "archive"
        command = [LUUTRU, "crawl", *server.urls, "--archive", str(archive), "--delay", "0", *options]
        cost = run(command, server, Path(name))
        _expect_success(cost, "luutru")
        return Run(cost, server.stop(), judge(made, server.urls, read_ours(archive)))


def _expect_success(cost: Cost, name: str) -> None:
    if cost.returncode:
        sys.exit(f"{name}: exit code {cost.returncode}\n{cost.stderr[-4000:]}")


def report(naive: list[Run], ours: list[Run]) -> str:
    """Return the table: medians of both, and the median of the ratios round by round."""
    lines = [f"{'':40}{'naive':>12}{'luutru':>12}{'ratio':>9}"]
    for name in (naive or ours)[0].figures:
        a, b = [one.figures[name] for one in naive], [one.figures[name] for one in ours]
        ratios = [y / x for x, y in zip(a, b, strict=False)]
        lines.append(f"{name:40}{_number(a):>12}{_number(b):>12}{_number(ratios):>9}")
    for name in Verdict.__dataclass_fields__:
        a, b = [getattr(one.verdict, name) for one in naive], [getattr(one.verdict, name) for one in ours]
        lines.append(f"{name.replace('_', ' '):40}{_number(a, 4):>12}{_number(b, 4):>12}")
    for name in Served.__dataclass_fields__:
        a, b = [getattr(one.served, name) for one in naive], [getattr(one.served, name) for one in ours]
        lines.append(f"{'served: ' + name.replace('_', ' '):40}{_number(a):>12}{_number(b):>12}")
    return "\n".join(lines)


def _number(values: list[float], digits: int = 3) -> str:
    if not values:
        return "-"
    value = median(values)
    return f"{value:,.0f}" if float(value).is_integer() or value >= 1000 else f"{value:.{digits}g}"


def failures(ours: list[Run]) -> list[str]:
    """Return what our pipeline did not do as it must, one line each."""
    found = []
    for number, verdict in enumerate((one.verdict for one in ours), 1):
        if verdict.found < verdict.written:
            found.append(f"round {number}: {verdict.written - verdict.found} of {verdict.written} articles are missing")
        if verdict.strangers:
            found.append(f"round {number}: {verdict.strangers} pages stored as articles are none")
        if verdict.text_f1 < 0.98:
            found.append(f"round {number}: text F1 {verdict.text_f1:.3f}, expected at least 0.98")
        if verdict.chrome_lines:
            found.append(f"round {number}: {verdict.chrome_lines} lines of chrome in the texts")
        if verdict.copies_found < verdict.copies_written or verdict.copies_false:
            found.append(
                f"round {number}: {verdict.copies_found} of {verdict.copies_written} copies found, "
                f"{verdict.copies_false} false"
            )
    return found


def main() -> int:
    """Run, print the table, return 0 where our pipeline did its whole job."""
    described = (__doc__ or "").partition(":")[0]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.end_to_end", description=described)
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--pages", type=int, default=300, help="articles on each host (default 300)")
    parser.add_argument("--naive-pages", type=int, help="the same for the naive pipeline (default: a fifth of --pages)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("naive", "luutru"), help="run one of the two")
    parser.add_argument("--option", action="append", default=[], help="for luutru crawl: --option=--workers=1")
    given = parser.parse_args()
    naive_pages = given.naive_pages or max(1, given.pages // 5)
    print(
        f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in ("luutru", "scrapy", "trafilatura", "datasketch", "lxml"))
    )
    print(
        f"{given.hosts} hosts; articles on each: naive {naive_pages}, luutru {given.pages}; "
        f"{given.rounds} rounds, in turn"
    )
    made_naive, made = portals(given.hosts, naive_pages), portals(given.hosts, given.pages)
    naive: list[Run] = []
    ours: list[Run] = []
    for number in range(1, given.rounds + 1):
        if given.only != "luutru":
            naive.append(naive_run(made_naive, given.hosts, naive_pages))
        if given.only != "naive":
            ours.append(luutru_run(made, given.hosts, given.pages, given.option))
        print(f"round {number} of {given.rounds} done", file=sys.stderr, flush=True)
    print(report(naive, ours))
    wrong = failures(ours)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    if not shutil.which(LUUTRU):
        sys.exit(f"{LUUTRU}: not found; install the project first (make bench does)")
    sys.exit(main())
