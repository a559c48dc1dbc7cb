"""What stays in a text and what goes: chrome, repeats, bylines. Prose that only sounds like chrome stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.extract import extract, parse
from archive.extract.byline import is_person, read_byline, read_labelled, tidy_author
from archive.extract.lexicon import find
from archive.extract.repeats import find_repeats
from archive.records import Article, PageKind

NOW = datetime(2024, 6, 1, tzinfo=UTC)
TITLE = "Xã Hồng Hải sửa xong đê quai trước mùa mưa bão"
P1 = "Sau bốn tháng thi công, đoạn đê quai dài 900 mét ở xã Hồng Hải đã hoàn thành, sớm hơn kế hoạch hai tuần."
P2 = "Nhân dân trong xã góp gần 3.000 ngày công đắp đất, trồng cỏ chống xói và dọn sạch lòng kênh phía trong đê."
P3 = "Xã giao cho mỗi thôn quản lý một đoạn, cử người đi tuần khi có báo bão và chuẩn bị sẵn bao tải, cọc tre."


def article(inner: str, head: str = "", url: str = "https://honghai.gov.vn/tin/sua-de-12.html") -> Article:
    html = f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1><div>{inner}</div></body></html>"
    found = extract(parse(html.encode(), url), captured_at=NOW)
    assert found.article is not None, f"{found.kind}: {found.reason}"
    return found.article


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def lines(*inner: str, **more: str) -> list[str]:
    return article("".join(inner), **more).text.split("\n")


@pytest.mark.parametrize(
    "prose",
    [
        "Thống kê của ngành thủy lợi cho thấy đoạn đê này từng vỡ hai lần trong mười năm, lần gần nhất vào năm 2012.",
        "Hôm nay, xã tổ chức lễ bàn giao công trình với sự có mặt của đông đảo bà con hai thôn ven biển.",
        "Liên hệ thực tế ở địa phương, nhiều ý kiến cho rằng cần nâng thêm cao trình mặt đê ở đoạn cuối.",
        "Theo chinhphu.vn, các địa phương ven biển phải hoàn thành tu bổ đê điều trước ngày 30 tháng 6 hằng năm.",
        "Tìm kiếm cứu nạn là nội dung được diễn tập đầu tiên, với tình huống thuyền của ngư dân bị lật gần cửa sông.",
        "Nội dung chia sẻ của các thôn tập trung vào cách huy động ngày công và công khai thu chi với nhân dân.",
        "Tin liên quan đến việc nâng phí thủy lợi là không đúng, lãnh đạo xã khẳng định trước cuộc họp thôn.",
        "Địa chỉ tin cậy mà bà con tìm đến khi có bão là nhà văn hóa thôn, nơi đã kê sẵn giường và dự trữ nước.",
    ],
)
def test_prose_with_words_of_the_lexicon_stays(prose: str) -> None:
    assert lines(paragraphs(P1, prose, P2)) == [P1, prose, P2]


@pytest.mark.parametrize(
    "chrome",
    [
        "<div>Đang truy cập285</div><div>Hôm nay46,111</div><div>Tổng lượt truy cập114,294,913</div>",
        "<div>Chia sẻ</div><div>In bài viết</div><div>A- A A+</div>",
        "<div>Tổng số điểm của bài viết là: 0 trong 0 đánh giá</div><div>Click để đánh giá bài viết</div>",
        '<div>Các tin khác</div><ul><li><a href="/1">Khánh thành cầu Bến Vạn</a> (02/03/2024 8:19 SA)</li></ul>',
        "<div>Ý kiến bạn đọc</div><div>Mã an toàn</div>",
        "<div>Địa chỉ: thôn Trung</div><div>Điện thoại: 0225 3 111 222</div><div>Email: xa@honghai.example</div>",
        "<div>Bạn đã không sử dụng Site, Bấm vào đây để duy trì trạng thái đăng nhập. Thời gian chờ: 60 giây</div>",
        '<p style="display:none">Câu này không hiện ra trước mắt người đọc của trang.</p>',
        "<p>dequai-2.jpg</p>",
    ],
)
def test_chrome_behind_the_text_goes(chrome: str) -> None:
    assert lines(paragraphs(P1, P2, P3), chrome) == [P1, P2, P3]


def test_one_phone_line_of_a_notice_is_content() -> None:
    call = "Điện thoại: 0225 3 111 222"
    assert lines(paragraphs(P1, P2, call)) == [P1, P2, call]


@pytest.mark.parametrize(
    "form",
    ["<p>{}</p><p>{}</p><p>{}</p>", "{}<br>{}<br><br>{}<br>", "<div><div>{}</div><div><div>{}</div>{}</div></div>"],
)
def test_a_body_that_stands_twice_stands_once(form: str) -> None:
    once = form.format(P1, P2, P3)
    assert lines(once, '<p><img src="a.jpg"></p>', once) == [P1, P2, P3]


def test_a_lead_that_stands_three_times_stands_once() -> None:
    assert lines(paragraphs(P1, P1, TITLE, P2, P3, P1)) == [P1, P2, P3]


def test_a_copy_with_small_differences_is_a_repeat() -> None:
    changed = P2.replace("gần 3.000", "gần 3.000 ").replace("trồng cỏ", "trồng  cỏ").replace("lòng kênh", "lòng mương")
    texts = [P1, P2 + " " + P3, P1, changed + " " + P3]
    assert find_repeats(texts) == [2, 3]


def test_what_repeats_on_purpose_stays() -> None:
    refrain = "Hò ơi, biển bạc quê ta"
    form = "Họ và tên người đề nghị: ...................."
    point = "a) Bảo đảm đủ lực lượng, phương tiện, vật tư, hậu cần tại chỗ theo phương án đã được phê duyệt hằng năm."
    texts = [refrain, P1, refrain, form, P2, form, point, P3, point]
    assert find_repeats(texts) == []
    other = P2.replace("3.000", "5.000")
    assert find_repeats([P1, P2, other]) == []  # other figures are another text


def test_paragraphs_rows_and_items_keep_their_shape() -> None:
    table = "<table><tr><th>Thôn</th><th>Mét</th></tr><tr><td>Trung</td><td>300</td></tr></table>"
    found = lines(paragraphs(P1), table, "<ul><li>Cọc tre</li><li>Bao tải</li></ul>", f"{P2}<br>{P3}")
    assert found == [P1, "Thôn | Mét", "Trung | 300", "- Cọc tre", "- Bao tải", P2, P3]


def test_text_is_nfc_and_without_invisible_characters() -> None:
    decomposed = (
        "Bê tông được đổ liền khối\u200b, \u00a0 mái đê lát đá hộc dày ba mươi xăng-ti-mét để chịu sóng.".replace(
            "ê", "e\u0302"
        )
    )
    assert "Bê tông được đổ liền khối, mái đê lát đá hộc" in article(paragraphs(P1, decomposed)).text


@pytest.mark.parametrize(
    ("line", "author", "source"),
    [
        ("Tác giả bài viết: Thu Trang", "Thu Trang", None),
        ("Tin, ảnh: Lò Văn Piếng", "Lò Văn Piếng", None),
        ("Bài, ảnh: Thanh Hà - Minh Tú", "Thanh Hà, Minh Tú", None),
        ("Lan Hương - Văn phòng HĐND và UBND huyện", "Lan Hương", None),
        ("Vũ Phượng", "Vũ Phượng", None),
        ("Nguồn: TTXVN", None, "TTXVN"),
        ("Nguồn tin: http://honghai.gov.vn", None, "http://honghai.gov.vn"),
        ("(Theo Báo Nhân Dân)", None, "Báo Nhân Dân"),
    ],
)
def test_bylines_are_read_and_leave_the_text(line: str, author: str | None, source: str | None) -> None:
    found = article(f'{paragraphs(P1, P2)}<p style="text-align:right">{line}</p>')
    assert (found.author, found.source) == (author, source)
    assert found.text.split("\n") == [P1, P2]


@pytest.mark.parametrize(
    "line",
    [
        "Theo kế hoạch, công trình được bảo hành trong hai năm.",
        "Hà Nội",
        "Ông Tạ Văn Đức - Chủ tịch UBND xã phát biểu",
        "Đông Sơn, ngày 24 tháng 6 năm 2022",
        "Nơi nhận",
    ],
)
def test_lines_of_text_are_no_bylines(line: str) -> None:
    assert read_byline(line, is_marked=False, is_last=True) is None


def test_accounts_and_sites_are_no_authors() -> None:
    assert tidy_author("admin") is None
    assert tidy_author("quantri01") is None
    assert tidy_author("http://honghai.gov.vn") is None
    labelled = read_labelled("Người đăng: quantri")
    assert labelled is not None
    assert labelled.author is None
    assert is_person("Kpă Thuyên")
    assert not is_person("Bắc Kạn")


def test_a_phrase_counts_as_a_line_or_a_label_only() -> None:
    whole, label = find("Ý kiến bạn đọc"), find("Tổng lượt truy cập114,294,913")
    assert whole is not None
    assert whole.is_whole
    assert label is not None
    assert label.kind == "counter"
    assert find("Tổng lượt truy cập của cả năm vượt xa dự tính ban đầu") is None
    assert find("Chia sẻ với bà con vùng lũ") is None


def test_a_heading_that_a_template_cut_off_is_made_whole() -> None:
    full = "Hội nghị giao ban công tác phòng chống thiên tai các xã ven biển năm 2024"
    head = f"<html><head><title>{full} - Xã</title></head>"
    html = f"{head}<body><h1>{full[:40]}...</h1><p>{P1}</p><p>{P2}</p></body></html>"
    found = extract(parse(html.encode(), "https://honghai.gov.vn/tin/giao-ban-9.html"), captured_at=NOW)
    assert found.kind is PageKind.ARTICLE
    assert found.article is not None
    assert found.article.title == full


@pytest.mark.parametrize(
    ("line", "author", "source"),
    [
        ("Bài, ảnh: Lan Hương - Vũ Phượng", "Lan Hương, Vũ Phượng", None),
        ("Tổng hợp: Thu Trang", "Thu Trang", None),
        ("Tin, ảnh: Hồng Hạnh (Đài TT-TH huyện)", "Hồng Hạnh", None),
        ("H'Yim", "H'Yim", None),
        ("(Trường Thọ)", "Trường Thọ", None),
        ("Trường Mầm non Hoa Sen", None, None),
        ("T.P", "T.P", None),
        ("Ban Biên tập", "Ban Biên tập", None),
        ("(Theo Báo Gia Lai)", None, "Báo Gia Lai"),
        ("Theo Nhân Dân điện tử", None, "Nhân Dân điện tử"),
        ("(TTXVN/Vietnam+)", None, "TTXVN/Vietnam+"),
        ("TM. ỦY BAN NHÂN DÂN", None, None),
        ("Người đăng: admin", None, None),
    ],
)
def test_what_a_line_behind_the_text_says(line: str, author: str | None, source: str | None) -> None:
    found = article(paragraphs(P1, P2, P3) + f'<p style="text-align:right"><b>{line}</b></p>')
    assert (found.author, found.source) == (author, source)


def test_links_between_paragraphs_do_not_cut_a_text_off() -> None:
    link = '<p>Xem thêm: <a href="/{0}">Thôn số {0} mở lớp học bơi cho trẻ em</a></p>'
    texts = [P1, P2, P3, P1.replace("bốn", "năm"), P2.replace("3.000", "400"), P3.replace("bão", "lũ")]
    pairs = zip(texts[::2], texts[1::2], strict=True)
    body = "".join(paragraphs(*pair) + link.format(number) for number, pair in enumerate(pairs))
    assert lines(body) == texts
