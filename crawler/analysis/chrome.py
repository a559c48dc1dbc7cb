"""The chrome of portals on its way through a session: to the workers with each page, back with what a page tells."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from archive.chrome import Observes
from archive.chrome.memory import Memory, Note
from archive.content import decoded_body, most_bytes
from archive.errors import LuutruError
from archive.records import PageKind
from archive.store import Archive, revisions
from archive.store.renderings import as_analysed
from crawler.analysis.job import Analysis, Job
from crawler.analysis.pool import Pool

__all__ = ["Considered", "PortalChrome"]


class Considered(NamedTuple):
    """What an article means for what is known of its portal.

    `note`: what there is to write of it. `is_same_state`: the article differs from what is stored of its page by the
    rules alone, which have changed since.
    """

    note: Note | None = None
    is_same_state: bool = False


class PortalChrome:
    """What an archive knows of its portals' chrome, used and added to. To be used from one event loop."""

    def __init__(self, archive: Archive, pool: Pool) -> None:
        self._archive, self._pool = archive, pool
        self._memory = Memory(archive.db)

    def equip(self, job: Job, portal: str) -> Job:
        """Return the job with what is known of the portal, and whether its page is to tell more."""
        return replace(job, learned=self._memory.learned(portal), observes=self._memory.observes(portal))

    async def consider(self, job: Job, portal: str, analysis: Analysis, *, is_known: bool) -> Considered:
        """Let an article tell of its portal, and compare it with what is stored of its page, if that is known."""
        if job.observes is Observes.YES:
            self._memory.returned(portal)
        if analysis.kind is not PageKind.ARTICLE:
            return Considered()
        is_same_state = is_known and await self._is_same_state(job, analysis)
        note = self._memory.take(portal, job.key, job.captured_at, analysis.extraction.observation)
        return Considered(note, is_same_state=is_same_state)

    async def _is_same_state(self, job: Job, analysis: Analysis) -> bool:
        """Tell whether an article differs from what is stored of it by the rules alone, which have changed since.

        The capture in which the stored text was seen is extracted again by the rules of today, and compared.
        """
        capture_id = revisions.made_otherwise(self._archive.db, job.key, analysis.extraction)
        if capture_id is None:
            return False
        try:
            capture = as_analysed(self._archive, capture_id)
            body = decoded_body(capture, most_bytes(capture.header("Content-Type")))
        except LuutruError:
            return False  # what cannot be read any more cannot be compared
        before = replace(
            job,
            body=body,
            content_type=capture.header("Content-Type"),
            captured_at=capture.captured_at,
            observes=Observes.NO,
            is_again=True,
        )
        again = await self._pool.analyse(before)
        return revisions.is_same_article(again.extraction.article, analysis.extraction.article)
