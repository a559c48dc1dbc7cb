"""WARC 1.1 files: records appended one gzip member each, and read back by their offset.

A response is written as a `response` record and its `request` record; a payload that the page already had as a
`revisit` record without body. Source: ISO 28500:2017. The bytes are put together here and not by warcio because
compression through isal takes an eighth of the time; warcio reads them back, here and in the tests.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from isal import igzip
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from archive.errors import WarcError
from archive.records import Capture

__all__ = ["MAX_FILE_BYTES", "Place", "Position", "Record", "WarcWriter", "payload_digest", "read_record", "records"]

MAX_FILE_BYTES = 1 << 30
_LEVEL = 2  # of isal: 4.2 : 1 on portal pages, at an eighth of the time of zlib's 9
_REVISIT = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
# The body is stored de-chunked; a reader that trusts these headers would take it apart again.
_HOP_BY_HOP = frozenset({"transfer-encoding"})


def payload_digest(body: bytes) -> str:
    """Return the digest of a payload as WARC writes it: `sha1:` and 32 letters of base32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode("ascii")


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


@dataclass(frozen=True, slots=True)
class Record:
    """One record read back, with its place; `digest_ok` is None where the record carries no digest."""

    place: Place
    record_id: str
    target_uri: str | None
    date: str
    payload_digest: str | None
    digest_ok: bool | None
    http_status: int | None


