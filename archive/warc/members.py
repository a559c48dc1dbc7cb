"""The unpacked bytes of a file, member by member: gzip members, zstd frames, or the one "member" of a plain file."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import IO, Protocol

from isal import igzip_lib

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdDict, ZstdError, decompress
else:
    from backports.zstd import ZstdDecompressor, ZstdDict, ZstdError, decompress

__all__ = ["TornError", "Unpacker"]

_PIECE = 1 << 17
_GZIP = b"\x1f\x8b\x08"
_ZSTD = b"\x28\xb5\x2f\xfd"
_SKIPPABLE = bytes(range(0x50, 0x60)), b"\x2a\x4d\x18"  # first byte, and the other three (little-endian)
_DICTIONARY = b"\x5d\x2a\x4d\x18"  # the skippable frame that holds the dictionary of all frames after it
_DICTIONARY_MOST = 16 << 20
_LINE_MOST = 1 << 16
_LINES_MOST = 500
_PROBE = 4096
_IsalError: type[Exception] = igzip_lib.IsalError  # type: ignore[assignment]  # its stub says that it is an instance
_UNREADABLE = (_IsalError, ZstdError, ValueError, EOFError, OSError)


class TornError(Exception):
    """The file ends inside a member, or the member is damaged."""


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Plain:
    """A decoder that leaves bytes as they are, and whose member never ends."""

    eof, needs_input, unused_data = False, True, b""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return data


class Unpacker:
    """Reads a file of any of the three forms; `next_member` goes to the next member, `read` stays inside it.

    `member_at` is the offset at which the current member begins, `offset` that of the next byte to be unpacked.
    """

    def __init__(self, raw: IO[bytes], at: int = 0) -> None:
        self._raw = raw
        self._packed, self._packed_at = b"", at  # read and not yet unpacked, and where that begins in the file
        self._bytes, self._at = b"", 0  # unpacked, and how much of it has been read
        self._decoder: _Decoder | None = None
        self._dictionary: ZstdDict | None = None
        self.member_at = at
        self.unpacked = 0  # bytes of this member that have been read
        self._more(8)
        self._is_zstd = self._packed.startswith(_ZSTD) or self._is_skippable()
        self.is_plain = not self._is_zstd and not self._packed.startswith(_GZIP)

    @property
    def offset(self) -> int:
        """Where the member that was read to its end has ended."""
        return self._packed_at

    def left(self) -> int:
        """Return how many bytes of a plain file are left to be read."""
        here = self._raw.tell()
        size = self._raw.seek(0, os.SEEK_END)
        self._raw.seek(here)
        return size - here + len(self._packed) + len(self._bytes) - self._at

    def next_member(self) -> bool:
        """Go to the next member, leaving out what is left of this one; return whether there is one.

        Raises TornError where this one is damaged.
        """
        while self.read(_PIECE):
            pass
        if self._decoder is not None and self.is_plain:
            return False
        while self._is_skippable():
            self._skip_frame()
        self.member_at, self.unpacked, self._decoder = self._packed_at, 0, None
        if not self._more(1):
            return False
        self._decoder = self._new_decoder()
        return True

    def resume(self) -> bool:
        """Go to the next place behind a damaged member where one that can be read begins; False where there is none."""
        magic = _ZSTD if self._is_zstd else _GZIP
        self._bytes, self._at = b"", 0
        with suppress(Exception):  # a zip reader reads from its beginning, and may raise as in `_more`
            self._raw.seek(self.member_at + 1)
        self._packed, self._packed_at = b"", self.member_at + 1
        while True:
            found = self._packed.find(magic)
            keep = found if found >= 0 else max(0, len(self._packed) - len(magic) + 1)
            self._packed, self._packed_at = self._packed[keep:], self._packed_at + keep
            if found < 0:
                if not self._more(len(self._packed) + 1):
                    return False
                continue
            if self._begins_record():
                self._decoder = None
                return True
            self._packed, self._packed_at = self._packed[1:], self._packed_at + 1

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes of the current member; fewer only at its end. Raises TornError."""
        parts, missing = [], size
        while missing > 0 and (self._at < len(self._bytes) or self._fill()):
            part = self._bytes[self._at : self._at + missing]
            self._at += len(part)
            missing -= len(part)
            parts.append(part)
        self.unpacked += size - missing
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def read_line(self) -> bytes:
        """Return the next line with its end, at most 64 KB of it; empty at the end of the member. Raises TornError."""
        end = self._bytes.find(b"\n", self._at)
        while end < 0 and len(self._bytes) - self._at < _LINE_MOST:
            before, self._at = self._bytes[self._at :], 0
            self._bytes = b""
            going_on = self._fill()
            self._bytes = before + self._bytes
            if not going_on:
                break
            end = self._bytes.find(b"\n", len(before))
        return self.read((end + 1 if end >= 0 else len(self._bytes)) - self._at)

    def read_head(self) -> bytes:
        """Return the lines up to an empty one, and go behind it. Raises TornError."""
        end = self._bytes.find(b"\r\n\r\n", self._at)
        if end >= 0 and self._bytes.find(b"\n\n", self._at, end) < 0:
            return self.read(end + 4 - self._at)[:-4]
        lines: list[bytes] = []
        while (line := self.read_line().rstrip(b"\r\n")) and len(lines) < _LINES_MOST:
            lines.append(line)
        return b"\n".join(lines)

    def put_back(self, data: bytes) -> None:
        """Let the bytes that were read last be read again."""
        self._bytes, self._at = data + self._bytes[self._at :], 0
        self.unpacked -= len(data)

    def _fill(self) -> bool:
        """Unpack the next piece of the member; return whether there was one."""
        decoder = self._decoder
        self._bytes, self._at = b"", 0
        is_over = decoder is None or decoder.eof
        while decoder is not None and not is_over and not self._bytes:
            if decoder.needs_input and not self._packed and not self._more(1):
                if self.is_plain:
                    return False
                raise TornError("the file ends inside it")
            packed, self._packed = self._packed, b""
            self._packed_at += len(packed)
            try:
                self._bytes = decoder.decompress(packed, _PIECE)
            except _UNREADABLE as error:
                raise TornError(f"it cannot be unpacked ({_words(error)})") from error
            is_over = decoder.eof
            if is_over:
                self._packed = decoder.unused_data
                self._packed_at -= len(self._packed)
            elif not self._bytes and not packed and not decoder.needs_input and not self._more(1):
                raise TornError("the file ends inside it")
        return bool(self._bytes)

    def _more(self, size: int) -> bool:
        """Read until `size` packed bytes are there; return whether they are."""
        while len(self._packed) < size:
            try:
                read = self._raw.read(_PIECE)
            except Exception as error:  # a zip reader may raise anything of zlib's, its own, or of the file
                raise TornError(f"it cannot be read ({_words(error)})") from error
            if not read:
                return False
            self._packed += read
        return True

    def _new_decoder(self) -> _Decoder:
        if self.is_plain:
            return _Plain()
        if self._is_zstd:
            return ZstdDecompressor(zstd_dict=self._dictionary)
        return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)

    def _begins_record(self) -> bool:
        """Return whether what begins here unpacks to the first letters of a record."""
        self._more(_PROBE)
        try:
            return self._new_decoder().decompress(self._packed[:_PROBE], 16).lstrip().startswith(b"WARC/")
        except _UNREADABLE:
            return False

    def _is_skippable(self) -> bool:
        first, rest = _SKIPPABLE
        return self._more(8) and self._packed[0] in first and self._packed[1:4] == rest

    def _skip_frame(self) -> None:
        """Leave a skippable zstd frame out; one that holds the dictionary is kept, unpacked where it is packed."""
        size = int.from_bytes(self._packed[4:8], "little")
        if self._packed[:4] == _DICTIONARY and size <= _DICTIONARY_MOST and self._more(8 + size):
            content = self._packed[8 : 8 + size]
            try:
                self._dictionary = ZstdDict(decompress(content) if content.startswith(_ZSTD) else content)
            except (ZstdError, ValueError) as error:
                raise TornError(f"its dictionary cannot be read ({_words(error)})") from error
        left = 8 + size
        while left:
            if not self._more(1):
                raise TornError("the file ends inside it")
            cut = min(left, len(self._packed))
            self._packed, self._packed_at, left = self._packed[cut:], self._packed_at + cut, left - cut


def _words(error: Exception) -> str:
    return str(error).strip().rstrip(".") or type(error).__name__
