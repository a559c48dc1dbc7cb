"""The analysis of pages that are shown to a browser first, and what their scripts may ask for."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, cast
from urllib.parse import urljoin

from scrapy import Request

from archive.content import decode
from archive.errors import CrawlError
from archive.records import Capture, Extraction, PageKind
from crawler.analysis.job import Analysis, Job
from crawler.fetching.errors import RobotsForbidden
from crawler.rendering.browser import browser_path
from crawler.rendering.choice import AS_SENT
from crawler.rendering.gate import Answer, Asked, refusal
from crawler.session import Session

if TYPE_CHECKING:
    from crawler.frontier import FrontierRow
    from crawler.rendering.renderer import Renderer

__all__ = ["Rendering"]

_log = logging.getLogger(__name__)
_PART_TIMEOUT_S = 20
_PART_MOST_BYTES = 10 * 1024 * 1024
_LATER = (408, 425, 429, 500, 502, 503, 504)
# What a page looks like that did not get its data.
_POOR = frozenset({PageKind.EMPTY, PageKind.OTHER, PageKind.SHELL, PageKind.SOFT_404})
_REDIRECTS = (301, 302, 303, 307, 308)
_REDIRECTS_MOST = 3


class Rendering:
    """Analyses the pages of a session; those of portals that say so are shown to a browser.

    What is an article as it was sent, a feed or a file is not shown: it costs a hundred times the work.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._portals: frozenset[str] = frozenset()
        self._renderer: Renderer | None = None

    def begin(self) -> None:
        """Find the portals that say so, and the browser; without one they are left alone in this crawl."""
        session = self._session
        found = session.archive.db.execute("SELECT id FROM portals WHERE renders")
        portals = frozenset(row[0] for row in found if row[0] in session.portals)
        if not portals:
            return
        try:
            path = browser_path()
        except CrawlError as error:
            for portal in portals:
                session.failures.portals[portal] = f"its pages need a browser: {error.reason}; {error.hint}"
                for host in session.frontier.hosts([portal]):
                    session.host_at(f"http://{host}/").rest(error.reason)
            return
        from crawler.rendering.renderer import Renderer  # the extra may not be installed

        self._portals, self._renderer = portals, Renderer(path, str(session.headers["User-Agent"]))

    async def close(self) -> None:
        """End the browser."""
        if self._renderer is not None:
            await self._renderer.close()

    def shows(self, portal: str) -> bool:
        """Tell whether pages of a portal are shown to a browser."""
        return portal in self._portals

    async def analyse(self, row: FrontierRow, capture: Capture, job: Job) -> Analysis | None:
        """Return the analysis of a page, of what a browser makes of it where it is shown to one.

        None where the crawl was ended meanwhile: the page lacks what its scripts asked for, the next crawl shows it.
        """
        analysis = await self._session.pool.analyse(job)
        if self._renderer is None or row.portal not in self._portals:
            self._note_shell(row, analysis)
            return analysis
        if analysis.kind in AS_SENT or job.form is not None:
            return analysis

        missed: list[str] = []

        async def ask(asked: Asked) -> Answer | None:
            return await self._ask(asked, row.portal, missed)

        rendered = await self._renderer.render(capture, job.body, job.hosts, ask)
        if self._session.is_abandoned():
            return None
        if isinstance(rendered, str):
            return _unseen(analysis, rendered)
        seen = await self._session.pool.analyse(
            replace(job, body=rendered.html, content_type="text/html; charset=utf-8")
        )
        if missed and seen.kind in _POOR:
            return _unseen(analysis, f"its scripts could not have {missed[0]}")
        return replace(seen, rendered=rendered, needs_browser=True)

    def _note_shell(self, row: FrontierRow, analysis: Analysis) -> None:
        if analysis.kind is PageKind.SHELL and row.url == self._session.portals[row.portal].url:
            reason = "its home page is an empty shell that scripts fill in; say --render to show it to a browser"
            self._session.failures.portals.setdefault(row.portal, reason)

    async def _ask(self, asked: Asked, portal: str, missed: list[str]) -> Answer | None:
        """Ask a server for what a page asks for, redirects followed; None where the page cannot or may not have it.

        `missed` takes in what another day may bring.
        """
        hosts, url = self._session.portals[portal].hosts, asked.url
        for _ in range(_REDIRECTS_MOST + 1):
            host = self._session.host_at(url)
            if refusal(replace(asked, url=url), hosts):
                return None
            if host.rest_reason or host.resume_at > time.time():
                missed.append(url)
                return None
            meta = {
                "is_part": True,
                "portal": portal,
                "download_slot": portal,
                "host": host.name,
                "download_timeout": _PART_TIMEOUT_S,
            }
            headers = {**self._session.headers, **asked.passed_headers()}
            request = Request(url, method=asked.method, headers=headers, body=asked.body, meta=meta, dont_filter=True)
            try:
                response = await self._session.engine.download_async(request)
                encoding = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
                body = decode(response.body, encoding, _PART_MOST_BYTES).body
            except RobotsForbidden:
                return None
            except Exception as error:  # noqa: BLE001 every way in which a host can be out of reach
                _log.debug("%s: %s: %s", url, type(error).__name__, error)
                missed.append(url)
                return None
            if response.status in _LATER:
                missed.append(url)
            location = response.headers.get("Location")
            if response.status not in _REDIRECTS or not location:
                return Answer(response.status, _plain(response.headers.to_unicode_dict()), body)
            url = urljoin(url, location.decode("latin-1").strip())
        return None


def _unseen(analysis: Analysis, reason: str) -> Analysis:
    """Return the analysis of a page that could not be shown: its links as it was sent, and nothing else."""
    return replace(
        analysis, extraction=Extraction(PageKind.BROKEN, reason=reason), fingerprint=None, needs_browser=True
    )


def _plain(headers: object) -> dict[str, str]:
    """Return headers as they are of a body that is no longer encoded."""
    found = cast("dict[str, str]", headers)
    gone = ("content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie")
    return {name: value for name, value in found.items() if name.lower() not in gone}
