"""ETag and Last-Modified: what a server says about its pages having changed, as far as it can be believed.

A validator that changes at every fetch is of no use, and one that stays while the page changes does harm: a page would
be taken for unchanged for ever. Both are common on pages that are put together for each visitor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from archive.records import Capture
from crawler.frontier import FrontierRow

__all__ = ["LIED", "Told", "Validators", "conditions"]

LIED = ""  # stands for a validator of an address that lied once
_NOW_S = 2  # a Last-Modified this close to the answer's own time is the clock of the server
_IN_A_ROW = 5  # answers "not modified" after which a page is asked in full once
_REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class Validators:
    """What is remembered of an answer: None where it had none, `LIED` where it is not to be believed any more."""

    etag: str | None = None
    last_modified: str | None = None


def conditions(row: FrontierRow) -> Mapping[str, str]:
    """Return the headers that ask for a page only if it has changed; none where it has to be asked in full.

    That is at first, when a sitemap or feed says that it changed, and now and then.
    """
    if row.hinted_by is not None or row.not_modified >= _IN_A_ROW or row.form is not None:
        return {}
    asked = {"If-None-Match": row.etag, "If-Modified-Since": row.last_modified}
    return {name: value for name, value in asked.items() if value}


class Told:
    """What the hosts of one crawl have said of their pages so far."""

    def __init__(self) -> None:
        self._etags: dict[tuple[str, str], tuple[int, str]] = {}  # host, ETag → page, payload digest
        self._clocks: dict[tuple[str, bool], tuple[float, float]] = {}  # host, is it HTML → last modified, age then
        self._lying: set[tuple[str, str | bool]] = set()
        self.refuted: set[int] = set()  # keys of pages whose ETag other pages turned out to have, too

    def believed(self, row: FrontierRow, capture: Capture, digest: str, *, changed: bool) -> Validators:
        """Return the validators of a full answer that are to be remembered; `changed`: the page says something else."""
        etag, last_modified = capture.header("ETag"), capture.header("Last-Modified")
        if etag and self._is_shared(row, etag, digest):
            etag = None
        if last_modified and self._is_clock(row, capture, last_modified):
            last_modified = None
        return Validators(_judged(row.etag, etag, changed), _judged(row.last_modified, last_modified, changed))

    def _is_shared(self, row: FrontierRow, etag: str, digest: str) -> bool:
        """Tell whether the host gives one ETag to several pages."""
        what = (row.host, etag)
        if len(self._etags) >= _REMEMBERED:
            self._etags.clear()
        key, known = self._etags.setdefault(what, (row.key, digest))
        if key != row.key and known != digest:
            self._lying.add(what)
            self.refuted.add(key)
        return what in self._lying

    def _is_clock(self, row: FrontierRow, capture: Capture, last_modified: str) -> bool:
        """Tell whether a Last-Modified is made from the time of the answer: now, or always as long ago as before."""
        modified = _moment(last_modified)
        if modified is None:
            return True
        answered = _moment(capture.header("Date")) or capture.captured_at
        age_s = (answered - modified).total_seconds()
        is_html = "html" in (capture.header("Content-Type") or "html").lower()
        host = (row.host, is_html)
        at, age_before = self._clocks.get(host, (modified.timestamp(), -1.0))
        if abs(age_s - age_before) <= 1 and abs(modified.timestamp() - at) >= 1:
            self._lying.add(host)
        self._clocks[host] = modified.timestamp(), age_s
        return age_s <= _NOW_S or host in self._lying


def _judged(before: str | None, now: str | None, changed: bool) -> str | None:
    """Return the validator to be remembered: `LIED` for good once it stayed when the page changed.

    One that moved although the page did not change is of no use the next time.
    """
    if before is None or now is None:
        return now
    if before == LIED or (before == now and changed):
        return LIED
    return now if before == now or changed else None


def _moment(text: str | None) -> datetime | None:
    """Return the time of an HTTP header, or None."""
    try:
        moment = parsedate_to_datetime(text) if text else None
    except (TypeError, ValueError):
        return None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
