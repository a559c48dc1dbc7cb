"""A folder that comes into being whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from archive.errors import ExportError

__all__ = ["DataFile", "FileDigest", "new_folder"]


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A file that was written: its name, size and SHA-256, and how many records it holds."""

    name: str
    size_bytes: int
    sha256: str
    records: int


class DataFile:
    """A file whose digest grows with it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = path.open("wb")
        self._hash = hashlib.sha256()
        self.size_bytes = self.records = 0

    def write(self, data: bytes, *, records: int = 0) -> None:
        """Append `data`, which holds so many records."""
        self._file.write(data)
        self._hash.update(data)
        self.size_bytes += len(data)
        self.records += records

    def close(self) -> FileDigest:
        """Bring the file to the disk and return what was written."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return FileDigest(self._path.name, self.size_bytes, self._hash.hexdigest(), self.records)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Yield a folder to write into that becomes `out` at the end, or vanishes if anything fails.

    `out` must not exist or be an empty folder. Raises ExportError, also for a full disk.
    """
    if out.is_dir() and any(out.iterdir()):
        raise ExportError(str(out), "the folder exists and holds files", "name a new one, or delete it first")
    if out.exists() and not out.is_dir():
        raise ExportError(str(out), "a file of this name exists", "name a new folder")
    # Beside `out`, so that the rename stays on one file system. The process id tells who writes it.
    partial = out.absolute().parent / f".{out.absolute().name}.partial-{os.getpid()}"
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(partial)
        partial.mkdir()
        yield partial
        partial.replace(out.absolute())
    except OSError as error:
        raise _cannot_write(out, error) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _remove_abandoned(partial: Path) -> None:
    """Remove what exports to the same folder left behind that were killed."""
    for other in partial.parent.glob(f"{partial.name.rsplit('-', 1)[0]}-*"):
        pid = other.name.rsplit("-", 1)[1]
        if pid.isdecimal() and (int(pid) == os.getpid() or not _is_alive(int(pid))):
            shutil.rmtree(other, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it lives and belongs to somebody else
    return True


def _cannot_write(out: Path, error: OSError) -> ExportError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ExportError(str(out), "the disk is full, nothing was left behind", "free space or name another folder")
    reason = error.strerror or str(error)
    return ExportError(str(out), f"it cannot be written ({reason})", "check the path, its rights and the free space")
