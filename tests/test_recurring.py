"""Parts that recur are flattened once: what memory gives is what walking gives, whatever stands around."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import extract
from archive.extract.flatten import flatten
from archive.extract.outline import Line, Outline
from archive.extract.page import Page
from archive.extract.recurring import Recurring

MENU = """<div id="dau-trang" class="menu"><form><input name="q"></form><ul class="nav">
<li class="on"><a href="/">Trang chủ</a></li><li><a href="/tin">Tin <b>tức</b></a> – mới</li></ul>
<img src="a.png">Ảnh: cổng làng <span class="title-detail" id="t" itemprop="name">Tên</span></div>"""
SIDE = """<div class="lich"><table><tr><th>Thứ</th><th>Việc</th></tr><tr><td>Hai</td><td class="x">Họp
<p>giao ban</p></td></tr><tr><td></td><td>Đi <br>cơ sở</td></tr></table></div>"""
OPEN = '<ul class="rộng"><li class="mục">chữ <div class="trong"><i>nghiêng</i></div> đuôi'
PARTS = (
    MENU,
    SIDE,
    OPEN,
    "<p>Xã Lâm Khê khai mạc hội thao hè; hơn một trăm vận động viên thi đấu ba ngày.</p>",
    "Chữ trơn.",
)


def page(*parts: str, wrap: str = "{}") -> Page:
    html = f"<html><body><div class='khung' id='khung'>{wrap.format(''.join(parts))}</div></body></html>"
    return extract.parse(html.encode(), "http://vidu.gov.vn/bai-1.html", "text/html; charset=utf-8")


def shape(outline: Outline, root: Page) -> object:
    """Everything that an outline says, elements by their place in the tree."""
    place = {element: index for index, element in enumerate(root.tree.iter())}
    zones = {zone: index for index, zone in enumerate(outline.zones)}
    zoned = [(z.reason, zones.get(z.outer) if z.outer else None, z.prose_chars, z.in_force) for z in outline.zones]
    blocks = [(place[b.element], b.tag, b.names, b.parent, b.first, b.last) for b in outline.blocks]
    names = [name for name in Line.__slots__ if name != "zone"]
    lines = [
        ([getattr(line, name) for name in names], zones.get(line.zone) if line.zone else None) for line in outline.lines
    ]
    entered = [
        {name: [place[element] for element in found] for name, found in index.items()}
        for index in (outline.by_class, outline.by_itemprop)
    ]
    by_id = {name: place[element] for name, element in outline.by_id.items()}
    return zoned, blocks, lines, entered, by_id, [place[e] for e in outline.typed], outline.inputs, outline.prose


def test_a_part_is_taken_from_memory_at_its_third_page() -> None:
    recurring = Recurring()
    for _ in range(3):
        flatten(page(MENU, SIDE).tree, "vidu.gov.vn", recurring)
    before = recurring.recalled
    flatten(page(MENU, "<p>khác</p>", SIDE).tree, "vidu.gov.vn", recurring)
    assert recurring.recalled > before


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PARTS), max_size=5), min_size=2, max_size=8), st.integers(0, 3))
def test_what_memory_gives_is_what_walking_gives(pages: list[list[str]], wrapping: int) -> None:
    wraps = (
        "{}",
        "<b>{}</b>",
        "<ul class='dài'>{}</ul>",
        "<div align='right' class='sidebar'><a href='/x'>{}</a></div>",
    )
    recurring = Recurring()
    for number, parts in enumerate([*pages, *pages]):
        read = page(*parts, wrap=wraps[wrapping if number % 2 else 0])
        remembered = flatten(read.tree, "vidu.gov.vn", recurring)
        walked = flatten(read.tree, "vidu.gov.vn", Recurring())
        assert shape(remembered, read) == shape(walked, read)


@pytest.mark.parametrize("change", [("Tin ", "Tin 2 "), ('href="/tin"', 'href="/tin2"'), ('class="on"', 'class="off"')])
def test_a_part_that_changed_is_walked(change: tuple[str, str]) -> None:
    recurring = Recurring()
    for _ in range(3):
        flatten(page(MENU).tree, "vidu.gov.vn", recurring)
    read = page(MENU.replace(*change))
    assert shape(flatten(read.tree, "vidu.gov.vn", recurring), read) == shape(
        flatten(read.tree, "vidu.gov.vn", Recurring()), read
    )


def test_a_place_where_nothing_recurs_is_left_alone_for_a_while() -> None:
    recurring = Recurring()
    pages = [page(f"<div class='bài'><p>Tin số {number} của xã.</p></div>") for number in range(40)]
    for read in pages:
        flatten(read.tree, "vidu.gov.vn", recurring)
    assert recurring.read < 40  # of 80 elements that might be a part


def test_memory_is_bounded() -> None:
    recurring = Recurring(parts_most=20, lines_most=30)
    for number in range(200):
        for _ in range(3):
            read = page(f"<div class='c{number}'><p>Một</p><p>Hai {number}</p></div>")
            outline = flatten(read.tree, "vidu.gov.vn", recurring)
            assert [line.text for line in outline.lines] == ["Một", f"Hai {number}"]
    assert recurring.size <= 20
