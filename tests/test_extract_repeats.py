"""Bodies that stand more than once in a page come out once; what stands once is never lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.extract import extract, parse
from archive.extract.repeats import find_repeats
from archive.records import Extraction

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TITLE = "Xóm Bưởi mở lớp dạy đan lát cho người trẻ"
LEAD = "Lớp dạy đan lát của xóm Bưởi vừa mở tối thứ bảy tuần trước, học trò nhỏ nhất mới mười hai tuổi."
TEXT = (
    "Người đứng lớp là bà Tô Thị Nhâm, năm nay bảy mươi tư tuổi, cả đời sống bằng nghề đan gùi và đan nong.",
    "Mỗi buổi học hai tiếng, học trò vót nan dưới hiên nhà rồi vào đan theo mẫu, hỏng đâu gỡ ra làm lại đấy.",
    "Tre lấy ở bãi ven sông, ngâm bùn ba tháng cho khỏi mọt; xóm cắt cử người trông để khỏi ai chặt non.",
    "Sau khóa đầu, mười một chiếc gùi đã được bán ở chợ phiên, tiền để lại mua dao vót cho khóa sau.",
)
POEM = (
    "Nan tre óng ánh màu rơm",
    "Bà ngồi đan chiếc nong thơm mùi bùn",
    "Ngoài sân gió cuốn lá vun",
    "Trẻ con đuổi bóng trăng trùm xóm quê",
    "Gùi nghiêng theo mẹ đi về",
)
FORMS = {
    "p": "".join(f"<p>{text}</p>" for text in TEXT),
    "br": "<br><br>".join(TEXT),
    "single br": "<p>" + "<br>".join(TEXT) + "</p>",
    "boxes": "".join(f"<div><div><span>{text}</span></div></div>" for text in TEXT),
    "one box": "<div><div>" + "".join(f"<div>{text}</div>" for text in TEXT) + "</div></div>",
    "short lines": "".join(f"<p>{line}</p>" for line in POEM),
    "cells": "<table><tr><td>" + "</td></tr><tr><td>".join(TEXT) + "</td></tr></table>",
}
LAYOUTS = {"family": '<div id="news-bodyhtml" class="bodytext">{}</div>', "unknown": "<div><div>{}</div></div>"}
CAPTION = '<p align="center"><img src="/a.jpg"></p><p align="center"><em>Lớp đan lát dưới hiên nhà</em></p>'


def extraction(body: str) -> Extraction:
    html = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><p>05/10/2022 08:30</p>{body}</body></html>"
    return extract(parse(html.encode(), "https://a.example/tin/x-1.html"), captured_at=NOW)


def lines(body: str) -> list[str]:
    found = extraction(body)
    assert found.article is not None, found.reason
    return found.article.text.split("\n")


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_body_that_stands_several_times_stands_once(form: str, times: int, layout: str) -> None:
    right = POEM if POEM[0] in form else TEXT
    assert lines(layout.format(form * times)) == list(right)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("first", ["p", "br", "single br", "boxes", "one box", "cells"])
@pytest.mark.parametrize("second", [FORMS["p"], FORMS["br"], FORMS["boxes"]], ids=["p", "br", "boxes"])
def test_the_second_may_be_in_another_form(first: str, second: str, layout: str) -> None:
    assert lines(layout.format(f"{FORMS[first]}<hr>{second}")) == list(TEXT)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_captions_between_do_not_matter(layout: str) -> None:
    once = "".join(f"<p>{text}</p>{CAPTION}" for text in TEXT)
    assert lines(layout.format(once + FORMS["p"])) == list(TEXT)
    assert lines(layout.format(FORMS["p"] + once)) == list(TEXT)
    pairs = "".join(f"<p>{text}</p>{CAPTION}<p>{text}</p>" for text in TEXT)
    assert lines(layout.format(pairs)) == list(TEXT)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("lead", ["<p><b>{0}</b></p><p>{0}</p>", "<p>{0}</p><p>{0}</p><p>{0}</p>", "{0}<br>{0}<br>"])
def test_a_lead_inside_the_body_stands_once(lead: str, layout: str) -> None:
    assert lines(layout.format(lead.format(LEAD) + FORMS["p"])) == [LEAD, *TEXT]


def test_a_lead_in_its_own_place_and_a_whole_body_twice() -> None:
    body = f"<p>{LEAD}</p>{FORMS['p'] * 2}"
    assert lines(f'<div class="hometext">{LEAD}</div><div id="news-bodyhtml">{body}</div>') == [LEAD, *TEXT]


def test_each_copy_is_recorded_with_its_reason_and_place() -> None:
    removed = [r for r in extraction(LAYOUTS["family"].format(FORMS["p"] * 2)).removed if r.reason == "repeat"]
    assert [r.text for r in removed] == list(TEXT)
    assert all(r.where.endswith("div#news-bodyhtml") for r in removed)


@pytest.mark.parametrize(
    "purpose",
    [
        ["Hò ơi, tre già măng mọc", TEXT[0], "Hò ơi, tre già măng mọc"],
        ["Họ và tên: ........................", "Xóm: ........................"] * 2,
        ["STT | Họ và tên", "1 | Tô Thị Nhâm", TEXT[0], "STT | Họ và tên", "1 | Tô Thị Nhâm"],
        ["Ngày thứ nhất", TEXT[0], "- Buổi sáng: vót nan", "Ngày thứ hai", TEXT[1], "- Buổi sáng: vót nan"],
        [TEXT[3], TEXT[3].replace("mười một", "11").replace("khóa đầu", "khóa 2"), TEXT[3].replace("mười một", "19")],
    ],
    ids=["refrain", "form", "tables", "days", "other figures"],
)
def test_what_repeats_on_purpose_stays(purpose: list[str]) -> None:
    rows = frozenset(i for i, text in enumerate(purpose) if " | " in text or text.startswith("- "))
    assert find_repeats(purpose, rows) == []


sentences = st.integers(0, 10**6).map(
    lambda n: (
        f"Câu số {n} kể chuyện nan thứ {n * 7 % 1000} trong chiếc nong mà bà con xóm Bưởi đan ở hiên nhà {n % 97}."
    )
)


@settings(max_examples=60, deadline=None)
@given(st.lists(sentences, min_size=1, max_size=12, unique=True), st.integers(0, 11), st.booleans())
def test_nothing_that_stands_once_is_lost_and_nothing_stands_twice(texts: list[str], at: int, doubled: bool) -> None:
    page = [*texts, *texts] if doubled else [*texts[: at + 1], *texts[at:]]
    repeats = set(find_repeats(page))
    left = [text for i, text in enumerate(page) if i not in repeats]
    assert set(left) == set(texts)
    if doubled:
        assert left == texts
