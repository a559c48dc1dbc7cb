"""Writes a corpus: data files of a format, README.md and manifest.json."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

from archive.export.card import dataset_card
from archive.export.choice import Options, Summary
from archive.export.folder import DataFile, FileDigest, new_folder
from archive.export.formats import FORMATS
from archive.export.records import FIELDS, Selection
from archive.version import version

__all__ = ["export"]

_PROGRESS_EVERY = 1000


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