class WarcWriter:
    """Appends captures to one WARC file at a time; what was appended is on disk after `flush()`.

    Clock and ids are passed in, so that output can be reproduced.
    """

    def __init__(
        self,
        directory: Path,
        *,
        software: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        new_id: Callable[[], uuid.UUID] = uuid.uuid4,
    ) -> None:
        self._directory, self._software = directory, software
        self._now, self._new_id = now, new_id
        self._file: IO[bytes] | None = None
        self.name = ""
        self.position = Position(0, 0)

    def new_name(self) -> str:
        """Return a file name that is not taken: `luutru-<time>-<serial>.warc.gz`."""
        serial = 0
        while (self._directory / (name := f"luutru-{self._now():%Y%m%d%H%M%S}-{serial:05d}.warc.gz")).exists():
            serial += 1
        return name

    def open(self, name: str, position: Position) -> None:
        """Go on in the file `name` at `position`; what stands behind it is cut. At 0 the file starts anew."""
        self.close()
        path = self._directory / name
        self._file = path.open("r+b" if position.size_bytes else "wb")
        self.name = name
        self.rewind(position)
        if not position.size_bytes:
            self._write_info()

    def rewind(self, position: Position) -> None:
        """Cut what was appended behind `position`, because its transaction was undone."""
        if self._file is not None:
            self._file.seek(position.size_bytes)
            self._file.truncate(position.size_bytes)
            self.position = position

    def append(self, capture: Capture, digest: str, revisit_of: tuple[str, datetime] | None = None) -> Place:
        """Append a capture as response and request record; return the place of the response record.

        `revisit_of`: target URI and date of the record that holds the same payload; then a `revisit` record without
        body is written instead.
        """
        head = _http_head(capture)
        response_id = self._new_id().urn
        fields = [
            ("WARC-Type", "revisit" if revisit_of else "response"),
            ("WARC-Record-ID", f"<{response_id}>"),
            ("WARC-Target-URI", capture.responded_url),
            ("WARC-Date", _warc_date(capture.captured_at)),
            ("WARC-Payload-Digest", digest),
            ("Content-Type", "application/http; msgtype=response"),
        ]
        if capture.ip_address:
            fields.append(("WARC-IP-Address", capture.ip_address))
        if revisit_of:
            fields += [
                ("WARC-Profile", _REVISIT),
                ("WARC-Refers-To-Target-URI", revisit_of[0]),
                ("WARC-Refers-To-Date", _warc_date(revisit_of[1])),
            ]
        offset = self.position.size_bytes
        length = self._write(fields, head if revisit_of else head + capture.body)
        self._write(self._request_fields(capture, response_id), _request_block(capture))
        return Place(self.name, offset, length, "revisit" if revisit_of else "response")

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

    def _write_info(self) -> None:
        fields = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", f"<{self._new_id().urn}>"),
            ("WARC-Date", _warc_date(self._now())),
            ("WARC-Filename", self.name),
            ("Content-Type", "application/warc-fields"),
        ]
        info = f"software: {self._software}\r\nformat: WARC File Format 1.1\r\nrobots: classic\r\n"
        self._write(fields, info.encode())

    def _request_fields(self, capture: Capture, response_id: str) -> list[tuple[str, str]]:
        return [
            ("WARC-Type", "request"),
            ("WARC-Record-ID", f"<{self._new_id().urn}>"),
            ("WARC-Target-URI", capture.requested_url),
            ("WARC-Date", _warc_date(capture.captured_at)),
            ("WARC-Concurrent-To", f"<{response_id}>"),
            ("Content-Type", "application/http; msgtype=request"),
        ]

    def _write(self, fields: list[tuple[str, str]], block: bytes) -> int:
        if self._file is None:
            raise WarcError(str(self._directory), "no WARC file is open")
        fields += [("WARC-Block-Digest", payload_digest(block)), ("Content-Length", str(len(block)))]
        head = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields)
        member = igzip.compress(f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n", _LEVEL, mtime=0)
        self._file.write(member)
        self.position = Position(self.position.size_bytes + len(member), self.position.records + 1)
        return len(member)


def read_record(path: Path, offset: int) -> Capture:
    """Return the capture whose response record starts at `offset` of the file; its payload digest is checked.

    A revisit record gives a capture with an empty body. Raises WarcError when there is no such record.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            for record in ArchiveIterator(file, check_digests=True):
                body = record.raw_stream.read()
                if record.digest_checker.passed is False:
                    raise WarcError(str(path), f"the record at {offset} does not match its digest", "run luutru verify")
                return _to_capture(record, body)
    except (OSError, EOFError, ArchiveLoadFailed, ValueError, AttributeError) as error:
        raise WarcError(str(path), f"no readable record at offset {offset} ({error})", "run luutru verify") from error
    raise WarcError(str(path), f"no record at offset {offset}", "run luutru verify")


def records(path: Path) -> Iterator[Record]:
    """Yield every record of a WARC file in its order, digests checked; raises WarcError where the file is broken."""
    try:
        with path.open("rb") as file:
            iterator = ArchiveIterator(file, check_digests=True)
            for record in iterator:
                headers = record.rec_headers
                while record.raw_stream.read(1 << 16):
                    pass
                # The offset must be taken before the length: asking for the length reads to the end of the member.
                offset = iterator.get_record_offset()
                yield Record(
                    place=Place(path.name, offset, iterator.get_record_length(), record.rec_type),
                    record_id=headers.get_header("WARC-Record-ID") or "",
                    target_uri=headers.get_header("WARC-Target-URI"),
                    date=headers.get_header("WARC-Date") or "",
                    payload_digest=headers.get_header("WARC-Payload-Digest"),
                    digest_ok=record.digest_checker.passed,
                    http_status=_status(record),
                )
    except (OSError, EOFError, ArchiveLoadFailed, ValueError, AttributeError) as error:
        raise WarcError(str(path), f"broken record ({error})", "restore the file from a copy") from error


def _status(record: ArcWarcRecord) -> int | None:
    status = record.http_headers.get_statuscode() if record.http_headers else None
    return int(status) if status and status.isdigit() else None


def _to_capture(record: ArcWarcRecord, body: bytes) -> Capture:
    http, headers = record.http_headers, record.rec_headers
    code, _, reason = (http.statusline or "").partition(" ")
    uri = headers.get_header("WARC-Target-URI")
    date = headers.get_header("WARC-Date").replace("Z", "+00:00")
    return Capture(
        requested_url=uri,
        responded_url=uri,
        captured_at=datetime.fromisoformat(date),
        http_status=int(code),
        http_reason=reason,
        http_version=(http.protocol or "HTTP/1.1").partition("/")[2],
        headers=tuple((name, value) for name, value in http.headers),
        body=body,
        ip_address=headers.get_header("WARC-IP-Address"),
    )


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
    head = f"{capture.request_method} /{path} HTTP/1.1\r\nHost: {host}\r\n"
    fields = "".join(f"{_one_line(name)}: {_one_line(value)}\r\n" for name, value in capture.request_headers)
    return (head + fields + "\r\n").encode("latin-1", "replace")


def _one_line(value: str) -> str:
    return value.replace("\r", " ").replace("\n", " ")


def _warc_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
