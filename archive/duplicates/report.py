"""`clusters`: the copies in an archive, with the evidence that they are.

What is told depends on the pages alone, not on the order in which they came: a link leads from the representative, else
from the page that would represent both, and links stand in the order of their kind, score and ids.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from archive.duplicates.clusters import Precedence, precedence
from archive.duplicates.relation import Kind, Reading, read, relate
from archive.errors import NotFound

__all__ = ["Cluster", "Copy", "Differences", "Link", "Rank", "cluster_of", "clusters", "rank"]

Rank: TypeAlias = tuple[bool, Precedence]
_KINDS = {kind: number for number, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Copy:
    """An article page in a cluster; `id` is its public id, `document_id` the text that it shows."""

    page_id: int
    id: str
    url: str
    portal: str
    title: str
    published_at: str | None
    document_id: int
    syllables: int
    is_representative: bool


@dataclass(frozen=True, slots=True)
class Link:
    """What two pages are to each other; `differs` is told from `a` to `b`, and `a` has the lesser `rank`.

    A document that stands on several pages is named by the one that would represent it.
    """

    a: Copy
    b: Copy
    kind: Kind
    score: float
    differs: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A verified group of copies; `id` is the public id of its representative.

    `members`: the representative first, the others by publication; `links`: the evidence among them; `series`: links to
    pages of other clusters that are issues of the same series (one end is a member).
    """

    id: str
    members: tuple[Copy, ...]
    links: tuple[Link, ...]
    series: tuple[Link, ...]


def clusters(
    db: sqlite3.Connection, *, portal: str | None = None, kind: str | None = None, page: int | None = None
) -> Iterator[Cluster]:
    """Yield the clusters that have several pages or belong to a series, the largest first.

    `portal`: only those with a page of that portal; `kind`: only those with a link of that kind; `page`: only the one
    that this page (`pages.id`) is in.
    """
    for cluster_id in _selected(db, portal, page):
        cluster = _cluster(db, cluster_id)
        if kind is None or any(link.kind == kind for link in (*cluster.links, *cluster.series)):
            yield cluster


def cluster_of(db: sqlite3.Connection, page: int) -> Cluster:
    """Return the cluster that an article page (`pages.id`) is in, also where it is alone there. Raises NotFound."""
    row = db.execute(
        """SELECT cluster_id FROM pages JOIN revisions ON revisions.id = pages.revision_id
        JOIN documents ON documents.id = revisions.document_id WHERE pages.id = ?""",
        [page],
    ).fetchone()
    if row is None or row[0] is None:
        raise NotFound(f"page {page}", "the archive has no such article", "luutru search finds those it has")
    return _cluster(db, int(row[0]))


def rank(*, is_representative: bool, published_at: str | None, syllables: int, public_id: str) -> Rank:
    """Return what decides from which of two pages a link is told: the least, a representative before all others."""
    return not is_representative, precedence(published_at, syllables, int(public_id, 16))


