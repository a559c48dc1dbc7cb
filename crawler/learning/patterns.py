"""The pattern of an address: what is left of it when numbers, slugs and session ids are taken as one.

Pages of one pattern are made by one program. `pattern` groups them; `parts` names what an address is put together of,
so that what two addresses of one text differ in can be learned. Pure, and memoised: a link met before costs a lookup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from crawler.urls.canonicalise import split

__all__ = ["FOLDERS", "additions", "difference", "forms", "named_form", "parts", "pattern", "same_name", "stripped"]

FOLDERS = "/*/"  # the part in which addresses differ that name one page in several folders

_CACHE = 1 << 14
_DEEPEST = 8
_DIGITS = re.compile(r"\d+")
# Letters and digits in no order that a word has: session ids, hashes, timestamps. Ids of articles look like it too, so
# that a token means nothing before it has been seen to change without the text.
_TOKEN = re.compile(
    r"(?=[^\d]*\d)(?=(?:[^a-z]*[a-z]){2})[0-9a-z_~.-]{0,12}?[0-9a-z]{12,}|\d{10,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
_TOKENISH = re.compile(r"\d(?:[A-Za-z]|(?<=[A-Za-z]\d)|\d{9})")  # what a token holds, and few addresses
_SCRIPT = re.compile(r"\.(?:php|aspx?|jsp|do|cgi|cpx)$")
_EXTENSION = re.compile(r"\.[a-z]{1,5}$")
_NAMED = re.compile(r"\d|-.*-")
_JOOMLA = re.compile(r"(?:^|&)option=com_content&.*\bid=(\d+)(?::|%3a)([^&]+)")
_HYPHENS_LEAST, _HYPHENS_ALONE = 2, 5  # of a name with a number, and without
# Parameters whose value names the program that answers.
_ROUTES = frozenset(
    ("op", "nv", "view", "option", "module", "mod", "ctl", "act", "action", "task", "layout", "cmd", "m")
)
_WORD = re.compile(r"[a-z_-]{1,30}")


@lru_cache(maxsize=_CACHE)
def pattern(url: str) -> str:
    """Return the pattern of an absolute address: `vidu.gov.vn/tin/S-N.html`, `vidu.gov.vn/lich?ngay=N`.

    N: a number, H: a token, S: a name, W: any other value, +: all paths in which a folder comes again.
    """
    _, host, path, query = split(url.lower())
    *folders, name = path.strip("/").split("/")
    masked = [_folder(folder) for folder in folders]
    named = [folder for folder in masked if len(folder) > 1]  # /2022/10/5/ repeats nothing
    if len(set(named)) < len(named) or len(masked) > _DEEPEST:
        masked = ["+"]
    shape = "/".join((host, *masked, _name(name)))
    return f"{shape}?{'&'.join(sorted(map(_pair, query.split('&'))))}" if query else shape


def _is_token(text: str) -> bool:
    return len(text) >= 10 and _TOKENISH.search(text) is not None and _TOKEN.fullmatch(text) is not None


@lru_cache(maxsize=1 << 10)
def _folder(folder: str) -> str:
    if _is_token(folder):
        return "H"
    return "S" if folder.count("-") > 2 or len(folder) > 40 else _DIGITS.sub("N", folder)


def _name(name: str) -> str:
    """Return the last segment's pattern: names of pages are slugs, those of scripts are programs."""
    if not name or name.isdigit():
        return "N" if name else ""
    if _SCRIPT.search(name) and "-" not in name and not _DIGITS.search(name):
        return name
    extension = _EXTENSION.search(name)
    stem = name[: extension.start()] if extension else name
    shape = "N" if stem.isdigit() else "H" if _is_token(stem) else "S-N" if stem[-2:].isdigit() else "S"
    return shape + (extension[0] if extension else "")


def _pair(pair: str) -> str:
    key, _, value = pair.partition("=")
    if not value:
        return key
    if key in _ROUTES and _WORD.fullmatch(value):
        return pair
    return f"{key}={'N' if value.isdigit() else 'H' if _is_token(value) else 'W'}"


