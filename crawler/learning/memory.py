"""What is remembered of a portal's addresses, and the records that go into it and come out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from archive.records import PageKind
from crawler.frontier import NewRow

__all__ = ["Known", "Lesson", "Outcome", "Tally"]

_PATTERNS_MOST = 20_000
_PART_MARKS = "/?"


@dataclass(slots=True)
class Tally:
    """What the pages of a pattern (or with a part) brought. `example`: the last address that brought nothing."""

    pages: int = 0
    articles: int = 0  # with a text that the portal did not have
    twins: int = 0  # with the text of the page without the part
    barren: int = 0
    doubtful: int = 0
    leads: int = 0  # pages that led to articles
    held: int = 0  # addresses set aside in this crawl
    reason: str = ""  # why it is retired; empty where it is not
    example: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an address that was fetched for the first time.

    `is_new_text`: its article is one that the portal did not have. `twin`: the part that it has more than the page
    that says the same, or the token that the two differ in; `longer`: the address of that other page, where it is the
    one with the part. `links`: all that it links to; `fresh`: those that were new.
    """

    kind: PageKind
    is_new_text: bool = False
    twin: str | None = None
    longer: str | None = None
    links: Sequence[NewRow] = ()
    fresh: Sequence[NewRow] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to be remembered of a pattern: its tally. `is_revived`: what was set aside for it is due again."""

    portal: str
    pattern: str
    tally: Tally
    is_revived: bool = False


@dataclass(slots=True)
class Known:
    """What is known of one portal, and what this crawl has seen of it."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    retired: dict[str, Tally] = field(default_factory=dict)  # patterns and parts
    parts: frozenset[str] = frozenset()  # the parts among them
    forms: set[int] = field(default_factory=set)  # hashes of addresses handed out, with a token masked
    repeated: dict[int, str | None] = field(default_factory=dict)  # key → token under which it was handed out before
    shown: set[int] = field(default_factory=set)  # keys that pages of this crawl linked to
    lists: set[int] = field(default_factory=set)  # keys of listings that this crawl read
    named: set[int] = field(default_factory=set)  # hashes of addresses of articles, with the folders masked

    def tally(self, name: str) -> Tally:
        """Return the tally of a pattern or part; where there are too many, those that brought nothing are forgotten."""
        if len(self.tallies) > _PATTERNS_MOST:
            self.tallies = {name: tally for name, tally in self.tallies.items() if tally.articles or tally.reason}
        return self.tallies.setdefault(name, Tally())

    def retire(self, name: str, reason: str) -> None:
        """Set the addresses of a pattern or part aside from now on."""
        self.retired[name] = tally = self.tally(name)
        tally.reason = reason
        self.parts = frozenset(name for name in self.retired if name[0] in _PART_MARKS)

    def revive(self, name: str) -> None:
        """Let a pattern or part come back."""
        tally = self.retired.pop(name)
        tally.reason, tally.barren = "", 0
        self.parts = self.parts - {name}
