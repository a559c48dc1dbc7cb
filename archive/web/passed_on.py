"""Requests as Datasette should have them: without our arguments, and without a count that takes longer than the page.

Datasette takes every argument of a table's address for a column to filter by, `lang`, too. And the view `articles`
joins eight tables: to count its rows reads all of them, 0.2 s in 100,000 articles, whatever page is shown. How many
there are is known (`Summary`), and stands in the view's description.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from archive.language import COOKIE, LANGUAGES
from archive.web.security import Application, Message, Receive, Scope, Send

__all__ = ["passed_on"]

_REMEMBERED = f"Path=/; Max-Age={365 * 86_400}; HttpOnly; SameSite=lax"
_NOT_COUNTED = b"_nocount=1"
_KEEP_ALL_ROWS = frozenset(("_next", "_sort", "_sort_desc", "_size", "_col", "_nocol", "_nofacet", "_labels"))
_CHOICES = {f"lang={code}".encode(): code for code in LANGUAGES}


def passed_on(inner: Application, database: str) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    """Return the application that remembers a language that is chosen, and asks for tables as Datasette should."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return
        pairs = [pair for pair in scope["query_string"].split(b"&") if pair]
        code = next((_CHOICES[pair] for pair in pairs if pair in _CHOICES), None)
        if code:
            send = _remembering(send, code)
        if f"{scope['path']}/".startswith(f"/{database}/"):
            pairs = [pair for pair in pairs if not pair.startswith(b"lang=")]
            pairs = _uncounted(pairs) if scope["path"] == f"/{database}/articles" else pairs
            cookie = [(b"cookie", f"{COOKIE}={code}".encode())] if code else []
            scope = {**scope, "query_string": b"&".join(pairs), "headers": [*scope["headers"], *cookie]}
        await inner(scope, receive, send)

    return answer


def _uncounted(pairs: list[bytes]) -> list[bytes]:
    """Return the arguments so that all rows are not counted, but those that a filter leaves are."""
    pairs = [pair for pair in pairs if pair != _NOT_COUNTED]
    names = {name for name, _ in parse_qsl(b"&".join(pairs).decode("latin-1"), keep_blank_values=True)}
    return pairs if names - _KEEP_ALL_ROWS else [*pairs, _NOT_COUNTED]


def _remembering(send: Send, code: str) -> Send:
    """Return what sends an answer that lets the browser remember a language."""

    async def remembering(message: Message) -> None:
        if message["type"] == "http.response.start":
            cookie = (b"set-cookie", f"{COOKIE}={code}; {_REMEMBERED}".encode())
            message = {**message, "headers": [*message.get("headers", ()), cookie]}
        await send(message)

    return remembering