class Differences:
    """What differs between documents that are linked, told in either direction; a text is read once."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._readings: dict[int, Reading] = {}

    def told(self, first: int, second: int, stored: str) -> str:
        """Return what differs from the text of the document `first` to that of `second`.

        `stored` is the account that their link has: told from the document that came first, that with the smaller id.
        """
        if first < second or not stored:
            return stored
        relation = relate(self._reading(first), self._reading(second))
        return relation.differs if relation else stored

    def _reading(self, document_id: int) -> Reading:
        if document_id not in self._readings:
            row = self._db.execute("SELECT text FROM documents WHERE id = ?", [document_id]).fetchone()
            self._readings[document_id] = read(row[0])
        return self._readings[document_id]


_SHOWN = """SELECT pages.id, pages.key, printf('%016x', pages.key), pages.url, pages.portal, revisions.title,
        revisions.published_at, documents.id, documents.syllables, clusters.representative_page_id = pages.id
    FROM documents JOIN clusters ON clusters.id = documents.cluster_id
    JOIN revisions ON revisions.document_id = documents.id
    JOIN pages ON pages.revision_id = revisions.id"""


def _selected(db: sqlite3.Connection, portal: str | None, page: int | None) -> list[int]:
    query = """WITH shown AS (
            SELECT documents.cluster_id AS cluster_id, pages.id AS page_id, pages.key AS key, pages.portal AS portal
            FROM pages JOIN revisions ON revisions.id = pages.revision_id
            JOIN documents ON documents.id = revisions.document_id
        ), series AS (
            SELECT one.cluster_id AS cluster_id FROM links
            JOIN documents AS one ON one.id IN (links.a, links.b)
            JOIN documents AS other ON other.id = links.a + links.b - one.id
            WHERE links.kind = 'series' AND one.cluster_id <> other.cluster_id
        )
        SELECT cluster_id FROM shown WHERE cluster_id IS NOT NULL
        GROUP BY cluster_id
        HAVING (count(*) > 1 OR cluster_id IN (SELECT cluster_id FROM series))
            AND (:portal IS NULL OR sum(portal = :portal)) AND (:page IS NULL OR sum(page_id = :page))
        ORDER BY count(*) DESC, min(printf('%016x', key))"""
    return [row[0] for row in db.execute(query, {"portal": portal, "page": page})]


def _cluster(db: sqlite3.Connection, cluster_id: int) -> Cluster:
    members = _copies(db, "documents.cluster_id = ?", cluster_id)
    documents = _first_of_document(members)
    others: dict[int, Copy] = {}
    links = [
        Link(documents[copy.document_id], copy, Kind.EXACT, 1.0, "")
        for copy in members
        if documents[copy.document_id] is not copy
    ]
    series: list[Link] = []
    differences = Differences(db)
    for a, b, kind, score, differs in _links(db, cluster_id):
        is_inside = a in documents and b in documents
        if not is_inside and kind != Kind.SERIES:
            continue  # a text that no page shows, or a copy that a series keeps in another cluster
        for document_id in {a, b} - documents.keys() - others.keys():
            others.update(_first_of_document(_copies(db, "documents.id = ?", document_id)))
        ends = [end for document_id in (a, b) if (end := documents.get(document_id) or others.get(document_id))]
        if len(ends) == 2:
            (links if is_inside else series).append(_link(differences, ends, Kind(kind), score, differs))
    return Cluster(members[0].id, tuple(members), tuple(sorted(links, key=_order)), tuple(sorted(series, key=_order)))


def _link(differences: Differences, ends: Sequence[Copy], kind: Kind, score: float, stored: str) -> Link:
    a, b = sorted(ends, key=_rank)
    return Link(a, b, kind, score, differences.told(a.document_id, b.document_id, stored))


def _rank(copy: Copy) -> Rank:
    return rank(
        is_representative=copy.is_representative,
        published_at=copy.published_at,
        syllables=copy.syllables,
        public_id=copy.id,
    )


def _order(link: Link) -> tuple[int, float, str, str]:
    return _KINDS[link.kind], -link.score, link.a.id, link.b.id


def _copies(db: sqlite3.Connection, condition: str, value: int) -> list[Copy]:
    """Return the pages of a cluster or a document, in the order in which they would represent it."""
    rows = db.execute(f"{_SHOWN} WHERE {condition}", [value]).fetchall()
    ordered = sorted(rows, key=lambda row: precedence(row[6], row[8], row[1]))
    return [
        Copy(page_id, public_id, url, at, title, published_at, document_id, syllables, bool(first))
        for page_id, _, public_id, url, at, title, published_at, document_id, syllables, first in ordered
    ]


def _first_of_document(copies: Sequence[Copy]) -> dict[int, Copy]:
    return {copy.document_id: copy for copy in reversed(copies)}


def _links(db: sqlite3.Connection, cluster_id: int) -> list[tuple[int, int, str, float, str]]:
    """Return the links that a document of the cluster has."""
    mine = "SELECT id FROM documents WHERE cluster_id = :id"
    query = f"""SELECT a, b, kind, score, differs FROM links WHERE a IN ({mine})
        UNION SELECT a, b, kind, score, differs FROM links WHERE b IN ({mine})"""
    return [(a, b, kind, score, differs) for a, b, kind, score, differs in db.execute(query, {"id": cluster_id})]
