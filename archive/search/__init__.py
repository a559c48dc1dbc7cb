"""Full-text search over the archive, articles and the files that they link to: `search(db, "binh dang gioi")`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.filters import Filters, Scope
from archive.search.marks import MARK, Marker
from archive.search.query import Query, parse

__all__ = ["MARK", "File", "Hit", "Options", "Results", "parse", "search"]

RANKED = 3000  # bm25 is linear in matches and one syllable matches a third of all articles: rank the newest alone
_VERIFIED = 20_000  # texts that an exact search reads at most
_POOL = 200  # best clusters that are ranked anew by accents and by words standing together
_TITLE_WEIGHT, _TEXT_WEIGHT = 8.0, 1.0
_TOGETHER = 2.0  # how much more a text counts where the words stand together as typed


@dataclass(frozen=True, slots=True)
class Options:
    """How to search: `exact` makes accents count, `all_copies` shows each copy instead of one a cluster.

    With `articles_only` nothing is looked for in attachments.
    """

    exact: bool = False
    all_copies: bool = False
    limit: int = 10
    articles_only: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """An attachment whose text was found: the id of its own page, its address, name and format."""

    id: str
    url: str
    name: str
    format: str


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found; the higher `score` the better.

    `snippet`: the part of its text that holds most of the words, with these between `MARK`s and " … " between
    paragraphs; everything else is as the archive has it.
    `copies`: how many other articles are in its cluster.
    `attachment`: the file that was found, if it was not the article itself: then `snippet` is from its text. Where no
    article links to it, the file's page stands for the article.
    """

    id: str
    url: str
    portal: str
    province: str | None
    title: str
    snippet: str
    published_at: str | None
    captured_at: str
    cluster_id: str
    copies: int
    score: float
    attachment: File | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """The best hits of `matched` articles and attachments; `is_bounded` when more match than were ranked."""

    hits: tuple[Hit, ...]
    matched: int
    is_bounded: bool


def search(
    db: sqlite3.Connection, text: str, filters: Filters | None = None, options: Options | None = None
) -> Results:
    """Return the articles and attachments that match the query `text`, best first.

    Of more than `RANKED` matches the ones added to the archive last are ranked. Raises QueryError and NotFound.
    """
    options = options or Options()
    query = parse(text)
    scope = (filters or Filters()).resolve(db)
    marker = Marker(query, exact=options.exact)
    most = max(RANKED, options.limit)
    if options.exact:
        matches, is_bounded = _exact_matches(db, query, scope, marker, options)
    else:
        selection = _select(query.match(), scope, most + 1, articles_only=options.articles_only)
        rows = [(row[0], row[1]) for row in db.execute(*selection)]
        matches, is_bounded = rows[:most], len(rows) > most
    pool = _pool(db, matches, options)
    ranked = _rank(db, query, marker, pool)[: options.limit]
    hits = tuple(_hit(db, marker, page_id, score) for page_id, score in ranked)
    return Results(hits, len(matches), is_bounded)


# The revision that dates a page: an article's own, for a file that of the first article that links to it.
_REVISION = """coalesce(pages.revision_id, (SELECT article.revision_id FROM attachments
    JOIN pages AS article ON article.id = attachments.page_id
    WHERE attachments.key = pages.key AND article.revision_id IS NOT NULL ORDER BY article.id LIMIT 1))"""


def _select(expression: str, scope: Scope, most: int, *, articles_only: bool) -> tuple[str, list[str | int]]:
    """Return the query for (page id, bm25) of matches, those added last first."""
    condition, parameters = scope.condition()
    joins = ""
    if not scope.is_everything or articles_only:
        joins += " CROSS JOIN pages ON pages.id = search_index.rowid"
    if scope.has_dates:
        joins += f" CROSS JOIN revisions ON revisions.id = {_REVISION}"
    if articles_only:
        condition += " AND pages.revision_id IS NOT NULL"
    sql = f"""SELECT search_index.rowid, bm25(search_index, {_TITLE_WEIGHT}, {_TEXT_WEIGHT}) FROM search_index{joins}
        WHERE search_index MATCH ? AND {condition} ORDER BY search_index.rowid DESC LIMIT ?"""
    return sql, [expression, *parameters, most]


def _exact_matches(
    db: sqlite3.Connection, query: Query, scope: Scope, marker: Marker, options: Options
) -> tuple[list[tuple[int, float]], bool]:
    """Return the matches that hold the words with the accents typed, and whether the search stopped before the end.

    What is excluded is judged on the texts alone: folded, `-đảng` would exclude "đang" as well.
    """
    matches: list[tuple[int, float]] = []
    most = max(RANKED, options.limit)
    expression = query.match(with_excluded=False)
    candidates = db.execute(*_select(expression, scope, _VERIFIED + 1, articles_only=options.articles_only))
    for read, (page_id, score) in enumerate(candidates):
        if read == _VERIFIED or len(matches) == most:
            return matches, True
        title, text = db.execute("SELECT title, text FROM searchable WHERE id = ?", [page_id]).fetchone()
        if marker.accepts(title, text):
            matches.append((page_id, score))
    return matches, False


