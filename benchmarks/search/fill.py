"""An archive of any size, written in bulk into the same tables that a crawl fills, its index fed by the same functions.

There are no WARC files behind it: nothing is fetched, and nothing that a search reads is missing.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from archive.store import Archive, full_text
from benchmarks.search.texts import Composer

__all__ = ["CATEGORIES", "PORTALS", "PROVINCES", "Filled", "composed", "fill", "from_file"]

PORTALS = tuple(f"tinh-{number:02d}" for number in range(1, 61))
PROVINCES = tuple(f"Tỉnh {number}" for number in range(1, 61))
CATEGORIES = ("Tin tức", "Kinh tế", "Văn hóa - Xã hội", "Chỉ đạo điều hành", "Thông báo", "Chuyển đổi số")
_IN_A_TRANSACTION = 250
_COPIES = 0.06  # of the articles are copies of an earlier one
_UNDATED = 0.03
_LAST_DAY = date(2026, 6, 30)
_DAYS = 20 * 365


@dataclass(slots=True)
class Filled:
    """What went in: bytes of titles and texts, CPU seconds of the index and of everything."""

    articles: int = 0
    text_bytes: int = 0
    index_s: float = 0.0
    total_s: float = 0.0


def composed(count: int) -> Iterator[tuple[str, str]]:
    """Yield made-up titles and texts."""
    composer = Composer()
    for first in range(0, count, 1000):
        for text in composer.texts(first, min(1000, count - first)):
            yield text.title, text.text


def from_file(path: Path, count: int) -> Iterator[tuple[str, str]]:
    """Yield the first titles and texts of JSON lines with `title` and `text`, again and again until there are enough.

    From the second time on each is numbered, so that it is another text.
    """
    turn = done = 0
    while done < count:
        with path.open(encoding="utf-8") as lines:
            for line in islice(lines, count - done):
                record = json.loads(line)
                text = record["text"] or record["title"]
                yield record["title"] or text[:80], text if turn == 0 else f"{text}\nBản {turn}"
                done += 1
        turn += 1


def fill(path: Path, texts: Iterator[tuple[str, str]], told: Callable[[str], None]) -> Filled:
    """Make an archive in the new folder `path`."""
    filled, begun = Filled(), time.process_time()
    with Archive.open(path, write=True) as archive:
        db = archive.db
        db.execute("PRAGMA synchronous = OFF")
        full_text.prepare(db)
        _portals(db)
        rows = _Rows(db)
        while batch := list(islice(texts, _IN_A_TRANSACTION)):
            db.execute("BEGIN")
            added = [rows.add(title, text) for title, text in batch]
            start = time.process_time()
            for page_id, title, text in added:
                full_text.put(db, page_id, title, text)
                filled.text_bytes += len(title.encode()) + len(text.encode())
            full_text.write(db)
            filled.index_s += time.process_time() - start
            db.execute("COMMIT")
            filled.articles += len(batch)
            if filled.articles % 50_000 < _IN_A_TRANSACTION:
                told(f"{filled.articles:,} articles")
        start = time.process_time()
        full_text.merge(db, limit_s=3600)  # as a writer does that is closed, if in several goes
        filled.index_s += time.process_time() - start
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    filled.total_s = time.process_time() - begun
    return filled


def _portals(db: sqlite3.Connection) -> None:
    for number, portal in enumerate(PORTALS):
        # As in July 2025 about half of the provinces go on in another one.
        after = PROVINCES[number - number % 2]
        db.execute(
            """INSERT INTO portals (id, name, url, hosts, province_before, province_after, added_at)
            VALUES (?, ?, ?, ?, ?, ?, '2026-07-01T00:00:00+00:00')""",
            [portal, f"Cổng {number}", f"https://{portal}.gov.vn/", f'["{portal}.gov.vn"]', PROVINCES[number], after],
        )
    db.execute("INSERT INTO warc_files (id, name, size_bytes, records, id_prefix) VALUES (1, 'none.warc.gz', 0, 0, '')")


class _Rows:
    """Writes the rows of one article after the other."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._random = random.Random(7)
        self._page = 0
        self._weights = [1 / (number + 2) for number in range(len(PORTALS))]

    def add(self, title: str, text: str) -> tuple[int, str, str]:
        """Write an article; return its page, title and text."""
        db, rng = self._db, self._random
        self._page += 1
        page, document = self._page, self._page
        if page > 100 and rng.random() < _COPIES:
            document = rng.randrange(1, page)
            row = db.execute("SELECT id, text FROM documents WHERE id <= ? ORDER BY id DESC LIMIT 1", [document])
            document, text = row.fetchone()
        else:
            digest = f"sha1:{page:032d}"
            db.execute("INSERT INTO clusters (id, representative_page_id) VALUES (?, ?)", [document, page])
            db.execute(
                "INSERT INTO documents (id, digest, key_digest, syllables, cluster_id, text) VALUES (?, ?, ?, ?, ?, ?)",
                [document, digest, digest, text.count(" ") + 1, document, text],
            )
        portal = rng.choices(PORTALS, self._weights)[0]
        # Each portal is met whole, the newest articles first, as its listings have them: in no order of days.
        day = _LAST_DAY - timedelta(days=int(_DAYS * rng.random() ** 1.5))
        published = None if rng.random() < _UNDATED else day.isoformat()
        key = rng.getrandbits(64) - (1 << 63)
        url = f"https://{portal}.gov.vn/tin-tuc/bai-viet-{page}.html"
        at = "2026-07-02T03:04:05+00:00"
        db.execute(
            """INSERT INTO captures (id, page_id, requested_url, responded_url, captured_at, http_status, content_type,
                payload_digest, payload_bytes, record_type, warc_file_id, warc_offset, warc_bytes, kind)
            VALUES (?, ?, ?, ?, ?, 200, 'text/html', 'sha1:A', 82000, 'response', 1, ?, 20000, 'article')""",
            [page, page, url, url, at, page * 20_000],
        )
        db.execute(
            """INSERT INTO pages (id, key, url, portal, kind, revision_id, first_captured_at, last_captured_at)
            VALUES (?, ?, ?, ?, 'article', ?, ?, ?)""",
            [page, key, url, portal, page, at, at],
        )
        db.execute(
            """INSERT INTO revisions (id, page_id, number, capture_id, document_id, title, lead, category, language,
                published_at, captions, removed, visible_chars, extractor)
            VALUES (?, ?, 1, ?, ?, ?, ?, ?, 'vi', ?, '[]', '{}', 9000, 'made/1')""",
            [page, page, page, document, title, text.split("\n")[0], rng.choice(CATEGORIES), published],
        )
        return page, title, text
