"""The identity of an address: the key under which several addresses are one page.

Two articles must never share an identity, on whatever system; two addresses of one page may keep two, since their
texts are found to be the same later. So an id stands for a page only where the shape of the address leaves no doubt
which system wrote it and that the rest is decoration. Everywhere else the path stays: redirects and `rel=canonical`
say the rest.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b

from crawler.urls.canonicalise import canonical, split

__all__ = ["identity", "page_key"]

_CACHE = 1 << 15
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# The file that servers answer with when a folder is asked for.
_INDEX = re.compile(r"/(?:index\.(?:html?|php|jsp|aspx?)|default\.(?:html?|aspx?))$", re.IGNORECASE)
_SLASHES = re.compile(r"/{2,}")

# Liferay: an article hangs under every page that lists it; its slug is unique in its site, whether the number of its
# group stands behind it or not, and so is what the routes of vendors end in (/-/details/<n>/<slug>-<id>). The pages of
# other systems that use /-/ (GitLab) have no slugs of three words there.
_LIFERAY = re.compile(
    r"(?:/vi(?:[_-]vn)?)?(?P<site>/(?:web|group)/[^/]+)?(?:/[^/]+)*?/-/"
    r"(?:asset_publisher/[^/]+/content/(?P<content>[^/-]+(?:-+[^/-]+){2,}-*(?=/\d+)|[^/]+(?:/\d+)?)(?:/\d+)?|(?P<slug>[^/-]+(?:-+[^/-]+){2,}-*)"
    r"|(?P<route>[^/]+(?:/\d+)?/[^/-]+(?:-+[^/-]+){2,}-+\d+))/?",
    re.IGNORECASE,
)
_LIFERAY_FOREIGN = re.compile(r"/(?!vi[/_-])[a-z]{2}(?:[_-][a-z]{2})?/", re.IGNORECASE)
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LIFERAY_FILE = re.compile(rf"/documents/.*/({_UUID})(?:\.\w+)?/?", re.IGNORECASE)
# The route <slug>-p<page>-c<category>-n<item> of several portals: only the item counts.
_LETTERED_IDS = re.compile(r"(.*/)[^/]*-[pt]\d+-c\d+-n(\d+)")
# /tin-bai/<slug>?id=<item>&type=<kind>: the slug is decoration.
_SLUG_BEFORE_ID = re.compile(r"(.*/tin-bai/)[^/]+")


@lru_cache(maxsize=_CACHE)
def identity(url: str) -> str:
    """Return the key of the page that `url` is an address of: host and path, without scheme and www.

    Not an address: it is compared and hashed, never fetched. An address that cannot be fetched is its own key.
    """
    address = canonical(url)
    if address is None:
        return url
    _, host, path, query = split(address)
    host, path = host.removeprefix("www."), _ESCAPE.sub(_plain_escape, path)
    if query:
        # Portals write the same parameters in any order; those of one name keep theirs.
        pairs = _ESCAPE.sub(_plain_escape, query).split("&")
        query = "&".join(sorted(pairs, key=lambda pair: pair.partition("=")[0]))
    path, query = _family(_SLASHES.sub("/", path), query)
    if not query:
        path = _INDEX.sub("/", path)
    return host + (path.rstrip("/") or "/") + ("?" + query if query else "")


@lru_cache(maxsize=_CACHE)
def page_key(url: str, posted: str = "") -> int:
    """Return the identity of `url` as a signed 64-bit integer: the first 8 bytes of its BLAKE2b, big-endian.

    `posted` names which page of a list is asked for where the address alone does not: by the fields of a form.
    """
    name = f"{identity(url)}#{posted}" if posted else identity(url)
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _plain_escape(match: re.Match[str]) -> str:
    """Return the character where it needed no escape (RFC 3986, 6.2.2), else the escape in upper case."""
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _family(path: str, query: str) -> tuple[str, str]:
    """Return path and query without the decoration that a known system ignores."""
    if "/-/" in path and (match := _LIFERAY.fullmatch(path)) and not _LIFERAY_FOREIGN.match(path):
        site = match["site"] or ""
        name = match["content"] or match["slug"]
        if name and query:  # what other portlets of the page show: a calendar, a poll
            query = "&".join(pair for pair in query.split("&") if not pair.startswith(("_", "p_p_")))
        return ("" if site.lower() == "/web/guest" else site) + "/-/" + (name or match["route"]), query
    if path.startswith("/documents/") and (match := _LIFERAY_FILE.fullmatch(path)):
        return "/documents/" + match[1].lower(), ""
    if match := _LETTERED_IDS.fullmatch(path):
        return f"{match[1]}n{match[2]}", query
    if not query:
        return (path.lower(), "") if path[-5:].lower() == ".aspx" else (path, "")
    pairs = dict(pair.partition("=")[::2] for pair in query.split("&"))
    if (item := pairs.get("dDocName")) and path.startswith("/webcenter/"):
        return "/webcenter", f"dDocName={item}"
    if pairs.get("id", "").isdigit() and "type" in pairs and (match := _SLUG_BEFORE_ID.fullmatch(path)):
        return match[1], query
    if pairs.get("option") == "com_content" and "view" in pairs and pairs.get("id"):  # Joomla: <id>:<alias>
        pairs["id"] = re.split(":|%3A", pairs["id"])[0]
        return path, "&".join(f"{key}={value}" for key, value in pairs.items() if key not in ("catid", "Itemid"))
    if path[-5:].lower() == ".aspx":  # IIS tells neither paths nor names of parameters apart by case
        named = [(key.lower(), mark, value) for key, mark, value in (p.partition("=") for p in query.split("&"))]
        return path.lower(), "&".join("".join(pair) for pair in sorted(named, key=lambda pair: pair[0]))
    return path, query
