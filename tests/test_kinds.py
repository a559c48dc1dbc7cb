"""What a page is when it is not what was asked for: challenges, refusals, notices, shells, errors, injected spam."""
# ruff: noqa: E501 (pages as servers write them)

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.extract import extract, parse
from archive.records import Extraction, PageKind

NOW = datetime(2024, 6, 1, tzinfo=UTC)
URL = "https://vidu.gov.vn/tin-tuc/hop-ban-chuyen-lam-duong-120.html"
MENU = '<ul class="menu"><li><a href="/">Trang chủ</a></li><li><a href="/tin-tuc/">Tin tức và sự kiện</a></li></ul>'
FOOTER = '<div class="footer">Cổng thông tin xã Khe Rạ. Địa chỉ: thôn Đông, xã Khe Rạ. Điện thoại: 0209 3870 001</div>'


def judged(body: str, *, title: str = "", url: str = URL, head: str = "") -> Extraction:
    page = (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{body}</body></html>"
    )
    return extract(parse(page.encode(), url), captured_at=NOW)


def framed(title: str, *paragraphs: str, links: str = "") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"{MENU}<div><h1>{title}</h1><p>05/10/2022 08:30</p>{text}{links}</div>{FOOTER}"


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        (
            PageKind.CHALLENGE,
            '<html><body><script>document.cookie="D7K="+"9f31ab"+"; path=/";window.location.reload(true);</script></body></html>',
        ),
        (
            PageKind.CHALLENGE,
            "<html><head><title>Just a moment...</title></head><body><h1>vidu.gov.vn</h1>"
            "<p>Checking if the site connection is secure</p><script src=/cdn-cgi/challenge-platform/h/b.js></script></body></html>",
        ),
        (
            PageKind.CHALLENGE,
            "<html><head><title>Kiểm tra an toàn</title></head><body><p>Vui lòng xác nhận bạn không phải là người máy</p>"
            "<div class=g-recaptcha></div><script src=https://www.google.com/recaptcha/api.js></script></body></html>",
        ),
        (
            PageKind.CHALLENGE,
            "<html><body><script>var a=toNumbers('0a1b');document.cookie='__test='+toHex(slowAES.decrypt(a));"
            "location.href='/?i=1';</script>This site requires Javascript</body></html>",
        ),
        (
            PageKind.BLOCKED,
            "<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. Please consult with "
            "your administrator.<br><br>Your support ID is: 1234567890123456789<br><a href='javascript:history.back();'>"
            "[Go Back]</a></body></html>",
        ),
        (PageKind.BLOCKED, "<html><head><title>Access denied</title></head><body><h1>Access denied</h1></body></html>"),
        (
            PageKind.BLOCKED,
            "<html><head><title>Thông báo</title></head><body><h2>Tường lửa đã chặn yêu cầu của bạn</h2>"
            "<p>Mã sự cố: 8842-17. Liên hệ quản trị viên nếu đây là nhầm lẫn.</p></body></html>",
        ),
        (
            PageKind.MAINTENANCE,
            "<html><head><title>Cổng thông tin điện tử</title></head><body><img src=/logo.png><h1>Hệ thống đang bảo trì</h1>"
            "<p>Xin quý vị vui lòng quay lại sau 22 giờ hôm nay.</p></body></html>",
        ),
        (
            PageKind.SHELL,
            "<html><head><title>Cổng dữ liệu</title></head><body><noscript>Cần bật JavaScript.</noscript><div id=root></div>"
            "<script src=/static/js/main.4f2a.js></script></body></html>",
        ),
        (
            PageKind.SHELL,
            f"<html><head><title>Tin</title></head><body><p>Đang tải…</p><script>{'var x=1;' * 600}</script></body></html>",
        ),
        (PageKind.HOME_REDIRECT, "<html><head><meta http-equiv=refresh content='0; url=/'></head><body></body></html>"),
        (PageKind.HOME_REDIRECT, "<html><body><script>window.location.href = '/trang-chu';</script></body></html>"),
        (PageKind.REDIRECT, "<html><body><script>location.replace('/vi/tin-tuc/120.html')</script></body></html>"),
        (PageKind.EMPTY, "<html><body><p>Tin tức</p></body></html>"),
    ],
)
def test_what_a_server_sends_instead_of_a_page(kind: PageKind, page: str) -> None:
    found = extract(parse(page.encode(), URL), captured_at=NOW)
    assert (found.kind, found.article) == (kind, None), found.reason
    assert found.reason


