"""Writes a corpus: data files of a format, README.md and manifest.json."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from archive.export.card import dataset_card
from archive.export.folder import DataFile, FileDigest, new_folder
from archive.export.records import FIELDS, Record, Selection
from archive.filters import Filters
from archive.version import version

__all__ = ["FORMATS", "Options", "Summary", "Writer", "export"]

_PROGRESS_EVERY = 1000


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


class Writer(Protocol):
    """A format: it opens with a folder and a shard size, takes records and returns the files that it wrote."""

    def __init__(self, folder: Path, shard_size: int | None) -> None: ...

    def write(self, record: Record) -> None:
        """Append a record."""

    def close(self) -> list[FileDigest]:
        """Finish and return the files in the order of their names."""


class _JsonLines:
    """One JSON object a line, UTF-8: `articles.jsonl`, or `articles-00001.jsonl` and so on."""

    def __init__(self, folder: Path, shard_size: int | None) -> None:
        self._folder, self._shard_size = folder, shard_size
        self._done: list[FileDigest] = []
        self._file = self._next()

    def write(self, record: Record) -> None:
        if self._file.records == self._shard_size:
            self._done.append(self._file.close())
            self._file = self._next()
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
        self._file.write(line.encode("utf-8"), records=1)

    def close(self) -> list[FileDigest]:
        return [*self._done, self._file.close()]

    def _next(self) -> DataFile:
        name = f"articles-{len(self._done) + 1:05d}.jsonl" if self._shard_size else "articles.jsonl"
        return DataFile(self._folder / name)


FORMATS: Mapping[str, type[Writer]] = {"jsonl": _JsonLines}


def export(
    db: sqlite3.Connection,
    out: Path,
    options: Options | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> Summary:
    """Write a corpus into the new folder `out` and return what went into it.

    `progress` is called with the number of records now and then. Raises ExportError and NotFound.
    """
    options = options or Options()
    selection = Selection(
        db,
        options.filters.resolve(db),
        keep=options.keep,
        min_syllables=options.min_syllables,
        captions=options.captions,
    )
    summary = Summary()
    with new_folder(out) as folder:
        writer = FORMATS[options.format](folder, options.shard_size)
        for record in selection:
            writer.write(record)
            summary.add(record)
            if summary.exported % _PROGRESS_EVERY == 0:
                progress(summary.exported)
        data = writer.close()
        summary.total, summary.dropped = selection.total, dict(selection.dropped)
        card = _write(folder / "README.md", dataset_card(options, summary, data))
        summary.files = (*data, card)
        manifest = _write(folder / "manifest.json", _manifest(options, summary))
    summary.files = (*data, card, manifest)
    return summary


def _write(path: Path, text: str) -> FileDigest:
    with DataFile(path) as file:
        file.write(text.encode("utf-8"))
        return file.close()


def _manifest(options: Options, summary: Summary) -> str:
    manifest = {
        "luutru": version(),
        "extractors": dict(sorted(summary.extractors.items())),
        "options": options.as_json(),
        "fields": [*FIELDS, "captions"] if options.captions else list(FIELDS),
        "counts": {
            "articles_in_archive": summary.total,
            "articles_exported": summary.exported,
            "articles_dropped": {rule: count for rule, count in sorted(summary.dropped.items()) if count},
            "syllables": summary.syllables,
            "portals": dict(sorted(summary.portals.items())),
        },
        "captured_at": summary.captured,
        "published_at": summary.published,
        "files": [
            {"name": file.name, "size_bytes": file.size_bytes, "records": file.records, "sha256": file.sha256}
            for file in summary.files
        ],
    }
    return json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"


def _widened(span: tuple[str, str] | None, value: str | None) -> tuple[str, str] | None:
    if value is None:
        return span
    return (min(span[0], value), max(span[1], value)) if span else (value, value)
