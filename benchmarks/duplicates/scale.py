"""What a text costs: to sign, to look up and file in an index of any size, and to group again; and what memory.

Each index runs in a process of its own over the same texts; costs are of the processor, not of the clock. A size's cost
is the mean over the second half of the texts up to it: what an index does now and then (merging runs, growing its
tables) is in it. Memory is what the process grew by, mapped files included.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH

from archive.duplicates import fingerprint
from archive.duplicates.candidates import possible
from archive.duplicates.config import NEAR
from archive.duplicates.index import Index, Table
from archive.duplicates.rebuild import Groups, Keys, similar_pairs
from archive.duplicates.shingles import rolled_hashes, shingle_hashes, syllable_hashes
from archive.duplicates.signature import signature
from benchmarks.duplicates.texts import Composed, compose, read_texts, sentences_of

__all__ = ["Source", "show_scale", "show_signatures"]

Step = Callable[[int, int], None]  # look up and file the texts from one number to another
_SAMPLE = 2000
_BATCH = 2000
_BANDS, _ROWS = 16, 8  # of the others
_SIZES = (10_000, 100_000, 1_000_000, 10_000_000)


@dataclass(frozen=True, slots=True)
class Source:
    """Where texts come from: composed of the sentences of a file, or of made-up ones; or those of the file itself."""

    file: str
    count: int
    seed: int
    are_composed: bool = False

    def texts(self, copies: float = 0.08) -> Iterator[Composed]:
        """Yield the texts that all parts measure on."""
        if self.are_composed:
            return map(Composed, read_texts(Path(self.file), self.count))
        rng = random.Random(self.seed)
        return compose(sentences_of(Path(self.file) if self.file else None, rng), self.count, rng, copies)


def show_signatures(texts: Sequence[str], say: Callable[[str], None]) -> None:
    """Print what it costs to make signatures, beside datasketch's `update_batch`."""
    some = texts[:_SAMPLE]
    syllables = [syllable_hashes(text) for text in some]
    words = [text.casefold().split() for text in some]
    shingles = [[" ".join(w[i : i + 5]).encode() for i in range(max(1, len(w) - 4))] for w in words]
    hashes = [shingle_hashes(one) for one in syllables]
    whole, ours_whole, theirs_whole, ours, theirs = _turns(
        lambda: [fingerprint(text) for text in some],
        lambda: [signature(rolled_hashes(syllable_hashes(text))) for text in some],
        lambda: [_datasketch(text) for text in some],
        lambda: [signature(one) for one in hashes],
        lambda: [MinHash(128).update_batch(one) for one in shingles],
    )
    per = 1e6 / len(some)
    mean = sum(map(len, syllables)) / len(some)
    say(f"signature   of {mean:.0f} syllables on average, from the text: {ours_whole * per:.0f} µs, ")
    say(f"            {theirs_whole * per:.0f} µs (split, join, update_batch): {theirs_whole / ours_whole:.1f} ×")
    say(f"            with digests and spans: {whole * per:.0f} µs: {theirs_whole / whole:.1f} ×")
    say(f"            from the shingles: {ours * per:.0f} µs, update_batch {theirs * per:.0f}: {theirs / ours:.1f} ×")


