"""What all parts of a crawl share: its portals, their counts, the hosts, the writer, and whether it is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import astuple
from typing import Any, TypeVar

from scrapy import Request
from scrapy.core.engine import ExecutionEngine

from archive.errors import ArchiveError, LuutruError
from archive.records import PageKind
from archive.store import Archive, pages
from archive.store.writer import Transaction, Writer
from crawler import urls
from crawler.analysis.chrome import PortalChrome
from crawler.analysis.pool import Pool
from crawler.catalogue import Portal
from crawler.counts import Counts, Failures
from crawler.fetching.hosts import Hosts
from crawler.fetching.identity import user_agent
from crawler.fetching.politeness import Host
from crawler.frontier import Frontier
from crawler.learning import Learning
from crawler.options import Options
from crawler.returning.looks import Taken
from crawler.returning.validators import Told

__all__ = ["Session"]

T = TypeVar("T")


class Session:
    """A crawl of `portals` into the archive, as its parts see it. To be used from one event loop."""

    def __init__(
        self, archive: Archive, portals: Sequence[Portal], options: Options, settings: dict[str, object]
    ) -> None:
        self.archive, self.options = archive, options
        self.portals = {portal.id: portal for portal in portals}
        self.counts = {portal.id: Counts() for portal in portals}
        self.failures = Failures()
        self.started, self.begun_at = time.monotonic(), int(time.time())
        self.frontier = Frontier(archive.db)
        self.told = Told()
        self.learning = Learning()
        self.pool = Pool(options.workers)
        self.chrome = PortalChrome(archive, self.pool)
        self.headers = {"User-Agent": _agent(options, settings), **_HEADERS}
        self.hosts = Hosts(options, float(str(settings["DOWNLOAD_DELAY"])), self.submit, self.rests)
        self.accepts_broken: set[str] = set()  # portals
        self.taken: set[int] = set()  # keys handed out and not yet committed
        self.has_begun = False
        self.waiting_at_begin = 0
        self.stop_reason = ""
        self.interrupted = False
        self.loop: asyncio.AbstractEventLoop | None = None  # set once it has begun
        self.engine: ExecutionEngine  # set by the spider
        self.wake: Callable[[Iterable[str]], None] = lambda hosts: None  # set by the scheduler
        self.released: Callable[[str], None] = lambda portal: None
        self.reconsider: Callable[[], None] = lambda: None
        self._writer = Writer(archive)
        self._background: set[asyncio.Task[None]] = set()

    def close(self) -> None:
        """Commit what is under way and give everything back."""
        self.pool.close()
        self._writer.close()
        self.archive.close()

    # --- its end ------------------------------------------------------------------------------------------------------

    def stop(self, reason: str) -> None:
        """Hand out no more requests; what is under way is finished."""
        self.stop_reason = self.stop_reason or reason

    def give_up(self, error: LuutruError) -> None:
        """Stop because the archive cannot be written or read; the command ends with this error."""
        self.failures.broken = self.failures.broken or error
        self.stop(str(error))

    def interrupt(self) -> None:
        """Stop because the user asked for it; may be called from a signal handler."""
        self.interrupted = True
        self.stop("interrupted")
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.wake, ())

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

    # --- where it stands ----------------------------------------------------------------------------------------------

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

    # --- hosts --------------------------------------------------------------------------------------------------------

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

    def record_kind(self, request: Request, kind: PageKind, reason: str = "") -> None:
        """Note what a capture is that needs no analysis: robots.txt, what a host says to a random address."""
        taken: Taken = request.meta["taken"]
        self.submit(lambda transaction: pages.record_kind(transaction.db, taken.ref, kind, reason))

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something that nothing waits for."""
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


def _agent(options: Options, settings: dict[str, object]) -> str:
    return user_agent(options.contact) if options.contact else str(settings["USER_AGENT"])


_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}
