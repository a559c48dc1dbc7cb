"""Which format a document is in: by its first bytes, since names and headers lie."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import unquote, urlsplit

from archive.errors import PageError

__all__ = ["sniff"]

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The parts that tell what a zip file is.
_PARTS = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("ppt/presentation.xml", "pptx"),
)
# Streams of the older formats; their names stand in the file as UTF-16.
_STREAMS = (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt"))
_OPEN_DOCUMENT = re.compile(rb"mimetypeapplication/vnd\.oasis\.opendocument\.(text|spreadsheet|presentation)")
_OPEN_DOCUMENTS = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
# Without marks of their own.
_BY_NAME = re.compile(r"\.(csv|txt|epub)$", re.IGNORECASE)
_HEAD_BYTES = 1024


def sniff(body: bytes, url: str, content_type: str | None = None) -> str | None:
    """Return the format as an extension ("pdf"), or None where it is no document.

    Raises PageError for what calls itself a document of a known kind and is empty, encrypted or cut off.
    """
    head = body[:_HEAD_BYTES]
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _sniff_zip(body, url)
    if head.startswith(_OLE2):
        return _sniff_ole2(body, url)
    if head.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if _says_document(url, content_type):
        raise PageError(url, "it is called a document and is none", "it was kept, but not read")
    match = _BY_NAME.search(unquote(urlsplit(url).path))
    return match[1].lower() if match else None


def _sniff_zip(body: bytes, url: str) -> str | None:
    if match := _OPEN_DOCUMENT.search(body[:_HEAD_BYTES]):
        return _OPEN_DOCUMENTS[match[1]]
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as file:
            names = set(file.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise PageError(url, f"a damaged file ({error})", "it was kept, but not read") from error
    return next((format_ for part, format_ in _PARTS if part in names), None)


def _sniff_ole2(body: bytes, url: str) -> str | None:
    if "EncryptedPackage".encode("utf-16-le") in body:
        raise PageError(url, "encrypted", "it was kept, but not read")
    return next((format_ for name, format_ in _STREAMS if f"{name}\0".encode("utf-16-le") in body), None)


_NAMED = re.compile(r"\.(?:pdf|docx?|xlsx?)$", re.IGNORECASE)
_TYPES = ("application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.openxmlformats")


def _says_document(url: str, content_type: str | None) -> bool:
    return bool(_NAMED.search(urlsplit(url).path)) or (content_type or "").strip().lower().startswith(_TYPES)
