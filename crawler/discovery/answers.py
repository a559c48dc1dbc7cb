"""What a body is, and what the scripts of a page are answered with: HTML, bare or in JSON, and records as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from urllib.parse import parse_qsl

from crawler.discovery.anchors import Link
from crawler.discovery.kinds import LinkKind
from crawler.urls import canonical

__all__ = ["as_html", "further_pages", "is_html", "is_json"]

_ADDRESS_KEY = re.compile(r".*(?:url|link|href)\w*", re.IGNORECASE)
_TOTAL_KEY = re.compile(r"(?:total|max|num)_?pages?(?:_?(?:num|count|number))?|page_?(?:count|total)", re.IGNORECASE)
_PAGE_KEY = re.compile(r"(?!\w*(?:per|max|last|total))\w*?page_?(?:num|no|index|number)?", re.IGNORECASE)
_PAGES_MOST = 2_000

_HTML_TYPES = (
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "application/octet-stream",
    "application/xml",
    "text/xml",
)


def is_html(body: bytes, content_type: str | None) -> bool:
    """Tell whether the body is to be read as HTML: by its type, and by its beginning where servers lie."""
    declared = (content_type or "").partition(";")[0].strip().lower()
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    looks = start.startswith((b"<!doctype html", b"<html", b"<head", b"<!--", b"<body")) or b"<html" in start
    if declared in ("text/html", "application/xhtml+xml"):
        return not start.startswith(
            (b"%pdf-", b"pk\x03\x04", b"\xd0\xcf\x11\xe0", b"\x89png", b"gif8", b"\xff\xd8\xff")
        )
    return looks and (not declared or declared in _HTML_TYPES)


def is_json(body: bytes, content_type: str | None) -> bool:
    """Tell whether an answer is JSON, by its type and its beginning."""
    declared = (content_type or "").partition(";")[0].strip().lower()
    return declared in ("application/json", "text/json") and body.lstrip()[:1] in (b"{", b"[")


def as_html(body: bytes) -> bytes:
    """Return an answer as one page of HTML in UTF-8: the fragments that its JSON holds, and a link for each address.

    What is no JSON is returned as it is.
    """
    values = _read(body)
    if values is None:
        return body
    found = "\n".join(_markup(values, ""))
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{found}</body></html>'.encode(
        "utf-8", "replace"
    )


def further_pages(body: bytes, url: str) -> list[Link]:
    """Return the addresses of the pages behind a list that came as JSON, as far as it says how many there are.

    The first page leads to all, every other one to the next.
    """
    values = _read(body)
    total = next((value for key, value in values.items() if _TOTAL_KEY.fullmatch(key)), 0) if values else 0
    path, _, query = url.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    turned = [key for key, value in pairs if _PAGE_KEY.fullmatch(key) and value.isdigit()]
    if not turned or not isinstance(total, int):
        return []
    number = int(dict(pairs)[turned[0]])
    written = re.compile(rf"(?<![^&]){re.escape(turned[0])}=\d+")
    last = min(total, _PAGES_MOST) if number <= 1 else min(total, number + 1)
    found = (
        canonical(f"{path}?{written.sub(f'{turned[0]}={further}', query)}") for further in range(number + 1, last + 1)
    )
    return [Link(address, LinkKind.PAGINATION) for address in found if address]


def _read(body: bytes) -> dict[str, object] | None:
    """Return a JSON answer as an object; None for anything else."""
    if body.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else {"": values}


def _markup(value: object, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _markup(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _markup(inner, key)
    elif isinstance(value, str):
        text = value.strip()
        if text[:1] in ("{", "[") and (inner_values := _read(text.encode("utf-8", "replace"))) is not None:
            yield from _markup(inner_values, key)
        elif "<" in text and "href" in text.lower():
            yield text
        elif _ADDRESS_KEY.fullmatch(key) and "/" in text and " " not in text and "<" not in text:
            yield f'<p><a href="{escape(text)}">{escape(text)}</a></p>'
