"""The page as it was captured: to be looked at in a sandbox, or to be taken away as the bytes that came."""

from __future__ import annotations

import re

from lxml import etree, html
from lxml_html_clean import Cleaner

from archive.article_view import find_page, view_article
from archive.attachment_view import is_file, view_file
from archive.content import decoded_body
from archive.store.renderings import as_analysed
from archive.web.security import CAPTURED_POLICY
from archive.web.visit import Body, Visit

__all__ = ["captured", "raw"]

# Beside what the sandbox forbids: what asks for an address although nothing may be loaded (rel=preconnect, refresh).
_CLEANER = Cleaner(
    scripts=True,
    javascript=True,
    comments=False,
    style=False,
    inline_style=False,
    links=True,
    meta=True,
    page_structure=False,
    processing_instructions=True,
    embedded=True,
    frames=True,
    forms=False,
    annoying_tags=False,
    remove_unknown_tags=False,
    safe_attrs_only=False,
    kill_tags=("base",),
)
_EMPTY = b"<!DOCTYPE html><title></title>"
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def captured(visit: Visit) -> Body:
    """Return the captured page of an article for the sandbox: its own styles, no scripts, nothing from the network."""
    from archive.extract.charset import decode

    found = view_article(visit.db, find_page(visit.db, visit.path["id"]))
    capture = as_analysed(visit.archive, found.source.capture_id)
    text, _ = decode(decoded_body(capture), capture.header("Content-Type"))
    return Body(_cleaned(text), "text/html; charset=utf-8", {"Content-Security-Policy": CAPTURED_POLICY})


def raw(visit: Visit) -> Body:
    """Return the captured bytes of an article's page, or of a file, to be saved."""
    page_id = find_page(visit.db, visit.path["id"], or_file=True)
    if is_file(visit.db, page_id):
        found = view_file(visit.db, page_id)
        capture_id, name = found.capture_id, f"{found.id}-{found.name}"[:120]
        name = name if name.lower().endswith(f".{found.format}") else f"{name}.{found.format}"
    else:
        capture_id, name = view_article(visit.db, page_id).source.capture_id, f"{visit.path['id']}.html"
    body = decoded_body(visit.archive.read_capture(capture_id))
    disposition = f'attachment; filename="{_NAME.sub("_", name)}"'
    return Body(body, "application/octet-stream", {"Content-Disposition": disposition})


def _cleaned(text: str) -> bytes:
    try:
        tree = html.document_fromstring(text.replace("\x00", "").encode("utf-8", "replace"), _utf8())
    except (etree.ParserError, ValueError):
        return _EMPTY
    _CLEANER(tree)
    cleaned: bytes = html.tostring(tree, encoding="utf-8", doctype="<!DOCTYPE html>")
    return cleaned


def _utf8() -> html.HTMLParser:
    return html.HTMLParser(encoding="utf-8", huge_tree=True)
