"""What an import did of one file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Counts", "Fault"]

_FAULTS_MOST = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """A record that could not be taken: where it is, and why."""

    file: str
    offset: int
    reason: str


@dataclass(slots=True)
class Counts:
    """What an import did of one file so far, in records; `left_out` counts by reason, `faults` holds the first 100."""

    file: str
    size_bytes: int
    done_bytes: int = 0
    records: int = 0
    captures: int = 0  # taken now
    known: int = 0  # in the archive already
    articles: int = 0  # new ones
    copies: int = 0  # new articles whose text the archive had already
    changed: int = 0
    history: int = 0  # older states of articles
    broken: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, offset: int, reason: str) -> None:
        """Count a record that could not be taken."""
        self.broken += 1
        if len(self.faults) < _FAULTS_MOST:
            self.faults.append(Fault(self.file, offset, reason))

    def sorted_faults(self) -> list[Fault]:
        """Return the faults in the order of the file: records are taken side by side."""
        return sorted(self.faults, key=lambda fault: fault.offset)

    def record(self) -> dict[str, Any]:
        """Return the counts as a JSON record."""
        names = ("file", "records", "captures", "known", "articles", "copies", "changed", "history", "broken")
        faults = [{"offset": fault.offset, "reason": fault.reason} for fault in self.sorted_faults()]
        return {**{name: getattr(self, name) for name in names}, "left_out": dict(self.left_out), "faults": faults}
