"""What a crawl did, counted, and what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field

from archive.errors import LuutruError

__all__ = ["Counts", "Failures"]


@dataclass(slots=True)
class Counts:
    """What one crawl did of one portal so far, in pages."""

    fetched: int = 0
    unchanged: int = 0
    articles: int = 0  # new ones
    changed: int = 0
    copies: int = 0  # new articles whose text the archive had already
    failed: int = 0
    forbidden: int = 0  # by robots.txt
    discovered: int = 0
    missing: int = 0  # addresses that the server has not
    gone: int = 0  # articles that are found to be no more


@dataclass(slots=True)
class Failures:
    """What went wrong: portals out of reach and addresses that failed (the first hundred), with the reason."""

    portals: dict[str, str] = field(default_factory=dict)
    broken: LuutruError | None = None  # the archive cannot be used
    addresses: list[tuple[str, str]] = field(default_factory=list)

    def add(self, url: str, reason: str) -> None:
        """Note an address that failed."""
        if len(self.addresses) < 100:
            self.addresses.append((url, reason))
