"""The index of signatures: which documents share a key with a text (`archive.duplicates.keys`).

It is derived from the table `signatures`: a set of sorted runs (`archive.duplicates.runs`) in the folder `duplicates`
beside the database, and what was filed since the last run was written, in memory. A run is written every few thousand
documents, after their transaction was committed; four of like size become one. What a kill takes from memory is read
again from the table when the index is opened; runs that are missing, damaged or say other things than the table are
made anew from it. Exact copies share the entry of the first of them.

The index follows the transactions of its connection: the ids of documents ascend, so that whoever files a document says
that none of this id or a later one is there. What was filed under such an id was rolled back, and is dropped.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archive.duplicates import runs as run_files
from archive.duplicates.config import CONFIG
from archive.duplicates.keys import many_keys
from archive.duplicates.recent import Recent
from archive.duplicates.runs import COMMON, ID_BITS, MOST_SPANS, Integers, Run
from archive.duplicates.shingles import Hashes

__all__ = ["FOLDER", "Hits", "Index", "Keyed", "Table", "usable"]

FOLDER = "duplicates"
_IN_MEMORY = 1 << 18  # entries, from which they are written
_FANOUT = 4  # runs of like size that become one
_READ_AT_ONCE = 20_000  # rows of the table
_ID_SHIFT = np.uint64(ID_BITS)
_ID_MASK = np.uint64((1 << ID_BITS) - 1)
_NONE: Integers = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A document as it is filed: its keys, the spans first, and how many of them are spans."""

    document_id: int
    keys: Hashes
    spans: int


@dataclass(frozen=True, slots=True)
class Hits:
    """Which keys of texts older documents have.

    `codes`: one a shared key, ascending: text << 30 | document << 2 | is it a common one << 1 | is it a span.
    `stops`: of each common span, one that 8 older documents have, text << 28 | the oldest document that is kept of
    it; what is older may have it too.
    """

    codes: Hashes
    stops: Integers


