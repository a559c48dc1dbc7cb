"""Does a crawl that is killed again and again end as one that nobody disturbed?

    python -m benchmarks.kills --kills 50

The demo portals are crawled twice: once in peace, and once killed with SIGKILL (with all its processes) at random
moments and started again each time with the same command, at last until it is done. Then the two archives are
compared: articles, texts, clusters, and what is known of every address.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.demo.server import serve

__all__ = ["Outcome", "crawl_killed", "crawl_undisturbed", "holdings"]

_LUUTRU = [sys.executable, "-P", "-m", "crawler"]
_LEAST_S, _MOST_S = 0.2, 6.0  # from start to kill: from before the archive is open to well into the crawl


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a crawl went that was killed: kills that hit it, pages that were fetched more than once, and how often."""

    kills: int
    fetched: int
    fetched_again: int


def crawl_undisturbed(urls: Sequence[str], archive: Path, delay_s: float) -> None:
    """Crawl in one go."""
    subprocess.run(_command(urls, archive, delay_s), check=True, capture_output=True)


def crawl_killed(urls: Sequence[str], archive: Path, delay_s: float, kills: int, seed: int) -> Outcome:
    """Crawl, killed so many times; `delay_s` must be long enough for the crawl to last that long."""
    chance, hits = random.Random(seed), 0
    for _ in range(kills):
        crawl = subprocess.Popen(
            _command(urls, archive, delay_s),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            crawl.wait(_LEAST_S + chance.random() * (_MOST_S - _LEAST_S))
        except subprocess.TimeoutExpired:
            os.killpg(crawl.pid, signal.SIGKILL)
            crawl.wait()
            hits += 1
        time.sleep(0.1)
    crawl_undisturbed(urls, archive, delay_s)
    with sqlite3.connect(archive / "archive.db") as db:
        query = "SELECT page_id FROM captures WHERE kind NOT IN ('robots', 'error')"
        times = Counter(row[0] for row in db.execute(query))
    return Outcome(hits, sum(times.values()), sum(count - 1 for count in times.values()))


def holdings(archive: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what an archive holds, without ids, times and places in files, which depend on the order of events."""
    with sqlite3.connect(archive / "archive.db") as db:
        return {name: sorted(db.execute(query).fetchall(), key=repr) for name, query in _HOLDINGS.items()}


_HOLDINGS = {
    "articles": """SELECT id, url, portal, title, lead, author, source, category, published_at, revision, text_digest,
        cluster_id, is_representative FROM articles""",
    "links": """SELECT min(one.digest, other.digest), max(one.digest, other.digest), kind FROM links
        JOIN documents AS one ON one.id = a JOIN documents AS other ON other.id = b""",
    "addresses": "SELECT key, url, portal, host, kind, missing, failures FROM frontier",
    "pages": "SELECT key, url, kind FROM pages WHERE key IN (SELECT key FROM frontier)",
    "not analysed": "SELECT id FROM captures WHERE kind IS NULL",
}


def _command(urls: Sequence[str], archive: Path, delay_s: float) -> list[str]:
    return [*_LUUTRU, "crawl", *urls, "--archive", str(archive), "--delay", str(delay_s), "--workers", "1"]


def main() -> None:
    """Crawl twice, compare, and end with 1 where something differs."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--delay", type=float, default=0.5, help="seconds between two requests to a portal")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serve() as sites:
        urls = [site.url for site in sites.values()]
        whole, broken = Path(folder, "whole"), Path(folder, "broken")
        crawl_undisturbed(urls, whole, 0.0)
        outcome = crawl_killed(urls, broken, given.delay, given.kills, given.seed)
        verified = subprocess.run([*_LUUTRU, "verify", "--archive", str(broken)], capture_output=True, text=True)
        expected, found = holdings(whole), holdings(broken)
    print(f"killed {outcome.kills} times; {outcome.fetched} pages fetched, {outcome.fetched_again} of them again")
    for name, rows in expected.items():
        missing, added = set(rows) - set(found[name]), set(found[name]) - set(rows)
        print(f"{name}: {len(rows)}, {'equal' if not missing | added else f'{len(missing)} lost, {len(added)} more'}")
        for row in [*missing, *added][:5]:
            print(f"    {row}")
    print(f"luutru verify: exit code {verified.returncode}")
    sys.exit(verified.returncode != 0 or expected != found)


if __name__ == "__main__":
    main()
