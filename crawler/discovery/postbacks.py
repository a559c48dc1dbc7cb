"""Pagers that turn by posting their page's form back to it: `__doPostBack` of ASP.NET WebForms.

Only pagers are turned, never another action: what is asked for must say by its argument or its label that it is a page
of a list, and the days of a calendar or the stars of a vote do not.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from lxml.etree import _Element as Element

from archive.extract.page import Page
from crawler.urls import canonical, host_of, refusal

__all__ = ["STATE_MOST", "Post", "postbacks"]

STATE_MOST = 256 * 1024  # compressed; a larger state is not kept, and its list not turned

_CALL = re.compile(
    r"(?:__doPostBack|WebForm_PostBackOptions)\(\s*(?P<q>[\"'])(?P<target>.*?)(?P=q)"
    r"\s*,\s*(?P<p>[\"'])(?P<argument>.*?)(?P=p)"
)
# Page$2 of grids, 2 of AspNetPager, …;Page;Next of Telerik. V9400 and 9437 are months and days of a calendar.
_ARGUMENT = re.compile(r"(?:.*[;$])?Page[;$](?P<page>\d{1,5}|next)|(?P<number>\d{1,5})|(?P<next>next)|", re.IGNORECASE)
_ACTION = re.compile(
    r"rating|vote|star|poll|binhchon|thamdo|danhgia|log(?:in|out)|search|timkiem|sort|lang|font"
    r"|calendar|lich|delete|remove|like|share|send|gui|save|print",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:(?:trang|page)\s*)?\[?\s*(\d{1,5})\s*\]?", re.IGNORECASE)
_NEXT = re.compile(
    r"(?:(?:trang\s*)?(?:tiếp(?: theo)?|sau|kế(?: tiếp)?)|tiếp trang|xem thêm|next(?: page)?|older)?\s*[>›→»]{0,2}",
    re.IGNORECASE,
)
_FAR = frozenset({"»", ">>", "››"})  # the next page, or the last one where another link is the next
_MORE = frozenset({"...", "…"})
_NAMED_BY_PLACE = re.compile(r"ctl\d+|\d+$")
_CURRENT = re.compile(r"\b(?:active|current|selected)|currentpage", re.IGNORECASE)
_PAGER_LEVELS = 4  # elements between a link and the one around its pager
_SENT = frozenset({"hidden", "text", "search", "number", "date", "email", ""})


class Post(NamedTuple):
    """A page of a list that a form asks for.

    `name`: which page of which pager it is, whatever state the form was in. `sent`: the fields that ask for it, as
    they are posted; `state`: the other fields of the form, compressed, empty where there are none. `element`: what
    would be clicked, None where nothing is.
    """

    url: str
    name: str
    sent: str
    state: bytes = b""
    element: Element | None = None


@dataclass(slots=True)
class _Turn:
    """A link or button that may turn a page: what it posts, what it is called and the elements around it."""

    element: Element
    target: str
    fields: dict[str, str]
    label: str
    asked: str  # what the argument asks for: a number, "next" or ""
    around: list[Element]

    @property
    def number(self) -> int | None:
        """The page that it is called by, or that its argument names."""
        if match := _NUMBER.fullmatch(self.label):
            return int(match[1])
        return int(self.asked) if self.asked.isdigit() else None


def postbacks(page: Page, own: str) -> list[Post]:
    """Return the other pages of the lists of a WebForms page; `own` names this page among those of its list."""
    turns = list(_turns(page))
    form = _form(turns[0].element) if turns else None
    if form is None:
        return []
    url = canonical(form.get("action") or page.url, page.base_url)
    if url is None or host_of(url) != host_of(page.url) or refusal(url):
        return []
    state = zlib.compress(urlencode(list(_fields(form, page.tree))).encode(), 1)
    if len(state) > STATE_MOST:
        return []
    found = {name: turn for pager in _pagers(turns) for name, turn in _pages(pager, own)}
    return [Post(url, name, urlencode(turn.fields), state, turn.element) for name, turn in found.items()]


def _turns(page: Page) -> Iterator[_Turn]:
    for element in page.tree.iter("a", "input", "button"):
        script = element.get("href") or "" if element.tag == "a" else ""
        if "PostBack" not in script:
            script = element.get("onclick") or ""
        match = _CALL.search(script) if "PostBack" in script else None
        if match:
            target, argument = match["target"], match["argument"]
            fields = {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
        elif element.tag != "a" and (element.get("type") or "").lower() == "submit" and element.get("name"):
            target, argument = element.get("name", ""), ""
            fields = {"__EVENTTARGET": "", "__EVENTARGUMENT": "", target: element.get("value") or ""}
        else:
            continue
        asked = _ARGUMENT.fullmatch(argument)
        if asked is None or _ACTION.search(target):
            continue
        number = (asked["page"] or asked["number"] or asked["next"] or "").lower()
        turn = _Turn(element, target, fields, _label(element), number, _around(element))
        if _turns_a_page(turn):
            yield turn


def _turns_a_page(turn: _Turn) -> bool:
    """Tell whether label and argument agree that this is a page of a list, and not a day of a calendar."""
    if match := _NUMBER.fullmatch(turn.label):
        return not turn.asked.isdigit() or abs(int(match[1]) - int(turn.asked)) <= 1
    is_next = turn.label in _FAR or turn.label in _MORE or (turn.label != "" and bool(_NEXT.fullmatch(turn.label)))
    return is_next or turn.asked == "next"


def _label(element: Element) -> str:
    text = " ".join("".join(element.itertext()).split()) or (element.get("value") or "").strip()
    if text:
        return text
    image = next(element.iter("img"), None)
    named = (image.get("alt") if image is not None else "") or element.get("title") or element.get("aria-label")
    return (named or "").strip()


def _around(element: Element) -> list[Element]:
    around: list[Element] = []
    for parent in element.iterancestors():
        if len(around) == _PAGER_LEVELS or parent.tag in ("form", "body"):
            break
        around.append(parent)
    return around


def _pagers(turns: list[_Turn]) -> Iterator[list[_Turn]]:
    """Yield the turns that stand near each other, in the order of the page."""
    pager: list[_Turn] = []
    highest = 0
    for turn in turns:
        number = turn.number or 0
        is_near = pager and any(parent in pager[-1].around for parent in turn.around)
        if pager and (not is_near or 0 < number <= highest):  # in one pager numbers ascend
            yield pager
            pager, highest = [], 0
        pager.append(turn)
        highest = max(highest, number)
    if pager:
        yield pager


def _pages(pager: list[_Turn], own: str) -> Iterator[tuple[str, _Turn]]:
    """Yield the pages that one pager turns to, each with its name."""
    current = _current(pager)
    numbered = next((turn for turn in pager if turn.number is not None), pager[0])
    # A control that is told the page is one whatever the page; others are named by their place in the pager.
    control = numbered.target if numbered.asked.isdigit() else _NAMED_BY_PLACE.sub("", numbered.target)
    has_next = any(turn.number is None and turn.label not in (*_FAR, *_MORE) for turn in pager)
    highest = 0
    for turn in pager:
        number = turn.number
        if number is not None:
            highest = max(highest, number)
        elif turn.label in _MORE:
            if not highest:  # back to the pages before
                continue
            number = highest + 1
        elif turn.label in _FAR and has_next:
            continue
        elif current is not None:
            number = current + 1
        if number is None:  # only the way on is shown: the page is the one behind this one
            yield f"{own}>{control}", turn
        elif number not in (current, 1):  # the first page is the address itself
            yield f"{control}={number}", turn


def _current(pager: list[_Turn]) -> int | None:
    """Return the number that stands in the pager without being a link, or is marked as the current one, or None."""
    for turn in pager:
        if turn.number and any(_CURRENT.search(element.get("class") or "") for element in _alone(turn, pager)):
            return turn.number
    links = {turn.element for turn in pager}
    shared = [parent for parent in pager[0].around if all(parent in turn.around for turn in pager)]
    for element in shared[0].iter() if shared else ():
        if element in links or any(parent in links for parent in element.iterancestors()):
            continue
        if match := _NUMBER.fullmatch((element.text or "").strip()):
            return int(match[1])
    return None


def _alone(turn: _Turn, pager: list[_Turn]) -> Iterator[Element]:
    """Yield a link, and the element around it if it is around no other."""
    yield turn.element
    parent = next(iter(turn.around), None)
    if parent is not None and not any(parent in other.around for other in pager if other is not turn):
        yield parent


def _form(element: Element) -> Element | None:
    """Return the form around an element that a server of ASP.NET keeps its state in, or None."""
    form = next(element.iterancestors("form"), None)
    if form is None:
        form = next(element.getroottree().getroot().iter("form"), None)
    return form if form is not None and (form.get("method") or "").lower() == "post" else None


def _fields(form: Element, tree: Element) -> Iterator[tuple[str, str]]:
    """Yield what a browser would send of the form, but for buttons, passwords and files."""
    # A form that is closed too early, or stands inside another, has lost its fields to the page around it.
    scope = form if any(True for field in form.iter("input") if field.get("name") == "__VIEWSTATE") else tree
    for field in scope.iter("input", "select", "textarea"):
        name = field.get("name")
        if not name or name in ("__EVENTTARGET", "__EVENTARGUMENT") or field.get("disabled") is not None:
            continue
        if field.tag == "textarea":
            yield name, field.text or ""
        elif field.tag == "select":
            options = list(field.iter("option"))
            chosen = next((option for option in options if option.get("selected") is not None), None)
            if chosen is not None or options:
                option = options[0] if chosen is None else chosen
                yield name, option.get("value", (option.text or "").strip())
        elif (kind := (field.get("type") or "").lower()) in _SENT:
            yield name, field.get("value") or ""
        elif kind in ("checkbox", "radio") and field.get("checked") is not None:
            yield name, field.get("value") or "on"
