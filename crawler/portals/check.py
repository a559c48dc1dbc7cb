"""What a crawl of a portal would begin with: some pages of it are crawled into an archive that is thrown away.

So it is asked as a crawl asks it (robots.txt, delay, certificates, one request at a time), and judged by the same code.
"""

from __future__ import annotations

import sqlite3
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from archive.records import PageKind
from archive.store import Archive
from crawler import urls
from crawler.catalogue import Portal
from crawler.options import Options
from crawler.portals.health import states
from crawler.run import run
from crawler.session import Session

__all__ = ["Finding", "Sample", "check"]

_PAGES = 14  # beside robots.txt and the random address
_ENTRIES = 8  # sitemaps and feeds among them
_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """An article as it was extracted: `syllables` of its text, and how it begins."""

    url: str
    title: str
    published_at: str | None
    author: str | None
    syllables: int
    text: str
    extractor: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a portal says to a crawler.

    `robots`: what is known of its robots.txt (`rules`, `none`, `unreachable`, `unknown`); `delay_s`: the gap that would
    be kept. `certificate`: what is wrong with it, "trusted", or None where there is no secure connection. `missing`:
    what it answers to an address that does not exist. `sitemaps` and `feeds`: those that answer, with what they list.
    `kinds`: pages fetched by kind. `problem`: why nothing could be fetched; "" where something was.
    """

    portal: str
    url: str
    problem: str
    robots: str
    delay_s: float
    certificate: str | None
    cms: str | None
    missing: str | None
    sitemaps: dict[str, int] = field(default_factory=dict)
    feeds: dict[str, int] = field(default_factory=dict)
    waiting: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    failures: tuple[tuple[str, str], ...] = ()
    samples: tuple[Sample, ...] = ()


def check(portal: Portal) -> Finding:
    """Return what the portal says to a crawler: few pages are asked for, few of them sitemaps and feeds."""
    options = Options(max_pages=_PAGES, entries_most=_ENTRIES, workers=1)
    with tempfile.TemporaryDirectory(prefix="luutru-check-") as folder:
        path = Path(folder) / "archive"
        session = run(path, [portal], options)
        if session.failures.broken:
            raise session.failures.broken
        with Archive.open(path) as archive:
            return _finding(archive.db, portal, session)


def _finding(db: sqlite3.Connection, portal: Portal, session: Session) -> Finding:
    host, state = session.host_at(portal.url), states(db)[portal.id]
    fetched = db.execute("SELECT count(*) FROM frontier WHERE fetched_at IS NOT NULL").fetchone()[0]
    problem = session.failures.portals.get(portal.id, "") or (host.rest_reason if not fetched else "")
    return Finding(
        portal=portal.id,
        url=portal.url,
        problem=problem,
        robots=host.robots.value,
        delay_s=host.gap_s,
        certificate=_certificate(db, urls.host_of(portal.url)),
        cms=state.cms or None,
        missing=_missing(db, urls.host_of(portal.url)),
        sitemaps=_entries(db, PageKind.SITEMAP),
        feeds=_entries(db, PageKind.FEED),
        waiting=state.waiting,
        kinds=state.kinds,
        notes=state.notes,
        failures=tuple(session.failures.addresses),
        samples=tuple(_samples(db)),
    )


def _certificate(db: sqlite3.Connection, host: str) -> str | None:
    query = "SELECT certificate, responded_url FROM captures ORDER BY id"
    for problem, url in db.execute(query):
        if url.startswith("https:") and urls.host_of(url) == host:
            return problem or "trusted"
    return None


def _missing(db: sqlite3.Connection, host: str) -> str | None:
    """Return what a host answers to an address that does not exist, in words."""
    query = "SELECT http_status, location, kind FROM probes WHERE host = ?"
    row = db.execute(query, [host]).fetchone()
    if row is None:
        return None
    if row["location"]:
        return f"status {row['http_status']}, to {row['location']}"
    return f"status {row['http_status']}" + (f", a page ({row['kind']})" if row["kind"] else "")


def _entries(db: sqlite3.Connection, kind: PageKind) -> dict[str, int]:
    """Return the sitemaps or feeds that answered, with how many addresses each lists."""
    query = """SELECT url, length(coalesce(entries, x'')) / 16 FROM frontier LEFT JOIN readings USING (key)
        WHERE kind = ? ORDER BY id"""
    return dict(db.execute(query, [kind]).fetchall())


def _samples(db: sqlite3.Connection) -> list[Sample]:
    query = """SELECT url, title, published_at, author, syllables, text, extractor FROM articles
        ORDER BY published_at DESC, url LIMIT ?"""
    return [Sample(*row) for row in db.execute(query, [_SAMPLES])]
