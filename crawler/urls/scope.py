"""Which hosts an address belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from crawler.urls.canonicalise import canonical, split

__all__ = ["host_of", "in_scope"]

# What most addresses look like that come here: canonical already, without a port or with one that is not the scheme's.
_PLAIN = re.compile(r"https?://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::(?!80/|443/)(?:[1-9]\d{1,3}|[1-5]\d{4}))?)/")


@lru_cache(maxsize=1 << 15)
def host_of(url: str) -> str:
    """Return the host of an address in lower case, with its port unless it is the scheme's own; "" where none is."""
    if plain := _PLAIN.match(url):
        return plain[1]
    address = canonical(url)
    return split(address)[1] if address else ""


def in_scope(url: str, hosts: Iterable[str]) -> bool:
    """Return True if the host of `url` is one of `hosts`: "x.gov.vn" with or without www., "*.x.gov.vn" all below x.

    A port is part of a host: "x.gov.vn" does not take in "x.gov.vn:8080".
    """
    return _is_inside(host_of(url), tuple(hosts))


@lru_cache(maxsize=1 << 12)
def _is_inside(host: str, hosts: tuple[str, ...]) -> bool:
    bare = host.removeprefix("www.")
    for pattern in hosts if host else ():
        if pattern.startswith("*."):
            if host.endswith(pattern[1:]):
                return True
        elif bare == pattern.removeprefix("www."):
            return True
    return False
