"""A look at a page, and what follows from it: when the page is due again, and whether it is gone."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from datetime import date, datetime

from archive.errors import PageError
from archive.records import Article, PageKind
from archive.store import pages
from crawler import frontier
from crawler.discovery import LinkKind
from crawler.frontier import FrontierRow, Looked
from crawler.returning import readings, schedule
from crawler.returning.validators import Validators

__all__ = ["Look", "Taken", "age_s", "is_list", "record"]

_GONE = 2  # looks in a row at which a page was missing; that a sitemap dropped it counts as one
_BAD = frozenset({PageKind.ERROR, PageKind.SOFT_404, PageKind.HOME_REDIRECT})
_LISTS = frozenset({PageKind.LISTING, PageKind.OTHER, PageKind.EMPTY, PageKind.SHELL})  # what a list may be taken for
_STAYS = frozenset({LinkKind.SITEMAP.rank, LinkKind.PAGINATION.rank})  # ranks that what a page turned out to be keeps


@dataclass(slots=True)
class Taken:
    """A capture on its way: its payload digest, and its reference once the writer has written it."""

    digest: str
    written: pages.CaptureRef | None = None

    @property
    def ref(self) -> pages.CaptureRef:
        """The reference; raises PageError when the capture could not be written."""
        if self.written is None:
            raise PageError("capture", "it could not be written")
        return self.written


@dataclass(frozen=True, slots=True)
class Look:
    """What a page turned out to be.

    `changed`: it really says something else than before. `age_s`: since an article was published, None where unknown.
    `is_missing`: the server says that there is no such page. `not_modified`: answers 304 in a row. `turns`: it links to
    further pages of a list.
    """

    kind: PageKind
    payload_digest: str | None
    changed: bool = False
    age_s: float | None = None
    validators: Validators = field(default_factory=Validators)
    not_modified: int = 0
    is_missing: bool = False
    turns: bool = False


def is_list(row: FrontierRow) -> bool:
    """Tell whether an address was read before and is one whose links are its news: a home page, a listing's pages."""
    return row.kind in _LISTS and (row.rank in _STAYS or row.rank == LinkKind.LISTING.rank)


def record(db: sqlite3.Connection, row: FrontierRow, ref: pages.CaptureRef, look: Look, now: int) -> bool:
    """Note a look in the frontier, and whether the page is gone; return whether that is news."""
    missing = row.missing + 1 if look.is_missing else 0
    interval_s = _interval(row, look, now)
    was_good = row.kind is not None and PageKind(row.kind) not in _BAD
    if was_good and look.kind in _BAD and missing < _GONE:
        wait_s = schedule.CONFIRM_S
    else:
        wait_s = schedule.due_after(interval_s, row.key)
    looked = Looked(
        kind=look.kind,
        rank=_rank(row, look),
        due_at=now + wait_s,
        interval_s=interval_s,
        payload_digest=look.payload_digest,
        etag=look.validators.etag,
        last_modified=look.validators.last_modified,
        not_modified=look.not_modified,
        missing=missing,
    )
    frontier.acknowledge(db, row.key, looked, now)
    if row.hinted_by is not None and (look.kind is PageKind.ARTICLE or missing):
        readings.note_outcome(db, row.hinted_by, is_right=look.changed or missing > 0)
    if missing >= _GONE:
        return pages.mark_gone(db, ref)
    if row.missing and not missing:
        pages.mark_found(db, ref)
    return False


def age_s(article: Article | None, captured_at: datetime) -> float | None:
    """Return the seconds since an article was published, by its day; None where it names none."""
    try:
        published = date.fromisoformat(((article and article.published_at) or "")[:10])
    except ValueError:
        return None
    return max(0, (captured_at.date() - published).days) * float(schedule.DAY)


def _interval(row: FrontierRow, look: Look, now: int) -> int:
    kind = PageKind.LISTING if _is_list(row, look) else look.kind
    limits = schedule.bounds(kind, is_further=row.rank == LinkKind.PAGINATION.rank)
    if row.interval_s is None or row.fetched_at is None or row.kind != look.kind:
        return schedule.first_interval(kind, limits, look.age_s)
    return schedule.next_interval(limits, row.interval_s, now - row.fetched_at, changed=look.changed)


def _rank(row: FrontierRow, look: Look) -> int:
    """Return the rank at which a page is asked the next time: heads of listings before pages that lead nowhere."""
    if row.rank in _STAYS:
        return row.rank
    return LinkKind.LISTING.rank if _is_list(row, look) else frontier.KNOWN


def _is_list(row: FrontierRow, look: Look) -> bool:
    if look.kind is PageKind.LISTING:
        return True
    return look.kind in _LISTS and (look.turns or row.rank in _STAYS or is_list(row))
