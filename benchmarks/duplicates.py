"""How exact and how quick the duplicates are.

    python -m benchmarks.duplicates --count 10000                # on texts that it makes itself
    python -m benchmarks.duplicates --texts docs.jsonl           # on JSON lines with a "text" each

Precision and recall are against the exact Jaccard and containment of all pairs of shingle sets, found by an inverted
index with a prefix filter, without any signature. Times are of the processor, not of the clock, in microseconds.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from datasketch import MinHash

from archive import duplicates
from archive.duplicates.config import CONTAINED, CONTAINED_SYLLABLES, NEAR
from archive.duplicates.shingles import Hashes, overlap
from archive.duplicates.signature import shingles_of
from archive.records import Fingerprint
from archive.store.migrations import ARCHIVE

Pair = tuple[int, int]
_ONSETS = re.findall(r"\w+", "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x")
_RIMES = re.findall(
    r"\w+", "a ai an ang anh ao ạ ải ấn ấp ẩm ậu e em en ế ền ệt i in ình ích iên iều o ong ôn ộ ơi ờ u ung ưa ước y"
)


@dataclass(frozen=True, slots=True)
class Truth:
    """The pairs of documents that are near, and those that are contained and not near."""

    near: frozenset[Pair]
    contained: frozenset[Pair]


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, help="JSON lines with a text each")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-truth", action="store_true", help="times alone")
    args = parser.parse_args()
    texts = list(read_texts(args.texts, args.count) if args.texts else make_texts(args.count, random.Random(args.seed)))
    prints = time_fingerprints(texts)
    db = open_database()
    time_adding(db, texts, prints)
    print("links      ", dict(db.execute("SELECT kind, count(*) FROM links GROUP BY kind").fetchall()))
    if not args.no_truth:
        show_quality(db, truth_of({p.digest: p for p in prints}, db))


def read_texts(path: Path, count: int) -> Iterator[str]:
    """Yield at most `count` texts of a JSON lines file."""
    with path.open(encoding="utf-8") as lines:
        for _, line in zip(range(count), lines, strict=False):
            yield json.loads(line)["text"]


def make_texts(count: int, rng: random.Random) -> Iterator[str]:
    """Yield texts of made-up syllables; a fifth are edited, extended or renumbered copies of an earlier one."""
    words = [onset + rime for onset in _ONSETS for rime in _RIMES]
    weights = [1 / (rank + 8) for rank in range(len(words))]

    def sentence() -> str:
        body = rng.choices(words, weights, k=rng.randint(8, 30))
        return " ".join([body[0].capitalize(), *body[1:], str(rng.randint(1, 400))]) + "."

    earlier: list[list[str]] = []
    for _ in range(count):
        if earlier and rng.random() < 0.2:
            text = edited(rng.choice(earlier), rng, sentence)
        else:
            text = [sentence() for _ in range(max(2, round(rng.lognormvariate(2.6, 0.9))))]
        earlier.append(text)
        yield "\n".join(text)


def edited(text: Sequence[str], rng: random.Random, sentence: Callable[[], str]) -> list[str]:
    """Return a copy with sentences dropped, replaced or added, or an issue of the same series."""
    how = rng.choice(("drop", "replace", "extend", "renumber"))
    if how == "extend":
        return [*text, *(sentence() for _ in range(rng.randint(1, 2 * len(text))))]
    if how == "renumber":
        return [s.rsplit(" ", 1)[0] + f" {rng.randint(1, 400)}." for s in text]
    rate = rng.choice((0.02, 0.05, 0.1, 0.2))
    kept = [s if rng.random() >= rate else sentence() if how == "replace" else "" for s in text]
    return [s for s in kept if s] or list(text)


def open_database() -> sqlite3.Connection:
    """Return an empty archive database in memory, inside a transaction."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    ARCHIVE.apply(db)
    db.execute("BEGIN")
    return db