def _datasketch(text: str) -> None:
    words = text.casefold().split()
    MinHash(128).update_batch([" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))])


def _turns(*runs: Callable[[], object]) -> list[float]:
    """Return the least processor time of each, of three that take turns."""
    best = [float("inf")] * len(runs)
    for _ in range(3):
        for number, run in enumerate(runs):
            start = time.process_time()
            run()
            best[number] = min(best[number], time.process_time() - start)
    return best


def show_scale(source: Source, folder: Path, say: Callable[[str], None]) -> None:
    """Print the costs at each size, of this index and of others."""
    table, count = _sign(source, folder), source.count
    mean, spans = table.syllables.mean(), len(table.spans) / count
    say(f"texts       {count:,}; on average {mean:.0f} syllables, {spans:.1f} spans")
    parts = ("luutru", "datasketch", "rensa", "regroup")
    results = {name: _in_process(name, source, folder) for name in parts}
    for name in ("luutru", "datasketch", "rensa"):
        costs = results[name]["costs"]
        at = ", ".join(f"{cost:.1f} at {int(size):,}" for size, cost in costs.items())
        say(f"{name:<11} µs to look up and file a text: {at}; memory {results[name]['memory'] / 2**20:,.0f} MB")
    ours, theirs = (results[name] for name in ("luutru", "datasketch"))
    last = str(count)
    single = ", ".join(f"{cost:.0f} at {int(size):,}" for size, cost in ours["single"].items())
    say(f"            µs for a text that comes alone: {single}; runs {ours['files'] / 2**20:,.0f} MB")
    say(f"            1 / {theirs['costs'][last] / ours['costs'][last]:.1f} of datasketch's")
    whole = theirs["whole"]
    for name, found in results["regroup"].items():
        share = f"1 / {whole / found['seconds']:.1f} of the {whole:.0f} s to insert all into MinHashLSH one by one"
        say(f"regroup     by {name} {found['seconds']:.1f} s, {found['pairs']:,} pairs of candidates; {share}")


def _in_process(part: str, source: Source, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.duplicates.scale", part, json.dumps(asdict(source)), str(folder)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(answer)  # type: ignore[no-any-return]


def _sign(source: Source, folder: Path) -> Table:
    """Make the signatures of all texts, kept in the folder."""
    count = source.count
    signatures = np.empty((count, 128), np.uint32)
    syllables, counts = np.empty(count, np.int64), np.empty(count, np.int64)
    spans = []
    for number, one in enumerate(source.texts()):
        found = fingerprint(one.text)
        signatures[number] = np.frombuffer(found.signature, "<u4")
        spans.append(found.spans)
        syllables[number], counts[number] = found.syllables, len(found.spans) // 8
    together = np.frombuffer(b"".join(spans), "<u8")
    np.savez(folder / "signatures.npz", signatures=signatures, syllables=syllables, counts=counts, spans=together)
    return Table(np.arange(1, count + 1), syllables, signatures, together, counts)


def _load(folder: Path) -> Table:
    with np.load(folder / "signatures.npz") as file:
        parts = {name: file[name] for name in file.files}
    return Table(np.arange(1, len(parts["syllables"]) + 1), **parts)


@dataclass(slots=True)
class _Costs:
    """What steps cost, by the number of texts."""

    count: int
    total: float = 0.0

    def sizes(self) -> list[int]:
        """Return the numbers of texts at which the cost is told."""
        return [size for size in _SIZES if size < self.count] + [self.count]

    def measured(self, step: Step) -> dict[int, float]:
        """Return µs a text at each size."""
        sizes = self.sizes()
        costs, half = {}, {size // 2 // _BATCH * _BATCH: 0.0 for size in sizes}
        for first in range(0, self.count, _BATCH):
            if first in half:
                half[first] = self.total
            end = min(first + _BATCH, self.count)
            step(first, end)
            if end in sizes:
                start = end // 2 // _BATCH * _BATCH
                costs[end] = (self.total - half[start]) / (end - start) * 1e6
        return costs


def _luutru(table: Table, folder: Path) -> dict[str, Any]:
    index, db = Index(folder / "duplicates"), _Documents(":memory:")
    costs = _Costs(len(table.ids))
    ends = np.concatenate(([0], np.cumsum(table.counts)))
    single: dict[int, float] = {}
    before = _memory()

    def take(first: int, end: int) -> None:
        hits = index.look_up(part(first, end).keyed())
        possible(hits.codes, hits.common, hits.texts.spans, index.spans)
        index.file(hits)
        index.committed(db)

    def part(first: int, end: int) -> Table:
        spans = table.spans[ends[first] : ends[end]]
        rows = slice(first, end)
        return Table(table.ids[rows], table.syllables[rows], table.signatures[rows], spans, table.counts[rows])

    def step(first: int, end: int) -> None:
        if end not in costs.sizes():
            costs.total += timed(lambda: take(first, end))
            return
        middle = (first + end) // 2  # the rest come alone; what they would have cost with the others is as much again
        costs.total += timed(lambda: take(first, middle)) * (end - first) / (middle - first)
        alone = timed(lambda: [take(place, place + 1) for place in range(middle, end)])
        single[end] = alone / (end - middle) * 1e6

    def timed(run: Callable[[], object]) -> float:
        start = time.process_time()
        run()
        return time.process_time() - start

    found = costs.measured(step)
    return {"costs": found, "memory": _memory() - before, "single": single, "files": index.size_bytes}


class _Documents(sqlite3.Connection):
    """A database whose documents have no texts: the index asks for the digest of the last one of each run."""

    def execute(self, *args: Any) -> sqlite3.Cursor:  # type: ignore[override]
        """Answer with a digest."""
        return super().execute("SELECT '00000000000000000000000000000000'")


def _datasketch_lsh(table: Table) -> dict[str, Any]:
    lsh = MinHashLSH(num_perm=128, params=(_BANDS, _ROWS))
    costs = _Costs(len(table.ids))
    inserting = 0.0
    before = _memory()

    def step(first: int, end: int) -> None:
        nonlocal inserting
        hashes = [MinHash(128, hashvalues=row.copy(), scheme="affine32") for row in table.signatures[first:end]]
        start = time.process_time()
        for minhash in hashes:
            lsh.query(minhash)
        middle = time.process_time()
        for number, minhash in enumerate(hashes, first):
            lsh.insert(number, minhash)
        done = time.process_time()
        costs.total += done - start
        inserting += done - middle

    return {"costs": costs.measured(step), "memory": _memory() - before, "whole": inserting}


def _rensa(texts: Iterator[Composed], count: int) -> dict[str, Any]:
    lsh = RMinHashLSH(threshold=0.8, num_perm=128, num_bands=_BANDS)
    costs = _Costs(count)
    before = _memory()

    def step(first: int, end: int) -> None:
        hashes = []
        for _ in range(first, end):
            words = next(texts).text.casefold().split()
            minhash = RMinHash(num_perm=128, seed=1)
            minhash.update([" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))])
            hashes.append(minhash)
        start = time.process_time()
        for number, minhash in enumerate(hashes, first):
            lsh.query(minhash)
            lsh.insert(number, minhash)
        costs.total += time.process_time() - start

    return {"costs": costs.measured(step), "memory": _memory() - before}


def _regroup(table: Table) -> dict[str, Any]:
    """From signatures to clusters: of what bands find, which is what MinHashLSH does, and of all candidates."""
    counts = np.zeros_like(table.counts)
    by_bands = _grouped(Table(table.ids, table.syllables, table.signatures, table.spans[:0], counts))
    return {"bands": by_bands, "all": _grouped(table)}


def _grouped(table: Table) -> dict[str, float]:
    start = time.process_time()
    ends = np.concatenate(([0], np.cumsum(table.counts)))
    parts = [
        Table(
            table.ids[first : first + 20_000],
            table.syllables[first : first + 20_000],
            table.signatures[first : first + 20_000],
            table.spans[ends[first] : ends[min(first + 20_000, len(table.ids))]],
            table.counts[first : first + 20_000],
        )
        for first in range(0, len(table.ids), 20_000)
    ]
    groups, count = Groups(), 0
    for some in similar_pairs(Keys.of(parts)):
        count += len(some[0])
        near = np.flatnonzero(some[2] >= NEAR)
        for newer, older in zip(some[0][near].tolist(), some[1][near].tolist(), strict=True):
            groups.join(newer, older)
    return {"seconds": time.process_time() - start, "pairs": count}


def _memory() -> int:
    """Return the bytes of the process in memory, mapped files included."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Run one part and print its result as JSON."""
    part, source, folder = sys.argv[1], Source(**json.loads(sys.argv[2])), Path(sys.argv[3])
    if part == "rensa":
        result = _rensa(source.texts(), source.count)
    else:
        table = _load(folder)
        run = {"datasketch": _datasketch_lsh, "regroup": _regroup}
        result = _luutru(table, folder) if part == "luutru" else run[part](table)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
