"""Discovery: the links of a page, what they probably lead to, sitemaps and feeds."""

from __future__ import annotations

import contextlib
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import PageError
from archive.extract.page import Page, parse
from crawler.discovery import (
    FeedEntry,
    Link,
    LinkKind,
    Sitemap,
    is_feed_or_sitemap,
    kind_of,
    links,
    parse_feed,
    parse_sitemap,
    robots_sitemaps,
    seeds,
)

HOST = "https://vidu.gov.vn"
HERE = f"{HOST}/tin-tuc/su-kien/"


def page(markup: str, url: str = HERE) -> Page:
    return parse(f"<!DOCTYPE html><html>{markup}</html>".encode(), url, "text/html; charset=utf-8")


def urls(markup: str, url: str = HERE) -> list[str]:
    return [link.url.removeprefix(HOST) for link in links(page(markup, url)).links]


def test_what_is_clicked_is_followed_where_it_goes_to_an_address() -> None:
    markup = (
        "<table><tr onclick=\"document.location='/chitiet.php?ma=7'\"><td>Xã mở lại chợ</td></tr>"
        "<tr><td onclick=\"window.location.href = '/muc.php?ma=2'\">Thời sự</td></tr></table>"
        '<button onclick="vote(3)">Chọn</button><input type=button onclick="location=\'/tin?trang=2\'">'
    )
    found = [url.rpartition("/")[2] for url in urls(markup)]
    assert found == ["chitiet.php?ma=7", "muc.php?ma=2", "tin?trang=2"]
    assert links(page(markup), has_clicks=False).links == ()


def test_links_are_distinct_absolute_and_in_the_order_of_the_page() -> None:
    markup = """<head><link rel="stylesheet" href="/a.css"><link rel="icon" href="/favicon.ico"></head>
    <body><a href="/b.html">B</a> <a href="a.html#phan-2">A</a> <a href="/b.html?utm_source=zalo">B</a>
    <a name="cho-neo">neo</a> <a href="#dau-trang">lên</a> <a href="">rỗng</a>
    <map><area href="/ban-do/xa-1.html"></map> <a rel="nofollow" href="/van-ban/">Văn bản</a>
    <a href="https://khac.gov.vn/">Nơi khác</a></body>"""
    assert urls(markup) == [
        "/b.html",
        "/tin-tuc/su-kien/a.html",
        "/ban-do/xa-1.html",
        "/van-ban/",
        "https://khac.gov.vn/",
    ]


def test_base_decides_what_relative_links_mean() -> None:
    assert urls('<head><base href="/cong-thong-tin/"></head><a href="tin.html">tin</a>') == ["/cong-thong-tin/tin.html"]


def test_refused_links_are_counted_by_reason() -> None:
    markup = """<a href="/print/a-1.html">in</a><a href="/print/a-1.html#x">in</a><a href="/print/a-2.html">in</a>
    <a href="mailto:vt@vidu.gov.vn">thư</a><a href="javascript:void(0)">x</a><a href="javascript:void(0)">y</a>
    <a href="/en/">EN</a><a href="/tin.html">tin</a>"""
    found = links(page(markup))
    assert [link.url for link in found.links] == [f"{HOST}/tin.html"]
    assert found.refused == {"print": 2, "unfetchable": 2, "language": 1}


def test_markup_tells_feeds_and_turning_pages() -> None:
    markup = """<head><link rel="alternate" type="application/rss+xml" href="/tin-moi.xml">
    <link rel="alternate" type="application/atom+xml; charset=utf-8" href="/moi">
    <link rel="alternate" hreflang="en" href="/english"><link rel="alternate" type="application/json" href="/x">
    <link rel="next" href="/danh-sach-b"><link rel="shortlink" href="/?p=12"></head>
    <a rel="prev" href="/danh-sach-a">trước</a>"""
    assert links(page(markup)).links == (
        Link(f"{HOST}/tin-moi.xml", LinkKind.FEED),
        Link(f"{HOST}/moi", LinkKind.FEED),
        Link(f"{HOST}/danh-sach-b", LinkKind.PAGINATION),
        Link(f"{HOST}/danh-sach-a", LinkKind.PAGINATION),
    )


