"""Whether a pipeline did its job: articles found, their texts and dates against what was written, copies found."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.end_to_end.manners import CHROME_LINES
from benchmarks.end_to_end.portal import Portal
from benchmarks.end_to_end.texts import Story

__all__ = ["Found", "Verdict", "judge", "read_naive", "read_ours"]


@dataclass(frozen=True, slots=True)
class Found:
    """An article as a pipeline stored it; articles of one `cluster` are copies of each other."""

    url: str
    text: str
    title: str | None
    author: str | None
    published_at: str | None
    cluster: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well a run did. Shares are of the articles written; `text_f1` is the mean over them, absent ones zero."""

    written: int
    found: int
    strangers: int  # stored as articles, but none
    text_f1: float
    exact: float  # share with the very text that was written
    chrome_lines: int
    title: float
    author: float
    date: float
    copies_written: int
    copies_found: int
    copies_false: int


def judge(portals: Sequence[Portal], urls: Sequence[str], found: Sequence[Found]) -> Verdict:
    """Return how the `found` articles compare with those of `portals`, served at `urls`."""
    written = {
        _key(url.rstrip("/") + portal.manner.article_path(story)): story
        for url, portal in zip(urls, portals, strict=True)
        for story in portal.stories
    }
    matched = {key: one for one in found if (key := _key(one.url)) in written}
    pairs = [(story, matched[key]) for key, story in written.items() if key in matched]
    total = len(written)
    return Verdict(
        written=total,
        found=len(pairs),
        strangers=len(found) - len(pairs),
        text_f1=sum(_token_f1(story.text, one.text) for story, one in pairs) / total,
        exact=sum(story.text == one.text for story, one in pairs) / total,
        chrome_lines=sum(_is_chrome(line) for _, one in pairs for line in one.text.split("\n")),
        title=sum(story.title == one.title for story, one in pairs) / total,
        author=sum(story.author == one.author for story, one in pairs) / total,
        date=sum(f"{story.published_at:%Y-%m-%d}" == (one.published_at or "")[:10] for story, one in pairs) / total,
        **_copies(written, matched),
    )


def _key(url: str) -> str:
    split = urlsplit(url)
    return f"{split.netloc}{split.path}" + (f"?{'&'.join(sorted(split.query.split('&')))}" if split.query else "")


def _token_f1(expected: str, got: str) -> float:
    wanted, given = Counter(expected.split()), Counter(got.split())
    common = sum((wanted & given).values())
    return 2 * common / (wanted.total() + given.total())


def _is_chrome(line: str) -> bool:
    return line.strip(" -|•").rstrip("0123456789,.: ") in CHROME_LINES


def _copies(written: Mapping[str, Story], matched: Mapping[str, Found]) -> dict[str, int]:
    by_number = {(story.host, story.number): key for key, story in written.items()}
    groups: dict[str, set[str]] = {}
    for key, one in matched.items():
        groups.setdefault(one.cluster, set()).add(key)
    expected = {
        frozenset((key, by_number[story.host - 1, story.copy_of]))
        for key, story in written.items()
        if story.copy_of is not None
    }
    pairs = {frozenset((a, b)) for group in groups.values() for a in group for b in group if a < b}
    return {
        "copies_written": len(expected),
        "copies_found": len(expected & pairs),
        "copies_false": len(pairs - expected),
    }


def read_naive(database: Path) -> list[Found]:
    """Return what `benchmarks.end_to_end.naive` stored."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT url, text, title, author, date, coalesce(copy_of, url) FROM articles")
        return [Found(*row) for row in rows]


def read_ours(archive: Path) -> list[Found]:
    """Return what an archive of luutru holds."""
    with closing(sqlite3.connect(archive / "archive.db")) as connection:
        rows = connection.execute("SELECT url, text, title, author, published_at, cluster_id FROM articles")
        return [Found(*row) for row in rows]
