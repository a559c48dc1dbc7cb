"""What was left out of an article: told by extracting it again, since storing it would store the chrome."""

from __future__ import annotations

from datetime import datetime

from archive.article_view import Source
from archive.content import decoded_body
from archive.records import Removal
from archive.store import Archive
from archive.store.renderings import as_analysed

__all__ = ["removed_from"]


def removed_from(archive: Archive, source: Source) -> tuple[Removal, ...]:
    """Return what today's rules strip from a captured page, in its order. Raises WarcError and PageError."""
    # Imported here: extraction is much to load, and who shows an article may never ask what is not in it.
    from archive.extract import extract, parse

    capture = as_analysed(archive, source.capture_id)
    page = parse(decoded_body(capture), capture.responded_url, capture.header("Content-Type"))
    return extract(page, captured_at=datetime.fromisoformat(source.captured_at)).removed
