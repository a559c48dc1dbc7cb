"""Records put together: a response, resource or revisit with the request that asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from archive.errors import WarcError
from archive.records import Capture
from archive.warc.http import parse_request
from archive.warc.reader import Damage, Record, captured
from archive.warc.writer import Origin

__all__ = ["Exchange", "exchanges", "origin_of"]

_ANSWERS = ("response", "resource", "revisit")
# What this archive's own record says itself, or what holds in the other file alone.
_OWN_FIELDS = frozenset(
    (
        "content-length",
        "content-type",
        "warc-block-digest",
        "warc-concurrent-to",
        "warc-date",
        "warc-filename",
        "warc-ip-address",
        "warc-payload-digest",
        "warc-profile",
        "warc-record-id",
        "warc-refers-to",
        "warc-refers-to-date",
        "warc-refers-to-target-uri",
        "warc-target-uri",
        "warc-type",
        "warc-warcinfo-id",
    )
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A record and, of an answer, the record of its request where the file holds it beside."""

    record: Record
    request: Record | None = None

    @property
    def is_answer(self) -> bool:
        """Whether it is a response, resource or revisit."""
        return self.record.kind in _ANSWERS

    def capture(self) -> Capture:
        """Return it as a capture; raises WarcError where it is none."""
        capture = replace(captured(self.record), request_method="")
        if self.request is None or not self.request.block:
            return capture
        try:
            request = parse_request(self.request.block)
        except WarcError:
            return capture
        return replace(
            capture, request_method=request.method, request_headers=request.headers, request_body=request.body
        )


def exchanges(found: Iterable[Record | Damage]) -> Iterator[Exchange | Damage]:
    """Yield the records of a file in their order, each answer with its request.

    The two stand side by side in either order, and have the same address or name each other.
    """
    answer: Record | None = None  # waits for its request
    request: Record | None = None  # waits for its answer
    for record in found:
        if isinstance(record, Record) and record.kind == "request":
            if answer is not None and _belongs(record, answer):
                yield Exchange(answer, record)
                answer = None
            else:
                request = record
            continue
        if answer is not None:
            yield Exchange(answer)
            answer = None
        if isinstance(record, Damage):
            yield record
        elif record.kind not in _ANSWERS:
            yield Exchange(record)
        elif request is not None and _belongs(request, record):
            yield Exchange(record, request)
            request = None
        else:
            answer = record
    if answer is not None:
        yield Exchange(answer)


def origin_of(record: Record, warcinfo_id: str) -> Origin:
    """Return what an imported record keeps: its id, and the fields that this archive does not write itself."""
    own_id = (record.get("WARC-Record-ID") or "").strip().removeprefix("<").removesuffix(">")
    kept = tuple((name, value) for name, value in record.fields if name.lower() not in _OWN_FIELDS)
    return Origin(own_id if ":" in own_id and " " not in own_id else "", kept, warcinfo_id)


def _belongs(request: Record, answer: Record) -> bool:
    named = (request.get("WARC-Concurrent-To"), answer.get("WARC-Concurrent-To"))
    if request.get("WARC-Record-ID") in named or answer.get("WARC-Record-ID") in named:
        return True
    return request.target_uri == answer.target_uri
