"""Articles as the archive holds them: the rows of the view `articles` as typed records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date

from archive.filters import Scope

__all__ = ["StoredArticle", "article", "articles"]


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article page as it stands now; what the page does not say is None.

    `id`: its public id. `province`: by the name that it had on the day of publication, or else of capture. `text`: lead
    and body once, a paragraph a line. `published_at`: ISO 8601 at the precision that the page prints. `captured_at`:
    when this `revision` was first captured, UTC. `cluster_id`: id of the article that stands for all copies of the
    text. `warc_file`, `warc_offset`: where the record of the capture stands.
    """

    id: str
    url: str
    portal: str
    province: str | None
    title: str
    lead: str | None
    text: str
    author: str | None
    source: str | None
    category: str | None
    language: str | None
    published_at: str | None
    captured_at: str
    revision: int
    document_id: int
    cluster_id: str
    is_representative: bool
    syllables: int
    http_status: int
    warc_file: str
    warc_offset: int
    text_digest: str
    captions: tuple[str, ...]
    extractor: str
    visible_chars: int
    first_captured_at: str
    last_captured_at: str
    gone_at: str | None
    page_id: int

    @property
    def published_on(self) -> date | None:
        """The day of publication."""
        return date.fromisoformat(self.published_at[:10]) if self.published_at else None


_NAMES = tuple(field.name for field in fields(StoredArticle))
_COLUMNS = ", ".join(f"articles.{name}" for name in _NAMES)


def article(db: sqlite3.Connection, page_id: int) -> StoredArticle | None:
    """Return the article on a page, None where the page is no article."""
    row = db.execute(f"SELECT {_COLUMNS} FROM articles WHERE page_id = ?", [page_id]).fetchone()
    return None if row is None else _record(row)


def articles(db: sqlite3.Connection, scope: Scope | None = None, *, copies: bool = True) -> Iterator[StoredArticle]:
    """Yield the articles of a scope in the order in which the archive met them; without `copies` one of each cluster.

    Without `copies` an article is left out that does not represent its cluster, whether or not the scope has the one
    that does.
    """
    condition, parameters = (scope or Scope()).condition()
    ids = db.execute(
        f"""SELECT pages.id FROM pages JOIN revisions ON revisions.id = pages.revision_id
        WHERE {condition} ORDER BY pages.id""",
        parameters,
    )
    for (page_id,) in ids:
        found = article(db, page_id)
        if found is not None and (copies or found.is_representative):
            yield found


def _record(row: sqlite3.Row | tuple[object, ...]) -> StoredArticle:
    values = dict(zip(_NAMES, row, strict=True))
    values["captions"] = tuple(json.loads(str(values["captions"])))
    values["is_representative"] = bool(values["is_representative"])
    return StoredArticle(**values)
