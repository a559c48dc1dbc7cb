"""Changes to the full-text index, gathered and made in one go at the end of a transaction.

FTS5 writes what it holds to the disk, a segment of the index, whenever a savepoint is released or a rowid is not above
the one before: with a savepoint around each piece of work that would be one for each article, all to be merged later.
What is gathered stands in a temporary table of the writer's connection, so that it is undone with the work that it
belongs to, and goes into the index in the order of its ids (`search_keys`).
"""

from __future__ import annotations

import sqlite3
import time

from archive.store.search_keys import FILL, allot, is_of_day, keys_of
from archive.text import fold_search

__all__ = ["drop", "held", "merge", "prepare", "put", "redate_files", "reindex", "write"]

_APART = 0.2  # of the largest segment: where the others hold more, all are merged
_PAGES = 500  # of the index that are merged in one transaction: about 0.1 s


def prepare(db: sqlite3.Connection) -> None:
    """Make a connection ready to gather changes."""
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("CREATE TEMP TABLE unwritten (command TEXT, id INTEGER, title TEXT, text TEXT, keys TEXT)")


def put(db: sqlite3.Connection, page_id: int, title: str, text: str) -> None:
    """Make a page's texts searchable that are not in the index: those of an article or a file that is stored."""
    row = db.execute(_ENTRY, [page_id]).fetchone()
    key = allot(db, row["published_at"], row["captured_at"])
    db.execute(
        "INSERT INTO search_keys (id, page_id, portal, category, is_file) VALUES (?, ?, ?, ?, ?)",
        [key, page_id, row["portal"], row["category"], row["is_file"]],
    )
    keys = keys_of(row["portal"], row["category"])
    db.execute("INSERT INTO unwritten VALUES (NULL, ?, ?, ?, ?)", [key, fold_search(title), fold_search(text), keys])


def held(db: sqlite3.Connection, page_id: int) -> sqlite3.Row | None:
    """Return what a page says in the index (`id`, `title`, `text`, `keys`), None where it is not there.

    To be asked before what is stored of the page changes.
    """
    row: sqlite3.Row | None = db.execute(
        "SELECT id, title, text, keys FROM searchable WHERE page_id = ?", [page_id]
    ).fetchone()
    return row


def drop(db: sqlite3.Connection, row: sqlite3.Row | None) -> None:
    """Take out of the index what was `held`, if anything was: it must be told what it holds."""
    if row is not None:
        folded = fold_search(row["title"]), fold_search(row["text"])
        db.execute("INSERT INTO unwritten VALUES ('delete', ?, ?, ?, ?)", [row["id"], *folded, row["keys"]])
        db.execute("DELETE FROM search_keys WHERE id = ?", [row["id"]])


def redate_files(db: sqlite3.Connection, page_id: int) -> None:
    """Put the files that an article links to where its day is, if it is the one that dates them and they are not."""
    files = db.execute(
        """SELECT texts.page_id, texts.name, texts.text, search_keys.id FROM attachments
        JOIN pages ON pages.key = attachments.key JOIN attachment_texts AS texts ON texts.page_id = pages.id
        JOIN search_keys ON search_keys.page_id = pages.id WHERE attachments.page_id = ?""",
        [page_id],
    ).fetchall()
    for file in files:
        row = db.execute(_ENTRY, [file["page_id"]]).fetchone()
        if not is_of_day(file["id"], row["published_at"], row["captured_at"]):
            drop(db, held(db, file["page_id"]))
            put(db, file["page_id"], file["name"], file["text"])


def write(db: sqlite3.Connection) -> None:
    """Make the changes that were gathered: by id, and those of one id in their order."""
    db.execute(
        """INSERT INTO search_index (search_index, rowid, title, text, keys)
        SELECT command, id, title, text, keys FROM unwritten ORDER BY id, unwritten.rowid"""
    )
    db.execute("DELETE FROM unwritten")


def merge(db: sqlite3.Connection, *, limit_s: float) -> None:
    """Make one segment of the index out of its many, where that pays: a search then takes two thirds of the time.

    Each time the index has grown by a fifth, so that it costs a text about as much as to be indexed once more. What is
    not done after `limit_s` goes on the next time; a kill loses the last step.
    """
    end = time.monotonic() + limit_s
    sizes = [row[0] for row in db.execute("SELECT max(pgno) FROM search_index_idx GROUP BY segid")]
    if sum(sizes) <= max(sizes, default=0) * (1 + _APART):
        return
    while time.monotonic() < end:
        before = db.total_changes
        db.execute("INSERT INTO search_index (search_index, rank) VALUES ('merge', ?)", [-_PAGES])
        if db.total_changes - before < 2:  # as FTS5 says that there was nothing to do
            return


def reindex(db: sqlite3.Connection) -> None:
    """Fill the full-text index anew from the articles and files."""
    for statement in FILL:
        db.execute(statement)


# What is known of a page: an article's own day, for a file that of the first article that links to it.
_ENTRY = """SELECT portal, revisions.category, pages.revision_id IS NULL AS is_file, captures.captured_at,
    coalesce(revisions.published_at, (SELECT of_article.published_at FROM attachments
        JOIN pages AS article ON article.id = attachments.page_id
        JOIN revisions AS of_article ON of_article.id = article.revision_id
        WHERE attachments.key = pages.key ORDER BY article.id LIMIT 1)) AS published_at
    FROM pages LEFT JOIN revisions ON revisions.id = pages.revision_id
    LEFT JOIN attachment_texts AS texts ON texts.page_id = pages.id
    JOIN captures ON captures.id = coalesce(revisions.capture_id, texts.capture_id) WHERE pages.id = ?"""
