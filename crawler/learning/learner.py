"""What a session learns of addresses, kept in the archive, and which addresses are set aside for it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from crawler.frontier import FrontierRow
from crawler.learning import Outcome, lessons
from crawler.session import Session

__all__ = ["Learner"]


class Learner:
    """Teaches the session's `learning`, and lets the archive remember."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def recall(self, now: int) -> None:
        """Take up what earlier crawls have learned."""
        session = self._session
        await session.write(lambda transaction: lessons.recall(transaction.db, session.learning, session.portals, now))

    def learn(self, row: FrontierRow, what: Outcome) -> None:
        """Take in what an address brought."""
        if learned := self._session.learning.note(row, what):
            now = int(time.time())
            self._session.submit(lambda transaction: lessons.remember(transaction.db, learned, now))
            if any(lesson.tally.reason for lesson in learned):
                self._session.reconsider()
            if any(lesson.is_revived for lesson in learned):
                self._session.wake({row.host})

    def admitted(self, rows: Sequence[FrontierRow]) -> list[FrontierRow]:
        """Return the rows that are to be fetched; the others are set aside, for what was learned of their addresses."""
        held = [(row, name) for row in rows if (name := self._session.learning.held_by(row))]
        if not held:
            return list(rows)
        keys = {row.key for row, _ in held}
        self._session.taken |= keys

        async def put() -> None:
            await self._session.write(lambda transaction: lessons.set_aside(transaction.db, held))
            self._session.taken -= keys
            self._session.wake({row.host for row, _ in held})

        self._session.in_background(put())
        return [row for row in rows if row.key not in keys]
