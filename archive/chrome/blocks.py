"""The blocks that recur on the pages of a portal, and what each is to extraction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from archive.chrome.evidence import Bools, Integers, PageSeen, tell
from archive.chrome.observe import SpanIs

__all__ = ["Block", "Counts"]

_SEEN_LEAST = 3
_SHARE = 0.2  # of the pages that have a block at its place
_BLOCKS_MOST = 4_000
# Chrome inside containers: more is asked for, since what people write recurs too.
_INSIDE_LEAST = 5
_INSIDE_SHARE = 0.5
_NAMELESS_SHARE = 0.8
_PROSE_SHARE = 0.05
_TEASER = SpanIs.LINKS | SpanIs.MADE
_TEASERS_SHARE = 0.2
_TEASERS_PURE = 0.95


@dataclass(frozen=True, slots=True)
class Block:
    """A block that recurs: on `pages` of the `of_pages` that have one at its place. `role`: outside or
    inside of the containers, teasers, or kept where it is text that recurs. `first_at`, `last_at`: Unix times."""

    digest: int
    place: int
    pages: int
    of_pages: int
    role: str
    is_whole: bool  # it stands in no block that recurs as well
    first_at: int = 0
    last_at: int = 0


class Counts:
    """On how many pages each block and each place stands. No digest is one of two places."""

    def __init__(self, pages: Sequence[PageSeen]) -> None:
        self._pages = pages
        self.digests, self.seen = tell(pages, lambda page: page.digests)
        places, self._place_seen = tell(pages, lambda page: page.places)
        every, where = np.concatenate([p.digests for p in pages]), np.concatenate([p.places for p in pages])
        _, at = np.unique(every, return_index=True)
        self.place = np.searchsorted(places, where[at])
        self.places = places
        self.of_pages = self._place_seen[self.place]
        self.recurring = (self.seen >= _SEEN_LEAST) & (self.seen >= self.of_pages * _SHARE)

    def recur(self, page: PageSeen) -> Bools:
        """Return which spans of a page recur."""
        return self.recurring[np.searchsorted(self.digests, page.digests)]

    def blocks(self, containers: Sequence[str]) -> tuple[tuple[Block, ...], tuple[int, ...]]:
        """Return the blocks that recur, and what each is to extraction; and the places outside that hold prose."""
        tally = _Tally(len(self.digests), len(self.places))
        for page in self._pages:
            self._note(page, _span_of(page, containers), tally)
        found = []
        frequent = self.recurring & (self.seen >= _INSIDE_LEAST)
        counted = np.bincount(self.place[frequent], weights=self.seen[frequent], minlength=len(self.places))
        tally.place_recurring = counted.astype(np.int64)
        distinct = np.bincount(self.place, minlength=len(self.places))
        for index in np.flatnonzero(self.recurring).tolist():
            place, seen, of_pages = int(self.place[index]), int(self.seen[index]), int(self.of_pages[index])
            role = tally.role(index, place, seen, of_pages)
            times = int(tally.first_at[index]), int(tally.last_at[index])
            digest = int(self.digests[index])
            found.append(Block(digest, int(self.places[place]), seen, of_pages, role, bool(tally.whole[index]), *times))
        for place in tally.teasers(self._place_seen, distinct):
            counts = int(tally.place_links[place]), int(self._place_seen[place])
            times = min(page.captured_at for page in self._pages), max(page.captured_at for page in self._pages)
            found.append(Block(int(self.places[place]), int(self.places[place]), *counts, "teasers", True, *times))
        found.sort(key=lambda block: (-block.pages, block.digest))
        around = tally.place_around >= np.maximum(_SEEN_LEAST, self._place_seen * _SHARE)
        return tuple(found[:_BLOCKS_MOST]), tuple(self.places[around].tolist())

    def _note(self, page: PageSeen, span: tuple[int, int], tally: _Tally) -> None:
        """Count where the spans of one page stand, seen from its container."""
        at, first = np.unique(np.searchsorted(self.digests, page.digests), return_index=True)
        flags = page.flags[first]
        is_inside = (page.firsts[first] >= span[0]) & (page.lasts[first] <= span[1])
        is_outside = (page.lasts[first] <= span[0]) | (page.firsts[first] >= span[1])
        tally.first_at[at] = np.minimum(tally.first_at[at], page.captured_at)
        tally.last_at[at] = np.maximum(tally.last_at[at], page.captured_at)
        tally.inside[at] += is_inside
        tally.outside[at] += is_outside
        tally.links[at] += flags & SpanIs.LINKS > 0
        tally.made[at] += flags & SpanIs.MADE > 0
        tally.box[at] += flags & SpanIs.BOX > 0
        tally.formula[at] |= flags & SpanIs.FORMULA > 0
        own = page.own
        at_edge = (own[page.firsts[first]] <= own[span[0]]) | (own[page.lasts[first]] >= own[span[1]])
        tally.edge[at] += at_edge & is_inside
        whole = _outermost(page)
        tally.whole[np.searchsorted(self.digests, page.digests[whole])] = True
        self._note_places(page, span, tally)

    def _note_places(self, page: PageSeen, span: tuple[int, int], tally: _Tally) -> None:
        """Count the named places inside the container that hold links, and where they hold anything else."""
        is_inside = (page.firsts >= span[0]) & (page.lasts <= span[1])
        is_block = page.flags & SpanIs.LINE == 0
        is_teaser = is_inside & (page.flags & _TEASER == _TEASER)
        place = np.searchsorted(self.places, page.places)
        tally.place_prose[np.unique(place[is_inside & (page.flags & SpanIs.PROSE > 0) & ~page.recurs])] += 1
        is_outside = (page.lasts <= span[0]) | (page.firsts >= span[1])
        tally.place_around[np.unique(place[is_outside & (page.flags & SpanIs.PROSE > 0)])] += 1
        tally.place_links[np.unique(place[is_teaser])] += 1
        tally.place_others[np.unique(place[~is_teaser & is_block])] += 1


class _Tally:
    """Where the blocks stand, by their index among the digests; `place_…` by that of the places."""

    def __init__(self, digests: int, places: int) -> None:
        self.inside, self.outside, self.links, self.made, self.box, self.edge = np.zeros((6, digests), dtype=np.int64)
        self.first_at, self.last_at = np.full(digests, np.iinfo(np.int64).max), np.zeros(digests, dtype=np.int64)
        self.formula, self.whole = np.zeros((2, digests), dtype=np.bool_)
        self.place_recurring: Integers = np.zeros(places, dtype=np.int64)
        self.place_links, self.place_others, self.place_prose, self.place_around = np.zeros((4, places), dtype=np.int64)

    def role(self, index: int, place: int, seen: int, of_pages: int) -> str:
        """Return what a block that recurs is to extraction."""
        if self.outside[index] * 2 > seen:
            return "outside"
        if self.inside[index] * 2 <= seen or self.formula[index]:
            return "kept"
        if seen < _INSIDE_LEAST:
            return "kept"
        # A template's note may have been worded anew: its share is that of all that recurs at its place.
        share = min(1.0, self.place_recurring[place] / of_pages)
        is_made = self.made[index] * 2 > seen or (self.box[index] * 2 > seen and share >= _NAMELESS_SHARE)
        has_text = self.place_prose[place] > of_pages * _PROSE_SHARE  # on other pages people write there
        at_edge = self.edge[index] * 10 >= seen * 8
        is_template = is_made and share >= _INSIDE_SHARE and not has_text and at_edge
        is_links = self.links[index] * 2 > seen >= of_pages * _INSIDE_SHARE
        return "inside" if is_template or is_links else "kept"

    def teasers(self, seen: Integers, distinct: Integers) -> list[int]:
        """Return the places inside containers that are named and hold other links on each page, and nothing else."""
        is_teaser = (
            (self.place_links >= np.maximum(_INSIDE_LEAST, seen * _TEASERS_SHARE))
            & (self.place_links >= (self.place_links + self.place_others) * _TEASERS_PURE)
            & (distinct >= _SEEN_LEAST)
        )
        return [int(place) for place in np.flatnonzero(is_teaser)]


def _span_of(page: PageSeen, containers: Sequence[str]) -> tuple[int, int]:
    """Return the lines of the page's container: a learned one where it has one, else what the strategies took."""
    held = (page.holders[address] for address in containers if address in page.holders)
    return next(held, page.body)


def _outermost(page: PageSeen) -> Bools:
    """Return which of the spans that recur stand in no other; outer spans come before inner ones."""
    reached = np.maximum.accumulate(np.where(page.recurs, page.lasts, 0))
    before = np.concatenate((np.zeros(1, dtype=np.int64), reached[:-1]))
    return page.recurs & (page.lasts > before)