def test_frames_of_the_same_host_are_followed() -> None:
    markup = """<iframe src="/khung/tin.html"></iframe><iframe src="https://www.vidu.gov.vn/khung/b.html"></iframe>
    <iframe src="https://www.youtube.com/embed/x"></iframe><iframe src="about:blank"></iframe><iframe></iframe>"""
    assert urls(markup) == ["/khung/tin.html", "https://www.vidu.gov.vn/khung/b.html"]
    assert urls('<frameset><frame src="chinh.html"></frameset>') == ["/tin-tuc/su-kien/chinh.html"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("0; url=/trang-chu", ["/trang-chu"]),
        ("0;URL='/trang-chu'", ["/trang-chu"]),
        ("5, url = /trang-chu ", ["/trang-chu"]),
        ("300", []),
        ("", []),
    ],
)
def test_meta_refresh_is_followed(content: str, expected: list[str]) -> None:
    assert urls(f'<head><meta http-equiv="Refresh" content="{content}"></head><p>Đang chuyển</p>') == expected


def test_folders_of_a_plain_directory_are_no_calendar() -> None:
    assert urls('<a href="2022/">2022/</a><a href="tin.html">tin.html</a>', f"{HOST}/") == ["/2022/", "/tin.html"]
    assert urls('<a href="10/">10/</a>', f"{HOST}/2022/") == ["/2022/10/"]
    assert urls(f'<a href="{HOST}/2022/10/">Tháng Mười 2022</a>', f"{HOST}/") == []


def test_a_page_without_links() -> None:
    found = links(page("<p>Trang đang được cập nhật</p>"))
    assert (found.links, found.refused, found.canonical_url) == ((), {}, None)


ARTICLE = f"{HOST}/tin-tuc/su-kien/hop-giao-ban-thang-muoi-12.html"


@pytest.mark.parametrize(
    ("own", "named", "believed"),
    [
        (ARTICLE, ARTICLE, True),
        (ARTICLE, "http://www.vidu.gov.vn/tin-tuc/su-kien/hop-giao-ban-thang-muoi-12.html", True),
        (ARTICLE, "/su-kien/hop-giao-ban-thang-muoi-12.html", True),
        (ARTICLE + "?page=2", "/su-kien/hop-giao-ban-thang-muoi-12.html", True),
        (ARTICLE, "/", False),
        (ARTICLE, "/tin-tuc/su-kien/", False),
        (ARTICLE, "https://khac.gov.vn/tin-tuc/su-kien/hop-giao-ban-thang-muoi-12.html", False),
        (ARTICLE, "/print/su-kien/hop-giao-ban-thang-muoi-12.html", False),
        (ARTICLE, "javascript:;", False),
        (f"{HOST}/chi-tiet?id=5", "/chi-tiet", False),
        (f"{HOST}/chi-tiet?id=5", "/tin-tuc", False),
        (f"{HOST}/danh-muc/page/2/", "/danh-muc/", False),
        (f"{HOST}/", "/", True),
    ],
)
def test_canonical_is_believed_only_where_it_names_the_page(own: str, named: str, believed: bool) -> None:
    found = links(page(f'<head><link rel="canonical" href="{named}"></head>', own)).canonical_url
    assert (found is not None) == believed


