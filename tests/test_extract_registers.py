"""Registers of documents are listings, whatever stands around their rows; the page of one document is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.extract import extract, parse
from archive.records import Extraction, PageKind

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SUBJECT = "Kế hoạch phòng chống thiên tai và tìm kiếm cứu nạn trên địa bàn xã Khe Rạ"
LONG_TEXT = "".join(
    f"<p>Năm {year}, mưa lớn kéo dài {year % 7 + 3} ngày làm sạt lở hai bên taluy của tuyến đường vào bản, nước suối"
    " dâng cao cuốn trôi cầu tạm và làm hư hại nhiều thửa ruộng; bà con đã góp công sửa lại trước vụ sau.</p>"
    for year in range(2019, 2025)
)
SEARCH = (
    "<form><label>Từ khóa</label><input name=k><label>Loại văn bản</label><select><option>Tất cả</option></select>"
    "<input type=submit value='Tìm kiếm'></form>"
)
HEAD = "<tr><th>STT</th><th>Số/Ký hiệu</th><th>Ngày ban hành</th><th>Trích yếu nội dung</th></tr>"
TEXT = (
    "<p>Ủy ban nhân dân xã Khe Rạ vừa ban hành nhiều kế hoạch để chủ động ứng phó với mùa mưa lũ năm nay, giao cho từng"
    " bản, từng tổ công tác và công bố công khai để bà con theo dõi.</p>"
)


def row(number: int) -> str:
    cells = (f"{number}", f"1{number}/KH", f"0{number}/05/2025", f"<a href='/{number}'>{SUBJECT}</a>")
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def entry(number: int) -> str:
    return (
        f"<div><div><a href='/{number}'>1{number}/KH</a></div><div>Ngày ban hành: 0{number}/05/2025</div>"
        f"<div>Trích yếu: {SUBJECT} năm 202{number}</div></div>"
    )


TABLE = f"<table>{HEAD}{''.join(map(row, range(1, 6)))}</table>"
ENTRIES = "".join(map(entry, range(1, 6)))


def read(body: str, title: str) -> Extraction:
    html = f"<title>{title}</title><body><div><h1>{title}</h1>{body}</div>"
    return extract(parse(html.encode(), "https://a.example/van-ban/1"), captured_at=NOW)


@pytest.mark.parametrize("documents", [TABLE, ENTRIES], ids=["table", "entries"])
@pytest.mark.parametrize("search", ["", SEARCH], ids=["bare", "below a form"])
@pytest.mark.parametrize("title", ["Văn bản", "Văn bản chỉ đạo điều hành của Ủy ban nhân dân xã"])
def test_a_register_is_a_listing(documents: str, search: str, title: str) -> None:
    found = read(search + documents, title)
    assert found.kind is PageKind.LISTING, found.reason


def test_a_table_of_documents_below_text_belongs_to_the_article() -> None:
    found = read(TEXT + TABLE, "Xã Khe Rạ ban hành các kế hoạch phòng chống thiên tai năm 2025")
    assert found.article is not None
    assert "1 | 11/KH | 01/05/2025" in found.article.text


def test_the_page_of_one_document_is_an_article() -> None:
    fields = (("Số ký hiệu", "18/KH-UBND"), ("Ngày ban hành", "05/05/2025"), ("Trích yếu", SUBJECT), ("Người ký", "A"))
    found = read("<table>" + "".join(f"<tr><td>{k}</td><td>{v}</td></tr>" for k, v in fields) + "</table>", SUBJECT)
    assert found.article is not None
    assert found.article.title == SUBJECT


def page_with_title_far_above(text: str, title: str) -> Extraction:
    links = "".join(
        f"<li><a href='/tin/{n}'>Xã Nà Pheo ra quân làm đường vào bản lần thứ {n}</a></li>" for n in range(8)
    )
    html = f"<title>{title}</title><body><h1>{title}</h1><div><h3>Tin mới</h3><ul>{links}</ul></div><div>{text}</div>"
    return extract(parse(html.encode(), "https://a.example/tin/1"), captured_at=NOW)


def test_text_far_below_the_heading_that_the_page_is_called_by_is_an_articles() -> None:
    found = page_with_title_far_above(LONG_TEXT, "Xã Khe Rạ ban hành các kế hoạch phòng chống thiên tai năm 2025")
    assert found.article is not None, found.reason


def test_text_below_the_name_of_a_site_or_a_category_makes_no_article() -> None:
    for name in ("Cổng thông tin điện tử xã Khe Rạ huyện Mường Ải", "Tin tức sự kiện"):
        found = page_with_title_far_above(LONG_TEXT, name)
        assert found.kind is PageKind.LISTING, found.reason
