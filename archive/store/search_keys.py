"""The order of the full-text index, and what it can be filtered by.

Its rowids are the days of publication, so that the newest matches come first.

An id is a day and a place in it, `day_number * PLACES + place`; what has no day of publication stands below zero, in
the order of capture. So a range of days is a range of rowids, and "by date" is the index's own order: neither costs a
match more than its turn. Of one day 65,536 texts have a place; more go on into the next.
"""

from __future__ import annotations

import sqlite3
from datetime import date

from archive.text import DS

__all__ = [
    "FILL",
    "KEYS",
    "MERGER",
    "MONTH",
    "PLACES",
    "UNDATED",
    "YEAR",
    "allot",
    "first_of_day",
    "is_of_day",
    "key_of_category",
    "key_of_portal",
    "keys_of",
]

PLACES = 1 << 16  # of a day
UNDATED = 1 << 40  # how far below their day of capture texts without a day of publication stand
_DAYS_OF_YEAR = 12 * 31  # more than a year has: month and year are found by division
MONTH, YEAR = 31 * PLACES, _DAYS_OF_YEAR * PLACES


# The column `keys` of the index holds a word for the portal and one for the category: hexadecimal behind a character
# for private use, which FTS5 takes for a letter and which stands in no word of a query.
_PORTAL, _CATEGORY = 0xE000, 0xE001
KEYS = (
    f"char({_PORTAL}) || hex(search_keys.portal) || "
    f"iif(search_keys.category IS NULL, '', ' ' || char({_CATEGORY}) || hex(search_keys.category))"
)


def key_of_portal(portal: str) -> str:
    """Return the word of the index for a portal."""
    return chr(_PORTAL) + portal.encode().hex().upper()


def key_of_category(category: str) -> str:
    """Return the word of the index for a category."""
    return chr(_CATEGORY) + category.encode().hex().upper()


def keys_of(portal: str, category: str | None) -> str:
    """Return what the index holds of a text beside its words, as `KEYS` does in SQL."""
    return key_of_portal(portal) + ("" if category is None else f" {key_of_category(category)}")


def first_of_day(day: date) -> int:
    """Return the first id of what was published on a day."""
    return _first(day.isoformat(), "")


def allot(db: sqlite3.Connection, published_at: str | None, captured_at: str) -> int:
    """Return an id that is free for a text of that day."""
    first = _first(published_at, captured_at)
    taken = "SELECT max(id) FROM search_keys WHERE id BETWEEN ? AND ?"
    while (last := db.execute(taken, [first, first + PLACES - 1]).fetchone()[0]) == first + PLACES - 1:
        first += PLACES
    return first if last is None else int(last) + 1


def is_of_day(key: int, published_at: str | None, captured_at: str) -> bool:
    """Return whether an id is that of a text of that day."""
    return 0 <= key - _first(published_at, captured_at) < PLACES


def _first(published_at: str | None, captured_at: str) -> int:
    day = published_at or captured_at
    number = int(day[:4]) * _DAYS_OF_YEAR + (int(day[5:7]) - 1) * 31 + int(day[8:10]) - 1
    return number * PLACES - (0 if published_at else UNDATED)


MERGER = first_of_day(date(2025, 7, 1))  # since that day a portal's province is `province_after`


def _folded(column: str) -> str:
    """Return what `fold_search` does as SQL: stored text is NFC."""
    for letter, plain in DS.items():
        column = f"replace({column}, '{letter}', '{plain}')"
    return column


# Fills both tables anew from articles and files. A text has the id of its place among all, or that of its day if that
# is higher: the same as `allot` gives them one after the other.
FILL = (
    "INSERT INTO search_index (search_index) VALUES ('delete-all')",
    "DELETE FROM search_keys",
    f"""INSERT INTO search_keys (id, page_id, portal, category, is_file)
    WITH dated AS (
        SELECT pages.id AS page_id, portal, category, 0 AS is_file, published_at, captured_at
        FROM pages JOIN revisions ON revisions.id = pages.revision_id JOIN captures ON captures.id = capture_id
        UNION ALL
        SELECT pages.id, portal, NULL, 1, (SELECT revisions.published_at FROM attachments
            JOIN pages AS article ON article.id = attachments.page_id
            JOIN revisions ON revisions.id = article.revision_id
            WHERE attachments.key = pages.key ORDER BY article.id LIMIT 1), captured_at
        FROM attachment_texts JOIN pages ON pages.id = attachment_texts.page_id
        JOIN captures ON captures.id = capture_id WHERE pages.revision_id IS NULL
    ), begun AS (
        SELECT *, (substr(day, 1, 4) * {_DAYS_OF_YEAR} + (substr(day, 6, 2) - 1) * 31 + substr(day, 9, 2) - 1)
            * {PLACES} - iif(published_at IS NULL, {UNDATED}, 0) AS first
        FROM (SELECT *, coalesce(published_at, captured_at) AS day FROM dated)
    ), ranked AS (SELECT *, row_number() OVER (ORDER BY first, page_id) AS rank FROM begun)
    SELECT rank + max(first - rank) OVER (ORDER BY rank), page_id, portal, category, is_file FROM ranked""",
    f"""INSERT INTO search_index (rowid, title, text, keys)
    SELECT id, {_folded("title")}, {_folded("text")}, keys FROM searchable ORDER BY id""",
)
