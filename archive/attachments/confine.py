"""Bounds on what reading one document may do to its process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["confined"]

_MOST_BYTES = 1 << 30
_STATM = Path("/proc/self/statm")


@contextmanager
def confined(most_bytes: int = _MOST_BYTES) -> Iterator[None]:
    """Let the process take at most `most_bytes` more than it has, and print nothing.

    A library that cannot bear the bound ends the worker process, with a page of its inner state on stderr; its document
    is then `broken`.
    """
    with _silenced(), _limited(most_bytes):
        yield


@contextmanager
def _limited(most_bytes: int) -> Iterator[None]:
    """Only Linux tells how much a process has; elsewhere nothing is limited."""
    if sys.platform != "linux" or not _STATM.exists():
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    has = int(_STATM.read_text().split()[0]) * resource.getpagesize()
    wanted = has + most_bytes
    bound = min([wanted, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)])
    resource.setrlimit(resource.RLIMIT_AS, (bound, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


@contextmanager
def _silenced() -> Iterator[None]:
    """Send what libraries write to stderr nowhere; Python's own writes of this time go there too."""
    try:
        kept = os.dup(2)
    except OSError:  # the process has none
        yield
        return
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
