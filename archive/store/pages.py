"""What was made of a capture enters the archive, in the writer's transaction, as its capture did (`captures`)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from archive import duplicates
from archive.records import Extraction, Fingerprint, PageKind
from archive.store import full_text
from archive.store.attachments import drop_text, record_links, record_text
from archive.store.captures import CaptureRef, Page, iso, record_capture
from archive.store.revisions import State, amend, differs, insert_revision, place_in_history, state_at, state_of

__all__ = [
    "CaptureRef",
    "Page",
    "Stored",
    "can_repeat",
    "make_alias",
    "mark_found",
    "mark_gone",
    "open_captures",
    "record_capture",
    "record_extraction",
    "record_kind",
    "record_repeat",
    "register_portal",
    "take_back",
]


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of an analysed capture.

    `is_new`: the page is an article for the first time; `is_changed`: it was one and its text or fields changed;
    `is_copy`: its text has copies in the archive; `is_history`: it was captured before what the page says now.
    """

    kind: PageKind
    is_new: bool = False
    is_changed: bool = False
    is_copy: bool = False
    is_history: bool = False


def register_portal(
    db: sqlite3.Connection,
    portal_id: str,
    *,
    name: str,
    url: str,
    hosts: Sequence[str],
    provinces: tuple[str | None, str | None],
    now: datetime,
) -> None:
    """Make the portal known to the archive, or bring its row up to date."""
    db.execute(
        """INSERT INTO portals (id, name, url, hosts, province_before, province_after, added_at)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, url = excluded.url,
        hosts = excluded.hosts, province_before = excluded.province_before, province_after = excluded.province_after""",
        [portal_id, name, url, json.dumps(list(hosts)), *provinces, iso(now)],
    )


def record_kind(db: sqlite3.Connection, ref: CaptureRef, kind: PageKind, reason: str = "") -> Stored:
    """Note what a capture is that brings no article. A page that was an article keeps its last revision.

    What is older than the page's newest capture says nothing of what the page is now.
    """
    db.execute("UPDATE captures SET kind = ?, reason = ? WHERE id = ?", [kind, reason or None, ref.capture_id])
    db.execute(
        """UPDATE pages SET kind = ?1 WHERE id = ?2 AND revision_id IS NULL
        AND (kind IS NULL OR last_captured_at <= (SELECT captured_at FROM captures WHERE id = ?3))""",
        [kind, ref.page_id, ref.capture_id],
    )
    return Stored(kind)


def record_extraction(
    db: sqlite3.Connection,
    ref: CaptureRef,
    extraction: Extraction,
    fingerprint: Fingerprint | None,
    canonical_key: int | None = None,
    *,
    is_same_state: bool = False,
) -> Stored:
    """Store what was extracted from a capture; a new revision only where text or fields changed.

    `is_same_state`: the same rules make the same of the capture that the page's current revision was seen in, so that
    whatever differs is due to the rules: the revision is amended.
    """
    article = extraction.article
    if article is None or fingerprint is None:
        if extraction.attachment is not None and _is_newest(db, ref):
            record_text(db, ref, extraction.attachment)
        return record_kind(db, ref, extraction.kind, extraction.reason)
    added = duplicates.add_document(db, article.text, fingerprint)
    if canonical_key is not None and _says_the_same(db, canonical_key, added.document_id):
        db.execute("UPDATE pages SET canonical_key = ? WHERE id = ?", [canonical_key, ref.page_id])
        return record_kind(db, ref, PageKind.ALIAS, "the same text as its canonical page")
    record_kind(db, ref, PageKind.ARTICLE, extraction.reason)
    drop_text(db, ref.page_id)
    state = state_of(extraction, article, added.document_id)
    stored = _take_state(db, ref, state, article.text, is_same_state=is_same_state)
    if not stored.is_history:
        record_links(db, ref.page_id, extraction.attachments)
    if stored.is_new or stored.is_changed:
        db.execute("UPDATE pages SET canonical_key = ? WHERE id = ?", [canonical_key, ref.page_id])
        _demote_aliases(db, ref.page_id, added.document_id)
        is_copy = not added.is_new or any(link.kind != "series" for link in added.links)
        return replace(stored, is_copy=is_copy)
    return stored


def can_repeat(db: sqlite3.Connection, earlier: sqlite3.Row | None) -> bool:
    """Return whether it is known what a capture says (a row with `page_id`, `kind` and `captured_at`)."""
    if earlier is None or earlier["kind"] is None:
        return False
    return earlier["kind"] != PageKind.ARTICLE or state_at(db, earlier["page_id"], earlier["captured_at"]) is not None


def record_repeat(db: sqlite3.Connection, ref: CaptureRef, earlier: sqlite3.Row | None) -> Stored:
    """Store that a capture says what another one of its page says, of which `can_repeat` is true."""
    state = state_at(db, ref.page_id, earlier["captured_at"]) if earlier else None
    kind = PageKind(earlier["kind"]) if earlier else PageKind.BROKEN
    stored = record_kind(db, ref, kind, "same payload")
    if kind is not PageKind.ARTICLE or state is None:
        return stored
    return _take_state(db, ref, state, db.execute(_TEXT, [state["document_id"]]).fetchone()[0])