@pytest.mark.parametrize(
    "line",
    [
        "Bài viết này không tồn tại hoặc đã bị xóa khỏi hệ thống.",
        "Rất tiếc, trang bạn tìm hiện không còn tồn tại.",
        "Không tìm thấy nội dung theo yêu cầu.",
        "Đường dẫn đã bị thay đổi, mời quý khách quay về trang chủ.",
    ],
)
def test_a_page_that_says_that_it_is_not_there(line: str) -> None:
    assert judged(framed("Thông báo", line)).kind is PageKind.SOFT_404


def test_the_error_page_of_sharepoint() -> None:
    url = "https://vidu.gov.vn/Pages/PageNotFoundError.aspx?requestUrl=https://vidu.gov.vn/portal/Pages/tin.aspx"
    assert judged(f"{MENU}<p>Rất tiếc.</p>{FOOTER}", url=url).kind is PageKind.SOFT_404


@pytest.mark.parametrize(
    ("title", "paragraphs"),
    [
        (
            "Thông báo bảo trì hệ thống dịch vụ công",
            (
                "Từ 20 giờ ngày 5/10/2022 hệ thống dịch vụ công trực tuyến của xã tạm ngừng hoạt động để nâng cấp máy chủ.",
                "Bà con có hồ sơ gấp xin đến trực tiếp bộ phận một cửa từ 7 giờ 30 đến 11 giờ.",
            ),
        ),
        (
            "Xử lý hồ sơ xin cấp đất không tồn tại trên bản đồ",
            ("Đoàn kiểm tra kết luận thửa đất số 12 không tồn tại trên thực địa, hồ sơ được trả lại cho người nộp.",),
        ),
        (
            "Cảnh báo website giả mạo bị từ chối truy cập",
            ("Công an xã lưu ý bà con: khi thấy thông báo truy cập bị từ chối trên trang lạ thì không nhập mật khẩu.",),
        ),
    ],
)
def test_articles_about_errors_are_articles(title: str, paragraphs: tuple[str, ...]) -> None:
    found = judged(framed(title, *paragraphs), title=title)
    assert found.kind is PageKind.ARTICLE, found.reason


_SPAM = (
    "KU88VIN là nhà cái uy tín nhất, nơi người chơi trải nghiệm tài xỉu, nổ hũ và bắn cá đổi thưởng mỗi ngày.",
    "Đăng ký ngay hôm nay để nhận khuyến mãi nạp đầu, tỷ lệ kèo nhà cái cao, rút tiền trong hai phút.",
    "Kho game slot game, xóc đĩa, lô đề và casino trực tuyến với giao diện đẹp, hỗ trợ 24/7.",
)


def test_injected_gambling_pages_are_kept_apart() -> None:
    found = judged(framed("KU88VIN - Trang chủ chính thức nhà cái số 1", *_SPAM))
    assert found.kind is PageKind.SPAM
    assert found.article is None
    assert "names of games" in found.reason


def test_a_page_that_links_to_gambling_sites_is_kept_apart() -> None:
    links = '<p><a href="https://nhacai-vidu88.example/vao">Link vào mới nhất</a></p>'
    said = (
        "Cá cược thể thao hôm nay có kèo thơm, tặng 100k cho hội viên mới.",
        "Tải app để đặt cược nhanh hơn, soi kèo miễn phí.",
    )
    assert judged(framed("Kèo bóng đá tối nay", *said, links=links)).kind is PageKind.SPAM


