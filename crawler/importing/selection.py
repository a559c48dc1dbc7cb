"""What of a file is taken, and why the rest is not: what a crawl of the same hosts would have brought."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from archive.errors import NotFound
from archive.records import Capture
from archive.warc.exchange import Exchange
from crawler import catalogue, urls
from crawler.catalogue import Portal

__all__ = ["Portals", "Selection", "why_no_page", "why_not"]

# What a page needs to look as it does, and what its scripts fetch.
_ASSETS = re.compile(
    r"(?:image|font|video|audio|model)/|text/(?:css|javascript|event-stream)|application/(?:[\w.+-]*javascript|json"
    r"|manifest\+json|ld\+json|wasm|[\w.-]*font[\w.-]*|vnd\.ms-fontobject|ocsp-response|x-shockwave-flash)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Selection:
    """The hosts that are taken, as `urls.in_scope` reads them; none means all."""

    hosts: tuple[str, ...] = ()

    def takes(self, url: str) -> bool:
        """Return whether the host of an address is one of them."""
        return not self.hosts or urls.in_scope(url, self.hosts)


def why_not(exchange: Exchange, selection: Selection) -> str:
    """Return why the address or the type of a record leaves it out; empty where it does not."""
    record = exchange.record
    if not exchange.is_answer:
        return record.kind or "no type"
    scheme = record.target_uri.partition(":")[0].lower()
    if scheme not in ("http", "https"):
        return scheme if scheme.isalnum() else "no address"
    if not selection.takes(record.target_uri):
        return "other host"
    if urls.canonical(record.target_uri) is None:
        return "unfetchable"
    if record.get("WARC-Segment-Number"):
        return "segment"
    if record.block is None:
        return "too large"
    if record.kind == "response" and not record.is_http:
        return "no HTTP"
    return ""


def why_no_page(capture: Capture, url: str) -> str:
    """Return why a capture is none of those that a crawl would have brought; empty where it is one."""
    if capture.request_method not in ("", "GET"):
        return capture.request_method
    if capture.http_status < 200 or capture.http_status == 206:
        return "partial"
    if urlsplit(url).path == "/robots.txt":
        return ""
    if capture.http_status < 300 and _ASSETS.match((capture.header("Content-Type") or "").strip()):
        return "asset"
    # A crawl may leave translations alone; what was captured of them is taken in.
    return urls.refusal(url, urls.language_of(url)) or ""


class Portals:
    """Which portal an address belongs to: one that the archive knows, one of the catalogue, or its host's own."""

    def __init__(self, db: sqlite3.Connection) -> None:
        rows = db.execute("SELECT id, name, url, hosts, province_before, province_after FROM portals").fetchall()
        self._known = [_portal(row) for row in rows]
        self._by_host: dict[str, Portal] = {}
        self.registered = {portal.id for portal in self._known}

    def of(self, url: str) -> Portal:
        """Return the portal of a canonical address."""
        host = urls.host_of(url)
        if host not in self._by_host:
            self._by_host[host] = self._find(url, host)
        return self._by_host[host]

    def _find(self, url: str, host: str) -> Portal:
        if portal := _owner(url, self._known):
            return portal
        try:
            return catalogue.find(url)
        except NotFound:
            name = host.removeprefix("www.")
            return Portal(name, name, urls.canonical("/", url) or url, (name,), None, None, state="added")


def _portal(row: sqlite3.Row) -> Portal:
    hosts = tuple(json.loads(row["hosts"]))
    provinces = (row["province_before"], row["province_after"])
    return Portal(row["id"], row["name"], row["url"], hosts, *provinces, state="added")


def _owner(url: str, portals: Sequence[Portal]) -> Portal | None:
    """Return the portal that takes in an address; one whose own host it is goes before one that takes in all below."""
    owners = [portal for portal in portals if urls.in_scope(url, portal.hosts)]
    return min(owners, key=lambda portal: not urls.in_scope(url, portal.hosts[:1]), default=None)
