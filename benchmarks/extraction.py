"""What extraction costs a page, against trafilatura's default on the same page in the same run.

    python -m benchmarks.extraction [--pages 30] [--floor]

Pages of about 80 kB in five CMS manners, and again with every class and id replaced by another, so that nothing of them
is known. Each is parsed and extracted by both in turn, several times over; the least CPU time of each counts. With
`--floor` it fails when a known manner costs more than a quarter of trafilatura's time, or an unknown one more than 1.2
times as much. In trafilatura's favour: it gives no date, author or source here, and no account of what it left out.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import md5

import trafilatura

from archive.extract import extract, parse
from benchmarks.end_to_end.manners import MANNERS, Live, article_page
from benchmarks.end_to_end.texts import story

KNOWN = {"nukeviet", "sharepoint", "vnportal", "wordpress"}
MOST_KNOWN, MOST_UNKNOWN = 0.25, 1.2
ROUNDS = 3
_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_NAMES = re.compile(rb"""(?<=\s)(class|id)=(["'])(.*?)\2""")
_MEANINGS = re.compile(rb"""\s(?:itemprop|itemtype)=(["']).*?\1|<meta name=["']?generator[^>]*>""", re.I)


def pages(count: int) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the name of each manner with so many pages."""
    for number, manner in enumerate(MANNERS):
        made = []
        for at in range(count):
            neighbours = [story(number, at + 100 + k) for k in range(8)]
            parts = article_page(manner, story(number, at), neighbours, 300)
            made.append(b"".join(b"28" if isinstance(part, Live) else part for part in parts))
        yield manner.name, made
        yield f"{manner.name}, nameless", [_nameless(page) for page in made]


def _nameless(page: bytes) -> bytes:
    """Return a page whose classes and ids say nothing."""
    return _NAMES.sub(_renamed, _MEANINGS.sub(b"", page))


def _renamed(match: re.Match[bytes]) -> bytes:
    names = [b"x" + md5(name, usedforsecurity=False).hexdigest()[:7].encode() for name in match[3].split()]
    return match[1] + b'="' + b" ".join(names) + b'"'


def cost(bodies: list[bytes], host: str) -> tuple[float, float]:
    """Return the CPU milliseconds a page of luutru and of trafilatura."""
    ours, theirs = [9e9] * len(bodies), [9e9] * len(bodies)
    for _ in range(ROUNDS):
        for at, body in enumerate(bodies):
            start = time.process_time()
            extract(parse(body, f"https://{host}.example/tin/{at}.html"), captured_at=_NOW, explained=False)
            middle = time.process_time()
            trafilatura.extract(body)
            ours[at] = min(ours[at], middle - start)
            theirs[at] = min(theirs[at], time.process_time() - middle)
    return sum(ours) / len(bodies) * 1000, sum(theirs) / len(bodies) * 1000


def main() -> int:
    """Print the costs; return 1 when `--floor` is given and a manner costs too much."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=30, help="in each manner")
    parser.add_argument("--floor", action="store_true", help="fail when a manner costs too much")
    options = parser.parse_args()
    failed = False
    print(f"trafilatura {trafilatura.__version__}, Python {sys.version.split()[0]}; CPU milliseconds a page")
    for name, bodies in pages(options.pages):
        ours, theirs = cost(bodies, name.replace(", ", "-"))
        most = MOST_KNOWN if name in KNOWN else MOST_UNKNOWN
        failed |= ours > theirs * most
        size = sum(map(len, bodies)) / len(bodies) / 1000
        print(f"  {name:22} {size:4.0f} kB  luutru {ours:5.2f}  trafilatura {theirs:6.2f}  ratio {ours / theirs:.3f}")
    return 1 if options.floor and failed else 0


if __name__ == "__main__":
    sys.exit(main())
