"""Which articles of an archive go into a corpus, one record after the other, and why the others do not."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from archive.duplicates.clusters import precedence
from archive.filters import Scope

__all__ = ["FIELDS", "Record", "Selection"]

FIELDS = (
    "id",
    "url",
    "portal",
    "province",
    "title",
    "lead",
    "text",
    "author",
    "source",
    "category",
    "language",
    "published_at",
    "captured_at",
    "cluster_id",
    "copies",
    "text_digest",
    "syllables",
    "extractor",
)
Record = dict[str, Any]  # the fields above, JSON values; `captions` last where asked for

_FIRST_DAY = date(1, 1, 1)
_FROM = """pages JOIN revisions ON revisions.id = pages.revision_id
    JOIN documents ON documents.id = revisions.document_id"""


class Selection:
    """The records of a corpus, in the order of their ids.

    `dropped` counts the others by the first rule that they failed, in this order: `portal` (portal or province not
    asked for), `category`, `undated`, `since`, `until`, `short`, `copy`. Reads in one transaction and holds one article
    at a time.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        scope: Scope,
        *,
        keep: Literal["representatives", "all"],
        min_syllables: int,
        captions: bool,
    ) -> None:
        self._db, self._scope, self._keep = db, scope, keep
        self._min_syllables, self._captions = min_syllables, captions
        self._chosen: dict[str, int] = {}  # by cluster, the page that is kept; of clusters with copies alone
        self.total = 0
        self.dropped: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Record]:
        self._db.execute("BEGIN")  # one state of the archive, whatever is written meanwhile
        try:
            self._count_filtered()
            for page_id in self._page_ids():
                row = self._db.execute("SELECT * FROM articles WHERE page_id = ?", [page_id]).fetchone()
                if row["syllables"] < self._min_syllables:
                    self.dropped["short"] += 1
                elif self._keep == "representatives" and not self._stands_for_its_cluster(row):
                    self.dropped["copy"] += 1
                else:
                    yield self._record(row)
        finally:
            self._db.execute("ROLLBACK")

    def _count_filtered(self) -> None:
        """Count what the filters leave out, each article under the first rule that it fails."""
        chosen = Scope(self._scope.portals, self._scope.provinces)
        steps = [("", Scope())]
        if chosen != Scope():
            steps.append(("portal", chosen))
        if self._scope.categories is not None:
            chosen = replace(chosen, categories=self._scope.categories)
            steps.append(("category", chosen))
        if self._scope.has_dates:
            steps.append(("undated", replace(chosen, since=_FIRST_DAY)))
        if self._scope.since:
            steps.append(("since", replace(chosen, since=self._scope.since)))
        if self._scope.until:
            steps.append(("until", self._scope))
        left = 0
        for rule, scope in steps:
            condition, parameters = scope.condition()
            query = f"SELECT count(*) FROM pages JOIN revisions ON revisions.id = pages.revision_id WHERE {condition}"
            count = self._db.execute(query, parameters).fetchone()[0]
            if rule:
                self.dropped[rule] += left - count
            else:
                self.total = count
            left = count

    def _page_ids(self) -> Iterator[int]:
        """Yield the pages that pass the filters, in the order of their ids: keys are signed, ids are not."""
        condition, parameters = self._scope.condition()
        for half in (">=", "<"):
            query = f"""SELECT pages.id FROM pages JOIN revisions ON revisions.id = pages.revision_id
                WHERE pages.key {half} 0 AND {condition} ORDER BY pages.key"""
            for row in self._db.execute(query, parameters):
                yield row[0]

    def _stands_for_its_cluster(self, row: sqlite3.Row) -> bool:
        """Return whether this article is the one of its cluster that is kept.

        That is the representative; where the filters leave it out, the next in the same order.
        """
        if row["is_representative"]:
            return True
        if row["cluster_id"] not in self._chosen:
            condition, parameters = self._scope.condition()
            members = self._db.execute(
                f"""SELECT pages.id, pages.key, revisions.published_at, documents.syllables FROM {_FROM}
                WHERE documents.cluster_id = (SELECT cluster_id FROM documents WHERE id = ?)
                AND documents.syllables >= ? AND {condition}""",
                [row["document_id"], self._min_syllables, *parameters],
            )
            best = min(members, key=lambda other: precedence(other["published_at"], other["syllables"], other["key"]))
            self._chosen[row["cluster_id"]] = best["id"]
        return self._chosen[row["cluster_id"]] == int(row["page_id"])

    def _record(self, row: sqlite3.Row) -> Record:
        record: Record = {name: row[name] for name in FIELDS if name != "copies"}
        record["copies"] = self._copies(row["page_id"], row["document_id"])
        record = {name: record[name] for name in FIELDS}
        if self._captions:
            record["captions"] = json.loads(row["captions"])
        return record

    def _copies(self, page_id: int, document_id: int) -> list[str]:
        """Return the URLs of the other articles of the cluster, sorted."""
        rows = self._db.execute(
            f"""SELECT pages.url FROM {_FROM} WHERE pages.id <> ?
            AND documents.cluster_id = (SELECT cluster_id FROM documents WHERE id = ?) ORDER BY pages.url""",
            [page_id, document_id],
        )
        return [row[0] for row in rows]
