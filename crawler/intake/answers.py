"""Answers that need no analysis: redirects, errors, pages that are gone, and payloads that are known already."""

from __future__ import annotations

import time
from collections import Counter

from archive.errors import PageError
from archive.extract.standins import is_home
from archive.records import Capture, PageKind
from archive.store import pages
from archive.store.writer import Transaction
from crawler import frontier, urls
from crawler.frontier import FrontierRow, NewRow, new_row
from crawler.intake.setbacks import Setbacks
from crawler.learning import Outcome
from crawler.learning.learner import Learner
from crawler.learning.probes import Probes
from crawler.returning import looks, schedule
from crawler.returning.looks import Look, Taken
from crawler.returning.validators import Validators
from crawler.session import Session

__all__ = ["Answers"]

_ASKED_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED = 304
_MISSING = frozenset({404, 410})
_SPELLINGS_MOST = 5
_REDIRECTS_MOST = 10


class Answers:
    """Settles what a session is answered where nothing has to be read."""

    def __init__(self, session: Session, probes: Probes, learner: Learner, setbacks: Setbacks) -> None:
        self._session, self._probes, self._learner, self._setbacks = session, probes, learner, setbacks
        self._refusals: Counter[str] = Counter()  # in a row, by host

    async def settle(self, row: FrontierRow, capture: Capture, taken: Taken) -> bool:
        """Settle an answer by its status or its payload; return False where it has to be analysed."""
        status = capture.http_status
        if status == _NOT_MODIFIED and row.kind:
            await self._unchanged(row, capture, taken)
        elif status in _ASKED_AGAIN and not (status == 500 and row.form):  # a form whose state has expired
            await self._setbacks.ask_again(row, status, taken)
        elif status in _REDIRECTS:
            await self._redirect(row, capture, taken)
        elif status >= 300:
            await self._error(row, status, taken)
        elif row.kind and taken.digest == row.payload_digest:
            await self._unchanged(row, capture, taken)
        else:
            return False
        return True

    async def break_off(self, row: FrontierRow, taken: Taken, reason: str) -> None:
        """Note that a page cannot be taken in; its capture is kept, if it could be written."""
        try:
            await self._note(row, taken, Look(PageKind.BROKEN, taken.digest), reason)
        except PageError:
            await self._setbacks.fail(row, reason, is_final=True, is_answer=True)
        else:
            self._setbacks.note(row, reason)

    async def cut_short(self, row: FrontierRow, taken: Taken, reason: str) -> None:
        """Note that an answer broke off; its capture is kept, and the page is asked again."""
        await self._record_kind(taken, PageKind.BROKEN, reason)
        await self._setbacks.fail(row, reason, is_final=False, is_answer=True)

    async def refuse(self, row: FrontierRow, taken: Taken, kind: PageKind, why: str) -> None:
        """Put an address off whose host would not show it for now; what the page said before stays."""
        reason = f"{kind}: {why}"
        await self._record_kind(taken, kind, why)
        self._refusals[row.host] += 1
        host = self._session.host_at(row.url)  # any answer with status 200 counts as a success where it comes in
        host.failures_in_a_row = max(host.failures_in_a_row, self._refusals[row.host] - 1)
        if row.url == self._session.portals[row.portal].url:
            self._session.failures.portals[row.portal] = f"its home page was not shown ({reason})"
        await self._setbacks.fail(row, reason, is_final=kind is PageKind.BLOCKED)

    def shown(self, host: str) -> None:
        """Note that a host has shown a page."""
        self._refusals.pop(host, None)

    async def go_through(self, row: FrontierRow, taken: Taken) -> None:
        """Ask for a page once more, with the parameter that its host wants."""
        await self._record_kind(taken, PageKind.REDIRECT, "loops back")
        self._session.taken.discard(row.key)
        self._session.wake({row.host})

    async def _record_kind(self, taken: Taken, kind: PageKind, reason: str) -> None:
        await self._session.write(lambda transaction: pages.record_kind(transaction.db, taken.ref, kind, reason))

    async def _unchanged(self, row: FrontierRow, capture: Capture, taken: Taken) -> None:
        """Note that a page is as it was: the server says so, or sent the same payload."""
        kind, is_304 = PageKind(row.kind or ""), capture.http_status == _NOT_MODIFIED
        if is_304:
            validators = Validators(row.etag, row.last_modified)
        else:
            validators = self._session.told.believed(row, capture, taken.digest, changed=False)
        look = Look(
            kind,
            row.payload_digest,
            validators=validators,
            not_modified=row.not_modified + 1 if is_304 else 0,
            is_missing=kind.is_missing,
        )
        self._session.counts[row.portal].unchanged += 1
        await self._note(row, taken, look, "not modified" if is_304 else "same payload")

    async def _error(self, row: FrontierRow, status: int, taken: Taken) -> None:
        look = Look(PageKind.ERROR, taken.digest, is_missing=status in _MISSING)
        await self._note(row, taken, look, f"status {status}")
        if row.url == self._session.portals[row.portal].url:
            self._session.failures.portals[row.portal] = f"its home page answered with status {status}"

    async def _note(
        self, row: FrontierRow, taken: Taken, look: Look, reason: str, following: NewRow | None = None
    ) -> None:
        """Commit a look without analysis, and the address that it leads to."""
        new, now = [following] if following else [], int(time.time())

        def write(transaction: Transaction) -> bool:
            db = transaction.db
            pages.record_kind(db, taken.ref, look.kind, reason)
            frontier.add(db, row.portal, new, now)
            return looks.record(db, row, taken.ref, look, now)

        counts, is_gone = self._session.counts[row.portal], await self._session.write(write)
        counts.gone += is_gone
        counts.missing += look.is_missing and row.rank > 0  # places where sitemaps usually are do not count
        self._session.taken.discard(row.key)
        self._learner.learn(row, Outcome(look.kind, links=new))
        self._session.wake({link.host for link in new})

    async def _redirect(self, row: FrontierRow, capture: Capture, taken: Taken) -> None:
        location = capture.header("Location") or ""
        target = urls.redirect_target(location, capture.responded_url)
        reason, look = f"redirects to {location}", Look(PageKind.REDIRECT, taken.digest)
        portal = self._session.portals[row.portal]
        if target is None or urls.refusal(target, urls.language_of(portal.url)):
            await self._note(row, taken, look, reason)
        elif not urls.in_scope(target, portal.hosts):
            if row.url == portal.url:
                self._session.failures.portals[row.portal] = (
                    f"redirects to {target}, which is outside its scope; crawl that URL"
                )
            await self._note(row, taken, look, f"{reason}, out of scope")
        elif urls.page_key(target) == row.key:
            await self._follow_spelling(row, target, taken, reason)
        elif kind := self._nowhere(row, target):
            await self._note(row, taken, Look(kind, taken.digest, is_missing=True), reason)
        elif row.hops < _REDIRECTS_MOST:
            rank = min(row.rank, frontier.KNOWN - 1)
            await self._note(row, taken, look, reason, new_row(target, rank, hops=row.hops + 1, chain=row.chain))
        else:
            await self._note(row, taken, look, reason)
            self._setbacks.note(row, f"redirects more than {_REDIRECTS_MOST} times")

    def _nowhere(self, row: FrontierRow, target: str) -> PageKind | None:
        """Return what a page is that redirects to where pages that are no more are sent to; None elsewhere."""
        home = self._session.portals[row.portal].url
        if row.rank and urls.page_key(target) == urls.page_key(home) and not is_home(row.url):
            return PageKind.HOME_REDIRECT
        return PageKind.SOFT_404 if self._probes.leads_nowhere(row.url, target) else None

    async def _follow_spelling(self, row: FrontierRow, target: str, taken: Taken, reason: str) -> None:
        """Ask again under the other spelling of the same page (https, www, a slash), a few times at most."""
        hops = row.failures + 1

        def write(transaction: Transaction) -> None:
            pages.record_kind(transaction.db, taken.ref, PageKind.REDIRECT, reason)
            frontier.redirect_to(transaction.db, row.key, target, urls.host_of(target))
            due_at = int(time.time()) + (0 if hops < _SPELLINGS_MOST else schedule.after_failure(hops))
            frontier.postpone(transaction.db, row.key, due_at=due_at, failures=hops, reason=reason)

        await self._session.write(write)
        self._session.taken.discard(row.key)
        if hops >= _SPELLINGS_MOST:
            self._setbacks.note(row, "redirects in circles")
        self._session.wake({urls.host_of(target)})
