"""A connection to an archive's database that has room for what its writer derives from it."""

from __future__ import annotations

import sqlite3
from typing import Any

__all__ = ["Connection"]


class Connection(sqlite3.Connection):
    """A connection; `duplicates` is the index that `archive.duplicates` keeps at hand for a writer, else None."""

    duplicates: Any = None
