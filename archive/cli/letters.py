"""Small charts in block letters, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["bar", "spark"]

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_LEVELS = " ▁▂▃▄▅▆▇█"


def bar(value: int, most: int, width: int) -> str:
    """Return a bar of block letters; where there is anything at all, it has at least an eighth of one."""
    if not most or not value:
        return ""
    eighths = max(1, round(value / most * width * 8))
    return _EIGHTHS[-1] * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")


def spark(values: Sequence[int], most: int) -> str:
    """Return a letter a value, as high as the value is to `most`."""
    return "".join(_LEVELS[0 if not value or not most else max(1, round(value / most * 8))] for value in values)
