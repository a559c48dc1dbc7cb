"""Ctrl-C and SIGTERM while something long runs."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from crawler.analysis.pool import Pool

__all__ = ["Interruptible", "interruptible"]


class Interruptible(Protocol):
    """What can be asked to stop: it finishes what is under way."""

    interrupted: bool
    pool: Pool

    def interrupt(self) -> None:
        """Stop because the user asked for it; called from a signal handler."""


@contextmanager
def interruptible(running: Interruptible) -> Iterator[None]:
    """Let the first Ctrl-C (or SIGTERM) finish what is under way, and the second end the process at once.

    Ending at once loses nothing either: what was not committed is done again. After an interruption signals are
    ignored: a second one would kill the interpreter on its way out, and hide the exit code.
    """

    def interrupt(signum: int, frame: object) -> None:
        if running.interrupted:
            running.pool.kill()
            os._exit(130)
        running.interrupt()

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, interrupt) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, signal.SIG_IGN if running.interrupted else handler)
