"""`check`: whether signatures, index, links and clusters agree with the documents and the pages."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from archive.duplicates.clusters import best_pages, components
from archive.duplicates.config import CONFIG
from archive.duplicates.documents import check_signatures
from archive.duplicates.index import FOLDER, Table, usable
from archive.duplicates.runs import COMMON, ID_BITS, ID_MASK, ID_SHIFT, MOST_SPANS, Integers, Run
from archive.duplicates.shingles import Hashes, shingle_hashes, syllable_hashes
from archive.errors import SignatureMismatch

__all__ = ["check"]

_ENTRIES = 1 << 25  # that are compared at once
_SIGNED_ANEW = 200  # texts, from all over the archive


def check(db: sqlite3.Connection) -> Iterator[str]:
    """Yield what is wrong, a line each; `regroup` mends all of it. Writes nothing.

    Files of the index that are missing or behind are in order: whoever writes next makes them from the signatures.
    """
    try:
        check_signatures(db)
    except SignatureMismatch as error:
        yield f"{error.reason}; {error.hint}"
    else:
        yield from _signatures(db)
    signed = {row[0] for row in db.execute("SELECT document_id FROM signatures")}
    entries = {row[0] for row in db.execute("SELECT min(id) FROM documents WHERE syllables GROUP BY key_digest")}
    if missing := len(entries - signed):
        yield f"{missing} texts have no signature"
    if strays := len(signed - entries):
        yield f"there are signatures of {strays} texts that are not there"
    yield from _files(db)
    yield from _clusters(db)


def _signatures(db: sqlite3.Connection) -> Iterator[str]:
    """Compare signatures of some texts with those that datasketch makes, which shares nothing with what made them."""
    from datasketch import MinHash  # takes in scipy: half a second that only this needs

    most = db.execute("SELECT max(document_id) FROM signatures").fetchone()[0] or 1
    query = """SELECT documents.id, text, signature FROM signatures JOIN documents ON documents.id = document_id
        WHERE document_id >= ? ORDER BY document_id LIMIT 1"""
    starts = range(1, most + 1, -(-most // _SIGNED_ANEW))
    chosen = {row[0]: row[1:] for start in starts for row in db.execute(query, [start])}
    empty = MinHash(CONFIG.permutations, CONFIG.seed, hashfunc=int, scheme=CONFIG.scheme)
    for document_id, (text, signature) in chosen.items():
        minhash = empty.copy()
        minhash.update_batch((shingle_hashes(syllable_hashes(text)) & np.uint64(0xFFFF_FFFF)).tolist())
        if minhash.hashvalues.astype("<u4").tobytes() != signature:
            yield f"the signature of document {document_id} is not that of its text; run `luutru rebuild`"


def _files(db: sqlite3.Connection) -> Iterator[str]:
    path = db.execute("PRAGMA database_list").fetchone()[2]
    runs = usable(db, Path(path).parent / FOLDER) if path else []
    others = _others(db, runs)
    for run in runs:
        if not run.is_whole():
            yield f"{run.path} is damaged"
        elif run.first in others:
            yield f"{run.path} does not hold what the signatures say"


def _others(db: sqlite3.Connection, runs: Sequence[Run]) -> set[int]:
    """Return the first documents of the runs that are not what would be made of the signatures."""
    others = set[int]()
    last = runs[-1].last if runs else 0
    parts = sum(len(run.entries) for run in runs) // _ENTRIES + 1
    bounds = [key << ID_BITS for key in range(0, 1 << CONFIG.key_bits, -(-(1 << CONFIG.key_bits) // parts))]
    for low, high in pairwise([*bounds, 1 << 64]):
        kept, spans = _expected(db, last, low, high)
        documents = (kept & ID_MASK).view(np.int64)
        for run in runs:
            expected = kept[(documents >= run.first) & (documents <= run.last)]
            counts = spans[run.first : run.last + 1]
            if not (np.array_equal(expected, _within(run.entries, low, high)) and np.array_equal(counts, run.counts)):
                others.add(run.first)
    return others


def _within(entries: Hashes, low: int, high: int) -> Hashes:
    """Return the ascending entries from `low` on that are below `high`."""
    start = np.searchsorted(entries, np.uint64(low))
    return entries[start : np.searchsorted(entries, np.uint64(high - 1), "right")]


def _expected(db: sqlite3.Connection, last: int, low: int, high: int) -> tuple[Hashes, Integers]:
    """Return the entries from `low` on below `high` of documents up to the last; how many spans each document has."""
    pieces, spans = [np.empty(0, np.uint64)], np.zeros(last + 1, np.int64)
    for table in Table.read(db, last=last):
        pieces.append(_within(table.entries(), low, high))
        spans[table.ids] = np.minimum(table.counts, MOST_SPANS)
    entries = np.sort(np.concatenate(pieces))
    keys = entries >> ID_SHIFT
    has_more = np.zeros(len(entries), dtype=np.bool_)
    np.equal(keys[COMMON:], keys[:-COMMON], out=has_more[COMMON:])
    return entries[~has_more], spans


def _clusters(db: sqlite3.Connection) -> Iterator[str]:
    stored = dict(db.execute("SELECT id, cluster_id FROM documents WHERE cluster_id IS NOT NULL").fetchall())
    wrong = 0
    parts = components(db)
    for part in parts:
        wrong += len({stored.get(document_id) for document_id in part}) > 1 or stored.get(part[0]) is None
    kept = len(set(stored.values()))
    if wrong or kept != len(parts) or len(stored) != sum(map(len, parts)):
        yield f"the links make {len(parts)} clusters, the archive has {kept}, {wrong} of the former are not among them"
        return
    elected = dict(db.execute("SELECT id, representative_page_id FROM clusters").fetchall())
    if elected != best_pages(db):
        yield "a cluster is represented by the wrong page"
