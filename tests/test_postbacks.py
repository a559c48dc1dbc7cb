"""Pages of lists that are asked for by forms and scripts: which ones, by what name, and nothing else."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from listing_portals import Fragments, WebForms, serving_portal
from warcio.archiveiterator import ArchiveIterator

from archive.extract.page import Page, parse
from crawler.analysis.job import Job
from crawler.analysis.worker import analyse
from crawler.discovery import (
    Post,
    as_html,
    fragments,
    further_pages,
    is_json,
    links,
    next_fragment,
    postbacks,
    resources,
    usual_feed,
)
from crawler.intake.loops import LoopBacks

HOST = "https://vidu.gov.vn"
HERE = f"{HOST}/tin-tuc"
LUUTRU = str(Path(sys.executable).with_name("luutru"))


def page(markup: str) -> Page:
    return parse(f"<!DOCTYPE html><html><body>{markup}</body></html>".encode(), HERE, "text/html; charset=utf-8")


def link(target: str, argument: str, label: str) -> str:
    return f"""<a href="javascript:__doPostBack('{target}','{argument}')">{label}</a>"""


def turned(inner: str, own: str = "aa", state: str = "abc") -> dict[str, dict[str, str]]:
    """Return what is posted for each page, by the page's name."""
    form = f"""<form method="post" action="./tin-tuc"><input type="hidden" name="__VIEWSTATE" value="{state}">
    <input name="q" value="một"><input type="password" name="mk" value="x"><input type="submit" name="b" value="Tìm">
    <select name="cm"><option value="0">Tất cả</option><option value="3" selected>Tin</option></select>
    <input type="checkbox" name="c1" checked><input type="checkbox" name="c2"><textarea name="t">hai</textarea>
    {inner}</form>"""
    found = postbacks(page(form), own)
    assert all(post.url == HERE for post in found)
    assert all(
        parse_qs(zlib.decompress(post.state).decode())
        == {"__VIEWSTATE": [state], "q": ["một"], "cm": ["3"], "c1": ["on"], "t": ["hai"]}
        for post in found
    )
    return {post.name: {key: v[0] for key, v in parse_qs(post.sent).items()} for post in found}


def test_a_grid_says_its_pages_by_argument() -> None:
    numbers = "".join(f"<td>{link('g$Grid', f'Page${n}', str(n))}</td>" for n in (2, 3))
    found = turned(
        f"<table><tr><td><span>1</span></td>{numbers}<td>{link('g$Grid', 'Page$4', '...')}</td></tr></table>"
    )
    assert {name: fields["__EVENTARGUMENT"] for name, fields in found.items()} == {
        "g$Grid=2": "Page$2",
        "g$Grid=3": "Page$3",
        "g$Grid=4": "Page$4",
    }


def test_a_page_has_one_name_whatever_its_place_in_the_pager_is() -> None:
    first = turned(f"<p><b>1</b> {link('P$ctl01', '', '2')} {link('P$ctl02', '', '3')} {link('P$ctl09', '', '…')}</p>")
    second = turned(f"<p>{link('P$ctl00', '', '…')} {link('P$ctl01', '', '3')} <b>4</b> {link('P$ctl03', '', '5')}</p>")
    assert set(first) == {"P$=2", "P$=3", "P$=4"}
    assert set(second) == {"P$=3", "P$=5"}


@pytest.mark.parametrize(
    "button",
    [
        link("c$lbSau", "", "Trang sau"),
        link("c$lbSau", "", "Tiếp »"),
        link("c$lbSau", "", "&gt;"),
        """<input type="submit" name="c$lbSau" value="Sau &gt;&gt;">""",
        """<a href="#" onclick="__doPostBack('c$lbSau','')"><img src="n.png" alt="Next"></a>""",
        """<a href='javascript:W(new WebForm_PostBackOptions("c$lbSau", "", true))'>Next</a>""",
    ],
)
def test_where_only_the_way_on_is_shown_a_page_is_named_by_the_one_before(button: str) -> None:
    assert set(turned(f"<div>{button}</div>", own="aa")) == {"aa>c$lbSau"}
    assert set(turned(f"<div>Trang <span>3</span> {button}</div>")) == {"c$lbSau=4"}


