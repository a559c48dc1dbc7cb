"""luutru extract"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.command import Command
from archive.errors import NotFound, PageError

if TYPE_CHECKING:
    from archive.extract.page import Page

__all__ = ["extract"]

_MAX_FILE_BYTES = 50 * 1024 * 1024


@click.command(
    cls=Command,
    examples=(
        "luutru extract page.html --url https://www.example.gov.vn/tin-tuc/ke-hoach-123.html",
        "curl -s https://www.example.gov.vn/tin-tuc/ke-hoach-123.html | luutru extract -",
    ),
)
@click.argument("file", metavar="FILE|-", type=click.Path(path_type=Path, allow_dash=True))
@click.option("--url", help="Address of the page; otherwise the one that it names as its own.")
def extract(file: Path, url: str | None) -> None:
    """Turn one saved page into one JSON article, without an archive.

    A page that is no article (a listing, a contact form) has its kind and the reason instead of a text.
    """
    from archive.cli.output import write_json

    name = "standard input" if str(file) == "-" else str(file)
    body = _read(file, name)
    write_json(_article(body, name, url))


def _read(file: Path, name: str) -> bytes:
    """Return the bytes of an HTML file. Raises NotFound and PageError."""
    try:
        if str(file) == "-":
            body = sys.stdin.buffer.read(_MAX_FILE_BYTES + 1)
        else:
            with file.open("rb") as stream:
                body = stream.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound(name, "there is no such file", "name a saved HTML page, or - for standard input") from error
    except IsADirectoryError as error:
        raise PageError(name, "this is a folder", "name one saved HTML page") from error
    except OSError as error:
        raise PageError(name, f"it cannot be read ({error.strerror})", "check its rights") from error
    if len(body) > _MAX_FILE_BYTES:
        raise PageError(name, f"it is larger than {_MAX_FILE_BYTES >> 20} MiB", "name one saved HTML page")
    if not body.strip():
        raise PageError(name, "it is empty", "name a saved HTML page")
    if _is_binary(body):
        raise PageError(name, "this is no HTML page but binary data", "name a saved HTML page")
    return body


def _is_binary(body: bytes) -> bool:
    """Return whether the bytes can be no text: NUL bytes without the mark of UTF-16, or a known magic number."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    return body.startswith((b"%PDF", b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")) or b"\0" in body[:4096]


def _own_url(page: Page) -> str | None:
    """Return the absolute address that a page names as its own: `<link rel=canonical>`, or else `og:url`."""
    for element, name in (
        *((link, "href") for link in page.tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split()),
        *((meta, "content") for meta in page.tree.iter("meta") if meta.get("property") == "og:url"),
    ):
        url = (element.get(name) or "").strip()
        if url.startswith(("http://", "https://")):
            return url
    return None


def _article(body: bytes, name: str, url: str | None) -> dict[str, Any]:
    from archive import duplicates
    from archive.extract import extract as extract_page
    from archive.extract import parse

    try:
        page = parse(body, url or "")
        if not url and (url := _own_url(page)):
            page = parse(body, url)
        extraction = extract_page(page, captured_at=datetime.now(UTC))
    except PageError as error:
        raise PageError(name, error.reason, error.hint) from error
    article = extraction.article
    head: dict[str, Any] = {"url": url or None, "kind": extraction.kind, "reason": extraction.reason or None}
    counts = {"visible_chars": extraction.visible_chars, "removed": dict(extraction.removed_by_reason())}
    if article is None:
        return head | counts
    fingerprint = duplicates.fingerprint(article.text)
    return {
        **head,
        "title": article.title,
        "lead": article.lead,
        "text": article.text,
        "author": article.author,
        "source": article.source,
        "category": article.category,
        "language": article.language,
        "published_at": article.published_at,
        "captions": article.captions,
        "text_digest": fingerprint.digest,
        "syllables": fingerprint.syllables,
        "extractor": article.extractor,
        **counts,
    }
