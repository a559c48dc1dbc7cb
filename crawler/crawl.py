"""One crawl: its session, the parts that work on it, and the way from `begin` to `close`.

Each part knows the session and the parts that it needs, and none knows the crawl.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from archive.duplicates import check_signatures
from archive.errors import LuutruError
from archive.records import PageKind
from archive.store import pages
from archive.store.writer import Transaction
from crawler import frontier, urls
from crawler.fetching.robots import Robots
from crawler.fetching.turns import Turns
from crawler.intake import Intake
from crawler.intake.setbacks import Setbacks
from crawler.learning.learner import Learner
from crawler.learning.probes import Probes
from crawler.register import register
from crawler.rendering import Rendering, set_renders
from crawler.session import Session

__all__ = ["Crawl"]

_WATCH_S = 0.5
_JUST_NOW_S = 600  # a crawl whose last capture is this young may have asked for more before it was killed
_FRESH_S = 60  # what was fetched this recently is not asked again


class Crawl:
    """See the module. `observer` is shown the session twice a second."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.observer: Callable[[Session], None] | None = None
        self.turns = Turns(session)
        self.robots = Robots(session, self.turns)
        self.probes = Probes(session)
        self.learner = Learner(session)
        self.setbacks = Setbacks(session)
        self.rendering = Rendering(session)
        self.intake = Intake(session, self.rendering, self.probes, self.learner, self.setbacks)
        self._watcher: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Register the portals, make their entry points due, and finish what an earlier crawl left unanalysed."""
        try:
            await self._begin(int(time.time()))
        except LuutruError as error:
            self.session.give_up(error)
        finally:
            self.session.has_begun = True

    async def _begin(self, now: int) -> None:
        session = self.session
        session.loop = asyncio.get_running_loop()
        self._watcher = session.loop.create_task(self._watch())
        check_signatures(session.archive.db)
        await session.write(lambda transaction: self._register(transaction, now))
        self._begin_fetching(now)
        self.rendering.begin()
        await self.learner.recall(now)
        self.probes.load(session.archive.db, now)
        for capture_id in pages.open_captures(session.archive.db):
            await self._finish_open(capture_id)
        session.waiting_at_begin = session.frontier.waiting(session.portals, now)
        session.wake(session.frontier.hosts(session.portals))

    def close(self) -> None:
        """Commit what is under way and give everything back."""
        if self._watcher is not None:
            self._watcher.cancel()
        self.session.close()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_S)
            if self.observer is not None:
                self.observer(self.session)

    def _register(self, transaction: Transaction, now: int) -> None:
        db, options = transaction.db, self.session.options
        for portal in self.session.portals.values():
            register(db, portal, datetime.fromtimestamp(now, UTC))
            frontier.renew_forms(db, portal.id, now)
            if options.renders is not None:
                set_renders(db, portal.id, now, renders=options.renders)
            if options.accepts_broken is not None:
                query = "UPDATE portals SET accepts_broken_certificate = ? WHERE id = ?"
                db.execute(query, [options.accepts_broken, portal.id])
            if not options.due_only:
                home = urls.page_key(portal.url)
                frontier.make_heads_due(db, portal.id, home, now, fetched_before=now - _FRESH_S)

    def _begin_fetching(self, now: int) -> None:
        """Take up what is known of the hosts; where a crawl has just ended, or was killed, begin with a gap."""
        from twisted.internet import reactor

        session = self.session
        reactor.installNameResolver(self.turns.addresses)
        db = session.archive.db
        session.hosts.load(db)
        query = "SELECT id FROM portals WHERE accepts_broken_certificate"
        session.accepts_broken = {row[0] for row in db.execute(query)}
        last = db.execute("SELECT captured_at FROM captures ORDER BY id DESC LIMIT 1").fetchone()
        delays_s = [0.0]
        for portal in session.portals.values():
            session.engine.downloader.per_slot_settings[portal.id] = {"concurrency": 1, "delay": 0.0, "jitter": 0.0}
            host = session.host_at(portal.url)
            delays_s.append(host.delay_s)
            if host.rest_reason:
                session.rests(host)
        if last and now - datetime.fromisoformat(last[0]).timestamp() < _JUST_NOW_S:
            self.turns.first_at = time.monotonic() + max(delays_s)

    async def _finish_open(self, capture_id: int) -> None:
        """Bring in a capture that an earlier crawl wrote and did not analyse."""
        session = self.session
        query = """SELECT pages.key, pages.id, pages.url, captures.record_type FROM captures
            JOIN pages ON pages.id = page_id WHERE captures.id = ?"""
        key, page_id, url, record_type = session.archive.db.execute(query, [capture_id]).fetchone()
        ref = pages.CaptureRef(capture_id, page_id, record_type == "revisit")
        row = session.frontier.row(key)
        if row is None:  # what is asked for once a host
            kind = PageKind.ROBOTS if url.endswith("/robots.txt") else PageKind.SOFT_404
            await session.write(lambda transaction: pages.record_kind(transaction.db, ref, kind))
        elif row.portal in session.portals:
            await self.intake.resume(row, session.archive.read_capture(capture_id), ref)