@pytest.mark.parametrize(
    ("title", "paragraphs"),
    [
        (
            "Công an huyện triệt phá đường dây cá độ bóng đá qua mạng",
            (
                "Ngày 4/10, Công an huyện bắt giữ sáu đối tượng tổ chức đánh bạc dưới hình thức cá độ bóng đá, tài xỉu, xóc đĩa.",
                "Các đối tượng lập tài khoản trên trang kubet và fun88 để làm nhà cái cho con bạc trong vùng đặt cược.",
                "Cơ quan điều tra đã khởi tố vụ án, khởi tố bị can và tiếp tục mở rộng chuyên án.",
            ),
        ),
        (
            "Cảnh báo quảng cáo nhà cái, nổ hũ, tài xỉu nhắm vào học sinh",
            (
                "Nhà trường đề nghị phụ huynh cảnh giác với quảng cáo game bài đổi thưởng, nổ hũ, bắn cá, casino trực tuyến.",
                "Người chơi bị dụ nạp tiền, đăng ký tài khoản để nhận khuyến mãi rồi bị lừa đảo; đây là hành vi đánh bạc trái phép.",
            ),
        ),
        (
            "Góp ý dự án khu nghỉ dưỡng có casino",
            (
                "Hội nghị bàn về khu nghỉ dưỡng phức hợp có casino, với yêu cầu tạo trải nghiệm đẳng cấp cho du khách.",
                "Nhà đầu tư cam kết casino chỉ mở cho người chơi đủ điều kiện theo quy định, khuyến mãi phải đăng ký trước.",
                "Vị trí casino cách khu dân cư ba cây số; tỉnh sẽ lấy ý kiến bà con về casino trong tháng tới.",
                "Nhiều đại biểu hỏi về đường vào casino và nước thải của cả khu.",
            ),
        ),
    ],
)
def test_officials_write_about_gambling_too(title: str, paragraphs: tuple[str, ...]) -> None:
    found = judged(framed(title, *paragraphs), title=title)
    assert found.kind is PageKind.ARTICLE, found.reason


HEADLINES = "".join(
    f'<li><a href="/tin/bai-{n}.html">Bà con thôn Đông góp công sửa đoạn kênh số {n}</a></li>' for n in range(8)
)
TEASERS = "".join(
    f'<div><a href="/tin/bai-{n}.html">Xã họp bàn việc trồng cây đợt {n} trong năm nay</a><p>Sáng {n}/5 xã họp với các '
    "thôn, bàn chỗ lấy giống và cách chia công cho từng hộ dân trong vùng.</p></div>"
    for n in range(4)
)
LINE = "Từ ngày mai trạm bơm thôn Đông nghỉ hai hôm để thay máy."
SITE = "Cổng thông tin xã Khe Rạ"


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Thông báo lịch nghỉ của trạm bơm thôn Đông", f"<h1>Thông báo lịch nghỉ của trạm bơm thôn Đông</h1><p>{LINE}</p><ul>{HEADLINES}</ul>"),
        (SITE, f"<div>{SITE}</div>{MENU}<div>Thông báo lịch nghỉ của trạm bơm thôn Đông</div><div>05/10/2022</div><p>{LINE} Bà con trữ nước từ hôm nay nhé.</p><ul>{HEADLINES}</ul>"),
        (SITE, f"{MENU}{TEASERS}<div>Trang chủ » Y tế</div><div>Thông báo lịch nghỉ của trạm bơm thôn Đông</div><div>05/10/2022 08:30</div><div>{LINE} Bà con trữ nước từ hôm nay nhé.</div>"),
        ("Lịch nghỉ của trạm bơm thôn Đông tuần này", f'<h1><a href="#">Lịch nghỉ của trạm bơm thôn Đông tuần này</a></h1><p>{LINE} Bà con trữ nước từ hôm nay nhé.</p>{TEASERS}'),
    ],
)  # fmt: skip
def test_short_articles_without_classes_beside_long_lists(title: str, body: str) -> None:
    found = judged(body + FOOTER, title=title)
    assert found.kind is PageKind.ARTICLE, found.reason


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Tin tức", f"<h1>Tin tức</h1>{TEASERS}"),
        ("Tin tức", f"<h1>Tin tức</h1><p>Chuyện trong xã và các thôn, cập nhật hằng ngày cho bà con.</p>{TEASERS}"),
        ("Tin tức - Xã Khe Rạ", f"<ul>{HEADLINES}</ul>"),
        ("Văn hóa | Trung tâm của huyện Khe Rạ", '<h1>Văn hóa</h1><h2><a href="/a-1">Thông báo lịch nghỉ của trạm bơm</a></h2><div>By bt, 31/7/2022</div><p>Thông báo lịch nghỉ của trạm bơm thôn Đông</p><h2><a href="/a-2">Đội văn nghệ thôn Đoài tập múa</a></h2>'),
        (SITE, "<div>Thông báo</div><table><tr><th>Số ký hiệu</th><th>Ngày ban hành</th><th>Trích yếu</th></tr>" + "".join(f'<tr><td><a href="/vb/{n}">{n}/QĐ-UBND</a></td><td>0{n + 1}/02/2022</td><td>Quyết định giao chỉ tiêu thu quỹ khuyến học cho các thôn trong xã đợt {n}</td></tr>' for n in range(9)) + "</table>"),
        ("Hoạt động của lãnh đạo", f"{TEASERS}<h1>Hoạt động của lãnh đạo</h1><p>Chưa có bài viết nào trong chuyên mục này.</p>"),
        ("Chuyển đổi số", "<h1>Chuyển đổi số</h1><p>Nội dung đang được cập nhật.</p>"),
    ],
)  # fmt: skip
def test_listings_without_classes(title: str, body: str) -> None:
    found = judged(MENU + body + FOOTER, title=title, url="https://vidu.gov.vn/chuyen-de/12")
    assert found.kind is PageKind.LISTING, found.reason


