"""What stands in bodies and around them without being text: files, keywords, contents, signatures, unmarked teasers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.extract import extract, parse
from archive.extract.byline import is_signature
from archive.records import Article, Extraction

NOW = datetime(2026, 11, 27, tzinfo=UTC)
TITLE = "Xã Bãi Ngang mở lớp dạy đan lưới cho phụ nữ"
P1 = "Lớp học mở ba buổi mỗi tuần tại nhà văn hóa thôn, do hai nghệ nhân lớn tuổi trong làng đứng lớp."
P2 = "Sau hai tháng, ba mươi học viên đã tự đan được tấm lưới đầu tiên và bán cho chủ tàu ở bến cá."
OTHERS = (
    ("Bến cá Bãi Ngang có thêm kho đá lạnh", "Kho đá mới giúp ngư dân giữ cá tươi thêm hai ngày, không phải bán vội."),
    (
        "Học sinh làng chài học bơi trong dịp hè",
        "Sáu mươi em được dạy bơi miễn phí ở cửa lạch, có đoàn viên trông coi.",
    ),
    ("Trạm y tế khám mắt cho người cao tuổi", "Các bác sĩ của huyện khám cho một trăm cụ và phát kính cho người cần."),
)
TEASERS = "".join(f'<div><a href="/t{n}.html">{title}</a><p>{text}</p></div>' for n, (title, text) in enumerate(OTHERS))


def extraction(body: str, head: str = "", path: str = "/tin/dan-luoi-7.html") -> Extraction:
    html = f"<html><head><title>{TITLE}</title>{head}</head><body>{body}</body></html>"
    return extract(parse(html.encode(), f"https://bn.example{path}"), captured_at=NOW)


def article(inner: str, above: str = "") -> Article:
    found = extraction(f"{above}<h1>{TITLE}</h1><div>{inner}</div>")
    assert found.article is not None, found.reason
    return found.article


def lines(inner: str) -> list[str]:
    return article(inner).text.split("\n")


@pytest.mark.parametrize(
    "files",
    [
        '<p>File đính kèm: <a href="/f/ke-hoach.pdf">ke-hoach.pdf</a></p>',
        '<p>Tài liệu kèm theo:</p><p><a href="/f/a.doc">Mẫu đăng ký</a></p><p>(24 KB)</p>',
        '<div>Tệp đính kèm</div><ul><li><a href="/f/a.pdf">a.pdf</a></li><li><a href="/f/b.xlsx">b.xlsx</a></li></ul>',
    ],
)
def test_announced_files_are_no_text(files: str) -> None:
    found = extraction(f"<h1>{TITLE}</h1><div><p>{P1}</p><p>{P2}</p>{files}</div>")
    assert found.article is not None
    assert found.article.text.split("\n") == [P1, P2]
    assert found.attachments
    assert "attachment" in {removal.reason for removal in found.removed}


def test_a_list_of_enclosures_without_files_is_text() -> None:
    named = "Tài liệu kèm theo: Báo cáo kết quả lớp học và danh sách học viên."
    assert lines(f"<p>{P1}</p><p>{P2}</p><p>{named}</p>") == [P1, P2, named]


def test_a_file_that_the_text_mentions_stays() -> None:
    mention = "Mẫu đơn"
    told = f'<p>{P1}</p><p><a href="/f/don.pdf">{mention}</a></p><p>{P2}</p>'
    assert lines(told) == [P1, mention, P2]


def test_a_table_of_contents_goes_and_a_link_into_the_page_stays() -> None:
    contents = (
        '<div><p>Mục lục</p><ul><li><a href="#a">1 Lớp học</a></li><li><a href="#b">2 Kết quả</a></li></ul></div>'
    )
    note = '<p><a href="#n">(1)</a> Theo giá ở bến cá.</p>'
    assert lines(f"{contents}<p>{P1}</p><p>{P2}</p>{note}") == [P1, P2, "(1) Theo giá ở bến cá."]


def test_keywords_behind_the_text_go() -> None:
    links = '<h3>Từ khóa:</h3><div><a href="/k/1">lưới</a>, <a href="/k/2">làng nghề</a></div>'
    assert lines(f"<p>{P1}</p><p>{P2}</p>{links}") == [P1, P2]


def test_who_signs_a_document_is_not_its_author() -> None:
    signed = ("Nơi nhận:", "- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "(Đã ký)", "Lê Văn Mực")
    made = article(f"<p>{P1}</p><p>{P2}</p>" + "".join(f'<p align="right">{line}</p>' for line in signed))
    assert made.text.split("\n") == [P1, P2, *signed]
    assert made.author is None


@pytest.mark.parametrize("line", ["KT. GIÁM ĐỐC", "TL. BỘ TRƯỞNG", "HIỆU TRƯỞNG", "(Đã ký)", "CHÁNH VĂN PHÒNG"])
def test_signatures_are_known(line: str) -> None:
    assert is_signature(line)


@pytest.mark.parametrize(
    "line", ["Giám đốc Sở cho biết", "Vũ Phượng", "Lê Hà", "TM Hà", "CHỦ TỊCH XÃ TRAO QUÀ, THĂM HỘ NGHÈO"]
)
def test_names_and_sentences_are_no_signatures(line: str) -> None:
    assert not is_signature(line)


def test_what_a_document_calls_itself_stays() -> None:
    heading = '<p style="text-align:center"><b>THÔNG BÁO</b></p><p style="text-align:center"><b>Về việc mở lớp</b></p>'
    assert lines(f"{heading}<p>{P1}</p><p>{P2}</p>") == ["THÔNG BÁO", "Về việc mở lớp", P1, P2]


@pytest.mark.parametrize(
    ("header", "author"),
    [
        ("Viết bởi Super User", None),
        ("Được gửi bởi Trần Thị Lưới vào Thứ ba, 05/03/2024 - 09:10", "Trần Thị Lưới"),
        ("Thứ ba, 05/03/2024 - 09:10 — Trần Thị Lưới", "Trần Thị Lưới"),
        ("by admin | 05/03/2024 | Tin | 0 comments", None),
        ("Trần Thị Lưới", "Trần Thị Lưới"),
        ("Trần Thị Lưới 05/03/2024 120", "Trần Thị Lưới"),
    ],
)
def test_the_author_of_a_header_line(header: str, author: str | None) -> None:
    made = article(f"<div>{header}</div><div><p>{P1}</p><p>{P2}</p></div>")
    assert made.text.split("\n") == [P1, P2]
    assert made.author == author


def test_the_last_change_is_no_text_and_no_date() -> None:
    made = article(f"<p>{P1}</p><p>{P2}</p><p>Lần cập nhật cuối ( Thứ ba, 05 Tháng 3 2024 09:10 )</p>")
    assert made.text.split("\n") == [P1, P2]
    assert made.published_at is None


def test_the_clock_above_the_breadcrumbs_is_no_date() -> None:
    clock = "<div>Thứ sáu, ngày 27/11/2026</div>"
    crumbs = '<div><a href="/">Trang chủ</a> » <a href="/tin">Tin tức</a></div>'
    assert article(f"<p>{P1}</p><p>{P2}</p>", clock + crumbs).published_at is None
    assert article(f"<p>{P1}</p><p>{P2}</p>", crumbs + "<div>Thứ ba, 05/03/2024</div>").published_at == "2024-03-05"


def test_a_short_notice_beside_unmarked_teasers() -> None:
    notice = "Thứ bảy này lớp học nghỉ, mời chị em đến vào chủ nhật."
    body = f"<div><div><div>{TITLE}</div><div><div>{notice}</div></div></div><div>{TEASERS}</div></div>"
    found = extraction(body)
    assert found.article is not None, found.reason
    assert found.article.text == notice


def test_a_body_in_another_section_than_heading_and_lead() -> None:
    lead = "Nghề đan lưới của làng chài được truyền lại cho lớp trẻ, học viên vừa học vừa làm ra sản phẩm bán được."
    body = f"<section><h1>{TITLE}</h1><h2>{lead}</h2></section><section><div><div><p>{P1}</p><p>{P2}</p></div></div>"
    found = extraction(f"{body}<div><h4>Bài khác</h4>{TEASERS}</div></section>")
    assert found.article is not None
    assert found.article.text.split("\n") == [lead, P1, P2]


def test_all_teasers_of_a_list_of_related_articles_go() -> None:
    long = " Chuyện kể thêm rằng bà con đã chờ việc này suốt ba mùa cá, nay thấy thì mừng lắm." * 2
    related = "".join(
        f'<h3><a href="/t{n}.html">{title}</a></h3><p>{text}{long}</p>' for n, (title, text) in enumerate(OTHERS)
    )
    assert lines(f"<p>{P1}</p><p>{P2}</p><div>TIN LIÊN QUAN</div>{related}") == [P1, P2]


@pytest.mark.parametrize(
    ("path", "first", "title"),
    [
        ("/dan-luoi/2/", "/dan-luoi/", f"{TITLE} (trang 2)"),
        ("/dan-luoi.html?page=3", "/dan-luoi.html?", f"{TITLE} (trang 3)"),
        ("/dan-luoi/", "/dan-luoi/", TITLE),
        ("/tin/2024/", "/tin/", TITLE),
        ("/dan-luoi/2/", "/khac/", TITLE),
    ],
)
def test_a_part_of_an_article_says_which_one_it_is(path: str, first: str, title: str) -> None:
    parts = f'<div>Trang: <a href="{first}">1</a> <span class="current">2</span></div>'
    body = f'<h1 class="entry-title">{TITLE}</h1><div class="entry-content"><p>{P1}</p><p>{P2}</p>{parts}</div>'
    found = extraction(body, path=path)
    assert found.article is not None, found.reason
    assert found.article.title == title
    assert found.article.text.split("\n") == [P1, P2]


def test_who_signs_a_letter_is_not_its_author() -> None:
    closing = ("Thân ái,", "Lê Văn Mực", "Chủ tịch Ủy ban nhân dân xã Bãi Ngang")
    made = article(f"<p>{P1}</p><p>{P2}</p>" + "".join(f'<p align="right">{line}</p>' for line in closing))
    assert made.text.split("\n") == [P1, P2, *closing]
    assert made.author is None


def test_an_address_in_the_midst_of_a_notice_stays() -> None:
    address = ("Hội Phụ nữ xã Bãi Ngang", "Địa chỉ: thôn Trung", "Điện thoại: 0225 3 111 222", "Email: hpn@bn.example")
    told = (P1, "Đăng ký tại:", *address, "Hạn cuối là ngày 30/9.")
    assert lines("".join(f"<p>{line}</p>" for line in told)) == list(told)


def test_titles_of_other_articles_in_the_midst_of_a_text_go() -> None:
    box = "".join(f'<div><a href="/t{n}.html">{title}</a></div>' for n, (title, _) in enumerate(OTHERS[:2]))
    assert lines(f"<p>{P1}</p><div>{box}</div><p>{P2}</p>") == [P1, P2]
    announced = "Bạn đọc có thể xem lại hai bài về nghề của làng chài mà trang đã đăng:"
    titles = [title for title, _ in OTHERS[:2]]
    assert lines(f"<p>{P1}</p><p>{announced}</p><div>{box}</div><p>{P2}</p>") == [P1, announced, *titles, P2]


def test_text_goes_on_below_a_related_article() -> None:
    related = f'<p><b>Tin liên quan:</b></p><p><a href="/t.html">{OTHERS[0][0]}</a></p>'
    assert lines(f"<p>{P1}</p>{related}<p>{P2}</p><p>{OTHERS[1][1]}</p>") == [P1, P2, OTHERS[1][1]]


def test_the_title_again_below_the_lead_is_not_the_heading() -> None:
    lead = "Nghề đan lưới của làng chài được truyền lại cho lớp trẻ, học viên vừa học vừa làm ra sản phẩm bán được."
    header = f"<div>{TITLE}</div><div>Ngày đăng: 05/03/2024</div><div>{lead}</div>"
    found = extraction(f"<div>{header}<p><b>{TITLE}</b></p><p>{P1}</p><p>{P2}</p></div>")
    assert found.article is not None
    assert found.article.text.split("\n") == [lead, P1, P2]


def test_a_page_with_a_tag_in_its_address_is_an_article_where_its_text_outweighs_teasers() -> None:
    body = f"<h1>{TITLE}</h1><div><p>{P1} {P2}</p><p>{P2} {P1}</p></div><div>{TEASERS}</div>"
    found = extraction(body, path="/dan-luoi?tag=top")
    assert found.article is not None, found.reason


def test_labels_and_buttons_of_a_header_are_no_text() -> None:
    header = '<ul><li><a href="/in">In</a></li></ul><div>Chi tiết</div><div>Chuyên mục: Tin làng chài</div>'
    assert lines(f"{header}<p>{P1}</p><p>{P2}</p>") == [P1, P2]


def test_a_notice_below_buttons() -> None:
    notice = (
        "Kính gửi: các hộ dân trong thôn",
        "Lịch cắt nước như sau:",
        "- Từ 8 giờ đến 11 giờ",
        "- Xóm Trên và xóm Giữa",
    )
    told = "".join(f"<p>{line}</p>" for line in notice)
    side = f"<div><h3>Tin nổi bật</h3>{TEASERS}</div>"
    found = extraction(f'<div><div><h3>{TITLE}</h3><div><a href="/in">In</a></div><div>{told}</div></div>{side}</div>')
    assert found.article is not None, found.reason
    assert found.article.text.split("\n") == list(notice)
