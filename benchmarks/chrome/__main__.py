"""Measures what learning the chrome of a portal gains, on pages that were not learned from.

    python -m benchmarks.chrome [FOLDER | --manners] [--hide names|classes] [--pages 60]

FOLDER holds saved pages with gold as for `benchmarks.quality`, several of each site; with `--manners` the pages are
those that `benchmarks.quality` composes in the manner of each CMS; without either, portals are composed whose markup
says nothing of what is what. For each portal, learned from none, 8, 20 and all of its pages (then judged
on the same): F1 of 4-syllable shingles and the lowest of a page, lines of chrome left in texts, lines of text lost, and
milliseconds of CPU a page. `--hide` takes the names of classes and ids out of saved pages, or makes others of them, as
a CMS would that nobody knows.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

from archive.chrome import Learned, Observes, learn
from archive.chrome.learn import Told
from archive.extract import extract, parse
from archive.records import Extraction
from archive.text import fold_key
from benchmarks.chrome.portals import PORTALS, Page
from benchmarks.quality.measure import Gold, composed, overlap, read

NOW = datetime(2026, 1, 1, tzinfo=UTC)
_NAMES = re.compile(rb"""\s(class|id|itemprop|itemtype)\s*=\s*(["'])(.*?)\2""", re.S)
_GENERATOR = re.compile(rb"<meta[^>]*generator[^>]*>", re.I)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some pages: mean and lowest F1, lines of chrome left, lines of text lost, CPU milliseconds a page."""

    pages: int
    f1: float
    worst: float
    chrome: int
    lost: int
    ms: float


def read_page(page: Page, learned: Learned | None = None, observes: Observes = Observes.NO) -> Extraction:
    """Return the extraction of a page."""
    return extract(parse(page.html, page.url), captured_at=NOW, explained=False, learned=learned, observes=observes)


def lesson_of(pages: Sequence[Page]) -> Learned:
    """Return what the pages teach."""
    told = []
    for key, page in enumerate(pages):
        if observation := read_page(page, observes=Observes.YES).observation:
            told.append(Told(key, 0, observation))
    return learn(told).learned()


def measure(pages: Sequence[Page], learned: Learned | None) -> Figures:
    """Return the figures of some pages."""
    f1, chrome, lost, cpu = [], 0, 0, 0.0
    for page in pages:
        start = time.process_time()
        article = read_page(page, learned).article
        cpu += time.process_time() - start
        text = article.text if article else ""
        f1.append(overlap(text, page.text)[0])
        found, right = set(map(fold_key, text.split("\n"))), set(map(fold_key, page.text.split("\n")))
        chrome += len(found & (set(map(fold_key, page.chrome)) - right))
        lost += len(right - found)
    return Figures(len(pages), sum(f1) / len(f1), min(f1), chrome, lost, 1000 * cpu / len(pages))


def portal_figures(pages: Sequence[Page]) -> dict[str, Figures]:
    """Return the figures learned from none, 8, 20 and all pages; the first three on what was not learned from."""
    held_out = pages[20:] or pages
    found = {"none": measure(held_out, None)}
    found |= {str(n): measure(held_out, lesson_of(pages[:n])) for n in (8, 20) if n < len(pages)}
    return found | {"all": measure(pages, lesson_of(pages))}


def by_portal(golds: Iterable[Gold], hide: str | None) -> dict[str, list[Page]]:
    """Return pages with gold by the site that they are of, or the CMS in whose manner they were made."""
    found: dict[str, list[Page]] = defaultdict(list)
    for gold in golds:
        found[gold.group or urlsplit(gold.url).netloc].append(Page(gold.url, _hidden(gold.body, hide), gold.text))
    return {portal: pages for portal, pages in found.items() if len(pages) >= 8}


def _hidden(body: bytes, hide: str | None) -> bytes:
    """Return a page whose names say nothing, or that has none."""
    if hide is None:
        return body
    body = _GENERATOR.sub(b"", body)
    return _NAMES.sub(b"", body) if hide == "names" else _NAMES.sub(_renamed, body)


def _renamed(match: re.Match[bytes]) -> bytes:
    names = (b"x" + blake2b(name, digest_size=3).hexdigest().encode() for name in match[3].split())
    return b" " + match[1] + b'="' + b" ".join(names) + b'"'


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--manners", action="store_true", help="the pages that benchmarks.quality composes")
    parser.add_argument("--hide", choices=("names", "classes"))
    parser.add_argument("--pages", type=int, default=60, help="of each composed portal (default 60)")
    given = parser.parse_args()
    if given.folder or given.manners:
        portals = by_portal(read(given.folder) if given.folder else composed(given.pages), given.hide)
    else:
        portals = {name: make(given.pages) for name, make in PORTALS.items()}
    print(f"{'portal':32} {'learned':>7} {'pages':>5} {'F1':>6} {'worst':>6} {'chrome':>6} {'lost':>5} {'ms':>5}")
    totals: dict[str, list[Figures]] = defaultdict(list)
    for name, pages in portals.items():
        for learned, f in portal_figures(pages).items():
            totals[learned].append(f)
            print(f"{name[-32:]:32} {_row(learned, f)}")
    for learned, some in totals.items():
        count = sum(f.pages for f in some)
        f1, ms = (sum(getattr(f, name) * f.pages for f in some) / count for name in ("f1", "ms"))
        chrome, lost = sum(f.chrome for f in some), sum(f.lost for f in some)
        print(f"{'all':32} {_row(learned, Figures(count, f1, min(f.worst for f in some), chrome, lost, ms))}")
    return 0 if portals else 1


def _row(learned: str, f: Figures) -> str:
    return f"{learned:>7} {f.pages:5} {f.f1:6.3f} {f.worst:6.3f} {f.chrome:6} {f.lost:5} {f.ms:5.2f}"


if __name__ == "__main__":
    sys.exit(main())
