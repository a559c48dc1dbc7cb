"""Results: a query with its filters, facets, order and pages; the same as an Atom feed, which is how it is saved."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from lxml import etree

from archive.article_view import find_page
from archive.errors import LuutruError, NotFound, QueryError
from archive.filters import Filters, parse_day
from archive.search import Count, Hit, Options, Results, Sort
from archive.search import search as find
from archive.web.complaints import complaint
from archive.web.visit import Body, Page, Visit

__all__ = ["feed", "search"]

_PAGE = 20
_LAST_PAGE = 50
_FEED = 50
_FACETS = 15
_ATOM = "http://www.w3.org/2005/Atom"
_ADDRESS = re.compile(r"https?://\S+$|[\w.-]+\.vn/\S*$", re.I)
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SORTS: tuple[Sort, ...] = ("rank", "newest", "oldest")


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet: how many texts have it, and where it leads; chosen again, it is taken back."""

    name: str
    count: int
    link: str
    is_chosen: bool


def search(visit: Visit) -> Page | Body:
    """Return a page of results, or what is wrong with the query; the address of an article leads to it."""
    query = visit.arg("q")
    if _ADDRESS.match(query) and (found := _page_at(visit, query)):
        return found
    number = visit.number("page", most=_LAST_PAGE)
    context: dict[str, Any] = {"query": query, "args": visit.args, "sort": _sort(visit), "page": number}
    try:
        results = _found(visit, limit=_PAGE, offset=(number - 1) * _PAGE, facets=True)
    except (LuutruError, ValueError) as error:
        position = error.position if isinstance(error, QueryError) else None
        said = complaint(error, visit.language)
        return Page("search.html", context | {"problem": said, "position": position}, 400)
    context |= {
        "results": results,
        "facets": _facets(visit, results),
        "sorts": [(sort, visit.link("/search", sort=sort, page=None)) for sort in _SORTS if query or sort != "rank"],
        "feed": visit.base_url + visit.link("/search.atom", page=None, sort=None),
        "saved": visit.base_url + visit.link("/search", page=None),
        "command": _command(visit),
        "previous": visit.link("/search", page=number - 1) if number > 1 else None,
        "next": visit.link("/search", page=number + 1) if results.has_more and number < _LAST_PAGE else None,
        "names": visit.names,
        "first": (number - 1) * _PAGE + 1,
        "is_filtered": any(visit.arg(name) for name in ("portal", "province", "category", "year", "since", "until")),
        "all_link": visit.link(
            "/search", portal=None, province=None, category=None, year=None, since=None, until=None, page=None
        ),
    }
    return Page("search.html", context)


def _command(visit: Visit) -> str:
    """Return the same search as it is typed in a shell, nothing where that asks for words and there are none."""
    if not visit.arg("q") or not visit.arg("q").isprintable():
        return ""
    year = visit.arg("year")
    asked = [(f"--{name}", value) for name in ("portal", "province", "category") for value in _values(visit, name)]
    asked += [(f"--{name}", year or visit.arg(name)) for name in ("since", "until")]
    given = [part for name, value in asked if value for part in (name, value)]
    flags = [flag for name, flag in (("exact", "--exact"), ("copies", "--all-copies")) if visit.arg(name)]
    sort = ["--sort", _sort(visit)] if _sort(visit) != "rank" else []
    return shlex.join(["luutru", "search", *given, *flags, *sort, "--", visit.arg("q")])


def feed(visit: Visit) -> Body:
    """Return the newest results of a query as an Atom feed (RFC 4287)."""
    try:
        hits = _found(visit, limit=_FEED, offset=0, sort="newest").hits
    except (LuutruError, ValueError) as error:
        return Body(f"{complaint(error, visit.language)}\n".encode(), "text/plain; charset=utf-8", status=400)
    here = visit.base_url + visit.link("/search.atom", page=None, sort=None)
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap={None: _ATOM})
    _child(root, "id", here)
    _child(root, "title", " – ".join(filter(None, (visit.arg("q"), "lưu trữ"))))
    _child(root, "updated", max((hit.captured_at for hit in hits), default=datetime.now(UTC).isoformat()))
    _child(root, "link", rel="self", type="application/atom+xml", href=here)
    _child(root, "link", rel="alternate", type="text/html", href=visit.base_url + visit.link("/search", page=None))
    for hit in hits:
        root.append(_entry(visit, hit))
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return Body(content, "application/atom+xml; charset=utf-8")


