"""Writing WARC 1.1: records appended one gzip member each.

A fetch is a `response` record and its `request` record; a payload that the page already had, or that the server says
is not modified, a `revisit` record without body; what another tool stored without an HTTP message a `resource` record;
what a browser made of a response a `conversion` record that refers to it.
Source: ISO 28500:2017. The bytes are put together here and not by warcio because compression through isal takes an
eighth of the time.

The id of a record is that of its file with the record's offset in the last group: whoever knows the file and the offset
knows the id, and nothing need be kept or read for `WARC-Refers-To`.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, NamedTuple

from isal import igzip

from archive.errors import WarcError
from archive.records import Capture
from archive.warc.digest import payload_digest

__all__ = ["MAX_FILE_BYTES", "Origin", "Original", "Place", "Position", "WarcWriter", "record_id"]

MAX_FILE_BYTES = 1 << 30
_LEVEL = 2  # of isal: 4.2 : 1 on portal pages, at an eighth of the time of zlib's 9
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"
_NOT_MODIFIED = 304
# The body is stored de-chunked; a reader that trusts these headers would take it apart again.
_HOP_BY_HOP = frozenset({"transfer-encoding"})

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Position:
    """How far a WARC file has been written: bytes and records."""

    size_bytes: int
    records: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: file name, offset of its gzip member and length, in bytes."""

    file_name: str
    offset: int
    length: int
    record_type: str


class Original(NamedTuple):
    """The record that holds the payload which a revisit repeats."""

    target_uri: str
    captured_at: datetime
    record_id: str


class Origin(NamedTuple):
    """Where an imported record comes from: the id that it has there, the fields that it keeps, its warcinfo here."""

    record_id: str
    fields: tuple[tuple[str, str], ...]
    warcinfo_id: str


def record_id(prefix: str, offset: int) -> str:
    """Return the id of the record at an offset of the file whose ids begin with `prefix`, four groups of a UUID."""
    return f"urn:uuid:{prefix}-{offset:012x}"


