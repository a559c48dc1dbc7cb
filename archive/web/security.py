"""What every answer says to the browser, and which requests are not answered at all."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias

__all__ = ["CAPTURED_POLICY", "PAGE_POLICY", "Application", "Guard", "Receive", "Scope", "Send"]

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_SHARED = "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
# Pages of ours: no script at all.
PAGE_POLICY = f"default-src 'none'; style-src 'self'; frame-src 'self'; {_SHARED}"
# Whatever names no policy of its own is Datasette's: scripts of its own files, and styles that stand in its pages.
_DATASETTE_POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; {_SHARED}"
)
# A page as a portal sent it: an opaque origin without scripts, forms and navigation, which loads nothing.
CAPTURED_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-dns-prefetch-control", b"off"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_LOOPBACK_HOST = re.compile(r"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?", re.I)
_METHODS = ("GET", "HEAD")


class Guard:
    """ASGI middleware: adds the headers; refuses other methods and, unless exposed, other hosts than this machine.

    A page of another site whose name was made to resolve to this machine (DNS rebinding) comes with that name as Host.
    """

    def __init__(self, inner: Application, *, is_exposed: bool) -> None:
        self._inner, self._is_exposed = inner, is_exposed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _with(message.get("headers", ()))}
            await send(message)

        if not self._is_exposed and not _LOOPBACK_HOST.fullmatch(_host(scope)):
            hint = b"This is luutru on loopback; open it as http://127.0.0.1 or http://localhost with its port.\n"
            await _refuse(guarded, 421, hint)
        elif scope["method"] not in _METHODS:
            await _refuse(guarded, 405, b"The archive is only read here: GET and HEAD.\n")
        else:
            await self._inner(scope, receive, guarded)


def _host(scope: Scope) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"host"), "")


def _with(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return headers with those of every answer; a policy that an answer has of its own stays."""
    given = [(bytes(name), bytes(value)) for name, value in headers]
    names = {name.lower() for name, _ in given}
    ours = ((b"content-security-policy", _DATASETTE_POLICY.encode()), *_HEADERS)
    return given + [(name, value) for name, value in ours if name not in names]


async def _refuse(send: Send, status: int, text: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(text)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
