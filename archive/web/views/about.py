"""What this is, how its texts were made, and how to cite and to read it otherwise."""

from __future__ import annotations

from archive.version import version
from archive.web.visit import Page, Visit

__all__ = ["about"]


def about(visit: Visit) -> Page:
    """Return the page about the archive."""
    return Page("about.html", {"version": version(), "summary": visit.summary})
