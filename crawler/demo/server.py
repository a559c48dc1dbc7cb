"""The demo portals on loopback: `with serve() as sites: …`."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from .handmade import Handmade
from .manifest import PORTALS, load_manifest
from .manner import Answer, Manner, Visit
from .ministry import Ministry
from .nukeviet import NukeViet
from .sharepoint import SharePoint
from .tandan import TanDan

__all__ = ["ANY_FREE_PORTS", "DEFAULT_PORTS", "Hit", "Site", "serve"]

# Above the range that Linux hands out to clients (32768-60999), so that they are seldom taken.
DEFAULT_PORTS = (62311, 62312, 62313, 62314, 62315)
ANY_FREE_PORTS = (0, 0, 0, 0, 0)
_MANNERS: Mapping[str, type[Manner]] = {
    "so-lamkhe": SharePoint,
    "lamkhe": TanDan,
    "suoitrang": Handmade,
    "mocgiang": NukeViet,
    "bo-cdnt": Ministry,
}


class Hit(NamedTuple):
    """One request that a site answered. `target` is path and query as they came."""

    method: str
    target: str
    status: int
    user_agent: str


@dataclass(slots=True)
class Site:
    """A demo portal that is being served. `hits` grows with every request, in the order in which they are answered."""

    id: str
    name: str
    url: str  # with a slash at its end
    hits: list[Hit] = field(default_factory=list)


def _today() -> date:
    """Today in Vietnam."""
    return (datetime.now(UTC) + timedelta(hours=7)).date()


@contextmanager
def serve(ports: Sequence[int] = DEFAULT_PORTS, *, today: Callable[[], date] = _today) -> Iterator[Mapping[str, Site]]:
    """Yield the five running sites by id.

    A port that is taken is replaced by a free one, so that the sites always come up; on the default ports their
    addresses are the same in every run, and a second crawl into the same archive finds what it knows. Only counters,
    session ids and the date of `today` differ from one answer to the next.
    """
    manifest = load_manifest()
    with ExitStack() as stack:
        servers = [_listen(port) for port in ports]
        for server in servers:
            stack.callback(server.server_close)
        urls = {name: f"http://127.0.0.1:{server.server_port}/" for name, server in zip(PORTALS, servers, strict=True)}
        for name, server in zip(PORTALS, servers, strict=True):
            portal = manifest.portals[name]
            server.open(Site(name, portal.name, urls[name]), _MANNERS[name](portal, urls), today)
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True, name=f"demo {name}")
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield {server.site.id: server.site for server in servers}


def _listen(port: int) -> _Server:
    """A server on that port, or on a free one when that is taken."""
    try:
        return _Server(("127.0.0.1", port), _Handler)
    except OSError:
        return _Server(("127.0.0.1", 0), _Handler)


class _Server(ThreadingHTTPServer):
    """One site."""

    daemon_threads = True
    request_queue_size = 128

    def open(self, site: Site, manner: Manner, today: Callable[[], date]) -> None:
        """Begin to answer for a site."""
        self.site, self._manner, self._today, self._count = site, manner, today, itertools.count(1)

    def answer(self, target: str) -> Answer:
        return self._manner.answer(Visit(target, next(self._count), self._today()))

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a client hangs up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "demo", ""
    wbufsize = -1  # head and body leave in one piece: no wait for a delayed acknowledgement
    disable_nagle_algorithm = True
    timeout = 30

    def do_GET(self) -> None:
        answer = self.server.answer(self.path)
        body, headers = self._encode(answer)
        status = answer.status
        if answer.is_cacheable:
            headers["ETag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
            if self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
        else:
            headers["Cache-Control"] = "no-store, no-cache, must-revalidate"
        if answer.location is not None:
            headers["Location"] = answer.location
        # Counted before it is sent: who has the answer also finds the hit.
        agent = self.headers.get("User-Agent", "")
        self.server.site.hits.append(Hit(self.command, self.path, status, agent))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815

    def _encode(self, answer: Answer) -> tuple[bytes, dict[str, str]]:
        """The payload and its headers: the ministry compresses for those who can read it."""
        headers = {"Content-Type": answer.content_type}
        if self.server.site.id == "bo-cdnt" and "gzip" in self.headers.get("Accept-Encoding", ""):
            return gzip.compress(answer.body, 1, mtime=0), headers | {"Content-Encoding": "gzip"}
        return answer.body, headers

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (named by http.server)
        """Keep stderr free: `Site.hits` is the log."""