KINDS = {
    LinkKind.SITEMAP: ["/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap-posts-post-1.xml", "/sitemap-vi.news.xml.gz"],
    LinkKind.FEED: [
        "/feed/",
        "/vi/news/rss/",
        "/news/rss/thoi-su/",
        "/rss.xml",
        "/tin.rss",
        "/?feed=rss2",
        "/tin?format=feed&type=rss",
        "/_layouts/15/listfeed.aspx?List=%7B12%7D",
    ],
    LinkKind.PAGINATION: [
        "/news/thoi-su/page-2/",
        "/tin-tuc/page/14/",
        "/tin?page=3",
        "/tin.aspx?PageIndex=3",
        "/tin-tuc?start=20",
        "/tin/trang-4.html",
        "/chuyen-muc-van-hoa-c12-3.html",
        "/web/guest/tin?_101_INSTANCE_ab_cur=2&p_p_id=101_INSTANCE_ab",
        "/chi-tiet?cur=2",
        "/index.php?language=vi&nv=news&op=thoi-su/page-2",
    ],
    LinkKind.ARTICLE: [
        "/news/thoi-su/hop-giao-ban-thang-muoi-1289.html",
        "/tin-tuc/khai-mac-hoi-thao-20211",
        "/index.php/tin/152-khai-mac-hoi-thao",
        "/index.php?id=12:khai-mac&option=com_content&view=article",
        "/portal/Pages/2022-10-5/Khai-mac-hoi-thaoq8rt2.aspx",
        "/2022/10/05/khai-mac/",
        "/vn/tin-tuc/76543/khai-mac.aspx",
        "/-/khai-mac-hoi-thao",
        "/tin/-/asset_publisher/Ab12/content/khai-mac",
        "/Lists/TinTuc/View_Detail.aspx?ItemID=12",
        "/webcenter/portal/snv/chi-tiet?dDocName=PORTAL12",
        "/vi-vn/tin/khai-mac-p1-c2-n345",
        "/tin-bai/khai-mac-hoi-thao?id=53945&type=NEWS",
        "/tin/chu-tich-tham-va-tang-qua-cac-gia-dinh-chinh-sach.html",
        "/chi-tiet-tin?/khai-mac-hoi-thao/7872178",
        "/?p=12",
        "/node/152",
        "/index.php?act=xem&id=201&mod=tin",
        "/index.php?language=vi&nv=news&op=thoi-su/khai-mac-12",
    ],
    LinkKind.LISTING: [
        "/",
        "/tin-tuc/",
        "/chuyen-muc/van-hoa",
        "/category/tin",
        "/vi/van-ban.html",
        "/Pages/Home.aspx",
    ],
    LinkKind.ATTACHMENT: [
        "/vb/quyet-dinh-12.pdf",
        "/a.DOCX",
        "/documents/1/0/a.pdf/9c858901-8a57-4791-81fe-4c455b099bc9",
    ],
    LinkKind.PAGE: ["/Lists/AllItems.aspx?RootFolder=%2Fvan-ban", "/lien-he?phong=2", "/?page_id=2"],
}


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in KINDS.items() for path in paths])
def test_kind_is_told_from_the_shape(kind: LinkKind, path: str) -> None:
    assert kind_of(HOST + path) is kind


def test_every_kind_has_a_rank_and_articles_come_before_listings() -> None:
    assert {kind.rank for kind in LinkKind} == set(range(6))
    assert LinkKind.FEED.rank < LinkKind.ARTICLE.rank < LinkKind.LISTING.rank < LinkKind.PAGINATION.rank


@pytest.mark.parametrize(
    "piece", ["-", "a-", "/-", "/-/", "a-1", "-c1", "-p1-c1-n", "1-", "./", "/trang", "%2f", "&a="]
)
@pytest.mark.parametrize("start", ["/", "/-/", "/tin-bai/", "/documents/", "/x.aspx?", "/a?op="])
def test_hostile_addresses_end(start: str, piece: str) -> None:
    # The work grows gently with the length: with rules that backtrack, this would run for hours.
    address = HOST + (start + piece * 2000)[:1900] + "!"
    found = links(page(f'<a href="{address}">x</a>'))
    assert len(found.links) + found.refused.total() == 1


def test_a_hostile_refresh_ends() -> None:
    assert urls(f'<meta http-equiv="refresh" content="{" " * 200_000}x">') == []