@lru_cache(maxsize=_CACHE)
def parts(url: str) -> frozenset[str]:
    """Return what an address is put together of: its folders (`/ban-in/`) and its parameters (`?in=`).

    The last segment counts where it may be what a program is called (`/print/`), not where it names a page.
    """
    _, _, path, query = split(url.lower())
    *folders, name = path.strip("/").split("/")
    found = {f"/{_folder(segment)}/" for segment in folders if segment and not segment.isdigit()}
    if name and len(name) <= 12 and name.count("-") < 2 and not _DIGITS.search(name):
        found.add(f"/{name}/")
    return frozenset(found | {f"?{pair.partition('=')[0]}=" for pair in query.split("&") if pair})


def stripped(url: str) -> Iterator[tuple[str, str]]:
    """Yield each part of an address with the address that is left without it."""
    scheme, host, path, query = split(url)
    pairs = [pair for pair in query.split("&") if pair]
    for position, pair in enumerate(pairs):
        rest = "&".join(pairs[:position] + pairs[position + 1 :])
        yield f"?{pair.partition('=')[0].lower()}=", f"{scheme}://{host}{path}" + (f"?{rest}" if rest else "")
    if len(pairs) > 1:
        yield f"?{pairs[0].partition('=')[0].lower()}=", f"{scheme}://{host}{path}"
    tail = f"?{query}" if query else ""
    segments = path.split("/")[1:]
    for position, segment in enumerate(segments):
        if segment and len(segments) > 1 and not segment.isdigit():  # a number is no part: it may be a year, an id
            rest = "/".join(segments[:position] + segments[position + 1 :])
            yield f"/{_folder(segment.lower())}/", f"{scheme}://{host}/{rest}{tail}"


def forms(url: str) -> tuple[tuple[str, str], ...]:
    """Return each token of an address as a part, with the address in which it is masked."""
    if not _TOKENISH.search(url, 8):
        return ()
    scheme, host, path, query = split(url)
    found = []
    segments = path.split("/")
    for position, segment in enumerate(segments):
        if _is_token(segment.lower()):
            rest = "/".join((*segments[:position], "H", *segments[position + 1 :]))
            found.append((f"/{position}:H/", f"{scheme}://{host}{rest}?{query}"))
    pairs = query.split("&")
    for position, pair in enumerate(pairs):
        key, _, value = pair.partition("=")
        if _is_token(value.lower()):
            rest = "&".join((*pairs[:position], f"{key}=H", *pairs[position + 1 :]))
            found.append((f"?{key.lower()}=H", f"{scheme}://{host}{path}?{rest}"))
    return tuple(found)


def difference(url: str, other: str) -> str | None:
    """Return the token in which alone two addresses differ, as a part; None where they differ otherwise."""
    masked = dict(forms(other))
    return next((part for part, form in forms(url) if masked.get(part) == form), None)


def same_name(url: str, other: str) -> bool:
    """Tell whether two addresses name one page, in other folders of one host."""
    form = named_form(url)
    return form is not None and form == named_form(other)


def named_form(url: str) -> str | None:
    """Return an address with its folders masked where its last segment names a page, by a number or at length."""
    _, host, path, query = split(url.lower())
    name = path.rpartition("/")[2]
    if match := _JOOMLA.search(query):  # ?option=com_content&view=article&id=12:ten-bai is /tin/12-ten-bai
        name, query = f"{match[1]}-{match[2]}", ""
    hyphens = name.count("-")
    is_named = hyphens >= _HYPHENS_LEAST and (hyphens >= _HYPHENS_ALONE or _DIGITS.search(name) is not None)
    return f"{host}{FOLDERS}{name}?{query}" if is_named else None


def additions(url: str, other: str) -> list[str]:
    """Return the parts that an address has and another of the same page has not (`/ban-in/`, `/print.aspx/`).

    The same page: the last segment is the same and names one, or the parameters are. Several parts are parameters, or
    there are none, as where the two may be two pages.
    """
    (_, host, path, query), (_, other_host, other_path, other_query) = split(url.lower()), split(other.lower())
    if host != other_host:
        return []
    name, other_name = path.rpartition("/")[2], other_path.rpartition("/")[2]
    if name == other_name:
        pairs, others = (dict(pair.partition("=")[::2] for pair in q.split("&")) for q in (query, other_query))
        if not _NAMED.search(name) and (query != other_query or not _DIGITS.search(query)):
            return []
        if any(others.get(key, value) != value for key, value in pairs.items()):
            return []
    elif query != other_query or not _DIGITS.search(query) or not _SCRIPT.search(name):
        return []
    added = parts(url) - parts(other)
    return sorted(added) if len(added) == 1 or path == other_path else []
