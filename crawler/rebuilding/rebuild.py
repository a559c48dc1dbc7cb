"""A rebuild: chrome learned anew, every capture extracted anew in worker processes, texts compared anew.

Each page is replaced as a whole, with its clusters and its place in the full-text index, in one transaction together
with a note of how far the portal has come: interrupted or killed, the archive is whole, and the same command goes on.
At the end texts that no page shows any more go, and what is derived from the texts is made anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from archive import duplicates
from archive.chrome import Observes, sample
from archive.chrome.learn import Told
from archive.chrome.memory import learned_of
from archive.chrome.model import version as version_of
from archive.errors import LuutruError
from archive.extract import RULES_VERSION
from archive.records import PageKind
from archive.store import Archive, replaying
from archive.store.replaying import Reading, Replaced
from archive.store.writer import Transaction, Writer
from archive.version import version
from crawler.analysis.job import Analysis
from crawler.analysis.pool import Pool
from crawler.rebuilding.captures import Page, Portal, job_of, pages_of
from crawler.rebuilding.counts import Counts

__all__ = ["Rebuild"]

T = TypeVar("T")
_CHUNK = 32  # pages that are written together
_READ_AHEAD = 48  # captures that are under way


class Rebuild:
    """Rebuilds portals of an archive, from `run` to `close`. To be used from one event loop."""

    def __init__(self, archive: Archive, portals: Sequence[Portal], workers: int) -> None:
        self.archive = archive
        self.pool = Pool(workers)
        self.counts = [Counts(portal.id) for portal in portals]
        self.interrupted = False
        self.observer: Callable[[], None] = lambda: None
        self.documents = 0  # compared at the end
        self._portals = portals
        self._writer = Writer(archive)
        self._room = asyncio.Semaphore(_READ_AHEAD)

    def interrupt(self) -> None:
        """Stop after what is under way. May be called from a signal handler."""
        self.interrupted = True

    def _is_stopped(self) -> bool:
        return self.interrupted

    def close(self) -> None:
        """Commit what is under way and give everything back."""
        self.pool.close()
        self._writer.close()
        self.archive.close()

    async def run(self) -> None:
        """Rebuild the portals, one after the other, then compare all texts anew. Raises ArchiveError."""
        for portal, counts in zip(self._portals, self.counts, strict=True):
            counts.pages = self._one("SELECT count(*) FROM pages WHERE portal = ?", portal.id)
        for portal, counts in zip(self._portals, self.counts, strict=True):
            if not self.interrupted:
                await self._portal(portal, counts)
        if not self.interrupted:
            await self._finish()

    def _one(self, query: str, portal: str) -> int:
        row = self.archive.db.execute(query, [portal]).fetchone()
        return row[0] if row else 0

    # --- one portal ---------------------------------------------------------------------------------------------------

    async def _portal(self, portal: Portal, counts: Counts) -> None:
        done = self._going_on(portal)
        if done is None:
            await self._learn(portal, counts)
            done = 0
        portal = replace(portal, learned=learned_of(self.archive.db, portal.id))
        counts.blocks = self._one("SELECT count(*) FROM chrome_blocks WHERE portal = ? AND role <> 'kept'", portal.id)
        counts.done = self._one(f"SELECT count(*) FROM pages WHERE portal = ? AND id <= {done:d}", portal.id)
        while not self.interrupted and (chunk := pages_of(self.archive.db, portal.id, done, _CHUNK)):
            read = await asyncio.gather(*(self._read(page, portal, counts) for page in chunk))
            if self._is_stopped():
                return  # some of them were not read
            done = chunk[-1].id
            found = await self._write(_writing(portal, chunk, read, done))
            for one in found:
                counts.new += one.is_new
                counts.lost += one.is_lost
                counts.changed += one.is_changed
            counts.done += len(chunk)
            self.observer()

    def _going_on(self, portal: Portal) -> int | None:
        """Return the page that a rebuild with the same rules has come to, None where there was none."""
        rules = _rules(learned_of(self.archive.db, portal.id))
        query = "SELECT done FROM rebuilds WHERE portal = ? AND rules = ?"
        row = self.archive.db.execute(query, [portal.id, rules]).fetchone()
        return row["done"] if row else None

    async def _learn(self, portal: Portal, counts: Counts) -> None:
        """Learn a portal's chrome from a sample of its articles, and note that its rebuild has begun."""
        told: list[Told] = []
        sampled = sample.sample(self.archive.db, portal.id)
        for start in range(0, len(sampled), _READ_AHEAD):
            if self.interrupted:
                return
            some = sampled[start : start + _READ_AHEAD]
            told += filter(None, await asyncio.gather(*(self._observe(one, portal) for one in some)))
            counts.observed = len(told)
            self.observer()

        def write(transaction: Transaction) -> None:
            sample.relearn(transaction.db, portal.id, told)
            rules = _rules(learned_of(transaction.db, portal.id))
            transaction.db.execute("INSERT OR REPLACE INTO rebuilds VALUES (?, ?, 0)", [portal.id, rules])

        await self._write(write)

    async def _observe(self, one: sample.Sampled, portal: Portal) -> Told | None:
        row = self.archive.db.execute("SELECT key, url FROM pages WHERE id = ?", [one.page_id]).fetchone()
        page = Page(one.page_id, row["key"], row["url"])
        try:
            job = job_of(self.archive, one.capture_id, page, portal, Observes.YES)
        except LuutruError:
            return None
        analysis = await self.pool.analyse(job)
        observation = analysis.extraction.observation
        return Told(page.key, int(job.captured_at.timestamp()), observation) if observation else None

    # --- one page -----------------------------------------------------------------------------------------------------

    async def _read(self, page: Page, portal: Portal, counts: Counts) -> dict[int, Reading]:
        """Return what the captures of a page say now; what cannot be read or extracted is left out, and counted."""
        readings: dict[int, Reading] = {}
        for source, repeats in page.sources.items():
            async with self._room:
                if self.interrupted:
                    return {}
                found = await self._extract(source, page, portal)
            counts.captures += 1
            if isinstance(found, str):
                counts.failures.append((page.url, found))
            else:
                readings |= dict.fromkeys(repeats, found)
        return readings

    async def _extract(self, capture_id: int, page: Page, portal: Portal) -> Reading | str:
        try:
            job = job_of(self.archive, capture_id, page, portal)
        except LuutruError as error:
            return error.account
        analysis = await self.pool.analyse(job)
        was = self.archive.db.execute("SELECT kind FROM captures WHERE id = ?", [capture_id]).fetchone()[0]
        if analysis.kind is PageKind.BROKEN and was != PageKind.BROKEN:
            return analysis.extraction.reason
        return _reading(analysis)

    # --- the end ------------------------------------------------------------------------------------------------------

    async def _finish(self) -> None:
        """Join aliases, sweep texts away that nothing shows, and compare all texts anew, in one transaction."""

        def write(transaction: Transaction) -> int:
            db = transaction.db
            replaying.join_aliases(db)
            replaying.sweep(db)
            count = duplicates.regroup(db)
            db.executemany("DELETE FROM rebuilds WHERE portal = ?", [(portal.id,) for portal in self._portals])
            return count

        self.documents = await self._write(write)

    async def _write(self, run: Callable[[Transaction], T]) -> T:
        return await asyncio.wrap_future(self._writer.submit(run))


def _writing(
    portal: Portal, chunk: Sequence[Page], read: Sequence[dict[int, Reading]], done: int
) -> Callable[[Transaction], list[Replaced]]:
    """Return the piece of work that replaces some pages, and notes how far the rebuild has come."""

    def write(transaction: Transaction) -> list[Replaced]:
        found = [
            replaying.replace_page(transaction.db, page.id, readings)
            for page, readings in zip(chunk, read, strict=True)
            if readings
        ]
        transaction.db.execute("UPDATE rebuilds SET done = ? WHERE portal = ?", [done, portal.id])
        return found

    return write


def _reading(analysis: Analysis) -> Reading:
    return Reading(analysis.extraction, analysis.fingerprint, analysis.canonical_key)


def _rules(learned: bytes) -> str:
    """Return what texts are made with: the rules' version, that of luutru, that of what was learned."""
    return f"{RULES_VERSION} {version()} {version_of(learned)}"
