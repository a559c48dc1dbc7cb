"""The text of spreadsheets, by calamine: one small library for the old binary format and the new one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook

from archive.errors import PageError
from archive.records import AttachmentText

__all__ = ["read_sheets"]

_MAX_UNPACKED_BYTES = 200_000_000
_MAX_CHARS = 2_000_000
_Cell = int | float | str | bool | time | date | datetime | timedelta


def read_sheets(body: bytes, url: str) -> AttachmentText:
    """Return the text of the sheets, a row a line with ` | ` between its cells.

    Raises PageError where it is damaged, encrypted or unpacks to more than it should.
    """
    if body.startswith(b"PK") and (unpacked := _unpacked_bytes(body)) > _MAX_UNPACKED_BYTES:
        raise PageError(url, f"unpacks to {unpacked:,} bytes, more than {_MAX_UNPACKED_BYTES:,}", "it was not read")
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(body))
        lines, chars = [], 0
        for line in _lines(workbook):
            lines.append(line)
            chars += len(line)
            if chars > _MAX_CHARS:
                break
    except (CalamineError, OSError, ValueError) as error:
        is_encrypted = "assword" in str(error)
        reason = "encrypted" if is_encrypted else f"a damaged file ({error})"
        raise PageError(url, reason, "it was kept, but not read") from error
    return AttachmentText("xlsx", "\n".join(lines))


def _unpacked_bytes(body: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        return sum(info.file_size for info in file.infolist())


def _lines(workbook: CalamineWorkbook) -> Iterator[str]:
    for name in workbook.sheet_names:
        for row in workbook.get_sheet_by_name(name).iter_rows():
            cells = [" ".join(_text(cell).split()) for cell in row]
            if line := " | ".join(cell for cell in cells if cell):
                yield line


def _text(cell: _Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)