def _page_at(visit: Visit, address: str) -> Body | None:
    """Return the way to the article or file at an address, None where the archive has none."""
    try:
        page_id = find_page(visit.db, address, or_file=True)
    except NotFound:
        return None
    key = visit.db.execute("SELECT printf('%016x', key) FROM pages WHERE id = ?", [page_id]).fetchone()[0]
    return Body(b"", "text/plain", {"Location": f"/article/{key}"}, status=303)


def _found(visit: Visit, *, limit: int, offset: int, facets: bool = False, sort: Sort | None = None) -> Results:
    """Return the results of the query that a visit's arguments make. Raises QueryError, NotFound and ValueError."""
    options = Options(
        exact=bool(visit.arg("exact")),
        all_copies=bool(visit.arg("copies")),
        limit=limit,
        offset=offset,
        sort=sort or _sort(visit),
        facets=facets,
    )
    return find(visit.db, visit.arg("q"), _filters(visit), options)


def _sort(visit: Visit) -> Sort:
    """Return the order that was asked for; without words there is none by rank."""
    asked: Sort = next((sort for sort in _SORTS if sort == visit.arg("sort")), "rank")
    return "newest" if asked == "rank" and not visit.arg("q") else asked


def _filters(visit: Visit) -> Filters:
    year = visit.arg("year")
    return Filters(
        portals=_values(visit, "portal"),
        provinces=_values(visit, "province"),
        since=_day(year or visit.arg("since"), is_end=False),
        until=_day(year or visit.arg("until"), is_end=True),
        categories=_values(visit, "category"),
    )


def _values(visit: Visit, name: str) -> tuple[str, ...]:
    return tuple(value for value in visit.args.get(name, ()) if value.strip())


def _day(text: str, *, is_end: bool) -> date | None:
    return parse_day(text, is_end=is_end) if text else None


def _facets(visit: Visit, results: Results) -> list[tuple[str, list[Choice]]]:
    if results.facets is None:
        return []
    groups: tuple[tuple[str, Sequence[Count], Mapping[str, str]], ...] = (
        ("province", results.facets.provinces, {}),
        ("portal", results.facets.portals, visit.names),
        ("year", results.facets.years, {}),
    )
    made = [(name, _choices(visit, name, counts, labels)) for name, counts, labels in groups]
    return [(name, choices) for name, choices in made if choices]


def _choices(visit: Visit, name: str, counts: Sequence[Count], labels: Mapping[str, str]) -> list[Choice]:
    chosen = set(_values(visit, name))
    found = [
        Choice(
            labels.get(one.value, one.value),
            one.count,
            visit.link("/search", page=None, **{name: None if one.value in chosen else one.value}),
            one.value in chosen,
        )
        for one in counts
        if one.value
    ][:_FACETS]
    missing = chosen - {one.value for one in counts if one.value}
    gone = [
        Choice(labels.get(value, value), 0, visit.link("/search", page=None, **{name: None}), True) for value in missing
    ]
    return gone + found


def _entry(visit: Visit, hit: Hit) -> etree._Element:
    entry = etree.Element(f"{{{_ATOM}}}entry")
    _child(entry, "id", f"urn:luutru:article:{hit.id}")
    _child(entry, "title", hit.title)
    _child(entry, "updated", hit.captured_at)
    if (published := _instant(hit.published_at)) is not None:
        _child(entry, "published", published)
    _child(entry, "link", rel="alternate", type="text/html", href=f"{visit.base_url}/article/{hit.id}")
    author = _child(entry, "author")
    _child(author, "name", visit.names.get(hit.portal, hit.portal))
    _child(entry, "summary", "".join(segment.text for segment in hit.snippet))
    return entry


def _instant(moment: str | None) -> str | None:
    """Return a time as RFC 3339 writes it; None for a day, and where its offset is not known."""
    if moment is None or "T" not in moment:
        return None
    instant = datetime.fromisoformat(moment)
    return instant.isoformat() if instant.tzinfo else None


def _child(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}", attributes)
    child.text = text and _NOT_XML.sub("", text)
    return child