WORDPRESS = '<meta name="generator" content="WordPress 6.1">'
TEXT = (
    "<p>Sáng 5/10, xã Khe Rạ mở lại chợ phiên sau hai năm sửa chữa. Bà con mười hai thôn mang hàng đến từ sớm.</p>" * 3
)


def styled(classes: str, main: str, *, head: str = "", url: str = URL) -> Extraction:
    page = (
        f"<!DOCTYPE html><html><head><meta charset=utf-8><title>Xã Khe Rạ mở lại chợ phiên</title>{head}</head>"
        f'<body class="{classes}">{MENU}<main>{main}</main>{FOOTER}</body></html>'
    )
    return extract(parse(page.encode(), url), captured_at=NOW)


@pytest.mark.parametrize(
    ("kind", "classes", "head"),
    [
        (PageKind.ARTICLE, "home", ""),  # a template that calls every page so, and has an element of WordPress' name
        (PageKind.LISTING, "home blog wp-embed-responsive", ""),
        (PageKind.LISTING, "home", WORDPRESS),
        (PageKind.ARTICLE, "post-template-default single single-post postid-7", WORDPRESS),
        (PageKind.OTHER, "attachment attachment-template-default single single-attachment postid-8", WORDPRESS),
    ],
)
def test_classes_of_a_body_settle_what_a_page_is_where_the_cms_wrote_them(
    kind: PageKind, classes: str, head: str
) -> None:
    main = f'<h1 class="entry-title">Xã Khe Rạ mở lại chợ phiên</h1><div class="entry-content">{TEXT}</div>'
    assert styled(classes, main, head=head).kind is kind


@pytest.mark.parametrize(
    ("href", "kind"),
    [
        (URL, PageKind.ARTICLE),
        ("hop-ban-chuyen-lam-duong-120.html#noi-dung", PageKind.ARTICLE),
        ("//www.vidu.gov.vn/tin-tuc/hop-ban-chuyen-lam-duong-120.html", PageKind.ARTICLE),
        ("http://[", PageKind.OTHER),
        ("/tin-tuc/bai-khac-121.html", PageKind.OTHER),
    ],
)
def test_a_heading_that_links_to_its_own_page_is_the_heading_of_an_article(href: str, kind: PageKind) -> None:
    main = f'<article><header><h2><a href="{href}">Xã Khe Rạ mở lại chợ phiên</a></h2></header>{TEXT}</article>'
    assert styled("", main).kind is kind


