"""Articles that never were: original Vietnamese out of a small grammar, the same for the same numbers.

Two articles share formulas, as those of real portals do, and little else. Every twelfth article is a copy of one on the
host before: in turn an exact one and one with a sentence added to a paragraph.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random

__all__ = ["CATEGORIES", "COPY_EVERY", "Story", "a_clause", "a_place", "a_sentence", "capital", "pick", "story"]

COPY_EVERY = 12
CATEGORIES = ("tin-trong-tinh", "kinh-te", "van-hoa-xa-hoi", "giao-duc", "y-te", "nong-nghiep", "cai-cach-hanh-chinh")
_WORDS = {
    kind: tuple(" ".join(word.split()) for word in words.split("|"))
    for kind, words in tomllib.loads(Path(__file__).with_name("vocabulary.toml").read_text(encoding="utf-8")).items()
}
_ZONE = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Story:
    """One article as it should come out: `text` is lead and paragraphs, one a line."""

    host: int
    number: int
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    author: str
    published_at: datetime
    category: str
    copy_of: int | None = None  # number of the original on the host before

    @property
    def text(self) -> str:
        """Return lead and body, a paragraph a line."""
        return "\n".join((self.lead, *self.paragraphs))


def story(host: int, number: int) -> Story:
    """Return article `number` of `host`; 536 syllables on average."""
    made = _original(host, number)
    if host == 0 or number % COPY_EVERY != COPY_EVERY - 1:
        return made
    # Its own date, later than the original's, and its own byline: what a portal that reposts changes.
    copy_of = number - 1
    source = _original(host - 1, copy_of)
    paragraphs = source.paragraphs
    if number // COPY_EVERY % 2:
        rng = Random(f"edit {host} {number}")
        at = rng.randrange(len(paragraphs))
        paragraphs = (*paragraphs[:at], f"{paragraphs[at]} {a_sentence(rng)}", *paragraphs[at + 1 :])
    later = source.published_at + timedelta(hours=5 + number % 7)
    return replace(
        made, title=source.title, lead=source.lead, paragraphs=paragraphs, published_at=later, copy_of=copy_of
    )


def _original(host: int, number: int) -> Story:
    rng = Random(f"story {host} {number}")
    wanted = rng.randint(330, 580)
    paragraphs: list[str] = []
    while sum(len(p.split()) for p in paragraphs) < wanted:
        paragraphs.append(" ".join(a_sentence(rng) for _ in range(rng.randint(2, 4))))
    place, subject = a_place(rng), pick(rng, "subjects")
    lead = f"{pick(rng, 'times')}, {pick(rng, 'bodies')} {place} {pick(rng, 'deeds')} {subject}; {a_clause(rng)}."
    published_at = datetime(2015, 1, 5, 7, 30, tzinfo=_ZONE) + timedelta(
        days=rng.randrange(3800), minutes=rng.randrange(600)
    )
    return Story(
        host=host,
        number=number,
        title=capital(f"{place} {pick(rng, 'deeds')} {subject}"),
        lead=capital(lead),
        paragraphs=tuple(paragraphs),
        author=f"{pick(rng, 'family')} {pick(rng, 'given')} {pick(rng, 'given')}",
        published_at=published_at,
        category=CATEGORIES[number % len(CATEGORIES)],
    )


def pick(rng: Random, kind: str) -> str:
    """Return a word or phrase of one kind."""
    opening, slash, closing = rng.choice(_WORDS[kind]).partition(" / ")
    if slash:
        closing = rng.choice(_WORDS[kind]).partition(" / ")[2]
    return f"{opening} {closing}".rstrip()


def a_place(rng: Random) -> str:
    """Return the name of a place that is on no map."""
    return f"{pick(rng, 'units')} {pick(rng, 'place_1')} {pick(rng, 'place_2')}"


def a_clause(rng: Random) -> str:
    """Return a clause."""
    return f"{pick(rng, 'groups')} {pick(rng, 'acts')} {pick(rng, 'things')} {pick(rng, 'ways')}"


def a_sentence(rng: Random) -> str:
    """Return a sentence."""
    kind = rng.randrange(7)
    place, clause = a_place(rng), a_clause(rng)
    if kind == 0:
        sentence = f"{pick(rng, 'times')}, {pick(rng, 'bodies')} {place} {pick(rng, 'deeds')} {pick(rng, 'subjects')}"
    elif kind == 1:
        sentence = f"Đến nay, {place} có {rng.randint(12, 980)} hộ {pick(rng, 'acts')} {pick(rng, 'things')}"
        sentence += f", tăng {rng.randint(2, 79)},{rng.randint(1, 9)}% so với {pick(rng, 'periods')}"
    elif kind == 2:
        sentence = f"Ông {pick(rng, 'family')} {pick(rng, 'given')} ở {place} kể rằng {clause}"
    elif kind == 3:
        sentence = f"Nhờ {pick(rng, 'causes')}, {clause}, còn {pick(rng, 'groups')} {pick(rng, 'hopes')}"
    elif kind == 4:
        sentence = f"Cùng với đó, {clause}; {a_clause(rng)}"
    elif kind == 5:
        sentence = f"Bà {pick(rng, 'family')} Thị {pick(rng, 'given')} mong {pick(rng, 'bodies')} {place}"
        sentence += f" {pick(rng, 'hopes')}"
    else:
        sentence = f"Tại {place}, {clause} vì {pick(rng, 'causes')}"
    return f"{capital(sentence)}."


def capital(text: str) -> str:
    """Return `text` with a capital first letter."""
    return f"{text[0].upper()}{text[1:]}"
