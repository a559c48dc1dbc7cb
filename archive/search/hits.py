"""What is shown of the texts that were found."""

from __future__ import annotations

import sqlite3

from archive.search.marks import Marker
from archive.search.records import File, Hit

__all__ = ["hit_of"]


def hit_of(db: sqlite3.Connection, marker: Marker, key: int, score: float) -> Hit:
    """Return the hit with this id in `search_keys`: an article, or a file with the first article that links to it."""
    page_id = db.execute("SELECT page_id FROM search_keys WHERE id = ?", [key]).fetchone()[0]
    row = _article(db, page_id)
    return _file_hit(db, marker, page_id, score) if row is None else _hit(marker, row, row["text"], score)


def _article(db: sqlite3.Connection, page_id: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        """SELECT *, (SELECT count(*) FROM documents
                JOIN revisions ON revisions.document_id = documents.id JOIN pages ON pages.revision_id = revisions.id
                WHERE cluster_id = (SELECT cluster_id FROM documents WHERE id = article.document_id)) AS members
        FROM articles AS article WHERE page_id = ?""",
        [page_id],
    ).fetchone()
    return row


def _hit(marker: Marker, row: sqlite3.Row, text: str, score: float, file: File | None = None) -> Hit:
    return Hit(
        id=row["id"],
        url=row["url"],
        portal=row["portal"],
        province=row["province"],
        title=row["title"],
        marked_title=marker.marked(row["title"]),
        snippet=marker.snippet(text),
        category=row["category"],
        published_at=row["published_at"],
        captured_at=row["captured_at"],
        gone_at=row["gone_at"],
        cluster_id=row["cluster_id"],
        copies=row["members"] - 1,
        score=round(score, 3),
        attachment=file,
    )


def _file_hit(db: sqlite3.Connection, marker: Marker, page_id: int, score: float) -> Hit:
    row = db.execute(
        """SELECT printf('%016x', pages.key) AS id, pages.url, pages.portal, captured_at,
            attachment_texts.name AS title, format, text, NULL AS category, NULL AS gone_at,
            NULL AS published_at, printf('%016x', pages.key) AS cluster_id, 1 AS members,
            CASE WHEN captured_at < '2025-07-01' THEN province_before ELSE province_after END AS province,
            (SELECT article.id FROM attachments JOIN pages AS article ON article.id = attachments.page_id
                WHERE attachments.key = pages.key AND article.revision_id IS NOT NULL
                ORDER BY article.id LIMIT 1) AS article_id
        FROM attachment_texts JOIN pages ON pages.id = attachment_texts.page_id
        JOIN captures ON captures.id = capture_id JOIN portals ON portals.id = pages.portal
        WHERE attachment_texts.page_id = ?""",
        [page_id],
    ).fetchone()
    file = File(row["id"], row["url"], row["title"], row["format"])
    article = None if row["article_id"] is None else _article(db, row["article_id"])
    return _hit(marker, article or row, row["text"], score, file)
