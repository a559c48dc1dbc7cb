"""The files of other tools whose captures are in the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from archive.store.captures import iso
from archive.store.writer import Transaction
from archive.version import version

__all__ = ["Source", "source_row"]

_KEPT = ("software", "operator", "robots", "isPartOf", "publisher", "http-header-user-agent", "hostname", "ip")


@dataclass(frozen=True, slots=True)
class Source:
    """A file of another tool: its name, size, and the fields of its warcinfo record."""

    name: str
    size_bytes: int
    described: Mapping[str, str]


def source_row(transaction: Transaction, source: Source) -> tuple[int, str]:
    """Return the id of a source and of the warcinfo record that describes it in the current WARC file.

    Both are made where they are missing.
    """
    db, key = transaction.db, [source.name, source.size_bytes, transaction.warc_file_id]
    query = "SELECT id, warcinfo_id FROM sources WHERE name = ? AND size_bytes = ? AND warc_file_id = ?"
    row = db.execute(query, key).fetchone()
    if row is not None:
        return row["id"], row["warcinfo_id"]
    kept = {name: source.described[name] for name in _KEPT if name in source.described}
    described = {**kept, "description": f"captures of {source.name}, imported by luutru/{version()}"}
    warcinfo_id = transaction.warc.append_info(described)
    inserted = db.execute(
        """INSERT INTO sources (name, size_bytes, warc_file_id, software, imported_at, warcinfo_id)
        VALUES (?, ?, ?, ?, ?, ?)""",
        [*key, source.described.get("software"), iso(datetime.now(UTC)), warcinfo_id],
    )
    return inserted.lastrowid or 0, warcinfo_id
