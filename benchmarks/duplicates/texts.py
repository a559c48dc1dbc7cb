"""Texts to measure on: of a file, or composed of a file's sentences or of made-up ones, with copies of known kind."""

from __future__ import annotations

import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

__all__ = ["KINDS", "Composed", "compose", "read_texts", "sentences_of"]

_ONSETS = re.findall(r"\w+", "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x")
_RIMES = re.findall(
    r"\w+", "a ai an anh ao ạ ải ấn ấp ẩm ậu e em en ế ền ệt i in ình ích iên iều o ong ôn ộ ơi ờ u ung ưa ước y"
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_TOPIC = 4000  # sentences that follow each other, of which a text takes some
_RECENT = 2000  # texts that may be copied


@dataclass(frozen=True, slots=True)
class Composed:
    """A text; of a copy, the number of its origin and how it was made."""

    text: str
    origin: int | None = None
    kind: str = ""


def read_texts(path: Path, count: int) -> Iterator[str]:
    """Yield at most `count` texts of JSON lines with a "text" each; the file may be compressed with zstd."""
    with _lines(path) as lines:
        for line in islice(lines, count):
            yield json.loads(line)["text"]


def _lines(path: Path):  # type: ignore[no-untyped-def]
    if path.suffix != ".zst":
        return path.open(encoding="utf-8")
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd
    return zstd.open(path, "rt", encoding="utf-8", options={zstd.DecompressionParameter.window_log_max: 27})


def sentences_of(path: Path | None, rng: random.Random) -> list[str]:
    """Return the sentences of all texts of a file, in order; without a file, made-up ones."""
    if path is None:
        return [_made_up(rng) for _ in range(20 * _TOPIC)]
    return [
        sentence.strip()
        for text in read_texts(path, 1 << 30)
        for sentence in _SENTENCE.split(text)
        if 20 < len(sentence) < 600
    ]


def _made_up(rng: random.Random) -> str:
    body = rng.choices(_WORDS, _WEIGHTS, k=rng.randint(8, 30))
    return " ".join([body[0].capitalize(), *body[1:], str(rng.randint(1, 400))]) + "."


_WORDS = [onset + rime for onset in _ONSETS for rime in _RIMES]
_WEIGHTS = [1 / (rank + 8) for rank in range(len(_WORDS))]


def compose(sentences: Sequence[str], count: int, rng: random.Random, copies: float) -> Iterator[Composed]:
    """Yield texts of neighbouring sentences, each with a number, a date and a name; a share of them are copies."""
    recent: list[tuple[int, list[str]]] = []
    for number in range(count):
        if recent and rng.random() < copies:
            origin, source = rng.choice(recent)
            kind = rng.choice(list(KINDS))
            text = KINDS[kind](source, sentences, rng)
            yield Composed("\n".join(text), origin, kind)
        else:
            start = rng.randrange(len(sentences)) // _TOPIC * _TOPIC + rng.randrange(_TOPIC)
            length = min(120, max(2, round(rng.lognormvariate(1.8, 0.9))))
            text = [sentences[(start + rng.randrange(400)) % len(sentences)] for _ in range(length)]
            text.insert(rng.randrange(length + 1), _reference(rng))
            yield Composed("\n".join(text))
        if len(recent) < _RECENT:
            recent.append((number, text))
        else:
            recent[rng.randrange(_RECENT)] = (number, text)


def _reference(rng: random.Random) -> str:
    name = " ".join(rng.choice(_WORDS).capitalize() for _ in range(3))
    return (
        f"Theo văn bản số {rng.randint(1, 9999)}/UBND-VX ngày {rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/"
        f"{rng.randint(2005, 2026)}, ông {name} cho biết."
    )


def _written_otherwise(text: list[str], sentences: Sequence[str], rng: random.Random) -> list[str]:
    how = rng.choice((str.upper, str.lower, lambda s: unicodedata.normalize("NFD", s), lambda s: s.replace(" ", "  ")))
    return [how(sentence.replace("–", "-").replace("“", '"').replace("”", '"')) for sentence in text]


def _reworded(text: list[str], sentences: Sequence[str], rng: random.Random) -> list[str]:
    """Words of small letters are replaced or left out, one in 20 to 200."""
    rate = rng.choice((0.005, 0.01, 0.02, 0.05))

    def edited(word: str) -> str:
        if rng.random() >= rate or not (word.isalpha() and word.islower()):
            return word
        return rng.choice((rng.choice(_WORDS), ""))

    return [" ".join(filter(None, map(edited, sentence.split()))) for sentence in text]


def _replaced(text: list[str], sentences: Sequence[str], rng: random.Random) -> list[str]:
    """Sentences are left out or replaced by others."""
    rate = rng.choice((0.02, 0.05, 0.1, 0.2, 0.35))
    kept = []
    for sentence in text:
        chance = rng.random()
        if chance >= rate:
            kept.append(sentence)
        elif chance >= rate / 2:
            kept.append(rng.choice(sentences))
    return kept or text


def _extended(text: list[str], sentences: Sequence[str], rng: random.Random) -> list[str]:
    before, after = (rng.sample(sentences, rng.randint(0, 2 * len(text))) for _ in range(2))
    return [*before, *text, *after]


def _renumbered(text: list[str], sentences: Sequence[str], rng: random.Random) -> list[str]:
    return [re.sub(r"\d+", lambda m: str(rng.randint(1, 10 ** len(m[0]) + 9)), sentence) for sentence in text]


KINDS: dict[str, Callable[[list[str], Sequence[str], random.Random], list[str]]] = {
    "written otherwise": _written_otherwise,
    "reworded": _reworded,
    "sentences replaced": _replaced,
    "extended": _extended,
    "renumbered": _renumbered,
}
