"""What a user types, parsed into a `Query` that is always valid FTS5.

    bình đẳng giới        all of the words, in any order and with any accents
    "bình đẳng giới"      the words one after the other
    thi đua OR "tập huấn" either; OR binds its two neighbours only
    -họp                  without the word; also -"phrase"
    khen*                 words that begin so
    title:"kế hoạch"      in the title

Everything else (brackets, slashes, emoji, control characters) separates words: `15/2021/QĐ-UBND` is a phrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from archive.errors import QueryError
from archive.text import fold_search, strip_marks

__all__ = ["Query", "Term", "parse"]

_MAX_WORDS = 100
_MAX_LETTERS = 100  # of a word: the pattern that marks it grows with them
_MIN_PREFIX = 2  # FTS5 counts every word with the prefix in the whole index: seconds for a single letter
# A token as FTS5's unicode61 sees it: letters and digits, with marks that have no composed form.
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u0331])*")
_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
_ITEM = re.compile(
    r"""(?P<minus>-)?(?P<title>title:)?(?:"(?P<phrase>[^"]*)(?P<end>"?)(?P<star>\*?)|(?P<word>[^\s"]+)|(?=\s|$))""",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """One word or one phrase; `words` as typed. With `is_prefix` the last word may go on, as `completions` if any."""

    words: tuple[str, ...]
    is_prefix: bool = False
    in_title: bool = False
    completions: tuple[str, ...] = ()

    def match(self) -> str:
        """Return the FTS5 expression; the words hold letters and digits alone, so that nothing in them is syntax."""
        *first, last = self.words
        phrases = [f'"{fold_search(" ".join((*first, word)))}"' for word in self.completions or (last,)]
        one = phrases[0] if len(phrases) == 1 else f"({' OR '.join(phrases)})"
        return ("title : " if self.in_title else "") + one + (" *" if self.is_prefix and not self.completions else "")


@dataclass(frozen=True, slots=True)
class Query:
    """All of the groups in `required` must match, each by one of its terms, and none of the terms in `excluded`."""

    required: tuple[tuple[Term, ...], ...]
    excluded: tuple[Term, ...] = ()

    @property
    def is_phrase(self) -> bool:
        """Whether it asks for nothing but one phrase."""
        return len(self.required) == len(self.required[0]) == 1 and len(self.required[0][0].words) > 1

    @property
    def has_prefix(self) -> bool:
        """Whether a word may go on."""
        return any(term.is_prefix for group in self.required for term in group)

    def without_accents(self) -> Query:
        """Return what it requires, the words without accents."""
        return Query(self._with(lambda term: replace(term, words=tuple(map(strip_marks, term.words)))))

    def completed(self, complete: Callable[[str], tuple[str, ...]]) -> Query:
        """Return it with the words that its prefixes stand for, as `complete` finds them."""
        if not self.has_prefix:
            return self

        def with_words(term: Term) -> Term:
            return replace(term, completions=complete(term.words[-1])) if term.is_prefix else term

        return replace(self, required=self._with(with_words))

    def _with(self, change: Callable[[Term], Term]) -> tuple[tuple[Term, ...], ...]:
        return tuple(tuple(map(change, group)) for group in self.required)

    def match(self, *, with_excluded: bool = True) -> str:
        """Return the FTS5 expression over folded text."""
        return self._without_excluded(_all_of(self.required), with_excluded=with_excluded)

    def in_title(self, *, with_excluded: bool = True) -> str | None:
        """Return the expression for all of it standing in the title, None where it says that itself."""
        if all(term.in_title for group in self.required for term in group):
            return None
        return self._without_excluded(f"title : ({_all_of(self.required)})", with_excluded=with_excluded)

    def together(self, *, with_excluded: bool = True) -> str | None:
        """Return the expression for the words standing one after the other, None where that is asked for already."""
        phrase, others = self.adjacent(), [group for group in self.required if not _is_plain(group)]
        if phrase is None or len(self.required) - len(others) < 2:
            return None
        return self._without_excluded(_all_of([(phrase,), *others]), with_excluded=with_excluded)

    def adjacent(self) -> Term | None:
        """Return the plain words of the query as one phrase, or None if there are fewer than two."""
        words = [word for group in self.required if _is_plain(group) for word in group[0].words]
        return Term(tuple(words)) if len(words) > 1 else None

    def _without_excluded(self, expression: str, *, with_excluded: bool) -> str:
        if with_excluded and self.excluded:
            return f"({expression}) NOT ({' OR '.join(term.match() for term in self.excluded)})"
        return expression


def _is_plain(group: tuple[Term, ...]) -> bool:
    return len(group) == 1 and not group[0].in_title and not group[0].is_prefix


def _all_of(groups: Sequence[tuple[Term, ...]]) -> str:
    return " AND ".join(f"({' OR '.join(term.match() for term in group)})" for group in groups)


def parse(text: str) -> Query:
    """Return the query that `text` says. Raises QueryError, which names the place of what cannot be understood."""
    source = unicodedata.normalize("NFC", text.replace("\0", " ")).translate(_QUOTES)
    builder = _Builder(source)
    position = 0
    while position < len(source):
        item = _ITEM.match(source, position)
        if source[position].isspace() or item is None:
            position += 1
            continue
        builder.add(item)
        position = max(item.end(), position + 1)
    return builder.finish()


class _Builder:
    """Gathers the items of a query from left to right."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._required: list[list[Term]] = []
        self._excluded: list[Term] = []
        self._or_at: int | None = None  # where an OR stands that waits for its right side
        self._can_join = False  # whether the item before can be the left side of an OR

    def add(self, item: re.Match[str]) -> None:
        place = item.start()
        if item["word"] == "OR" and not item["minus"] and not item["title"]:
            if not self._can_join:
                raise self._one_sided(place)
            self._or_at, self._can_join = place, False
            return
        if item["phrase"] is not None and not item["end"]:
            opened = item.start("phrase")
            reason = f"the quote at character {opened} is never closed"
            raise self._error(reason, 'add the closing " or leave it out', opened - 1)
        words = tuple(_WORD.findall(item["phrase"] if item["phrase"] is not None else item["word"] or ""))
        if not words:
            if item["title"]:
                reason = f"no word follows title: at character {place + 1}"
                raise self._error(reason, "write title:word without a space", place)
            return
        if (length := max(map(len, words))) > _MAX_LETTERS:
            reason = f"a word of {length:,} letters stands at character {place + 1}, at most {_MAX_LETTERS} can be"
            raise self._error(f"{reason} looked for", "shorten it; a * at its end finds longer words", place)
        is_prefix = bool(item["star"]) or (item["word"] or "").endswith("*")
        if is_prefix and len(words[-1]) < _MIN_PREFIX:
            reason = f"too many words begin with {words[-1]!r} (at character {place + 1})"
            raise self._error(reason, f"type at least {_MIN_PREFIX} letters before *", place)
        self._take(Term(words, is_prefix, bool(item["title"])), is_excluded=bool(item["minus"]))

    def _take(self, term: Term, *, is_excluded: bool) -> None:
        if is_excluded:
            if self._or_at is not None:
                raise self._one_sided(self._or_at)
            self._excluded.append(term)
        elif self._or_at is not None:
            self._required[-1].append(term)
        else:
            self._required.append([term])
        self._or_at, self._can_join = None, not is_excluded

    def finish(self) -> Query:
        if self._or_at is not None:
            raise self._one_sided(self._or_at)
        if not self._required and self._excluded:
            raise self._error("it only says what to leave out", "add a word to look for")
        if not self._required:
            raise self._error("there is no word in it", "type one, such as: bình đẳng giới")
        terms = [term for group in self._required for term in group] + self._excluded
        if (count := sum(len(term.words) for term in terms)) > _MAX_WORDS:
            raise self._error(f"it has {count} words, at most {_MAX_WORDS} can be looked for", "shorten it")
        return Query(tuple(tuple(group) for group in self._required), tuple(self._excluded))

    def _one_sided(self, place: int) -> QueryError:
        reason = f"OR at character {place + 1} needs a word on both sides"
        return self._error(reason, 'add it, or quote the OR: "or"', place)

    def _error(self, reason: str, hint: str, position: int | None = None) -> QueryError:
        shown = self._source if len(self._source) <= 60 else self._source[:59] + "…"
        return QueryError(f"query {shown!r}", reason, hint, position)
