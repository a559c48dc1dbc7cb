"""What sitemaps and feeds say about pages that are known already: that they changed, or that they are no more.

What a source listed is kept until it is read again; what differs between two readings are its hints. A clock that is
hours off, or a date where the time of a change is meant, make no difference to that. Each hint is checked by asking
for the page, and a source whose hints turn out to be wrong is hardly asked any more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from crawler import frontier

__all__ = ["Entry", "Hints", "compare", "note_outcome", "take"]

Entry = tuple[int, int]  # key of a page, Unix time at which the source says that it changed (0: it says nothing)
Entries = npt.NDArray[np.int64]  # of shape (n, 2): an Entry in each row, in the order of the source

_PLAUSIBLE = 5  # one in so many known pages may have changed between two readings, ...
_FEW = 5  # ... or this many; of more, only this many are tried
_TRIED = 10  # hints after which a source is judged
_RIGHT = 0.1  # share of right hints from which on it is believed


@dataclass(frozen=True, slots=True)
class Hints:
    """Keys of known pages: that a source says have changed, latest first, and that it does not list any more."""

    changed: tuple[int, ...] = ()
    vanished: tuple[int, ...] = ()


def compare(before: Entries, now: Entries) -> Hints:
    """Return what two readings of one source say together.

    What left from either end of the list was pushed out (sitemaps and feeds are capped) and says nothing.
    """
    _, old, new = np.intersect1d(before[:, 0], now[:, 0], return_indices=True)
    risen = now[new[now[new, 1] > before[old, 1]]]
    changed = risen[np.argsort(-risen[:, 1], kind="stable")]
    vanished = before[:0, 0]
    if len(old):
        inner = np.arange(old.min(), old.max() + 1)
        vanished = before[np.setdiff1d(inner, old, assume_unique=True), 0]
    return Hints(_plausible(changed[:, 0], len(before)), _plausible(vanished, len(before)))


def _plausible(keys: Entries, known: int) -> tuple[int, ...]:
    """Return the hints to be tried: a few only where they are so many that something else must have happened."""
    return tuple(map(int, keys if len(keys) <= max(_FEW, known // _PLAUSIBLE) else keys[:_FEW]))


def take(db: sqlite3.Connection, source: int, listed: Sequence[Entry], now: int) -> int:
    """Make pages due that a source, read just now, gives hints of; return how many.

    At the first reading those are the pages that were fetched before the time at which it says they changed.
    """
    row = db.execute("SELECT entries, hints, hits FROM readings WHERE key = ?", [source]).fetchone()
    listed = list(dict(listed).items())  # a page may be listed under two spellings
    entries = np.array(listed, dtype="<i8").reshape(-1, 2)
    db.execute(
        "INSERT INTO readings (key, entries) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET entries = excluded.entries",
        [source, entries.tobytes()],
    )
    if row is None:
        hints = Hints(_fetched_before(db, listed))
    else:
        hints = compare(np.frombuffer(row[0], dtype="<i8").reshape(-1, 2), entries)
    changed, vanished = hints.changed, hints.vanished
    if row is not None and row[1] >= _TRIED and row[2] < row[1] * _RIGHT:
        changed, vanished = changed[:1], vanished[:1]
    made = [frontier.make_due(db, key, now, hinted_by=source) for key in (*changed, *vanished)]
    db.executemany("UPDATE frontier SET missing = max(missing, 1) WHERE key = ?", [(key,) for key in vanished])
    return sum(made)


def note_outcome(db: sqlite3.Connection, source: int, *, is_right: bool) -> None:
    """Note whether a page that was asked because of a source had changed."""
    db.execute("UPDATE readings SET hints = hints + 1, hits = hits + ? WHERE key = ?", [is_right, source])


def _fetched_before(db: sqlite3.Connection, listed: Sequence[Entry]) -> tuple[int, ...]:
    query = "SELECT 1 FROM frontier WHERE key = ? AND fetched_at < ?"
    told = [key for key, at in sorted(listed, key=lambda entry: -entry[1]) if db.execute(query, [key, at]).fetchone()]
    return _plausible(np.array(told, dtype="<i8"), len(listed))
