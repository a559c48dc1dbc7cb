"""The crawler's tables, as migrations beside those of the archive. Whatever changes stored data adds one."""

from __future__ import annotations

from archive.store.migrations import MigrationSet

__all__ = ["CRAWLER"]

CRAWLER = MigrationSet(
    "crawler",
    {
        "0001_frontier": (
            # Rows stand in the order in which they were found, and that is the order in which they are fetched: what
            # is claimed and acknowledged together lies together, which a table ordered by random keys would scatter.
            """CREATE TABLE frontier (
                id INTEGER PRIMARY KEY,
                key INTEGER NOT NULL UNIQUE,      -- of the page: 64-bit hash of its identity
                url TEXT NOT NULL,
                portal TEXT NOT NULL REFERENCES portals(id),
                host TEXT NOT NULL,               -- with the port where it is not the default
                rank INTEGER NOT NULL,
                hops INTEGER NOT NULL DEFAULT 0,  -- redirects, or sitemaps in sitemaps, that led here
                chain INTEGER,                    -- key of the page that turned to the first page of this listing
                form TEXT,                        -- fields to be posted that ask for this page; null: it is got
                state BLOB,                       -- the other fields of that form (compressed), as last seen
                kind TEXT,                        -- what it was when it was last fetched; null before
                due_at INTEGER NOT NULL,          -- Unix time
                interval_s INTEGER,
                failures INTEGER NOT NULL DEFAULT 0,
                fetched_at INTEGER,
                payload_digest TEXT,
                etag TEXT,                        -- validators of the last full answer; '' where they lied once
                last_modified TEXT,
                not_modified INTEGER NOT NULL DEFAULT 0,  -- answers 304 in a row
                missing INTEGER NOT NULL DEFAULT 0,       -- signs in a row that the page is gone
                found_at INTEGER NOT NULL,
                hinted_by INTEGER,                -- key of the sitemap or feed that made it due
                reason TEXT
            )""",
            "CREATE INDEX frontier_next ON frontier(host, rank, due_at)",
            "CREATE INDEX frontier_forms ON frontier(portal, due_at) WHERE state IS NOT NULL",
            """CREATE TABLE frontier_hosts (
                portal TEXT NOT NULL REFERENCES portals(id),
                host TEXT NOT NULL,               -- that addresses of the portal are on
                PRIMARY KEY (portal, host)
            ) WITHOUT ROWID""",
            """CREATE TABLE hosts (
                host TEXT PRIMARY KEY,            -- with the port where it is not the default
                failures INTEGER NOT NULL,        -- in a row
                rests_until INTEGER NOT NULL,     -- Unix time: after ten failures in a row
                resume_at INTEGER NOT NULL,       -- Unix time: as its Retry-After asked
                reason TEXT NOT NULL
            ) WITHOUT ROWID""",
            """CREATE TABLE readings (
                key INTEGER PRIMARY KEY,          -- of a sitemap or feed, in the frontier
                entries BLOB NOT NULL,            -- what it listed last: pairs of 64-bit key and Unix time, 0 for none
                hints INTEGER NOT NULL DEFAULT 0, -- pages that were asked because of it
                hits INTEGER NOT NULL DEFAULT 0   -- of those, how many had changed
            )""",
            """CREATE TABLE drops (
                portal TEXT NOT NULL REFERENCES portals(id),
                reason TEXT NOT NULL,
                addresses INTEGER NOT NULL,       -- links met and not followed, for that reason
                PRIMARY KEY (portal, reason)
            ) WITHOUT ROWID""",
            # What crawls learned: which patterns of addresses bring articles, which are retired. See crawler.learning.
            """CREATE TABLE patterns (
                portal TEXT NOT NULL REFERENCES portals(id),
                pattern TEXT NOT NULL,            -- of whole addresses, or (/x/, ?x=) of those with that part
                pages INTEGER NOT NULL,           -- that were judged
                articles INTEGER NOT NULL,        -- that brought a text which the portal did not have
                twins INTEGER NOT NULL,           -- that said what the page without the part says
                reason TEXT,                      -- why it is retired; null where it is not
                example TEXT,
                held INTEGER NOT NULL DEFAULT 0,  -- addresses set aside
                learned_at INTEGER NOT NULL,      -- Unix time
                tried_at INTEGER NOT NULL,        -- when a retired one was last tried
                PRIMARY KEY (portal, pattern)
            ) WITHOUT ROWID""",
            # What hosts answer to an address that does not exist. See crawler.learning.probes.
            """CREATE TABLE probes (
                host TEXT PRIMARY KEY,
                url TEXT NOT NULL,                -- the random address
                asked_at INTEGER NOT NULL,        -- Unix time
                http_status INTEGER NOT NULL,
                location TEXT,                    -- where it redirects to
                kind TEXT,                        -- of a page with status 200
                face INTEGER,                     -- hash of what that page shows
                lines TEXT                        -- hashes of the lines of that page, a JSON array
            ) WITHOUT ROWID""",
        ),
    },
)