class WarcWriter:
    """Appends captures to one WARC file at a time; what was appended is on disk after `flush()`.

    The clock is passed in, so that output can be reproduced.
    """

    def __init__(
        self, directory: Path, *, software: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._directory, self._software, self._now = directory, software, now
        self._file: IO[bytes] | None = None
        self._prefix = ""
        self.name = ""
        self.position = Position(0, 0)

    def new_name(self) -> str:
        """Return a file name that is not taken: `luutru-<time>-<serial>.warc.gz`."""
        serial = 0
        while (self._directory / (name := f"luutru-{self._now():%Y%m%d%H%M%S}-{serial:05d}.warc.gz")).exists():
            serial += 1
        return name

    def open(self, name: str, position: Position, prefix: str) -> None:
        """Go on in the file `name` at `position`; what stands behind it is cut. At 0 the file starts anew.

        `prefix`: what the ids of the file's records begin with.
        """
        self.close()
        path = self._directory / name
        self._file = path.open("r+b" if position.size_bytes else "wb")
        self.name, self._prefix = name, prefix
        self.rewind(position)
        if not position.size_bytes:
            self._write_info([("WARC-Filename", name)], {})

    def rewind(self, position: Position) -> None:
        """Cut what was appended behind `position`, because its transaction was undone."""
        if self._file is not None:
            self._file.seek(position.size_bytes)
            self._file.truncate(position.size_bytes)
            self.position = position

    def append(
        self, capture: Capture, digest: str, revisit_of: Original | None = None, origin: Origin | None = None
    ) -> Place:
        """Append a capture with its request record, if its request is known; return the place of the first of them.

        `revisit_of`: the record that holds the same payload, or the one that a 304 leaves valid; then a `revisit`
        record without body is written instead.
        """
        offset = self.position.size_bytes
        own_id = origin.record_id if origin and origin.record_id else self._next_id()
        kind, content_type, block = _block(capture, is_revisit=revisit_of is not None)
        fields = [
            ("WARC-Type", kind),
            ("WARC-Record-ID", f"<{own_id}>"),
            ("WARC-Target-URI", capture.responded_url),
            ("WARC-Date", _warc_date(capture.captured_at)),
            ("WARC-Payload-Digest", digest),
            ("Content-Type", content_type),
        ]
        if capture.ip_address:
            fields.append(("WARC-IP-Address", capture.ip_address))
        if capture.certificate:
            fields.append(("WARC-JSON-Metadata", json.dumps({"certificate": f"not trusted: {capture.certificate}"})))
        if revisit_of:
            fields += _revisit_fields(revisit_of, capture)
        if origin:
            fields += [("WARC-Warcinfo-ID", f"<{origin.warcinfo_id}>"), *origin.fields]
        length = self._write(fields, block, is_digested=kind != "revisit")
        if capture.request_method:
            self._write_request(capture, own_id, origin)
        return Place(self.name, offset, length, kind)

    def append_conversion(self, target_uri: str, html: bytes, made_at: datetime, response_id: str) -> Place:
        """Append what a browser made of a response, as a `conversion` record of HTML in UTF-8; return its place."""
        offset = self.position.size_bytes
        fields = [
            ("WARC-Type", "conversion"),
            ("WARC-Record-ID", f"<{self._next_id()}>"),
            ("WARC-Target-URI", target_uri),
            ("WARC-Date", _warc_date(made_at)),
            ("WARC-Refers-To", f"<{response_id}>"),
            ("WARC-Payload-Digest", payload_digest(html)),
            ("Content-Type", "text/html; charset=utf-8"),
        ]
        return Place(self.name, offset, self._write(fields, html), "conversion")

    def append_info(self, described: dict[str, str]) -> str:
        """Append a `warcinfo` record that describes where the records come from that name it; return its id."""
        own_id = self._next_id()
        self._write_info([], described)
        return own_id

    def flush(self) -> None:
        """Bring everything that was appended to the disk."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Flush and close the current file."""
        if self._file is not None:
            self.flush()
            self._file.close()
            self._file = None

    def _next_id(self) -> str:
        return record_id(self._prefix, self.position.size_bytes)

    def _write_info(self, named: Fields, described: dict[str, str]) -> None:
        fields = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", f"<{self._next_id()}>"),
            ("WARC-Date", _warc_date(self._now())),
            *named,
            ("Content-Type", "application/warc-fields"),
        ]
        info = {"software": self._software, "format": "WARC File Format 1.1", **described}
        self._write(fields, "".join(f"{name}: {_one_line(value)}\r\n" for name, value in info.items()).encode())

    def _write_request(self, capture: Capture, response_id: str, origin: Origin | None) -> None:
        fields = [
            ("WARC-Type", "request"),
            ("WARC-Record-ID", f"<{self._next_id()}>"),
            ("WARC-Target-URI", capture.requested_url),
            ("WARC-Date", _warc_date(capture.captured_at)),
            ("WARC-Concurrent-To", f"<{response_id}>"),
            ("Content-Type", "application/http; msgtype=request"),
        ]
        if origin:
            fields.append(("WARC-Warcinfo-ID", f"<{origin.warcinfo_id}>"))
        self._write(fields, _request_block(capture))

    def _write(self, fields: Fields, block: bytes, *, is_digested: bool = False) -> int:
        """Append a record; what has the digest of its payload needs no second one of nearly the same bytes."""
        if self._file is None:
            raise WarcError(str(self._directory), "no WARC file is open")
        if not is_digested:
            fields.append(("WARC-Block-Digest", payload_digest(block)))
        fields.append(("Content-Length", str(len(block))))
        head = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields)
        member = igzip.compress(f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n", _LEVEL, mtime=0)
        self._file.write(member)
        self.position = Position(self.position.size_bytes + len(member), self.position.records + 1)
        return len(member)


def _block(capture: Capture, *, is_revisit: bool) -> tuple[str, str, bytes]:
    """Return type, content type and block of the record of a capture."""
    if is_revisit:  # of a 304 without its head: pywb would replay that, and not the page
        has_head = capture.http_version and capture.http_status != _NOT_MODIFIED
        return "revisit", "application/http; msgtype=response", _http_head(capture) if has_head else b""
    if not capture.http_version:
        return "resource", capture.header("Content-Type") or "application/octet-stream", capture.body
    return "response", "application/http; msgtype=response", _http_head(capture) + capture.body


def _revisit_fields(original: Original, capture: Capture) -> Fields:
    is_modified = capture.http_status != _NOT_MODIFIED
    profile = "identical-payload-digest" if is_modified else "server-not-modified"
    told = [] if is_modified else [(f"WARC-{name}", capture.header(name)) for name in ("Etag", "Last-Modified")]
    return [
        ("WARC-Profile", _PROFILE + profile),
        ("WARC-Refers-To", f"<{original.record_id}>"),
        ("WARC-Refers-To-Target-URI", original.target_uri),
        ("WARC-Refers-To-Date", _warc_date(original.captured_at)),
        *((name, value) for name, value in told if value),
    ]


def _http_head(capture: Capture) -> bytes:
    out = io.StringIO()
    out.write(f"HTTP/{capture.http_version} {capture.http_status} {_one_line(capture.http_reason)}\r\n")
    for name, value in capture.headers:
        prefix = "X-Archive-Orig-" if name.lower() in _HOP_BY_HOP else ""
        out.write(f"{prefix}{_one_line(name)}: {_one_line(value)}\r\n")
    out.write("\r\n")
    return out.getvalue().encode("latin-1", "replace")


def _request_block(capture: Capture) -> bytes:
    host, _, path = capture.requested_url.split("://", 1)[-1].partition("/")
    fields = list(capture.request_headers)
    named = {name.lower() for name, _ in fields}
    if "host" not in named:
        fields.insert(0, ("Host", host))
    if capture.request_body and "content-length" not in named:
        fields.append(("Content-Length", str(len(capture.request_body))))
    lines = "".join(f"{_one_line(name)}: {_one_line(value)}\r\n" for name, value in fields)
    head = f"{capture.request_method} /{_one_line(path)} HTTP/1.1\r\n{lines}\r\n"
    return head.encode("latin-1", "replace") + capture.request_body


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")


def _warc_date(moment: datetime) -> str:
    """Return a moment to the second, as the database and every index of captures have it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
