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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archive.duplicates import runs as run_files
from archive.duplicates.config import CONFIG
from archive.duplicates.finding import Finding, Hits, Keyed
from archive.duplicates.keys import many_keys
from archive.duplicates.runs import COMMON, FEW, ID_BITS, MOST_SPANS, Integers, Run
from archive.duplicates.shingles import Hashes

__all__ = ["FOLDER", "Hits", "Index", "Keyed", "Table", "usable"]

FOLDER = "duplicates"
_IN_MEMORY = 1 << 19  # entries, from which they are written
_SETTLED = 1 << 16  # entries, from which they become a run in memory
_MANY = 1 << 13  # entries that come at once, and become one without being looked at singly
_READ_AT_ONCE = 20_000  # rows of the table
_ID_SHIFT = np.uint64(ID_BITS)
_ID_MASK = np.uint64((1 << ID_BITS) - 1)


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

    def look_up(self, texts: Keyed, most: int = FEW) -> Hits:
        """Return which keys of texts are had by documents that are filed or by older texts, the newest of each key."""
        packed = np.sort(texts.keys << _ID_SHIFT | np.arange(len(texts.keys), dtype=np.uint64))
        keys, places = packed & ~_ID_MASK, (packed & _ID_MASK).view(np.int64)
        hits = Finding(texts, places, most)
        hits.add_each_other(keys)
        self._newest.find(keys, hits)
        for run in reversed(self.runs):
            open_ = np.flatnonzero(hits.wanted)
            for found, documents in run.find(keys[open_], hits.wanted[open_]):
                hits.add(open_[found], documents)
        return hits.told()

    def file(self, texts: Keyed) -> None:
        """Enter documents that are newer than all that are filed."""
        count = len(texts.keys)
        stays = count < _MANY and self._newest.count + count < _SETTLED
        self._newest.file(texts, stays=stays)
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
        while rows := db.execute(_READ, [self.last]).fetchall():
            self.file(Table.of(rows).keyed())
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
        """Make a run in memory of the newest documents; merge those of like size."""
        if self._newest.count:
            last = self.runs[-1].last if self.runs else 0
            self.runs.append(self._newest.as_run(last + 1))
            self._newest = _Newest()
        self._merge(self._files, None)

    @property
    def _files(self) -> int:
        """The number of runs that are files."""
        return sum(run.path is not None for run in self.runs)

    def _write(self, db: sqlite3.Connection) -> None:
        """Write what is in memory if it is enough for a run; merge files of like size."""
        count = self._newest.count + sum(len(run.entries) for run in self.runs[self._files :])
        if not self.folder or count < _IN_MEMORY or db.in_transaction:
            return
        row = db.execute("SELECT digest FROM documents WHERE id = ?", [self.last]).fetchone()
        if row is None:
            return  # it was rolled back, and is dropped by whoever comes next
        self._settle()
        start = self._files
        self.runs[start:] = [run_files.merge(self.runs[start:], self.folder, row[0])]
        self._merge(0, self.folder)

    def _merge(self, first: int, folder: Path | None) -> None:
        """Merge runs of like size, from the first on."""
        while (start := max(first, _alike(self.runs))) < len(self.runs) - 1:
            old = self.runs[start:]
            self.runs[start:] = [run_files.merge(old, folder, old[-1].digest)]
            _remove(old)


class _Newest:
    """Documents that are in no run yet, by their keys: few."""

    def __init__(self) -> None:
        self.last = self.count = 0
        self.spans: dict[int, int] = {}
        self._texts: list[Keyed] = []
        self._documents: dict[int, list[int]] = {}  # of each key; made when somebody asks

    def file(self, texts: Keyed, *, stays: bool = True) -> None:
        """Enter documents that are newer than all that are here; where they do not stay, a run is made of all next."""
        self.last, self.count = int(texts.ids[-1]), self.count + len(texts.keys)
        self._texts.append(texts)
        if stays:
            self.spans.update(zip(texts.ids.tolist(), np.minimum(texts.spans, MOST_SPANS).tolist(), strict=True))
            for key, document in zip(texts.keys.tolist(), texts.ids[texts.owners].tolist(), strict=True):
                self._documents.setdefault(key, []).append(document)

    def find(self, keys: Hashes, hits: Finding) -> None:
        """Add the documents that have ascending keys."""
        known = self._documents
        if not known:
            return
        found = [(place, known[key]) for place, key in enumerate((keys >> _ID_SHIFT).tolist()) if key in known]
        for back in range(1, COMMON + 1):
            found = [(place, documents) for place, documents in found if len(documents) >= back and hits.wanted[place]]
            if found:
                hits.add(np.array([one[0] for one in found]), np.array([one[1][-back] for one in found]))

    def forget_from(self, document_id: int) -> None:
        """Drop what was filed under this id or a later one."""
        texts = self._texts
        if self.last >= document_id:
            self.__init__()  # type: ignore[misc]
            for text in texts:
                if text.ids[0] < document_id:
                    self.file(text)

    def as_run(self, first: int) -> Run:
        """Return them as a run in memory that begins with this document."""
        ids, spans = (np.concatenate([getattr(text, name) for text in self._texts]) for name in ("ids", "spans"))
        counts = np.zeros(self.last - first + 1, dtype=np.int64)
        counts[ids - first] = spans
        keys = np.concatenate([text.keys for text in self._texts])
        owners = np.concatenate([text.ids[text.owners] for text in self._texts])
        return run_files.fresh(first, self.last, run_files.entries_of(keys, owners), counts)


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

    def keyed(self) -> Keyed:
        """Return the documents as they are filed."""
        return Keyed(self.ids, self.counts, *many_keys(self.syllables, self.signatures, self.spans, self.counts))


_READ = f"""SELECT document_id, syllables, signature, spans FROM signatures WHERE document_id > ?
    ORDER BY document_id LIMIT {_READ_AT_ONCE}"""


def _alike(runs: Sequence[Run]) -> int:
    """Return where the runs begin that are of less than twice the size of what follows."""
    start, size = len(runs), 0
    while start and (not size or len(runs[start - 1].entries) < 2 * size):
        start -= 1
        size += len(runs[start].entries)
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