def entry(number: int, paragraphs: int = 1) -> str:
    return (
        f'<article><h1><a href="/bai-{number}.html">Xã Khe Rạ mở phiên chợ thứ {number} trong năm</a></h1><ul>'
        + "<li>bởi Ban biên tập</li><li>trong Tin tức</li><li>thẻ: chợ</li><li>05/10/2022</li></ul>"
        + f"<p>Phiên chợ thứ {number} có hơn một trăm gian hàng của bà con mười hai thôn, đông hơn phiên trước.</p>"
        * paragraphs
        + "</article>"
    )


def test_headings_that_link_elsewhere_each_with_text_below_are_a_listing() -> None:
    whole = entry(1, 9) + "<h1>Bài khác</h1>" + entry(2) + entry(3)  # the newest in full
    assert styled("", whole).kind is PageKind.LISTING
    assert styled("", "".join(map(entry, range(1, 6)))).kind is PageKind.LISTING


def test_an_article_with_others_below_it_is_an_article() -> None:
    others = "".join(map(entry, range(1, 4)))
    assert (
        styled("", f"<h1>Xã Khe Rạ mở lại chợ phiên</h1>{TEXT * 3}<h2>Bài khác</h2>{others}").kind is PageKind.ARTICLE
    )
    own = f'<h1><a href="{URL}">Xã Khe Rạ mở lại chợ phiên</a></h1>{TEXT * 3}'
    assert styled("", own + others).kind is PageKind.ARTICLE


def test_a_notice_of_one_sentence_below_its_file_is_an_article_and_a_teaser_a_list() -> None:
    heading = "<h1>Hướng dẫn tạm thời phòng bệnh tay chân miệng trong trường học vùng cao</h1>"
    file = '<p><a href="/tep/QD_41_phong-benh.pdf">QD_41_phong-benh-tay-chan-mieng.pdf</a></p>'
    link = '<p><a href="/y-te/bai-41.html">Trạm y tế xã Khe Rạ hướng dẫn phòng bệnh</a></p>'
    sentence = "<p>Trạm y tế gửi các trường văn bản hướng dẫn phòng bệnh tay chân miệng trong năm học mới.</p>"
    says_article = '<meta property="og:type" content="article">'
    assert judged(MENU + heading + file + sentence).kind is PageKind.ARTICLE
    assert judged(MENU + heading + link + sentence, head=says_article).kind is PageKind.ARTICLE
    assert judged(MENU + heading + link + sentence).kind is PageKind.LISTING


def test_a_banner_that_links_home_is_no_entry_of_a_list() -> None:
    related = "".join(map(entry, range(1, 4))).replace("h1>", "h3>").replace("<h1", "<h3")
    page = f'<h1><a href="/">Cổng thông tin điện tử xã Khe Rạ</a></h1><span>Tin</span>{TEXT * 4}{related}'
    assert judged(page, title="Chi tiết").kind is PageKind.ARTICLE


@pytest.mark.parametrize(
    ("kind", "title", "url"),
    [
        (PageKind.OTHER, "Giới thiệu chung", URL),
        (PageKind.OTHER, "Xã Khe Rạ bên dòng Nậm Rạ", "https://vidu.gov.vn/gioi-thieu.html"),
        (PageKind.ARTICLE, "Giới thiệu chung về đề án khôi phục chợ phiên", URL),
        (PageKind.ARTICLE, "Xã Khe Rạ bên dòng Nậm Rạ", "https://vidu.gov.vn/gioi-thieu-sach-moi-12.html"),
    ],
)
def test_what_an_agency_says_of_itself_is_no_article(kind: PageKind, title: str, url: str) -> None:
    assert judged(framed(title, *[TEXT] * 2), title=title, url=url).kind is kind


def test_an_empty_page_of_a_list_is_no_article() -> None:
    sorts = '<a href="?sap=ten">Theo tên</a><a href="?sap=xem">Theo lượt xem</a>'
    page = f'{MENU}<h1>Văn hóa - Xã hội</h1>{sorts}<div class="paging"><a href="?trang=1">1</a></div>{FOOTER}'
    assert (
        judged(page, title="Văn hóa - Xã hội", url="https://vidu.gov.vn/van-hoa/?trang=99").kind is not PageKind.ARTICLE
    )
