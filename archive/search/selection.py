"""The rows of the full-text index that match a query and pass the filters."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from archive.filters import Scope
from archive.search.records import Options
from archive.store.search_keys import MERGER, PLACES, UNDATED, YEAR, first_of_day, key_of_category, key_of_portal

__all__ = ["Group", "Match", "Selection"]

Match = tuple[int, float]  # id in `search_keys` and bm25: the less the better


@dataclass(frozen=True, slots=True)
class Group:
    """How many texts of each portal are of one year, and of one side of the merger of provinces.

    `oldest`: the least of their ids.
    """

    year: int | None
    is_before_merger: bool
    portals: Counter[str]
    oldest: int


_TITLE_WEIGHT, _TEXT_WEIGHT, _KEYS_WEIGHT = 8.0, 1.0, 0.0
_IS_BEFORE_MERGER = f"search_index.rowid + iif(search_index.rowid < 0, {UNDATED}, 0) < {MERGER}"
_BM25 = f"bm25(search_index, {_TITLE_WEIGHT}, {_TEXT_WEIGHT}, {_KEYS_WEIGHT})"


@dataclass(frozen=True, slots=True)
class Selection:
    """What passes the filters: an expression of FTS5 for each of them (`keys`), and a condition for the rest.

    A match costs 25 ns of CPU, or 300 where its row in `search_keys` must be looked at.
    """

    db: sqlite3.Connection
    keys: tuple[str, ...]
    joins: str
    condition: str
    parameters: tuple[str | int, ...]

    @classmethod
    def of(cls, db: sqlite3.Connection, scope: Scope, options: Options) -> Selection:
        """Return the selection that a scope means.

        Portals and categories are words of the index. A province adds which of its portals it was of on the day.
        """
        keys, joins, parts, parameters = list[str](), "", ["1"], list[str | int]()
        if scope.portals is not None:
            keys.append(_any_of(map(key_of_portal, sorted(scope.portals))))
        if scope.categories is not None:
            keys.append(_any_of(map(key_of_category, sorted(scope.categories))))
        if scope.has_dates:
            # Days are ranges of ids; what has no date stands below all of them.
            parts.append("search_index.rowid >= ?")
            parameters.append(first_of_day(scope.since) if scope.since else 0)
        if scope.until is not None:
            parts.append("search_index.rowid < ?")
            parameters.append(first_of_day(scope.until) + PLACES)
        if scope.provinces is not None:
            before, after = scope.provinces.before, scope.provinces.after
            keys.append(_any_of(map(key_of_portal, sorted(before | after))))
            if before != after:
                parts.append(f"iif({_IS_BEFORE_MERGER}, {_among(before)}, {_among(after)})")
                parameters += [*sorted(before), *sorted(after)]
        if options.articles_only:
            parts.append("NOT search_keys.is_file")
        if any("search_keys" in part for part in parts):
            joins = " CROSS JOIN search_keys ON search_keys.id = search_index.rowid"
        return cls(db, tuple(keys), joins, " AND ".join(parts), tuple(parameters))

    def best(self, expression: str, most: int) -> list[Match]:
        """Return the newest matches, at most so many, with their bm25."""
        return self._rows(f"search_index.rowid, {_BM25}", expression, "ORDER BY search_index.rowid DESC LIMIT ?", most)

    def ids(self, expression: str, most: int, *, after: int | None = None, is_newest_first: bool = True) -> list[int]:
        """Return the ids of matches by date, at most so many; those that come after the id `after` where it is given.

        Those without a date come last, in either order.
        """
        sign, order = ("<", "DESC") if is_newest_first else (">", "ASC")
        beyond, values = ("", [most]) if after is None else (f"AND search_index.rowid {sign} ?", [after, most])
        tail = f"{beyond} ORDER BY search_index.rowid {order} LIMIT ?"
        return [row[0] for row in self._rows("search_index.rowid", expression, tail, *values)]

    def ids_from(self, oldest: int, expression: str, most: int) -> list[int]:
        """Return the ids of the newest matches, at most so many, but none below `oldest`."""
        tail = "AND search_index.rowid >= ? ORDER BY search_index.rowid DESC LIMIT ?"
        return [row[0] for row in self._rows("search_index.rowid", expression, tail, oldest, most)]

    def extent(self, expression: str, most: int) -> tuple[int, int]:
        """Return how many match, or `most` where that is less, and the id of the oldest of these newest matches."""
        inner, parameters = self._sql("search_index.rowid AS id", expression, "ORDER BY 1 DESC LIMIT ?", most)
        count, oldest = self.db.execute(f"SELECT count(*), min(id) FROM ({inner})", parameters).fetchone()
        return count, oldest or 0

    def has(self, expression: str, key: int) -> bool:
        """Return whether what has this id matches."""
        return bool(self._rows("1", expression, "AND search_index.rowid = ?", key))

    def groups(self, expression: str, most: int) -> list[Group]:
        """Return the numbers of the newest matches, at most so many, by year and portal."""
        return self._groups(*self._sql("search_index.rowid AS id", expression, "ORDER BY 1 DESC LIMIT ?", most))

    def groups_of(self, ids: Collection[int]) -> list[Group]:
        """Return the numbers of these by year and portal."""
        return self._groups("SELECT value AS id FROM json_each(?)", [json.dumps(list(ids))])

    def _groups(self, ids: str, parameters: Sequence[str | int]) -> list[Group]:
        # SQLite groups by a number, Python counts names: by names SQLite takes half as long again.
        query = f"""SELECT iif(id < 0, NULL, id / {YEAR}) AS year, id + iif(id < 0, {UNDATED}, 0) < {MERGER},
            group_concat(portal, char(10)), min(id) FROM ({ids}) CROSS JOIN search_keys USING (id)
            GROUP BY iif(id < 0, -2, id / {YEAR} * 2) + (id + iif(id < 0, {UNDATED}, 0) < {MERGER})"""
        return [
            Group(year, bool(is_before), Counter(portals.split("\n")), oldest)
            for year, is_before, portals, oldest in self.db.execute(query, parameters)
        ]

    def _rows(self, columns: str, expression: str, tail: str, *parameters: int | str) -> list[Any]:
        cursor = self.db.cursor()
        cursor.row_factory = None  # tuples cost a fifth of rows that know their columns
        return cursor.execute(*self._sql(columns, expression, tail, *parameters)).fetchall()

    def _sql(self, columns: str, expression: str, tail: str, *parameters: int | str) -> tuple[str, list[str | int]]:
        expression = " AND ".join([*([f"({expression})"] if expression else []), *self.keys])
        # Without words everything matches: the keys of the index, in its order.
        source = "search_index" if expression else "search_keys AS search_index"
        matches, words = ("search_index MATCH ? AND ", [expression]) if expression else ("", [])
        sql = f"SELECT {columns} FROM {source}{self.joins} WHERE {matches}{self.condition} {tail}"
        return sql, [*words, *self.parameters, *parameters]


def _any_of(keys: Iterable[str]) -> str:
    """Return the FTS5 expression for one of some words of the index; nothing matches where there are none."""
    quoted = [f'"{key}"' for key in keys]
    return f"({' OR '.join(quoted)})" if quoted else f'"{key_of_portal("")}"'


def _among(portals: Collection[str]) -> str:
    return f"search_keys.portal IN ({', '.join('?' * len(portals))})"
