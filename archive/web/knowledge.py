"""What the web interface is told by whoever starts it: the catalogue, and how the portals of an archive are doing.

The archive does not know the crawler; these protocols are what it needs of it, and its records have them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

__all__ = ["CataloguePortal", "Health", "Knowledge", "Province"]


class CataloguePortal(Protocol):
    """A portal of the catalogue: the provinces that it spoke for, and whether it still does."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def province_before(self) -> str | None: ...
    @property
    def province_after(self) -> str | None: ...
    @property
    def state(self) -> str: ...


class Province(Protocol):
    """A province while it was valid; `portal` is the id of its portal."""

    @property
    def name(self) -> str: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def portal(self) -> str: ...
    @property
    def successor(self) -> str | None: ...
    @property
    def predecessors(self) -> tuple[str, ...]: ...
    @property
    def region(self) -> str: ...


class Retired(Protocol):
    """A pattern of addresses that is not fetched any more."""

    @property
    def pattern(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def held(self) -> int: ...


class Health(Protocol):
    """How a portal answers the crawler; see `crawler.portals.health`."""

    @property
    def waiting(self) -> int: ...
    @property
    def failing(self) -> int: ...
    @property
    def fetched_at(self) -> int | None: ...
    @property
    def cms(self) -> str: ...
    @property
    def rests(self) -> Mapping[str, tuple[str, str]]: ...
    @property
    def drops(self) -> Mapping[str, int]: ...
    @property
    def reasons(self) -> Mapping[str, int]: ...
    @property
    def retired(self) -> Sequence[Retired]: ...

    def verdict(self) -> str:
        """Return a word or two of the archive's vocabulary."""
        ...


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The catalogue's provinces and portals, and `states`, which returns the health of an archive's portals by id."""

    provinces: Sequence[Province] = ()
    portals: Sequence[CataloguePortal] = ()
    states: Callable[[sqlite3.Connection], Mapping[str, Health]] = lambda _: {}
