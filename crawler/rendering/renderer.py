"""The browser at work: one page at a time, started anew when it crashes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, Playwright, Route, WebSocketRoute, async_playwright
from playwright.async_api import Error as PlaywrightError

from archive.records import Capture, Rendered
from crawler.analysis.pool import interrupts_held_back
from crawler.rendering.browser import launch_options
from crawler.rendering.gate import Answer, Asked, refusal

__all__ = ["Renderer"]

_log = logging.getLogger(__name__)
LIMIT_S = 60.0  # for a page in all
_LEAVING_S = 2.0
_LOAD_MS = 20_000
_QUIET_MS = 10_000  # for the last of its requests
_MOST_ASKED = 60
_MOST_CHARS = 8_000_000
_MOST_KEPT_BYTES = 64 * 1024 * 1024
_GONE = ("content-encoding", "content-length", "transfer-encoding", "connection", "refresh")
# Without the scripts that have run: a reader must not take the page for a shell, nor a replay run them again.
_HTML = f"""() => {{
    if (!document.documentElement) return '';
    const page = document.documentElement.cloneNode(true);
    for (const one of page.querySelectorAll('script:not([type*="json"]), noscript')) one.remove();
    const html = '<!DOCTYPE html>' + page.outerHTML;
    return html.length > {_MOST_CHARS} ? null : html;
}}"""

Ask = Callable[[Asked], Awaitable[Answer | None]]


class Renderer:
    """Runs the scripts of captured pages. To be used from one event loop.

    `path`: the browser's program. `agent`: its User-Agent, the crawl's own.
    """

    def __init__(self, path: Path, agent: str) -> None:
        self._path, self._agent = path, agent
        self._turn = asyncio.Lock()
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._kept: dict[str, Answer] = {}
        self._kept_bytes = 0

    async def render(self, capture: Capture, html: bytes, hosts: tuple[str, ...], ask: Ask) -> Rendered | str:
        """Return what the scripts of a captured page make of it, or why that could not be found out.

        `html`: its payload with the Content-Encoding undone. `ask` answers what the page asks of `hosts`, or None where
        it may not.
        """
        reason = ""
        async with self._turn:
            for _ in range(2):
                try:
                    view = _View(capture, html, hosts, ask, self)
                    return await asyncio.wait_for(self._show(view), LIMIT_S)
                except TimeoutError:
                    await self._stop_browser()
                    return f"the browser took over {LIMIT_S:g} s"
                except (PlaywrightError, OSError) as error:
                    reason = f"the browser failed: {_first_line(error)}"
                    await self._stop_browser()
        return reason

    async def close(self) -> None:
        """End the browser."""
        await self._stop_browser()
        if self._playwright is not None:
            with suppress(Exception):
                await self._playwright.stop()
            self._playwright = None

    def kept(self, url: str) -> Answer | None:
        """Return the answer that an earlier page got to the same question."""
        return self._kept.get(url)

    def keep(self, url: str, answer: Answer) -> None:
        """Keep an answer for the pages to come."""
        if self._kept_bytes + len(answer.body) <= _MOST_KEPT_BYTES and url not in self._kept:
            self._kept[url] = answer
            self._kept_bytes += len(answer.body)

    async def _show(self, view: _View) -> Rendered | str:
        browser = await self._started()
        context = await browser.new_context(
            user_agent=self._agent,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            service_workers="block",
            accept_downloads=False,
        )
        try:
            return await view.show(await context.new_page())
        finally:
            with suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(context.close(), 5)

    async def _started(self) -> Browser:
        if self._playwright is None:
            with interrupts_held_back():
                self._playwright = await async_playwright().start()
        if self._browser is None or not self._browser.is_connected():
            options: dict[str, Any] = launch_options(self._path)
            self._browser = await self._playwright.chromium.launch(**options)
        return self._browser

    async def _stop_browser(self) -> None:
        browser, self._browser = self._browser, None
        if browser is not None:
            with suppress(Exception):
                await asyncio.wait_for(browser.close(), 5)


class _View:
    """One page in the browser, and what it asks for."""

    def __init__(self, capture: Capture, html: bytes, hosts: tuple[str, ...], ask: Ask, renderer: Renderer) -> None:
        self._capture, self._html, self._hosts, self._ask, self._renderer = capture, html, hosts, ask, renderer
        self._is_shown = False
        self._left = asyncio.Event()
        self._asked = 0
        self._one_at_a_time = asyncio.Lock()

    async def show(self, page: Page) -> Rendered | str:
        """Return the page when its scripts have come to rest, or after a while."""
        await page.route("**/*", self._route)
        await page.route_web_socket("**/*", _refuse_socket)
        loading, leaving = (asyncio.ensure_future(one) for one in (self._load(page), self._left.wait()))
        await asyncio.wait((loading, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not loading.done():  # it would go elsewhere, and waits for that for ever
            await asyncio.wait((loading,), timeout=_LEAVING_S)
        loading.cancel()
        leaving.cancel()
        html = await page.evaluate(_HTML)
        if html is None:
            return f"more than {_MOST_CHARS:,} characters of HTML"
        return Rendered(html.encode("utf-8", "replace"), datetime.now(UTC))

    async def _load(self, page: Page) -> None:
        try:
            await page.goto(self._capture.responded_url, wait_until="load", timeout=_LOAD_MS)
            await page.wait_for_load_state("networkidle", timeout=_QUIET_MS)
        except PlaywrightError as error:
            # A page that never rests is taken as it is; one that is gone with its process cannot be.
            _log.debug("%s: %s", self._capture.responded_url, error)

    async def _route(self, route: Route) -> None:
        try:
            await self._answer(route)
        except PlaywrightError as error:  # the page was closed meanwhile
            _log.debug("%s: %s", route.request.url, error)

    async def _answer(self, route: Route) -> None:
        request = route.request
        if request.is_navigation_request():
            # The page itself, once: what scripts would go on to is a page of its own, found by its link.
            if self._is_shown or request.frame.parent_frame is not None:
                await route.abort("aborted")  # other errors put an error page in the place of the page
                if request.frame.parent_frame is None:
                    self._left.set()
                return
            self._is_shown = True
            headers = {name: value for name, value in self._capture.headers if name.lower() not in _GONE}
            await route.fulfill(status=200, headers=headers, body=self._html)
            return
        asked = Asked(
            request.url,
            request.resource_type,
            request.method,
            await request.all_headers(),
            request.post_data_buffer or b"",
        )
        answer = None if refusal(asked, self._hosts) else await self._get(asked)
        if answer is None:
            await route.abort("blockedbyclient")
        else:
            await route.fulfill(status=answer.status, headers=dict(answer.headers), body=answer.body)

    async def _get(self, asked: Asked) -> Answer | None:
        async with self._one_at_a_time:
            if asked.is_static and (kept := self._renderer.kept(asked.url)):
                return kept
            self._asked += 1
            if self._asked > _MOST_ASKED:
                return None
            answer = await self._ask(asked)
        if answer is not None and asked.is_static and answer.status == 200:
            self._renderer.keep(asked.url, answer)
        return answer


async def _refuse_socket(socket: WebSocketRoute) -> None:
    await socket.close()


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
