"""The index of signatures: which documents share a key with a text (`archive.duplicates.keys`).

It is derived from the table `signatures`: a set of sorted runs (`archive.duplicates.runs`) in the folder `duplicates`
beside the database, and what was filed since the last run was written, in memory. A run is written every few ten
thousand documents, after their transaction was committed; runs of like size become one. What a kill takes from memory
is read again from the table when the index is opened; runs that are missing, damaged or say other things than the table
are made anew from it. Exact copies share the entry of the first of them.

The index follows the transactions of its connection: the ids of documents ascend, so that whoever files a document says
that none of this id or a later one is there. What was filed under such an id was rolled back, and is dropped.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archive.duplicates import runs as run_files
from archive.duplicates.config import CONFIG
from archive.duplicates.finding import Hits, Keyed, meet
from archive.duplicates.keys import many_keys
from archive.duplicates.runs import ID_MASK, ID_SHIFT, MOST_ID, MOST_SPANS, Integers, Run
from archive.duplicates.shingles import Hashes

__all__ = ["FOLDER", "Hits", "Index", "Keyed", "Table", "usable"]

FOLDER = "duplicates"
_IN_MEMORY = 1 << 19  # entries, from which they are written
_SETTLED = 1 << 16  # entries, from which they become a run in memory
_MANY = 1 << 13  # entries that come at once, and become one without being looked at singly
_FAN_OUT = 3  # runs of like size that become one
_READ_AT_ONCE = 20_000  # rows of the table


class Index:
    """See the module. Used by the single writer alone."""

    def __init__(self, folder: Path | None = None, runs: Sequence[Run] = ()) -> None:
        self.folder = folder
        self.runs = list(runs)  # those of files, then those in memory
        self._newest = _Newest()
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
        """The last document that is filed."""
        return self._newest.last or (self.runs[-1].last if self.runs else 0)

    @property
    def size_bytes(self) -> int:
        """Bytes of the runs, in memory or mapped."""
        return sum(run.size_bytes for run in self.runs)

    def look_up(self, texts: Keyed) -> Hits:
        """Return which keys of texts are had by documents that are filed or by older texts."""
        return meet(texts, (*self.runs, self._newest))

    def file(self, hits: Hits) -> None:
        """Enter the texts that were looked up, which are newer than all that are filed."""
        count = len(hits.entries)
        stays = count < _MANY and self._newest.count + count < _SETTLED
        self._newest.file(hits, stays=stays)
        if not stays:
            self._settle()

    def spans(self, documents: Integers) -> Integers:
        """Return how many spans each of these documents has, at most 65,535; 0 for one that is not filed."""
        counts = np.zeros(len(documents), dtype=np.int64)
        which = np.searchsorted([run.first for run in self.runs], documents, "right") - 1
        for number in np.flatnonzero(np.bincount(which + 1)[1:]).tolist():
            here, run = np.flatnonzero(which == number), self.runs[number]
            inside = here[documents[here] <= run.last]
            counts[inside] = run.counts[documents[inside] - run.first]
        recent = np.flatnonzero(documents > (self.runs[-1].last if self.runs else 0))
        counts[recent] = [self._newest.spans.get(document, 0) for document in documents[recent].tolist()]
        return counts

    def forget_from(self, document_id: int) -> bool:
        """Drop what was filed under this id or a later one: it was rolled back.

        Return whether that is all: False where runs hold such documents, so that these must be made anew.
        """
        self._newest.forget_from(document_id)
        return self.last < document_id and not self._is_cleared

    def committed(self, db: sqlite3.Connection) -> None:
        """Note that all that was filed is committed: write a run if there is enough for one."""
        if self._is_cleared:
            self._is_cleared = False
            self.catch_up(db)
        self._write(db)

    def catch_up(self, db: sqlite3.Connection) -> None:
        """File the documents that the table has and the index lacks, in runs where there are many.

        To be called outside of a transaction: runs are of documents that are committed.
        """
        for table in Table.read(db, self.last):
            self.file(self.look_up(table.keyed()))
            self._write(db)

    def clear(self) -> None:
        """Forget all, since the table is made anew in this transaction; once it is committed, the index is."""
        _remove(self.runs)
        self.runs, self._newest = [], _Newest()
        self._is_cleared = True

    def reopen(self, db: sqlite3.Connection, document_id: int) -> None:
        """Make anew from the table what is no file of documents before this one."""
        kept = [run for run in self.runs if run.path and run.last < document_id]
        _remove(self.runs[len(kept) :])
        self.runs, self._newest = kept, _Newest()
        self._is_cleared = False
        self.catch_up(db)

    def _settle(self) -> None:
        """Make a run in memory of the newest documents, together with those that it has outgrown."""
        if self._newest.count:
            last = self.runs[-1].last if self.runs else 0
            self.runs.append(self._newest.as_run(last + 1))
            self._newest = _Newest()
        files = self._files
        start = files + _outgrown(self.runs[files:])
        if start < len(self.runs) - 1:
            self.runs[start:] = [run_files.merge(self.runs[start:], None, "")]

    @property
    def _files(self) -> int:
        """The number of runs that are files."""
        return sum(run.path is not None for run in self.runs)

    def _write(self, db: sqlite3.Connection) -> None:
        """Write what is in memory if it is enough for a run, together with the files that it has outgrown."""
        count = self._newest.count + sum(len(run.entries) for run in self.runs[self._files :])
        if not self.folder or count < _IN_MEMORY or db.in_transaction:
            return
        row = db.execute("SELECT digest FROM documents WHERE id = ?", [self.last]).fetchone()
        if row is None:
            return  # it was rolled back, and is dropped by whoever comes next
        self._settle()
        start = min(self._files, _outgrown(self.runs))
        old = self.runs[start:]
        self.runs[start:] = [run_files.merge(old, self.folder, row[0])]
        _remove(old)


class _Newest:
    """Documents that are in no run yet, by their keys: few."""

    def __init__(self) -> None:
        self.last = self.count = 0
        self.spans: dict[int, int] = {}
        self._hits: list[Hits] = []
        self._documents: dict[int, list[int]] = {}  # of each key

    def file(self, hits: Hits, *, stays: bool = True) -> None:
        """Enter documents that are newer than all that are here; where they do not stay, a run is made of all next."""
        texts = hits.texts
        self.last, self.count = int(texts.ids[-1]), self.count + len(hits.entries)
        self._hits.append(hits)
        if stays:
            self.spans.update(zip(texts.ids.tolist(), np.minimum(texts.spans, MOST_SPANS).tolist(), strict=True))
            documents = (hits.entries & ID_MASK).tolist()
            for key, document in zip((hits.entries >> ID_SHIFT).tolist(), documents, strict=True):
                self._documents.setdefault(key, []).append(document)

    def find(self, keys: Hashes, _masks: Hashes) -> Iterator[tuple[Integers, Integers]]:
        """Yield places in the ascending `keys` whose key is here, and a document each that has it."""
        known = self._documents
        if known:
            found = [(place, known[key]) for place, key in enumerate((keys >> ID_SHIFT).tolist()) if key in known]
            pairs = [(place, document) for place, documents in found for document in documents]
            if pairs:
                yield tuple(np.array(pairs).T)

    def forget_from(self, document_id: int) -> None:
        """Drop what was filed under this id or a later one."""
        filed = self._hits
        if self.last >= document_id:
            self.__init__()  # type: ignore[misc]
            for hits in filed:
                if hits.texts.ids[0] < document_id:
                    self.file(hits)

    def as_run(self, first: int) -> Run:
        """Return them as a run in memory that begins with this document."""
        texts = [hits.texts for hits in self._hits]
        counts = np.zeros(self.last - first + 1, dtype=np.int64)
        counts[np.concatenate([text.ids for text in texts]) - first] = np.concatenate([text.spans for text in texts])
        entries = np.concatenate([hits.entries for hits in self._hits])
        entries.sort()
        return run_files.fresh(first, self.last, entries, counts)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of the table `signatures`, one a text: ids, syllables, signatures; all spans, and how many each text has."""

    ids: Integers
    syllables: Integers
    signatures: NDArray[np.uint32]
    spans: Hashes
    counts: Integers

    @classmethod
    def read(cls, db: sqlite3.Connection, after: int = 0, last: int = MOST_ID) -> Iterator[Table]:
        """Yield all signatures of documents after one and up to another, in their order, some thousand at a time."""
        query = """SELECT document_id, syllables, signature, spans FROM signatures
            WHERE document_id > ? AND document_id <= ? ORDER BY document_id LIMIT ?"""
        while rows := db.execute(query, [after, last, _READ_AT_ONCE]).fetchall():
            yield cls.of(rows)
            after = rows[-1][0]

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

    def keyed(self) -> Keyed:
        """Return the documents as they are looked up."""
        return Keyed(self.ids, self.counts, self._keys(np.arange(len(self.ids))))

    def entries(self) -> Hashes:
        """Return the keys of all documents, `key << 28 | document`, ascending."""
        return self._keys(self.ids)

    def _keys(self, numbers: Integers) -> Hashes:
        keys = many_keys(numbers, self.syllables, self.signatures, self.spans, self.counts)
        keys.sort()
        return keys


def _outgrown(runs: Sequence[Run]) -> int:
    """Return where the runs begin that become one: what follows the first of them is at least twice as large."""
    following = np.cumsum([0, *(len(run.entries) for run in reversed(runs))])[-2::-1].tolist()
    outgrown = (start for start, run in enumerate(runs) if following[start] >= (_FAN_OUT - 1) * len(run.entries))
    return next(outgrown, len(runs))


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
