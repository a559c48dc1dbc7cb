"""Addresses that are in the frontier for certain, as far as they were met lately: who links to them need not ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crawler.frontier import NewRow

__all__ = ["Seen"]

_MOST = 250_000  # keys, about 25 MB


class Seen:
    """The keys of addresses met lately; the older half is forgotten when there are too many."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._recent: set[int] = set()
        self._older: set[int] = set()

    def unknown(self, links: Sequence[NewRow]) -> list[NewRow]:
        """Return the links that were not met lately."""
        recent, older = self._recent, self._older
        return [link for link in links if link.key not in recent and link.key not in older]

    def update(self, links: Iterable[NewRow]) -> None:
        """Note addresses that have been committed to the frontier."""
        self._recent.update(link.key for link in links)
        if len(self._recent) > self._most // 2:
            self._older, self._recent = self._recent, set()
