"""The archive's tables, as numbered migrations; each commits together with the record that it ran.

Whatever changes stored data adds a migration here; none is ever edited after a release.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive.store.search_keys import FILL, KEYS

__all__ = ["ARCHIVE", "MigrationSet"]

_TABLE = "_sqlite_migrations"  # sqlite-utils' own


@dataclass(frozen=True, slots=True)
class MigrationSet:
    """Migrations of one package: name of each → its statements, in the order in which they run."""

    name: str
    steps: Mapping[str, Sequence[str]]

    def applied(self, db: sqlite3.Connection) -> list[str]:
        """Return the names of those that a database has had, known or not."""
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [_TABLE]).fetchone():
            return []
        query = f"SELECT name FROM {_TABLE} WHERE migration_set = ? ORDER BY rowid"
        return [row[0] for row in db.execute(query, [self.name])]

    def apply(self, db: sqlite3.Connection) -> None:
        """Run those that the database has not had."""
        # Imported here: whoever only reads does not wait for it.
        from sqlite_utils import Database
        from sqlite_utils.migrations import Migrations

        migrations = Migrations(self.name)
        for name, statements in self.steps.items():

            def run(database: Database, statements: Sequence[str] = statements) -> None:
                for statement in statements:
                    database.conn.execute(statement)

            migrations(name=name)(run)
        migrations.apply(Database(db))


_INITIAL = (
    # One row a fact about the archive itself: what made it, the parameters of its signatures.
    "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # A site that this archive knows. Provinces are names: before and after the merger of 1 July 2025.
    """CREATE TABLE portals (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        url TEXT NOT NULL,
        hosts TEXT NOT NULL,              -- JSON array: hosts in scope; "*.x" is every host below x
        province_before TEXT,             -- name until 30 June 2025, null where there is none
        province_after TEXT,              -- name since 1 July 2025
        added_at TEXT NOT NULL,
        accepts_broken_certificate INTEGER NOT NULL DEFAULT 0,
        renders INTEGER NOT NULL DEFAULT 0   -- 1: all its pages are shown to a browser
    ) WITHOUT ROWID""",
    """CREATE TABLE warc_files (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,        -- file name inside warc/
        size_bytes INTEGER NOT NULL,      -- length known to the database; what lies behind it is cut at the next start
        records INTEGER NOT NULL,
        id_prefix TEXT NOT NULL           -- of its records' ids: four groups of a UUID; the fifth is their offset
    )""",
    # A file that another tool wrote and whose captures were taken in, for each of our files that they went to.
    """CREATE TABLE sources (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,               -- its file name; "x.wacz/archive/y.warc.gz" inside a WACZ
        size_bytes INTEGER NOT NULL,
        software TEXT,                    -- what wrote it, as it says
        imported_at TEXT NOT NULL,        -- ISO 8601, UTC
        warc_file_id INTEGER NOT NULL REFERENCES warc_files(id),
        warcinfo_id TEXT NOT NULL,        -- WARC-Record-ID of the record there that describes it
        UNIQUE (name, size_bytes, warc_file_id)
    )""",
    # One fetch of one URL at one time.
    """CREATE TABLE captures (
        id INTEGER PRIMARY KEY,
        page_id INTEGER NOT NULL REFERENCES pages(id),
        requested_url TEXT NOT NULL,
        responded_url TEXT NOT NULL,
        captured_at TEXT NOT NULL,        -- ISO 8601, UTC
        http_status INTEGER NOT NULL,
        content_type TEXT,
        payload_digest TEXT NOT NULL,     -- "sha1:" and base32, as in the WARC record
        payload_bytes INTEGER NOT NULL,
        record_type TEXT NOT NULL CHECK (record_type IN ('response', 'revisit', 'resource')),
        warc_file_id INTEGER NOT NULL REFERENCES warc_files(id),
        warc_offset INTEGER NOT NULL,
        warc_bytes INTEGER NOT NULL,      -- of the response or revisit record
        kind TEXT,                        -- PageKind; null until the capture has been analysed
        reason TEXT,                      -- why that kind, or what went wrong
        original_id INTEGER REFERENCES captures(id),   -- of a revisit: the capture that holds its payload
        source_id INTEGER REFERENCES sources(id),      -- null where luutru fetched it
        record_id TEXT,                   -- its WARC-Record-ID where another tool gave it
        certificate TEXT                  -- what was wrong with the server's certificate, null where it is trusted
    )""",
    "CREATE INDEX captures_page ON captures(page_id, id)",
    "CREATE INDEX captures_open ON captures(id) WHERE kind IS NULL",
    # What a browser made of a capture by running its scripts: that is what was analysed.
    """CREATE TABLE renderings (
        capture_id INTEGER PRIMARY KEY REFERENCES captures(id),
        rendered_at TEXT NOT NULL,        -- ISO 8601, UTC
        payload_digest TEXT NOT NULL,
        payload_bytes INTEGER NOT NULL,
        warc_file_id INTEGER NOT NULL REFERENCES warc_files(id),
        warc_offset INTEGER NOT NULL,     -- of the conversion record
        warc_bytes INTEGER NOT NULL
    )""",
    # One row a page, whatever it is. `key` is the 64-bit hash of its identity; in hexadecimal it is the public id.
    """CREATE TABLE pages (
        id INTEGER PRIMARY KEY,
        key INTEGER NOT NULL UNIQUE,
        url TEXT NOT NULL,
        portal TEXT NOT NULL REFERENCES portals(id),
        kind TEXT,                        -- PageKind of the last capture that said something
        canonical_key INTEGER,            -- key of the page that this one names as its canonical, if another
        revision_id INTEGER REFERENCES revisions(id),  -- the current one; null where the page is no article
        first_captured_at TEXT NOT NULL,
        last_captured_at TEXT NOT NULL,
        gone_at TEXT                      -- when an article was found to be no more on its portal
    )""",
    "CREATE INDEX pages_portal ON pages(portal, kind)",
    # From a document to the pages that show it: document → revisions → pages.
    "CREATE INDEX pages_revision ON pages(revision_id) WHERE revision_id IS NOT NULL",
    "CREATE INDEX pages_canonical ON pages(canonical_key) WHERE canonical_key IS NOT NULL",
    # One distinct state of an article in time.
    """CREATE TABLE revisions (
        id INTEGER PRIMARY KEY,
        page_id INTEGER NOT NULL REFERENCES pages(id),
        number INTEGER NOT NULL,          -- 1, 2, … for each page
        capture_id INTEGER NOT NULL REFERENCES captures(id),   -- the capture that it was first seen in
        document_id INTEGER NOT NULL REFERENCES documents(id),
        title TEXT NOT NULL,
        lead TEXT,
        author TEXT,
        source TEXT,
        category TEXT,
        language TEXT,
        published_at TEXT,                -- ISO 8601 at the precision that the page prints
        captions TEXT NOT NULL,           -- JSON array
        removed TEXT NOT NULL,            -- JSON object: reason → number of blocks left out
        visible_chars INTEGER NOT NULL,   -- characters that the page shows
        extractor TEXT NOT NULL,
        UNIQUE (page_id, number)
    )""",
    "CREATE INDEX revisions_document ON revisions(document_id)",
    # One distinct text, stored once.
    """CREATE TABLE documents (
        id INTEGER PRIMARY KEY,
        digest TEXT NOT NULL UNIQUE,      -- of the text as it stands here
        key_digest TEXT NOT NULL,         -- of the folded text; equal for exact copies
        syllables INTEGER NOT NULL,
        cluster_id INTEGER REFERENCES clusters(id),
        text TEXT NOT NULL                -- last: what stands before it is read without the pages that it fills
    )""",
    "CREATE INDEX documents_key ON documents(key_digest)",
    "CREATE INDEX documents_cluster ON documents(cluster_id)",
    # A verified group of copies; a text without copies is a cluster of its own.
    """CREATE TABLE clusters (
        id INTEGER PRIMARY KEY,
        representative_page_id INTEGER REFERENCES pages(id)
    )""",
    # The evidence: two documents and what they are to each other. `a` < `b`.
    """CREATE TABLE links (
        a INTEGER NOT NULL REFERENCES documents(id),
        b INTEGER NOT NULL REFERENCES documents(id),
        kind TEXT NOT NULL CHECK (kind IN ('exact', 'near', 'contained', 'series')),
        score REAL NOT NULL,              -- Jaccard; containment for 'contained'
        differs TEXT NOT NULL,            -- a short account of what differs
        PRIMARY KEY (a, b)
    ) WITHOUT ROWID""",
    "CREATE INDEX links_b ON links(b)",
    # The index of duplicates, two tables: derived from the documents, may be emptied and rebuilt at any time.
    """CREATE TABLE bands (
        key INTEGER PRIMARY KEY,          -- an anchor of texts, or a band of their signatures
        newest BLOB NOT NULL              -- the last 64 documents that have it: id << 32 | anchors, little-endian
    )""",
    """CREATE TABLE signatures (
        document_id INTEGER PRIMARY KEY REFERENCES documents(id),
        syllables INTEGER NOT NULL,
        signature BLOB NOT NULL           -- MinHash, 128 little-endian uint32
    )""",
    # A file that an article links to, inside or just below its text.
    """CREATE TABLE attachments (
        page_id INTEGER NOT NULL REFERENCES pages(id),   -- the article
        position INTEGER NOT NULL,        -- 1, 2, … in the order of the page
        key INTEGER NOT NULL,             -- of the file's page, which is in `pages` once it was fetched
        url TEXT NOT NULL,
        name TEXT NOT NULL,               -- what the link is called
        PRIMARY KEY (page_id, key)
    ) WITHOUT ROWID""",
    "CREATE INDEX attachments_key ON attachments(key)",
    # What a file says that was fetched, as it said when it was captured last.
    """CREATE TABLE attachment_texts (
        page_id INTEGER PRIMARY KEY REFERENCES pages(id),   -- the file's own page
        capture_id INTEGER NOT NULL REFERENCES captures(id),
        name TEXT NOT NULL,               -- the file's, or that of a link to it
        format TEXT NOT NULL,             -- pdf, docx, xls, xlsx, doc, …
        pages INTEGER,                    -- of a PDF
        reason TEXT,                      -- why text is missing or not whole
        text TEXT NOT NULL                -- empty where there is none: a scan, a format that is not read
    )""",
    # A row an article or a file.
    """CREATE VIEW searchable AS
        SELECT pages.id AS id, revisions.title AS title, documents.text AS text
        FROM pages JOIN revisions ON revisions.id = pages.revision_id
        JOIN documents ON documents.id = revisions.document_id
        UNION ALL SELECT page_id, name, text FROM attachment_texts""",
    # Fed by the writer with `fold_search`ed text; snippets read the unfolded text through the view.
    """CREATE VIRTUAL TABLE search_index USING fts5(
        title, text, content='searchable', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
    )""",
    # Stable: one row an article page.
    """CREATE VIEW articles AS
        SELECT printf('%016x', pages.key) AS id,
            pages.url AS url,
            pages.portal AS portal,
            CASE WHEN coalesce(revisions.published_at, captures.captured_at) < '2025-07-01'
                THEN portals.province_before ELSE portals.province_after END AS province,
            revisions.title AS title,
            revisions.lead AS lead,
            documents.text AS text,
            revisions.author AS author,
            revisions.source AS source,
            revisions.category AS category,
            revisions.language AS language,
            revisions.published_at AS published_at,
            captures.captured_at AS captured_at,
            revisions.number AS revision,
            documents.id AS document_id,
            printf('%016x', representative.key) AS cluster_id,
            representative.id = pages.id AS is_representative,
            documents.syllables AS syllables,
            captures.http_status AS http_status,
            warc_files.name AS warc_file,
            captures.warc_offset AS warc_offset,
            documents.digest AS text_digest,
            revisions.captions AS captions,
            revisions.extractor AS extractor,
            revisions.visible_chars AS visible_chars,
            pages.first_captured_at AS first_captured_at,
            pages.last_captured_at AS last_captured_at,
            pages.gone_at AS gone_at,
            pages.id AS page_id           -- what other tables call it; the way to one row without a scan
        FROM pages
        JOIN revisions ON revisions.id = pages.revision_id
        JOIN documents ON documents.id = revisions.document_id
        JOIN captures ON captures.id = revisions.capture_id
        JOIN warc_files ON warc_files.id = captures.warc_file_id
        JOIN portals ON portals.id = pages.portal
        JOIN clusters ON clusters.id = documents.cluster_id
        JOIN pages AS representative ON representative.id = clusters.representative_page_id""",
)

# The index of duplicates becomes files beside the database; what they are made from stays in it.
_DUPLICATES_INDEX = (
    "DROP TABLE bands",
    # Of each text but for exact copies, which share the row of the first: what the index is derived from.
    "DROP TABLE signatures",
    """CREATE TABLE signatures (
        document_id INTEGER PRIMARY KEY REFERENCES documents(id),
        syllables INTEGER NOT NULL,
        signature BLOB NOT NULL,          -- MinHash, 128 little-endian uint32
        spans BLOB NOT NULL               -- hashes of stretches of the text, little-endian uint64
    )""",
    # 1: a series keeps copies of its members apart; what hangs together there is grouped anew with each change.
    "ALTER TABLE clusters ADD COLUMN is_contested INTEGER NOT NULL DEFAULT 0",
)

# The full-text index in the order of publication.
_SEARCH_KEYS = (
    "DROP TABLE search_index",
    "DROP VIEW searchable",
    # What is in the full-text index, and what it can be filtered by. `id`: see archive/store/search_keys.py.
    """CREATE TABLE search_keys (
        id INTEGER PRIMARY KEY,           -- rowid in search_index; in the order of publication, below 0 where undated
        page_id INTEGER NOT NULL UNIQUE REFERENCES pages(id),   -- an article, or a file
        portal TEXT NOT NULL,
        category TEXT,
        is_file INTEGER NOT NULL
    )""",
    "CREATE INDEX search_keys_category ON search_keys(category) WHERE category IS NOT NULL",
    """CREATE VIEW searchable AS
        SELECT search_keys.id AS id, search_keys.page_id AS page_id, title, text
        FROM search_keys CROSS JOIN pages ON pages.id = search_keys.page_id
        JOIN revisions ON revisions.id = pages.revision_id JOIN documents ON documents.id = revisions.document_id
        WHERE NOT is_file
        UNION ALL SELECT search_keys.id, page_id, name, text
        FROM search_keys CROSS JOIN attachment_texts USING (page_id) WHERE is_file""",
    # Fed by the writer with `fold_search`ed text; what is shown is the unfolded text.
    """CREATE VIRTUAL TABLE search_index USING fts5(
        title, text, content='searchable', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
    )""",
    # It is filled by the next step that makes it anew.
)

_CHROME = (
    # What was learned of each portal's chrome, and from which pages (`archive.chrome`).
    """CREATE TABLE chrome (
        portal TEXT PRIMARY KEY REFERENCES portals(id),
        analysed INTEGER NOT NULL,        -- pages so far: which of them are observed depends on it
        observed INTEGER NOT NULL,        -- observations made so far
        pages INTEGER NOT NULL,           -- that the present state was learned from
        learned BLOB NOT NULL,            -- what extraction uses; empty where nothing was learned
        version TEXT NOT NULL,            -- digest of that
        learned_at TEXT                   -- ISO 8601, UTC
    ) WITHOUT ROWID""",
    """CREATE TABLE chrome_pages (
        portal TEXT NOT NULL REFERENCES portals(id),
        page_key INTEGER NOT NULL,
        number INTEGER NOT NULL,          -- of the observation, ascending: the oldest make room
        captured_at INTEGER NOT NULL,     -- Unix time
        observation BLOB NOT NULL,
        PRIMARY KEY (portal, page_key)
    ) WITHOUT ROWID""",
    """CREATE TABLE chrome_containers (
        portal TEXT NOT NULL REFERENCES portals(id),
        address TEXT NOT NULL,            -- from the nearest named block down
        pages INTEGER NOT NULL,           -- on which it holds the article
        of_pages INTEGER NOT NULL,        -- that have it
        PRIMARY KEY (portal, address)
    ) WITHOUT ROWID""",
    """CREATE TABLE chrome_blocks (
        portal TEXT NOT NULL REFERENCES portals(id),
        digest INTEGER NOT NULL,          -- of place and text, digits left out; of the place for teasers
        place TEXT NOT NULL,
        text TEXT NOT NULL,               -- its beginning
        pages INTEGER NOT NULL,           -- on which it was seen
        of_pages INTEGER NOT NULL,        -- that have a block at its place
        since TEXT NOT NULL,              -- captures in which it was seen first and last, ISO 8601, UTC
        last_seen TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('outside', 'inside', 'teasers', 'kept')),
        PRIMARY KEY (portal, digest)
    ) WITHOUT ROWID""",
    # How far `luutru rebuild` has come with a portal; no row where it is done.
    """CREATE TABLE rebuilds (
        portal TEXT PRIMARY KEY REFERENCES portals(id),
        rules TEXT NOT NULL,              -- what the texts are being extracted with
        done INTEGER NOT NULL             -- pages up to this id are
    ) WITHOUT ROWID""",
    "ALTER TABLE revisions ADD COLUMN learned TEXT",  # version of what was learned when it was extracted
)

# What a text can be filtered by stands in the full-text index, too: the same words, found in the same way.
_SEARCH_FILTERS = (
    "DROP TABLE search_index",
    "DROP VIEW searchable",
    f"""CREATE VIEW searchable AS
        SELECT search_keys.id AS id, search_keys.page_id AS page_id, title, text, {KEYS} AS keys
        FROM search_keys CROSS JOIN pages ON pages.id = search_keys.page_id
        JOIN revisions ON revisions.id = pages.revision_id JOIN documents ON documents.id = revisions.document_id
        WHERE NOT is_file
        UNION ALL SELECT search_keys.id, page_id, name, text, {KEYS}
        FROM search_keys CROSS JOIN attachment_texts USING (page_id) WHERE is_file""",
    """CREATE VIRTUAL TABLE search_index USING fts5(
        title, text, keys, content='searchable', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
    )""",
    *FILL,
)

ARCHIVE = MigrationSet(
    "archive",
    {
        "0001_initial": _INITIAL,
        "0002_duplicates_index": _DUPLICATES_INDEX,
        "0003_search_keys": _SEARCH_KEYS,
        "0004_chrome": _CHROME,
        "0005_search_filters": _SEARCH_FILTERS,
    },
)
