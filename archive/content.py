"""Undoing the Content-Encoding of a stored payload, within a bound."""

from __future__ import annotations

import zlib

from archive.errors import PageError
from archive.records import Capture

__all__ = ["MAX_DECODED_BYTES", "decoded_body"]

MAX_DECODED_BYTES = 50 * 1024 * 1024


def decoded_body(capture: Capture, max_bytes: int = MAX_DECODED_BYTES) -> bytes:
    """Return the payload with gzip or deflate undone; a payload that is not what its header says is returned as it is.

    Raises PageError when it unpacks to more than `max_bytes`: a bomb is stopped while it unpacks.
    """
    body = capture.body
    for encoding in reversed([part.strip().lower() for part in (capture.header("Content-Encoding") or "").split(",")]):
        if encoding in ("gzip", "x-gzip"):
            body = _inflate(body, (zlib.MAX_WBITS | 16,), capture, max_bytes)
        elif encoding == "deflate":
            body = _inflate(body, (zlib.MAX_WBITS, -zlib.MAX_WBITS), capture, max_bytes)
    return body


def _inflate(body: bytes, window_bits: tuple[int, ...], capture: Capture, max_bytes: int) -> bytes:
    for bits in window_bits:
        unpacker = zlib.decompressobj(bits)
        try:
            plain = unpacker.decompress(body, max_bytes + 1)
        except zlib.error:
            continue
        if len(plain) > max_bytes:
            raise PageError(capture.responded_url, f"unpacks to more than {max_bytes} bytes", "its capture is kept")
        return plain
    return body