def time_fingerprints(texts: Sequence[str]) -> list[Fingerprint]:
    """Print what a fingerprint costs, beside datasketch's `update_batch` of the same shingles; return them."""
    prints = [duplicates.fingerprint(text) for text in texts]
    some = texts[:2000]
    start = time.process_time()
    for text in some:
        duplicates.fingerprint(text)
    ours = (time.process_time() - start) / len(some) * 1e6
    start = time.process_time()
    for text in some:
        syllables = text.casefold().split()
        MinHash(128).update_batch([" ".join(syllables[i : i + 5]).encode() for i in range(max(1, len(syllables) - 4))])
    theirs = (time.process_time() - start) / len(some) * 1e6
    mean = sum(p.syllables for p in prints[:2000]) / len(some)
    print(
        f"fingerprint {ours:.0f} µs of {mean:.0f} syllables (split, join and update_batch of datasketch: {theirs:.0f})"
    )
    return prints


def time_adding(db: sqlite3.Connection, texts: Sequence[str], prints: Sequence[Fingerprint]) -> None:
    """Print what adding a document costs, for each tenth of the texts."""
    step = max(1, len(texts) // 10)
    for first in range(0, len(texts), step):
        start = time.process_time()
        pairs = list(zip(texts[first : first + step], prints[first : first + step], strict=True))
        for text, fingerprint in pairs:
            duplicates.add_document(db, text, fingerprint)
        print(f"add         {(time.process_time() - start) / len(pairs) * 1e6:.0f} µs from document {first}")


def truth_of(prints: dict[str, Fingerprint], db: sqlite3.Connection) -> Truth:
    """Return which documents of the database are near and contained, by comparing all pairs that could be.

    Of two sets that share 0.8 of the smaller, the larger holds one of any fifth (and one more) of the smaller's
    shingles: it is enough to look up the rarest.
    """
    fingerprints = {i: prints[digest] for i, digest in db.execute("SELECT id, digest FROM documents")}
    sets = {i: shingles_of(fingerprint) for i, fingerprint in fingerprints.items()}
    frequency = Counter(h for hashes in sets.values() for h in hashes.tolist())
    holders: dict[int, list[int]] = defaultdict(list)
    for i, hashes in sets.items():
        for h in hashes.tolist():
            holders[h].append(i)
    near, contained = set(), set()
    for i, hashes in sets.items():
        rarest = sorted(hashes.tolist(), key=frequency.__getitem__)[: len(hashes) - ceil(NEAR * len(hashes)) + 1]
        for j in {j for h in rarest for j in holders[h] if (len(sets[j]), j) > (len(hashes), i)}:
            jaccard, containment = similarity(hashes, sets[j])
            is_long = min(fingerprints[i].syllables, fingerprints[j].syllables) >= CONTAINED_SYLLABLES
            if fingerprints[i].key_digest == fingerprints[j].key_digest:
                continue
            if jaccard >= NEAR:
                near.add((min(i, j), max(i, j)))
            elif containment >= CONTAINED and is_long:
                contained.add((min(i, j), max(i, j)))
    return Truth(frozenset(near), frozenset(contained))


def similarity(a: Hashes, b: Hashes) -> tuple[float, float]:
    """Return Jaccard and containment of two sets."""
    shared = overlap(a, b)
    return shared / (len(a) + len(b) - shared), shared / min(len(a), len(b))


def show_quality(db: sqlite3.Connection, truth: Truth) -> None:
    """Print precision and recall of the links."""
    found = {(a, b) for a, b in db.execute("SELECT a, b FROM links WHERE kind <> 'exact'")}
    print(f"precision   {len(found & (truth.near | truth.contained)) / max(1, len(found)):.4f} of {len(found)} links")
    for name, pairs in (("near", truth.near), ("contained", truth.contained)):
        print(f"recall      {len(found & pairs) / max(1, len(pairs)):.4f} of {len(pairs)} {name}")


if __name__ == "__main__":
    main()