def test_the_last_page_is_no_way_on_where_there_is_a_next_one() -> None:
    assert set(turned(f"<div><i>2</i>{link('a$n', '', '›')}{link('a$l', '', '»')}</div>")) == {"a$n=3"}
    assert set(turned(f"<div><i>2</i>{link('a$l', '', '»')}</div>")) == {"a$l=3"}


def test_two_lists_of_a_page_are_turned_apart() -> None:
    pagers = [f"<div><em>1</em>{link(f'{name}$c', '2', '2')}{link(f'{name}$c', '3', '3')}</div>" for name in "AB"]
    assert set(turned("".join(pagers))) == {"A$c=2", "A$c=3", "B$c=2", "B$c=3"}
    numbered = "".join(f"<div><em>1</em>{link(f'Pager{number}', '2', '2')}</div>" for number in (1, 2))
    assert set(turned(numbered)) == {"Pager1=2", "Pager2=2"}
    same = f"<div><em>1</em>{link('A$c', '2', '2')}</div>"
    assert set(turned(same + same)) == {"A$c=2"}, "one pager above the list and one below"


def test_the_current_page_may_be_a_link_that_is_marked() -> None:
    marked = """<a class="rgCurrentPage" href="javascript:__doPostBack('P$ctl01','')"><span>2</span></a>"""
    listed = """<li class="active"><a href="javascript:__doPostBack('P$ctl01','')">2</a></li>"""
    for current in (marked, listed):
        pager = f"<ul>{link('P$ctl00', '', '1')}{current}{link('P$ctl02', '', '3')}{link('P$n', '', 'Sau')}</ul>"
        assert set(turned(pager)) == {"P$=3"}


@pytest.mark.parametrize(
    "other",
    [
        link("Calendar1", "9437", "2"),
        link("Calendar1", "V9400", "&gt;"),
        link("c$rating$ctl01", "", "5"),
        link("c$lnkVote", "", "1"),
        link("c$lnkThoat", "", "Thoát"),
        link("c$grid", "Sort$Ngay", "2"),
        link("c$grid", "Delete$2", "2"),
        link("c$btnGui", "", "Tiếp tục"),
        link("c$prev", "", "Trang trước"),
        link("c$prev", "", "«"),
        """<input type="submit" name="c$btn" value="Gửi ý kiến">""",
        """<a href="/tin-tuc?page=2">2</a>""",
    ],
)
def test_no_other_action_is_taken(other: str) -> None:
    assert turned(f"<div>{other}</div>") == {}


def test_a_form_of_another_host_and_one_that_is_got_are_left_alone() -> None:
    pager = f"<p><b>1</b>{link('P', '2', '2')}</p>"
    assert postbacks(page(f"""<form method="post" action="https://khac.vn/">{pager}</form>"""), "") == []
    assert postbacks(page(f"""<form method="get" action="/tin">{pager}</form>"""), "") == []
    assert postbacks(page(f"""<form method="post" action="/users/login">{pager}</form>"""), "") == []
    large = "".join(f"{n * n * 7919 % 1_000_003:06d}{n:x}" for n in range(100_000))
    field = f"""<input type="hidden" name="__VIEWSTATE" value="{large}">"""
    assert postbacks(page(f"""<form method="post">{field}{pager}</form>"""), "") == []


ENDPOINT = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"


@pytest.mark.parametrize(
    "script",
    [
        "var maxPage = parseInt(3); $.ajax({url: '%s', data: {article_category_id: 5, site_id: 2, page: trang}});",
        "maxPage=3; var site = '2'; var d = {'article_category_id': 5, 'site_id': site, 'page': p}; $.post('%s', d);",
        """maxPage = parseInt("3"); article_category_id = 5; site_id = 2; load("%s", function () { return 1; });""",
    ],
)
def test_the_parameters_of_fragments_are_read_from_the_script(script: str) -> None:
    found = list(fragments(page(f"<script>{script % ENDPOINT}</script>")))
    assert [post.url for post in found] == [HOST + ENDPOINT] * 2
    asked = [{key: values[0] for key, values in parse_qs(post.sent).items()} for post in found]
    assert asked == [{"article_category_id": "5", "site_id": "2", "page": str(number)} for number in (2, 3)]