class Index:
    """See the module. Used by the single writer alone."""

    def __init__(self, folder: Path | None = None, runs: Sequence[Run] = ()) -> None:
        self.folder, self.runs = folder, list(runs)
        self._filed: list[Keyed] = []  # since the last run
        self._recent = Recent()  # their keys
        self._spans: dict[int, int] = {}
        self._is_cleared = False

    @classmethod
    def open(cls, db: sqlite3.Connection) -> Index:
        """Return the index of a database, brought up to date from its signatures."""
        path = db.execute("PRAGMA database_list").fetchone()[2]
        folder = Path(path).parent / FOLDER if path else None
        runs = usable(db, folder) if folder else []
        if folder:
            used = {run.path for run in runs}
            for file in (*folder.glob("*.run"), *folder.glob("*.new")):
                if file not in used:
                    file.unlink(missing_ok=True)
        index = cls(folder, runs)
        index.catch_up(db)
        return index

    @property
    def last(self) -> int:
        """The last document that the runs are of."""
        return self.runs[-1].last if self.runs else 0

    @property
    def size_bytes(self) -> int:
        """Bytes of the runs, in memory or mapped."""
        return sum(run.entries.nbytes + run.counts.nbytes + run.filter.nbytes for run in self.runs)

    def look_up(self, texts: Sequence[Keyed]) -> Hits:
        """Return which keys of texts documents have that are filed, of a common key the newest."""
        keys = np.concatenate([text.keys for text in texts])
        return _hits(texts, self._in_runs(keys), self._recent.find(keys))

    def file(self, texts: Sequence[Keyed]) -> Hits:
        """Enter documents that are newer than all that are filed; return which of their keys older ones have."""
        keys = np.concatenate([text.keys for text in texts])
        owners = np.repeat([text.document_id for text in texts], list(map(len, (text.keys for text in texts))))
        start = self._recent.count
        self._recent.file(keys, owners)
        self._filed += texts
        self._spans.update((text.document_id, min(text.spans, MOST_SPANS)) for text in texts)
        return _hits(texts, self._in_runs(keys), self._recent.find(keys, start))

    def _in_runs(self, keys: Hashes) -> tuple[Integers, Integers]:
        """Return places in `keys`, and documents of the runs that have the key there."""
        if not self.runs or not len(keys):
            return _NONE, _NONE
        order = np.argsort(keys)
        ordered = keys[order]
        places, found = zip(*(run.find(ordered) for run in self.runs), strict=True)
        return order[np.concatenate(places)], np.concatenate(found)

    def spans(self, documents: Integers) -> Integers:
        """Return how many spans each of these documents has, at most 65,535; 0 for one that is not filed."""
        counts = np.zeros(len(documents), dtype=np.int64)
        firsts = np.array([run.first for run in self.runs] + [self.last + 1])
        which = np.searchsorted(firsts, documents, "right") - 1
        for number, run in enumerate(self.runs):
            here = np.flatnonzero(which == number)
            counts[here] = run.counts[documents[here] - run.first]
        recent = np.flatnonzero(which == len(self.runs))
        counts[recent] = [self._spans.get(document, 0) for document in documents[recent].tolist()]
        return counts

    def forget_from(self, document_id: int) -> bool:
        """Drop what was filed under this id or a later one: it was rolled back.

        Return whether that is all: False where runs hold such documents, so that the index must be made anew.
        """
        count = self._recent.count
        while self._filed and self._filed[-1].document_id >= document_id:
            text = self._filed.pop()
            count -= len(text.keys)
            del self._spans[text.document_id]
        if count < self._recent.count:
            self._recent.cut(count)
        return self.last < document_id and not self._is_cleared

    def committed(self, db: sqlite3.Connection) -> None:
        """Note that all that was filed is committed: write a run if there is enough for one."""
        if self._is_cleared:
            self._is_cleared = False
            self.catch_up(db)
        if self._recent.count >= _IN_MEMORY:
            ids, counts = (np.array(list(values)) for values in (self._spans, self._spans.values()))
            self._add_run(db, ids, counts, self._recent.keys, self._recent.documents)
            self._filed, self._recent, self._spans = [], Recent(), {}

    def catch_up(self, db: sqlite3.Connection) -> None:
        """File the documents that the table has and the index lacks, in runs where there are many.

        To be called outside of a transaction: runs are of documents that are committed.
        """
        after = self._filed[-1].document_id if self._filed else self.last
        while rows := db.execute(_READ, [after]).fetchall():
            after = rows[-1][0]
            table = Table.of(rows)
            if len(rows) < _READ_AT_ONCE or self._filed:
                self.file(table.texts())
            else:
                self._add_run(db, table.ids, table.counts, *table.keys())

    def clear(self) -> None:
        """Forget all, since the table is made anew in this transaction; once it is committed, the index is."""
        _remove(self.runs)
        self.runs = []
        self._filed, self._recent, self._spans = [], Recent(), {}
        self._is_cleared = True

    def reopen(self, db: sqlite3.Connection) -> None:
        """Make the index anew from the table."""
        self.clear()
        self._is_cleared = False
        self.catch_up(db)

    def _add_run(self, db: sqlite3.Connection, ids: Integers, spans: Integers, keys: Hashes, owners: Integers) -> None:
        """Take in a run of documents that are newer than the last one's; merge runs of like size."""
        first, last = self.last + 1, int(ids[-1])
        counts = np.zeros(last - first + 1, dtype=np.int64)
        counts[ids - first] = spans
        digest = db.execute("SELECT digest FROM documents WHERE id = ?", [last]).fetchone()[0]
        run = run_files.fresh(first, last, digest, run_files.entries_of(keys, owners), counts)
        self.runs.append(run_files.write(run, self.folder) if self.folder else run)
        while (start := _alike(self.runs)) <= len(self.runs) - _FANOUT:
            old = self.runs[start:]
            self.runs[start:] = [run_files.merge(old, self.folder)]
            _remove(old)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of the table `signatures`, one a text: ids, syllables, signatures; all spans, and how many each text has."""

    ids: Integers
    syllables: Integers
    signatures: NDArray[np.uint32]
    spans: Hashes
    counts: Integers

    @classmethod
    def of(cls, rows: Sequence[tuple[int, int, bytes, bytes]]) -> Table:
        """Return rows of id, syllables, signature and spans as arrays."""
        signatures = np.frombuffer(b"".join(row[2] for row in rows), dtype="<u4")
        spans = np.frombuffer(b"".join(row[3] for row in rows), dtype="<u8")
        return cls(
            np.array([row[0] for row in rows], dtype=np.int64),
            np.array([row[1] for row in rows], dtype=np.int64),
            signatures.astype(np.uint32, copy=False).reshape(len(rows), CONFIG.permutations),
            spans.astype(np.uint64, copy=False),
            np.array([len(row[3]) >> 3 for row in rows], dtype=np.int64),
        )

    def keys(self) -> tuple[Hashes, Integers]:
        """Return the keys of all texts, spans first, and the document that each belongs to."""
        keys, places = many_keys(self.syllables, self.signatures, self.spans, self.counts)
        return keys, self.ids[places]

    def texts(self) -> list[Keyed]:
        """Return the documents as they are filed."""
        keys, places = many_keys(self.syllables, self.signatures, self.spans, self.counts)
        order = np.argsort(places, kind="stable")
        ends = np.cumsum(np.bincount(places, minlength=len(self.ids))).tolist()
        keys = keys[order]
        return [
            Keyed(document_id, keys[start:end], spans)
            for document_id, start, end, spans in zip(
                self.ids.tolist(), [0, *ends], ends, self.counts.tolist(), strict=False
            )
        ]


_READ = f"""SELECT document_id, syllables, signature, spans FROM signatures WHERE document_id > ?
    ORDER BY document_id LIMIT {_READ_AT_ONCE}"""


def _hits(texts: Sequence[Keyed], *sources: tuple[Integers, Integers]) -> Hits:
    """Return hits of texts, from places of their keys (one after the other) and documents that have the key there."""
    places = np.concatenate([source[0] for source in sources])
    if not len(places):
        return Hits(np.empty(0, np.uint64), _NONE)
    older = np.concatenate([source[1] for source in sources])
    found = run_files.newest_of_each_key(run_files.entries_of(places.astype(np.uint64), older))
    places, older = (found >> _ID_SHIFT).astype(np.int64), ~found & _ID_MASK
    lengths = np.array([len(text.keys) for text in texts])
    starts = np.cumsum(lengths) - lengths
    owners = np.searchsorted(starts, places, "right") - 1
    is_span = places - starts[owners] < np.array([text.spans for text in texts])[owners]
    is_common = np.zeros(len(places), dtype=bool)
    is_common[COMMON - 1 :] = places[COMMON - 1 :] == places[: 1 - COMMON]
    oldest = np.flatnonzero(is_common)
    for back in range(1, COMMON):
        is_common[oldest - back] = True
    oldest = oldest[is_span[oldest]]
    newer = np.array([text.document_id for text in texts], dtype=np.uint64)[owners]
    codes = newer << np.uint64(ID_BITS + 2) | older << np.uint64(2) | (is_common * np.uint64(2) + is_span)
    codes.sort()
    return Hits(codes, (newer[oldest] << _ID_SHIFT | older[oldest]).astype(np.int64))


def _alike(runs: Sequence[Run]) -> int:
    """Return where the runs begin that are not larger than the last one's class, four times as large each."""
    classes = [len(run.entries).bit_length() // 2 for run in runs]
    start = len(runs)
    while start and classes[start - 1] <= classes[-1]:
        start -= 1
    return start


def usable(db: sqlite3.Connection, folder: Path) -> list[Run]:
    """Return the runs in the folder that follow each other and belong to the database."""
    found = [run for path in folder.glob("*.run") if (run := run_files.open_run(path))]
    found.sort(key=lambda run: (run.first, -run.last))
    kept: list[Run] = []
    for run in found:
        if run.first == (kept[-1].last if kept else 0) + 1 and _belongs(db, run):
            kept.append(run)
    return kept


def _belongs(db: sqlite3.Connection, run: Run) -> bool:
    row = db.execute("SELECT digest FROM documents WHERE id = ?", [run.last]).fetchone()
    return row is not None and row[0] == run.digest


def _remove(runs: Iterable[Run]) -> None:
    for run in runs:
        if run.path:
            run.path.unlink(missing_ok=True)
