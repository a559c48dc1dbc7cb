"""Scores of an extractor on pages with gold: text, title, date, author, source."""

from __future__ import annotations

import json
import re
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
from benchmarks.quality.composed import MANNERS, compose

__all__ = ["FLOORS", "Gold", "Score", "composed", "measure", "overlap", "read"]

SHINGLE = 4
# What no change may fall below, on our own golden pages and on composed ones. They only rise.
FLOORS = {
    "golden": {"f1": 0.999, "worst": 0.98, "clean": 1.0, "title": 1.0, "date": 1.0, "author": 1.0, "source": 1.0},
    "composed": {"f1": 0.999, "worst": 0.95, "clean": 0.995, "title": 1.0, "date": 1.0, "author": 0.99, "source": 0.99},
}
_WORD = re.compile(r"\w+")
_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_UNSAID = object()


@dataclass(frozen=True, slots=True)
class Gold:
    """One page with what is right. `fields` has title, date (a day), author and source as far as the gold says them."""

    name: str
    group: str
    url: str
    body: bytes
    text: str
    fields: dict[str, str | None]
    captured_at: datetime = _NOW


@dataclass(slots=True)
class Score:
    """Sums over the pages of one extractor. `clean`: pages without a line that is not in the gold."""

    f1: list[float] = field(default_factory=list)
    precision: list[float] = field(default_factory=list)
    recall: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    clean: list[bool] = field(default_factory=list)
    fields: dict[str, list[bool]] = field(default_factory=dict)
    worst: list[tuple[float, str]] = field(default_factory=list)
    groups: dict[str, list[float]] = field(default_factory=dict)

    def add(self, gold: Gold, text: str, cpu_ms: float) -> None:
        """Count one page."""
        f1, precision, recall = overlap(text, gold.text)
        self.f1.append(f1)
        self.precision.append(precision)
        self.recall.append(recall)
        self.cpu_ms.append(cpu_ms)
        right = {fold_key(line) for line in gold.text.split("\n")}
        self.clean.append(all(fold_key(line) in right for line in text.split("\n")))
        self.worst.append((f1, gold.name))
        self.groups.setdefault(gold.group, []).append(f1)

    def add_fields(self, gold: Gold, article: Article | None) -> None:
        """Count which fields are right."""
        for name, right in gold.fields.items():
            got = _field(article, name) if article else _UNSAID
            is_right = fold_key(str(got)) == fold_key(str(right)) if name == "title" else got == right
            self.fields.setdefault(name, []).append(is_right)

    def figures(self) -> dict[str, float]:
        """Return the means; `worst` is the lowest F1 of a page."""
        found = {"f1": _mean(self.f1), "precision": _mean(self.precision), "recall": _mean(self.recall)}
        found |= {"worst": min(self.f1, default=1.0), "clean": _mean(self.clean), "cpu_ms": _mean(self.cpu_ms)}
        return found | {name: _mean(values) for name, values in self.fields.items()}


def _field(article: Article, name: str) -> str | None:
    if name == "date":
        return (article.published_at or "")[:10] or None
    return {"title": article.title, "author": article.author, "source": article.source}[name]


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
    """Yield the article pages of a folder: `pages.jsonl` with `html/ID.html`, or golden folders."""
    if (folder / "pages.jsonl").exists():
        now = datetime.now(UTC)
        for line in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            printed = parse_date(row.get("visible_date") or row.get("date") or "")
            fields: dict[str, str | None] = {"title": row["title"]} if row["title"] else {}
            if printed:
                fields["date"] = printed[:10]
            fields |= {name: row[name] for name in ("author", "source") if name in row}
            body = (folder / "html" / f"{row['id']}.html").read_bytes()
            yield Gold(row["id"], row.get("site", ""), row["url"], body, row["gold"], fields, now)
        return
    for path in sorted(folder.glob("*/expected.json")):
        row = json.loads(path.read_text(encoding="utf-8"))
        if row["kind"] == "article":
            day = row["published_at"] and row["published_at"][:10]
            fields = {"title": row["title"], "date": day, "author": row["author"], "source": row["source"]}
            captured_at = datetime.fromisoformat(row["captured_at"])
            body = (path.parent / "page.html").read_bytes()
            yield Gold(path.parent.name, "golden", row["url"], body, row["text"], fields, captured_at)


def composed(pages: int) -> Iterator[Gold]:
    """Yield so many composed pages in each manner."""
    for manner in MANNERS:
        for number in range(pages):
            page = compose(manner, number)
            fields = {"title": page.title, "date": page.day, "author": page.author, "source": page.source}
            yield Gold(f"{manner} {number}", manner, page.url, page.html.encode(), page.text, fields)


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
        scores["luutru"].add(gold, article.text if article else "", (time.process_time() - start) * 1000)
        scores["luutru"].add_fields(gold, article)
        if against_trafilatura:
            start = time.process_time()
            text = trafilatura.extract(gold.body, include_comments=False) or ""
            scores["trafilatura"].add(gold, text, (time.process_time() - start) * 1000)
    return scores
