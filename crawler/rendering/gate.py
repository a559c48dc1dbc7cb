"""What a page that a browser shows may ask for: the data that its scripts need, from its portal's hosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler import urls

__all__ = ["Answer", "Asked", "refusal"]

# Pictures, fonts, films, frames, beacons and sockets are not needed for the text.
_TYPES = frozenset(("script", "stylesheet", "xhr", "fetch"))
_STATIC = frozenset(("script", "stylesheet"))
# Not to be passed on: the downloader sets them itself, or they are about the connection.
_OWN = frozenset(("host", "cookie", "user-agent", "accept-encoding", "accept-language", "connection", "content-length"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page asks for. `kind`: Chromium's resource type ("xhr")."""

    url: str
    kind: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_static(self) -> bool:
        """Whether all pages of the portal ask for the same, so that one answer is enough for a crawl."""
        return self.kind in _STATIC and self.method == "GET"

    def passed_headers(self) -> dict[str, str]:
        """Return the headers that scripts need the server to see."""
        return {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in _OWN and not name.lower().startswith(("sec-", "if-"))
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page gets: Content-Encoding undone."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def refusal(asked: Asked, hosts: tuple[str, ...]) -> str | None:
    """Return why a page does not get what it asks for, or None where it may have it.

    Data may be asked for with POST: lists of many portals come so. Whatever else would change something is refused.
    """
    if asked.kind not in _TYPES:
        return asked.kind
    if not asked.url.startswith(("http://", "https://")):
        return "scheme"
    if asked.method not in ("GET", "POST") or (asked.method == "POST" and asked.kind in _STATIC):
        return "method"
    return None if urls.in_scope(asked.url, hosts) else "out of scope"
