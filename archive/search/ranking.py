"""Which of the matches are shown, and in which order.

A page of results is taken from a list that is the same for every page: `by_rank` or `by_date` yield it, one text of
each cluster unless all copies are wanted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from archive.search.marks import Marker
from archive.search.query import Query
from archive.search.records import Options
from archive.search.selection import Group, Match, Selection

__all__ = ["COUNTED", "RANKED", "Finder", "Found"]

# A syllable can stand in most articles, and every match takes time: so many of the newest are looked at.
COUNTED = 30_000  # to count them, and to find those with all of the words in the title or side by side
RANKED = 1500  # to rank them by bm25
_PROMINENT = 1000  # of those with the words in the title, and of those with them side by side
_FEW = 100  # matches of which the texts are read to see where the words stand: that costs less than to ask the index
_POOL, _POOLS = (
    100,
    5,
)  # best clusters that are ranked anew by accents; where they fill no page, more, up to five times as many
_READ = 2000  # texts that an exact search reads
_CHUNK = 500  # ids that are taken at once, by date
_AT_ONCE = 32  # of which the copies are looked up at once
# What is added to a score: more than bm25 ever comes to.
_IN_TITLE, _TOGETHER, _ACCENTS = 2e3, 1e3, 1e6


@dataclass(frozen=True, slots=True)
class Found:
    """A text that is shown: its id in `search_keys`, and its score: the higher the better."""

    key: int
    score: float


@dataclass(frozen=True, slots=True)
class _Place:
    """What a text has in common with its copies, and the id of the one that stands for them, if one does."""

    group: int | str
    representative: int | None


@dataclass(slots=True)
class Finder:
    """Finds what matches a query. Once a list has been read: of `ranked` matches the best were taken, and `is_bounded`
    where there are more; `accepted` texts were found to match in an exact search, all there are if `is_whole`.
    """

    selection: Selection
    query: Query
    marker: Marker
    options: Options
    ranked: int = 0
    is_bounded: bool = False
    is_whole: bool = False
    _accepted: dict[int, bool] = field(default_factory=dict)
    _extent: tuple[int, int] | None = None
    _groups: list[Group] | None = None

    @property
    def accepted(self) -> int:
        """How many texts were found to match in an exact search."""
        return sum(self._accepted.values())

    @property
    def expression(self) -> str:
        """The FTS5 expression of what may match: what an exact search excludes is judged on the texts alone."""
        return self.query.match(with_excluded=not self.options.exact)

    def extent(self) -> tuple[int, int]:
        """Return how many match when folded, at most one more than `COUNTED`, and the id of the oldest of them."""
        if self._extent is None:
            if self.options.facets and not self.options.exact:
                groups = self.groups()
                count = sum(group.portals.total() for group in groups)
                self._extent = count, min((group.oldest for group in groups), default=0)
            else:
                self._extent = self.selection.extent(self.expression, COUNTED + 1)
        return self._extent

    def groups(self) -> list[Group]:
        """Return the numbers of what matches when folded, at most one more than `COUNTED`, by year and portal."""
        if self._groups is None:
            self._groups = self.selection.groups(self.expression, COUNTED + 1)
        return self._groups

    def by_rank(self) -> Iterator[Found]:
        """Yield what is found, best first.

        First come texts with all of the words in their title, then those where they stand side by side, then the
        others; of these by bm25, but those older than what bm25 was asked of come last, the newest first.
        """
        scores = self._scores()
        shown = self._best_of_each(scores)
        if self.marker.accented:
            yield from self._accents_first(shown)
        yield from shown
        self.is_whole = not self.is_bounded

    def by_date(self) -> Iterator[Found]:
        """Yield what is found in the order of publication; what has no date comes last."""
        seen: set[int | str] = set()
        passes: list[tuple[bool, int | None]] = (
            [(True, None)] if self.options.sort == "newest" else [(False, -1), (True, 0)]
        )
        for is_newest_first, last in passes:
            while ids := self.selection.ids(self.expression, _CHUNK, after=last, is_newest_first=is_newest_first):
                last = ids[-1]
                yield from self._each_in_its_place(ids, seen)
                if self.is_bounded:
                    return
        self.is_whole = True

    def accepts(self, key: int) -> bool:
        """Return whether a text matches that matches when folded. At most `_READ` are read; of the others none does."""
        if not self.options.exact:
            return True
        if key not in self._accepted:
            if len(self._accepted) == _READ:
                self.is_bounded = True
                return False
            self._accepted[key] = any(self.marker.accepts(title, text) for _, title, text in self._texts([key]))
        return self._accepted[key]

    def _scores(self) -> dict[int, float]:
        """Return the scores of what is ranked: the newest matches, and older ones where the words are prominent."""
        most = max(RANKED, self.options.offset + self.options.limit + 1)
        matches = self._newest(most + 1)
        self.is_bounded = len(matches) > most
        scores = {key: -bm25 for key, bm25 in matches[:most]}
        if len(matches) <= min(_FEW, most):
            scores = self._scores_of_few(scores)
        else:
            self._raise_prominent(scores)
        self.ranked = len(scores)
        return scores

    def _newest(self, most: int) -> list[Match]:
        """Return the newest matches with their bm25, which counts all matches of each word or phrase again.

        That is done without for a phrase, which may take long to find, and for words with a prefix, which are gathered
        from the whole index each time: then texts in which they are not prominent go by date.
        """
        if self.query.is_phrase or self.query.has_prefix:
            return [(key, 0.0) for key in self.selection.ids(self.expression, most)]
        return self.selection.best(self.expression, most)

    def _scores_of_few(self, scores: Mapping[int, float]) -> dict[int, float]:
        """Return the scores with what is added for words that are prominent, as the texts themselves show."""
        query = self.query.without_accents()
        phrase = query.adjacent() if query.together() else None
        whole = Marker(query, exact=False)
        together = Marker(Query(((phrase,),)), exact=False) if phrase else None
        raised = {}
        for key, title, text in self._texts(list(scores)):
            bonus = _IN_TITLE * whole.accepts(title, "") + _TOGETHER * bool(together and together.accepts(title, text))
            raised[key] = scores[key] + bonus + (whole.count(text) if query.is_phrase else 0)
        return raised

    def _raise_prominent(self, scores: dict[int, float]) -> None:
        """Add to the scores of texts in which the words are prominent, older ones that were not ranked yet, too."""
        # Words with a prefix are not gathered once more.
        oldest = self.extent()[1] if self.is_bounded and not self.query.has_prefix else min(scores)
        keep = not self.options.exact
        for expression, bonus in (
            (self.query.in_title(with_excluded=keep), _IN_TITLE),
            (self.query.together(with_excluded=keep), _TOGETHER),
        ):
            for key in self.selection.ids_from(oldest, expression, _PROMINENT) if expression else ():
                scores[key] = scores.get(key, 0.0) + bonus

    def _best_of_each(self, scores: Mapping[int, float]) -> Iterator[Found]:
        """Yield the best of each cluster, copies collapsed into their representative where that is among them."""
        seen: set[int | str] = set()
        best_first = sorted(zip(scores.values(), scores, strict=True), reverse=True)
        for key, place in self._placed([key for _, key in best_first]):
            if place.group not in seen and self.accepts(key):
                seen.add(place.group)
                representative = place.representative
                stands = representative is not None and representative in scores and self.accepts(representative)
                yield Found(representative if stands and representative is not None else key, scores[key])

    def _each_in_its_place(self, ids: Sequence[int], seen: set[int | str]) -> Iterator[Found]:
        """Yield of each cluster the representative where it stands, or the first match where that is none."""
        for key, place in self._placed(ids):
            if place.group in seen or not self.accepts(key):
                continue
            other = place.representative
            if other not in (None, key) and self.selection.has(self.expression, other) and self.accepts(other):
                continue
            seen.add(place.group)
            yield Found(key, 0.0)

    def _accents_first(self, shown: Iterator[Found]) -> Sequence[Found]:
        """Return the best, those first that have most of the words with the accents that were typed.

        Where few of them have all of them (bão among báo and bao), more are read.
        """
        pool, whole = list[Found](), 0
        for _ in range(_POOLS):
            scores = {found.key: found.score for found in islice(shown, _POOL)}
            for key, title, text in self._texts(list(scores)):
                matches = self.marker.accented_matches(title, text)
                whole += matches == self.marker.accented
                pool.append(Found(key, scores[key] + _ACCENTS * matches))
            if whole >= self.options.offset + self.options.limit or len(scores) < _POOL:
                break
        return sorted(pool, key=lambda found: (found.score, found.key), reverse=True)

    def _texts(self, keys: Sequence[int]) -> Iterator[tuple[int, str, str]]:
        """Yield each with its title and its text."""
        query = "SELECT searchable.id, title, text FROM json_each(?) CROSS JOIN searchable ON searchable.id = value"
        yield from self.selection.db.execute(query, [json.dumps(keys)])

    def _placed(self, keys: Sequence[int]) -> Iterator[tuple[int, _Place]]:
        """Yield each with what it has in common with its copies."""
        if self.options.all_copies:
            yield from ((key, _Place(key, None)) for key in keys)
            return
        for start in range(0, len(keys), _AT_ONCE):
            rows = self.selection.db.execute(_PLACES, [json.dumps(keys[start : start + _AT_ONCE])])
            yield from [(row[0], _Place(row[1], row[2])) for row in rows]


# Files are copies where they have the same bytes, and the first found stands for them.
_PLACES = """SELECT search_keys.id, coalesce(clusters.id, payload_digest, -search_keys.id), others.id
    FROM json_each(?) AS asked CROSS JOIN search_keys ON search_keys.id = asked.value
    JOIN pages ON pages.id = search_keys.page_id
    LEFT JOIN revisions ON revisions.id = pages.revision_id
    LEFT JOIN documents ON documents.id = revisions.document_id
    LEFT JOIN clusters ON clusters.id = documents.cluster_id
    LEFT JOIN search_keys AS others ON others.page_id = clusters.representative_page_id
    LEFT JOIN attachment_texts ON search_keys.is_file AND attachment_texts.page_id = pages.id
    LEFT JOIN captures ON captures.id = attachment_texts.capture_id ORDER BY asked.key"""
