"""What an archive holds, counted."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["PortalStats", "Stats", "collect"]


@dataclass(frozen=True, slots=True)
class PortalStats:
    """One portal's share. `copies` counts its articles that are not the representative of their cluster."""

    id: str
    name: str
    pages: int
    articles: int
    copies: int
    last_captured_at: str | None


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts over a whole archive.

    `texts`: distinct texts of articles as they stand now; `clusters`: groups of at least two articles; `copies`:
    articles that are not the representative of their cluster; `repeats_removed`: blocks that stood again in one page;
    `chrome_share`: share of the characters that article pages show which is not their text, 0 to 1, or None without
    articles. `by_year` has the key "undated" too.
    """

    portals: int
    pages: int
    pages_by_kind: Mapping[str, int]
    articles: int
    revisions: int
    texts: int
    clusters: int
    copies: int
    captures: int
    revisits: int
    warc_files: int
    warc_bytes: int
    chrome_share: float | None
    repeats_removed: int
    removed_by_reason: Mapping[str, int]
    first_captured_at: str | None
    last_captured_at: str | None
    by_portal: tuple[PortalStats, ...]
    by_year: Mapping[str, int]


def collect(db: sqlite3.Connection) -> Stats:
    """Return the counts, all of one state of the archive."""
    db.execute("BEGIN")
    try:
        return _collect(db)
    finally:
        db.execute("ROLLBACK")


def _collect(db: sqlite3.Connection) -> Stats:
    articles, texts, members, shown, kept = _row(
        db,
        """SELECT count(*), count(DISTINCT documents.id), count(DISTINCT documents.cluster_id),
            sum(visible_chars), sum(min(length(text), visible_chars))
        FROM pages JOIN revisions ON revisions.id = pages.revision_id
        JOIN documents ON documents.id = revisions.document_id""",
    )
    captures, revisits, first, last = _row(
        db,
        """SELECT count(*), count(*) FILTER (WHERE record_type = 'revisit'), min(captured_at), max(captured_at)
        FROM captures""",
    )
    files, size_bytes = _row(db, "SELECT count(*), coalesce(sum(size_bytes), 0) FROM warc_files")
    removed = _counts(
        db,
        """SELECT reason.key, sum(reason.value) FROM pages JOIN revisions ON revisions.id = pages.revision_id,
        json_each(revisions.removed) AS reason GROUP BY reason.key ORDER BY 2 DESC, 1""",
    )
    kinds = _counts(db, "SELECT coalesce(kind, 'not analysed'), count(*) FROM pages GROUP BY 1 ORDER BY 2 DESC, 1")
    by_portal = _by_portal(db)
    return Stats(
        portals=len(by_portal),
        pages=sum(kinds.values()),
        pages_by_kind=kinds,
        articles=articles,
        revisions=_row(db, "SELECT count(*) FROM revisions")[0],
        texts=texts,
        clusters=_row(
            db,
            """SELECT count(*) FROM (SELECT 1 FROM pages JOIN revisions ON revisions.id = pages.revision_id
            JOIN documents ON documents.id = revisions.document_id GROUP BY cluster_id HAVING count(*) > 1)""",
        )[0],
        copies=articles - members,
        captures=captures,
        revisits=revisits,
        warc_files=files,
        warc_bytes=size_bytes,
        chrome_share=round(1 - kept / shown, 4) if shown else None,
        repeats_removed=removed.get("repeat", 0),
        removed_by_reason=removed,
        first_captured_at=first,
        last_captured_at=last,
        by_portal=by_portal,
        by_year=_counts(
            db,
            """SELECT coalesce(substr(published_at, 1, 4), 'undated'), count(*) FROM pages
            JOIN revisions ON revisions.id = pages.revision_id GROUP BY 1 ORDER BY 1""",
        ),
    )


def _by_portal(db: sqlite3.Connection) -> tuple[PortalStats, ...]:
    rows = db.execute(
        """SELECT portals.id, name, count(pages.id) AS pages, count(revisions.id) AS articles,
            count(revisions.id) FILTER (WHERE representative_page_id <> pages.id) AS copies,
            max(last_captured_at) AS last_captured_at
        FROM portals JOIN pages ON pages.portal = portals.id
        LEFT JOIN revisions ON revisions.id = pages.revision_id
        LEFT JOIN documents ON documents.id = revisions.document_id
        LEFT JOIN clusters ON clusters.id = documents.cluster_id
        GROUP BY portals.id ORDER BY articles DESC, portals.id"""
    )
    return tuple(PortalStats(**dict(row)) for row in rows)


def _row(db: sqlite3.Connection, query: str) -> sqlite3.Row:
    row: sqlite3.Row = db.execute(query).fetchone()
    return row


def _counts(db: sqlite3.Connection, query: str) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(query)}
