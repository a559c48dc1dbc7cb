"""What a rebuild did with one portal."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

__all__ = ["Counts"]


@dataclass(slots=True)
class Counts:
    """Counts of a portal; `failures`: what could not be extracted, and why. Its pages stay as they are."""

    portal: str
    pages: int = 0  # to be done in all
    done: int = 0
    captures: int = 0  # extracted
    changed: int = 0  # articles whose text or fields, or whose revisions, are others
    new: int = 0
    lost: int = 0
    observed: int = 0  # articles that the chrome was learned from
    blocks: int = 0  # that are left out by what was learned
    failures: list[tuple[str, str]] = field(default_factory=list)

    def record(self) -> dict[str, object]:
        """Return the counts as they are printed with --json."""
        return {**asdict(self), "failures": len(self.failures)}
