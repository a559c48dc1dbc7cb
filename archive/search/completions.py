"""The words of the index that begin so.

FTS5 answers a prefix by gathering all places of all its words first: two letters take seconds in a million articles. A
choice between those words instead is read from the newest match on, as far as it is needed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from archive.text import strip_marks

__all__ = ["completer"]

_MOST = 1000  # words: where more begin so they are numbers or names, rare ones, which FTS5 gathers in no time
_TABLE = "CREATE VIRTUAL TABLE temp.search_words USING fts5vocab('main', 'search_index', 'instance')"
_STEP = "SELECT term FROM temp.search_words WHERE term >= ? LIMIT 1"


def completer(db: sqlite3.Connection) -> Callable[[str], tuple[str, ...]]:
    """Return the function that returns the words of the index that a stem begins; none where there are too many."""

    def complete(stem: str) -> tuple[str, ...]:
        plain = strip_marks(stem)
        if not plain.isascii():
            return ()  # what the index makes of it is for FTS5 to say
        _prepare(db)
        words = list[str]()
        step = plain
        while (row := db.execute(_STEP, [step]).fetchone()) and row[0].startswith(plain) and len(words) <= _MOST:
            words.append(row[0])
            step = f"{row[0]} "  # a space stands before all letters
        return tuple(words) if len(words) <= _MOST else ()

    return complete


def _prepare(db: sqlite3.Connection) -> None:
    """Give a connection the table of the index's words; it is the connection's own, also where that can only read."""
    if db.execute("SELECT 1 FROM temp.sqlite_master WHERE name = 'search_words'").fetchone():
        return
    can_write = not db.execute("PRAGMA query_only").fetchone()[0]
    db.execute("PRAGMA query_only = OFF")
    db.execute(_TABLE)
    if not can_write:
        db.execute("PRAGMA query_only = ON")
