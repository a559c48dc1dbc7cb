"""All that the archive knows of one article: its text and fields, where it was captured, its copies, its history."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from urllib.parse import urlsplit

from archive.articles import StoredArticle, article
from archive.attachment_view import AttachmentView, attachments_of, is_file
from archive.errors import NotFound

__all__ = [
    "ArticleView",
    "Change",
    "Changes",
    "Related",
    "Revision",
    "Source",
    "changes",
    "find_page",
    "history",
    "view_article",
    "word_diff",
]

_SHORTEST_PREFIX = 4
_MOST_PAIRS = 1_000_000  # pairs of equal words that a comparison looks at, some tenths of a second
_REVISION_FIELDS = ("title", "lead", "author", "source", "category", "published_at")


@dataclass(frozen=True, slots=True)
class Source:
    """A capture and where its record stands; `rendered_at` is when a browser ran its scripts, if one did."""

    capture_id: int
    requested_url: str
    responded_url: str
    captured_at: str
    http_status: int
    payload_digest: str
    record_type: str
    warc_file: str
    warc_offset: int
    rendered_at: str | None


@dataclass(frozen=True, slots=True)
class Related:
    """Another article and what it is to this one.

    `kind`: exact, near, contained, series, or None where both are in a cluster through a third; then without score.
    `differs` is told from the one that represents their cluster, else from the one published first.
    """

    id: str
    url: str
    portal: str
    title: str
    published_at: str | None
    is_representative: bool
    kind: str | None
    score: float | None
    differs: str | None


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of an article in time; `fields` are title, lead, author, source, category and published_at."""

    number: int
    fields: Mapping[str, str | None]
    text: str
    text_digest: str
    syllables: int
    extractor: str
    source: Source


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with where it was captured, how often, the files that it links to, its copies and notice series.

    `source`: the capture that the current revision was first seen in.
    """

    article: StoredArticle
    source: Source
    captures: int
    attachments: tuple[AttachmentView, ...]
    copies: tuple[Related, ...]
    series: tuple[Related, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A run of words that was replaced: `before` or `after` is empty where words were added or left out.

    A run that stayed has the same text in both.
    """

    before: str
    after: str

    @property
    def is_same(self) -> bool:
        """Whether nothing changed here."""
        return self.before == self.after


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one revision to the next: fields with both values, and the text as runs of words."""

    old: Revision
    new: Revision
    fields: Mapping[str, tuple[str | None, str | None]]
    words: tuple[Change, ...]


def find_page(db: sqlite3.Connection, name: str, *, or_file: bool = False) -> int:
    """Return the page id of the article with the id (or the beginning of an id) or the URL `name`.

    With `or_file` it may be a file that articles link to. Raises NotFound, which lists the candidates where the
    beginning fits several.
    """
    name = name.strip()
    is_id = re.fullmatch(rf"[0-9a-f]{{{_SHORTEST_PREFIX},16}}", name.lower())
    rows = _pages_by_prefix(db, name.lower()) if is_id else _pages_by_url(db, name)
    if not rows:
        hint = "an id is 16 hexadecimal digits or at least the first 4; luutru search finds it"
        raise NotFound(name, "the archive has no page with this id or URL", hint)
    articles = [row for row in rows if row["revision_id"] is not None or (or_file and is_file(db, row["id"]))]
    if is_id and len(rows) > 1 and len(articles) != 1:
        ids = ", ".join(f"{row['key'] & (1 << 64) - 1:016x}" for row in rows[:8])
        raise NotFound(
            name, f"{'at least ' if len(rows) > 8 else ''}{min(len(rows), 8)} ids begin so", f"name one of {ids}"
        )
    if not articles:
        kind = rows[0]["kind"] or "not analysed yet"
        raise NotFound(name, f"the page is no article ({kind})", "only articles can be shown")
    return int(articles[0]["id"])


def view_article(db: sqlite3.Connection, page_id: int) -> ArticleView:
    """Return the current state of an article page with its surroundings."""
    found = article(db, page_id)
    if found is None:
        raise NotFound(f"page {page_id}", "the archive has no such article", "luutru search finds those it has")
    source = db.execute(
        f"{_SOURCES} WHERE captures.id = (SELECT capture_id FROM revisions WHERE id = "
        "(SELECT revision_id FROM pages WHERE id = ?))",
        [page_id],
    ).fetchone()
    captures = db.execute("SELECT count(*) FROM captures WHERE page_id = ?", [page_id]).fetchone()[0]
    related = _related(db, found)
    return ArticleView(
        article=found,
        source=Source(**dict(source)),
        captures=captures,
        attachments=attachments_of(db, page_id),
        copies=tuple(other for other in related if other.kind != "series"),
        series=tuple(other for other in related if other.kind == "series"),
    )


def history(db: sqlite3.Connection, page_id: int) -> list[Revision]:
    """Return the revisions of a page, the first one first."""
    rows = db.execute(
        """SELECT revisions.*, documents.text, documents.digest, documents.syllables FROM revisions
        JOIN documents ON documents.id = revisions.document_id WHERE page_id = ? ORDER BY number""",
        [page_id],
    ).fetchall()
    return [
        Revision(
            number=row["number"],
            fields={name: row[name] for name in _REVISION_FIELDS},
            text=row["text"],
            text_digest=row["digest"],
            syllables=row["syllables"],
            extractor=row["extractor"],
            source=Source(**dict(db.execute(f"{_SOURCES} WHERE captures.id = ?", [row["capture_id"]]).fetchone())),
        )
        for row in rows
    ]


def changes(old: Revision, new: Revision) -> Changes:
    """Return what changed from one revision to another."""
    fields = {name: (old.fields[name], value) for name, value in new.fields.items() if value != old.fields[name]}
    return Changes(old, new, fields, tuple(word_diff(old.text, new.text)))


def word_diff(before: str, after: str) -> Iterator[Change]:
    """Yield the runs of words that stayed and that changed, in order; joined, they give both texts.

    Paragraphs are compared first and words only inside those that changed, so that long texts cost little. A run that
    would cost too much all the same (the same word a thousand times on both sides) counts as changed as a whole.
    """
    for old, new in _changed_runs(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        if old == new:
            yield Change(old, new)
        else:
            yield from (Change(*run) for run in _changed_runs(re.findall(r"\S+|\s+", old), re.findall(r"\S+|\s+", new)))


def _changed_runs(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str]]:
    counts = Counter(after)
    if sum(counts[part] for part in before if not part.isspace()) > _MOST_PAIRS:
        yield "".join(before), "".join(after)
        return
    # Spaces match together with the words around them: by themselves they would match everywhere.
    for _, i1, i2, j1, j2 in SequenceMatcher(str.isspace, before, after, autojunk=False).get_opcodes():
        yield "".join(before[i1:i2]), "".join(after[j1:j2])


_SOURCES = """SELECT captures.id AS capture_id, requested_url, responded_url, captured_at, http_status,
    payload_digest, record_type, warc_files.name AS warc_file, warc_offset,
    (SELECT rendered_at FROM renderings WHERE capture_id = captures.id) AS rendered_at
    FROM captures JOIN warc_files ON warc_files.id = warc_file_id"""


def _pages_by_prefix(db: sqlite3.Connection, prefix: str) -> list[sqlite3.Row]:
    """Return up to nine pages whose key begins with these hexadecimal digits."""
    low, high = (_signed(int(prefix.ljust(16, digit), 16)) for digit in "0f")
    query = "SELECT id, key, kind, revision_id FROM pages WHERE key BETWEEN ? AND ? ORDER BY key LIMIT 9"
    return db.execute(query, [low, high]).fetchall()


def _signed(key: int) -> int:
    return key - (1 << 64) if key >= 1 << 63 else key


def _pages_by_url(db: sqlite3.Connection, url: str) -> list[sqlite3.Row]:
    """Return the pages that were asked for, or answered, under this URL; articles first.

    Scheme, `www.`, fragment, case of the host and a slash at the end do not count.
    """
    forms = _url_forms(url)
    marks = ", ".join("?" * len(forms))
    for condition in (
        f"url IN ({marks})",
        f"id IN (SELECT page_id FROM captures WHERE requested_url IN ({marks}) OR responded_url IN ({marks}))",
    ):
        query = (
            f"SELECT id, key, kind, revision_id FROM pages WHERE {condition} ORDER BY revision_id IS NULL, id LIMIT 9"
        )
        if rows := db.execute(query, forms * condition.count(f"({marks})")).fetchall():
            return rows
    return []


def _url_forms(url: str) -> list[str]:
    url = url.encode("utf-8", "replace").decode("utf-8")
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
    except ValueError:
        return [url]
    host = parts.netloc.lower().removeprefix("www.")
    path = parts.path.rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    return [
        f"{scheme}://{www}{host}{path}{slash}{query}"
        for scheme in ("http", "https")
        for www in ("", "www.")
        for slash in ("", "/")
    ]


def _related(db: sqlite3.Connection, article: StoredArticle) -> list[Related]:
    """Return the other members of the article's cluster and of its notice series, by date, the representative first."""
    rows = db.execute(
        """WITH links_here AS (
            SELECT b AS other, kind, score, differs FROM links WHERE a = :document
            UNION ALL SELECT a, kind, score, differs FROM links WHERE b = :document
            UNION ALL SELECT :document, 'exact', 1.0, ''
        ), others AS (
            SELECT id FROM documents WHERE cluster_id = (SELECT cluster_id FROM documents WHERE id = :document)
            UNION SELECT other FROM links_here
        )
        SELECT articles.id, articles.url, articles.portal, articles.title, articles.published_at, is_representative,
            links_here.kind, score, differs, articles.syllables, articles.document_id
        FROM others JOIN revisions ON revisions.document_id = others.id
        JOIN pages ON pages.revision_id = revisions.id
        JOIN articles ON articles.page_id = pages.id
        LEFT JOIN links_here ON links_here.other = others.id
        WHERE pages.id <> :page ORDER BY is_representative DESC, coalesce(articles.published_at, '9'), articles.id""",
        {"document": article.document_id, "page": article.page_id},
    ).fetchall()
    return [
        Related(
            id=row["id"],
            url=row["url"],
            portal=row["portal"],
            title=row["title"],
            published_at=row["published_at"],
            is_representative=bool(row["is_representative"]),
            kind=row["kind"],
            score=row["score"],
            differs=_differs(db, article, row) if row["differs"] else row["differs"],
        )
        for row in rows
    ]


def _differs(db: sqlite3.Connection, article: StoredArticle, other: sqlite3.Row) -> str:
    # Imported here: whoever shows an article without copies does not wait for it.
    from archive.duplicates.report import Differences, rank

    here = rank(
        is_representative=article.is_representative,
        published_at=article.published_at,
        syllables=article.syllables,
        public_id=article.id,
    )
    there = rank(
        is_representative=bool(other["is_representative"]),
        published_at=other["published_at"],
        syllables=other["syllables"],
        public_id=other["id"],
    )
    first, second = article.document_id, other["document_id"]
    if there < here:
        first, second = second, first
    return Differences(db).told(first, second, other["differs"])
