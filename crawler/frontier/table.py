"""The frontier: every address that a portal is known to have, in SQLite, with what is to be done about it.

A row's `due_at` says when it is to be fetched next. Nothing is written when a row is handed out: a kill leaves it due.
The cost of a request does not grow with the table: rows are read by host, rank and time along one index.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from crawler import urls

__all__ = [
    "KNOWN",
    "RANKS",
    "Frontier",
    "FrontierRow",
    "Looked",
    "NewRow",
    "acknowledge",
    "add",
    "count_drops",
    "forget_etag",
    "make_due",
    "make_heads_due",
    "new_row",
    "postpone",
    "redirect_to",
    "renew_forms",
]

KNOWN = 6  # pages that were fetched before and lead nowhere: whatever is new goes first
_HINTED = 1  # known pages that seem to have changed: like new articles
RANKS = range(KNOWN + 1)  # 0: entry points, sitemaps, feeds; then what `crawler.discovery` ranks; lower comes first
_COLUMNS = """key, url, portal, host, rank, kind, interval_s, failures, payload_digest, hops, chain, form, state,
    fetched_at, etag, last_modified, not_modified, missing, hinted_by"""


@dataclass(frozen=True, slots=True)
class FrontierRow:
    """An address that is due."""

    key: int
    url: str
    portal: str
    host: str
    rank: int
    kind: str | None
    interval_s: int | None
    failures: int
    payload_digest: str | None
    hops: int = 0
    chain: int | None = None
    form: str | None = None
    state: bytes | None = None
    fetched_at: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_modified: int = 0
    missing: int = 0
    hinted_by: int | None = None

    @property
    def posted(self) -> bytes | None:
        """What is posted to the address, None where it is got: a form, or JSON where it begins with a brace."""
        if self.form is None:
            return None
        return self.form.encode() + (b"&" + zlib.decompress(self.state) if self.state else b"")


@dataclass(frozen=True, slots=True)
class Looked:
    """What is noted of an address that was fetched; `missing` and `not_modified` count looks in a row."""

    kind: str
    rank: int
    due_at: int
    interval_s: int
    payload_digest: str | None
    etag: str | None = None
    last_modified: str | None = None
    not_modified: int = 0
    missing: int = 0


_LOOKED = attrgetter(
    "kind", "rank", "due_at", "interval_s", "payload_digest", "etag", "last_modified", "not_modified", "missing"
)  # in the order of `acknowledge`


class NewRow(NamedTuple):  # a page sends 150 of them from process to process: a tuple is the cheapest record
    """An address that was discovered.

    `hops`: redirects, or sitemaps in sitemaps, that led to it. `chain`: for a further page of a listing, the key of
    the page that turned to the first of them. `form`, `state`: what is posted, for a page that cannot be got.
    """

    key: int
    url: str
    host: str
    rank: int
    hops: int = 0
    chain: int | None = None
    form: str | None = None
    state: bytes | None = None


def new_row(url: str, rank: int, *, hops: int = 0, chain: int | None = None) -> NewRow:
    """Return the row of an address, for `add`."""
    return NewRow(urls.page_key(url), url, urls.host_of(url), rank, hops, chain)


class Frontier:
    """Reads what is due. Rows that were handed out and are not yet committed as done are held back by `taken`."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def hosts(self, portals: Collection[str]) -> list[str]:
        """Return the hosts that addresses of these portals are on."""
        marks = ",".join("?" * len(portals))
        query = f"SELECT DISTINCT host FROM frontier_hosts WHERE portal IN ({marks}) ORDER BY host"
        return [row[0] for row in self._db.execute(query, list(portals))]

    def claim(
        self, host: str, now: int, count: int, taken: Collection[int], portals: Container[str] | None = None
    ) -> list[FrontierRow]:
        """Return up to `count` rows of a host that are due at `now`, best rank first, without those in `taken`.

        `portals`: whose rows they may be; any portal's where it is None.
        """
        rows: list[FrontierRow] = []
        for rank in RANKS:
            # No limit in the query: SQLite reads along the index only as far as it is asked.
            found = self._db.execute(
                f"""SELECT {_COLUMNS} FROM frontier
                WHERE host = ? AND rank = ? AND due_at <= ? ORDER BY due_at, id""",
                [host, rank, now],
            )
            ours = (row for row in found if row[0] not in taken and (portals is None or row[2] in portals))
            rows += (FrontierRow(*row) for row in islice(ours, count - len(rows)))
            found.close()
            if len(rows) == count:
                break
        return rows

    def next_due(self, host: str, taken: Collection[int]) -> int | None:
        """Return when the next row of a host falls due, or None."""
        times: list[int] = []
        for rank in RANKS:
            query = "SELECT key, due_at FROM frontier WHERE host = ? AND rank = ? ORDER BY due_at, id"
            found = self._db.execute(query, [host, rank])
            times += islice((row[1] for row in found if row[0] not in taken), 1)
            found.close()
        return min(times, default=None)

    def entry_points(self, host: str) -> int:
        """Return how many entry points (home page, sitemaps, feeds) a host has."""
        query = "SELECT count(*) FROM frontier WHERE host = ? AND rank = 0"
        return int(self._db.execute(query, [host]).fetchone()[0])

    def row(self, key: int) -> FrontierRow | None:
        """Return the row of a key, or None."""
        found = self._db.execute(f"SELECT {_COLUMNS} FROM frontier WHERE key = ?", [key]).fetchone()
        return FrontierRow(*found) if found else None

    def waiting(self, portals: Collection[str], now: int) -> int:
        """Return how many rows are due on the hosts of these portals."""
        query = "SELECT count(*) FROM frontier WHERE host = ? AND rank = ? AND due_at <= ?"
        each = ((host, rank, now) for host in self.hosts(portals) for rank in RANKS)
        return sum(int(self._db.execute(query, values).fetchone()[0]) for values in each)


