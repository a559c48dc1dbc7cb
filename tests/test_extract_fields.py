# ruff: noqa: E501 (markup has lines as long as those of real portals)
"""What looks like a date, an author, a category or a title and is none; what does not look like one and is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.extract import extract, parse
from archive.records import Article, PageKind

NOW = datetime(2026, 11, 27, tzinfo=UTC)
SITE = "UBND xã Lạch Cồn"
TITLE = "Xã Lạch Cồn mở chợ phiên trên bến vào mỗi sáng thứ bảy"
LEAD = "Chợ họp từ năm giờ sáng, bên gốc đa đầu bến."
TEXT = (
    "<p>Phiên đầu tiên có bốn mươi hai gian hàng của bà con trong xã, bán rau, cá đồng, mật ong và chiếu cói tự dệt.</p>"
    "<p>Ban quản lý chợ không thu phí trong ba tháng đầu; xe của khách từ xa đến được gửi ở sân đình, có người trông coi.</p>"
)


def article(body: str, title: str = TITLE) -> Article:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    found = extract(parse(html.encode(), "https://lc.example/tin/x"), captured_at=NOW)
    assert found.article is not None, found.reason
    return found.article


def test_the_clock_of_a_header_is_no_date() -> None:
    menu = "".join(f'<li><a href="/m{n}">Mục số {n} của xã</a></li>' for n in range(9))
    header = f'<div><span class="date">Thứ sáu, ngày 27/11/2026</span><ul>{menu}</ul></div>'
    assert article(f"{header}<div><div><h1>{TITLE}</h1>{TEXT}</div></div>").published_at is None


def test_a_place_in_the_head_of_a_document_is_no_author() -> None:
    head = (
        "<table><tr><td>ỦY BAN NHÂN DÂN XÃ HÀ NAM THƯỢNG</td><td>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</td></tr>"
        "<tr><td>Số: 12/QĐ-UBND</td><td>Hà Nam Thượng, ngày 06 tháng 05 năm 2014</td></tr></table>"
    )
    assert article(f"<h1>{TITLE}</h1>{head}{TEXT}").author is None


@pytest.mark.parametrize(
    ("crumbs", "category"),
    [
        ('<a href="/">Trang chủ</a> | <a href="/g">Giới thiệu</a> | <a href="/l">Liên hệ</a>', None),
        ('<a href="/">Trang chủ</a> | <a href="/t">Chợ và bến bãi</a>', "Chợ và bến bãi"),
        ('<a href="/">Trang chủ</a><span>/</span><a href="/t">Chợ và bến bãi</a>', "Chợ và bến bãi"),
        ('<a href="/">Trang chủ</a> / <a href="/t">Chợ và bến bãi</a> / ' + TITLE, "Chợ và bến bãi"),
    ],
    ids=["menu", "bars", "tight slash", "slashes and title"],
)
def test_breadcrumbs(crumbs: str, category: str | None) -> None:
    assert article(f"<div>{crumbs}</div><h1>{TITLE}</h1>{TEXT}").category == category


def test_the_number_of_a_document_makes_no_step_of_breadcrumbs() -> None:
    title = "Quyết định số 12/QĐ-UBND về việc mở chợ phiên trên bến"
    crumbs = f'<ul class="breadcrumb"><li><a href="/">Trang chủ</a></li><li><a href="/v">Văn bản</a></li><li>{title}</li></ul>'
    assert article(f"{crumbs}<h1>{title}</h1>{TEXT}", title).category == "Văn bản"


@pytest.mark.parametrize(
    ("heading", "called", "title", "date"),
    [
        (f"<b>{TITLE}</b> <font color=gray>(19/06/2005)</font>", SITE, TITLE, "2005-06-19"),
        (f"<span>{TITLE}</span> [Ngày: 19-06-2005 08:30]", f"{TITLE} | {SITE}", TITLE, "2005-06-19T08:30+07:00"),
        (f"<b>{TITLE} (19/06/2005)</b>", f"{TITLE} (19/06/2005)", f"{TITLE} (19/06/2005)", None),
    ],
    ids=["set apart", "not in the title of the page", "part of the title"],
)
def test_a_date_behind_a_title(heading: str, called: str, title: str, date: str | None) -> None:
    found = article(f"<table><tr><td><div>{heading}</div>{TEXT}</td></tr></table>", called)
    assert (found.title, found.published_at) == (title, date)


def test_a_short_lead_in_a_place_of_its_own_is_text() -> None:
    found = article(f"<div><span>{TITLE}</span><div><a href='?in'>In</a></div><div>{LEAD}</div><div>{TEXT}</div></div>")
    assert found.text.startswith(f"{LEAD}\nPhiên đầu tiên")


def test_an_office_behind_theo_is_the_source_where_it_stands_apart() -> None:
    found = article(f'<h1>{TITLE}</h1>{TEXT}<p style="text-align:right"><em>Theo Trung tâm Văn hóa huyện</em></p>')
    assert found.source == "Trung tâm Văn hóa huyện"
    assert "Theo Trung tâm" not in found.text


def test_the_button_of_a_file_is_no_text() -> None:
    file = '<div class="wp-block-file"><a href="/f.pdf">Quy chế chợ phiên</a><a class="wp-block-file__button" href="/f.pdf">Tải về</a></div>'
    found = article(
        f'<div class="entry-content"><h1>{TITLE}</h1>{TEXT}{file}{TEXT.replace("Phiên đầu", "Phiên sau")}</div>'
    )
    assert "Tải về" not in found.text


def test_a_banner_with_a_motto_is_no_article() -> None:
    entries = "".join(
        f'<div><img src="{n}.jpg"><div><a href="/b{n}">Bài viết thứ {n} về chợ phiên trên bến Lạch Cồn</a><p></p></div></div>'
        for n in range(8)
    )
    banner = (
        "<div>Cổng thông tin xã Lạch Cồn</div><div>Dân biết - Dân bàn - Dân làm - Dân kiểm tra - Dân thụ hưởng</div>"
    )
    html = f"<html><head><title>Cổng thông tin xã Lạch Cồn</title></head><body>{banner}{entries}</body></html>"
    found = extract(parse(html.encode(), "https://lc.example/?trang=2"), captured_at=NOW)
    assert found.kind is PageKind.LISTING, found.reason
