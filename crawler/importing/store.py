"""What is written of one record, in one transaction: capture, article, and what the frontier is told."""

from __future__ import annotations

import time
from typing import TypeAlias

from archive.chrome import memory
from archive.records import PageKind
from archive.store import pages
from archive.store.captures import Imported, record_capture
from archive.store.sources import Source, source_row
from archive.store.writer import Transaction
from archive.warc.exchange import origin_of
from crawler.analysis.chrome import Considered
from crawler.analysis.job import Analysis
from crawler.importing.candidate import Candidate, is_known
from crawler.returning.known import note_captured

__all__ = ["Outcome", "store"]


Outcome: TypeAlias = Analysis | tuple[PageKind, str] | None


def store(
    transaction: Transaction, found: Candidate, outcome: Outcome, source: Source, *, awake: bool, considered: Considered
) -> pages.Stored | None:
    """Write a record with what was made of it; return what became of it, None where the archive had it already.

    `outcome`: its analysis, or kind and reason where it needs none, or None where it says what `found.same` says.
    """
    db = transaction.db
    if is_known(db, found):
        return None
    source_id, warcinfo_id = source_row(transaction, source)
    imported = Imported(source_id, origin_of(found.record, warcinfo_id), found.original)
    ref = record_capture(transaction, found.page, found.capture, found.digest, imported)
    if isinstance(outcome, Analysis):
        stored = pages.record_extraction(
            db,
            ref,
            outcome.extraction,
            outcome.fingerprint,
            outcome.canonical_key,
            is_same_state=considered.is_same_state,
        )
        if considered.note is not None:
            memory.record(db, considered.note)
    elif isinstance(outcome, tuple):
        stored = pages.record_kind(db, ref, *outcome)
    else:
        stored = pages.record_repeat(db, ref, found.same)
    at, now = found.capture.captured_at, int(time.time())
    note_captured(db, found.page, stored.kind, at, found.digest, now=now, awake=awake)
    return stored
