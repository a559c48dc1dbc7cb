"""A bound on what reading one document may take."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["limited_memory"]

_MOST_BYTES = 1 << 30
_STATM = Path("/proc/self/statm")


@contextmanager
def limited_memory(most_bytes: int = _MOST_BYTES) -> Iterator[None]:
    """Let the process take at most `most_bytes` more than it has; beyond, what asks for memory fails.

    A library that cannot bear that ends the worker process, and its document is `broken`. Only Linux tells how much
    a process has; elsewhere nothing is limited.
    """
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
