"""Which processor a run may use: both pipelines get one, the portals get the others."""

from __future__ import annotations

import os

__all__ = ["keep_off", "take"]


def take() -> None:
    """Run this process and what it starts on the first processor alone, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})


def keep_off() -> None:
    """Leave the first processor to others, where there are more."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, set(range(1, os.cpu_count() or 1)))
