"""Terms found in the text as it is shown: what is marked in a snippet, and whether the accents are those typed.

The full-text index knows folded syllables alone. Here a word that was typed with accents is looked for with them (in
both tone placements, hoà and hòa), a word without accents with any.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby

from archive.search.query import Query, Term
from archive.search.records import Segment
from archive.text import fold_syllable, strip_marks

__all__ = ["Marker", "has_accents"]

_SNIPPET_CHARS = 240
_MOST_SPANS = 200
_WORD_CHAR = r"[^\W_]"
_BETWEEN = r"[\W_]+"
_PARAGRAPH_END = re.compile(r"\s*\n\s*")
# oà, oè, uỳ at the end of a decomposed syllable: the new style, whose mark the old one has on the first vowel.
_OPEN_RIME = re.compile(r"(o(?=[ae])|(?<!q)u(?=y))([aey])([\u0300\u0301\u0303\u0309\u0323])$")


def has_accents(term: Term) -> bool:
    """Return whether a word of the term was typed with accents or đ."""
    return any(strip_marks(word) != word.casefold() for word in term.words)


class Marker:
    """Finds the terms of a query in titles and texts (NFC). With `exact`, words without accents match only such."""

    def __init__(self, query: Query, *, exact: bool) -> None:
        self._query = query
        terms = [term for group in (*query.required, query.excluded) for term in group]
        self._patterns = {term: _pattern(term, exact=exact) for term in terms}
        self._needles = {term: _needles(term, exact=exact) for term in terms}
        self._accented = [group for group in query.required if any(has_accents(term) for term in group)]

    @property
    def accented(self) -> int:
        """How many groups of the query were typed with accents."""
        return len(self._accented)

    def accepts(self, title: str, text: str) -> bool:
        """Return whether title and text match the whole query, accents considered."""
        found = self._finder(title, text)
        return all(map(found, self._query.required)) and not found(self._query.excluded)

    def accented_matches(self, title: str, text: str) -> int:
        """Return how many groups that were typed with accents match with those accents."""
        return sum(map(self._finder(title, text), self._accented))

    def count(self, text: str) -> int:
        """Return how often something of the query stands in a text."""
        return len(self._spans(text, in_title=False))

    def snippet(self, text: str) -> tuple[Segment, ...]:
        """Return the part of `text` that holds most of the terms, in one line.

        An ellipsis stands where the text goes on, and between paragraphs.
        """
        spans = self._spans(text, in_title=False)
        start, end = _best_window(spans, len(text))
        start, end = _whole_words(text, start, end)
        pieces = _pieces(text, start, end, [span[:2] for span in spans])
        if start:
            pieces.insert(0, Segment("… "))
        if end < len(text):
            pieces.append(Segment(" …"))
        return _joined(pieces)

    def marked(self, title: str) -> tuple[Segment, ...]:
        """Return a title in pieces."""
        return _joined(_pieces(title, 0, len(title), [span[:2] for span in self._spans(title, in_title=True)]))

    def _finder(self, title: str, text: str) -> Callable[[tuple[Term, ...]], bool]:
        """Return the function that says whether any of some terms is in title or text."""
        places = [_lower(title), _lower(text)]

        def is_in(term: Term, place: str) -> bool:
            # Most texts are told apart by a plain search.
            needles = self._needles[term]
            return (not needles or any(needle in place for needle in needles)) and bool(
                self._patterns[term].search(place)
            )

        return lambda terms: any(is_in(term, place) for term in terms for place in places[: 2 - term.in_title])

    def _spans(self, text: str, *, in_title: bool) -> list[tuple[int, int, int]]:
        """Return (start, end, number of the group) of the matches, in order of their start."""
        found: list[tuple[int, int, int]] = []
        lower = _lower(text)
        for number, group in enumerate(self._query.required):
            for term in group:
                if in_title or not term.in_title:
                    for match, _ in zip(self._patterns[term].finditer(lower), range(_MOST_SPANS), strict=False):
                        found.append((match.start(), match.end(), number))
        return sorted(found)


def _lower(text: str) -> str:
    """Return a text in lower case, letter by letter in its place."""
    lower = text.casefold()
    return lower if len(lower) == len(text) else "".join(c.casefold() if len(c.casefold()) == 1 else c for c in text)


def _pattern(term: Term, *, exact: bool) -> re.Pattern[str]:
    """Return the pattern that finds a term in lower case.

    That no letter stands before the first word is asked behind it: a pattern that begins with letters is searched for
    in a tenth of the time.
    """
    first, *others = [_spellings(word, exact=exact) for word in term.words]
    begin = "|".join(f"{spelt}(?<!{_WORD_CHAR}[\\s\\S]{{{length}}})" for spelt, length in first)
    rest = [f"(?:{'|'.join(spelt for spelt, _ in one)})" for one in others]
    end = rf"{_WORD_CHAR}*" if term.is_prefix else ""
    return re.compile(rf"{_BETWEEN.join([f'(?:{begin})', *rest])}{end}(?!{_WORD_CHAR})")


def _spellings(word: str, *, exact: bool) -> list[tuple[str, int]]:
    """Return the patterns of a word in lower case, each with the number of letters that it matches."""
    if exact or strip_marks(word) != word.casefold():
        return [(re.escape(form), len(form)) for form in _forms(word)]
    return [(_any_accents(word), len(word.casefold()))]


def _needles(term: Term, *, exact: bool) -> tuple[str, ...]:
    """Return the forms of one word of which one stands in every text that the term matches; none if all may differ."""
    spelt = [word for word in term.words if exact or strip_marks(word) != word.casefold()]
    return _forms(max(spelt, key=len)) if spelt else ()


def _forms(word: str) -> tuple[str, ...]:
    """Return the word as it may be written, in lower case, in both tone placements, with đ or the eth of old fonts."""
    new = fold_syllable(word)
    old = unicodedata.normalize("NFC", _OPEN_RIME.sub(r"\1\3\2", unicodedata.normalize("NFD", new)))
    forms = {word.casefold(), new, old}
    return tuple(sorted(forms | {form.replace("đ", "ð") for form in forms}))


def _any_accents(word: str) -> str:
    return "".join(_accents().get(letter) or re.escape(letter) for letter in word.casefold())


@lru_cache(maxsize=1)
def _accents() -> Mapping[str, str]:
    """Return for each Latin letter a character class of it with every accent."""
    classes: dict[str, str] = defaultdict(str)
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = strip_marks(chr(code))
        if len(base) == 1 and base.isascii():
            classes[base] += chr(code).lower() if len(chr(code).lower()) == 1 else ""
    return {base: f"[{base}{letters}]" for base, letters in classes.items()}


def _best_window(spans: list[tuple[int, int, int]], length: int) -> tuple[int, int]:
    """Return the range of characters with most different groups, then most matches, then nearest the beginning."""
    best, best_key = (0, min(length, _SNIPPET_CHARS)), (0, 0)
    for first, (start, _, _) in enumerate(spans):
        inside = [span for span in spans[first : first + 40] if span[1] <= start + _SNIPPET_CHARS * 3 // 4]
        key = (len({number for _, _, number in inside}), len(inside))
        if key > best_key:
            begin = max(0, start - _SNIPPET_CHARS // 4)
            best, best_key = (begin, min(length, begin + _SNIPPET_CHARS)), key
    return best


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range without the cut words at its ends."""
    if start:
        space = re.compile(r"\s").search(text, start, end)
        start = space.end() if space else start
    if end < len(text):
        cut = max(text.rfind(" ", start, end), text.rfind("\n", start, end))
        end = cut if cut > start else end
    return start, end


def _pieces(text: str, start: int, end: int, spans: list[tuple[int, int]]) -> list[Segment]:
    """Return the range in pieces, in one line."""
    while end > start and text[end - 1].isspace():
        end -= 1
    pieces, position = list[Segment](), start
    for first, last in _merged(text, spans):
        if first >= position and last <= end:
            pieces += [Segment(text[position:first]), Segment(text[first:last], is_match=True)]
            position = last
    pieces.append(Segment(text[position:end]))
    return [Segment(_PARAGRAPH_END.sub(" … ", piece.text), piece.is_match) for piece in pieces]


def _joined(pieces: Iterable[Segment]) -> tuple[Segment, ...]:
    """Return the pieces with neighbours of one kind in one."""
    return tuple(
        Segment("".join(piece.text for piece in run), is_match)
        for is_match, run in groupby((piece for piece in pieces if piece.text), key=lambda piece: piece.is_match)
    )


def _merged(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the spans, those joined that touch, overlap or have only spaces between them."""
    current: tuple[int, int] | None = None
    for start, end in spans:
        if current and (start <= current[1] or text[current[1] : start].isspace()):
            current = (current[0], max(current[1], end))
        else:
            if current:
                yield current
            current = (start, end)
    if current:
        yield current
