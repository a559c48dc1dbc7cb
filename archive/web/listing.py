"""Articles by date, without a query: what a filter alone has, in the form of results."""

from __future__ import annotations

import sqlite3

from archive.filters import Filters
from archive.search import Options, Results

__all__ = ["listing"]

_SNIPPET_CHARS = 300


def listing(db: sqlite3.Connection, filters: Filters, options: Options) -> Results:
    """Return the articles of `filters` by day of publication, undated ones last; copies as their representative.

    Raises NotFound.
    """
    condition, parameters = filters.resolve(db).condition()
    joined = """pages JOIN revisions ON revisions.id = pages.revision_id
        JOIN documents ON documents.id = revisions.document_id
        JOIN clusters ON clusters.id = documents.cluster_id JOIN portals ON portals.id = pages.portal
        JOIN captures ON captures.id = revisions.capture_id"""
    if not options.all_copies:
        condition += " AND clusters.representative_page_id = pages.id"
    direction = "ASC" if options.sort == "oldest" else "DESC"
    rows = db.execute(
        f"""SELECT pages.id FROM {joined} WHERE {condition}
        ORDER BY published_at IS NULL, published_at {direction}, pages.id {direction} LIMIT ? OFFSET ?""",
        [*parameters, options.limit + 1, options.offset],
    ).fetchall()
    matched = db.execute(f"SELECT count(*) FROM {joined} WHERE {condition}", parameters).fetchone()[0]
    hits = tuple(_hit(db, row[0]) for row in rows[: options.limit])
    return Results(hits, matched, False, matched, len(rows) > options.limit, None)
