"""An import: files are read one after the other, their pages analysed side by side, each stored in one transaction.

Nothing is kept in memory but what is under way, and nothing is written of a record before all of it is: a record is in
the archive or it is not, and the same command goes on wherever it was interrupted or killed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit

from archive.content import decoded_body
from archive.duplicates import check_signatures
from archive.errors import ArchiveError, LuutruError, PageError, WarcError
from archive.records import Capture, PageKind
from archive.store import Archive, pages
from archive.store.sources import Source
from archive.store.writer import Transaction, Writer
from archive.warc import Damage, Record, records
from archive.warc.exchange import Exchange, exchanges
from crawler import urls
from crawler.analysis.chrome import Considered, PortalChrome
from crawler.analysis.job import Analysis, Job
from crawler.analysis.pool import Pool
from crawler.catalogue import Portal
from crawler.importing.candidate import Candidate, OriginalMissing, candidate, is_known
from crawler.importing.counts import Counts
from crawler.importing.files import Part
from crawler.importing.selection import Portals, Selection, why_no_page, why_not
from crawler.importing.store import store
from crawler.returning.known import is_awake

__all__ = ["Importer"]

T = TypeVar("T")
Tasks: TypeAlias = "set[asyncio.Task[None]]"
_RECORDS_MOST = 64  # under way
_BYTES_MOST = 32 << 20
_AT_ONCE = 16  # records that are read before those under way have their turn
_NO_ORIGINAL = "revisit without its original"
_NOT_MODIFIED = 304
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Importer:
    """Takes the captures of files into an archive, from `run` to `close`. To be used from one event loop."""

    def __init__(self, archive: Archive, selection: Selection, workers: int) -> None:
        self.archive, self.selection = archive, selection
        self.counts: list[Counts] = []
        self.interrupted = False
        self.observer: Callable[[], None] = lambda: None
        self.pool = Pool(workers)
        self._chrome = PortalChrome(archive, self.pool)
        self._writer = Writer(archive)
        self._portals = Portals(archive.db)
        self._awake: dict[str, bool] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._bytes = 0
        self._failure: LuutruError | None = None

    def interrupt(self) -> None:
        """Read no more; what is under way is finished. May be called from a signal handler."""
        self.interrupted = True

    def close(self) -> None:
        """Commit what is under way and give everything back."""
        self.pool.close()
        self._writer.close()
        self.archive.close()

    async def run(self, parts: Sequence[Part]) -> None:
        """Take in the files. A file that cannot be read is counted as broken; raises ArchiveError where nothing works.

        Files whose revisits found no original are read once more at the end: it may stand in a file behind them.
        """
        check_signatures(self.archive.db)
        for part in parts:
            self.counts.append(Counts(part.label, part.size_bytes))
        for part, counts in zip(parts, self.counts, strict=True):
            await self._file(part, counts)
        for part, counts in zip(parts, self.counts, strict=True):
            if counts.left_out[_NO_ORIGINAL] and len(parts) > 1:
                await self._file(part, counts, again=True)

    async def _file(self, part: Part, counts: Counts, *, again: bool = False) -> None:
        """Take in one file; `again`: only the revisits that found no original before."""
        source = Source(part.name, part.size_bytes, {})
        read = 0
        try:
            with part.open() as raw:
                for found in exchanges(records(raw)):
                    if self.interrupted or self._failure:
                        break
                    if isinstance(found, Exchange) and found.record.kind == "warcinfo":
                        source = Source(part.name, part.size_bytes, source.described or _described(found.record))
                    if not again or (isinstance(found, Exchange) and found.record.kind == "revisit"):
                        await self._take_up(found, source, counts, again=again)
                    read += 1
                    if read % _AT_ONCE == 0:
                        self.observer()
                        await asyncio.sleep(0)
        except WarcError as error:
            counts.fault(0, error.reason)
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._failure:
            raise self._failure

    async def _take_up(self, found: Exchange | Damage, source: Source, counts: Counts, *, again: bool) -> None:
        """Count a record, and begin to take it as soon as there is room, if it is one to be taken."""
        if isinstance(found, Damage):
            counts.fault(found.offset, found.reason)
            return
        record = found.record
        if not again:
            counts.records += 1 + (found.request is not None)
            counts.done_bytes = max(counts.done_bytes, record.offset + record.length)
        reason = why_not(found, self.selection)
        if reason:
            counts.left_out.update([reason] if record.kind != "warcinfo" else [])
            return
        if again:
            counts.left_out[_NO_ORIGINAL] -= 1
        size = len(record.block or b"")
        while self._tasks and (len(self._tasks) >= _RECORDS_MOST or self._bytes + size > _BYTES_MOST):
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        self._bytes += size
        earlier = set(self._tasks) if record.kind == "revisit" else set()
        task = asyncio.get_running_loop().create_task(self._take_safely(found, source, counts, earlier))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take_safely(self, exchange: Exchange, source: Source, counts: Counts, earlier: Tasks) -> None:
        try:
            await self._take(exchange, source, counts, earlier)
        except ArchiveError as error:
            self._failure = self._failure or error
        except WarcError as error:
            counts.fault(exchange.record.offset, error.reason)
        except Exception as error:  # noqa: BLE001 whatever a record does to us, it must stop no other
            counts.fault(exchange.record.offset, f"{type(error).__name__}: {error}")
        finally:
            self._bytes -= len(exchange.record.block or b"")

    async def _take(self, exchange: Exchange, source: Source, counts: Counts, earlier: Tasks) -> None:
        capture = exchange.capture()
        url = urls.canonical(capture.requested_url) or ""
        portal = self._portals.of(url)
        if reason := why_no_page(capture, url):
            counts.left_out[reason] += 1
            return
        try:
            found = await self._candidate(exchange, capture, portal, url, earlier)
        except OriginalMissing:
            counts.left_out[_NO_ORIGINAL] += 1
            return
        if is_known(self.archive.db, found):
            counts.known += 1
            return
        job = self._job(found, portal)
        outcome = job if not isinstance(job, Job) else await self.pool.analyse(job)
        await self._register(portal)
        considered = Considered()
        if isinstance(job, Job) and isinstance(outcome, Analysis):
            considered = await self._chrome.consider(job, portal.id, outcome, is_known=True)
        awake = self._awake[portal.id]
        stored = await self._write(
            lambda transaction: store(transaction, found, outcome, source, awake=awake, considered=considered)
        )
        if stored is None:
            counts.known += 1
            return
        counts.captures += 1
        counts.articles += stored.is_new
        counts.copies += stored.is_new and stored.is_copy
        counts.changed += stored.is_changed
        counts.history += stored.is_history

    async def _candidate(
        self, exchange: Exchange, capture: Capture, portal: Portal, url: str, earlier: Tasks
    ) -> Candidate:
        try:
            return candidate(self.archive.db, exchange, capture, portal, url)
        except OriginalMissing:  # it may be under way
            if earlier:
                await asyncio.wait(earlier)
            return candidate(self.archive.db, exchange, capture, portal, url)

    def _job(self, found: Candidate, portal: Portal) -> Job | tuple[PageKind, str] | None:
        """Return a capture to be analysed, or its kind and why, or None where it repeats what is known."""
        capture, status = found.capture, found.capture.http_status
        if urlsplit(found.page.url).path == "/robots.txt":
            return PageKind.ROBOTS, ""
        if pages.can_repeat(self.archive.db, found.same):
            return None
        if status in _REDIRECTS:
            return PageKind.REDIRECT, f"redirects to {capture.header('Location')}"
        if status >= 300 and (status != _NOT_MODIFIED or found.original is None):
            return PageKind.ERROR, f"status {status}"
        if found.original is not None:
            capture = self.archive.read_capture(found.original["id"])
        try:
            body = decoded_body(capture)
        except PageError as error:
            return PageKind.BROKEN, error.reason
        job = Job(
            found.page.url,
            body,
            capture.header("Content-Type"),
            found.capture.captured_at,
            portal.hosts,
            language=urls.language_of(portal.url),
            key=found.page.key,
        )
        return self._chrome.equip(job, portal.id)

    async def _register(self, portal: Portal) -> None:
        """Make a portal known to the archive with its first capture."""
        if portal.id not in self._awake:
            self._awake[portal.id] = is_awake(self.archive.db, portal.id)
        if portal.id in self._portals.registered:
            return
        self._portals.registered.add(portal.id)
        provinces, now = (portal.province_before, portal.province_after), datetime.now(UTC)
        await self._write(
            lambda transaction: pages.register_portal(
                transaction.db,
                portal.id,
                name=portal.name,
                url=portal.url,
                hosts=portal.hosts,
                provinces=provinces,
                now=now,
            )
        )

    async def _write(self, run: Callable[[Transaction], T]) -> T:
        return await asyncio.wrap_future(self._writer.submit(run))


def _described(warcinfo: Record) -> dict[str, str]:
    """Return the fields of a warcinfo record."""
    lines = (warcinfo.block or b"").decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line and line[:1].strip())
    return {name.strip(): value.strip() for name, _, value in pairs}
