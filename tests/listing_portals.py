"""Portals on loopback whose lists turn in the ways of the systems that portals run: each knows its own articles."""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from loopback import article

Answer = tuple[int, dict[str, str], bytes]
HTML = {"Content-Type": "text/html; charset=utf-8"}
CATEGORIES = ("tin-tuc", "van-hoa-xa-hoi")
NAMES = {"tin-tuc": "Tin tức", "van-hoa-xa-hoi": "Văn hóa xã hội"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a portal sees it."""

    method: str
    path: str
    query: dict[str, str]
    fields: dict[str, str]
    cookie: str


@dataclass
class Portal:
    """A portal with two categories of `count` articles each, `size` to a page; subclasses say how its lists turn."""

    count: int = 28
    size: int = 4
    requests: list[Asked] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # what a crawler should not have asked

    @property
    def pages(self) -> int:
        """Pages of each list."""
        return -(-self.count // self.size)

    @property
    def needed(self) -> int:
        """Articles and pages of lists."""
        return len(CATEGORIES) * (self.count + self.pages)

    def article_path(self, category: str, number: int) -> str:
        return f"/{category}/chuyen-o-thon-so-{number}-{1000 + 500 * CATEGORIES.index(category) + number}"

    def articles(self) -> set[str]:
        return {self.article_path(category, number) for category in CATEGORIES for number in range(self.count)}

    def answer(self, asked: Asked) -> Answer:
        """Return the home page, an article, or what the subclass answers."""
        if asked.path == "/" and asked.method == "GET":
            return html("Trang chủ", "")
        path = asked.path + ("?" + "&".join(f"{k}={v}" for k, v in asked.query.items()) if asked.query else "")
        for category in CATEGORIES:
            for number in range(self.count):
                if path == self.article_path(category, number):
                    name = f"{NAMES[category]} thôn số {number}"
                    return 200, HTML, article(name, links=self.beside(category, number)).encode()
        found = self.listing(asked)
        return found if found else (404, HTML, b"<html><body>404</body></html>")

    def listing(self, asked: Asked) -> Answer | None:
        raise NotImplementedError

    def beside(self, category: str, number: int) -> str:
        """Return what stands beside an article."""
        return menu()

    def entries(self, category: str, page: int) -> str:
        """Return the entries of a page, counted from 1."""
        numbers = range(self.count)[(page - 1) * self.size : page * self.size]
        return "".join(
            f'<li><h3><a href="{self.article_path(category, number)}">{NAMES[category]}: chuyện ở thôn số {number}</a>'
            "</h3></li>"
            for number in numbers
        )


def menu() -> str:
    return "".join(f'<a href="/{category}">{NAMES[category]}</a> ' for category in CATEGORIES)


def html(title: str, body: str) -> Answer:
    text = f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head>
    <body><div class="menu"><a href="/">Trang chủ</a> {menu()}</div>{body}</body></html>"""
    return 200, HTML, text.encode()


def _form(inner: str, state: dict[str, int], action: str) -> str:
    """Return a form of ASP.NET around `inner`, whose state is `state`."""
    written = base64.b64encode(json.dumps({**state, "pad": "x" * 3000}).encode()).decode()
    hidden = {"__EVENTTARGET": "", "__EVENTARGUMENT": "", "__VIEWSTATE": written, "__VIEWSTATEGENERATOR": "C2EE9ABB"}
    inputs = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in hidden.items())
    check = f'<input type="hidden" name="__EVENTVALIDATION" value="v{state["page"]}">'
    return f"""<form method="post" action="{action}" id="aspnetForm">{inputs}{check}
    <input type="text" name="ctl00$txtTim" value=""><input type="submit" name="ctl00$btnTim" value="Tìm kiếm">
    <a href="javascript:__doPostBack('ctl00$lnkThoat','')">Thoát</a>
    <table id="lich"><tr><td><a href="javascript:__doPostBack('ctl00$Calendar1','V9400')">&gt;</a></td>
    <td><a href="javascript:__doPostBack('ctl00$Calendar1','9437')">2</a></td></tr></table>
    {inner}</form>"""


def _link(target: str, argument: str, label: str) -> str:
    return f"""<a href="javascript:__doPostBack(&#39;{target}&#39;,&#39;{argument}&#39;)">{label}</a>"""


