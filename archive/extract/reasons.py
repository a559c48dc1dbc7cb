"""Which lines of a body are left out of its text, and why: what the steps of cleaning pass on."""

from __future__ import annotations

from archive.extract.outline import Line

__all__ = ["Reasons", "remaining"]

Reasons = dict[int, str]  # position in the list of lines → why it is left out


def remaining(lines: list[Line], reasons: Reasons) -> list[tuple[int, Line]]:
    """Return the lines that nothing has taken out yet, with their positions."""
    return [(position, line) for position, line in enumerate(lines) if position not in reasons]
