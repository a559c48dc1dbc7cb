"""A simulated year of coming back to portals: the schedule against fixed crawls, for freshness and requests.

    python -m benchmarks.schedule             # prints the tables
    python -m benchmarks.schedule --write     # writes them into docs/schedule.md, and docs/schedule.svg

The schedule is that of `crawler.returning.schedule`, function by function; only the portals are made up. The same seed
gives the same year.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from benchmarks.schedule.policies import fixed, scheduled
from benchmarks.schedule.report import Outcome, outcome, plot, table
from benchmarks.schedule.world import DAY, WORLDS, Portal

DOCS = Path(__file__).parent.parent.parent / "docs"


def year(portal: Portal, seed: int) -> tuple[dict[str, Outcome], int]:
    """Return what each way of coming back to a portal led to in a year, and how many articles it had."""
    articles = portal.articles(seed)
    runs = {
        "luutru schedule": scheduled(articles, portal),
        "whole portal daily": fixed(articles, portal, DAY),
        "whole portal weekly": fixed(articles, portal, 7 * DAY),
        "lists daily, articles once": fixed(articles, portal, DAY, only_news=True),
    }
    return {name: outcome(articles, run) for name, run in runs.items()}, len(articles)


def main() -> None:
    """Simulate, and print or write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.schedule", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help="write docs/schedule.md and docs/schedule.svg")
    given = parser.parse_args()
    sections, together, total = [], dict[str, Outcome](), 0
    for portal in WORLDS:
        rows, count = year(portal, given.seed)
        total += count
        together = {name: together[name] + row if together else row for name, row in rows.items()}
        sections.append(f"**{portal.name}** ({count:,} articles, {portal.heads} listings)\n\n{table(rows, count)}")
    sections.insert(0, f"**all three** ({total:,} articles)\n\n{table(together, total)}")
    tables = "\n".join(sections)
    print(tables)
    if given.write:
        page = DOCS / "schedule.md"
        text = page.read_text(encoding="utf-8")
        made = re.sub(r"(?<=<!-- simulated -->\n).*?(?=<!-- end -->)", lambda _: f"\n{tables}\n", text, flags=re.DOTALL)
        page.write_text(made, encoding="utf-8")
        (DOCS / "schedule.svg").write_text(plot(together), encoding="utf-8")


if __name__ == "__main__":
    main()
