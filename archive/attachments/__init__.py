"""Documents that portals publish beside their pages: which format they are in, and what they say.

`read` runs in a worker process: a document that makes a library loop or crash costs its worker and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable

from archive.attachments.confine import confined
from archive.attachments.sniff import sniff
from archive.errors import PageError
from archive.extract.legacy import is_suspicious, repair
from archive.records import AttachmentText
from archive.text import normalise

__all__ = ["MAX_CHARS", "read"]

MAX_CHARS = 600_000  # a code of law has 400,000; what is behind them is not searched
MAX_BYTES = 50 * 1024 * 1024
_Reader = Callable[[bytes, str], AttachmentText]


def read(body: bytes, url: str, content_type: str | None = None) -> AttachmentText | None:
    """Return what the document `body` says, or None for what is no document (an image, an archive of files).

    Of formats that are not read only the format is told, with the reason. Raises PageError for a document that is
    damaged, encrypted, or unpacks to more than it should.
    """
    format_ = sniff(body, url, content_type)
    if format_ is None:
        return None
    reader = _reader(format_)
    if reader is None:
        return AttachmentText(format_, reason=f"the text of {format_} files is not read")
    if len(body) > MAX_BYTES:
        raise PageError(url, f"{len(body):,} bytes, more than {MAX_BYTES:,}", "it was kept, but not read")
    with confined():
        found = reader(body, url)
    text, reason = normalise(_repaired(found.text)), found.reason
    if len(text) > MAX_CHARS:
        text, reason = text[:MAX_CHARS], f"only the first {MAX_CHARS:,} characters were read"
    return AttachmentText(format_, text, found.pages, reason or (None if text else "it holds no text"))


def _repaired(text: str) -> str:
    """Return the text with what is in TCVN3, VNI and the like converted, on the evidence that pages need as well."""
    return repair(f">{text}")[1:] if is_suspicious(text) else text  # as if it followed a tag


def _reader(format_: str) -> _Reader | None:
    """Return the function that reads a format. The libraries are imported when the first such document comes."""
    if format_ == "pdf":
        from archive.attachments.pdf import read_pdf

        return read_pdf
    if format_ == "docx":
        from archive.attachments.docx import read_docx

        return read_docx
    if format_ in ("xls", "xlsx"):
        from archive.attachments.sheets import read_sheets

        return read_sheets
    return None
