"""How many of the matches are of each province, portal and year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from archive.search.ranking import COUNTED, Finder
from archive.search.records import Count, Facets

__all__ = ["count"]

_READ_FOR_FACETS = 1500  # texts that an exact search reads to count them


def count(finder: Finder) -> Facets:
    """Return the counts over the newest matches."""
    selection = finder.selection
    if finder.options.exact:
        ids = selection.ids(finder.expression, _READ_FOR_FACETS + 1)
        groups = selection.groups_of([key for key in ids[:_READ_FOR_FACETS] if finder.accepts(key)])
        is_bounded = len(ids) > _READ_FOR_FACETS
    else:
        groups = finder.groups()
        is_bounded = finder.extent()[0] > COUNTED
    names = {
        row["id"]: (row["province_after"], row["province_before"])
        for row in selection.db.execute("SELECT id, province_before, province_after FROM portals")
    }
    provinces, portals, years = Counter[str | None](), Counter[str | None](), Counter[str | None]()
    for group in groups:
        portals += group.portals
        years[None if group.year is None else f"{group.year:04d}"] += group.portals.total()
        for portal, number in group.portals.items():
            provinces[names[portal][group.is_before_merger]] += number
    return Facets(
        provinces=_by_number(provinces),
        portals=_by_number(portals),
        years=_counts(sorted(years.items(), key=lambda item: item[0] or "", reverse=True)),
        counted=min(portals.total(), COUNTED),  # one more told that there are more
        is_bounded=is_bounded,
    )


def _by_number(counter: Counter[str | None]) -> tuple[Count, ...]:
    return _counts(sorted(counter.items(), key=lambda item: (-item[1], item[0] or "~")))


def _counts(items: Iterable[tuple[str | None, int]]) -> tuple[Count, ...]:
    return tuple(Count(value, number) for value, number in items)
