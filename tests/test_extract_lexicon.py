"""The lexicon of chrome: each phrase that prose uses too is a heading when alone, and a part of prose otherwise."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from archive.extract import extract, parse
from archive.extract.lexicon import find

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TITLE = "Thôn Đông họp bàn việc đắp bờ kênh phía sau chợ"
TEXT = (
    "Buổi họp ở sân kho kéo dài tới chín giờ tối, hộ nào cũng cử người tới nghe và góp ý kiến cho tổ đắp bờ.",
    "Tổ trưởng đọc từng khoản chi, từ tiền cọc tre, bao tải tới cơm nước cho những hôm làm thông trưa.",
    "Cuối buổi, mọi người thống nhất chia bờ kênh thành bảy đoạn, mỗi xóm nhận một đoạn gần nhà nhất.",
)
with (files("archive") / "data" / "boilerplate.csv").open(encoding="utf-8") as file:
    ROWS = [(row["phrase"], row["kind"], row["risk_in_body"]) for row in csv.DictReader(file)]
RISKY = sorted({phrase.rstrip(":") for phrase, _, risk in ROWS if risk == "high"})
LAYOUTS = (
    '<div id="news-bodyhtml" class="bodytext">{}</div>',  # a family's
    "<div><div>{}</div></div>",  # nobody's
)


MENU = '<ul class="menu"><li><a href="/">Trang chủ</a></li><li><a href="/tin-tuc/">Tin tức và sự kiện</a></li></ul>'


def lines(body: str) -> list[str]:
    html = f"<html><head><title>{TITLE}</title></head><body>{MENU}<h1>{TITLE}</h1>{body}</body></html>"
    found = extract(parse(html.encode(), "https://a.example/tin/x-1.html"), captured_at=NOW)
    assert found.article is not None, found.reason
    return found.article.text.split("\n")


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_the_lexicon_is_whole() -> None:
    kinds = {kind for _, kind, _ in ROWS}
    assert len(ROWS) == len({phrase for phrase, _, _ in ROWS}) > 350
    assert {"counter", "related", "share", "rating", "comment", "footer_agency", "meta_label"} <= kinds
    assert {risk for _, _, risk in ROWS} == {"low", "high"}


@pytest.mark.parametrize("layout", LAYOUTS, ids=["family", "unknown"])
@pytest.mark.parametrize("where", ["first", "inside", "short"])
def test_prose_that_contains_a_risky_phrase_survives(layout: str, where: str) -> None:
    for phrase in RISKY:
        small = phrase[0].lower() + phrase[1:]
        prose = {
            "first": f"{phrase} là điều bà con nói tới nhiều nhất trong buổi họp, vì năm ngoái chưa ai rành việc này.",
            "inside": f"Trong buổi họp tối qua ở sân kho, {small} được nhắc nhiều lần, ai cũng mong sớm có kết quả.",
            "short": f"Rồi tới chuyện {small} của xóm.",
        }[where]
        assert lines(layout.format(paragraphs(TEXT[0], prose, *TEXT[1:]))) == [TEXT[0], prose, *TEXT[1:]], phrase


@pytest.mark.parametrize("layout", LAYOUTS, ids=["family", "unknown"])
def test_a_risky_phrase_is_a_heading_of_the_text_when_text_follows(layout: str) -> None:
    for phrase in ("Nội dung", "Hướng dẫn", "Thông báo", "Liên hệ"):
        body = paragraphs(TEXT[0]) + f"<h3>{phrase}</h3>" + paragraphs(*TEXT[1:])
        assert lines(layout.format(body)) == [TEXT[0], phrase, *TEXT[1:]], phrase


@pytest.mark.parametrize("phrase", ["Tin khác", "Tin mới", "Xem thêm", "Văn bản liên quan", "Tiêu điểm"])
def test_a_risky_phrase_is_a_heading_of_chrome_when_links_follow(phrase: str) -> None:
    links = "".join(f'<li><a href="/{n}">Thôn số {n} mở lớp xóa mù chữ buổi tối</a></li>' for n in range(3))
    assert lines(LAYOUTS[1].format(f"{paragraphs(*TEXT)}<p>{phrase}</p><ul>{links}</ul>")) == list(TEXT)


def test_only_whole_lines_and_prefixes_with_a_value_are_found() -> None:
    assert find("Tổng lượt truy cập114,294,913") is not None
    assert find("Lượt xem: 120") is not None
    assert find("Lượt xem tăng gấp đôi sau một tuần") is None
    assert find("Hôm nay") is not None
    assert find("Hôm nay cả xóm đi đắp bờ") is None
    assert find("Họ và tên: ..............................") is None  # a form, to be filled in