def mark_gone(db: sqlite3.Connection, ref: CaptureRef) -> bool:
    """Note that an article is no more on its portal, and return whether that is news; what it said is kept."""
    changed = db.execute(
        """UPDATE pages SET gone_at = (SELECT captured_at FROM captures WHERE id = ?)
        WHERE id = ? AND revision_id IS NOT NULL AND gone_at IS NULL""",
        [ref.capture_id, ref.page_id],
    )
    return changed.rowcount > 0


def mark_found(db: sqlite3.Connection, ref: CaptureRef) -> None:
    """Note that a page is there, again."""
    db.execute("UPDATE pages SET gone_at = NULL WHERE id = ?", [ref.page_id])


def open_captures(db: sqlite3.Connection) -> list[int]:
    """Return the ids of captures that no analysis has reached yet (after a kill)."""
    return [row[0] for row in db.execute("SELECT id FROM captures WHERE kind IS NULL ORDER BY id")]


_TEXT = "SELECT text FROM documents WHERE id = ?"


def _take_state(
    db: sqlite3.Connection, ref: CaptureRef, state: State, text: str, *, is_same_state: bool = False
) -> Stored:
    """Make a state the current one of its page, or history where the page has a newer one; `text` is its text."""
    current = db.execute(
        """SELECT revisions.*, pages.last_captured_at > captures.captured_at AS is_late
        FROM captures JOIN pages ON pages.id = captures.page_id JOIN revisions ON revisions.id = pages.revision_id
        WHERE captures.id = ?""",
        [ref.capture_id],
    ).fetchone()
    if current is not None and current["is_late"] and _was_article_later(db, ref):
        place_in_history(db, ref.page_id, ref.capture_id, state)
        return Stored(PageKind.ARTICLE, is_history=True)
    if current is not None and not differs(current, state):
        return Stored(PageKind.ARTICLE)
    if current is not None:
        full_text.drop(db, full_text.held(db, ref.page_id))
    is_amended = current is not None and is_same_state
    if is_amended:
        amend(db, current["id"], state)
    else:
        revision_id = insert_revision(db, ref.page_id, ref.capture_id, state)
        db.execute("UPDATE pages SET revision_id = ?, kind = 'article' WHERE id = ?", [revision_id, ref.page_id])
    full_text.put(db, ref.page_id, str(state["title"]), text)
    document_id = int(str(state["document_id"]))
    if current is not None and current["document_id"] != document_id:
        duplicates.page_lost(db, ref.page_id, current["document_id"])
    duplicates.page_gained(db, ref.page_id, document_id)
    return Stored(PageKind.ARTICLE, is_new=current is None, is_changed=current is not None and not is_amended)


def _is_newest(db: sqlite3.Connection, ref: CaptureRef) -> bool:
    query = """SELECT captures.captured_at >= pages.last_captured_at FROM captures JOIN pages ON pages.id = page_id
        WHERE captures.id = ?"""
    return bool(db.execute(query, [ref.capture_id]).fetchone()[0])


def _was_article_later(db: sqlite3.Connection, ref: CaptureRef) -> bool:
    query = """SELECT 1 FROM captures WHERE page_id = ? AND kind = 'article'
        AND captured_at > (SELECT captured_at FROM captures WHERE id = ?) LIMIT 1"""
    return db.execute(query, [ref.page_id, ref.capture_id]).fetchone() is not None


def _says_the_same(db: sqlite3.Connection, canonical_key: int, document_id: int) -> bool:
    query = """SELECT 1 FROM pages JOIN revisions ON revisions.id = pages.revision_id
        WHERE pages.key = ? AND revisions.document_id = ?"""
    return db.execute(query, [canonical_key, document_id]).fetchone() is not None


def _demote_aliases(db: sqlite3.Connection, page_id: int, document_id: int) -> None:
    """Take back articles that name this page as their canonical and say the same."""
    aliases = db.execute(
        """SELECT alias.id FROM pages JOIN pages AS alias ON alias.canonical_key = pages.key
        JOIN revisions ON revisions.id = alias.revision_id
        WHERE pages.id = ? AND alias.id <> pages.id AND revisions.document_id = ?""",
        [page_id, document_id],
    ).fetchall()
    for row in aliases:
        take_back(db, row["id"], document_id)


def make_alias(db: sqlite3.Connection, key: int, canonical_key: int) -> None:
    """Make a page that is an article an alias of another page that says the same."""
    row = db.execute(
        """SELECT pages.id, document_id FROM pages JOIN revisions ON revisions.id = pages.revision_id
        WHERE pages.key = ?""",
        [key],
    ).fetchone()
    if row is not None:
        db.execute("UPDATE pages SET canonical_key = ? WHERE id = ?", [canonical_key, row["id"]])
        take_back(db, row["id"], row["document_id"])


def take_back(db: sqlite3.Connection, page_id: int, document_id: int) -> None:
    """Make an alias of a page that is an article with this document."""
    full_text.drop(db, full_text.held(db, page_id))
    db.execute("UPDATE pages SET revision_id = NULL, kind = 'alias' WHERE id = ?", [page_id])
    duplicates.page_lost(db, page_id, document_id)
