"""The states of a page in time: revisions, numbered in the order of the captures that they were first seen in.

Captures may come in any order: an import brings what was captured years before the page that a crawl knows. What is
older than the page's newest capture becomes history, and the page goes on saying what it says now.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import TypeAlias

from archive.records import Article, Extraction, PageKind

__all__ = [
    "State",
    "amend",
    "differs",
    "insert_revision",
    "is_same_article",
    "made_otherwise",
    "number_revisions",
    "place_in_history",
    "revisions_of",
    "said",
    "state_at",
    "state_of",
]

State: TypeAlias = Mapping[str, object]  # the columns of a revision that say what the page says

_FIELDS = ("title", "lead", "author", "source", "category", "language", "published_at")
_STATE = ("document_id", *_FIELDS, "captions", "removed", "visible_chars", "extractor", "learned")
_IN_ORDER = """SELECT revisions.*, captures.captured_at FROM revisions JOIN captures ON captures.id = capture_id
    WHERE revisions.page_id = ? ORDER BY captures.captured_at, revisions.number"""


def state_of(extraction: Extraction, article: Article, document_id: int) -> State:
    """Return the state of a page whose extraction gave this article, with the text of that document."""
    return {
        "document_id": document_id,
        **{name: getattr(article, name) for name in _FIELDS},
        "captions": json.dumps(article.captions, ensure_ascii=False),
        "removed": json.dumps(extraction.removed_by_reason(), sort_keys=True),
        "visible_chars": extraction.visible_chars,
        "extractor": article.extractor,
        "learned": extraction.learned or None,
    }


def differs(revision: sqlite3.Row, state: State) -> bool:
    """Return whether text or fields of a state are not those of a revision."""
    return said(revision) != said(state)


def amend(db: sqlite3.Connection, revision_id: int, state: State) -> None:
    """Let a revision say what other rules make of the same state of the page."""
    columns = ", ".join(f"{name} = ?" for name in _STATE)
    db.execute(f"UPDATE revisions SET {columns} WHERE id = ?", [*(state[name] for name in _STATE), revision_id])


def is_same_article(one: Article | None, other: Article | None) -> bool:
    """Return whether two extractions say the same in text and fields."""
    if one is None or other is None:
        return one is other
    return one.text == other.text and all(getattr(one, name) == getattr(other, name) for name in _FIELDS)


def made_otherwise(db: sqlite3.Connection, key: int, extraction: Extraction) -> int | None:
    """Return the capture of a page's current revision if its text differs and was made by other rules; else None.

    By the rules of today it may say what the extraction says: then nothing has changed but the rules.
    """
    if extraction.article is None:
        return None
    row = db.execute(
        """SELECT revisions.*, documents.text FROM pages JOIN revisions ON revisions.id = pages.revision_id
        JOIN documents ON documents.id = revisions.document_id WHERE pages.key = ?""",
        [key],
    ).fetchone()
    if row is None or (
        _rules(row["extractor"]) == _rules(extraction.article.extractor)
        and (row["learned"] or "") == extraction.learned
    ):
        return None
    article = extraction.article
    is_same = row["text"] == article.text and all(row[name] == getattr(article, name) for name in _FIELDS)
    return None if is_same else int(row["capture_id"])


def _rules(extractor: str) -> str:
    return extractor.rpartition("/")[2]


def insert_revision(db: sqlite3.Connection, page_id: int, capture_id: int, state: State, number: int = 0) -> int:
    """Store a state of a page, the next one unless a number is given; return the revision's id."""
    if not number:
        last = db.execute("SELECT max(number) FROM revisions WHERE page_id = ?", [page_id]).fetchone()[0]
        number = (last or 0) + 1
    inserted = db.execute(
        f"""INSERT INTO revisions (page_id, number, capture_id, {", ".join(_STATE)})
        VALUES ({", ".join("?" * (3 + len(_STATE)))})""",
        [page_id, number, capture_id, *(state[name] for name in _STATE)],
    )
    return inserted.lastrowid or 0


def revisions_of(db: sqlite3.Connection, page_id: int) -> list[sqlite3.Row]:
    """Return the revisions of a page in order, each with the `captured_at` of its capture."""
    return db.execute(_IN_ORDER, [page_id]).fetchall()


def said(state: State | sqlite3.Row | None) -> tuple[object, ...]:
    """Return what makes one state of a page another than the one before: its text and its fields."""
    return tuple(state[name] for name in ("document_id", *_FIELDS)) if state is not None else ()


def state_at(db: sqlite3.Connection, page_id: int, captured_at: str) -> State | None:
    """Return the state that a page was in at a time, None before the first."""
    rows = [row for row in db.execute(_IN_ORDER, [page_id]) if row["captured_at"] <= captured_at]
    return {name: rows[-1][name] for name in _STATE} if rows else None


def place_in_history(db: sqlite3.Connection, page_id: int, capture_id: int, state: State) -> None:
    """Store the state of a page in a capture that is older than the newest in which it is an article.

    What came before and after may be the same: then nothing is added, or the later revision began earlier. Where the
    page was seen again as it was before, that is a revision too: A, B, A.
    """
    at = db.execute("SELECT captured_at FROM captures WHERE id = ?", [capture_id]).fetchone()[0]
    revisions = db.execute(_IN_ORDER, [page_id]).fetchall()
    before = [row for row in revisions if row["captured_at"] <= at]
    after = revisions[len(before)] if len(before) < len(revisions) else None
    if before and not differs(before[-1], state):
        return
    again = _seen_again(db, page_id, at, after["captured_at"] if after else None) if before else None
    if again is None and after is not None and not differs(after, state):
        db.execute("UPDATE revisions SET capture_id = ? WHERE id = ?", [capture_id, after["id"]])
        return
    insert_revision(db, page_id, capture_id, state, len(revisions) + 1)
    if again is not None:
        returned = insert_revision(db, page_id, again, {name: before[-1][name] for name in _STATE}, len(revisions) + 2)
        if after is None:
            db.execute("UPDATE pages SET revision_id = ? WHERE id = ?", [returned, page_id])
    number_revisions(db, page_id)


def _seen_again(db: sqlite3.Connection, page_id: int, after: str, before: str | None) -> int | None:
    """Return the first capture between two times in which the page was an article, None where there is none."""
    row = db.execute(
        """SELECT id FROM captures WHERE page_id = ? AND kind = ? AND captured_at > ? AND captured_at < ?
        ORDER BY captured_at, id LIMIT 1""",
        [page_id, PageKind.ARTICLE, after, before or "~"],
    ).fetchone()
    return row[0] if row else None


def number_revisions(db: sqlite3.Connection, page_id: int) -> None:
    """Number the revisions of a page in the order of their captures; no two ever have the same number."""
    rows = db.execute(_IN_ORDER, [page_id]).fetchall()
    db.executemany("UPDATE revisions SET number = ? WHERE id = ?", [(-n, row["id"]) for n, row in enumerate(rows, 1)])
    db.execute("UPDATE revisions SET number = -number WHERE page_id = ?", [page_id])