def add(db: sqlite3.Connection, portal: str, rows: Iterable[NewRow], now: int, *, due_at: int | None = None) -> int:
    """Add addresses that are not known yet, due at once if no time is given; return how many were new.

    Of a known page that is asked for by a form the state of the form is brought up to date.
    """
    before = db.total_changes
    rows, due_at = list(rows), now if due_at is None else due_at
    db.executemany(
        """INSERT OR IGNORE INTO frontier (key, url, portal, host, rank, hops, chain, form, state, due_at, found_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        [(r.key, r.url, portal, r.host, r.rank, r.hops, r.chain, r.form, r.state, due_at, now) for r in rows],
    )
    added = db.total_changes - before
    _note_hosts(db, portal, {row.host for row in rows})
    states = [(row.url, row.form, row.state, row.key) for row in rows if row.state]
    if states:
        db.executemany("UPDATE frontier SET url = ?, form = ?, state = ? WHERE key = ?", states)
    return added


def _note_hosts(db: sqlite3.Connection, portal: str, hosts: Collection[str]) -> None:
    query = "INSERT OR IGNORE INTO frontier_hosts (portal, host) VALUES (?, ?)"
    db.executemany(query, [(portal, host) for host in hosts])


def make_heads_due(db: sqlite3.Connection, portal: str, home: int, now: int, *, fetched_before: int) -> None:
    """Make due what shows a portal's news, where it answers and was not just fetched.

    That is the home page (the key `home`), sitemaps and feeds, and the heads of listings once a quarter of their
    interval has passed.
    """
    db.execute(
        """UPDATE frontier SET due_at = :now WHERE portal = :portal AND due_at > :now AND failures = 0
        AND fetched_at <= :before AND (key = :home OR rank = 0 AND kind IN ('feed', 'sitemap', 'listing')
        OR rank = 2 AND fetched_at + interval_s / 4 <= :now)
        AND rank IN (0, 2) AND host IN (SELECT host FROM frontier_hosts WHERE portal = :portal)""",
        {"portal": portal, "home": home, "now": now, "before": fetched_before},
    )


def make_due(db: sqlite3.Connection, key: int, now: int, *, hinted_by: int | None = None) -> bool:
    """Make a page due at once, and return whether it was not; `hinted_by`: see the table.

    It counts as due since it was last fetched, and so comes before what the clock made due.
    """
    changed = db.execute(
        """UPDATE frontier SET due_at = coalesce(fetched_at, ?), rank = CASE rank WHEN ? THEN ? ELSE rank END,
        hinted_by = ? WHERE key = ? AND coalesce(fetched_at, 0) < ? AND due_at > ?""",
        [now, KNOWN, _HINTED, hinted_by, key, now, now],
    )
    return changed.rowcount > 0


def acknowledge(db: sqlite3.Connection, key: int, looked: Looked, now: int) -> None:
    """Note that an address was fetched, and when it is due again."""
    db.execute(
        """UPDATE frontier SET kind = ?, rank = ?, due_at = ?, interval_s = ?, payload_digest = ?, etag = ?,
        last_modified = ?, not_modified = ?, missing = ?, fetched_at = ?, failures = 0, reason = NULL, hinted_by = NULL
        WHERE key = ?""",
        [*_LOOKED(looked), now, key],
    )


def postpone(db: sqlite3.Connection, key: int, *, due_at: int, failures: int, reason: str) -> None:
    """Note that an address could not be fetched, and when it is tried again."""
    db.execute(
        "UPDATE frontier SET due_at = ?, failures = ?, reason = ? WHERE key = ?", [due_at, failures, reason, key]
    )


def renew_forms(db: sqlite3.Connection, portal: str, now: int) -> None:
    """Make the lists due whose further pages are due and asked for by a form: first of all a new session is needed."""
    db.execute(
        """UPDATE frontier SET due_at = coalesce(fetched_at, ?1), rank = min(rank, ?2)
        WHERE fetched_at < ?1 AND due_at > ?1 AND key IN (
            SELECT chain FROM frontier WHERE portal = ?3 AND due_at <= ?1 AND state IS NOT NULL)""",
        [now, _HINTED, portal],
    )


def redirect_to(db: sqlite3.Connection, key: int, url: str, host: str) -> None:
    """Note that a page lives at another spelling of its address (https, www, a slash)."""
    db.execute("UPDATE frontier SET url = ?, host = ? WHERE key = ?", [url, host, key])
    db.execute("INSERT OR IGNORE INTO frontier_hosts SELECT portal, host FROM frontier WHERE key = ?", [key])


def forget_etag(db: sqlite3.Connection, key: int) -> None:
    """Note that a page's ETag is not to be believed."""
    db.execute("UPDATE frontier SET etag = '' WHERE key = ?", [key])


def count_drops(db: sqlite3.Connection, portal: str, drops: Iterable[tuple[str, int]]) -> None:
    """Count addresses that were met and not followed, by reason."""
    db.executemany(
        """INSERT INTO drops (portal, reason, addresses) VALUES (?, ?, ?)
        ON CONFLICT (portal, reason) DO UPDATE SET addresses = addresses + excluded.addresses""",
        [(portal, reason, count) for reason, count in drops],
    )
