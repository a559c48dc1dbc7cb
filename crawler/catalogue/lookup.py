"""Finding a portal by what people call it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import lru_cache

from archive.errors import NotFound
from archive.text import strip_marks
from crawler.catalogue.records import Portal, portals, provinces
from crawler.urls import host_of, in_scope

__all__ = ["find", "of_province"]

_SEPARATORS = re.compile(r"[\W_]+")
# What stands before a name in speech: "tỉnh Bắc Kạn", "TP. Hồ Chí Minh", "cổng thông tin điện tử tỉnh Gia Lai".
_TITLE = re.compile(r"(?:(?:cong thong tin dien tu|ubnd|uy ban nhan dan|tinh|thanh pho|tp) )+")
_PREFIX = "Cổng thông tin điện tử "
# Short forms, and spellings of the time before the names were settled.
_OTHER_NAMES = {
    "hcm": "hochiminhcity",
    "tphcm": "hochiminhcity",
    "sai gon": "hochiminhcity",
    "brvt": "baria-vungtau",
    "bac can": "backan",
    "dac lac": "daklak",
    "dac nong": "daknong",
}


def find(name: str) -> Portal:
    """Return the portal of that id, domain, URL, or name of a ministry or province, with or without accents.

    A province's old name finds its old portal, also when both are gone; a name that is valid before and after July
    2025 finds the portal that carries it. A URL finds the portal that its host belongs to. Raises NotFound with the
    nearest names.
    """
    name = name.strip()
    if "." in name and " " not in name:
        if portal := _by_host(name):
            return portal
    elif portal := _index().get(_folded(name)):
        return portal
    raise NotFound(name or '""', "no such portal in the catalogue", _hint(name))


def of_province(name: str) -> list[Portal]:
    """Return the portals of the province of that name, with or without accents: its own first, then those that it took.

    That is every portal that spoke for it before July 2025 or whose land belongs to it since; none where the name is
    no province's, or is the id of a portal.
    """
    name = name.strip()
    if any(portal.id == name for portal in portals()):
        return []
    folded = _folded(name)
    found = [
        portal
        for portal in portals()
        if folded in {_folded(province) for province in (portal.province_before, portal.province_after) if province}
    ]
    return sorted(found, key=lambda portal: _folded(portal.province_before or "") != folded)


def _by_host(name: str) -> Portal | None:
    url = name if "://" in name else f"https://{name}"
    owners = [portal for portal in portals() if in_scope(url, portal.hosts)]
    # A portal's own domain goes before one that takes in whatever lies below its own.
    owners.sort(key=lambda portal: not in_scope(url, portal.hosts[:1]))
    return owners[0] if owners else None


def _folded(name: str) -> str:
    """Return a name in one spelling: no case, marks, separators or titles."""
    words = _SEPARATORS.sub(" ", strip_marks(name)).strip()
    words = _TITLE.sub("", words + " ").strip() or words
    return words.replace(" ", "")


@lru_cache(maxsize=1)
def _index() -> dict[str, Portal]:
    """Return portals by every folded name; where two share one, the portal that is current has it."""
    by_id = {portal.id: portal for portal in portals()}
    named = [(portal.name, portal) for portal in sorted(portals(), key=lambda portal: portal.state == "current")]
    named += [(province.name, by_id[province.portal]) for province in provinces()]
    named += [(other, by_id[portal]) for other, portal in _OTHER_NAMES.items()]
    named += list(by_id.items())
    return {_folded(name): portal for name, portal in named}


def _hint(name: str) -> str:
    host = host_of(name if "://" in name else f"https://{name}") if "." in name else ""
    # Of a host the label that names the owner: soyte.backam.gov.vn → backam.
    key = _folded(host.removesuffix(".gov.vn").rpartition(".")[2]) if host.endswith(".gov.vn") else _folded(name)
    nearest = dict.fromkeys(_index()[match] for match in get_close_matches(key, _index(), n=6, cutoff=0.7))
    if not nearest:
        return "`luutru portals` lists it; any other site is crawled by its URL"
    names = ", ".join(f"{portal.id} ({portal.name.removeprefix(_PREFIX)})" for portal in list(nearest)[:3])
    return f"did you mean {names}? `luutru portals` lists all"
