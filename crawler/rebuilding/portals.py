"""Which portals of an archive are meant."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from archive.filters import Filters
from crawler import urls
from crawler.rebuilding.captures import Portal

__all__ = ["portals_of"]


def portals_of(db: sqlite3.Connection, names: Sequence[str]) -> list[Portal]:
    """Return the portals with these ids or hosts, all of the archive where none is named. Raises NotFound."""
    chosen = Filters(portals=tuple(names)).resolve(db).portals
    return [
        Portal(row["id"], tuple(json.loads(row["hosts"])), urls.language_of(row["url"]))
        for row in db.execute("SELECT id, url, hosts FROM portals ORDER BY id")
        if chosen is None or row["id"] in chosen
    ]
