"""`version`: what luutru calls itself in what it writes."""

from __future__ import annotations

import importlib.metadata

__all__ = ["version"]


def version() -> str:
    """Return the version that is installed; "0+unknown" where it runs from its sources alone."""
    try:
        return importlib.metadata.version("luutru")
    except importlib.metadata.PackageNotFoundError:
        return "0+unknown"
