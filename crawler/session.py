"""One crawl: what the scheduler, the middlewares and the spider share, from `begin` to `close`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from scrapy.core.engine import ExecutionEngine

from archive.duplicates import check_signatures
from archive.errors import ArchiveError, LuutruError
from archive.records import PageKind
from archive.store import Archive, pages
from archive.store.writer import Transaction, Writer
from crawler import discovery, frontier, urls
from crawler.analysis.chrome import PortalChrome
from crawler.analysis.pool import Pool
from crawler.catalogue import Portal
from crawler.counts import Counts, Failures
from crawler.fetching.hosts import Hosts
from crawler.fetching.identity import user_agent
from crawler.fetching.politeness import Host
from crawler.fetching.robots import Robots
from crawler.fetching.turns import Turns
from crawler.frontier import Frontier, new_row
from crawler.intake import Intake
from crawler.intake.setbacks import Setbacks
from crawler.learning import Learning, lessons
from crawler.learning.probes import Probes
from crawler.portals.register import register
from crawler.rendering import Rendering, set_renders
from crawler.returning.validators import Told

__all__ = ["Counts", "Options", "Session"]

T = TypeVar("T")
_WATCH_S = 0.5
_JUST_NOW_S = 600  # a crawl whose last capture is this young may have asked for more before it was killed
_FRESH_S = 60  # what was fetched this recently is not asked again


@dataclass(frozen=True, slots=True)
class Options:
    """How to crawl: gap between requests in seconds (None: the polite default), limits, worker processes."""

    delay_s: float | None = None
    max_pages: int | None = None
    max_time_s: float | None = None
    workers: int = 2
    due_only: bool = False
    since: datetime | None = None
    night: bool = False  # send requests only while it is night in Vietnam
    contact: str | None = None  # of whoever runs the crawl, for the User-Agent
    renders: bool | None = None  # pages are shown to a browser; None: as the archive remembers
    accepts_broken: bool | None = None  # certificates that are not to be trusted; None: as the archive remembers
    entries_most: int = 500  # entry points (sitemaps, feeds) of a host


class Session:
    """A crawl of `portals` into the archive, from `begin` to `close`. To be used from one event loop."""

    def __init__(
        self, archive: Archive, portals: Sequence[Portal], options: Options, settings: dict[str, object]
    ) -> None:
        self.archive, self.options = archive, options
        self.portals = {portal.id: portal for portal in portals}
        self.counts = {portal.id: Counts() for portal in portals}
        self.failures = Failures()
        self.started, self.begun_at = time.monotonic(), int(time.time())
        self.frontier = Frontier(archive.db)
        self.robots = Robots(self)
        self.told = Told()
        self.setbacks = Setbacks(self)
        self.intake = Intake(self)
        self.learning = Learning()
        self.probes = Probes(self)
        self.pool = Pool(options.workers)
        self.chrome = PortalChrome(archive, self.pool)
        self.rendering = Rendering(self)
        self.headers = {"User-Agent": _agent(options, settings), **_HEADERS}
        self.taken: set[int] = set()  # keys handed out and not yet committed
        self.stop_reason = ""
        self.observer: Callable[[Session], None] | None = None  # is shown the session twice a second
        self.has_begun = False
        self.interrupted = False
        self.waiting_at_begin = 0
        self.wake: Callable[[Iterable[str]], None] = lambda hosts: None  # set by the scheduler
        self.released: Callable[[str], None] = lambda portal: None
        self.reconsider: Callable[[], None] = lambda: None
        self.engine: ExecutionEngine  # set by the spider
        self.hosts = Hosts(self, float(str(settings["DOWNLOAD_DELAY"])))
        self.turns = Turns(self)
        self.accepts_broken: set[str] = set()  # portals
        self._writer = Writer(archive)
        self._watcher: asyncio.Task[None] | None = None
        self._background: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    # --- from begin to close ------------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Register the portals, make their entry points due, and finish what an earlier crawl left unanalysed."""
        try:
            await self._begin(int(time.time()))
        except LuutruError as error:
            self.give_up(error)
        finally:
            self.has_begun = True

    async def _begin(self, now: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._watcher = self._loop.create_task(self._watch())
        check_signatures(self.archive.db)
        await self.write(lambda transaction: self._register(transaction, now))
        self._begin_fetching(now)
        self.rendering.begin()
        await self.write(lambda transaction: lessons.recall(transaction.db, self.learning, self.portals, now))
        self.probes.load(self.archive.db, now)
        for capture_id in pages.open_captures(self.archive.db):
            await self._finish_open(capture_id)
        self.waiting_at_begin = self.frontier.waiting(self.portals, now)
        self.wake(self.frontier.hosts(self.portals))

    def close(self) -> None:
        """Commit what is under way and give everything back."""
        if self._watcher is not None:
            self._watcher.cancel()
        self.pool.close()
        self._writer.close()
        self.archive.close()

    def stop(self, reason: str) -> None:
        """Hand out no more requests; what is under way is finished."""
        self.stop_reason = self.stop_reason or reason

    def give_up(self, error: LuutruError) -> None:
        """Stop because the archive cannot be written or read; the command ends with this error."""
        self.failures.broken = self.failures.broken or error
        self.stop(str(error))

    def is_over(self) -> bool:
        """Tell whether a limit of the crawl has been reached."""
        if self._is_out_of_time():
            self.stop("the time is up")
        return bool(self.stop_reason)

    def is_abandoned(self) -> bool:
        """Tell whether nothing is to be waited for any more: requests that have not gone out stay due."""
        return self.is_over() and (self.interrupted or self.failures.broken is not None or self._is_out_of_time())

    def _is_out_of_time(self) -> bool:
        most = self.options.max_time_s
        return most is not None and time.monotonic() - self.started >= most

    def interrupt(self) -> None:
        """Stop because the user asked for it; may be called from a signal handler."""
        self.interrupted = True
        self.stop("interrupted")
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.wake, ())

    def total(self) -> Counts:
        """Return the counts of all portals together."""
        return Counts(*(sum(column) for column in zip(*map(astuple, self.counts.values()), strict=True)))

    def waiting(self) -> int:
        """Return about how many addresses are still to be fetched in this crawl."""
        total = self.total()
        waiting = self.waiting_at_begin + total.discovered - total.fetched - total.forbidden
        if self.options.max_pages is not None:
            waiting = min(waiting, self.options.max_pages - total.fetched)
        return max(waiting, len(self.taken) > 0, 0)

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that nothing waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_S)
            if self.observer is not None:
                self.observer(self)

    def _register(self, transaction: Transaction, now: int) -> None:
        db = transaction.db
        for portal in self.portals.values():
            register(db, portal, datetime.fromtimestamp(now, UTC))
            frontier.renew_forms(db, portal.id, now)
            if self.options.renders is not None:
                set_renders(db, portal.id, now, renders=self.options.renders)
            if self.options.accepts_broken is not None:
                query = "UPDATE portals SET accepts_broken_certificate = ? WHERE id = ?"
                db.execute(query, [self.options.accepts_broken, portal.id])
            if not self.options.due_only:
                home = urls.page_key(portal.url)
                frontier.make_heads_due(db, portal.id, home, now, fetched_before=now - _FRESH_S)

    async def _finish_open(self, capture_id: int) -> None:
        query = """SELECT pages.key, pages.id, pages.url, captures.record_type FROM captures
            JOIN pages ON pages.id = page_id WHERE captures.id = ?"""
        key, page_id, url, record_type = self.archive.db.execute(query, [capture_id]).fetchone()
        ref = pages.CaptureRef(capture_id, page_id, record_type == "revisit")
        row = self.frontier.row(key)
        if row is None or row.portal not in self.portals:
            if row is None:  # what is asked for once a host
                kind = PageKind.ROBOTS if url.endswith("/robots.txt") else PageKind.SOFT_404
                await self.write(lambda transaction: pages.record_kind(transaction.db, ref, kind))
            return
        await self.intake.resume(row, self.archive.read_capture(capture_id), ref)

    # --- hosts --------------------------------------------------------------------------------------------------------

    def _begin_fetching(self, now: int) -> None:
        """Take up what is known of the hosts; where a crawl has just ended, or was killed, begin with a gap."""
        from twisted.internet import reactor

        reactor.installNameResolver(self.turns.addresses)
        db = self.archive.db
        self.hosts.load(db)
        query = "SELECT id FROM portals WHERE accepts_broken_certificate"
        self.accepts_broken = {row[0] for row in db.execute(query)}
        last = db.execute("SELECT captured_at FROM captures ORDER BY id DESC LIMIT 1").fetchone()
        delays_s = [0.0]
        for portal in self.portals.values():
            self.engine.downloader.per_slot_settings[portal.id] = {"concurrency": 1, "delay": 0.0, "jitter": 0.0}
            host = self.host_at(portal.url)
            delays_s.append(host.delay_s)
            if host.rest_reason:
                self.rests(host)
        if last and now - datetime.fromisoformat(last[0]).timestamp() < _JUST_NOW_S:
            self.turns.first_at = time.monotonic() + max(delays_s)

    def host_at(self, url: str) -> Host:
        """Return the politeness of the URL's host."""
        return self.hosts.at(url)

    def host(self, name: str) -> Host | None:
        """Return the politeness of a host that was met already."""
        return self.hosts.get(name)

    def failed(self, host: Host, reason: str) -> None:
        """Note that a host failed to answer; ten times in a row, and it rests until another day."""
        host.failed(reason, time.time())
        self.hosts.save(host)

    def rests(self, host: Host) -> None:
        """Note that a host is left alone until a later crawl."""
        for portal in self.portals.values():
            if urls.host_of(portal.url) == host.name:
                self.failures.portals.setdefault(portal.id, host.rest_reason)

    async def learned_robots(self, host: Host, url: str, portal: str) -> None:
        """Take the sitemaps of robots.txt, or the usual places, as entry points."""
        if self.options.due_only or portal not in self.portals:
            return
        known = host.sitemaps
        if not known and urls.host_of(self.portals[portal].url) == host.name:
            known = tuple(discovery.seeds(url))
        scope = self.portals[portal].hosts
        found = [clean for address in known if (clean := urls.canonical(address, url)) and urls.in_scope(clean, scope)]
        rows = [new_row(address, 0) for address in found]
        await self.write(lambda transaction: frontier.add(transaction.db, portal, rows, int(time.time())))
        self.wake({row.host for row in rows})

    # --- writing ------------------------------------------------------------------------------------------------------

    def submit(self, run: Callable[[Transaction], T]) -> Future[T]:
        """Queue a piece of work for the writer."""
        return self._writer.submit(run)

    async def write(self, run: Callable[[Transaction], T]) -> T:
        """Run a piece of work in the writer; when the archive cannot be written the crawl stops."""
        try:
            return await asyncio.wrap_future(self.submit(run))
        except ArchiveError as error:
            self.give_up(error)
            raise


def _agent(options: Options, settings: dict[str, object]) -> str:
    return user_agent(options.contact) if options.contact else str(settings["USER_AGENT"])


_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
