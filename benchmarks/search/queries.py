"""Queries of each kind that people type, made out of the words of an archive by how common they are in it."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from archive.filters import Filters
from archive.search import Options
from archive.text import strip_marks

__all__ = ["Asked", "Corpus", "classes"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One search."""

    text: str
    filters: Filters = field(default_factory=Filters)
    options: Options = field(default_factory=Options)


class Corpus:
    """The words of an archive, with the share of its texts that hold them when folded, and some of its texts."""

    def __init__(self, path: Path, rng: random.Random) -> None:
        self.rng = rng
        db = sqlite3.connect(path)  # its own: the vocabulary is a table of the connection
        db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'search_index', 'row')")
        total = db.execute("SELECT count(*) FROM search_keys").fetchone()[0]
        query = "SELECT term, doc FROM temp.words WHERE length(term) < 8 AND NOT term GLOB '*[0-9]*'"
        self._share = {term: count / total for term, count in db.execute(query)}
        last = db.execute("SELECT max(id) FROM documents").fetchone()[0]
        query = "SELECT text FROM documents WHERE id <= ? ORDER BY id DESC LIMIT 1"
        self._texts = [db.execute(query, [rng.randint(1, last)]).fetchone()[0] for _ in range(400)]
        db.close()

    def folded(self, low: float, high: float) -> str:
        """Return a syllable without accents that so many of the texts hold, from `low` to `high`."""
        found = [term for term, share in self._share.items() if low <= share <= high]
        if not found:
            middle = (low + high) / 2
            found = sorted(self._share, key=lambda term: abs(self._share[term] - middle))[:5]
        return self.rng.choice(found)

    def run(self, length: int) -> str:
        """Return so many words that stand one after the other in a text, as they stand there."""
        while True:
            words = re.findall(r"[^\W\d_]+", self.rng.choice(self._texts))
            if len(words) > length:
                at = self.rng.randrange(len(words) - length)
                return " ".join(words[at : at + length])

    def accented(self, low: float, high: float) -> str:
        """Return a word with its accents that, without them, so many of the texts hold."""
        for _ in range(2000):
            word = self.run(1)
            if low <= self._share.get(strip_marks(word), 0) <= high and strip_marks(word) != word.casefold():
                return word
        return self.run(1)


_COMMON = (0.15, 0.45)
_EXACT = Options(exact=True)


def classes(corpus: Corpus, portals: list[str]) -> Mapping[str, Callable[[], Asked]]:
    """Return what makes a search of each kind. Of the first six it is said how fast they must be."""
    common, accented, run, rng = corpus.folded, corpus.accented, corpus.run, corpus.rng

    def several(count: int) -> str:
        return " ".join(common(*_COMMON) for _ in range(count))

    def on_portal() -> Filters:
        return Filters(portals=(rng.choice(portals),))

    def in_a_month() -> Filters:
        year, month = rng.randrange(2012, 2026), rng.randrange(1, 12)
        return Filters(since=date(year, month, 1), until=date(year, month + 1, 1))

    return {
        "1 word, in 15 to 45 %": lambda: Asked(common(*_COMMON)),
        "2 such words": lambda: Asked(several(2)),
        "3 such words": lambda: Asked(several(3)),
        "1 to 3 words out of a text, with accents": lambda: Asked(run(rng.randint(1, 3))),
        "phrase out of a text": lambda: Asked(f'"{run(rng.randint(2, 4))}"'),
        "phrase that hardly stands anywhere": lambda: Asked(f'"{several(2)}"'),
        "1 word, in 45 to 95 %": lambda: Asked(common(0.45, 0.95)),
        "1 word with accents, in 15 to 45 %": lambda: Asked(accented(*_COMMON)),
        "6 words out of a text": lambda: Asked(run(6)),
        "rare word": lambda: Asked(common(0, 0.001)),
        "common and rare word": lambda: Asked(f"{common(*_COMMON)} {common(0, 0.001)}"),
        "no hits": lambda: Asked(f"xqzw {common(*_COMMON)}"),
        "OR": lambda: Asked(f"{common(*_COMMON)} OR {common(*_COMMON)}"),
        "-word": lambda: Asked(f"{common(*_COMMON)} -{common(*_COMMON)}"),
        "prefix of 2 letters": lambda: Asked(f"{common(*_COMMON)[:2]}*"),
        "prefix of 3 letters": lambda: Asked(f"{common(*_COMMON)[:3]}*"),
        "title:": lambda: Asked(f"title:{common(*_COMMON)}"),
        "exact, 1 word": lambda: Asked(accented(*_COMMON), options=_EXACT),
        "exact, 2 words out of a text": lambda: Asked(run(2), options=_EXACT),
        "of a portal": lambda: Asked(several(2), on_portal()),
        "of a province": lambda: Asked(several(2), Filters(provinces=(f"Tỉnh {rng.randrange(1, 60)}",))),
        "of a month": lambda: Asked(several(2), in_a_month()),
        "of a category": lambda: Asked(several(2), Filters(categories=("Thông báo",))),
        "newest first": lambda: Asked(several(2), options=Options(sort="newest")),
        "newest first, of a portal": lambda: Asked(several(2), on_portal(), Options(sort="newest")),
        "page 20": lambda: Asked(several(2), options=Options(offset=190)),
        "all copies": lambda: Asked(several(2), options=Options(all_copies=True)),
        "with facets, 2 words": lambda: Asked(several(2), options=Options(facets=True)),
        "with facets, 1 word in 45 to 95 %": lambda: Asked(common(0.45, 0.95), options=Options(facets=True)),
    }
