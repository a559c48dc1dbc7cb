"""Elements that are chrome by what they are called: hidden ones, menus, related lists, comments and their like."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

__all__ = ["Zone", "hides", "zone_reason"]

_HIDING_CLASSES = frozenset(
    (
        *(
            "d-none",
            "element-invisible",
            "hidden",
            "hide",
            "hide-accessible",
            "invisible",
            "ms-hidden",
            "offscreen",
            "screen-reader-text",
            "skip-link",
            "sr-only",
        ),
        *("visually-hidden", "visuallyhidden"),
        "wp-block-file__button",  # shown, but a button inside of a line of text
    )
)
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


@dataclass(slots=True, eq=False)
class Zone:
    """A part of a page that is chrome by its name; `in_force` turns False when it holds most of the page's prose.

    `reason_in_force`: why it is chrome, by its own name or that of a zone around it; empty where none is in force.
    """

    reason: str
    outer: Zone | None
    prose_chars: int = 0
    in_force: bool = True
    reason_in_force: str = ""

    def judge(self) -> None:
        """Bring `reason_in_force` up to date; the zone around it must be."""
        outer = self.outer.reason_in_force if self.outer else ""
        self.reason_in_force = self.reason if self.in_force else outer


def hides(style: str, classes: str) -> bool:
    """Return True for a style or classes with which a browser would not show an element."""
    return bool(style and _HIDING_STYLE.search(style)) or bool(classes and _hiding(classes))


@lru_cache(maxsize=8192)
def _hiding(classes: str) -> bool:
    return not _HIDING_CLASSES.isdisjoint(classes.lower().split())


_TAGS = {"nav": "nav", "footer": "footer", "aside": "side", "menu": "nav", "dialog": "widget"}

# Parts of a name, cut at everything that is no letter and at camelCase borders.
_PARTS = re.compile(r"[A-ZĐ]?[a-zđ]+|[A-ZĐ]+(?![a-zđ])|\d+")
_MOST_CHARS, _MOST_NAMES, _MOST_PARTS = 200, 40, 4

_BEGINNING = "*"


_TABLE = tomllib.loads((files("archive") / "data" / "zones.toml").read_text(encoding="utf-8"))
_CONTENT = frozenset(_TABLE.pop("content").split())
_BLOCKS = tuple(name.split("-") for name in _TABLE.pop("blocks").split())
# Name → rank and reason; the lowest rank wins.
_REASONS = {
    name: (rank, reason) for rank, (reason, names) in reversed([*enumerate(_TABLE.items())]) for name in names.split()
}
_BEGINNINGS = tuple((name.rstrip(_BEGINNING), why) for name, why in _REASONS.items() if name.endswith(_BEGINNING))


def zone_reason(tag: str, names: str) -> str:
    """Return why an element of that tag, class and id is chrome, or an empty string.

    `names` is class and id in one string; only whole parts of names count: `main-menu` is a menu, `menubar7x` and
    `remenu` are not.
    """
    if names:
        return _named(names) or _TAGS.get(tag, "")
    return _TAGS.get(tag, "")


@lru_cache(maxsize=16384)
def _named(names: str) -> str:
    for name in names.split(None, _MOST_NAMES)[:_MOST_NAMES]:
        if len(name) <= _MOST_CHARS and (reason := _read_name(name)):
            return reason
    return ""


def _read_name(name: str) -> str:
    parts = [part.lower() for part in _PARTS.findall(name)]
    for block in _BLOCKS:
        if parts[: len(block)] == block:
            parts = parts[len(block) :]
    runs = [
        "-".join(parts[i:end]) for i in range(len(parts)) for end in range(i + 1, min(i + _MOST_PARTS, len(parts)) + 1)
    ]
    if not _CONTENT.isdisjoint(runs):
        return ""
    found = [_REASONS[run] for run in runs if run in _REASONS]
    found += [reason for part in parts for beginning, reason in _BEGINNINGS if part.startswith(beginning)]
    return min(found)[1] if found else ""
