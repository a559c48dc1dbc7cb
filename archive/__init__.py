"""Everything after the bytes arrived: captures (WARC), extraction, duplicates, store, search, export.

`archive.open("luutru-archive")` gives what a notebook needs: see `archive.reader.Reader`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from archive.reader import Reader

__all__ = ["open"]


def open(path: str | Path) -> Reader:  # noqa: A001 `archive.open` is what it is called by
    """Return the archive in the folder `path`, to search and read. Raises ArchiveError."""
    from archive.reader import Reader

    return Reader.open(path)
