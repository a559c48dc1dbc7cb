"""How a crawl is to be run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = ["Options"]


@dataclass(frozen=True, slots=True)
class Options:
    """How to crawl: gap between requests in seconds (None: the polite default), limits, worker processes."""

    delay_s: float | None = None
    max_pages: int | None = None
    max_time_s: float | None = None
    workers: int = 2
    due_only: bool = False
    since: datetime | None = None
    night: bool = False  # send requests only while it is night in Vietnam
    contact: str | None = None  # of whoever runs the crawl, for the User-Agent
    renders: bool | None = None  # pages are shown to a browser; None: as the archive remembers
    accepts_broken: bool | None = None  # certificates that are not to be trusted; None: as the archive remembers
    entries_most: int = 500  # entry points (sitemaps, feeds) of a host
