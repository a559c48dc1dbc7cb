"""Changes to the full-text index, gathered and made in one go at the end of a transaction.

FTS5 writes what it holds to the disk, a segment of the index, whenever a savepoint is released: with a savepoint around
each piece of work that would be one for each article, all to be merged later. What is gathered stands in a temporary
table of the writer's connection, so that it is undone with the work that it belongs to.
"""

from __future__ import annotations

import sqlite3

from archive.text import fold_search

__all__ = ["drop", "prepare", "put", "write"]


def prepare(db: sqlite3.Connection) -> None:
    """Make a connection ready to gather changes."""
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("CREATE TEMP TABLE unwritten (command TEXT, page_id INTEGER, title TEXT, text TEXT)")


def put(db: sqlite3.Connection, page_id: int, title: str, text: str) -> None:
    """Make a page's texts searchable that are not in the index."""
    db.execute("INSERT INTO unwritten VALUES (NULL, ?, ?, ?)", [page_id, fold_search(title), fold_search(text)])


def drop(db: sqlite3.Connection, page_id: int, title: str, text: str) -> None:
    """Take a page's texts out of the index, which must be told what it holds."""
    db.execute("INSERT INTO unwritten VALUES ('delete', ?, ?, ?)", [page_id, fold_search(title), fold_search(text)])


def write(db: sqlite3.Connection) -> None:
    """Make the changes that were gathered, in their order."""
    db.execute(
        """INSERT INTO search_index (search_index, rowid, title, text)
        SELECT command, page_id, title, text FROM unwritten ORDER BY unwritten.rowid"""
    )
    db.execute("DELETE FROM unwritten")
