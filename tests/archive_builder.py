"""Archives for tests, made through the store's own writer: real WARC files, real SQLite, known articles."""

from __future__ import annotations

import hashlib
import html
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from archive import duplicates
from archive.records import Article, Attachment, AttachmentText, Capture, Extraction, PageKind, Removal
from archive.store import Archive
from archive.store.pages import Page, record_capture, record_extraction, record_kind, register_portal
from archive.store.writer import Transaction, Writer
from archive.warc import payload_digest

START = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def page_key(url: str) -> int:
    """Return a signed 64-bit key of a URL."""
    return int.from_bytes(hashlib.blake2b(url.encode(), digest_size=8).digest(), "big", signed=True)


def page_id(url: str) -> str:
    """Return the public id of the page at a URL."""
    return f"{page_key(url) & (1 << 64) - 1:016x}"


class ArchiveBuilder:
    """Fills an archive; each capture is a minute later than the one before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._archive = Archive.open(path, write=True)
        self._writer = Writer(self._archive)
        self._clock = START

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        self._archive.close()

    def portal(self, name: str, before: str | None = None, after: str | None = None) -> None:
        """Register a portal whose id is the host's first label."""
        host = f"{name}.gov.vn"
        self._writer.submit(
            lambda transaction: register_portal(
                transaction.db,
                name,
                name=f"Cổng {name}",
                url=f"https://{host}/",
                hosts=[host],
                provinces=(before, after),
                now=START,
            )
        ).result()

    def article(
        self,
        url: str,
        title: str,
        text: str,
        *,
        body: bytes | None = None,
        removed: Sequence[Removal] = (),
        visible_chars: int = 0,
        attachments: Sequence[tuple[str, str]] = (),
        **fields: str | tuple[str, ...] | None,
    ) -> str:
        """Capture a page that is this article; return its id. `attachments`: address and name of each."""
        article = Article(title=title, text=text, language="vi", extractor="test/1", **fields)  # type: ignore[arg-type]
        linked = tuple(Attachment(address, name, page_key(address)) for address, name in attachments)
        extraction = Extraction(
            PageKind.ARTICLE, article, tuple(removed), visible_chars or 2 * len(text), attachments=linked
        )
        fingerprint = duplicates.fingerprint(text)
        capture = self._capture(url, body if body is not None else _html(title, text))

        def store(transaction: Transaction) -> None:
            ref = record_capture(transaction, _page(capture), capture, payload_digest(capture.body))
            record_extraction(transaction.db, ref, extraction, fingerprint)

        self._writer.submit(store).result()
        return page_id(url)

    def file(self, url: str, text: AttachmentText) -> None:
        """Capture a file that articles link to."""
        capture = self._capture(url, b"%PDF-1.4 not read here")

        def store(transaction: Transaction) -> None:
            ref = record_capture(transaction, _page(capture), capture, payload_digest(capture.body))
            record_extraction(transaction.db, ref, Extraction(PageKind.ATTACHMENT, attachment=text), None)

        self._writer.submit(store).result()

    def other(self, url: str, kind: PageKind, reason: str = "") -> None:
        """Capture a page that is no article."""
        capture = self._capture(url, b"<html><body><ul><li>1</li></ul></body></html>")

        def store(transaction: Transaction) -> None:
            ref = record_capture(transaction, _page(capture), capture, payload_digest(capture.body))
            record_kind(transaction.db, ref, kind, reason)

        self._writer.submit(store).result()

    def _capture(self, url: str, body: bytes) -> Capture:
        self._clock += timedelta(minutes=1)
        return Capture(
            requested_url=url,
            responded_url=url,
            captured_at=self._clock,
            http_status=200,
            http_reason="OK",
            http_version="1.1",
            headers=(("Content-Type", "text/html; charset=utf-8"),),
            body=body,
        )


def _page(capture: Capture) -> Page:
    url = capture.requested_url
    return Page(page_key(url), url, portal=url.split("//")[1].split(".")[0])


def _html(title: str, text: str) -> bytes:
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())
    return f"<!DOCTYPE html><title>{html.escape(title)}</title><article>{paragraphs}</article>".encode()
