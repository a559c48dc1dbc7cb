"""Which articles are meant: by portal, province, category and day. Shared by search, export and duplicates."""

from __future__ import annotations

import calendar
import json
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from archive.errors import NotFound
from archive.text import strip_marks

__all__ = ["MERGER", "Filters", "Provinces", "Scope", "parse_day"]


MERGER = date(2025, 7, 1)  # since this day a portal's province is `province_after`


@dataclass(frozen=True, slots=True)
class Filters:
    """What a user asks for. Several names of a kind widen the choice; each kind narrows it.

    `portals`: ids or hosts. `provinces`: names, with or without accents, that the article's portal had on the day of
    the article: "Gia Lai" is the province of that name until 30 June 2025 and the merged one since, "Bình Định" the one
    that ended then. `since` and `until` are days of publication, both included; an article without a date is not meant
    where a day is asked for. `categories`: as pages name them, accents and case aside.
    """

    portals: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    categories: tuple[str, ...] = ()

    def resolve(self, db: sqlite3.Connection) -> Scope:
        """Return the filters in the archive's own terms. Raises NotFound with the nearest names."""
        query = "SELECT id, hosts, province_before, province_after FROM portals ORDER BY id"
        rows = db.execute(query).fetchall() if self.portals or self.provinces else []
        return Scope(
            portals=_portals(rows, self.portals) if self.portals else None,
            provinces=_provinces(rows, self.provinces) if self.provinces else None,
            since=self.since,
            until=self.until,
            categories=_categories(db, self.categories) if self.categories else None,
        )


@dataclass(frozen=True, slots=True)
class Provinces:
    """The portals that had one of some provinces until 30 June 2025, and those that have one since."""

    before: frozenset[str]
    after: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scope:
    """Filters in the archive's own terms: ids of portals, spellings of categories. None where anything is meant."""

    portals: frozenset[str] | None = None
    provinces: Provinces | None = None
    since: date | None = None
    until: date | None = None
    categories: frozenset[str] | None = None

    @property
    def has_dates(self) -> bool:
        """Whether days of publication are asked for."""
        return self.since is not None or self.until is not None

    def condition(self) -> tuple[str, list[str]]:
        """Return an SQL condition on `pages` and `revisions` with its parameters."""
        parts, parameters = ["1"], list[str]()

        def among(column: str, values: frozenset[str]) -> str:
            parameters.extend(sorted(values))
            return f"{column} IN ({', '.join('?' * len(values))})"

        if self.portals is not None:
            parts.append(among("pages.portal", self.portals))
        if self.provinces is not None:
            before, after = (among("pages.portal", ids) for ids in (self.provinces.before, self.provinces.after))
            parts.append(f"iif({_DAY} < '{MERGER.isoformat()}', {before}, {after})")
        if self.since is not None:
            parts.append("substr(revisions.published_at, 1, 10) >= ?")
            parameters.append(self.since.isoformat())
        if self.until is not None:
            parts.append("substr(revisions.published_at, 1, 10) <= ?")
            parameters.append(self.until.isoformat())
        if self.categories is not None:
            parts.append(among("revisions.category", self.categories))
        return " AND ".join(parts), parameters


# The day that an article's province goes by.
_DAY = """coalesce(revisions.published_at,
    (SELECT captured_at FROM captures WHERE captures.id = revisions.capture_id))"""


def parse_day(text: str, *, is_end: bool = False) -> date:
    """Return the day that `2022-10-05`, `05/10/2022`, `2022-10` or `2022` names, of a month or year the first or last.

    Raises ValueError.
    """
    if match := re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text.strip()):
        year, month, day = (int(part) if part else None for part in match.groups())
    elif match := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", text.strip()):
        day, month, year = (int(part) for part in match.groups())
    else:
        raise ValueError(text)
    if year is None:
        raise ValueError(text)
    month = month or (12 if is_end else 1)
    return date(year, month, 1).replace(day=day or (calendar.monthrange(year, month)[1] if is_end else 1))


def _key(name: str) -> str:
    """Return what a name is compared by: without marks, kind of unit, spaces and punctuation."""
    plain = re.sub(r"^(tinh|thanh pho|tp)\b[. ]*", "", strip_marks(name).strip())
    return re.sub(r"[^a-z0-9]", "", plain)


def _portals(rows: Sequence[sqlite3.Row], wanted: Sequence[str]) -> frozenset[str]:
    by_name = _names((row["id"], [row["id"], *json.loads(row["hosts"])]) for row in rows)
    return frozenset(_choose(wanted, by_name, "portal", [row["id"] for row in rows]))


def _provinces(rows: Sequence[sqlite3.Row], wanted: Sequence[str]) -> Provinces:
    shown = sorted({name for row in rows for name in (row["province_before"], row["province_after"]) if name})
    if rows and not shown:
        reason = "no portal of this archive is known by its province"
        raise NotFound(f"province {wanted[0]!r}", reason, "choose by --portal")
    _choose(wanted, _names((name, [name]) for name in shown), "province", shown)
    keys = {_key(name) for name in wanted}
    before, after = (
        frozenset(row["id"] for row in rows if row[column] and _key(row[column]) in keys)
        for column in ("province_before", "province_after")
    )
    return Provinces(before, after)


def _categories(db: sqlite3.Connection, wanted: Sequence[str]) -> frozenset[str]:
    """Return the spellings of categories: a name in capitals, or with other spaces, is the same."""
    # One step along the index for each spelling, however many articles have it.
    spellings = db.execute(
        """WITH RECURSIVE spelling (name) AS (
            SELECT min(category) FROM search_keys WHERE category IS NOT NULL
            UNION ALL SELECT (SELECT min(category) FROM search_keys WHERE category > name) FROM spelling
            WHERE name IS NOT NULL
        ) SELECT name FROM spelling WHERE name IS NOT NULL"""
    )
    names = [row[0] for row in spellings]
    return frozenset(_choose(wanted, _names((name, [name]) for name in names), "category", names))


def _names(named: Iterable[tuple[str, Sequence[str]]]) -> dict[str, set[str]]:
    """Return what is named by the key of each of its names."""
    by_key: dict[str, set[str]] = {}
    for one, others in named:
        for name in others:
            if name and (key := _key(name.removeprefix("*.").removeprefix("www."))):
                by_key.setdefault(key, set()).add(one)
    return by_key


def _choose(wanted: Sequence[str], by_key: dict[str, set[str]], what: str, shown: Sequence[str]) -> set[str]:
    chosen: set[str] = set()
    for name in wanted:
        found = by_key.get(_key(name)) or by_key.get(_key(_host(name)))
        if not found:
            raise _unknown(name, what, shown)
        chosen |= found
    return chosen


def _host(name: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", name.strip()).split("/")[0]


def _unknown(name: str, what: str, shown: Sequence[str]) -> NotFound:
    by_key = {_key(other): other for other in shown}
    near = [by_key[key] for key in get_close_matches(_key(name), by_key, n=3, cutoff=0.6)]
    if near:
        hint = f"did you mean {' or '.join(near)}?"
    elif shown:
        hint = f"it has {', '.join(shown[:8])}" + (f" and {len(shown) - 8} more" if len(shown) > 8 else "")
    else:
        hint = "it has no article yet: crawl first"
    return NotFound(f"{what} {name!r}", f"the archive has no such {what}", hint)
