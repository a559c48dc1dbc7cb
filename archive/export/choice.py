"""What a corpus is asked to hold, and what went into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from archive.export.folder import FileDigest
from archive.export.records import Record
from archive.filters import Filters

__all__ = ["Options", "Summary"]


@dataclass(frozen=True, slots=True)
class Options:
    """What to export and how. `shard_size` is the number of records a file, None for a single file."""

    format: str = "jsonl"
    keep: Literal["representatives", "all"] = "representatives"
    filters: Filters = field(default_factory=Filters)
    min_syllables: int = 0
    captions: bool = False
    shard_size: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the options as JSON values; what was left open is null or empty."""
        return {
            "format": self.format,
            "keep": self.keep,
            "portals": list(self.filters.portals),
            "provinces": list(self.filters.provinces),
            "categories": list(self.filters.categories),
            "since": self.filters.since.isoformat() if self.filters.since else None,
            "until": self.filters.until.isoformat() if self.filters.until else None,
            "min_syllables": self.min_syllables,
            "captions": self.captions,
            "shard_size": self.shard_size,
        }


@dataclass(slots=True)
class Summary:
    """What went into a corpus, counted while it was written. Times are those of the archive."""

    total: int = 0
    exported: int = 0
    syllables: int = 0
    copies: int = 0  # URLs named in `copies`
    dropped: Mapping[str, int] = field(default_factory=dict)
    portals: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    extractors: Counter[str] = field(default_factory=Counter)
    captured: tuple[str, str] | None = None  # first and last
    published: tuple[str, str] | None = None
    files: tuple[FileDigest, ...] = ()

    def add(self, record: Record) -> None:
        """Count one record."""
        self.exported += 1
        self.syllables += record["syllables"]
        self.copies += len(record["copies"])
        self.portals[record["portal"]] += 1
        self.languages[record["language"] or "unknown"] += 1
        self.extractors[record["extractor"]] += 1
        self.captured = _widened(self.captured, record["captured_at"])
        self.published = _widened(self.published, record["published_at"])


def _widened(span: tuple[str, str] | None, value: str | None) -> tuple[str, str] | None:
    if value is None:
        return span
    return (min(span[0], value), max(span[1], value)) if span else (value, value)
