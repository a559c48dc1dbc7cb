"""A page's past told anew: what its captures say by the rules of today, in the place of what they said before.

The result is what the archive would hold had the captures come in under these rules, in their order of time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive import duplicates
from archive.records import Extraction, Fingerprint, PageKind
from archive.store import full_text
from archive.store.attachments import drop_text, record_links, record_text
from archive.store.captures import CaptureRef
from archive.store.pages import take_back
from archive.store.revisions import (
    State,
    amend,
    insert_revision,
    number_revisions,
    revisions_of,
    said,
    state_at,
    state_of,
)

__all__ = ["Reading", "Replaced", "join_aliases", "replace_page", "sweep"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a capture says by the rules of today."""

    extraction: Extraction
    fingerprint: Fingerprint | None = None
    canonical_key: int | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """What became of a page. `is_changed`: text or fields of an article are others, or the number of its revisions."""

    is_new: bool = False
    is_lost: bool = False
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class _Moment:
    """A capture with what it says; `state` of an article."""

    capture_id: int
    kind: str
    state: State | None
    reading: Reading | None


def replace_page(db: sqlite3.Connection, page_id: int, readings: Mapping[int, Reading]) -> Replaced:
    """Let a page say what `readings` (by capture) say; captures without one stay what they are.

    Runs in the writer's transaction; texts, clusters and the full-text index change with it.
    """
    before = revisions_of(db, page_id)
    current = db.execute("SELECT revision_id FROM pages WHERE id = ?", [page_id]).fetchone()[0]
    shown = next((row for row in before if row["id"] == current), None)
    moments = [_moment(db, page_id, row, readings.get(row["id"])) for row in _captures(db, page_id)]
    after = _revisions(moments)
    told = full_text.held(db, page_id) if shown else None
    is_same = [(row["capture_id"], said(row)) for row in before] == [(m.capture_id, said(m.state)) for m in after]
    if not is_same:
        full_text.drop(db, told)
    _write_revisions(db, page_id, before, after)
    last = next((moment for moment in reversed(moments) if moment.kind), None)
    kind = "article" if after else last.kind if last else None
    db.execute("UPDATE pages SET kind = ? WHERE id = ? AND kind IS NOT ?", [kind, page_id, kind])
    _write_links(db, page_id, moments, after, last)
    if not is_same or (after and current is None):
        _follow(db, page_id, shown)
    return Replaced(
        is_new=shown is None and bool(after),
        is_lost=shown is not None and not after,
        is_changed=shown is not None and bool(after) and not is_same,
    )


def _captures(db: sqlite3.Connection, page_id: int) -> list[sqlite3.Row]:
    query = "SELECT id, captured_at, kind FROM captures WHERE page_id = ? ORDER BY captured_at, id"
    return db.execute(query, [page_id]).fetchall()


def _moment(db: sqlite3.Connection, page_id: int, row: sqlite3.Row, reading: Reading | None) -> _Moment:
    """Return what a capture says; its row is brought up to date."""
    if reading is None:
        state = state_at(db, page_id, row["captured_at"]) if row["kind"] == PageKind.ARTICLE else None
        return _Moment(row["id"], row["kind"], state, None)
    found = reading.extraction
    db.execute("UPDATE captures SET kind = ?, reason = ? WHERE id = ?", [found.kind, found.reason or None, row["id"]])
    if found.article is None or reading.fingerprint is None:
        return _Moment(row["id"], found.kind, None, reading)
    added = duplicates.add_document(db, found.article.text, reading.fingerprint)
    return _Moment(row["id"], found.kind, state_of(found, found.article, added.document_id), reading)


def _revisions(moments: Sequence[_Moment]) -> list[_Moment]:
    """Return the moments at which an article said something new."""
    found: list[_Moment] = []
    for moment in moments:
        if moment.state is not None and (not found or said(found[-1].state) != said(moment.state)):
            found.append(moment)
    return found


def _write_revisions(
    db: sqlite3.Connection, page_id: int, before: Sequence[sqlite3.Row], after: Sequence[_Moment]
) -> None:
    """Write the revisions of a page; their ids stay as far as there are as many as before."""
    for row in before[len(after) :]:
        db.execute("DELETE FROM revisions WHERE id = ?", [row["id"]])
    ids = []
    for number, moment in enumerate(after, 1):
        state = moment.state or {}
        if number > len(before):
            ids.append(insert_revision(db, page_id, moment.capture_id, state, -number))
            continue
        row = before[number - 1]
        if row["capture_id"] != moment.capture_id:
            db.execute("UPDATE revisions SET capture_id = ? WHERE id = ?", [moment.capture_id, row["id"]])
        if any(row[name] != value for name, value in state.items()):
            amend(db, row["id"], state)
        ids.append(row["id"])
    if len(before) != len(after) or any(row["number"] != number for number, row in enumerate(before, 1)):
        number_revisions(db, page_id)
    current = ids[-1] if ids else None
    db.execute("UPDATE pages SET revision_id = ? WHERE id = ? AND revision_id IS NOT ?", [current, page_id, current])


def _write_links(
    db: sqlite3.Connection, page_id: int, moments: Sequence[_Moment], after: Sequence[_Moment], last: _Moment | None
) -> None:
    """Write what the page links to and names as its canonical, or what it says as a file."""
    if after:
        drop_text(db, page_id)
        newest = next(moment for moment in reversed(moments) if moment.state is not None)
        if newest.reading is not None:
            record_links(db, page_id, newest.reading.extraction.attachments)
        if (reading := after[-1].reading) is not None:
            db.execute("UPDATE pages SET canonical_key = ? WHERE id = ?", [reading.canonical_key, page_id])
    elif last is not None and last.reading is not None and (text := last.reading.extraction.attachment):
        record_text(db, CaptureRef(last.capture_id, page_id, is_revisit=False), text)


def _follow(db: sqlite3.Connection, page_id: int, shown: sqlite3.Row | None) -> None:
    """Bring full-text index and clusters up to date with what the page says now."""
    now = db.execute(
        """SELECT revisions.title, documents.text, documents.id FROM pages
        JOIN revisions ON revisions.id = pages.revision_id JOIN documents ON documents.id = revisions.document_id
        WHERE pages.id = ?""",
        [page_id],
    ).fetchone()
    if now is not None:
        full_text.put(db, page_id, now["title"], now["text"])
    if shown is not None and (now is None or shown["document_id"] != now["id"]):
        duplicates.page_lost(db, page_id, shown["document_id"])
    if now is not None:
        duplicates.page_gained(db, page_id, now["id"])


def join_aliases(db: sqlite3.Connection) -> None:
    """Make aliases of the articles that name another article as their canonical and say the same."""
    rows = db.execute(
        """SELECT alias.id, own.document_id FROM pages AS alias JOIN revisions AS own ON own.id = alias.revision_id
        JOIN pages AS named ON named.key = alias.canonical_key AND named.id <> alias.id
        JOIN revisions AS other ON other.id = named.revision_id
        WHERE other.document_id = own.document_id ORDER BY alias.id"""
    ).fetchall()
    for page_id, document_id in rows:
        take_back(db, page_id, document_id)


def sweep(db: sqlite3.Connection) -> int:
    """Delete the texts that no revision shows any more; return how many. Their links are to be made anew."""
    return db.execute("DELETE FROM documents WHERE id NOT IN (SELECT document_id FROM revisions)").rowcount
