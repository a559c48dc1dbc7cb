"""The catalogue: the provinces before or after July 2025 as a grid, each with what the archive has of its portals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.web.knowledge import CataloguePortal, Province
from archive.web.summary import PortalSummary
from archive.web.visit import Page, Visit

__all__ = ["catalogue"]

_CALLED = "Cổng thông tin điện tử "
_MERGER_DAY = "2025-07-01"


@dataclass(frozen=True, slots=True)
class Tile:
    """A portal in the grid: `state` is archived, known (no article yet) or absent; `has_ended` with its province."""

    name: str
    portal: str
    state: str
    articles: int
    last_captured_at: str | None
    has_ended: bool
    verdict: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A province: its own tile, and before the merger where it went, after it whose land it took."""

    tile: Tile
    successor: str | None
    predecessors: tuple[Tile, ...]

    @property
    def articles(self) -> int:
        """Articles of the portals that spoke for its land."""
        return sum({tile.portal: tile.articles for tile in (self.tile, *self.predecessors)}.values())


def catalogue(visit: Visit) -> Page:
    """Return the grid, the ministries, and the other sites of the archive."""
    view = "before" if visit.arg("view") == "before" else "after"
    provinces = [p for p in visit.knowledge.provinces if _is_before(p) == (view == "before")]
    regions: dict[str, list[Cell]] = {}  # in the catalogue's order, from north to south
    for province in provinces:
        regions.setdefault(province.region, []).append(_cell(visit, province))
    ministries = [one for one in visit.knowledge.portals if not one.province_before and not one.province_after]
    known = {one.id for one in visit.knowledge.portals}
    others = [one for one in visit.summary.portals.values() if one.id not in known]
    return Page(
        "catalogue.html",
        {
            "view": view,
            "regions": list(regions.items()),
            "provinces": len(provinces),
            "archived": sum(1 for cells in regions.values() for cell in cells if cell.articles),
            "ministries": [
                _tile(visit, _short(one.name), one.id, has_ended=one.state != "current") for one in ministries
            ],
            "others": [_tile(visit, _short(one.name), one.id, has_ended=False) for one in others],
        },
    )


def _short(name: str) -> str:
    """Return a portal's name without what all of them are called."""
    rest = name.removeprefix(_CALLED)
    return f"{rest[:1].upper()}{rest[1:]}" or name


def _is_before(province: Province) -> bool:
    return province.valid_to is not None and province.valid_to.isoformat() < _MERGER_DAY


def _cell(visit: Visit, province: Province) -> Cell:
    before = {one.name: one for one in visit.knowledge.provinces if _is_before(one)}
    predecessors = [
        _tile(visit, name, before[name].portal, has_ended=_has_ended(visit.knowledge.portals, before[name].portal))
        for name in province.predecessors
        if name in before and (len(province.predecessors) > 1 or name != province.name)
    ]
    has_ended = _has_ended(visit.knowledge.portals, province.portal)
    tile = _tile(visit, province.name, province.portal, has_ended=has_ended)
    successor = province.successor if province.successor != province.name else None
    return Cell(tile, successor, tuple(predecessors))


def _has_ended(portals: Sequence[CataloguePortal], portal: str) -> bool:
    return any(one.id == portal and one.state != "current" for one in portals)


def _tile(visit: Visit, name: str, portal: str, *, has_ended: bool) -> Tile:
    found: PortalSummary | None = visit.summary.portals.get(portal)
    health = visit.health.get(portal)
    state = "absent" if found is None else "archived" if found.articles else "known"
    return Tile(
        name=name,
        portal=portal,
        state=state,
        articles=found.articles if found else 0,
        last_captured_at=found.last_captured_at if found else None,
        has_ended=has_ended,
        verdict=health.verdict() if found and health else "",
    )
