"""The blocks that hold the articles of a portal: what the strategies agree on, page after page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.chrome.evidence import PageSeen

__all__ = ["Container", "find_containers"]

_CONTAINERS_MOST = 8
_PROSE_CHARS = 150  # a page with less has no say
_HELD = 0.85  # of a page's own prose that the strategies found, that its container holds
_FOUND = 0.5  # of the page's own prose that the container holds, that the strategies found
_BEST = 0.93  # of the quality of the best block of a page, that a block has which is voted for
_LEAST_QUALITY = 0.1
_PRESENT = 0.6  # of the pages that have it, on which it does
_VOTES_LEAST = 5
_VOTES_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Container:
    """A block that holds articles: `pages` of the `of_pages` that have it agree."""

    address: str
    pages: int
    of_pages: int


def find_containers(pages: Sequence[PageSeen]) -> tuple[Container, ...]:
    """Return the containers that are believed: of each layout what holds its pages' own prose and little else."""
    left = [page for page in pages if page.own[-1] >= _PROSE_CHARS]
    least = max(_VOTES_LEAST, len(left) * _VOTES_SHARE)
    found: list[Container] = []
    refused: set[str] = set()
    while len(left) >= least and len(found) < _CONTAINERS_MOST:
        score: dict[str, float] = {}
        votes: dict[str, list[PageSeen]] = {}
        for page in left:
            quality = {address: _quality(page, address) for address in page.holders.keys() - refused}
            enough = max(max(quality.values(), default=0.0) * _BEST, _LEAST_QUALITY)
            for address, own in quality.items():
                if own >= enough:
                    score[address] = score.get(address, 0.0) + own
                    votes.setdefault(address, []).append(page)
        believed = [address for address in votes if len(votes[address]) >= least]
        if not believed:
            break
        # Of blocks that do equally well the innermost, which holds the fewest characters; then the longest address.
        best = max(believed, key=lambda address: (round(score[address], 6), -_size(votes[address], address), address))
        present = [page for page in left if best in page.holders]
        if len(votes[best]) >= len(present) * _PRESENT:
            found.append(Container(best, len(votes[best]), len(present)))
            done = {id(page) for page in votes[best]}
            left = [page for page in left if id(page) not in done]
        else:
            refused.add(best)
    return tuple(found)


def _quality(page: PageSeen, address: str) -> float:
    """Return how well a block agrees with what the strategies took for the body, 0 where it does not.

    What counts is the page's own prose: the block holds nearly all of what they found, and not far more. Of blocks that
    do, the better one holds less that is not the page's own.
    """
    (first, last), (body_first, body_last) = page.holders[address], page.body
    own = page.own
    held, found = own[last] - own[first], own[body_last] - own[body_first]
    both_first, both_last = max(first, body_first), min(last, body_last)
    both = own[both_last] - own[both_first] if both_first < both_last else 0
    if not both or both < found * _HELD or both < held * _FOUND:
        return 0.0
    foreign = (page.foreign[last] - page.foreign[first]) / max(page.chars[last] - page.chars[first], 1)
    return float(2 * both / (held + found) * (1 - foreign))


def _size(pages: Sequence[PageSeen], address: str) -> int:
    return sum(int(page.chars[page.holders[address][1]] - page.chars[page.holders[address][0]]) for page in pages)
