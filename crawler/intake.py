"""The way of a response into the archive.

response → capture (writer: WARC, then its row) → analysis (worker process) → one transaction: article, links,
frontier
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.http import Response

from archive.content import decoded_body, most_bytes
from archive.errors import ArchiveError, CutShort, PageError
from archive.records import Capture, PageKind
from archive.store import pages
from archive.store.writer import Transaction
from archive.warc import payload_digest
from crawler import frontier, schedule, urls
from crawler.frontier import FrontierRow, NewRow
from crawler.loops import LoopBacks
from crawler.novelty import Novelty
from crawler.seen import Seen
from crawler.worker import Analysis, Job

if TYPE_CHECKING:
    from crawler.session import Session

__all__ = ["Intake", "Taken", "new_row"]

_ASKED_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SPELLINGS_MOST = 5
_REDIRECTS_MOST = 10
_LINKS_AT_ONCE = 2_000
_ENTRIES_MOST = 500  # of a host


@dataclass(slots=True)
class Taken:
    """A capture on its way: its payload digest, and its reference once the writer has written it."""

    digest: str
    ref: pages.CaptureRef | None = None


class Intake:
    """Brings responses and failures of a session into the archive and the frontier."""

    def __init__(self, session: Session) -> None:
        self._session = session
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
            taken.ref = pages.record_capture(transaction, page, capture, taken.digest)

        self._session.submit(write)
        return taken

    def record_kind(self, request: Request, kind: PageKind, reason: str = "") -> None:
        """Note what a capture is that needs no analysis (robots.txt)."""
        taken: Taken = request.meta["taken"]
        self._session.submit(lambda transaction: pages.record_kind(transaction.db, _ref(taken), kind, reason))

    async def process(self, row: FrontierRow, request: Request, response: Response) -> None:
        """Bring a response into the archive: analysed, stored, its links in the frontier, its row acknowledged."""
        self._session.counts[row.portal].fetched += 1
        await self._take_safely(row, request.meta["capture"], request.meta["taken"])

    async def resume(self, row: FrontierRow, capture: Capture, ref: pages.CaptureRef) -> None:
        """Bring in a capture that a crawl before this one wrote and did not analyse."""
        await self._take_safely(row, capture, Taken(payload_digest(capture.body), ref))

    async def fail(self, row: FrontierRow, reason: str, *, is_final: bool, is_answer: bool = False) -> None:
        """Note that an address could not be fetched; it is tried again, in this crawl or a later one.

        `is_answer`: the host did answer, so that the failure is not its own.
        """
        if not is_answer:
            self._session.failed(self._session.host_at(row.url), reason)
        failures = max(row.failures + 1, schedule.RETRIES if is_final else 0)
        await self._postpone(row, failures, reason, int(time.time()) + schedule.after_failure(failures))

    async def forbid(self, row: FrontierRow) -> None:
        """Note that robots.txt does not allow an address."""
        self._session.counts[row.portal].forbidden += 1
        due_at = int(time.time()) + schedule.FORBIDDEN_S
        await self._session.write(
            lambda transaction: frontier.postpone(
                transaction.db, row.key, due_at=due_at, failures=0, reason="robots.txt"
            )
        )
        self._session.taken.discard(row.key)

    def leave(self, row: FrontierRow) -> None:
        """Leave an address as it is, since its host rests or the crawl ends before its turn."""
        if reason := self._session.host_at(row.url).rest_reason:
            self._unreachable(row, reason)
        self._session.taken.discard(row.key)

    async def _take_safely(self, row: FrontierRow, capture: Capture, taken: Taken) -> None:
        try:
            is_answer = capture.http_status < 300
            most = most_bytes(capture.header("Content-Type"))
            body = decoded_body(capture, most, must_be_whole=True) if is_answer else b""
            await self._take(row, capture, body, taken)
        except ArchiveError:
            raise
        except CutShort as error:
            reason = error.reason
            await self._session.write(
                lambda transaction: pages.record_kind(transaction.db, _ref(taken), PageKind.BROKEN, reason)
            )
            await self.fail(row, reason, is_final=False, is_answer=True)
        except Exception as error:  # noqa: BLE001 whatever a page does to us, it must stop no other
            reason = error.reason if isinstance(error, PageError) else f"{type(error).__name__}: {error}"
            await self._settle(row, taken, PageKind.BROKEN, reason)
            self._note_failure(row, reason)

    async def _take(self, row: FrontierRow, capture: Capture, body: bytes, taken: Taken) -> None:
        status = capture.http_status
        if status in _ASKED_AGAIN and not (status == 500 and row.form):  # a form whose state has expired
            await self._ask_again(row, status, taken)
        elif status in _REDIRECTS:
            await self._redirect(row, capture, taken)
        elif status >= 300:
            await self._settle(row, taken, PageKind.ERROR, f"status {status}")
            if row.url == self._session.portals[row.portal].url:
                self._session.failures.portals[row.portal] = f"its home page answered with status {status}"
        elif row.form is None and self.loops.is_one(row.host, capture.requested_url, body):
            await self._go_through(row, taken)
        elif row.kind and taken.digest == row.payload_digest:
            self._session.counts[row.portal].unchanged += 1
            await self._settle(row, taken, PageKind(row.kind), "same payload")
        else:
            portal, content_type = self._session.portals[row.portal], capture.header("Content-Type")
            since, language = self._session.options.since, urls.language_of(portal.url)
            moment, is_entry = capture.captured_at, row.rank == 0
            job = Job(
                row.url,
                body,
                content_type,
                moment,
                portal.hosts,
                since,
                is_entry,
                language,
                row.hops,
                row.key,
                row.form,
            )
            await self._store(row, taken, await self._session.pool.analyse(job))

    async def _go_through(self, row: FrontierRow, taken: Taken) -> None:
        """Ask for a page once more, with the parameter that its host wants."""
        await self._session.write(
            lambda transaction: pages.record_kind(transaction.db, _ref(taken), PageKind.REDIRECT, "loops back")
        )
        self._session.taken.discard(row.key)
        self._session.wake({row.host})

    async def _store(self, row: FrontierRow, taken: Taken, analysis: Analysis) -> None:
        """Commit in one transaction what a page says, what it links to and when it is due again."""
        fresh = self._fresh(row, analysis)
        now = int(time.time())
        early = 0
        last = fresh[-(len(fresh) % _LINKS_AT_ONCE or _LINKS_AT_ONCE) :]
        for start in range(0, len(fresh) - len(last), _LINKS_AT_ONCE):  # other pages have their turn in between
            early += await self._add(row.portal, fresh[start : start + _LINKS_AT_ONCE], now)

        def write(transaction: Transaction) -> tuple[pages.Stored, int]:
            db, ref = transaction.db, _ref(taken)
            stored = pages.record_extraction(db, ref, analysis.extraction, analysis.fingerprint, analysis.canonical_key)
            new = early + frontier.add(db, row.portal, last, now)
            modified = frontier.make_modified_due(db, analysis.modified, now)
            frontier.count_drops(db, row.portal, analysis.drops.items())
            changed = stored.is_changed if stored.kind is PageKind.ARTICLE else new + modified > 0
            interval_s = schedule.after_success(stored.kind, row.interval_s, changed=changed)
            frontier.acknowledge(
                db, row.key, kind=stored.kind, now=now, interval_s=interval_s, payload_digest=taken.digest
            )
            return stored, new

        stored, added = await self._session.write(write)
        self._session.taken.discard(row.key)
        self._seen.update(fresh)
        self._count(row, analysis, stored, added)
        self._session.wake({link.host for link in fresh})

    def _fresh(self, row: FrontierRow, analysis: Analysis) -> list[NewRow]:
        """Return the links of a page that go to the frontier and are not there for certain; count those held back."""
        links: Sequence[NewRow] = analysis.links
        if row.key != urls.page_key(self._session.portals[row.portal].url):
            links = self._novelty.followed(row, links, analysis.face)
        if held := len(analysis.links) - len(links):
            analysis.drops["nothing-new"] = held
        fresh = self._seen.unknown(links)
        entries = [link for link in fresh if link.rank == 0]
        room = max(0, _ENTRIES_MOST - self._session.frontier.entry_points(row.host)) if entries else 0
        if len(entries) > room:
            analysis.drops["sitemap-limit"] = len(entries) - room
            fresh = entries[:room] + [link for link in fresh if link.rank]
        return fresh

    async def _add(self, portal: str, rows: Sequence[NewRow], now: int) -> int:
        return await self._session.write(lambda transaction: frontier.add(transaction.db, portal, rows, now))

    def _count(self, row: FrontierRow, analysis: Analysis, stored: pages.Stored, added: int) -> None:
        counts = self._session.counts[row.portal]
        counts.discovered += added
        counts.articles += stored.is_new
        counts.changed += stored.is_changed
        counts.copies += stored.is_copy and stored.is_new
        if stored.is_new and not stored.is_copy:
            self._novelty.new_text(row.portal)
        if analysis.kind is PageKind.BROKEN:
            self._note_failure(row, analysis.extraction.reason)

    async def _settle(
        self, row: FrontierRow, taken: Taken, kind: PageKind, reason: str, new: Sequence[NewRow] = ()
    ) -> None:
        """Commit a capture that needs no analysis: an error, a redirect, an unchanged payload."""
        now = int(time.time())
        interval_s = schedule.after_success(kind, row.interval_s, changed=False)

        def write(transaction: Transaction) -> None:
            pages.record_kind(transaction.db, _ref(taken), kind, reason)
            frontier.add(transaction.db, row.portal, new, now)
            frontier.acknowledge(
                transaction.db, row.key, kind=kind, now=now, interval_s=interval_s, payload_digest=taken.digest
            )

        await self._session.write(write)
        self._session.taken.discard(row.key)
        self._session.wake({link.host for link in new})

    async def _redirect(self, row: FrontierRow, capture: Capture, taken: Taken) -> None:
        location = capture.header("Location") or ""
        target = urls.canonical(location, capture.responded_url) if location else None
        reason = f"redirects to {location}"
        if target is None or urls.refusal(target, urls.language_of(self._session.portals[row.portal].url)):
            await self._settle(row, taken, PageKind.REDIRECT, reason)
        elif not urls.in_scope(target, self._session.portals[row.portal].hosts):
            if row.url == self._session.portals[row.portal].url:
                self._session.failures.portals[row.portal] = (
                    f"redirects to {target}, which is outside its scope; crawl that URL"
                )
            await self._settle(row, taken, PageKind.REDIRECT, f"{reason}, out of scope")
        elif urls.page_key(target) == row.key:
            await self._follow_spelling(row, target, taken, reason)
        elif row.hops < _REDIRECTS_MOST:
            following = new_row(target, row.rank, hops=row.hops + 1, chain=row.chain)
            await self._settle(row, taken, PageKind.REDIRECT, reason, [following])
        else:
            await self._settle(row, taken, PageKind.REDIRECT, reason)
            self._note_failure(row, f"redirects more than {_REDIRECTS_MOST} times")

    async def _follow_spelling(self, row: FrontierRow, target: str, taken: Taken, reason: str) -> None:
        """Ask again under the other spelling of the same page (https, www, a slash), a few times at most."""
        hops = row.failures + 1

        def write(transaction: Transaction) -> None:
            pages.record_kind(transaction.db, _ref(taken), PageKind.REDIRECT, reason)
            frontier.redirect_to(transaction.db, row.key, target, urls.host_of(target))
            due_at = int(time.time()) + (0 if hops < _SPELLINGS_MOST else schedule.after_failure(hops))
            frontier.postpone(transaction.db, row.key, due_at=due_at, failures=hops, reason=reason)

        await self._session.write(write)
        self._session.taken.discard(row.key)
        if hops >= _SPELLINGS_MOST:
            self._note_failure(row, "redirects in circles")
        self._session.wake({urls.host_of(target)})

    async def _ask_again(self, row: FrontierRow, status: int, taken: Taken) -> None:
        """Put an address off that answered with an error that may pass."""
        host, now = self._session.host_at(row.url), int(time.time())
        reason = f"status {status}"
        slowed = status in (429, 503)
        failures = row.failures + 1
        if not slowed:
            self._session.failed(host, reason)
        await self._session.write(
            lambda transaction: pages.record_kind(transaction.db, _ref(taken), PageKind.ERROR, reason)
        )
        due_at = max(now + schedule.after_failure(failures), int(host.resume_at + 1) if slowed else 0)
        await self._postpone(row, failures, reason, due_at)

    async def _postpone(self, row: FrontierRow, failures: int, reason: str, due_at: int) -> None:
        await self._session.write(
            lambda transaction: frontier.postpone(
                transaction.db, row.key, due_at=due_at, failures=failures, reason=reason
            )
        )
        self._session.taken.discard(row.key)
        if failures >= schedule.RETRIES:
            self._note_failure(row, reason)
        self._session.wake({row.host})

    def _note_failure(self, row: FrontierRow, reason: str) -> None:
        self._session.counts[row.portal].failed += 1
        self._session.failures.add(row.url, reason)

    def _unreachable(self, row: FrontierRow, reason: str) -> None:
        if urls.host_of(self._session.portals[row.portal].url) == row.host:
            self._session.failures.portals.setdefault(row.portal, reason)


def new_row(url: str, rank: int, *, hops: int = 0, chain: int | None = None) -> NewRow:
    return NewRow(urls.page_key(url), url, urls.host_of(url), rank, hops, chain)


def _ref(taken: Taken) -> pages.CaptureRef:
    if taken.ref is None:
        raise PageError("capture", "it could not be written")
    return taken.ref