def _pool(db: sqlite3.Connection, matches: Sequence[tuple[int, float]], options: Options) -> list[tuple[int, float]]:
    """Return the best matches, at most `_POOL` or as many as wanted, copies collapsed into their representative.

    Where the representative itself is no match, the best match stands for the cluster.
    """
    found = {page_id for page_id, _ in matches}
    size = max(_POOL, options.limit)
    chosen: dict[int | str, tuple[int, float]] = {}
    for page_id, score in sorted(matches, key=lambda match: (match[1], -match[0])):
        if len(chosen) == size:
            break
        group, representative = (page_id, page_id) if options.all_copies else _group(db, page_id)
        if group not in chosen:
            chosen[group] = (representative if representative in found else page_id), score
    return list(chosen.values())


def _group(db: sqlite3.Connection, page_id: int) -> tuple[int | str, int]:
    """Return what a page and its copies have in common, and the page that stands for them.

    Of an article that is its cluster; files are copies where they have the same bytes, and the first found stands.
    """
    row = db.execute(
        """SELECT clusters.id, representative_page_id FROM pages
        JOIN revisions ON revisions.id = pages.revision_id JOIN documents ON documents.id = revisions.document_id
        JOIN clusters ON clusters.id = documents.cluster_id WHERE pages.id = ?""",
        [page_id],
    ).fetchone()
    if row is not None:
        return row[0], row[1]
    query = """SELECT payload_digest FROM attachment_texts JOIN captures ON captures.id = capture_id
        WHERE attachment_texts.page_id = ?"""
    return db.execute(query, [page_id]).fetchone()[0], page_id


def _rank(
    db: sqlite3.Connection, query: Query, marker: Marker, pool: Sequence[tuple[int, float]]
) -> list[tuple[int, float]]:
    """Return the pool with its scores, best first: accents as typed, then bm25, doubled where words stand together."""
    together = _standing_together(db, query, [page_id for page_id, _ in pool])
    ranked = []
    for page_id, bm25 in pool:
        score = -bm25 * (_TOGETHER if page_id in together else 1.0)
        accents = 0
        if marker.has_accented:
            title, text = db.execute("SELECT title, text FROM searchable WHERE id = ?", [page_id]).fetchone()
            accents = marker.accented_matches(title, text)
        ranked.append((accents, score, page_id))
    ranked.sort(reverse=True)
    return [(page_id, score) for _, score, page_id in ranked]


def _standing_together(db: sqlite3.Connection, query: Query, page_ids: Sequence[int]) -> set[int]:
    """Return the pages that have the query's words one after the other."""
    phrase = query.adjacent()
    if phrase is None or not page_ids:
        return set()
    wanted = set(page_ids)
    rows: Iterator[sqlite3.Row] = db.execute(
        "SELECT rowid FROM search_index WHERE search_index MATCH ? AND rowid BETWEEN ? AND ?",
        [phrase.match(), min(wanted), max(wanted)],
    )
    return {row[0] for row in rows} & wanted


def _hit(db: sqlite3.Connection, marker: Marker, page_id: int, score: float) -> Hit:
    row = _article(db, page_id)
    if row is None:
        return _file_hit(db, marker, page_id, score)
    return _hit_of(row, marker.snippet(row["text"]), score)


def _article(db: sqlite3.Connection, page_id: int) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        """SELECT *, (SELECT count(*) FROM documents
                JOIN revisions ON revisions.document_id = documents.id JOIN pages ON pages.revision_id = revisions.id
                WHERE cluster_id = (SELECT cluster_id FROM documents WHERE id = article.document_id)) AS members
        FROM articles AS article WHERE page_id = ?""",
        [page_id],
    ).fetchone()
    return row


def _hit_of(row: sqlite3.Row, snippet: str, score: float, file: File | None = None) -> Hit:
    return Hit(
        id=row["id"],
        url=row["url"],
        portal=row["portal"],
        province=row["province"],
        title=row["title"],
        snippet=snippet,
        published_at=row["published_at"],
        captured_at=row["captured_at"],
        cluster_id=row["cluster_id"],
        copies=row["members"] - 1,
        score=float(f"{score:.4g}"),
        attachment=file,
    )


def _file_hit(db: sqlite3.Connection, marker: Marker, page_id: int, score: float) -> Hit:
    """Return the hit of an attachment: the first article that links to it, or the file itself."""
    row = db.execute(
        """SELECT printf('%016x', pages.key) AS id, pages.url, pages.portal, captured_at,
            attachment_texts.name AS title, format, text,
            NULL AS published_at, printf('%016x', pages.key) AS cluster_id, 1 AS members,
            CASE WHEN captured_at < '2025-07-01' THEN province_before ELSE province_after END AS province,
            (SELECT article.id FROM attachments JOIN pages AS article ON article.id = attachments.page_id
                WHERE attachments.key = pages.key AND article.revision_id IS NOT NULL
                ORDER BY article.id LIMIT 1) AS article_id
        FROM attachment_texts JOIN pages ON pages.id = attachment_texts.page_id
        JOIN captures ON captures.id = capture_id JOIN portals ON portals.id = pages.portal
        WHERE attachment_texts.page_id = ?""",
        [page_id],
    ).fetchone()
    file = File(row["id"], row["url"], row["title"], row["format"])
    article = None if row["article_id"] is None else _article(db, row["article_id"])
    return _hit_of(article or row, marker.snippet(row["text"]), score, file)
