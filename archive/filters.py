"""Which articles are meant: by portal, province and day of publication. Shared by search, export and duplicates."""

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

__all__ = ["Filters", "Scope", "parse_day"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a user asks for. Several portals (ids or hosts) or provinces widen the choice; each field narrows it.

    A province is any name that a portal's province has had, with or without accents. `since` and `until` are days of
    publication, both included; an article without a date is not meant where a day is asked for.
    """

    portals: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def resolve(self, db: sqlite3.Connection) -> Scope:
        """Return the filters with the portals' ids. Raises NotFound with the nearest names."""
        if not self.portals and not self.provinces:
            return Scope(None, self.since, self.until)
        rows = db.execute("SELECT id, hosts, province_before, province_after FROM portals ORDER BY id").fetchall()
        chosen = {row["id"] for row in rows}
        if self.portals:
            by_name = _names((row["id"], [row["id"], *json.loads(row["hosts"])]) for row in rows)
            chosen &= _choose(self.portals, by_name, "portal", [row["id"] for row in rows])
        if self.provinces:
            names = [(row["id"], [row["province_before"], row["province_after"]]) for row in rows]
            shown = sorted({name for _, both in names for name in both if name})
            if rows and not shown:
                reason = "no portal of this archive is known by its province"
                raise NotFound(f"province {self.provinces[0]!r}", reason, "choose by --portal")
            chosen &= _choose(self.provinces, _names(names), "province", shown)
        return Scope(frozenset(chosen), self.since, self.until)


@dataclass(frozen=True, slots=True)
class Scope:
    """Filters with the portals' ids; `portals` is None where any is meant."""

    portals: frozenset[str] | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is filtered."""
        return self.portals is None and not self.has_dates

    @property
    def has_dates(self) -> bool:
        """Whether days of publication are asked for."""
        return self.since is not None or self.until is not None

    def condition(self) -> tuple[str, list[str]]:
        """Return an SQL condition on `pages` and `revisions` with its parameters."""
        parts, parameters = ["1"], []
        if self.portals is not None:
            parts.append(f"pages.portal IN ({', '.join('?' * len(self.portals))})")
            parameters += sorted(self.portals)
        if self.since is not None:
            parts.append("substr(revisions.published_at, 1, 10) >= ?")
            parameters.append(self.since.isoformat())
        if self.until is not None:
            parts.append("substr(revisions.published_at, 1, 10) <= ?")
            parameters.append(self.until.isoformat())
        return " AND ".join(parts), parameters


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


def _names(portals: Iterable[tuple[str, Sequence[str | None]]]) -> dict[str, set[str]]:
    """Return portal ids by the key of each of their names."""
    by_key: dict[str, set[str]] = {}
    for portal_id, names in portals:
        for name in names:
            if name and (key := _key(name.removeprefix("*.").removeprefix("www."))):
                by_key.setdefault(key, set()).add(portal_id)
    return by_key


def _choose(wanted: Sequence[str], by_key: dict[str, set[str]], what: str, shown: Sequence[str]) -> set[str]:
    chosen: set[str] = set()
    for name in wanted:
        host = re.sub(r"^(https?://)?(www\.)?", "", name.strip()).split("/")[0]
        found = by_key.get(_key(host))
        if not found:
            raise _unknown(name, what, shown)
        chosen |= found
    return chosen


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
