"""The text of a PDF, by PDFium: the library that Chromium reads PDFs with, so it is fast and used to hostile files."""

from __future__ import annotations

import time

import pypdfium2

from archive.attachments.paragraphs import joined
from archive.errors import PageError
from archive.records import AttachmentText

__all__ = ["read_pdf"]

_MAX_PAGES = 3_000
_MAX_S = 5.0  # a batch of documents must not use up the time that its worker has
_MAX_CHARS = 2_000_000


def read_pdf(body: bytes, url: str) -> AttachmentText:
    """Return the text of a PDF, page after page, its lines joined to paragraphs.

    A scan has none, and the reason says so. Raises PageError where it is damaged or encrypted.
    """
    try:
        document = pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        reason = "encrypted" if "assword" in str(error) else f"a damaged PDF ({error})"
        raise PageError(url, reason, "it was kept, but not read") from error
    try:
        return _text(document)
    finally:
        document.close()


def _text(document: pypdfium2.PdfDocument) -> AttachmentText:
    count = len(document)
    until = time.monotonic() + _MAX_S
    texts: list[str] = []
    chars = broken = 0
    for number in range(min(count, _MAX_PAGES)):
        if time.monotonic() > until or chars > _MAX_CHARS:
            break
        try:
            text = _page_text(document, number)
        except pypdfium2.PdfiumError:
            broken += 1
            text = ""
        chars += len(text)
        texts.append(text)
    text = joined("\n".join(texts))
    return AttachmentText("pdf", text, count, _reason(count, len(texts), broken, has_text=bool(text.strip())))


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            # U+FFFE and U+0002 stand for a hyphen that ends a line; Vietnamese breaks no words.
            text: str = text_page.get_text_range()
            return text.replace("\ufffe", "-").replace("\x02", "-")
        finally:
            text_page.close()
    finally:
        page.close()


def _reason(count: int, read: int, broken: int, *, has_text: bool) -> str | None:
    if not count:
        return "it has no pages"
    if broken == read:
        return "none of its pages can be read"
    if not has_text and read == count:
        return "a scan: its pages are pictures without a text layer"
    if read < count:
        return f"only the first {read:,} of {count:,} pages were read"
    return f"{broken:,} of {count:,} pages cannot be read" if broken else None
