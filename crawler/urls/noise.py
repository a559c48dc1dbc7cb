"""The parts of an address that do not decide what comes back: session ids, trackers, the state of portlets.

A key is dropped only where its meaning is known: by its own name, by its value, or by what stands beside it.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["quiet_path", "quiet_query"]

# Keys that mean the same everywhere.
_NOISE = re.compile(
    r"utm_\w+|fbclid|[gd]clid|[gw]braid|yclid|msclkid|twclid|igshid|zarsrc|mc_[ce]id|_g[al]|_|nocache"  # trackers
    r"|phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|zenid"  # sessions
    r"|nv[a-z]{2}themever|nv_redirect"  # NukeViet: switches the theme and comes back
    r"|p_p_col_(?:id|pos|count)|p_p_auth|p_auth|p_l_back_url(?:_title)?|p_r_p_\w+|inheritredirect"  # Liferay
    r"|_\w+_(?:keywords|advancedsearch|andoperator|resetcur|redirect)"
    r"|_adf[.\w-]*|_afr\w*"  # Oracle WebCenter
)
# Keys that are noise with some values only.
_NOISE_PAIR = re.compile(
    # A session id is long and mixes letters and digits; `sid=1234` is an article of PHP-Nuke.
    r"(?:sid|sess(?:ion)?_?id|session)=(?=[^=]*[a-z])(?=[^=]*\d)[a-z0-9,-]{16,}"
    r"|(?:page|pageindex|start|limitstart|offset)=0"  # the first page
    r"|p_p_lifecycle=0|p_p_state=(?:normal|maximized|)|p_p_mode=(?:view|)"
)
# Microsoft SharePoint writes these after the id of an item; elsewhere the words mean something.
_SHAREPOINT = frozenset({"source", "contenttypeid", "isdlg", "web", "initialtabid", "visibilitycontext"})
_SHAREPOINT_IDS = frozenset({"id", "itemid"})
# The state of a portlet of Liferay, behind the name of what it shows.
_PORTLET_STATE = re.compile(r"(?<=/)(-/.+?)/(?:maximized|minimized|normal)/?$")
# Cookieless sessions: `;jsessionid=…` of Java servers, `/(S(…))/` of ASP.NET.
_PATH_SESSION = re.compile(r"(?i:;(?:jsessionid|phpsessid|sid)=[^/;]*)|/\((?:[A-Z]\([A-Za-z0-9_-]+\))+\)(?=/)")


def quiet_path(path: str) -> str:
    """Return the path without the session ids and the state of portlets that servers write into it."""
    if "/-/" in path:
        path = _PORTLET_STATE.sub(r"\1", path)
    return _PATH_SESSION.sub("", path) if ";" in path or "/(" in path else path


def quiet_query(query: str, path: str) -> str:
    """Return the query without noise, what is left in its order."""
    pairs = [pair for pair in query.split("&") if pair and not _is_noise(pair)]
    return "&".join(_without_companions(pairs, path)) if pairs else ""


def _key(pair: str) -> str:
    return pair.partition("=")[0]


@lru_cache(maxsize=1 << 13)
def _is_noise(pair: str) -> bool:
    pair = pair.lower()
    return _NOISE.fullmatch(_key(pair)) is not None or _NOISE_PAIR.fullmatch(pair) is not None


def _without_companions(pairs: list[str], path: str) -> list[str]:
    """Return the pairs without those that are noise beside other parameters of their system."""
    keys = {_key(pair).lower() for pair in pairs}
    noise: set[str] = set()
    if path[-5:].lower() == ".aspx":
        noise |= _SHAREPOINT
        if keys & _SHAREPOINT_IDS:  # without an item the folder is what the list shows
            noise.add("rootfolder")
    if "ddocname" in keys:
        noise.add("did")
    if "p_p_id" in keys or "/-/" in path:
        noise.add("redirect")
        if not any(key.startswith("_") or key == "p_p_lifecycle" for key in keys):
            noise.add("p_p_id")  # a portlet without parameters shows what the page shows anyway
    if not noise & keys:
        return pairs
    return [pair for pair in pairs if _key(pair).lower() not in noise]
