"""The fetchable form of an address: what is asked of a server and kept as `requested_url`.

Only what never changes the answer is touched: case of the host, default port, dot segments, fragment, order of the
parameters, and the noise of known systems. Percent-encoded octets stay as they came: files uploaded from a Mac are
stored under decomposed names (`A%CC%89nh.jpg`), and a composed one is not found.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from crawler.urls.noise import quiet_path, quiet_query

__all__ = ["Bases", "bases", "canonical", "redirect_target", "split"]

MAX_CHARS = 2_000

_CACHE = 1 << 15
# RFC 3986, appendix B; the fragment is cut before.
_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?://([^/?]*))?([^?]*)(?:\?(.*))?", re.DOTALL)
# What browsers take off an address before they read it (URL Standard, 4.4).
_OUTER = "".join(map(chr, range(0x21)))
_INNER = {ord(c): None for c in "\t\n\r"}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*|\[[0-9a-f:.]+\]")
_SCHEMES = ("http:", "https:")
_DEFAULT_PORT = {"http": 80, "https": 443}
# Written by hand without a scheme; a browser would take it for a folder, and a crawler would dig into it for ever.
_BARE_HOST = re.compile(r"www\.[a-z0-9-]+(?:\.[a-z0-9-]+)+(?=[/?]|$)", re.IGNORECASE)
_DOTS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)
# The characters that Scrapy leaves alone, so that the address that is asked is the address that was queued.
_PATH_SAFE = "%!$&'()*+,/:;=@~"
_QUERY_SAFE = "%!$&()*+,/:;=?@~"
_PLAIN_PATH = re.compile(r"[A-Za-z0-9%!$&'()*+,/:;=@~._-]*")
_PLAIN_QUERY = re.compile(r"[A-Za-z0-9%!$&()*+,/:;=?@~._-]*")


def canonical(href: str, base: str | None = None) -> str | None:
    """Return the absolute http(s) address that `href` means on the page `base`, or None where there is none to fetch.

    None: another scheme (mailto:, javascript:, …), user information, a malformed host or port, no base for a relative
    address, more than 2,000 characters. Idempotent. A link met before costs about a dictionary lookup.
    """
    return _canonical(href, "" if base is None else bases(base).of(href))


def redirect_target(location: str, base: str) -> str | None:
    """Return the address that a `Location` header means, its bytes read as ISO 8859-1, or None as `canonical` does.

    Servers write paths with letters beyond ASCII as they are, in UTF-8.
    """
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    return canonical(location, base) if location else None


class Bases(NamedTuple):
    """What addresses on a page are relative to: its origin, its folder (each with the last slash), its own address."""

    origin: str
    folder: str
    page: str

    def of(self, href: str) -> str:
        """Return the shortest base that decides, so that the menu of a portal is worked out once, not once a folder."""
        if href.startswith(_SCHEMES):
            return ""
        if href.startswith("/"):
            return self.origin
        return self.page if href[:1] in ("", "?", "#") else self.folder


@lru_cache(maxsize=1 << 10)
def bases(base: str) -> Bases:
    """Return the bases of a page's address; empty strings for a bad one."""
    page = _canonical(base, "")
    if page is None:
        return Bases("", "", "")
    scheme, host, path, _ = split(page)
    origin = f"{scheme}://{host}"
    return Bases(origin + "/", origin + path[: path.rindex("/") + 1], page)


def split(url: str) -> tuple[str, str, str, str]:
    """Return scheme, host (with its port), path and query of a canonical address; no query is an empty one."""
    scheme, _, rest = url.partition("://")
    head, _, query = rest.partition("?")
    host, slash, path = head.partition("/")
    return scheme, host, slash + path, query


@lru_cache(maxsize=_CACHE)
def _canonical(href: str, base: str) -> str | None:
    href = href.partition("#")[0].strip(_OUTER).translate(_INNER)
    if len(href) > MAX_CHARS:
        return None
    if "\\" in href:
        head, mark, query = href.partition("?")
        href = head.replace("\\", "/") + mark + query
    if _BARE_HOST.match(href):
        href = "http://" + href
    match = _PARTS.fullmatch(href)
    if match is None:  # unreachable: the expression takes any text; mypy cannot know
        return None
    scheme, authority, path, query = match.groups()
    if scheme is None:
        if not base:
            return None
        scheme, host, base_path, base_query = split(base)
        if authority is None:
            if not path:
                path, query = base_path, base_query if query is None else query
            elif path[0] != "/":
                path = base_path[: base_path.rindex("/") + 1] + path
        else:
            host = _host(scheme, authority)
    else:
        scheme = scheme.lower()
        host = _host(scheme, authority or "") if scheme in _DEFAULT_PORT else ""
    if not host:
        return None
    try:
        url = f"{scheme}://{host}{_path(path)}"
        if query and (query := quiet_query(_quoted_query(query), path)):
            url += "?" + query
    except UnicodeEncodeError:  # a lone surrogate
        return None
    return url if len(url) <= MAX_CHARS else None


@lru_cache(maxsize=1 << 12)
def _host(scheme: str, authority: str) -> str:
    """Return the host in lower case, ASCII, with its port unless it is the scheme's own; "" for a malformed one."""
    name, port = authority, ""
    colon = authority.rfind(":")
    if colon > authority.rfind("]"):
        name, port = authority[:colon], authority[colon + 1 :]
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    name = name.lower().removesuffix(".")
    if len(name) > 253 or not _HOST.fullmatch(name) or name in _DEFAULT_PORT:  # "http://http://…" is a slip
        return ""
    if not port:
        return name
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        return ""
    return name if int(port) == _DEFAULT_PORT[scheme] else f"{name}:{int(port)}"


def _path(path: str) -> str:
    """Return the path quoted, without session ids, its dot segments resolved (RFC 3986, 5.2.4)."""
    path = quiet_path(path if path[:1] == "/" else "/" + path)
    if not _PLAIN_PATH.fullmatch(path):
        path = quote(path, safe=_PATH_SAFE)
    if not _DOTS.search(path):
        return path
    resolved: list[str] = []
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        plain = segment.lower().replace("%2e", ".")
        if plain not in (".", ".."):
            resolved.append(segment)
            continue
        if plain == ".." and resolved:
            resolved.pop()
        if position == len(segments) - 1:
            resolved.append("")
    return "/" + "/".join(resolved)


def _quoted_query(query: str) -> str:
    query = query.replace("&amp;", "&")  # escaped twice by the page's author
    return query if _PLAIN_QUERY.fullmatch(query) else quote(query, safe=_QUERY_SAFE)
