"""CMS families: by what marks each is known, and where it keeps an article's parts.

A family is one module of this folder with a `FAMILY`; it is found by being there (docs/extraction.md).
"""

from __future__ import annotations

import re
from dataclasses import astuple
from importlib import import_module
from pkgutil import iter_modules

from archive.extract.families.family import Family
from archive.extract.families.names import NAMES

__all__ = ["CLASSES", "FAMILIES", "NAMES", "Family"]

_OTHERS = frozenset(("family", "names"))


def _load() -> tuple[Family, ...]:
    """Return the families of this folder, those of higher rank first, then by name."""
    names = [module.name for module in iter_modules(__path__) if module.name not in _OTHERS]
    found = [import_module(f"{__name__}.{name}").FAMILY for name in names]
    return tuple(sorted(found, key=lambda family: (-family.rank, family.name)))


FAMILIES = _load()
# The classes that any selector asks for: few of those in a page, so that only these are indexed.
CLASSES = frozenset(re.findall(r"\.([\w-]+)", str([astuple(family) for family in (*FAMILIES, NAMES)])))