SITEMAP = f"{HOST}/sitemap.xml"
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def test_a_urlset() -> None:
    body = f"""<?xml version="1.0" encoding="UTF-8"?><urlset {NAMESPACE}
      xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
      <url><loc>{HOST}/a.html</loc><lastmod>2022-10-05T08:00:00+07:00</lastmod>
        <image:image><image:loc>{HOST}/a.jpg</image:loc></image:image></url>
      <url><loc> /b.html?x=1&amp;y=2
      </loc><lastmod>hôm qua</lastmod></url><url><loc>{HOST}/a.html</loc></url><url><loc/></url>
      <url><loc>mailto:x@vidu.gov.vn</loc></url></urlset>""".encode()
    pages = ((f"{HOST}/a.html", "2022-10-05T08:00:00+07:00"), (f"{HOST}/b.html?x=1&y=2", None))
    assert parse_sitemap(body, SITEMAP) == Sitemap(pages)
    assert parse_sitemap(gzip.compress(body), SITEMAP + ".gz") == Sitemap(pages)
    assert parse_sitemap(gzip.compress(body[:300]) + gzip.compress(body[300:]), SITEMAP) == Sitemap(pages)
    assert parse_sitemap(body.replace(NAMESPACE.encode(), b'xmlns="http://khac.example/0.84"'), SITEMAP).pages == pages
    assert parse_sitemap(body.replace(NAMESPACE.encode(), b""), SITEMAP).pages == pages


def test_an_index_and_a_urlset_that_is_one() -> None:
    index = f"""<sitemapindex {NAMESPACE}><sitemap><loc>{HOST}/s.php?n=1</loc></sitemap></sitemapindex>"""
    assert parse_sitemap(index.encode(), SITEMAP) == Sitemap((), (f"{HOST}/s.php?n=1",))
    urlset = f"<urlset><url><loc>{HOST}/tin.xml</loc></url><url><loc>{HOST}/a</loc></url></urlset>"
    assert parse_sitemap(urlset.encode(), SITEMAP) == Sitemap(((f"{HOST}/a", None),), (f"{HOST}/tin.xml",))


def test_sitemaps_of_plain_lines_and_of_feeds() -> None:
    assert parse_sitemap(f"\ufeff{HOST}/a\r\n{HOST}/b\n".encode(), SITEMAP).pages == (
        (f"{HOST}/a", None),
        (f"{HOST}/b", None),
    )
    feed = f"<rss><channel><item><link>{HOST}/a</link></item></channel></rss>"
    assert parse_sitemap(feed.encode(), SITEMAP).pages == ((f"{HOST}/a", None),)


@pytest.mark.parametrize(
    "body",
    [
        "\n\n<?xml version='1.0'?><urlset><url><loc>{0}/a?x=1&y=2</loc></url></urlset>",
        "<urlset><url><loc>{0}/a?x=1&amp;y=2</loc></url><url><loc>",
        "<b>Warning</b>: date() in /x.php<br><urlset><url><loc>{0}/a?x=1&amp;y=2</loc></url></urlset>",
        "<?xml version='1.0' encoding='no-such'?><urlset><url><loc>{0}/a?x=1&amp;y=2</loc></url></urlset>",
        "<urlset><url><loc>{0}/a?x=1&amp;y=2</loc><image:image/></url>\x00\x0b</urlset>",
        "<urlset><url><ten>A&nbsp;B</ten><loc>{0}/a?x=1&amp;y=2</loc></url></urlset>",
    ],
)
def test_broken_sitemaps_are_recovered(body: str) -> None:
    assert parse_sitemap(body.format(HOST).encode(), SITEMAP).pages == ((f"{HOST}/a?x=1&y=2", None),)


def test_other_encodings() -> None:
    body = f"<?xml version='1.0' encoding='utf-16'?><urlset><url><loc>{HOST}/a</loc></url></urlset>"
    assert parse_sitemap(body.encode("utf-16"), SITEMAP).pages == ((f"{HOST}/a", None),)
    latin = f"<urlset><url><loc>{HOST}/a</loc><ten>\xe9</ten></url></urlset>".encode("latin-1")
    assert parse_sitemap(latin, SITEMAP).pages == ((f"{HOST}/a", None),)


