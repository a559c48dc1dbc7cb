"""The formats of a corpus: each writes records into data files of a folder. A new one is a class here and its row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from archive.export.folder import DataFile, FileDigest
from archive.export.records import Record

__all__ = ["FORMATS", "Writer"]


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
