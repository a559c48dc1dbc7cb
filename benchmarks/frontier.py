"""What a request costs the frontier, from a thousand queued addresses to a million, and what memory it takes.

A request is what a crawl does for a page: its row is claimed (64 at a time), 150 links are looked at of which one is
new, and the row is acknowledged; 16 requests share a transaction. `python -m benchmarks.frontier [--most N]`
"""

from __future__ import annotations

import argparse
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from archive.store import connect
from archive.store.pages import register_portal
from crawler import frontier, urls
from crawler.frontier import Frontier, FrontierRow, Looked, NewRow
from crawler.frontier.seen import Seen
from crawler.start import open_crawl_archive

_HOSTS = 50
_LINKS = 150  # of a page
_REQUESTS = 1_600  # measured at each size
_IN_A_TRANSACTION = 16
_CLAIMED = 64  # rows at once
_START = 1_700_000_000
_LOOKED = Looked("article", frontier.KNOWN, _START + 2_000_000, 259_200, payload_digest="sha1:" + "A" * 32)


def _row(number: int) -> NewRow:
    host = f"xa-{number % _HOSTS}.vidu.gov.vn"
    url = f"https://{host}/tin-tuc-su-kien/hoi-nghi-so-ket-cong-tac-quy-va-trien-khai-nhiem-vu-{number}.html"
    return NewRow(urls.page_key(url), url, host, 1 + number % 3)


def _fill(db: sqlite3.Connection, first: int, last: int) -> float:
    """Add addresses as a large sitemap does, 2,000 at once; return the seconds that it took."""
    seconds = 0.0
    for start in range(first, last, 2_000):
        rows = [_row(number) for number in range(start, min(start + 2_000, last))]
        begun = time.perf_counter()
        db.execute("BEGIN")
        frontier.add(db, "vidu", rows, _START + start // 100)
        db.execute("COMMIT")
        seconds += time.perf_counter() - begun
    return seconds


def _requests(db: sqlite3.Connection, queue: Frontier, size: int, rounds: random.Random) -> tuple[float, float]:
    """Return wall (of the median transaction) and CPU seconds of a request to a frontier of `size` addresses."""
    seen, taken, now = Seen(), set[int](), _START + 1_000_000
    known = [_row(rounds.randrange(size)) for _ in range(_LINKS - 1)]
    seen.update(known)
    claimed: list[FrontierRow] = []
    walls: list[float] = []
    cpu = time.process_time()
    for batch in range(_REQUESTS // _IN_A_TRANSACTION):
        fresh = [_row(size + batch * _IN_A_TRANSACTION + place) for place in range(_IN_A_TRANSACTION)]
        begun = time.perf_counter()
        db.execute("BEGIN")
        for link in fresh:
            if not claimed:
                claimed = queue.claim(f"xa-{batch % _HOSTS}.vidu.gov.vn", now, _CLAIMED, taken)
                taken.update(row.key for row in claimed)
            row = claimed.pop(0)
            unknown = seen.unknown([*known, link])
            frontier.add(db, "vidu", unknown, now)
            frontier.acknowledge(db, row.key, _LOOKED, now)
            seen.update(unknown)
        db.execute("COMMIT")
        taken.intersection_update(row.key for row in claimed)
        walls.append(time.perf_counter() - begun)
    return statistics.median(walls) / _IN_A_TRANSACTION, (time.process_time() - cpu) / _REQUESTS


def _measure(directory: Path, most: int) -> None:
    open_crawl_archive(directory).close()
    db, reader = (connect(directory / "archive.db", write=write) for write in (True, False))  # as in a crawl
    register_portal(
        db, "vidu", name="vidu", url="https://vidu.gov.vn/", hosts=(), provinces=(None, None), now=datetime.now(UTC)
    )
    rounds, size = random.Random(1), 0
    print(f"{'queued':>9}  {'add, µs':>7}  {'request, µs':>11}  {'its CPU, µs':>11}  {'peak memory, MB':>15}")
    for wanted in (number for number in (1_000, 10_000, 100_000, 1_000_000) if number <= most):
        added = _fill(db, size, wanted) / (wanted - size)
        wall, cpu = _requests(db, Frontier(reader), wanted, rounds)
        size = wanted + _REQUESTS
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{wanted:>9,}  {added * 1e6:>7.1f}  {wall * 1e6:>11.1f}  {cpu * 1e6:>11.1f}  {memory:>15.0f}", flush=True
        )
    begun = time.perf_counter()
    waiting = Frontier(reader).waiting(["vidu"], _START + 2_000_000)
    print(f"counting the {waiting:,} that are due, once a crawl: {time.perf_counter() - begun:.2f} s")


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000, help="largest number of queued addresses")
    most = parser.parse_args().most
    print(f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}; {_REQUESTS} requests at each size")
    with tempfile.TemporaryDirectory(prefix="luutru-frontier-") as directory:
        _measure(Path(directory), most)


if __name__ == "__main__":
    main()
