"""A database of pages and texts for the tests of duplicates: the archive's own tables, without captures' bytes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from archive import duplicates
from archive.store.connection import Connection
from archive.store.migrations import ARCHIVE

_NOW = "2026-03-01T08:00:00+00:00"


class Pages:
    """Pages that show texts; what the store tells the duplicates, told in the same order."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self.db = sqlite3.connect(path, isolation_level=None, factory=Connection)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA foreign_keys = ON")
        ARCHIVE.apply(self.db)
        self.db.execute("INSERT INTO warc_files (name, size_bytes, records, id_prefix) VALUES ('a.warc.gz', 0, 0, '')")

    def show(self, key: int, text: str, published_at: str | None = None, portal: str = "tinh") -> int:
        """Let the page of that key show the text; return the id of its document."""
        page_id = self._page(key, portal)
        before = self._document_of(page_id)
        added = duplicates.add_document(self.db, text, duplicates.fingerprint(text))
        number = self.db.execute("SELECT count(*) + 1 FROM revisions WHERE page_id = ?", [page_id]).fetchone()[0]
        revision = self.db.execute(
            """INSERT INTO revisions (page_id, number, capture_id, document_id, title, published_at, captions, removed,
                visible_chars, extractor) VALUES (?, ?, ?, ?, ?, ?, '[]', '{}', 0, 'test')""",
            [page_id, number, page_id, added.document_id, f"Trang {key}", published_at],
        ).lastrowid
        self.db.execute("UPDATE pages SET revision_id = ?, kind = 'article' WHERE id = ?", [revision, page_id])
        if before is not None and before != added.document_id:
            duplicates.page_lost(self.db, page_id, before)
        duplicates.page_gained(self.db, page_id, added.document_id)
        return added.document_id

    def drop(self, key: int) -> None:
        """Let the page show no article any more."""
        page_id = self.page_id(key)
        before = self._document_of(page_id)
        self.db.execute("UPDATE pages SET revision_id = NULL WHERE id = ?", [page_id])
        duplicates.page_lost(self.db, page_id, before or 0)

    def index(self) -> list[tuple[int | bytes, ...]]:
        """Return all that the index of duplicates is derived from."""
        return list(map(tuple, self.db.execute("SELECT * FROM signatures ORDER BY document_id")))

    def page_id(self, key: int) -> int:
        """Return the row of the page of that key."""
        return int(self.db.execute("SELECT id FROM pages WHERE key = ?", [key]).fetchone()[0])

    def clusters(self) -> set[tuple[int, frozenset[int]]]:
        """Return the key of the representative of each cluster, and the keys of its pages."""
        rows = self.db.execute(
            """SELECT clusters.id, representative.key, group_concat(pages.key) FROM pages
            JOIN revisions ON revisions.id = pages.revision_id JOIN documents ON documents.id = revisions.document_id
            JOIN clusters ON clusters.id = documents.cluster_id
            LEFT JOIN pages AS representative ON representative.id = clusters.representative_page_id GROUP BY 1"""
        )
        return {(key, frozenset(map(int, keys.split(",")))) for _, key, keys in rows}

    def links(self) -> set[tuple[frozenset[str], str, float]]:
        """Return the texts of each link, its kind and its score."""
        rows = self.db.execute(
            """SELECT one.text, two.text, kind, score FROM links
            JOIN documents AS one ON one.id = a JOIN documents AS two ON two.id = b"""
        )
        return {(frozenset((one, two)), kind, score) for one, two, kind, score in rows}

    def _page(self, key: int, portal: str) -> int:
        row = self.db.execute("SELECT id FROM pages WHERE key = ?", [key]).fetchone()
        if row:
            return int(row[0])
        self.db.execute(
            "INSERT OR IGNORE INTO portals (id, name, url, hosts, added_at) VALUES (?, ?, '', '[]', ?)",
            [portal, portal, _NOW],
        )
        page_id = self.db.execute(
            "INSERT INTO pages (key, url, portal, first_captured_at, last_captured_at) VALUES (?, ?, ?, ?, ?)",
            [key, f"https://{portal}.gov.vn/{key}", portal, _NOW, _NOW],
        ).lastrowid
        self.db.execute(
            """INSERT INTO captures (id, page_id, requested_url, responded_url, captured_at, http_status,
                payload_digest, payload_bytes, record_type, warc_file_id, warc_offset, warc_bytes)
            VALUES (?, ?, '', '', ?, 200, '', 0, 'response', 1, 0, 0)""",
            [page_id, page_id, _NOW],
        )
        return page_id or 0

    def _document_of(self, page_id: int) -> int | None:
        row = self.db.execute(
            "SELECT document_id FROM revisions WHERE id = (SELECT revision_id FROM pages WHERE id = ?)", [page_id]
        ).fetchone()
        return row[0] if row else None