def test_fragments_are_asked_of_no_other_endpoint() -> None:
    data = "data: {article_category_id: 5, page: 1}"
    for url in ("/DesktopModule/UIVote/Vote.aspx/Save", "https://khac.vn" + ENDPOINT, "/api/LoadArticle"):
        assert list(fragments(page(f"<script>/* /DesktopModule/ */ $.ajax({{url: '{url}', {data}}});</script>"))) == []


def test_a_full_fragment_leads_to_the_next() -> None:
    following = next_fragment("u", "site_id=2&page=4&page_size=5", 5)
    assert following == Post("u", "site_id=2&page=5&page_size=5", "site_id=2&page=5&page_size=5")
    assert next_fragment("u", "site_id=2&page=4&page_size=5", 4) is None
    in_json = next_fragment("u", '{"page": 4, "page_size": 5}', 6)
    assert in_json is not None
    assert json.loads(in_json.sent) == {"page": 5, "page_size": 5}


def test_resources_of_portlets_are_asked_where_they_are_lists() -> None:
    url = "/tin-tuc?p_p_id=a\\x26p_p_lifecycle=2&p_p_resource_id=loadPage"
    script = f"var u = '{url}'; $.get(u, {{pageNum: 1, recordPerPage: 20, keyword: ''}});"
    (found,) = resources(page(f"<script>{script}</script>"))
    assert found.url == f"{HERE}?p_p_id=a&p_p_lifecycle=2&p_p_resource_id=loadPage&pageNum=1&recordPerPage=20&keyword="
    for other in (script.replace("loadPage", "sendVote"), script.replace("lifecycle=2", "lifecycle=1"), f"u = '{url}'"):
        assert list(resources(page(f"<script>{other}</script>"))) == []


def test_what_json_holds_is_read_as_a_page() -> None:
    items = [{"id": 1, "urlDetail": "/tin/a-1"}, {"id": 2, "link": "https://vidu.gov.vn/tin/b-2", "anh": "/x.png"}]
    body = json.dumps({"items": items, "d": '<ul><li><a href="/tin/c-3">C</a></li></ul>', "n": '[{"url": "/tin/d-4"}]'})
    assert is_json(body.encode(), "application/json; charset=utf-8")
    found = links(parse(as_html(body.encode()), HERE, "application/json")).links
    assert [one.url.removeprefix(HOST) for one in found] == ["/tin/a-1", "/tin/b-2", "/tin/c-3", "/tin/d-4"]
    assert as_html(b"<p>1</p>") == b"<p>1</p>"


def test_a_list_in_json_says_how_many_pages_it_has() -> None:
    body = b'{"items": [], "totalPageNum": 4}'
    first = further_pages(body, f"{HERE}?pageNum=1&recordPerPage=9")
    assert [one.url.removeprefix(HERE) for one in first] == [f"?pageNum={n}&recordPerPage=9" for n in (2, 3, 4)]
    assert [one.url.removeprefix(HERE) for one in further_pages(body, f"{HERE}?pageNum=2")] == ["?pageNum=3"]
    assert further_pages(body, f"{HERE}?pageNum=4") == further_pages(b"{}", f"{HERE}?pageNum=1") == []


def test_a_page_that_loops_back_is_asked_for_once_more_and_its_host_known() -> None:
    loops, body = LoopBacks(), b'<script>u = "_afrLoop=" + "15270339126839";</script>'
    assert loops.asked(f"{HERE}?a=1", "x") == f"{HERE}?a=1"
    assert loops.is_one("x", HERE, body)
    assert loops.asked(f"{HERE}?a=1", "x") == f"{HERE}?a=1&_afrLoop=15270339126839&_afrWindowMode=0"
    assert not loops.is_one("x", loops.asked(HERE, "x"), body), "it is not asked for ever"
    assert not loops.is_one("y", HERE, b"<p>_afrLoop</p>")