@dataclass
class WebForms(Portal):
    """Lists of ASP.NET WebForms: the pager knows its place from the state of the form alone, as a DataPager does."""

    window: int = 3  # numbers shown at once

    def listing(self, asked: Asked) -> Answer | None:
        category = asked.path.strip("/")
        if category not in CATEGORIES:
            return None
        page, cookie = 1, HTML
        if asked.method == "POST":
            state = json.loads(base64.b64decode(asked.fields["__VIEWSTATE"]))
            if asked.fields.get("__EVENTVALIDATION") != f"v{state['page']}" or "SessionId=s1" not in asked.cookie:
                return 500, HTML, b"Invalid postback"
            page = self.turned(state["page"], asked.fields)
        else:
            cookie = {**HTML, "Set-Cookie": "ASP.NET_SessionId=s1; path=/; HttpOnly"}
        inner = f"<ul>{self.entries(category, page)}</ul><div class='pager'>{self.pager(page)}</div>"
        status, _, body = html(NAMES[category], _form(inner, {"page": page}, f"./{category}"))
        return status, cookie, body

    def pager(self, page: int) -> str:
        """Return a window of numbers, each named by its place, with … on both sides."""
        first = (page - 1) // self.window * self.window + 1
        last = min(first + self.window - 1, self.pages)
        links = [_link("ctl00$Main$Pager$ctl00", "", "...")] if first > 1 else []
        for place, number in enumerate(range(first, last + 1), 1):
            target = f"ctl00$Main$Pager$ctl{place:02d}"
            links.append(f"<span>{number}</span>" if number == page else _link(target, "", str(number)))
        if last < self.pages:
            links.append(_link("ctl00$Main$Pager$ctl90", "", "..."))
        return " ".join(links)

    def turned(self, page: int, fields: dict[str, str]) -> int:
        """Return the page that a control leads to from `page`."""
        place = int(fields["__EVENTTARGET"][-2:]) if fields["__EVENTTARGET"].startswith("ctl00$Main$Pager") else None
        if place is None:
            self.refused.append(str(fields["__EVENTTARGET"] or [name for name in fields if "btn" in name]))
            return page
        first = (page - 1) // self.window * self.window + 1
        return min({0: first - 1, 90: first + self.window}.get(place, first + place - 1), self.pages)


@dataclass
class Grid(WebForms):
    """A GridView: the argument says the page."""

    def pager(self, page: int) -> str:
        first = (page - 1) // self.window * self.window + 1
        numbers = [n for n in range(first - 1, first + self.window + 1) if 1 <= n <= self.pages]
        cells = []
        for number in numbers:
            label = "..." if number in (first - 1, first + self.window) else str(number)
            cells.append(
                f"<td><span>{label}</span></td>"
                if number == page
                else f"<td>{_link('ctl00$Main$GridView1', f'Page${number}', label)}</td>"
            )
        return f"<table><tr>{''.join(cells)}</tr></table>"

    def turned(self, page: int, fields: dict[str, str]) -> int:
        if fields["__EVENTTARGET"] != "ctl00$Main$GridView1":
            self.refused.append(fields["__EVENTTARGET"])
        return int(fields["__EVENTARGUMENT"].partition("$")[2])


@dataclass
class NextOnly(WebForms):
    """Buttons that say nothing but further and back."""

    def pager(self, page: int) -> str:
        buttons = '<input type="submit" name="ctl00$Main$btnTruoc" value="Trang trước">' if page > 1 else ""
        if page < self.pages:
            buttons += '<input type="submit" name="ctl00$Main$btnSau" value="Trang sau">'
        return buttons

    def turned(self, page: int, fields: dict[str, str]) -> int:
        if "ctl00$Main$btnSau" in fields:
            return page + 1
        self.refused.append(str(sorted(fields)))
        return page


@dataclass
class Fragments(Portal):
    """vnPortal: the first page is in the listing, the others are fragments that a script fetches by POST."""

    wrapped: bool = False  # {"d": "…"}, asked for by JSON
    endpoint: str = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"

    def listing(self, asked: Asked) -> Answer | None:
        if asked.path == self.endpoint and asked.method == "POST":
            wanted = {"site_id": "7", "page_size": str(self.size), "show_no": "False"}
            if any(asked.fields.get(key) != value for key, value in wanted.items()):
                return 500, HTML, b"parameters are missing"
            fragment = self.entries(CATEGORIES[int(asked.fields["article_category_id"])], int(asked.fields["page"]))
            if self.wrapped:
                return 200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps({"d": fragment}).encode()
            return 200, HTML, fragment.encode()
        category = asked.path.strip("/")
        if category not in CATEGORIES:
            return None
        values = (
            f'article_category_id: {CATEGORIES.index(category)}, categoryIds: "", site_id: 7, page: page,'
            f' page_size: {self.size}, keyword: "", show_no: "False", no: (page - 2) * 15'
        )
        data = f"JSON.stringify({{ {values} }})" if self.wrapped else f"{{ {values} }}"
        script = f"""var page = 1; var maxPage = parseInt({self.pages});
        function more() {{ page++; if (page > maxPage) return; $.ajax({{ type: "POST", url: "{self.endpoint}",
        {'contentType: "application/json",' if self.wrapped else ""} data: {data},
        success: function (r) {{ $("#ds").append(r); }} }}); }}"""
        body = f'<ul id="ds" class="ArticleList">{self.entries(category, 1)}</ul><script>{script}</script>'
        return html(NAMES[category], body)


