"""Undoing the Content-Encoding of a payload, within a bound: what unpacks to more is stopped while it unpacks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple, Protocol, cast

import brotli
from isal import isal_zlib

from archive.errors import CutShort, PageError
from archive.records import Capture

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["MAX_DECODED_BYTES", "MAX_PAGE_BYTES", "Payload", "decode", "decoded_body", "most_bytes"]

MAX_DECODED_BYTES = 50 * 1024 * 1024
MAX_PAGE_BYTES = 10 * 1024 * 1024
_BROKEN = (cast("type[Exception]", isal_zlib.error), zstd.ZstdError)
_MOST_ENCODINGS = 4
_TAIL_BYTES = 2_000  # a page whose end is here is whole, though the server left out the end of the stream
_GZIP, _ZLIB, _RAW = 31, 15, -15  # window bits of zlib
_GZIP_MAGIC = b"\x1f\x8b\x08"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_WINDOW_LOG = 27  # 128 MB, the most that a frame may make a reader reserve


class Payload(NamedTuple):
    """What was unpacked. `is_whole`: the stream came to its end; `is_cut`: there was more than the bound."""

    body: bytes
    is_whole: bool = True
    is_cut: bool = False


def decoded_body(capture: Capture, max_bytes: int = MAX_DECODED_BYTES, *, must_be_whole: bool = False) -> bytes:
    """Return the payload with its Content-Encoding undone; one that is not what its header says comes as it is.

    Raises PageError when it unpacks to more than `max_bytes` or nobody knows the encoding, and CutShort when the
    stream breaks off and `must_be_whole`.
    """
    encoding = capture.header("Content-Encoding") or ""
    if not encoding and not capture.body.startswith(_GZIP_MAGIC):
        return capture.body
    if not encoding:
        is_page = (capture.header("Content-Type") or "").lower().startswith("text/html")
        encoding = "gzip" if is_page else ""  # packed twice, and the header tells of none of it
    try:
        payload = decode(capture.body, encoding, max_bytes)
    except ValueError as error:
        raise PageError(capture.responded_url, str(error), "its capture is kept") from error
    if payload.is_cut:
        raise PageError(capture.responded_url, f"unpacks to more than {max_bytes} bytes", "its capture is kept")
    if must_be_whole and not payload.is_whole and b"</html" not in payload.body[-_TAIL_BYTES:].lower():
        raise CutShort(capture.responded_url, "the answer broke off", "it is asked for again")
    return payload.body


def most_bytes(content_type: str | None) -> int:
    """Return how large a body may be by its type: a page has less room than a file (a document, a sitemap)."""
    is_page = (content_type or "text/html").lower().lstrip().startswith(("text/html", "application/xhtml"))
    return MAX_PAGE_BYTES if is_page else MAX_DECODED_BYTES


def decode(body: bytes, content_encoding: str, max_bytes: int) -> Payload:
    """Return the body with every encoding of the header undone, at most `max_bytes` of it.

    Raises ValueError for an encoding that nobody knows.
    """
    names = [name for part in content_encoding.split(",") if (name := part.strip().lower())]
    if len(names) > _MOST_ENCODINGS:
        raise ValueError(f"{len(names)} encodings in one another")
    payload = Payload(body)
    for name in reversed(names):
        if name in ("identity", "none", "utf-8", "binary"):  # not encodings, but servers say so
            continue
        if name not in _DECODERS:
            raise ValueError(f"its Content-Encoding {name[:40]!r} is not known")
        unpacked = _DECODERS[name](payload.body, max_bytes)
        payload = Payload(unpacked.body, payload.is_whole and unpacked.is_whole, payload.is_cut or unpacked.is_cut)
    return payload


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def _gzip(body: bytes, max_bytes: int) -> Payload:
    if not body.startswith(_GZIP_MAGIC):
        return Payload(body)  # the header lies: the payload is plain
    return _members(body, _GZIP_MAGIC, lambda: isal_zlib.decompressobj(_GZIP), max_bytes)


def _deflate(body: bytes, max_bytes: int) -> Payload:
    """Undo zlib's format, or the raw one that some servers send, whichever the bytes are in."""
    for bits in (_ZLIB, _RAW):
        unpacker = isal_zlib.decompressobj(bits)
        try:
            plain = unpacker.decompress(body, max_bytes + 1)
        except _BROKEN:
            continue
        return Payload(plain[:max_bytes], unpacker.eof, len(plain) > max_bytes)
    return Payload(body)


def _brotli(body: bytes, max_bytes: int) -> Payload:
    unpacker, pieces, size = brotli.Decompressor(), [], 0
    try:
        piece = unpacker.process(body, output_buffer_limit=max_bytes + 1)
        while piece and size <= max_bytes:
            pieces.append(piece)
            size += len(piece)
            piece = unpacker.process(b"", output_buffer_limit=max_bytes + 1)
    except brotli.error:
        return Payload(b"".join(pieces), is_whole=False) if pieces else Payload(body)
    return Payload(b"".join(pieces)[:max_bytes], unpacker.is_finished(), size > max_bytes)


def _zstd(body: bytes, max_bytes: int) -> Payload:
    if not body.startswith(_ZSTD_MAGIC):
        return Payload(body)
    bound: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
    return _members(body, _ZSTD_MAGIC, lambda: zstd.ZstdDecompressor(options=bound), max_bytes)


def _members(body: bytes, magic: bytes, new: Callable[[], _Unpacker], max_bytes: int) -> Payload:
    """Undo a format of members one after the other; what stands behind the last and is none is left out."""
    pieces: list[bytes] = []
    size, rest = 0, body
    while rest.startswith(magic):
        unpacker = new()
        try:
            piece = unpacker.decompress(rest, max_bytes + 1 - size)
        except _BROKEN:
            return Payload(b"".join(pieces), is_whole=False)
        pieces.append(piece)
        size += len(piece)
        if size > max_bytes:
            return Payload(b"".join(pieces)[:max_bytes], is_whole=False, is_cut=True)
        if not unpacker.eof:
            return Payload(b"".join(pieces), is_whole=False)
        rest = unpacker.unused_data
    return Payload(b"".join(pieces))


_DECODERS: dict[str, Callable[[bytes, int], Payload]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
