"""One visit to a page: what was asked for, and what may be read to answer."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import urlencode

from archive.language import Language
from archive.store import Archive
from archive.web.cached import Cached
from archive.web.knowledge import Health, Knowledge
from archive.web.summary import Summary

__all__ = ["Body", "Page", "View", "Visit", "limited"]

_LIMIT_S = 10.0
_STEPS = 20_000  # of SQLite's machine between two looks at the clock: about a millisecond


@dataclass(frozen=True, slots=True)
class Visit:
    """What a view is given. `path`: the variables of the address; `args`: those of the query, `base_url` as `http://host`.

    `counted`, `states`: what the archive holds and how its portals are doing, as last counted.
    """

    archive: Archive
    counted: Cached[Summary]
    states: Cached[Mapping[str, Health]]
    knowledge: Knowledge
    language: Language
    path: Mapping[str, str]
    args: Mapping[str, tuple[str, ...]]
    base_url: str

    @property
    def db(self) -> sqlite3.Connection:
        """The connection of this thread; it can only read."""
        return self.archive.db

    @property
    def summary(self) -> Summary:
        """What the archive holds."""
        return self.counted.current()

    @property
    def health(self) -> Mapping[str, Health]:
        """How the portals of the archive are doing, by id."""
        return self.states.current()

    @property
    def names(self) -> Mapping[str, str]:
        """What the portals of the archive are called, by id."""
        return {portal.id: portal.name for portal in self.summary.portals.values()}

    def arg(self, name: str) -> str:
        """Return the first value of an argument, "" where there is none."""
        return self.args.get(name, ("",))[0].strip()

    def number(self, name: str, *, most: int, default: int = 1) -> int:
        """Return an argument as a number from 1 to `most`; anything else is the default."""
        text = self.arg(name)
        return min(max(int(text), 1), most) if text.isdecimal() and len(text) < 10 else default

    def link(self, path: str, **changes: str | int | None) -> str:
        """Return a link with this visit's arguments, some of them changed; without those that are empty."""
        kept = {name: list(values) for name, values in self.args.items() if name not in changes and name != "lang"}
        changed = {name: [str(value)] for name, value in changes.items() if value not in (None, "")}
        query = urlencode([(name, one) for name, values in (kept | changed).items() for one in values if one])
        return f"{path}?{query}" if query else path


@dataclass(frozen=True, slots=True)
class Page:
    """A template of `templates/` and what it shows."""

    template: str
    context: Mapping[str, Any]
    status: int = 200


@dataclass(frozen=True, slots=True)
class Body:
    """An answer that is no page of ours: a feed, a captured page, a file."""

    content: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


View: TypeAlias = Callable[[Visit], Page | Body]


@contextmanager
def limited(db: sqlite3.Connection) -> Iterator[None]:
    """Break off what a connection is asked inside, once it takes longer than any page should."""
    end = time.monotonic() + _LIMIT_S
    db.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
    try:
        yield
    finally:
        db.set_progress_handler(None, _STEPS)
