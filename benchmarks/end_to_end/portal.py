"""Serves the portals on loopback: `python -m benchmarks.end_to_end.portal --hosts 8 --pages 300`.

Prints the home page of each host as one JSON line, then `first` at the first request for a page. When its standard
input closes it prints what it served as one JSON line and ends. Everything lies ready in memory, so that a page costs
it a fraction of a millisecond.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import socket
import sys
import time
from dataclasses import asdict, dataclass, field
from html import escape

from benchmarks.end_to_end.manners import MANNERS, PER_LISTING, Live, Manner, Page, article_page, listing_page
from benchmarks.end_to_end.texts import CATEGORIES, Story, story

__all__ = ["Portal", "Served", "portals", "serve"]

RELATED = 8
SIDE_LINKS = 12
_HEAD = (
    b"HTTP/1.1 %s\r\nServer: portal\r\nContent-Type: %s; charset=utf-8\r\n"
    b"Cache-Control: no-store\r\nContent-Length: %d\r\n\r\n"
)


@dataclass(slots=True)
class Portal:
    """One host: its stories, and its pages by path."""

    manner: Manner
    stories: list[Story]
    pages: dict[str, Page] = field(default_factory=dict)
    sides: list[bytes] = field(default_factory=list)
    hits: int = 1_000_000

    def render(self, page: Page) -> bytes:
        """Return a page as it looks at this visit."""
        self.hits += 1
        live = {Live.COUNTER: f"{self.hits:,}".encode(), Live.SIDE: self.sides[self.hits % len(self.sides)]}
        return b"".join([part if isinstance(part, bytes) else live[part] for part in page])


@dataclass(slots=True)
class Served:
    """What a server gave out: distinct pages, all requests, seconds from the first to the last, its own CPU seconds."""

    pages: int
    requests: int
    not_found: int
    connections: int
    seconds: float
    cpu_s: float
    bytes_sent: int


def portals(hosts: int, articles: int) -> list[Portal]:
    """Return that many portals with that many articles each, the same at each call."""
    return [_portal(host, articles) for host in range(hosts)]


def _portal(host: int, articles: int) -> Portal:
    manner = MANNERS[host % len(MANNERS)]
    portal = Portal(manner, [story(host, number) for number in range(articles)])
    for number, told in enumerate(portal.stories):
        around = [portal.stories[(number + step) % articles] for step in range(1, 1 + min(RELATED, articles - 1))]
        portal.pages[manner.article_path(told)] = article_page(manner, told, around, articles)
    for category in CATEGORIES:
        members = [told for told in portal.stories if told.category == category]
        count = max(1, -(-len(members) // PER_LISTING))
        paths = [manner.listing_path(category, number) for number in range(1, count + 1)]
        for number, path in enumerate(paths):
            part = members[number * PER_LISTING : (number + 1) * PER_LISTING]
            near = paths[max(0, number - 3) : number + 4]
            portal.pages[path] = listing_page(manner, category, part, near, articles)
    home = [manner.listing_path(category, 1) for category in CATEGORIES]
    portal.pages["/"] = listing_page(manner, "Trang chủ", portal.stories[:PER_LISTING], home, articles)
    for shift in range(7):
        shown = [portal.stories[(shift * 31 + n * 17) % articles] for n in range(SIDE_LINKS)]
        links = "".join(f'<li><a href="{escape(manner.article_path(s))}">{escape(s.title)}</a></li>' for s in shown)
        portal.sides.append(f"<div class='most-read'><h3>Tin xem nhiều</h3><ul>{links}</ul></div>".encode())
    return portal


class _Connection(asyncio.Protocol):
    """One keep-alive connection to one portal."""

    def __init__(self, portal: Portal, counts: _Counts) -> None:
        self.portal, self.counts, self.buffer = portal, counts, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.counts.connections += 1

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            method, target, _ = self.buffer[: self.buffer.index(b"\r\n")].split(b" ", 2)
            closes = b"\r\nconnection: close" in self.buffer[:end].lower()
            self.buffer = self.buffer[end + 4 :]
            self.answer(method, target.decode("ascii", "replace"))
            if closes:
                self.transport.close()

    def answer(self, method: bytes, path: str) -> None:
        page = self.portal.pages.get(path) or self.portal.pages.get(path := _reorder(path))
        if page is not None:
            status, kind, body = b"200 OK", b"text/html", self.portal.render(page)
        elif path == "/robots.txt":
            status, kind, body = b"200 OK", b"text/plain", b"User-agent: *\nDisallow: /admin/\n"
        else:
            status, kind, body = b"404 Not Found", b"text/html", b"<html><title>404</title><p>404</p></html>"
        head = _HEAD % (status, kind, len(body))
        self.transport.write(head if method == b"HEAD" else head + body)
        self.counts.add(self.portal, path, page is not None, len(body))


def _reorder(path: str) -> str:
    """Return the path with the parameters of its query the other way round: to ASP.NET both are the same page."""
    before, mark, query = path.partition("?")
    return before + mark + "&".join(reversed(query.split("&")))


class _Counts:
    def __init__(self) -> None:
        self.seen: set[tuple[int, str]] = set()
        self.requests = self.not_found = self.connections = self.sent = 0
        self.first = self.last = 0.0

    def add(self, portal: Portal, path: str, is_page: bool, size: int) -> None:
        self.requests += 1
        self.sent += size
        if not is_page:
            self.not_found += path != "/robots.txt"
            return
        self.last = time.perf_counter()
        if not self.seen:
            self.first = self.last
            print("first", flush=True)
        self.seen.add((id(portal), path))

    def served(self, cpu_s: float) -> Served:
        return Served(
            pages=len(self.seen),
            requests=self.requests,
            not_found=self.not_found,
            connections=self.connections,
            seconds=round(self.last - self.first, 3),
            cpu_s=round(cpu_s, 3),
            bytes_sent=self.sent,
        )


def _listen(number: int) -> socket.socket:
    """Return a listening socket on an address of its own where the system has 127/8, or else on 127.0.0.1."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.bind((f"127.0.0.{number + 2}", 0))
    except OSError:
        listening.bind(("127.0.0.1", 0))
    return listening


async def serve(made: list[Portal]) -> None:
    """Serve portals until standard input closes."""
    counts = _Counts()
    gc.freeze()
    loop = asyncio.get_running_loop()
    urls = []
    for number, portal in enumerate(made):
        listening = _listen(number)
        host, port = listening.getsockname()
        urls.append(f"http://{host}:{port}/")
        await loop.create_server(lambda portal=portal: _Connection(portal, counts), sock=listening)  # type: ignore[misc]
    print(json.dumps(urls), flush=True)
    cpu_before = time.process_time()
    await loop.run_in_executor(None, sys.stdin.read)
    print(json.dumps(asdict(counts.served(time.process_time() - cpu_before))), flush=True)


def main() -> None:
    """Serve until standard input closes."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--hosts", type=int, default=8)
    parser.add_argument("--pages", type=int, default=300, help="articles on each host")
    given = parser.parse_args()
    asyncio.run(serve(portals(given.hosts, given.pages)))


if __name__ == "__main__":
    main()
