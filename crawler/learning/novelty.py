"""Brakes on branches of a portal that bring nothing new, judged by what this crawl has seen. Memory is bounded.

A page is braked only by what it shows, never by its address: addresses are what a trap has plenty of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from crawler.analysis.face import Face
from crawler.discovery import LinkKind
from crawler.frontier import FrontierRow, NewRow
from crawler.learning.patterns import forms

__all__ = ["Novelty"]

_ADDRESSES = 3  # that may show the same, with the same links, before the next one is a branch that goes round
_ADDRESSES_LINKING = 20  # that may show the same but for their links
_BARREN_PAGES = 5  # of a listing, in a row
_BARREN_PAGES_AGAIN = 2  # on a portal whose listings had as many together
_REMEMBERED = 200_000  # of either kind: some 60 MB in all


class Novelty:
    """What the pages of one crawl have shown so far, as far as it is remembered."""

    def __init__(self) -> None:
        self._faces: dict[tuple[str, int, int], tuple[int, ...]] = {}  # portal, texts then, hash → keys of pages
        self._texts: Counter[str] = Counter()  # new ones, by portal
        self._listed: set[int] = set()  # hashes of a chain and a link that one of its pages showed
        self._barren: dict[int, int] = {}  # chain → pages in a row without a link that is new to the chain
        self._barren_pages: Counter[str] = Counter()  # of listings, by portal

    def followed(self, row: FrontierRow, links: Sequence[NewRow], shown: Face | None) -> list[NewRow]:
        """Return the links of a page that go to the frontier; `shown`: its face, None for a sitemap or feed."""
        if shown is not None and self._goes_round(row, shown):
            # Documents lead nowhere; a list of them may differ in nothing but numbers.
            leaf = LinkKind.ATTACHMENT.rank
            return [link for link in links if link.rank == leaf != row.rank]
        turning = LinkKind.PAGINATION.rank
        chain = row.chain if row.rank == turning and row.chain is not None else row.key
        if chain != row.key and self._is_barren(chain, row, links):
            return [link for link in links if link.rank != turning]
        return [link._replace(chain=chain) if link.rank == turning else link for link in links]

    def new_text(self, portal: str) -> None:
        """Note that a portal brought a text that the archive did not have."""
        self._texts[portal] += 1

    def _goes_round(self, row: FrontierRow, shown: Face) -> bool:
        """Tell whether enough other addresses showed the same: with the same links, or without a new text since.

        Lists whose entries are all called the same ("Tin 1", "Tin 2") differ in their links; a home page that stands
        at every address may have a link that is new every time.
        """
        by_links = self._is_shown((row.portal, 0, shown.linked), row.key, _ADDRESSES)
        texts = self._texts[row.portal]
        return self._is_shown((row.portal, texts, shown.seen), row.key, _ADDRESSES_LINKING) or by_links

    def _is_shown(self, what: tuple[str, int, int], key: int, most: int) -> bool:
        if len(self._faces) > _REMEMBERED:
            self._faces.clear()
        keys = self._faces.get(what, ())
        if key in keys or len(keys) >= most:
            return key not in keys
        self._faces[what] = (*keys, key)
        return False

    def _is_barren(self, chain: int, row: FrontierRow, links: Sequence[NewRow]) -> bool:
        """Tell whether this listing has shown nothing for some pages that its own pages had not shown before.

        What the archive knows does not count: the articles of a whole listing may be known from a sitemap, and
        those behind them not. Nor do session ids, and the listing itself with other parameters.
        """
        if len(self._listed) > _REMEMBERED:
            self._listed.clear()
        own = row.url.partition("?")[0]
        shown = (link for link in links if link.rank != LinkKind.PAGINATION.rank)
        listed = {
            hash((chain, next((form for _, form in forms(link.url)), link.key)))
            for link in shown
            if link.rank == LinkKind.ARTICLE.rank or link.url.partition("?")[0] != own
        }
        count = 0 if listed - self._listed else self._barren.get(chain, 0) + 1
        self._listed |= listed
        if count:
            self._barren[chain] = count
        else:
            self._barren.pop(chain, None)
        self._barren_pages[row.portal] += count > 0
        return count >= (_BARREN_PAGES_AGAIN if self._barren_pages[row.portal] > _BARREN_PAGES else _BARREN_PAGES)