@pytest.mark.parametrize(
    "body",
    [b"", b"   ", b"khong co gi", b"<html><body><a href='/a'>a</a></body></html>", b"\x89PNG\r\n", b"\x1f\x8b\x08hong"],
)
def test_what_is_no_sitemap_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(PageError, match=r"vidu\.gov\.vn/sitemap\.xml"):
        parse_sitemap(body, SITEMAP)


def test_bombs_are_stopped_and_nothing_is_read_from_the_disk() -> None:
    with pytest.raises(PageError, match="50,000,000"):
        parse_sitemap(gzip.compress(b"<urlset>" + b" " * 51_000_000, 1), SITEMAP)
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 50}">' for n in range(12))
    good = f"<url><loc>{HOST}/a</loc></url>"
    laughs = f"<!DOCTYPE u [{entities}]><urlset><url><loc>{HOST}/&e11;</loc></url>{good}</urlset>"
    assert (f"{HOST}/a", None) in parse_sitemap(laughs.encode(), SITEMAP).pages
    outside = f'<!DOCTYPE u [<!ENTITY e SYSTEM "file:///etc/hostname">]><urlset><url><loc>{HOST}/&e;</loc></url>{good}'
    assert parse_sitemap(f"{outside}</urlset>".encode(), SITEMAP).pages == ((f"{HOST}/a", None),)


FEED = f"{HOST}/tin-tuc/feed/"


def test_rss() -> None:
    body = f"""<?xml version="1.0" encoding="utf-8"?>
    <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
      <title>Tin mới</title><link>{HOST}</link><atom:link rel="self" href="{FEED}"/>
      <item><title><![CDATA[Hội nghị &amp; hội   thảo]]></title><link>{HOST}/a.html</link>
        <pubDate>Wed, 05 Oct 2022 08:30:00 +0700</pubDate></item>
      <item><title>Chỉ có guid</title><guid isPermaLink="true">{HOST}/b.html</guid><dc:date>2022-10-04</dc:date></item>
      <item><title>Không có địa chỉ</title><guid isPermaLink="false">tin-12</guid></item>
      <item><link>/c.html</link><pubDate>hôm qua</pubDate></item>
      <item><title>Lặp lại</title><link>{HOST}/a.html</link></item>
    </channel></rss>""".encode()
    assert parse_feed(body, FEED) == [
        FeedEntry(f"{HOST}/a.html", "Hội nghị & hội thảo", "2022-10-05T08:30:00+07:00"),
        FeedEntry(f"{HOST}/b.html", "Chỉ có guid", "2022-10-04"),
        FeedEntry(f"{HOST}/c.html", None, None),
    ]


