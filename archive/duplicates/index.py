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
from archive.duplicates.runs import COMMON, ID_BITS, Integers, Run
from archive.duplicates.shingles import Hashes

__all__ = ["FOLDER", "Hits", "Index", "Keyed", "Table", "usable"]

FOLDER = "duplicates"
_IN_MEMORY = 1 << 18  # entries, from which they are written
_FANOUT = 4  # runs of like size that become one
_READ_AT_ONCE = 20_000  # rows of the table
_ID_SHIFT = np.uint64(ID_BITS)
_NONE: Integers = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A document as it is filed: its keys, the anchors first, and how many of them are anchors."""

    document_id: int
    keys: Hashes
    anchors: int


@dataclass(frozen=True, slots=True)
class Hits:
    """Which keys of texts older documents have, three arrays of the same length: text, document, is it an anchor?

    `formulas`: text << 28 | document of those that have a common anchor, one that 64 documents have; `stops`: the same
    of the oldest document that is kept of each; what is older may have the anchor too.
    """

    newer: Integers
    older: Integers
    is_anchor: NDArray[np.bool_]
    formulas: Integers
    stops: Integers


class Index:
    """See the module. Used by the single writer alone."""

    def __init__(self, folder: Path | None = None, runs: Sequence[Run] = ()) -> None:
        self.folder, self.runs = folder, list(runs)
        self._filed: list[Keyed] = []  # since the last run
        self._recent: dict[int, list[int]] = {}  # key → those of them that have it
        self._anchors: dict[int, int] = {}
        self._entries = 0
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

    def look_up(self, texts: Sequence[Keyed], *, then_file: bool = False) -> Hits:
        """Return which keys of texts earlier documents have, of a common key the newest 64.

        With `then_file` each text is filed before the next one is looked up.
        """
        owners = np.repeat(np.arange(len(texts)), [len(text.keys) for text in texts])
        keys = np.concatenate([text.keys for text in texts]) if texts else np.empty(0, np.uint64)
        places, found = self._in_runs(keys)
        at = 0
        recent_places: list[int] = []
        recent: list[int] = []
        for text in texts:
            for place, key in enumerate(text.keys.tolist(), at):
                if documents := self._recent.get(key):
                    newest = documents[-COMMON:]
                    recent += newest
                    recent_places += [place] * len(newest)
            at += len(text.keys)
            if then_file:
                self.file(text)
        if recent:
            places = np.concatenate((places, np.array(recent_places, dtype=np.int64)))
            found = np.concatenate((found, np.array(recent, dtype=np.int64)))
        return _hits(texts, owners, places, found)

    def _in_runs(self, keys: Hashes) -> tuple[Integers, Integers]:
        """Return places in `keys`, and documents of the runs that have the key there."""
        if not self.runs or not len(keys):
            return _NONE, _NONE
        order = np.argsort(keys)
        ordered = keys[order]
        places, found = [], []
        for run in self.runs:
            hits, starts, ends = run.find(ordered)
            if len(hits):
                lengths = ends - starts
                within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
                places.append(order[np.repeat(hits, lengths)])
                found.append(run.documents(np.repeat(starts, lengths) + within))
        return (np.concatenate(places), np.concatenate(found)) if found else (_NONE, _NONE)

    def anchors(self, documents: Integers) -> Integers:
        """Return how many anchors each of these documents has, at most 65,535; 0 for one that is not filed."""
        counts = np.zeros(len(documents), dtype=np.int64)
        if self.runs:
            firsts = np.array([run.first for run in self.runs])
            which = np.searchsorted(firsts, documents, "right") - 1
            for number in np.unique(which).tolist():
                run, here = self.runs[max(number, 0)], np.flatnonzero(which == number)
                here = here[(documents[here] >= run.first) & (documents[here] <= run.last)]
                counts[here] = run.counts[documents[here] - run.first]
        recent = np.flatnonzero(documents > self.last)
        counts[recent] = [self._anchors.get(document, 0) for document in documents[recent].tolist()]
        return counts

    def file(self, text: Keyed) -> None:
        """Enter a document that is newer than all that are filed."""
        self._filed.append(text)
        self._entries += len(text.keys)
        self._anchors[text.document_id] = text.anchors
        for key in text.keys.tolist():
            self._recent.setdefault(key, []).append(text.document_id)

    def forget_from(self, document_id: int) -> bool:
        """Drop what was filed under this id or a later one: it was rolled back.

        Return whether that is all: False where runs hold such documents, so that the index must be made anew.
        """
        while self._filed and self._filed[-1].document_id >= document_id:
            text = self._filed.pop()
            self._entries -= len(text.keys)
            del self._anchors[text.document_id]
            for key in text.keys.tolist():
                documents = self._recent[key]
                documents.pop()
                if not documents:
                    del self._recent[key]
        return self.last < document_id and not self._is_cleared

    def committed(self, db: sqlite3.Connection) -> None:
        """Note that all that was filed is committed: write a run if there is enough for one."""
        if self._is_cleared:
            self._is_cleared = False
            self.catch_up(db)
        if self._entries >= _IN_MEMORY:
            ids = np.array([text.document_id for text in self._filed])
            counts = np.array([text.anchors for text in self._filed])
            owners = np.repeat(ids, [len(text.keys) for text in self._filed])
            self._add_run(db, ids, counts, np.concatenate([text.keys for text in self._filed]), owners)
            self._filed, self._recent, self._anchors, self._entries = [], {}, {}, 0

    def catch_up(self, db: sqlite3.Connection) -> None:
        """File the documents that the table has and the index lacks, in runs where there are many.

        To be called outside of a transaction: runs are of documents that are committed.
        """
        after = self._filed[-1].document_id if self._filed else self.last
        while rows := db.execute(_READ, [after]).fetchall():
            after = rows[-1][0]
            table = Table.of(rows)
            if len(rows) < _READ_AT_ONCE or self._filed:
                for text in table.texts():
                    self.file(text)
            else:
                keys, places = many_keys(table.signatures, table.anchors, table.counts)
                self._add_run(db, table.ids, table.counts, keys, table.ids[places])

    def clear(self) -> None:
        """Forget all, since the table is made anew in this transaction; once it is committed, the index is."""
        _remove(self.runs)
        self.runs = []
        self._filed, self._recent, self._anchors, self._entries = [], {}, {}, 0
        self._is_cleared = True

    def reopen(self, db: sqlite3.Connection) -> None:
        """Make the index anew from the table."""
        self.clear()
        self._is_cleared = False
        self.catch_up(db)

    def _add_run(
        self, db: sqlite3.Connection, ids: Integers, anchors: Integers, keys: Hashes, owners: Integers
    ) -> None:
        """Take in a run of documents that are newer than the last one's; merge runs of like size."""
        first, last = self.last + 1, int(ids[-1])
        counts = np.zeros(last - first + 1, dtype=np.int64)
        counts[ids - first] = anchors
        entries = keys << _ID_SHIFT | owners.astype(np.uint64)
        entries.sort()
        digest = db.execute("SELECT digest FROM documents WHERE id = ?", [last]).fetchone()[0]
        run = run_files.fresh(first, last, digest, entries, counts)
        self.runs.append(run_files.write(run, self.folder) if self.folder else run)
        while (start := _alike(self.runs)) <= len(self.runs) - _FANOUT:
            old = self.runs[start:]
            self.runs[start:] = [run_files.merge(old, self.folder)]
            _remove(old)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of the table `signatures`: ids, signatures (a row each), all anchors in order, and how many each has."""

    ids: Integers
    signatures: NDArray[np.uint32]
    anchors: Hashes
    counts: Integers

    @classmethod
    def of(cls, rows: Sequence[tuple[int, bytes, bytes]]) -> Table:
        """Return rows of id, signature and anchors as arrays."""
        signatures = np.frombuffer(b"".join(row[1] for row in rows), dtype="<u4")
        anchors = np.frombuffer(b"".join(row[2] for row in rows), dtype="<u8")
        return cls(
            np.array([row[0] for row in rows], dtype=np.int64),
            signatures.astype(np.uint32, copy=False).reshape(len(rows), CONFIG.permutations),
            anchors.astype(np.uint64, copy=False),
            np.array([len(row[2]) >> 3 for row in rows], dtype=np.int64),
        )

    def texts(self) -> list[Keyed]:
        """Return the documents as they are filed."""
        keys, places = many_keys(self.signatures, self.anchors, self.counts)
        order = np.argsort(places, kind="stable")
        parts = np.split(keys[order], np.cumsum(np.bincount(places, minlength=len(self.ids)))[:-1])
        return [Keyed(*text) for text in zip(self.ids.tolist(), parts, self.counts.tolist(), strict=True)]


_READ = f"""SELECT document_id, signature, anchors FROM signatures WHERE document_id > ?
    ORDER BY document_id LIMIT {_READ_AT_ONCE}"""


def _hits(texts: Sequence[Keyed], owners: Integers, places: Integers, found: Integers) -> Hits:
    """Return hits of texts, from the places of their keys (one after the other) and the documents that have the key."""
    if not len(found):
        return Hits(_NONE, _NONE, np.empty(0, dtype=bool), _NONE, _NONE)
    codes = run_files.newest_of_each_key(np.sort(places.astype(np.uint64) << _ID_SHIFT | found.astype(np.uint64)))
    places = (codes >> _ID_SHIFT).astype(np.int64)
    older = (codes & np.uint64((1 << ID_BITS) - 1)).astype(np.int64)
    lengths = np.array([len(text.keys) for text in texts])
    of_key = np.arange(len(owners)) - (np.cumsum(lengths) - lengths)[owners]  # its number among those of the text
    is_anchor = (of_key < np.array([text.anchors for text in texts])[owners])[places]
    newer = np.array([text.document_id for text in texts])[owners[places]]
    pairs = newer << ID_BITS | older
    is_common = (np.bincount(places) >= COMMON)[places] & is_anchor
    is_oldest = is_common & np.concatenate(([True], places[1:] != places[:-1]))
    return Hits(newer, older, is_anchor, np.unique(pairs[is_common]), pairs[is_oldest])


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