@dataclass
class Resources(Portal):
    """A Liferay portlet whose list comes as JSON; the page itself shows none of it."""

    def listing(self, asked: Asked) -> Answer | None:
        category = asked.path.strip("/")
        if category not in CATEGORIES:
            return None
        if asked.query.get("p_p_lifecycle") == "1":
            self.refused.append("action")
        if asked.query.get("p_p_resource_id") != "loadPage":
            script = f"""var loadPageURL = '/{category}?p_p_id=tin_WAR_portlet&p_p_lifecycle=2&p_p_state=normal\\x26"""
            script += """p_p_resource_id=loadPage&p_p_cacheability=cacheLevelPage'; var actionURL =
            '/tin-tuc?p_p_id=tin_WAR_portlet&p_p_lifecycle=1&p_p_resource_id=deletePage';
            $.get(loadPageURL, { pageNum: 1, recordPerPage: 4, keyword: '' }, show);"""
            return html(NAMES[category], f"<div id='list'></div><script>{script}</script>")
        page = int(asked.query["pageNum"])
        numbers = range(self.count)[(page - 1) * self.size : page * self.size]
        items = [{"id": n, "title": f"Tin {n}", "urlDetail": self.article_path(category, n)} for n in numbers]
        answer = {"items": items, "totalPageNum": self.pages, "pageNum": page}
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()


@dataclass
class LoopBack(Portal):
    """Oracle WebCenter: without a parameter of the server's every page is a script that asks again with it."""

    def answer(self, asked: Asked) -> Answer:
        query = {key: value for key, value in asked.query.items() if not key.startswith("_afr")}
        if "_afrLoop" not in asked.query:
            script = b"""<html><head><script>function go(){var u=location.href;
            location.replace(u+(u.indexOf("?")<0?"?":"&")+"_afrLoop=15270339126839&_afrWindowMode=0");}go();</script>
            </head><body onload="go()"></body></html>"""
            return (404, {}, b"") if asked.path == "/robots.txt" else (200, HTML, script)
        return super().answer(Asked(asked.method, asked.path, query, asked.fields, asked.cookie))

    def article_path(self, category: str, number: int) -> str:
        return f"/webcenter/portal/xa/pages_chitiet?dDocName=P{CATEGORIES.index(category)}{number:04d}"

    def listing(self, asked: Asked) -> Answer | None:
        category = asked.path.strip("/")
        page = int(asked.query.get("trang", "1"))
        if category not in CATEGORIES or page > self.pages:
            return None
        following = f'<a href="/{category}?trang={page + 1}">Sau</a>' if page < self.pages else ""
        return html(NAMES[category], f"<ul>{self.entries(category, page)}</ul>{following}")


@dataclass
class Numbered(Portal):
    """Lists that are turned by address; `form` writes the address of a page, `beyond` is what no page answers with."""

    form: str = "/{category}?page={page}"
    base: int = 1  # number of the first page
    step: int = 1
    beyond: str = "repeat"  # first, redirect, repeat (the last page) or empty
    gap: bool = True  # 1 2 3 … 40

    def address(self, category: str, page: int) -> str:
        return self.form.format(category=category, page=(page - 1) * self.step + self.base)

    def listing(self, asked: Asked) -> Answer | None:
        written = asked.path + ("?" + "&".join(f"{k}={v}" for k, v in asked.query.items()) if asked.query else "")
        for category in CATEGORIES:
            pages = {self.address(category, page): page for page in range(1, self.pages + 4)}
            page = 1 if asked.path.strip("/") == category and not asked.query else pages.get(written)
            if page is None:
                continue
            if page > self.pages:
                if self.beyond == "redirect":
                    return 301, {"Location": f"/{category}"}, b""
                page = {"first": 1, "repeat": self.pages}.get(self.beyond, page)
            shown = {page, page + 1, 1, self.pages} if self.gap else {page + 1}
            # Portals offer one page too many.
            links = [f'<a href="{self.address(category, n)}">{n}</a>' for n in sorted(shown) if n <= self.pages + 1]
            return html(NAMES[category], f"<ul>{self.entries(category, page)}</ul><div>{' '.join(links)}</div>")
        return None


@contextmanager
def serving_portal(portal: Portal) -> Iterator[str]:
    """Serve a portal; yield its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if sent.startswith("{"):
                fields = {key: str(value) for key, value in json.loads(sent).items()}
            else:
                fields = {key: values[0] for key, values in parse_qs(sent, keep_blank_values=True).items()}
            query = {key: values[0] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
            asked = Asked(self.command, parts.path, query, fields, self.headers.get("Cookie") or "")
            portal.requests.append(asked)
            status, headers, body = (404, {}, b"") if parts.path == "/robots.txt" else portal.answer(asked)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def repeated(portal: Portal) -> Counter[str]:
    """Return what was asked more than once."""
    asked = Counter(f"{r.method} {r.path} {r.query} {r.fields}" for r in portal.requests)
    return Counter({name: count for name, count in asked.items() if count > 1})
