"""What an archive holds, counted."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from archive.store.search_keys import MERGER, MONTH, UNDATED

__all__ = ["NO_DAY", "NO_PROVINCE", "PortalStats", "Stats", "collect"]

NO_DAY = "undated"  # the key of what has no day of publication
NO_PROVINCE = "unknown"  # the key of what has no province


@dataclass(frozen=True, slots=True)
class PortalStats:
    """One portal's share. `copies` counts its articles that are not the representative of their cluster.

    `by_month`: its articles by month of publication ("2022-10"), those without a date left out, the earliest first.
    """

    id: str
    name: str
    province: str | None
    pages: int
    articles: int
    copies: int
    last_captured_at: str | None
    by_month: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts over a whole archive.

    `texts`: distinct texts of articles as they stand now; `clusters`: groups of at least two articles; `copies`:
    articles that are not the representative of their cluster; `repeats_removed`: blocks that stood again in one page;
    `chrome_share`: share of the characters that article pages show which is not their text, 0 to 1, or None without
    articles. `by_year` and `by_month` ("2022-10") have the key "undated" too, `by_province` has "unknown": a province
    goes by the name that it had on the day of the article.
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
    by_month: Mapping[str, int]
    by_province: Mapping[str, int]


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
    shares = _shares(db)
    by_portal = _by_portal(db, shares)
    by_month = _summed((share.month, share.articles) for share in shares)
    by_year = _summed((month if month == NO_DAY else month[:4], count) for month, count in by_month.items())
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
        by_year=by_year,
        by_month=by_month,
        by_province=_most_first(_summed((share.province or NO_PROVINCE, share.articles) for share in shares)),
    )


@dataclass(frozen=True, slots=True)
class _Share:
    """How many articles of a portal are of one month, and which province it was of then."""

    portal: str
    month: str
    province: str | None
    articles: int


def _shares(db: sqlite3.Connection) -> list[_Share]:
    # The keys of the full-text index tell the day: they are read in a tenth of the time of the articles.
    rows = db.execute(
        f"""SELECT portal, iif(key.id < 0, NULL, key.id / {MONTH}),
            iif(key.id + iif(key.id < 0, {UNDATED}, 0) < {MERGER}, province_before, province_after), count(*)
        FROM search_keys AS key JOIN portals ON portals.id = portal WHERE NOT is_file GROUP BY 1, 2, 3 ORDER BY 1, 2"""
    )
    return [
        _Share(portal, NO_DAY if month is None else f"{month // 12:04d}-{month % 12 + 1:02d}", province, articles)
        for portal, month, province, articles in rows
    ]


def _summed(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    summed: dict[str, int] = {}
    for name, count in counts:
        summed[name] = summed.get(name, 0) + count
    return dict(sorted(summed.items()))


def _most_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _by_portal(db: sqlite3.Connection, shares: Sequence[_Share]) -> tuple[PortalStats, ...]:
    rows = db.execute(
        """SELECT portals.id, name, coalesce(province_after, province_before) AS province, count(pages.id) AS pages,
            count(revisions.id) AS articles,
            count(revisions.id) FILTER (WHERE representative_page_id <> pages.id) AS copies,
            max(last_captured_at) AS last_captured_at
        FROM portals JOIN pages ON pages.portal = portals.id
        LEFT JOIN revisions ON revisions.id = pages.revision_id
        LEFT JOIN documents ON documents.id = revisions.document_id
        LEFT JOIN clusters ON clusters.id = documents.cluster_id
        GROUP BY portals.id ORDER BY articles DESC, portals.id"""
    )
    months: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for share in shares:
        if share.month != NO_DAY:
            months[share.portal].append((share.month, share.articles))
    return tuple(PortalStats(**dict(row), by_month=_summed(months[row["id"]])) for row in rows)


def _row(db: sqlite3.Connection, query: str) -> sqlite3.Row:
    row: sqlite3.Row = db.execute(query).fetchone()
    return row


def _counts(db: sqlite3.Connection, query: str) -> dict[str, int]:
    return {row[0]: row[1] for row in db.execute(query)}
