"""Which captures a rebuild learns from: a sample that depends on what was captured, not on when it was taken in."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from archive.chrome.learn import Lesson, Told, learn
from archive.chrome.memory import WINDOW, save_lesson, shown_in

__all__ = ["Sampled", "relearn", "sample"]

PAGES_A_YEAR = 64


class Sampled(NamedTuple):
    """A capture of an article page to be observed."""

    page_id: int
    capture_id: int


def sample(db: sqlite3.Connection, portal: str) -> list[Sampled]:
    """Return the captures of a portal to learn from: for each year up to 64 pages with their last article of that year.

    A portal is rebuilt every few years, and each of its layouts is to be learned. The pages are those with the least
    keys, which are hashes.
    """
    rows = db.execute(
        """SELECT substr(captured_at, 1, 4) AS year, page_id, captures.id, max(captured_at) FROM captures
        JOIN pages ON pages.id = page_id
        WHERE portal = ? AND captures.kind = 'article' AND record_type <> 'revisit'
        GROUP BY year, page_id ORDER BY year DESC, pages.key""",
        [portal],
    )
    found: dict[str, list[Sampled]] = defaultdict(list)
    for year, page_id, capture_id, _ in rows:
        if len(found[year]) < PAGES_A_YEAR:
            found[year].append(Sampled(page_id, capture_id))
    return [one for of_year in found.values() for one in of_year]


def relearn(db: sqlite3.Connection, portal: str, told: Sequence[Told]) -> Lesson:
    """Learn a portal's chrome from observed pages, and store it; what was observed before is forgotten.

    Runs in the writer's transaction. The newest observations of pages are what the next crawl goes on from.
    """
    lesson = learn(told)
    shown = shown_in((one.observation for one in told), lesson)
    newest = {one.key: one for one in sorted(told, key=lambda one: (one.captured_at, one.key))}
    db.execute("DELETE FROM chrome_pages WHERE portal = ?", [portal])
    db.execute(
        """INSERT INTO chrome (portal, analysed, observed, pages, learned, version) VALUES (?1, ?2, ?2, 0, x'', '')
        ON CONFLICT (portal) DO UPDATE SET observed = ?2, analysed = max(analysed, ?2)""",
        [portal, len(newest)],
    )
    kept = list(newest.values())[-WINDOW:]
    db.executemany(
        "INSERT INTO chrome_pages (portal, page_key, number, captured_at, observation) VALUES (?, ?, ?, ?, ?)",
        [(portal, one.key, n, one.captured_at, one.observation.encode()) for n, one in enumerate(kept, 1)],
    )
    save_lesson(db, portal, lesson, shown, datetime.now(UTC))
    return lesson
