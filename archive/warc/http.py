"""The HTTP messages inside records, as tools write them: HTTP/2 status lines, chunked bodies, heads without an end."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.errors import WarcError

__all__ = ["Request", "Response", "dechunked", "parse_request", "parse_response"]

Headers = tuple[tuple[str, str], ...]
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"\s*(?:HTTP/(\d+(?:\.\d+)?)|ICY) +(\d{3})(?:[ \t]+([^\r\n]*))?")
_REQUEST = re.compile(rb"\s*([A-Za-z]+) +(\S.*?)(?: +HTTP/[\d.]+)?\s*\Z")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response: `raw` is its body as it stands, `body` the same de-chunked where it is chunked."""

    version: str
    status: int
    reason: str
    headers: Headers
    raw: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request."""

    method: str
    headers: Headers
    body: bytes


def parse_response(block: bytes) -> Response:
    """Return the response that a block holds; raises WarcError where it holds none."""
    line, headers, raw = _split(block)
    match = _STATUS.match(line)
    if match is None:
        raise WarcError("record", "its block is no HTTP response")
    is_chunked = any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers)
    body = dechunked(raw) if is_chunked else None
    version, status, reason = ((part or b"").decode("latin-1") for part in match.groups())
    return Response(version or "1.0", int(status), reason.strip(), headers, raw, raw if body is None else body)


def parse_request(block: bytes) -> Request:
    """Return the request that a block holds; raises WarcError where it holds none."""
    line, headers, body = _split(block)
    match = _REQUEST.match(line)
    if match is None:
        raise WarcError("record", "its block is no HTTP request")
    return Request(match[1].decode("ascii").upper(), headers, body)


def dechunked(raw: bytes) -> bytes | None:
    """Return a chunked body put together, or None where it is not chunked: tools keep the header and not the chunks.

    What was cut off in the middle of a chunk is returned as far as it goes.
    """
    parts: list[bytes] = []
    at = 0
    while match := _CHUNK.match(raw, at):
        size = int(match[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(raw[match.end() : match.end() + size])
        at = match.end() + size
        if raw[at : at + 2] == b"\r\n":
            at += 2
        elif raw[at : at + 1] == b"\n":
            at += 1
        elif at < len(raw):
            return None
    return b"".join(parts) if parts and at >= len(raw) else None


def _split(block: bytes) -> tuple[bytes, Headers, bytes]:
    """Return first line, headers and what follows them."""
    end = _HEAD_END.search(block)
    head, rest = (block[: end.start()], block[end.end() :]) if end else (block, b"")
    line, *lines = head.split(b"\n")
    headers: list[tuple[str, str]] = []
    for each in lines:
        text = each.rstrip(b"\r").decode("latin-1")
        if text[:1] in (" ", "\t") and headers:  # folded
            name, value = headers[-1]
            headers[-1] = (name, f"{value} {text.strip()}")
        elif ":" in text:
            name, _, value = text.partition(":")
            headers.append((name.strip(), value.strip()))
    return line.rstrip(b"\r"), tuple(headers), rest
