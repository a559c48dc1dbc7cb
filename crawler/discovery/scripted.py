"""Lists whose further pages a script fetches: fragments of vnPortal by POST, resources of Liferay portlets as JSON.

Only endpoints that are known to read and not to act are asked, with the parameters that the page's own script names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

from archive.extract.page import Page
from crawler.discovery.anchors import Link
from crawler.discovery.kinds import LinkKind
from crawler.discovery.postbacks import Post
from crawler.urls import canonical, host_of

__all__ = ["fragments", "next_fragment", "resources"]

_PAGES_MOST = 5_000
_FRAGMENT = re.compile(r"[\"']((?:[^\"'\s]*/)?DesktopModule/UI\w+/\w*Pagination\.aspx/Load\w+)[\"']", re.IGNORECASE)
_RESOURCE = re.compile(r"[\"']([^\"'\s]*p_p_lifecycle(?:=|\\x3d|\\u003d)2[^\"'\s]*)[\"']", re.IGNORECASE)
_RESOURCE_OF_A_LIST = re.compile(r"[?&]p_p_resource_id=[^&]*(?:page|list|load|news|article|more)", re.IGNORECASE)
_ESCAPED = re.compile(r"\\x([0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})|\\(/)")
_LITERAL = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?|true|false|null"
_NUMBER = rf"(?:parseInt|Number)\(\s*(?:{_LITERAL})\s*(?:,\s*10\s*)?\)"
_PAIR = re.compile(rf"[\"']?([A-Za-z_$][\w$]*)[\"']?\s*:\s*({_LITERAL}|{_NUMBER}|[A-Za-z_$][\w$]*)\s*(?=,|$)")
_ASSIGNED = re.compile(rf"\b([A-Za-z_$][\w$]*)\s*=\s*({_LITERAL}|{_NUMBER})")
_OBJECT = re.compile(r"\{([^{}]*)\}")
_PAGE = re.compile(r"(?!\w*(?:per|max|last|total))\w*?(?:page|page_?(?:num|no|index|number)|cur)", re.IGNORECASE)
_LAST = re.compile(
    r"\b(?:max_?page|total_?pages?|page_?count|page_?total)\s*[:=]\s*(?:parseInt\(\s*)?[\"']?(\d+)", re.IGNORECASE
)
# What the lists of vnPortal cannot be asked without; some templates set them one by one.
_NEEDED = re.compile(
    rf"[\"']?\b(article_category_id|categoryIds|site_id|page_size)[\"']?\s*[:=]\s*({_LITERAL}|{_NUMBER})"
)

Value = str | int | float | bool | None


def fragments(page: Page) -> Iterator[Post]:
    """Yield the further pages of the lists that vnPortal shows, as the POST that brings the fragment of each."""
    for script in _scripts(page, "DesktopModule/"):
        last = _LAST.search(script)
        for match in _FRAGMENT.finditer(script):
            written = match[1] if match[1].partition("DesktopModule")[0] else f"/{match[1]}"
            url = canonical(written, page.url)
            if url is None or host_of(url) != host_of(page.url):
                continue
            values = _parameters(script, match.end()) or dict(_needed(script))
            turned = next((key for key in values if _PAGE.fullmatch(key)), "page")
            is_json = "application/json" in script or "JSON.stringify" in script
            if any(key.lower().endswith(("_id", "ids")) for key in values):
                for number in range(2, min(int(last[1]) if last else 2, _PAGES_MOST) + 1):
                    yield _asked(url, {**values, turned: number}, is_json=is_json)


def next_fragment(url: str, sent: str, entries: int) -> Post | None:
    """Return the page behind the fragment that `sent` asked for, if it was full of entries; None else."""
    is_json = sent.startswith("{")
    values: dict[str, Value] = json.loads(sent) if is_json else dict(parse_qsl(sent, keep_blank_values=True))
    turned = next((key for key in values if _PAGE.fullmatch(key)), None)
    size = next((_whole(values[key]) for key in values if key.lower() in ("page_size", "pagesize")), 0)
    number = _whole(values[turned]) if turned else 0
    if turned is None or not number or not 0 < size <= entries or number >= _PAGES_MOST:
        return None
    return _asked(url, {**values, turned: number + 1}, is_json=is_json)


def resources(page: Page) -> Iterator[Link]:
    """Yield the first page of each list that a Liferay portlet brings as a resource (`p_p_lifecycle=2`)."""
    for script in _scripts(page, "p_p_lifecycle"):
        for match in _RESOURCE.finditer(script):
            written = _ESCAPED.sub(lambda m: m[3] or chr(int(m[1] or m[2], 16)), match[1]).replace("&amp;", "&")
            values = _parameters(script, match.end())
            turned = next((key for key in values if _PAGE.fullmatch(key)), None)
            if turned is None or not _RESOURCE_OF_A_LIST.search(written):
                continue
            asked = {key: _text(value) for key, value in {**values, turned: 1}.items()}
            url = canonical(f"{written}&{urlencode(asked)}", page.url)
            if url is not None and host_of(url) == host_of(page.url):
                yield Link(url, LinkKind.PAGINATION)


def _asked(url: str, values: dict[str, Value], *, is_json: bool) -> Post:
    if is_json:
        sent = json.dumps(values, ensure_ascii=False)
    else:
        sent = urlencode({key: _text(value) for key, value in values.items()})
    return Post(url, sent, sent)


def _scripts(page: Page, mark: str) -> Iterator[str]:
    for script in page.tree.iter("script"):
        if script.text and mark in script.text:
            yield script.text


def _parameters(script: str, end: int) -> dict[str, Value]:
    """Return the keys and values of the object that holds a page number: the next one behind `end`, or any."""
    assigned = {name: _value(text) for name, text in _ASSIGNED.findall(script)}
    for start in (end, 0):
        for match in _OBJECT.finditer(script, start):
            pairs = _PAIR.findall(match[1].strip().rstrip(","))
            if any(_PAGE.fullmatch(key) for key, _ in pairs):
                return dict(_resolved(pairs, assigned))
    return {}


def _resolved(pairs: list[tuple[str, str]], assigned: dict[str, Value]) -> Iterator[tuple[str, Value]]:
    for key, text in pairs:
        if _PAGE.fullmatch(key):
            yield key, 1
        elif text[0].isalpha() and text not in ("true", "false", "null") and not text.endswith(")"):
            if text in assigned:
                yield key, assigned[text]
        else:
            yield key, _value(text)


def _needed(script: str) -> Iterator[tuple[str, Value]]:
    for key, text in _NEEDED.findall(script):
        yield key, _value(text)


def _value(text: str) -> Value:
    """Return the value of a literal of JavaScript, or of a literal that is read as a number."""
    if text.endswith(")"):
        text = text.partition("(")[2].rstrip(") ").partition(",")[0].strip(" \"'")
    if text[:1] in "\"'":
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if text in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[text]
    return float(text) if "." in text else int(text) if text.lstrip("-").isdigit() else text


def _text(value: Value) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _whole(value: Value) -> int:
    text = str(value)
    return int(text) if text.isdigit() else 0
