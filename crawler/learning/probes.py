"""What hosts answer to an address that does not exist: asked once, remembered in the archive, compared with pages.

Many portals answer 200 with a page of apology, with the home page, or with a redirect. One random address a host tells
what that looks like.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import sqlite3
import time
from dataclasses import dataclass
from hashlib import blake2b
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from archive.content import decoded_body
from archive.errors import PageError
from archive.extract import parse
from archive.extract.flatten import flatten
from archive.records import PageKind
from archive.store.writer import Transaction
from archive.text import normalise_line
from crawler import urls
from crawler.analysis.job import Analysis, Job
from crawler.fetching.errors import Postponed
from crawler.session import Session

__all__ = ["Answer", "Probes", "random_address"]

_VALID_S = 30 * 86400
_NAME = "khong-co-trang-nay"
_REDIRECTS = 3  # to another spelling of the same address
_LINES_MOST = 1_000
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host said to a random address.

    `lines`: hashes of the lines of a page with status 200 that are no links, numbers masked.
    """

    url: str
    http_status: int
    location: str | None = None  # where it redirects to, where that is not the address again
    kind: str | None = None
    face: int | None = None
    lines: frozenset[int] = frozenset()

    def shows(self, analysis: Analysis) -> str:
        """Return why a page is taken for one that does not exist, or ""."""
        if self.face is not None and analysis.face is not None and analysis.face.seen == self.face:
            return "shows what an address that does not exist shows"
        article = analysis.extraction.article
        if article is None or self.kind == PageKind.LISTING or _masked(article.title) not in self.lines:
            return ""  # a side block may show the whole of a short article, below a link
        texts = article.text.split("\n")
        known = sum(len(text) for text in texts if _masked(text) in self.lines)
        return "says what an address that does not exist says" if known * 10 >= len(article.text) * 9 else ""


def random_address(url: str) -> str:
    """Return an address on the host of `url` that does not exist."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{_NAME}-{secrets.token_hex(6)}"


def _masked(text: str) -> int:
    line = _DIGITS.sub("0", normalise_line(text).casefold())
    return int.from_bytes(blake2b(line.encode("utf-8", "surrogatepass"), digest_size=6).digest(), "big")


def _lines(body: bytes, url: str, content_type: str | None) -> list[str]:
    lines = flatten(parse(body, url, content_type).tree).lines[:_LINES_MOST]
    return [line.text for line in lines if not line.is_link]


class Probes:
    """Knows, for each host of a session, what it says to an address that does not exist."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._answers: dict[str, Answer | None] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def load(self, db: sqlite3.Connection, now: int) -> None:
        """Take in what earlier crawls were answered, unless it is a month old."""
        for row in db.execute("SELECT * FROM probes WHERE asked_at > ?", [now - _VALID_S]):
            lines = frozenset(json.loads(row["lines"] or "[]"))
            self._answers[row["host"]] = Answer(
                row["url"], row["http_status"], row["location"], row["kind"], row["face"], lines
            )

    async def known(self, url: str, portal: str) -> None:
        """Return once the host of the URL was asked; robots.txt has to be known. Raises Postponed as requests do."""
        host = urls.host_of(url)
        if host in self._answers:
            return
        if host not in self._tasks:
            self._tasks[host] = asyncio.get_running_loop().create_task(self._ask(host, url, portal))
            self._tasks[host].add_done_callback(lambda _: self._tasks.pop(host))
        await asyncio.shield(self._tasks[host])

    def judge(self, url: str, analysis: Analysis) -> str:
        """Return why a page is taken for one that does not exist, or ""."""
        answer = self._answers.get(urls.host_of(url))
        return answer.shows(analysis) if answer else ""

    def leads_nowhere(self, url: str, target: str) -> bool:
        """Tell whether an address redirects to where one that does not exist redirects to."""
        answer = self._answers.get(urls.host_of(url))
        return answer is not None and answer.location is not None and answer.location == target.partition("?")[0]

    async def _ask(self, host: str, url: str, portal: str) -> None:
        address = random_address(url)
        answer: Answer | None = None
        try:
            if self._session.host_at(address).allows(address):
                answer = await self._answer(address, portal)
        except Postponed:
            raise
        except Exception:  # noqa: BLE001 whatever is wrong with the host, the pages that follow will say
            answer = None
        self._answers[host] = answer
        if answer is not None:
            said, now = answer, int(time.time())
            self._session.submit(lambda transaction: _store(transaction, host, said, now))

    async def _answer(self, address: str, portal: str) -> Answer | None:
        """Return what the host says, None where that tells nothing."""
        name, url = urlsplit(address).path.strip("/"), address
        for _ in range(_REDIRECTS):
            meta = {"download_slot": portal, "portal": portal, "host": self._session.host_at(url).name}
            request = Request(url, headers=self._session.headers, meta=meta, dont_filter=True)
            response = await self._session.engine.download_async(request)
            target = urls.redirect_target((response.headers.get("Location") or b"").decode("latin-1"), url)
            is_redirect = 300 <= response.status < 400 and target is not None
            if not is_redirect or target is None or urlsplit(target).path.strip("/") != name:
                break
            self._session.record_kind(request, PageKind.REDIRECT, f"redirects to {target}")
            url = target
        if is_redirect and target is not None:
            self._session.record_kind(request, PageKind.SOFT_404, f"redirects to {target}")
            return Answer(address, response.status, location=target.partition("?")[0])
        is_page = response.status == 200
        self._session.record_kind(request, PageKind.SOFT_404 if is_page else PageKind.ERROR, "a random address")
        return await self._read(address, request, response, portal) if is_page else Answer(address, response.status)

    async def _read(self, address: str, request: Request, response: Response, portal: str) -> Answer | None:
        """Return what a page with status 200 shows; None for one that a firewall shows."""
        capture = request.meta["capture"]
        content_type = capture.header("Content-Type")
        try:
            body = decoded_body(capture)
        except PageError:
            return None
        hosts = self._session.portals[portal].hosts
        analysis = await self._session.pool.analyse(Job(address, body, content_type, capture.captured_at, hosts))
        if analysis.kind.is_refusal or analysis.kind in (PageKind.BROKEN, PageKind.SHELL):
            return None
        name = urlsplit(address).path.rpartition("-")[2]
        found = await asyncio.to_thread(_lines, body, address, content_type)
        lines = frozenset(_masked(line) for line in found if name not in line)
        return Answer(
            address,
            response.status,
            kind=analysis.kind,
            face=analysis.face.seen if analysis.face else None,
            lines=lines,
        )


def _store(transaction: Transaction, host: str, answer: Answer, now: int) -> None:
    transaction.db.execute(
        "INSERT OR REPLACE INTO probes (host, url, asked_at, http_status, location, kind, face, lines) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(host, answer.url, now, answer.http_status, answer.location, answer.kind, answer.face),
            json.dumps(sorted(answer.lines)) if answer.lines else None,
        ],
    )
