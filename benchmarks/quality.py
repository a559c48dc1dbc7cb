"""Measures what extraction gives against gold, on a folder of saved pages.

    python -m benchmarks.quality FOLDER [--against-trafilatura] [--worst 10] [--floor]

FOLDER holds `pages.jsonl` (`id`, `url`, `title`, `gold` and optionally `visible_date` or `date` a line) and
`html/ID.html`; or golden folders, as `tests/fixtures/extract` does. Text is judged by the F1 of its 4-syllable
shingles, title by equality, date by the day. With `--floor` it fails when a figure lies under its floor.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import trafilatura

from archive.errors import PageError
from archive.extract import extract, parse, parse_date
from archive.records import Article
from archive.text import fold_key

SHINGLE = 4
FLOORS = {"f1": 0.99, "worst": 0.95, "title": 1.0, "date": 1.0}  # on our own golden pages; they only rise
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Gold:
    """One saved page with what is right; `day` is None where the page prints none or the gold says nothing."""

    name: str
    url: str
    body: bytes
    text: str
    title: str
    day: str | None
    captured_at: datetime


@dataclass(slots=True)
class Score:
    """Sums over the pages of one extractor."""

    f1: list[float] = field(default_factory=list)
    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    titles: list[bool] = field(default_factory=list)
    days: list[bool] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    worst: list[tuple[float, str]] = field(default_factory=list)

    def add(self, gold: Gold, text: str, cpu_ms: float) -> None:
        """Count one page."""
        f1, precision, recall = overlap(text, gold.text)
        self.f1.append(f1)
        self.precision.append(precision)
        self.recall.append(recall)
        self.cpu_ms.append(cpu_ms)
        self.worst.append((f1, gold.name))

    def figures(self) -> dict[str, float]:
        """Return the means; `worst` is the lowest F1 of a page."""
        found = {"f1": _mean(self.f1), "precision": _mean(self.precision), "recall": _mean(self.recall)}
        found |= {"worst": min(self.f1, default=1.0), "cpu_ms": _mean(self.cpu_ms)}
        if self.titles:
            found |= {"title": _mean(self.titles), "date": _mean(self.days)}
        return found


def _mean(values: list[float] | list[bool]) -> float:
    return sum(values) / len(values) if values else 1.0


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the 4-syllable shingles of a text with their counts; a shorter text is one shingle."""
    words = _WORD.findall(fold_key(text))
    return (
        Counter(tuple(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))) if words else Counter()
    )


def overlap(text: str, gold: str) -> tuple[float, float, float]:
    """Return F1, precision and recall of the shingles of `text` against those of `gold`."""
    ours, right = shingles(text), shingles(gold)
    if not ours or not right:
        return (1.0, 1.0, 1.0) if not ours and not right else (0.0, 0.0, 0.0)
    common = (ours & right).total()
    precision, recall = common / ours.total(), common / right.total()
    return (2 * precision * recall / (precision + recall) if common else 0.0), precision, recall


def read(folder: Path) -> Iterator[Gold]:
    """Yield the article pages of a folder in either form."""
    if (folder / "pages.jsonl").exists():
        now = datetime.now(UTC)
        for line in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            printed = parse_date(row.get("visible_date") or row.get("date") or "")
            body = (folder / "html" / f"{row['id']}.html").read_bytes()
            yield Gold(row["id"], row["url"], body, row["gold"], row["title"] or "", printed and printed[:10], now)
        return
    for path in sorted(folder.glob("*/expected.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        if row["kind"] == "article":
            day = row["published_at"] and row["published_at"][:10]
            captured_at = datetime.fromisoformat(row["captured_at"])
            body = (path.parent / "page.html").read_bytes()
            yield Gold(path.parent.name, row["url"], body, row["text"], row["title"], day, captured_at)


def ours(gold: Gold) -> Article | None:
    """Return the article that luutru makes of a page."""
    try:
        return extract(parse(gold.body, gold.url), captured_at=gold.captured_at).article
    except PageError:
        return None


def measure(pages: list[Gold], *, against_trafilatura: bool = False) -> dict[str, Score]:
    """Return the scores of luutru and, if asked for, of plain trafilatura on the same pages."""
    scores = {"luutru": Score()}
    if against_trafilatura:
        scores["trafilatura"] = Score()
    for gold in pages:
        start = time.process_time()
        article = ours(gold)
        score = scores["luutru"]
        score.add(gold, article.text if article else "", (time.process_time() - start) * 1000)
        if gold.title:
            score.titles.append(article is not None and fold_key(article.title) == fold_key(gold.title))
        if gold.day:
            score.days.append(article is not None and (article.published_at or "")[:10] == gold.day)
        if against_trafilatura:
            start = time.process_time()
            text = trafilatura.extract(gold.body, include_comments=False) or ""
            scores["trafilatura"].add(gold, text, (time.process_time() - start) * 1000)
    return scores


def main() -> int:
    """Print the figures; return 1 when `--floor` is given and one lies under its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--against-trafilatura", action="store_true")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="name the N worst pages")
    parser.add_argument("--floor", action="store_true", help="fail under the floors of our own golden pages")
    options = parser.parse_args()
    pages = list(read(options.folder))
    scores = measure(pages, against_trafilatura=options.against_trafilatura)
    for name, score in scores.items():
        figures = "  ".join(f"{key} {value:.3f}" for key, value in score.figures().items())
        print(f"{name:12} {len(pages)} pages  {figures}")
    for f1, name in sorted(scores["luutru"].worst)[: options.worst]:
        print(f"  {f1:.3f} {name}")
    figures = scores["luutru"].figures()
    under = {key: floor for key, floor in FLOORS.items() if figures[key] < floor} if options.floor else {}
    for key, floor in under.items():
        print(f"{key} {figures[key]:.3f} is under its floor of {floor}", file=sys.stderr)
    return 1 if under or not pages else 0


if __name__ == "__main__":
    sys.exit(main())
