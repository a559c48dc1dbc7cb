"""Full-text search over the archive, articles and the files that they link to: `search(db, "binh dang gioi")`."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from itertools import islice

from archive.filters import Filters
from archive.search import facets
from archive.search.completions import completer
from archive.search.hits import hit_of
from archive.search.marks import Marker
from archive.search.query import Query, parse
from archive.search.ranking import COUNTED, Finder
from archive.search.records import Count, Facets, File, Hit, Options, Results, Segment, Sort
from archive.search.selection import Selection

__all__ = ["Count", "Facets", "File", "Hit", "Options", "Results", "Segment", "Sort", "parse", "search"]


def search(
    db: sqlite3.Connection, text: str, filters: Filters | None = None, options: Options | None = None
) -> Results:
    """Return the articles and attachments that match the query `text`, best first or by date.

    A text without words means everything that passes the filters, where it is asked for by date. What is not looked at
    of many matches is in the results. Raises QueryError and NotFound.
    """
    options = options or Options()
    if text.strip() or options.sort == "rank":
        query = parse(text).completed(completer(db))
    else:
        query, options = Query(()), replace(options, exact=False)
    selection = Selection.of(db, (filters or Filters()).resolve(db), options)
    marker = Marker(query, exact=options.exact)
    finder = Finder(selection, query, marker, options)
    shown = finder.by_rank() if options.sort == "rank" else finder.by_date()
    page = list(islice(shown, options.offset, options.offset + options.limit + 1))
    hits = tuple(hit_of(db, marker, found.key, found.score) for found in page[: options.limit])
    counts = facets.count(finder) if options.facets else None
    matched, is_counted = _matched(finder)
    return Results(
        hits=hits,
        matched=matched,
        is_counted=is_counted,
        is_bounded=finder.is_bounded,
        ranked=finder.ranked,
        has_more=len(page) > options.limit,
        facets=counts,
    )


def _matched(finder: Finder) -> tuple[int, bool]:
    """Return how many texts match, and whether these are all."""
    if finder.options.exact:
        return finder.accepted, finder.is_whole
    if finder.options.sort == "rank" and not finder.is_bounded:
        return finder.ranked, True
    if finder.query.has_prefix and finder.is_bounded:
        return finder.ranked, False  # to gather the words that begin so once more would take as long again
    number = finder.extent()[0]
    return min(number, COUNTED), number <= COUNTED
