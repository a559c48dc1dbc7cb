"""`learn`: from observed pages of one portal to what is chrome on it. Depends on the pages, not on their order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from archive.chrome.blocks import Block, Counts
from archive.chrome.containers import Container, find_containers
from archive.chrome.evidence import Told, again, is_body, is_prose, read, weigh
from archive.chrome.model import Learned

__all__ = ["PAGES_LEAST", "Lesson", "Told", "learn"]

PAGES_LEAST = 8  # of fewer nothing is learned


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned from `pages` pages, with its evidence. `around`: places outside containers that hold prose."""

    pages: int
    containers: tuple[Container, ...] = ()
    blocks: tuple[Block, ...] = ()
    around: tuple[int, ...] = ()

    def learned(self) -> Learned:
        """Return what extraction uses of it."""

        def those(role: str) -> frozenset[int]:
            return frozenset(block.digest for block in self.blocks if block.role == role)

        teasers = frozenset(block.place for block in self.blocks if block.role == "teasers")
        addresses = tuple(container.address for container in self.containers)
        return Learned(addresses, those("outside"), those("inside"), teasers, frozenset(self.around))


def learn(told: Iterable[Told]) -> Lesson:
    """Return what pages teach together. What was observed of one page at several times counts once."""
    pages = [read(one) for one in told]
    if len({page.key for page in pages}) < PAGES_LEAST:
        return Lesson(len(pages))
    counts = Counts(pages)
    anywhere, inside = again(pages, is_prose), again(pages, lambda page: is_prose(page) & is_body(page))
    for page in pages:
        page.recurs = counts.recur(page)
        # A lead may stand on other pages as a teaser; it is this page's own all the same.
        weigh(page, np.isin(page.said, inside) | (np.isin(page.said, anywhere) & ~is_body(page)))
    containers = find_containers(pages)
    blocks, around = counts.blocks([container.address for container in containers])
    return Lesson(len(pages), containers, blocks, around)
