"""How long the pages of the web interface take, and what they weigh, on an archive of N articles.

    python -m benchmarks.web --articles 100000
    python -m benchmarks.web --archive DIR          # an archive of your own; it is only read

Two visitors at a time ask a server of its own over loopback, each page of each kind another one. What needs a captured
page (what was left out, the page itself) is measured where the archive has its WARC files.
"""

from __future__ import annotations

import argparse
import http.client
import os
import platform
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

from archive.store import Archive
from benchmarks.search.fill import composed, fill
from crawler.tables import CRAWLER

_VISITORS = 2
_WORDS = re.compile(r"[^\W\d_]{2,}")
_TARGET_MS, _TARGET_BYTES = 200, 150_000


def main() -> None:
    """Make the archive, serve it, ask, print."""
    options = _options()
    print(f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    with tempfile.TemporaryDirectory() as folder:
        path = options.archive or _make(Path(folder) / "archive", options.articles)
        kinds = _kinds(path, random.Random(options.seed))
        started = time.monotonic()
        with _served(path) as (url, pid):
            style = len(_get(url, "/assets/luutru.css")[1])
            ready = time.monotonic() - started
            _get(url, "/")
            print(f"first page {time.monotonic() - started:.1f} s after the command, of them {ready:.1f} to listen\n")
            print(f"{'':28} {'p50':>7} {'p95':>7} {'max':>7} {'CPU':>7} {'median':>9} {'largest':>9}")
            print(f"{'':28} {'ms':>7} {'ms':>7} {'ms':>7} {'ms':>7} {'kB':>9} {'kB':>9}")
            every = [_measure(Asked(url, pid, options.visits, style), name, paths) for name, paths in kinds.items()]
    times = [one for of_kind, _ in every for one in of_kind]
    heaviest = max(size for _, size in every)
    print(
        f"\nall pages: p95 {_p95(times):.0f} ms (at most {_TARGET_MS}), the heaviest with its style {heaviest:,} bytes"
    )
    print(f"(at most {_TARGET_BYTES:,}); {_VISITORS} visitors at a time, {options.visits} pages of each kind")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web", description=__doc__.split("\n\n")[0])
    parser.add_argument("--articles", type=int, default=100_000, metavar="N")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="measure this one instead of one made up")
    parser.add_argument("--visits", type=int, default=100, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _make(path: Path, articles: int) -> Path:
    """Make an archive with the crawler's tables, where each article and as many other addresses are in the frontier."""
    fill(path, composed(articles), lambda message: print(message, file=sys.stderr, flush=True))
    with Archive.open(path, write=True) as archive:
        CRAWLER.apply(archive.db)
        for address, key, state in (("url", "key", "1751400000, 0, NULL"), ("url || '?trang=2'", "id", "NULL, 1, 'x'")):
            archive.db.execute(
                f"""INSERT INTO frontier (key, url, portal, host, rank, due_at, found_at, fetched_at, failures, reason)
                SELECT {key}, {address}, portal, portal || '.gov.vn', 1, 1800000000, 1751300000, {state} FROM pages"""
            )
    return path


def _kinds(path: Path, rng: random.Random) -> Mapping[str, Callable[[], str]]:
    """Return by the kind of page a function that makes another address of that kind."""
    with Archive.open(path) as archive:
        db = archive.db
        last = db.execute("SELECT max(id) FROM revisions").fetchone()[0]
        portals = [row[0] for row in db.execute("SELECT id FROM portals")]
        provinces = [row[0] for row in db.execute("SELECT DISTINCT province_before FROM portals") if row[0]] or [""]
        sample = db.execute(
            """SELECT printf('%016x', pages.key) AS id, title FROM revisions JOIN pages ON revision_id = revisions.id
            WHERE revisions.id IN (SELECT value FROM json_each(?))""",
            [str([rng.randint(1, last) for _ in range(2000)])],
        ).fetchall()
        clusters = (
            db.execute(
                """SELECT printf('%016x', pages.key) AS id FROM documents JOIN revisions ON document_id = documents.id
            JOIN pages ON revision_id = revisions.id GROUP BY cluster_id HAVING count(*) > 1 LIMIT 500"""
            ).fetchall()
            or sample
        )
        name = db.execute("SELECT name FROM warc_files ORDER BY id DESC LIMIT 1").fetchone()[0]
        has_warc = (archive.warc_dir / name).is_file()

    def article() -> str:
        return f"/article/{rng.choice(sample)['id']}"

    def words(count: int) -> str:
        found = _WORDS.findall(rng.choice(sample)["title"]) or ["xã"]
        start = rng.randrange(max(1, len(found) - count))
        return " ".join(found[start : start + count])

    def search(count: int, **more: str) -> str:
        return f"/search?{urlencode({'q': words(count), **more})}"

    captured = {"what was left out": lambda: f"{article()}/removed", "captured page": lambda: f"{article()}/page"}
    return {
        "first page": lambda: "/",
        "results, one word": lambda: search(1),
        "results, two words": lambda: search(2),
        "results, three words": lambda: search(3),
        "results, a phrase": lambda: f"/search?q={quote(chr(34) + words(2) + chr(34))}",
        "results, newest first": lambda: search(1, sort="newest", page=str(rng.randint(1, 5))),
        "results, of a province": lambda: search(2, province=rng.choice(provinces)),
        "articles of a portal": lambda: f"/search?{urlencode({'portal': rng.choice(portals)})}",
        "articles of a year": lambda: f"/search?year={rng.randint(2010, 2025)}",
        "feed": lambda: search(2).replace("/search", "/search.atom"),
        "article": article,
        "history": lambda: f"{article()}/history",
        "cluster": lambda: f"/cluster/{rng.choice(clusters)['id']}",
        "portal": lambda: f"/portal/{quote(rng.choice(portals), safe='')}",
        "catalogue": lambda: f"/portals?view={rng.choice(('before', 'after'))}",
        "about": lambda: "/about",
        "table articles": lambda: f"/archive/articles?_next={rng.randint(0, 500)}",
    } | (captured if has_warc else {})


@dataclass(frozen=True, slots=True)
class Asked:
    """The server that is asked, its process, how many pages of each kind, and what the style of a page weighs."""

    url: str
    pid: int
    visits: int
    style_bytes: int

    def cpu_s(self) -> float:
        """Return the seconds of CPU that the server has had, where the system tells (Linux); it wanders less."""
        stat = Path(f"/proc/{self.pid}/stat")
        ticks = stat.read_text().rpartition(")")[2].split()[11:13] if stat.exists() else ["nan"] * 2
        return sum(map(float, ticks)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _served(path: Path) -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "crawler", "serve", "--archive", str(path), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip().rstrip("/"), process.pid
        finally:
            process.terminate()


def _get(url: str, path: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=120)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def _measure(asked: Asked, name: str, make: Callable[[], str]) -> tuple[list[float], int]:
    """Return the milliseconds of each visit and the bytes of the heaviest page with its style; print both."""

    def visit(path: str) -> tuple[float, int]:
        started = time.perf_counter()
        status, body = _get(asked.url, path)
        if status != 200:
            raise SystemExit(f"{path}: status {status}")
        return (time.perf_counter() - started) * 1000, len(body)

    before = asked.cpu_s()
    with ThreadPoolExecutor(_VISITORS) as visitors:
        seen = list(visitors.map(visit, [make() for _ in range(asked.visits)]))
    cpu = (asked.cpu_s() - before) * 1000 / asked.visits
    times, sizes = [one for one, _ in seen], [size for _, size in seen]
    print(
        f"{name:28} {statistics.median(times):7.1f} {_p95(times):7.1f} {max(times):7.1f} {cpu:7.1f} "
        f"{statistics.median(sizes) / 1000:9.1f} {max(sizes) / 1000:9.1f}",
        flush=True,
    )
    return times, max(sizes) + asked.style_bytes


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


if __name__ == "__main__":
    main()
