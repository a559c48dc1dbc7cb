"""Pages of lists that drop-downs, buttons and scripts turn to."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import article, listing, serving

from archive.extract import parse
from crawler.discovery import LinkKind, following, pagers

LUUTRU = str(Path(sys.executable).with_name("luutru"))
URL = "http://vidu.gov.vn/tin-tuc.html"
NUMBERS = "".join(f'<option value="{n}">{n}</option>' for n in range(1, 4))
ADDRESSES = "".join(f'<option value="/tin-tuc.html?p={n}">Trang {n}</option>' for n in range(1, 4))
CLICKS = "".join(f'<a href="javascript:void(0)" onclick="goPage({n})">{n}</a>' for n in range(1, 4))
GOES = '<script>function goPage(n) {{ window.location.href = "{}" + n; }}</script>'
REQUEST = '<script>$(".pager").click(function(){{ $.get("/ajax/tin", {{{}}}, function(h) {{ show(h); }}); }});</script>'
AJAX = '<script>$.ajax({{ url: "/ajax/tin", {} data: {{ muc: 3, page: n }}, success: show }});</script>'


def turned(body: str) -> list[str]:
    page = parse(f"<!DOCTYPE html><html><body>{body}</body></html>".encode(), URL)
    found = pagers(page)
    assert {link.kind for link in found} <= {LinkKind.PAGINATION}
    return [link.url.removeprefix("http://vidu.gov.vn") for link in found]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f'<select onchange="location.href=this.value">{ADDRESSES}</select>', 3),
        (f'<form action="/tin"><input type=hidden name=muc value=2><select name=trang>{NUMBERS}</select></form>', 3),
        ('<button data-url="/ajax/tin?muc=2&amp;page=2">Xem thêm</button>', 1),
        (CLICKS + GOES.format("/tin-tuc.html?p="), 3),
        (REQUEST.format("muc: 3, page: $(this).data('page')"), 1),
        (REQUEST.format("muc: 3, page: n") + '<li data-page="2"></li><li data-page="7"></li>', 6),
        (AJAX.format('type: "GET",'), 1),
        # What acts, is of another host, is no page of a list, or is known to the script alone.
        (f'<select onchange="location.href=this.value">{ADDRESSES.replace("/tin", "http://khac.vn/tin")}</select>', 0),
        ('<select onchange="location.href=this.value"><option value="/xa-a/">Xã A</option></select>', 0),
        (f'<form method="post"><select name="trang">{NUMBERS}</select></form>', 0),
        (f'<form><select name="pagesize">{NUMBERS}</select></form>', 0),
        ('<form><select name="p"><option value="5">5</option><option value="20">20</option></select></form>', 0),
        ('<button data-url="/binh-chon?chon=2">Bình chọn</button>', 0),
        (CLICKS + "<script>function goPage(n) { vote(n); }</script>", 0),
        (REQUEST.format("muc: current, page: n"), 0),
        (REQUEST.format("id: 3"), 0),
        (REQUEST.format("task: 'vote', page: n"), 0),
        (AJAX.format('type: "POST",'), 0),
    ],
)
def test_what_turns_pages(body: str, found: int) -> None:
    assert len(turned(body)) == found


def test_addresses_of_pages() -> None:
    form = f'<form action="/tin"><input type=hidden name=muc value=2><select name=trang>{NUMBERS}</select></form>'
    assert turned(form)[2] == "/tin?muc=2&trang=3"
    assert turned(CLICKS + GOES.format("?muc=2&trang="))[1] == "/tin-tuc.html?muc=2&trang=2"
    assert turned(AJAX.format("")) == ["/ajax/tin?muc=3&page=2"]


def test_what_stands_behind_a_part_of_a_list() -> None:
    assert [link.url for link in following("http://vidu.gov.vn/ajax?muc=3&page=2", 5)] == [
        "http://vidu.gov.vn/ajax?muc=3&page=3"
    ]
    assert following("http://vidu.gov.vn/ajax?muc=3&page=2", 0) == []
    assert following("http://vidu.gov.vn/ajax?start=20", 5) == [], "how far the next one is it does not say"


def test_a_list_that_a_script_turns_is_read_to_its_end(tmp_path: Path) -> None:
    paths = [f"/tin/ban-so-{n}-{5000 + n}.html" for n in range(12)]
    answers = {path: article(f"bản số {n}") for n, path in enumerate(paths)}
    answers["/"] = listing(paths[:3]).replace("</body>", REQUEST.format("muc: 3, page: n") + "</body>")
    for number in range(2, 5):
        shown = paths[number * 3 - 3 : number * 3]
        answers[f"/ajax/tin?muc=3&page={number}"] = "".join(f'<h3><a href="{path}">{path}</a></h3>' for path in shown)
    answers["/ajax/tin?muc=3&page=5"] = "<p>Không còn tin</p>"
    with serving(answers) as server:
        done = subprocess.run(
            [LUUTRU, "crawl", server.url, "--archive", str(tmp_path), "--workers", "1"],
            capture_output=True,
            timeout=120,
        )
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(tmp_path / "archive.db") as db:
        assert len(db.execute("SELECT id FROM articles").fetchall()) == 12
    assert len([path for path in server.paths if path.startswith("/ajax/")]) == 4
