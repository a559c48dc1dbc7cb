"""The WARC files that a user names: as they are, or inside a WACZ."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from archive.errors import NotFound, WarcError

__all__ = ["Part", "parts"]

_WARC = (".warc", ".warc.gz", ".warc.zst", ".warc.zstd")


@dataclass(frozen=True, slots=True)
class Part:
    """A WARC file: `path`, or the member of that name inside the WACZ at `path`."""

    path: Path
    member: str | None
    size_bytes: int

    @property
    def name(self) -> str:
        """What the archive calls it: its file name, behind that of its WACZ."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @property
    def label(self) -> str:
        """What the user calls it."""
        return f"{self.path}/{self.member}" if self.member else str(self.path)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open it for reading; raises WarcError where it cannot be."""
        with ExitStack() as opened:
            try:
                if self.member is None:
                    file: IO[bytes] = opened.enter_context(self.path.open("rb"))
                else:
                    file = opened.enter_context(opened.enter_context(zipfile.ZipFile(self.path)).open(self.member))
            except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
                raise WarcError(self.label, f"it cannot be read ({error})") from error
            yield file


def parts(path: Path) -> list[Part]:
    """Return the WARC files at a path: itself, or those of a WACZ.

    Raises NotFound or WarcError.
    """
    if not path.is_file():
        raise NotFound(str(path), "there is no such file")
    try:
        with path.open("rb") as file:
            if file.read(2) != b"PK":  # not `is_zipfile`: a WARC may end with a document that is a zip file
                return [Part(path, None, path.stat().st_size)]
        with zipfile.ZipFile(path) as wacz:
            found = [info for info in wacz.infolist() if info.filename.lower().endswith(_WARC)]
    except (OSError, zipfile.BadZipFile) as error:
        raise WarcError(str(path), f"it cannot be read ({error})") from error
    if not found:
        raise WarcError(str(path), "there is no WARC file in it", f"a WACZ has them in archive{os.sep}")
    return [Part(path, info.filename, info.file_size) for info in found]