def test_atom_and_rss_1() -> None:
    atom = f"""<feed xmlns="http://www.w3.org/2005/Atom"><link href="{HOST}"/><entry><title type="html">Tin A</title>
      <link rel="edit" href="{HOST}/sua"/><link href="/a.html"/><updated>2022-10-06T01:00:00Z</updated>
      <published>2022-10-05T01:00:00Z</published></entry></feed>"""
    assert parse_feed(atom.encode(), FEED) == [
        FeedEntry(f"{HOST}/a.html", "Tin A", "2022-10-05T01:00:00Z", "2022-10-06T01:00:00Z")
    ]
    rdf = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
      <channel rdf:about="{HOST}"/><item rdf:about="{HOST}/a.html"><title>Tin A</title></item></rdf:RDF>"""
    assert parse_feed(rdf.encode(), FEED) == [FeedEntry(f"{HOST}/a.html", "Tin A")]


def test_a_broken_feed_is_recovered_and_a_page_is_no_feed() -> None:
    body = f"<rss><channel><title>A & B</title><item><title>A&nbsp;B</title><link>{HOST}/a?x=1&y=2</link></item>"
    assert parse_feed(body.encode(), FEED) == [FeedEntry(f"{HOST}/a?x=1&y=2", "A B")]
    with pytest.raises(PageError, match="<html>"):
        parse_feed(b"<html><body>404</body></html>", FEED)


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"\xef\xbb\xbf \n<?xml version='1.0'?><!-- x --><?xml-stylesheet href='a'?><urlset>", "text/html", "sitemap"),
        (b"<ns:sitemapindex xmlns:ns='u'>", None, "sitemap"),
        (b"<!DOCTYPE rss PUBLIC '-' 'x'><rss version='0.91'>", "text/xml", "feed"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "text/html", "feed"),
        (b"<rdf:RDF xmlns='u'>", None, "feed"),
        ("<?xml version='1.0' encoding='utf-16'?><rss>".encode("utf-16"), None, "feed"),
        (gzip.compress(b"<urlset></urlset>", mtime=0), "application/gzip", "sitemap"),
        (b"http://vidu.gov.vn/a\nhttp://vidu.gov.vn/b\n", "text/plain", "sitemap"),
        (b"http://vidu.gov.vn/a\n" * 400, "text/plain; charset=utf-8", "sitemap"),
        (b"http://vidu.gov.vn/a\nThong bao\n", "text/plain", None),
        (b"<!DOCTYPE html><html><body><pre>&lt;rss&gt;</pre></body></html>", "application/rss+xml", None),
        (b"<html><body><rss></rss></body></html>", "text/xml", None),
        (b"<?xml version='1.0'?><html xmlns='x'>", "application/xml", None),
        (b"", "text/xml", None),
        (b"%PDF-1.4", "application/pdf", None),
    ],
)
def test_a_body_tells_what_it_is(body: bytes, content_type: str | None, expected: str | None) -> None:
    assert is_feed_or_sitemap(body, content_type) == expected


def test_robots_names_sitemaps() -> None:
    text = f"User-agent: *\r\nDisallow: /admin/\r\nSITEMAP : {HOST}/a.xml\r\nSitemap:/b.xml\n# Sitemap: {HOST}/c.xml\n"
    text += f"Sitemap: {HOST}/a.xml\nSitemap: mailto:x@vidu.gov.vn\n"
    assert robots_sitemaps(text, f"{HOST}/robots.txt") == [f"{HOST}/a.xml", f"{HOST}/b.xml"]
    assert robots_sitemaps(text) == [f"{HOST}/a.xml"]


def test_seeds_are_at_the_root_of_the_host() -> None:
    found = seeds("http://127.0.0.1:8000/trang-chu/")
    assert found[0] == "http://127.0.0.1:8000/sitemap.xml"
    assert len(found) == len(set(found)) == 4
    assert seeds("mailto:x@vidu.gov.vn") == []


# fmt: off
_PIECES = st.sampled_from([
    "<urlset>", "</urlset>", "<url>", "<loc>", "</loc>", "http://a.vn/x", "<rss>", "<item>", "<link>", "</link>",
    "<entry>", "<link href='/x'/>", "&", "&a;", "<![CDATA[", "]]>", "<!DOCTYPE x[", "<!ENTITY a 'b'>", "]>", "<a:b>",
    "<pubDate>", "99", "\x00", "đ", "<title>", "<?pi", "<html>", "<?xml version='1.0' encoding='idna'?>", "<lastmod>",
    "2022-", "<?xml version='1.0' encoding='base64'?>", "<?xml version='1.0' encoding='utf-16'?>",
])
# fmt: on


@given(st.one_of(st.binary(max_size=80), st.lists(_PIECES, max_size=14).map("".join).map(str.encode)), st.booleans())
def test_only_page_errors_come_out_of_any_bytes(body: bytes, compressed: bool) -> None:
    body = gzip.compress(body) if compressed else body
    is_feed_or_sitemap(body, "text/plain")
    for reader in (parse_sitemap, parse_feed):
        with contextlib.suppress(PageError):
            reader(body, SITEMAP)
