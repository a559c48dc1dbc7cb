"""Addresses: canonical form, identity, refusals, scope."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from w3lib.url import safe_url_string

from crawler.urls import canonical, host_of, identity, in_scope, page_key, redirect_target, refusal

BASE = "https://sonoivu.vidu.gov.vn/tin-tuc/hoat-dong/bai-viet-12.html?page=2"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        # relative forms
        ("bai-13.html", "https://sonoivu.vidu.gov.vn/tin-tuc/hoat-dong/bai-13.html"),
        ("./bai-13.html", "https://sonoivu.vidu.gov.vn/tin-tuc/hoat-dong/bai-13.html"),
        ("../van-ban/", "https://sonoivu.vidu.gov.vn/tin-tuc/van-ban/"),
        ("../../../../a", "https://sonoivu.vidu.gov.vn/a"),
        ("..", "https://sonoivu.vidu.gov.vn/tin-tuc/"),
        ("%2e%2e/a", "https://sonoivu.vidu.gov.vn/tin-tuc/a"),
        ("/a/b/../c", "https://sonoivu.vidu.gov.vn/a/c"),
        ("//vidu.gov.vn/x", "https://vidu.gov.vn/x"),
        ("?page=3", "https://sonoivu.vidu.gov.vn/tin-tuc/hoat-dong/bai-viet-12.html?page=3"),
        ("?", "https://sonoivu.vidu.gov.vn/tin-tuc/hoat-dong/bai-viet-12.html"),
        ("", BASE),
        ("#cuoi-trang", BASE),
        # what browsers take off
        ("  /a\n ", "https://sonoivu.vidu.gov.vn/a"),
        ("/a\tb\r\n/c", "https://sonoivu.vidu.gov.vn/ab/c"),
        ("\\tin\\bai.html", "https://sonoivu.vidu.gov.vn/tin/bai.html"),
        # written by hand without a scheme
        ("www.vidu.gov.vn/tin", "http://www.vidu.gov.vn/tin"),
        ("www.vidu.gov.vn", "http://www.vidu.gov.vn/"),
        # host and port
        ("HTTP://WWW.ViDu.GOV.VN", "http://www.vidu.gov.vn/"),
        ("http://vidu.gov.vn:80/", "http://vidu.gov.vn/"),
        ("https://vidu.gov.vn:443", "https://vidu.gov.vn/"),
        ("https://vidu.gov.vn:80/", "https://vidu.gov.vn:80/"),
        ("http://vidu.gov.vn:08080/a", "http://vidu.gov.vn:8080/a"),
        ("http://vidu.gov.vn./a", "http://vidu.gov.vn/a"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
        ("http://thôngtin.vn/", "http://xn--thngtin-u0a.vn/"),
        # path: octets stay, the rest is encoded
        ("/A%CC%89nh-1.html", "https://sonoivu.vidu.gov.vn/A%CC%89nh-1.html"),
        ("/%c3%a1.html", "https://sonoivu.vidu.gov.vn/%c3%a1.html"),
        ("/tin tức/A\u0309nh", "https://sonoivu.vidu.gov.vn/tin%20t%E1%BB%A9c/A%CC%89nh"),
        ("/giam-50%.html", "https://sonoivu.vidu.gov.vn/giam-50%.html"),
        ("/a//b/", "https://sonoivu.vidu.gov.vn/a//b/"),
        ("/Trang-Chu.ASPX", "https://sonoivu.vidu.gov.vn/Trang-Chu.ASPX"),
        # query: as written, unknown keys kept
        ("/x?b=2&a=1", "https://sonoivu.vidu.gov.vn/x?b=2&a=1"),
        ("/x?a=2&a=1", "https://sonoivu.vidu.gov.vn/x?a=2&a=1"),
        ("/x?b=&&c", "https://sonoivu.vidu.gov.vn/x?b=&c"),
        ("/x?a=1&amp;b=2", "https://sonoivu.vidu.gov.vn/x?a=1&b=2"),
        ("/x?q=xã%20hội", "https://sonoivu.vidu.gov.vn/x?q=x%C3%A3%20h%E1%BB%99i"),
        ("/chi-tiet?/ten-bai/7803", "https://sonoivu.vidu.gov.vn/chi-tiet?/ten-bai/7803"),
    ],
)
def test_canonical_is_the_address_meant(href: str, expected: str) -> None:
    assert canonical(href, BASE) == expected


@pytest.mark.parametrize(
    "href",
    [
        "mailto:vanthu@vidu.gov.vn",
        "javascript:void(0)",
        "JavaScript:;",
        "java\nscript:alert(1)",
        "tel:02093870000",
        "data:text/html,x",
        "ftp://vidu.gov.vn/x",
        "http://",
        "http:///a",
        "http:tin-tuc",
        "http://http://vidu.gov.vn/a",
        "http://vidu.gov.vn@evil.example/",
        "http://user:secret@vidu.gov.vn/",
        "http://vidu.gov.vn:0/",
        "http://vidu.gov.vn:99999/",
        "http://vidu.gov.vn:8o/",
        "http://vidu..gov.vn/",
        "http://vidu gov vn/",
        "http://[::1/",
        "http://%76idu.gov.vn/",
        "http://" + "a" * 300 + ".vn/",
        "/" + "a" * 2001,
        "/" + "ế" * 700,  # 6,300 characters when encoded
        "/\ud800",
    ],
)
def test_canonical_is_none_where_nothing_can_be_fetched(href: str) -> None:
    assert canonical(href, BASE) is None


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/đối-thoại.html".encode().decode("latin-1"), "http://vidu.gov.vn/%C4%91%E1%BB%91i-tho%E1%BA%A1i.html"),
        ("/caf\xe9.html", "http://vidu.gov.vn/caf%C3%A9.html"),
        ("/a%20b.html", "http://vidu.gov.vn/a%20b.html"),
        ("", None),
        ("http://[::bad/", None),
    ],
)
def test_a_redirect_may_be_written_in_utf_8(location: str, target: str | None) -> None:
    assert redirect_target(location, "http://vidu.gov.vn/x") == target


def test_a_relative_address_needs_a_base_that_is_one() -> None:
    assert canonical("/a") is None
    assert canonical("/a", "mailto:x@vidu.gov.vn") is None
    assert canonical("http://vidu.gov.vn/a", "mailto:x@vidu.gov.vn") == "http://vidu.gov.vn/a"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("/a;jsessionid=0A1B2C?x=1", "/a?x=1"),
        ("/a.do;JSESSIONID=0A1B", "/a.do"),
        ("/(S(lit3py55t21z5v55vlm25s55))/tin/Default.aspx", "/tin/Default.aspx"),
        ("/x?PHPSESSID=4f2b7c&id=3", "/x?id=3"),
        ("/x?sid=9f8e7d6c5b4a39281706f5e4d3c2b1a0&id=3", "/x?id=3"),
        ("/modules.php?name=News&sid=1204", "/modules.php?name=News&sid=1204"),
        ("/x?utm_source=zalo&UTM_Medium=oa&fbclid=Iw&gclid=1&zarsrc=30", "/x"),
        ("/bai-12.html?nvvithemever=m&nv_redirect=aHR0cHM6", "/bai-12.html"),
        ("/x?page=0", "/x"),
        ("/x?page=1", "/x?page=1"),
        ("/tin?pageindex=0", "/tin"),
        # Liferay
        (
            "/web/guest/tin?p_p_id=101_INSTANCE_ab&p_p_lifecycle=0&p_p_state=normal&p_p_mode=view&p_p_col_id=column-2"
            "&p_p_col_count=1&_101_INSTANCE_ab_keywords=&_101_INSTANCE_ab_andOperator=true&p_r_p_564233524_resetCur=false"
            "&_101_INSTANCE_ab_delta=20&_101_INSTANCE_ab_cur=2",
            "/web/guest/tin?p_p_id=101_INSTANCE_ab&_101_INSTANCE_ab_delta=20&_101_INSTANCE_ab_cur=2",
        ),
        ("/web/guest/tin?p_p_id=101_INSTANCE_ab&p_p_lifecycle=0&p_p_state=maximized", "/web/guest/tin"),
        ("/tin/-/ten-bai-viet?inheritRedirect=true&redirect=%2Ftin", "/tin/-/ten-bai-viet"),
        ("/go?redirect=%2Ftin", "/go?redirect=%2Ftin"),
        ("/x?p_p_id=58&p_p_lifecycle=1", "/x?p_p_id=58&p_p_lifecycle=1"),
        # SharePoint
        (
            "/Lists/TinTuc/View_Detail.aspx?ItemID=12&Source=%2F&ContentTypeId=0x01&RootFolder=%2FLists&IsDlg=1&web=1",
            "/Lists/TinTuc/View_Detail.aspx?ItemID=12",
        ),
        ("/Lists/AllItems.aspx?RootFolder=%2Fvan-ban%2F2020", "/Lists/AllItems.aspx?RootFolder=%2Fvan-ban%2F2020"),
        ("/tin?source=ttxvn&web=1", "/tin?source=ttxvn&web=1"),
        # WebCenter
        (
            "/webcenter/portal/snv/chi-tiet?dDocName=PORTAL12&dID=99&_adf.ctrl-state=x_4&_afrLoop=123&_afrWindowMode=0",
            "/webcenter/portal/snv/chi-tiet?dDocName=PORTAL12",
        ),
        ("/x?dID=99", "/x?dID=99"),
    ],
)
def test_noise_is_dropped_and_nothing_else(href: str, expected: str) -> None:
    assert canonical(href, "http://vidu.gov.vn/") == "http://vidu.gov.vn" + expected


_CHARACTERS = st.text(st.sampled_from("abAB01/?#&=%;:.@ \\[]()|'\"<>{}^~-_đế\u0309\u00a0\t\n+,!$*2e"), max_size=40)
_ADDRESSES = st.one_of(
    _CHARACTERS, st.text(), _CHARACTERS.map("http://vidu.vn".__add__), _CHARACTERS.map("//vidu.vn/".__add__)
)
_BASES = st.one_of(st.none(), _CHARACTERS.map("https://b.gov.vn/".__add__), st.text())


@given(_ADDRESSES, _BASES)
def test_canonical_is_idempotent_and_what_scrapy_would_ask_for(href: str, base: str | None) -> None:
    url = canonical(href, base)
    if url is not None:
        assert canonical(url) == url
        assert canonical(url, base) == url
        assert safe_url_string(url) == url
        assert url.isascii()
        assert len(url) <= 2000
        assert host_of(url)


@given(_ADDRESSES)
def test_identity_ignores_scheme_www_and_fragment(href: str) -> None:
    url = canonical(href, "http://vidu.gov.vn/tin/")
    if url is not None and ":" not in host_of(url):
        rest = url.partition("://")[2]
        assert identity(url) == identity("https://" + rest) == identity(url + "#x")
        if not rest.startswith("www."):
            assert identity("http://www." + rest) == identity(url)
    assert -(1 << 63) <= page_key(href) < 1 << 63


SAME = [
    ("http://vidu.gov.vn/tin/", "https://www.vidu.gov.vn/tin"),
    ("http://vidu.gov.vn", "http://vidu.gov.vn/index.html"),
    ("http://vidu.gov.vn/Default.aspx", "http://vidu.gov.vn/"),
    ("http://vidu.gov.vn/a?x=1&y=2", "http://vidu.gov.vn/a?y=2&x=1"),
    ("http://vidu.gov.vn/%c3%a1", "http://vidu.gov.vn/%C3%A1"),
    ("http://vidu.gov.vn/%7Ea%2Db", "http://vidu.gov.vn/~a-b"),
    ("http://vidu.gov.vn//tin//a", "http://vidu.gov.vn/tin/a"),
    # Liferay: the same item under other pages and instances
    (
        "http://vidu.gov.vn/vi_VN/tin-tuc/-/asset_publisher/Ab12/content/thong-bao-moi?redirect=%2F",
        "http://vidu.gov.vn/web/guest/trang-chu/-/asset_publisher/Zz99/content/thong-bao-moi",
    ),
    ("http://vidu.gov.vn/-/thong-bao-tuyen-dung", "http://vidu.gov.vn/tin-tuc/-/thong-bao-tuyen-dung"),
    (
        "http://vidu.gov.vn/documents/10180/11/a.pdf/9c858901-8a57-4791-81fe-4c455b099bc9?t=1601",
        "http://vidu.gov.vn/documents/10180/0/b.pdf/9C858901-8a57-4791-81fe-4c455b099bc9",
    ),
    # a slug that is decoration
    ("http://vidu.gov.vn/vi-vn/tin/ten-cu-p1-c2-n345", "http://vidu.gov.vn/vi-vn/tin/ten-moi-p7-c9-n345"),
    (
        "http://vidu.gov.vn/vi/tin-bai/ten-cu?type=NEWS&id=53945",
        "http://vidu.gov.vn/vi/tin-bai/ten-moi?id=53945&type=NEWS",
    ),
    (
        "http://vidu.gov.vn/webcenter/portal/snv/chi-tiet?dDocName=PORTAL12&x=1",
        "http://vidu.gov.vn/webcenter/portal/snv/pages_tin/ct?dDocName=PORTAL12",
    ),
    (
        "http://vidu.gov.vn/index.php?option=com_content&view=article&id=12:ten-cu&catid=3&Itemid=9",
        "http://vidu.gov.vn/index.php?option=com_content&view=article&id=12",
    ),
    # IIS does not tell case apart
    (
        "http://vidu.gov.vn/Lists/Tin/View_Detail.aspx?ItemID=5&CateID=1",
        "http://vidu.gov.vn/lists/tin/view_detail.aspx?cateid=1&itemid=5",
    ),
]
DIFFERENT = [
    ("http://vidu.gov.vn/a", "http://tin.vidu.gov.vn/a"),
    ("http://vidu.gov.vn/a", "http://vidu.gov.vn:8080/a"),
    ("http://vidu.gov.vn/Tin", "http://vidu.gov.vn/tin"),
    ("http://vidu.gov.vn/a%2Fb", "http://vidu.gov.vn/a/b"),
    ("http://vidu.gov.vn/A%CC%89nh", "http://vidu.gov.vn/%E1%BA%A2nh"),
    ("http://vidu.gov.vn/a?id=1", "http://vidu.gov.vn/a?id=2"),
    ("http://vidu.gov.vn/a?page=1", "http://vidu.gov.vn/a"),
    # ends alike, and on a system that nobody knows: two articles
    ("http://vidu.gov.vn/xa-a/lich-tiep-dan-thang-12.html", "http://vidu.gov.vn/xa-b/lich-tiep-dan-thang-12.html"),
    ("http://vidu.gov.vn/tin/hop-bao-2022.html", "http://vidu.gov.vn/tin/tong-ket-2022.html"),
    ("http://vidu.gov.vn/index.php/tin/8-thang-3", "http://vidu.gov.vn/index.php/tin/8-nguyen-tac"),
    # Liferay: two sites on one host, two languages
    ("http://vidu.gov.vn/web/so-a/-/lich-cong-tac-tuan", "http://vidu.gov.vn/web/so-b/-/lich-cong-tac-tuan"),
    ("http://vidu.gov.vn/en/-/lich-cong-tac-tuan", "http://vidu.gov.vn/-/lich-cong-tac-tuan"),
    ("http://git.vidu.vn/a/b/-/issues/1", "http://git.vidu.vn/a/c/-/issues/1"),
    # SharePoint: an id counts within its list
    ("http://vidu.gov.vn/Lists/A/Detail.aspx?ItemID=5", "http://vidu.gov.vn/Lists/B/Detail.aspx?ItemID=5"),
    ("http://vidu.gov.vn/x.aspx?id=aB", "http://vidu.gov.vn/x.aspx?id=Ab"),
    ("http://vidu.gov.vn/vi-vn/tin/a-p1-c2-n345", "http://vidu.gov.vn/vi-vn/tin/a-p1-c2-n346"),
    (
        "http://vidu.gov.vn/index.php?option=com_content&view=category&id=3&format=feed&type=rss",
        "http://vidu.gov.vn/index.php?option=com_content&view=category&id=3",
    ),
    (
        "http://vidu.gov.vn/index.php?option=com_content&view=category&id=3&start=20",
        "http://vidu.gov.vn/index.php?option=com_content&view=category&id=3&start=40",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_addresses_of_one_page_share_an_identity(one: str, other: str) -> None:
    assert identity(one) == identity(other)
    assert page_key(one) == page_key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_pages_never_share_an_identity(one: str, other: str) -> None:
    assert identity(one) != identity(other)
    assert page_key(one) != page_key(other)


def test_page_key_is_stored_and_must_never_change() -> None:
    assert page_key("https://www.backan.gov.vn/tin/a-12.html") == 5104274218226660229


REFUSED = {
    "print": [
        "/news/print/thoi-su/ten-bai-12.html",
        "/bai.html?print=1",
        "/bai?tmpl=component&print=1&layout=default",
        "/print.aspx?id=3",
        "/in.php?id=3",
        "/tin?_101_INSTANCE_ab_viewMode=print",
        "/tin?p_p_state=pop_up",
        "/bai-viet/amp/",
    ],
    "savefile": ["/news/savefile/thoi-su/ten-bai-12.html", "/bai.html?download=1", "/bai?format=pdf"],
    "sendmail": ["/news/sendmail/thoi-su/ten-bai-12.html", "/component/mailto/?link=ab12"],
    "login": [
        "/users/login/",
        "/vi/users/register/",
        "/wp-login.php?redirect_to=%2F",
        "/dang-nhap.html",
        "/c/portal/login?p_l_id=1",
        "/_layouts/15/Authenticate.aspx?Source=%2F",
        "/index.php?option=com_users&view=login",
        "/Default.aspx?ctl=Login&tabid=12",
    ],
    "redirect-token": ["/bai.html?nv_redirect=aHR0", "/x.aspx?ReturnUrl=%2ftin"],
    "tag": ["/tag/ng%C3%A0y-h%E1%BB%99i/", "/news/tag/a/", "/tu-khoa/bau-cu", "/component/tags/tag/3-a"],
    "search": ["/tim-kiem", "/search/?q=a", "/seek/", "/?s=bau+cu", "/tin?keyword=hoc", "/tim-kiem.aspx?k=1"],
    "comment": [
        "/comment/12",
        "/bai/comment-page-2/",
        "/comments/feed/",
        "/ten-bai-viet-moi/feed/",
        "/bai?cpage=2",
        "/2022/10/05/chao/feed/",
        "/?feed=rss2&p=12",
    ],
    "reply": ["/bai/?replytocom=7"],
    "share": ["/bai/?share=facebook", "/share?u=http"],
    "sort": ["/van-ban?sort=ten", "/ds?filter_order_Dir=ASC", "/ds?orderby=ngay", "/ds?_101_INSTANCE_a_orderByCol=x"],
    "calendar": [
        "/2022/10/",
        "/2022/10/05/",
        "/2022/10/page/2/",
        "/lich?date=2022-10-05",
        "/lich-cong-tac?tuan=40&nam=2022",
        "/?m=202210",
    ],
    "language": ["/en/", "/en-us/home", "/zh/tin/a-12.html", "/tin?lang=en", "/c/portal/update_language?languageId=en"],
    "action": [
        "/x?p_p_id=58&p_p_lifecycle=1",
        "/index.php?task=article.edit&id=2",
        "/voting/",
        "/bai?vote=5",
        "/?fontsize=14",
    ],
    "asset": [
        "/assets/js/a.js",
        "/themes/a.css",
        "/uploads/anh.JPG",
        "/uploads/phim.mp4",
        "/a.zip",
        "/backup.sql.gz",
        "/documents/10/0/anh.jpg/9c858901-8a57-4791-81fe-4c455b099bc9",
        "/wp-json/wp/v2/posts",
    ],
}
FOLLOWED = [
    "/",
    "/in-an-xuat-ban/doi-moi-cong-nghe-in-an-12.html",
    "/tin/tim-kiem-cuu-nan-tren-bien-45.html",
    "/tim-kiem-cuu-nan/",
    "/in/sach-giao-khoa-12.html",
    "/vintage/stage-tag-12.html",
    "/van-hoa/tags-hay-khong-9.html",
    "/tin/dang-nhap-may-moc-thiet-bi-12.html",
    "/dang-ky-kinh-doanh/huong-dan-12.html",
    "/tin/share-ve-kinh-nghiem-lam-giau.html",
    "/tin/search-engine-12.html",
    "/tin/binh-luan-ve-du-thao-luat-12.html",
    "/tin/print-3d-trong-y-te-12.html",
    "/tin/feedback/gop-y.html",
    "/english-day/tin.html",
    "/enter/tin-tuc",
    "/vi/tin-tuc/a-12.html",
    "/vi-vn/tin/a-12.html",
    "/tin?lang=vi",
    "/news/rss/",
    "/feed/",
    "/category/tin-tuc/feed/",
    "/?feed=rss2",
    "/?feed=rss2&cat=3",
    "/sitemap.xml",
    "/sitemap.xml.gz",
    "/van-ban/quyet-dinh-12.pdf",
    "/uploads/bao-cao.docx",
    "/portal/Pages/2022-10-5/ten-bai.aspx",
    "/2022/10/05/ten-bai-viet/",
    "/tin-tuc/2022/10/",
    "/2022.html",
    "/van-ban?sort=ngay&page=2",
    "/chi-tiet?id=12&date=2022-10-05",
    "/tin?keyword=&page=2",
    "/x.aspx?act=detail&id=12",
    "/?q=node/12",
    "/?p=12",
]


@pytest.mark.parametrize(("reason", "path"), [(reason, path) for reason, paths in REFUSED.items() for path in paths])
def test_refusal_says_why(reason: str, path: str) -> None:
    assert refusal("https://vidu.gov.vn" + path) == reason


@pytest.mark.parametrize("path", FOLLOWED)
def test_articles_listings_feeds_and_documents_are_followed(path: str) -> None:
    assert refusal("https://vidu.gov.vn" + path) is None


def test_the_host_is_no_part_of_the_rules() -> None:
    assert refusal("https://search.vidu.gov.vn") is None
    assert refusal("https://print.gov.vn/") is None


@given(_ADDRESSES)
def test_refusal_takes_any_address(href: str) -> None:
    refusal(href)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://BacKan.gov.vn/a", "backan.gov.vn"),
        ("http://www.backan.gov.vn", "www.backan.gov.vn"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000"),
        ("http://localhost/", "localhost"),
        ("https://vidu.vn:443/", "vidu.vn"),
        ("mailto:a@vidu.vn", ""),
    ],
)
def test_host_of(url: str, expected: str) -> None:
    assert host_of(url) == expected


def test_scope() -> None:
    hosts = ("backan.gov.vn", "*.backan.gov.vn", "127.0.0.1:8000")
    for inside in ("http://backan.gov.vn/", "https://www.backan.gov.vn/a", "https://soyte.backan.gov.vn/"):
        assert in_scope(inside, hosts)
    assert in_scope("http://127.0.0.1:8000/x", hosts)
    outside = ("http://127.0.0.1/x", "http://127.0.0.1:8001/x", "http://backan.gov.vn:8080/", "http://xbackan.gov.vn/")
    for url in (*outside, "http://backan.gov.vn.evil.example/", "mailto:a@backan.gov.vn", "", "http://["):
        assert not in_scope(url, hosts)
    assert not in_scope("http://a.backan.gov.vn/", ("backan.gov.vn",))
    assert not in_scope("http://backan.gov.vn/", ("*.backan.gov.vn",))
    assert in_scope("http://backan.gov.vn/", ("www.backan.gov.vn",))
