"""How long a search takes, by the kind of query, in an archive of N articles; and how large the index is.

python -m benchmarks.search --articles 100000
python -m benchmarks.search --articles 1000000 --keep DIR     # made once, asked again and again
python -m benchmarks.search --texts FILE.jsonl                # texts of your own: `title` and `text` a line
"""

from __future__ import annotations

import argparse
import platform
import random
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from archive.search import search
from archive.store import Archive
from benchmarks.search.fill import PORTALS, composed, fill, from_file
from benchmarks.search.queries import Asked, Corpus, classes

_HELD = 6  # classes of which it is said how fast they must be


def main() -> None:
    """Make the archive, ask, print."""
    options = _options()
    print(f"{platform.machine()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    if options.keep:
        path = options.keep / f"search-{options.articles}{'-of-file' if options.texts else ''}"
        _make(path, options)
        _measure(path, options)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "archive"
        _make(path, options)
        _measure(path, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__.split("\n\n")[0])
    parser.add_argument("--articles", type=int, default=100_000, metavar="N")
    parser.add_argument("--texts", type=Path, metavar="FILE", help="JSON lines with title and text, for made-up ones")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the archive there, or use the one that is")
    parser.add_argument("--queries", type=int, default=60, help="of each kind")
    parser.add_argument("--only", default="", metavar="WORD", help="only the kinds with this in their name")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _make(path: Path, options: argparse.Namespace) -> None:
    if path.exists():
        return
    texts = from_file(options.texts, options.articles) if options.texts else composed(options.articles)
    unfinished = path.with_name(f"{path.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    filled = fill(unfinished, texts, lambda message: print(message, file=sys.stderr, flush=True))
    unfinished.rename(path)
    microseconds = 1e6 / filled.articles
    print(
        f"made in {filled.total_s:,.0f} s of CPU: {filled.total_s * microseconds:,.0f} µs an article, "
        f"{filled.index_s * microseconds:,.0f} of them to index it"
    )


def _measure(path: Path, options: argparse.Namespace) -> None:
    with Archive.open(path) as archive:
        db = archive.db
        _sizes(db)
        kinds = classes(Corpus(archive.db_path, random.Random(options.seed)), list(PORTALS))
        print(f"\n{'ms':42}     p50     p95     max CPU p50 CPU p95   matched bounded")
        held: list[tuple[float, float]] = []
        for number, (name, make) in enumerate(kinds.items()):
            if options.only in name:
                times = _ask(db, name, make, options.queries)
                held += times if number < _HELD else []
        if held:
            print(f"\n{'the first six together':42} {_row(held)}")


def _sizes(db: sqlite3.Connection) -> None:
    articles, text = db.execute("SELECT count(*), sum(length(CAST(text AS BLOB))) FROM documents").fetchone()
    title = db.execute("SELECT sum(length(CAST(title AS BLOB))) FROM revisions").fetchone()[0]
    pages = db.execute("SELECT count(*) FROM search_keys").fetchone()[0]
    print(f"{pages:,} articles, {articles:,} texts, {(text + title) / 1e6:,.0f} MB of titles and texts")
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE name GLOB 'search_*'")]
    for name, part in (("full-text index", "search_index_"), ("its keys", "search_keys")):
        own = [table for table in tables if table.startswith(part)]
        size = sum(db.execute("SELECT sum(pgsize) FROM dbstat WHERE name = ?", [table]).fetchone()[0] for table in own)
        print(f"{name}: {size / 1e6:,.0f} MB, {size / (text + title):.0%} of them")


def _ask(db: sqlite3.Connection, name: str, make: Callable[[], Asked], count: int) -> list[tuple[float, float]]:
    times, matched, bounded = list[tuple[float, float]](), list[int](), 0
    for asked in [make() for _ in range(count)]:
        start, cpu = time.perf_counter(), time.process_time()
        results = search(db, asked.text, asked.filters, asked.options)
        times.append((time.perf_counter() - start, time.process_time() - cpu))
        matched.append(results.matched)
        bounded += results.is_bounded
    middle = sorted(matched)[len(matched) // 2]
    print(f"{name:42} {_row(times)} {middle:9,} {bounded / count:7.0%}", flush=True)
    return times


def _row(times: list[tuple[float, float]]) -> str:
    columns = []
    for values in zip(*times, strict=True):
        ordered = sorted(values)
        columns += [ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)], ordered[-1]]
    return " ".join(f"{seconds * 1e3:7.1f}" for seconds in columns[:5])


if __name__ == "__main__":
    main()
