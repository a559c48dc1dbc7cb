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
    """Return what is stripped from a captured page by today's rules and what is known of its portal, in its order.

    Raises WarcError and PageError.
    """
    # Imported here: extraction is much to load, and who shows an article may never ask what is not in it.
    from archive.chrome import Learned
    from archive.chrome.memory import learned_of
    from archive.extract import extract, parse

    query = "SELECT portal FROM captures JOIN pages ON pages.id = page_id WHERE captures.id = ?"
    (portal,) = archive.db.execute(query, [source.capture_id]).fetchone()
    capture = as_analysed(archive, source.capture_id)
    page = parse(decoded_body(capture), capture.responded_url, capture.header("Content-Type"))
    learned = Learned.decode(learned_of(archive.db, portal))
    return extract(page, captured_at=datetime.fromisoformat(source.captured_at), learned=learned).removed
