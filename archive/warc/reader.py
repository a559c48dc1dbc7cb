"""Reading WARC files, whoever wrote them: gzip or zstd by record or whole, plain; what is broken is passed over.

Records are read one after the other, each whole into memory unless it is longer than is asked for. Source: ISO
28500:2017, and what wget, Heritrix, Browsertrix and Common Crawl make of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from archive.errors import WarcError
from archive.records import Capture
from archive.warc.digest import fits
from archive.warc.http import Response, parse_response
from archive.warc.members import TornError, Unpacker

__all__ = ["MAX_BLOCK_BYTES", "Damage", "Record", "captured", "read_record", "records"]

MAX_BLOCK_BYTES = 51 << 20  # of a record that is read into memory: the largest file that a crawl takes, and its head


@dataclass(frozen=True, slots=True)
class Damage:
    """A place of a file where a record should be and none can be read."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `offset` and `length` are those of its gzip member or zstd frame, or its own in a plain file.

    `block` is None where it is longer than was asked for.
    """

    offset: int
    length: int
    fields: tuple[tuple[str, str], ...]
    block: bytes | None
    _named: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # The first of several fields of one name counts.
        object.__setattr__(self, "_named", {name.lower(): value for name, value in reversed(self.fields)})

    def get(self, name: str) -> str | None:
        """Return the first field of that name (case-insensitive), or None."""
        return self._named.get(name.lower())

    @property
    def kind(self) -> str:
        """Its WARC-Type."""
        return (self.get("WARC-Type") or "").lower()

    @property
    def target_uri(self) -> str:
        """Its WARC-Target-URI; older tools put it in angle brackets."""
        return (self.get("WARC-Target-URI") or "").strip().removeprefix("<").removesuffix(">")

    @property
    def is_http(self) -> bool:
        """Whether its block is an HTTP message."""
        return (self.get("Content-Type") or "").lower().replace(" ", "").startswith("application/http")

    def moment(self) -> datetime:
        """Return its WARC-Date; raises WarcError where it is none."""
        text = (self.get("WARC-Date") or "").strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise WarcError("record", f"its WARC-Date is {text!r}") from None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    def response(self) -> Response:
        """Return the HTTP response that it holds; raises WarcError where it holds none."""
        return parse_response(self.block or b"")

    def digests(self) -> list[bool]:
        """Return for each digest that can be checked whether it fits; of the payload of a revisit there is nothing."""
        block = self.block or b""
        found = [fits(self.get("WARC-Block-Digest") or "", block)]
        labelled = self.get("WARC-Payload-Digest")
        if labelled and self.kind in ("response", "resource", "conversion"):
            if self.kind == "response" and self.is_http:
                response = self.response()
                found.append(fits(labelled, response.raw))
                if not found[-1] and response.body is not response.raw:
                    found[-1] = fits(labelled, response.body)
            else:
                found.append(fits(labelled, block))
        return [one for one in found if one is not None]


def records(raw: IO[bytes], max_block_bytes: int = MAX_BLOCK_BYTES) -> Iterator[Record | Damage]:
    """Yield every record of a file that is open for reading, and damage where there should be one."""
    unpacker = Unpacker(raw)
    found: Record | Damage | None = None
    while True:
        try:
            if not unpacker.next_member():
                return
            for found in _member(unpacker, max_block_bytes):
                yield found
        except TornError as error:
            if not isinstance(found, Damage) or found.offset != unpacker.member_at:
                found = Damage(unpacker.member_at, str(error))
                yield found
            if unpacker.is_plain or not unpacker.resume():
                return


def read_record(path: Path, offset: int) -> Capture:
    """Return the capture whose record starts at `offset` of the file; its digests are checked.

    A revisit record gives a capture with an empty body. Raises WarcError when there is no such record.
    """
    hint = "run luutru verify"
    try:
        with path.open("rb") as file:
            file.seek(offset)
            unpacker = Unpacker(file, offset)
            found = next(_member(unpacker, MAX_BLOCK_BYTES), None) if unpacker.next_member() else None
    except (OSError, TornError) as error:
        raise WarcError(str(path), f"no readable record at offset {offset} ({error})", hint) from error
    if found is None:
        raise WarcError(str(path), f"no record at offset {offset}", hint)
    if isinstance(found, Damage):
        raise WarcError(str(path), f"no readable record at offset {offset} ({found.reason})", hint)
    try:
        if not all(found.digests()):
            raise WarcError("record", "it does not match its digest")
        return captured(found)
    except WarcError as error:
        raise WarcError(str(path), f"no readable record at offset {offset} ({error.reason})", hint) from error


def captured(record: Record) -> Capture:
    """Return a response, resource or revisit record as a capture; raises WarcError where it is none.

    A resource has no HTTP version, and counts as answered with 200; so does a revisit without an HTTP head, unless it
    says that it was not modified.
    """
    uri, at = record.target_uri, record.moment()
    address = record.get("WARC-IP-Address")
    if record.is_http and record.block:
        http = record.response()
        body = b"" if record.kind == "revisit" else http.body
        return Capture(uri, uri, at, http.status, http.reason, http.version, http.headers, body, ip_address=address)
    if record.kind == "revisit" and (record.get("WARC-Profile") or "").rstrip("/").endswith("server-not-modified"):
        told = ((name, record.get(f"WARC-{name}")) for name in ("Etag", "Last-Modified"))
        headers = tuple((name, value) for name, value in told if value)
        return Capture(uri, uri, at, 304, "Not Modified", "1.1", headers, b"", ip_address=address)
    content_type = record.get("Content-Type")
    headers = (("Content-Type", content_type),) if content_type and record.kind == "resource" else ()
    body = b"" if record.kind == "revisit" else record.block or b""
    return Capture(uri, uri, at, 200, "OK", "", headers, body, ip_address=address)


class _BrokenError(Exception):
    """A record that breaks the format; what follows it may be sound."""


def _member(unpacker: Unpacker, max_block_bytes: int) -> Iterator[Record | Damage]:
    """Yield the records of a member, of which there should be one; behind a broken one the next is searched."""
    while True:
        inside = unpacker.unpacked
        offset = unpacker.member_at + (inside if unpacker.is_plain else 0)
        try:
            parsed = _parse(unpacker, max_block_bytes)
        except _BrokenError as error:
            where = f"{inside} bytes into its unpacked content: " if inside and not unpacker.is_plain else ""
            yield Damage(offset, where + str(error))
            _search(unpacker)
            continue
        if parsed is None:
            return
        end = unpacker.member_at + unpacker.unpacked if unpacker.is_plain else unpacker.offset
        yield Record(offset, end - offset, *parsed)


def _parse(unpacker: Unpacker, most: int) -> tuple[tuple[tuple[str, str], ...], bytes | None] | None:
    """Return fields and block of the record that begins here, or None at the end of the member."""
    line = _first_line(unpacker)
    if not line:
        return None
    if not line.startswith(b"WARC/"):
        unpacker.put_back(line)
        raise _BrokenError("no record begins here")
    fields = _fields(unpacker)
    text = next((value for name, value in fields if name.lower() == "content-length"), "")
    if not (text.isascii() and text.isdigit()):
        raise _BrokenError(f"its Content-Length is {text!r}")
    size = int(text)
    if unpacker.is_plain and size > most and size > unpacker.left():
        raise _BrokenError(f"the file ends before its {size} bytes do")
    block = _block(unpacker, size, most)
    at = unpacker.unpacked
    following = _first_line(unpacker)
    is_ended = unpacker.unpacked - at > len(following)  # by an empty line, whatever comes behind it
    unpacker.put_back(following)
    if following and not is_ended and not following.startswith(b"WARC/"):
        if block is not None:
            unpacker.put_back(block)
        raise _BrokenError(f"its block does not end after {size} bytes")
    return fields, block


def _block(unpacker: Unpacker, size: int, most: int) -> bytes | None:
    if size <= most:
        block = unpacker.read(size)
        if len(block) < size:
            unpacker.put_back(block)
            raise _BrokenError(f"it ends after {len(block)} of its {size} bytes")
        return block
    left = size
    while left:
        read = len(unpacker.read(min(left, 1 << 20)))
        if not read:
            raise _BrokenError(f"it ends after {size - left} of its {size} bytes")
        left -= read
    return None


def _fields(unpacker: Unpacker) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    head = unpacker.read_head()
    try:
        lines = head.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        lines = head.decode("latin-1").split("\n")
    for text in lines:
        name, colon, value = text.partition(":")
        if text[:1] in (" ", "\t") and fields:  # folded
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {text.strip()}")
        elif colon:
            fields.append((name.strip(), value.strip()))
    return tuple(fields)


def _first_line(unpacker: Unpacker) -> bytes:
    """Return the next line that is not empty; an empty one at the end of the member."""
    while (line := unpacker.read_line()) in (b"\r\n", b"\n"):
        pass
    return line


def _search(unpacker: Unpacker) -> None:
    """Go to the next line of the member that begins a record, or to its end."""
    unpacker.read_line()
    while line := unpacker.read_line():
        if line.startswith((b"WARC/0.", b"WARC/1.")):
            unpacker.put_back(line)
            return
