"""The way of a response into the archive.

response → capture (writer: WARC, then its row) → analysis (worker process) → one transaction: article, links,
frontier
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import replace

from scrapy import Request
from scrapy.http import Response

from archive.chrome import memory
from archive.content import decoded_body, most_bytes
from archive.errors import ArchiveError, CutShort, PageError
from archive.records import Capture, Extraction, PageKind
from archive.store import pages
from archive.store.renderings import record_rendering
from archive.store.writer import Transaction
from archive.warc import payload_digest
from crawler import frontier, urls
from crawler.analysis.chrome import Considered
from crawler.analysis.job import Analysis, Job
from crawler.discovery import LinkKind
from crawler.frontier import FrontierRow, NewRow, pagination
from crawler.frontier.seen import Seen
from crawler.intake.answers import Answers
from crawler.intake.loops import LoopBacks
from crawler.intake.setbacks import Setbacks
from crawler.learning.learner import Learner
from crawler.learning.novelty import Novelty
from crawler.learning.probes import Probes
from crawler.learning.twins import Twin, find_twin, join, outcome
from crawler.rendering import Rendering
from crawler.returning import looks, readings, schedule
from crawler.returning.looks import Look, Taken
from crawler.session import Session

__all__ = ["Intake"]

_LINKS_AT_ONCE = 2_000


class Intake:
    """Brings the responses of a session into the archive and the frontier."""

    def __init__(
        self, session: Session, rendering: Rendering, probes: Probes, learner: Learner, setbacks: Setbacks
    ) -> None:
        self._session, self._rendering = session, rendering
        self._probes, self._learner, self._setbacks = probes, learner, setbacks
        self._answers = Answers(session, probes, learner, setbacks)
        self._seen = Seen()
        self._novelty = Novelty()
        self.loops = LoopBacks()

    def capture(self, request: Request, capture: Capture) -> Taken:
        """Queue a capture for the writer: it is in the WARC file and the database before anything is made of it."""
        row: FrontierRow | None = request.meta.get("row")
        page = pages.Page(
            row.key if row else urls.page_key(request.url), row.url if row else request.url, request.meta["portal"]
        )
        taken = Taken(payload_digest(capture.body))

        def write(transaction: Transaction) -> None:
            taken.written = pages.record_capture(transaction, page, capture, taken.digest)

        self._session.submit(write)
        return taken

    async def process(self, row: FrontierRow, request: Request, response: Response) -> None:
        """Bring a response into the archive: analysed, stored, its links in the frontier, its row acknowledged."""
        self._session.counts[row.portal].fetched += 1
        await self._take_safely(row, request.meta["capture"], request.meta["taken"])

    async def resume(self, row: FrontierRow, capture: Capture, ref: pages.CaptureRef) -> None:
        """Bring in a capture that a crawl before this one wrote and did not analyse."""
        await self._take_safely(row, capture, Taken(payload_digest(capture.body), ref))

    async def _take_safely(self, row: FrontierRow, capture: Capture, taken: Taken) -> None:
        try:
            is_answer = capture.http_status < 300
            most = most_bytes(capture.header("Content-Type"))
            body = decoded_body(capture, most, must_be_whole=True) if is_answer else b""
            await self._take(row, capture, body, taken)
        except ArchiveError:
            raise
        except CutShort as error:
            await self._answers.cut_short(row, taken, error.reason)
        except Exception as error:  # noqa: BLE001 whatever a page does to us, it must stop no other
            reason = error.reason if isinstance(error, PageError) else f"{type(error).__name__}: {error}"
            await self._answers.break_off(row, taken, reason)

    async def _take(self, row: FrontierRow, capture: Capture, body: bytes, taken: Taken) -> None:
        if await self._answers.settle(row, capture, taken):
            return
        if row.form is None and self.loops.is_one(row.host, capture.requested_url, body):
            await self._answers.go_through(row, taken)
            return
        job = self._session.chrome.equip(self._job(row, capture, body), row.portal)
        analysis = await self._rendering.analyse(row, capture, job)
        if analysis is None:
            self._session.taken.discard(row.key)
        elif analysis.kind.is_refusal:
            await self._answers.refuse(row, taken, analysis.kind, analysis.extraction.reason)
        else:
            self._answers.shown(row.host)
            analysis = self._unless_missing(row, analysis)
            is_known = row.fetched_at is not None
            considered = await self._session.chrome.consider(job, row.portal, analysis, is_known=is_known)
            await self._store(row, capture, taken, analysis, considered)

    def _job(self, row: FrontierRow, capture: Capture, body: bytes) -> Job:
        portal = self._session.portals[row.portal]
        return Job(
            row.url,
            body,
            capture.header("Content-Type"),
            capture.captured_at,
            portal.hosts,
            self._session.options.since,
            is_entry=row.rank == 0,
            language=urls.language_of(portal.url),
            hops=row.hops,
            key=row.key,
            form=row.form,
            is_further=row.rank == LinkKind.PAGINATION.rank,
        )

    def _unless_missing(self, row: FrontierRow, analysis: Analysis) -> Analysis:
        """Return the analysis, as that of a page that is not there where the host answers so to random addresses."""
        is_home = row.key == urls.page_key(self._session.portals[row.portal].url)
        reason = "" if is_home else self._probes.judge(row.url, analysis)
        return replace(analysis, extraction=Extraction(PageKind.SOFT_404, reason=reason)) if reason else analysis

    async def _store(
        self, row: FrontierRow, capture: Capture, taken: Taken, analysis: Analysis, considered: Considered
    ) -> None:
        """Commit in one transaction what a page says, what it links to and when it is due again."""
        fresh = self._fresh(row, analysis)
        now = int(time.time())
        early = 0
        last = fresh[-(len(fresh) % _LINKS_AT_ONCE or _LINKS_AT_ONCE) :]
        for start in range(0, len(fresh) - len(last), _LINKS_AT_ONCE):  # other pages have their turn in between
            early += await self._add(row, fresh[start : start + _LINKS_AT_ONCE], now)

        def write(transaction: Transaction) -> tuple[pages.Stored, int, Twin | None, bool]:
            db = transaction.db
            stored = pages.record_extraction(
                db,
                taken.ref,
                analysis.extraction,
                analysis.fingerprint,
                analysis.canonical_key,
                is_same_state=considered.is_same_state,
            )
            if considered.note is not None:
                memory.record(db, considered.note)
            if analysis.rendered is not None:
                record_rendering(transaction, taken.ref, analysis.rendered)
            is_again = stored.is_new and stored.is_copy
            twin = find_twin(db, row, self._session.learning.brings_nothing) if is_again else None
            if twin is not None:
                stored = join(db, row, twin, taken.ref, stored)
            new = early + _add(db, row, last, now)
            led_on = self._led_on(db, row, analysis, now)
            frontier.count_drops(db, row.portal, analysis.drops.items())
            look = self._look(db, row, capture, taken, analysis, stored)
            if stored.kind is not PageKind.ARTICLE:
                look = replace(look, changed=new + led_on > 0)
            return stored, new, twin, looks.record(db, row, taken.ref, look, now)

        stored, added, twin, is_gone = await self._session.write(write)
        self._session.taken.discard(row.key)
        self._seen.update(fresh)
        self._session.counts[row.portal].gone += is_gone
        self._count(row, analysis, stored, added)
        self._learner.learn(row, outcome(stored, twin, analysis.links, fresh if added else ()))
        self._session.wake({link.host for link in fresh} | {row.host})

    def _led_on(self, db: sqlite3.Connection, row: FrontierRow, analysis: Analysis, now: int) -> int:
        """Make known pages due that a sitemap or feed gives hints of, or that the news of a listing goes on to."""
        if analysis.listed:
            return readings.take(db, row.key, analysis.listed, now)
        if looks.is_list(row):
            following = pagination.following(db, row, analysis.links, self._session.begun_at)
            return sum(frontier.make_due(db, link.key, now) for link in following)
        return 0

    def _look(
        self,
        db: sqlite3.Connection,
        row: FrontierRow,
        capture: Capture,
        taken: Taken,
        analysis: Analysis,
        stored: pages.Stored,
    ) -> Look:
        """Return what is noted of a page that was stored."""
        is_article = stored.kind is PageKind.ARTICLE
        changed = stored.is_changed if is_article else taken.digest != row.payload_digest
        look = Look(
            stored.kind,
            taken.digest,
            changed=stored.is_changed,
            age_s=looks.age_s(analysis.extraction.article, capture.captured_at),
            is_missing=stored.kind.is_missing,
            turns=any(link.rank == LinkKind.PAGINATION.rank for link in analysis.links),
        )
        if analysis.needs_browser:
            return replace(look, payload_digest=None)
        told = self._session.told
        validators = told.believed(row, capture, taken.digest, changed=changed or row.kind != stored.kind)
        while told.refuted:
            frontier.forget_etag(db, told.refuted.pop())
        return replace(look, validators=validators)

    def _fresh(self, row: FrontierRow, analysis: Analysis) -> list[NewRow]:
        """Return the links of a page that go to the frontier and are not there for certain; count those held back."""
        links: Sequence[NewRow] = analysis.links
        if analysis.kind.is_missing:  # what is not there has no other widths, months or pages
            own = row.url.partition("?")[0]
            links = [link for link in links if link.url.partition("?")[0] != own]
        if row.key != urls.page_key(self._session.portals[row.portal].url):
            links = self._novelty.followed(row, links, analysis.face)
        if held := len(analysis.links) - len(links):
            analysis.drops["nothing-new"] = held
        fresh = self._seen.unknown(links)
        entries = [link for link in fresh if link.rank == 0]
        most = self._session.options.entries_most
        room = max(0, most - self._session.frontier.entry_points(row.host)) if entries else 0
        if len(entries) > room:
            analysis.drops["sitemap-limit"] = len(entries) - room
            fresh = entries[:room] + [link for link in fresh if link.rank]
        return fresh

    async def _add(self, row: FrontierRow, rows: Sequence[NewRow], now: int) -> int:
        return await self._session.write(lambda transaction: _add(transaction.db, row, rows, now))

    def _count(self, row: FrontierRow, analysis: Analysis, stored: pages.Stored, added: int) -> None:
        counts = self._session.counts[row.portal]
        counts.discovered += added
        counts.articles += stored.is_new
        counts.changed += stored.is_changed
        counts.missing += stored.kind.is_missing
        counts.copies += stored.is_copy and stored.is_new
        if stored.is_new and not stored.is_copy:
            self._novelty.new_text(row.portal)
        if analysis.kind is PageKind.BROKEN:
            self._setbacks.note(row, analysis.extraction.reason)


def _add(db: sqlite3.Connection, row: FrontierRow, links: Sequence[NewRow], now: int) -> int:
    """Add the links of a page to the frontier; return how many of those that are due at once were new.

    A listing that was read before and grows by a page shows there what has moved: that page can wait.
    """
    if not looks.is_list(row):
        return frontier.add(db, row.portal, links, now)
    turning = LinkKind.PAGINATION.rank
    due_at = now + schedule.bounds(PageKind.LISTING, is_further=True).first_s
    frontier.add(db, row.portal, [link for link in links if link.rank == turning], now, due_at=due_at)
    return frontier.add(db, row.portal, [link for link in links if link.rank != turning], now)