@pytest.mark.parametrize(
    ("generator", "body", "feed"),
    [
        ("WordPress 6.1", "", "/feed/"),
        ("Joomla! - Open Source", "", "/?format=feed&type=rss"),
        ("Drupal 10", "", "/rss.xml"),
        ("NukeViet v4.5", '<a href="/vi/news/thoi-su/">Thời sự</a>', "/vi/news/rss/"),
        ("NukeViet v4.5", '<a href="/gioi-thieu/">Giới thiệu</a>', None),
        ("WordPress 6.1", '<link rel="alternate" type="application/rss+xml" href="/tin/feed/">', None),
        ("", "", None),
    ],
)
def test_feeds_at_the_place_of_a_system_that_was_recognised(generator: str, body: str, feed: str | None) -> None:
    home = page(f'<meta name="Generator" content="{generator}">{body}')
    found = usual_feed(home, links(home).links)
    assert (found.url.removeprefix(HOST) if found else None) == feed


def test_clicks_that_go_to_an_address_are_links() -> None:
    markup = """<a href="javascript:" onclick="RefreshPageTo(event, '/ds.aspx?Paged=TRUE\\u0026p_ID=3');">sau</a>
    <a href="#" onclick="location.href='/tin/a.html'; return false">A</a>
    <a onclick="downloadFile('Công văn','/upload/1/cv.pdf')">tải về</a> <a href="javascript:alert('/x')">x</a>
    <a href="#" onclick="vote('/y')">y</a>"""
    found = [one.url.removeprefix(HOST) for one in links(page(markup)).links]
    assert found == ["/ds.aspx?Paged=TRUE&p_ID=3", "/tin/a.html", "/upload/1/cv.pdf"]


def test_a_killed_crawl_goes_on_in_lists_that_are_turned_by_forms(tmp_path: Path) -> None:
    portal, other = WebForms(count=30, size=3), Fragments(count=30, size=3)
    command = [LUUTRU, "crawl", "--archive", str(tmp_path), "--workers", "1", "--delay", "0"]
    with serving_portal(portal) as url, serving_portal(other) as other_url:
        for asked in (20, 45):
            first = subprocess.Popen([*command, url, other_url], stderr=subprocess.DEVNULL)
            deadline = time.monotonic() + 60
            while len(portal.requests) < asked and time.monotonic() < deadline:
                time.sleep(0.01)
            first.kill()
            first.wait()
        done = subprocess.run([*command, url, other_url], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "archive.db") as db:
        articles = [row[0] for row in db.execute("SELECT url FROM articles")]
        forms = db.execute("SELECT count(*) FROM frontier WHERE form IS NOT NULL AND state IS NOT NULL").fetchone()[0]
    assert len(articles) == len(set(articles)) == len(portal.articles()) + len(other.articles())
    assert forms == 2 * (portal.pages - 1)


def test_a_posted_request_is_in_the_warc_with_its_body(tmp_path: Path) -> None:
    portal = Fragments(count=5, size=3)
    with serving_portal(portal) as url:
        subprocess.run([LUUTRU, "crawl", url, "--archive", str(tmp_path), "--workers", "1"], check=True, timeout=60)
    posted = []
    for file in (tmp_path / "warc").iterdir():
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "request" and record.http_headers.protocol == "POST":
                    posted.append(parse_qs(record.content_stream().read().decode()))
    assert sorted((fields["article_category_id"][0], fields["page"][0]) for fields in posted) == [
        ("0", "2"),
        ("1", "2"),
    ]


def test_what_stands_below_a_pager_is_no_part_of_its_list() -> None:
    """The newest articles of the portal stand beside every list: they say nothing of how far its news goes."""
    listed = "".join(f'<h3><a href="/tin/cuoc-hop-so-{n}-{n + 100}.html">Cuộc họp thứ {n}</a></h3>' for n in range(3))
    pager = "".join(f"<a href=\"javascript:__doPostBack('g','Page${n}')\">{n}</a>" for n in (2, 3))
    aside = '<div><a href="/tin/moi-nhat-hom-nay-900.html">Mới nhất hôm nay</a></div>'
    state = '<input type="hidden" name="__VIEWSTATE" value="x">'
    body = f'<html><body><form method="post">{state}{listed}{pager}</form>{aside}'
    found = analyse(
        Job("http://vidu.gov.vn/tin", body.encode(), "text/html", datetime.now(UTC), ("vidu.gov.vn",))
    ).links
    assert [link.form is not None for link in found] == [False] * 3 + [True] * 2 + [False]
