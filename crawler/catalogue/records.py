"""Portals and provinces as the two tables beside this module hold them.

On 2025-07-01 the 63 provinces became 34. A name alone does not say which unit is meant (Gia Lai is a province before
and after, with other borders), so a province is a name with the days it was valid. Kinds of unit (tỉnh, thành phố) are
not kept: they change more often than names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from io import StringIO

__all__ = ["Portal", "Province", "portals", "provinces"]


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal of the catalogue.

    `hosts`: what belongs to it, as `crawler.urls.in_scope` reads it. `province_before`, `province_after`: the province
    that it spoke for until 2025-06-30 and that its land belongs to since; both None for a ministry. `state`:
    `current`; `ended`, when its province has; `fading`, when its ministry has been merged into another. `is_verified`:
    its address was read in a public source, and is not only what the naming rule would make it.
    """

    id: str
    name: str
    url: str
    hosts: tuple[str, ...]
    province_before: str | None
    province_after: str | None
    state: str
    note: str | None = None
    is_verified: bool = True


@dataclass(frozen=True, slots=True)
class Province:
    """A province while it was valid: both days are included; None is unknown (before the web) or not over.

    `portal` is the id of its portal. `successor`, of a province that ended, is the one of 2025-07-01 that has its
    land; `predecessors` the reverse. A province whose borders stayed has itself as predecessor. `region` is that of
    the old unit whose name it keeps.
    """

    name: str
    slug: str
    valid_from: date | None
    valid_to: date | None
    portal: str
    successor: str | None
    predecessors: tuple[str, ...]
    region: str


@lru_cache(maxsize=1)
def portals() -> tuple[Portal, ...]:
    """Return the portals of the catalogue: provinces, then ministries, then ministries that are no more."""
    return tuple(
        Portal(
            id=row["id"],
            name=row["name"],
            url=row["url"],
            hosts=tuple(row["hosts"].split()),
            province_before=row["province_before"] or None,
            province_after=row["province_after"] or None,
            state=row["state"],
            note=row["note"] or None,
            is_verified=row["verified"] == "yes",
        )
        for row in _rows("portals.csv")
    )


@lru_cache(maxsize=1)
def provinces() -> tuple[Province, ...]:
    """Return the 63 provinces that ended with June 2025 (one with 2024), then the 34 of today."""
    return tuple(
        Province(
            name=row["name"],
            slug=row["slug"],
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            portal=row["portal"],
            successor=row["successor"] or None,
            predecessors=tuple(filter(None, row["predecessors"].split("; "))),
            region=row["region"],
        )
        for row in _rows("provinces.csv")
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(StringIO(files(__package__).joinpath(name).read_text(encoding="utf-8")))
