"""Pages of a list that no link turns, though an address has them: drop-downs, buttons that load more, scripts.

Only what is asked for by GET, of the page's own host, and says by its address or its number that it is a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from archive.extract.page import Element, Page
from crawler.discovery.anchors import Link
from crawler.discovery.kinds import LinkKind, kind_of
from crawler.urls import canonical, host_of, refusal

__all__ = ["following", "pagers"]

_PAGES_MOST = 2_000
_OPTIONS_CHARS = 200  # of a request, behind its data
_KEY = re.compile(
    r"(?!\w*(?:per|max|last|total|size))(?:\w*page\w*|p|pg|pn|trang|cur|paged|start|offset)", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:trang|page)?\s*(\d{1,5})", re.IGNORECASE)
_LOADS = ("data-url", "data-href", "data-link", "data-next", "data-next-url", "data-next-page", "data-page-url")
_GOES = r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\()\s*"
# function goPage(n) { window.location.href = "/tin-tuc?trang=" + n + "&loai=1"; }
_FUNCTION = re.compile(
    rf"function\s+(?P<name>\w+)\s*\(\s*(?P<number>\w+)\s*\)\s*\{{[^{{}}]*?{_GOES}"
    r"(?P<q>[\"'])(?P<head>[^\"'\s]+)(?P=q)\s*\+\s*(?P=number)\b(?:\s*\+\s*(?P<p>[\"'])(?P<tail>[^\"'\s]*)(?P=p))?"
)
_CALL = re.compile(r"(?:javascript:)?\s*(?:return\s+)?(\w+)\(\s*[\"']?(\d{1,5})[\"']?\s*\)")
# $.get("/ajax/tin", {muc: 3, page: n}, …), $.ajax({url: "/ajax/tin", data: {…}}); without a method it is GET.
_GET = re.compile(
    r"\$\.(?:get|getJSON)\(\s*(?P<q>[\"'])(?P<url>[^\"'\s]+)(?P=q)\s*,\s*\{(?P<pairs>[^{}]*)\}"
    r"|\$\.ajax\(\s*\{(?P<before>[^{}]*?)\burl\s*:\s*(?P<p>[\"'])(?P<address>[^\"'\s]+)(?P=p)(?P<between>[^{}]*?)"
    r"\bdata\s*:\s*\{(?P<data>[^{}]*)\}"
)
_POSTS = re.compile(r"\b(?:type|method)\s*:\s*[\"']post", re.IGNORECASE)
_PAIR = re.compile(r"[\"']?(\w+)[\"']?\s*:\s*(?:(?P<q>[\"'])(?P<text>[^\"']*)(?P=q)|(?P<number>\d+)|(?P<other>[^,]+))")


def pagers(page: Page) -> list[Link]:
    """Return the pages that drop-downs, buttons and scripts of a page turn to, distinct."""
    found = (*_selects(page), *_buttons(page), *_scripts(page))
    urls = (canonical(address, page.base_url) for address in found)
    own = host_of(page.url)
    kept = (url for url in dict.fromkeys(urls) if url and host_of(url) == own and not refusal(url))
    return [Link(url, LinkKind.PAGINATION) for url in kept]


def following(url: str, entries: int) -> list[Link]:
    """Return the page behind a part of a list that a script had asked for, as long as there are entries in it."""
    path, _, query = url.partition("?")
    pairs = [pair.partition("=") for pair in query.split("&")]
    turned = next((key for key, _, value in pairs if _KEY.fullmatch(key) and value.isdigit()), None)
    if not entries or turned is None or turned.lower() in ("start", "offset"):
        return []
    behind = "&".join(f"{key}={int(value) + 1}" if key == turned else key + mark + value for key, mark, value in pairs)
    found = canonical(f"{path}?{behind}")
    return [Link(found, LinkKind.PAGINATION)] if found else []


def _selects(page: Page) -> Iterator[str]:
    for select in page.tree.iter("select"):
        options = [(option.get("value") or "", "".join(option.itertext()).strip()) for option in select.iter("option")]
        goes = "location" in (select.get("onchange") or "")
        for value, label in options:
            is_address = value.startswith(("/", "?", "http"))
            if is_address and ((goes and _NUMBER.fullmatch(label)) or _is_pagination(value, page)):
                yield value
        name = select.get("name") or ""
        if _KEY.fullmatch(name):
            yield from _submitted(select, name, [value for value, _ in options], page)


def _submitted(select: Element, name: str, values: list[str], page: Page) -> Iterator[str]:
    """Yield what a form asks for with each page of a drop-down, where it counts them and is got."""
    form = next(select.iterancestors("form"), None)
    numbers = [int(value) for value in values if value.isdigit()]
    counts = 1 < len(numbers) == len(values) and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    if form is None or not counts or (form.get("method") or "get").lower() != "get":
        return
    hidden = (field for field in form.iter("input") if (field.get("type") or "").lower() == "hidden")
    kept = [(key, field.get("value") or "") for field in hidden if (key := field.get("name"))]
    action = (form.get("action") or page.url).partition("?")[0]
    for number in numbers[:_PAGES_MOST]:
        yield f"{action}?{urlencode([*kept, (name, str(number))])}"


def _is_pagination(address: str, page: Page) -> bool:
    url = canonical(address, page.base_url)
    return url is not None and kind_of(url) is LinkKind.PAGINATION


def _buttons(page: Page) -> Iterator[str]:
    for element in page.tree.iter("a", "button", "div", "li", "span"):
        for name in _LOADS:
            value = element.get(name)
            if value and _is_pagination(value, page):
                yield value


def _scripts(page: Page) -> Iterator[str]:
    texts = [script.text for script in page.tree.iter("script") if script.text]
    for text in texts:
        if "location" in text and "function" in text:
            for match in _FUNCTION.finditer(text):
                for number in _called(page, match["name"]):
                    yield f"{match['head']}{number}{match['tail'] or ''}"
        if "$." in text:
            yield from _requests(page, text)


def _called(page: Page, name: str) -> list[int]:
    """Return the numbers that clicks of a page call a function with."""
    found = []
    for element in page.tree.iter("a", "button", "li", "span"):
        for script in (element.get("onclick"), element.get("href")):
            if script and name in script and (match := _CALL.match(script)) and match[1] == name:
                found.append(int(match[2]))
    return found


def _requests(page: Page, script: str) -> Iterator[str]:
    for match in _GET.finditer(script):
        behind = script[match.end() : match.end() + _OPTIONS_CHARS].partition("success")[0]
        if match["address"] and _POSTS.search(f"{match['before']}{match['between']}{behind}"):
            continue
        asked = _asked(match["pairs"] or match["data"] or "")
        if asked is None:
            continue
        last = max(_numbered(page), default=2)
        for number in range(2, min(last, _PAGES_MOST) + 1):
            yield f"{match['url'] or match['address']}?{urlencode({**asked[0], asked[1]: number})}"


def _asked(data: str) -> tuple[dict[str, str], str] | None:
    """Return the parameters of a request and which of them is the page; None where only the script knows them."""
    asked: dict[str, str] = {}
    turned = None
    for pair in _PAIR.finditer(data):
        value = pair["number"] if pair["text"] is None else pair["text"]
        if _KEY.fullmatch(pair[1]):
            turned = pair[1]
        elif value is None:
            return None
        asked[pair[1]] = value or ""
    return (asked, turned) if turned else None


def _numbered(page: Page) -> Iterator[int]:
    """Yield the numbers of pages that a pager for scripts names."""
    for element in page.tree.iter("a", "button", "li", "span"):
        number = element.get("data-page") or element.get("data-trang") or ""
        if number.isdigit():
            yield int(number)
