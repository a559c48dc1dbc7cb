"""What is done about an address that could not be fetched: it is put off, and counted once that is of no use."""

from __future__ import annotations

import time

from archive.records import PageKind
from archive.store import pages
from crawler import frontier, urls
from crawler.frontier import FrontierRow
from crawler.returning import schedule
from crawler.returning.looks import Taken
from crawler.session import Session

__all__ = ["Setbacks"]


class Setbacks:
    """Puts addresses of a session off, for seconds, hours or days."""

    def __init__(self, session: Session) -> None:
        self._session = session

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
        if row.url == self._session.portals[row.portal].url:
            self._session.failures.portals[row.portal] = "robots.txt does not allow its home page"
        due_at = int(time.time()) + schedule.FORBIDDEN_S
        await self._session.write(
            lambda transaction: frontier.postpone(
                transaction.db, row.key, due_at=due_at, failures=0, reason="robots.txt"
            )
        )
        self._session.taken.discard(row.key)

    def leave(self, row: FrontierRow) -> None:
        """Leave an address as it is, since its host rests or the crawl ends before its turn."""
        if (reason := self._session.host_at(row.url).rest_reason) and (
            urls.host_of(self._session.portals[row.portal].url) == row.host
        ):
            self._session.failures.portals.setdefault(row.portal, reason)
        self._session.taken.discard(row.key)

    async def ask_again(self, row: FrontierRow, status: int, taken: Taken) -> None:
        """Put an address off that answered with an error that may pass."""
        host, now = self._session.host_at(row.url), int(time.time())
        reason = f"status {status}"
        slowed = status in (429, 503)
        failures = row.failures + 1
        if not slowed:
            self._session.failed(host, reason)
        await self._session.write(
            lambda transaction: pages.record_kind(transaction.db, taken.ref, PageKind.ERROR, reason)
        )
        due_at = max(now + schedule.after_failure(failures), int(host.resume_at + 1) if slowed else 0)
        await self._postpone(row, failures, reason, due_at)

    def note(self, row: FrontierRow, reason: str) -> None:
        """Count an address as failed in this crawl."""
        self._session.counts[row.portal].failed += 1
        self._session.failures.add(row.url, reason)

    async def _postpone(self, row: FrontierRow, failures: int, reason: str, due_at: int) -> None:
        await self._session.write(
            lambda transaction: frontier.postpone(
                transaction.db, row.key, due_at=due_at, failures=failures, reason=reason
            )
        )
        self._session.taken.discard(row.key)
        if failures >= schedule.RETRIES or self._session.host_at(row.url).rest_reason:  # it is not asked again
            self.note(row, reason)
        self._session.wake({row.host})
