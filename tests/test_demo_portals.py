"""The demo portals as a crawler meets them: served really, fetched over HTTP, held against their manifest."""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import unicodedata
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import date
from email.message import Message
from itertools import combinations
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from archive.text import count_syllables, fold_key, normalise_line
from crawler.demo import ANY_FREE_PORTS, DemoArticle, Site, load_manifest, serve
from crawler.demo.manifest import PORTALS, parse_blocks, slugify

ARTICLES = load_manifest().articles
TODAY = date(2031, 3, 4)  # a Tuesday on which no article was published


@pytest.fixture(scope="module")
def sites() -> Iterator[Mapping[str, Site]]:
    with serve(ANY_FREE_PORTS, today=lambda: TODAY) as running:
        yield running


def fetch(url: str, **headers: str) -> tuple[int, Message, bytes]:
    """Return status, headers and body of one request; redirects are not followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def page(sites: Mapping[str, Site], article: DemoArticle) -> str:
    return fetch(address(sites, article))[2].decode()


def address(sites: Mapping[str, Site], article: DemoArticle) -> str:
    return sites[article.portal].url.rstrip("/") + article.path


def visible(markup: str) -> str:
    tree = html.document_fromstring(markup.encode(), parser=html.HTMLParser(encoding="utf-8"))
    etree.strip_elements(tree, "script", "style", with_tail=False)
    return normalise_line(" ".join(tree.itertext()))


def links(url: str, headers: Message, body: bytes) -> Iterator[str]:
    """The addresses that a page, feed, sitemap or redirect leads to, without fragments, session ids and noise."""
    found: list[str] = [headers["Location"]] if headers["Location"] else []
    if headers["Content-Type"].startswith("text/html") and body:
        tree = html.document_fromstring(body)
        found += tree.xpath("//a/@href | //link[@rel='alternate']/@href")
    elif "xml" in headers["Content-Type"]:
        found += etree.fromstring(body).xpath("//*[local-name()='loc']/text() | //item/link/text()")
    for target in found:
        yield re.sub(r"[?&](?:PHPSESSID|Source)=[^&]*", "", urljoin(url, target).partition("#")[0])


def walk(site: Site) -> dict[str, int]:
    """Return every address of a site that links, feeds and sitemaps lead to, with its status."""
    seen: dict[str, int] = {}
    queue = deque([site.url, f"{site.url}robots.txt", f"{site.url}sitemap.xml"])
    while queue:
        url = queue.popleft()
        if url in seen or not url.startswith(site.url) or "nv_redirect" in url:
            continue
        seen[url], headers, body = fetch(url)
        queue.extend(links(url, headers, body))
        assert len(seen) < 150, "the walk does not end"
    return seen


@pytest.mark.parametrize("portal", PORTALS)
def test_every_article_can_be_reached(sites: Mapping[str, Site], portal: str) -> None:
    seen = walk(sites[portal])
    wanted = {address(sites, article) for article in ARTICLES.values() if article.portal == portal}
    assert {url for url in wanted if seen.get(url) != 200} == set()
    assert not [url for url, status in seen.items() if status >= 500]


@pytest.mark.parametrize("key", ARTICLES)
def test_page_holds_what_the_manifest_says(sites: Mapping[str, Site], key: str) -> None:
    article = ARTICLES[key]
    shown = visible(page(sites, article))
    expected = [article.title, article.author, article.unit, article.source, *article.captions]
    expected += [part for line in article.text.split("\n") for part in line.removeprefix("- ").split(" | ")]
    assert [part for part in expected if part and part not in shown] == []
    if article.published_at:
        year, month, day = article.published_at[:10].split("-")
        assert re.search(rf"{day}(?:/| - ){month}(?:/| - ){year}", shown)


@pytest.mark.parametrize("portal", PORTALS)
def test_page_is_mostly_chrome_and_never_twice_the_same(sites: Mapping[str, Site], portal: str) -> None:
    article = load_manifest().portals[portal].articles[0]
    first, second = page(sites, article), page(sites, article)
    assert first != second
    assert 10_000 < len(first.encode()) < 60_000
    assert 20 <= first.count("<a ") <= 90


def test_department_wraps_its_page_in_a_form_and_prints_today(sites: Mapping[str, Site]) -> None:
    markup = page(sites, ARTICLES["so-lamkhe/tap-huan-can-bo-xa"])
    assert re.search(r'<form method="post" action="/Pages/chi-tiet.aspx.*id="aspnetForm"', markup)
    assert "__VIEWSTATE" in markup
    shown = visible(markup)
    assert shown.index("Thứ ba, 04/03/2031") < shown.index("Thứ năm, 15/04/2021")
    assert re.search(r"</p><p align=\"right\"><strong>Đặng Hồng Mây</strong></p></div>", markup)


def test_department_says_200_where_it_means_404(sites: Mapping[str, Site]) -> None:
    listing = fetch(f"{sites['so-lamkhe'].url}Pages/danh-sach.aspx?CateID=9")[2].decode()
    assert "ItemID=999" in listing
    status, _, body = fetch(f"{sites['so-lamkhe'].url}Pages/chi-tiet.aspx?ItemID=999&CateID=9")
    assert status == 200
    assert "không tồn tại" in body.decode()


def test_department_shows_an_article_under_two_categories(sites: Mapping[str, Site]) -> None:
    article = ARTICLES["so-lamkhe/thang-hanh-dong-binh-dang-gioi"]
    second, printed = article.twins
    for twin in (second, printed):
        assert article.text.split("\n")[0] in fetch(sites["so-lamkhe"].url.rstrip("/") + twin)[2].decode()
    markup = fetch(sites["so-lamkhe"].url.rstrip("/") + second)[2]
    assert html.document_fromstring(markup).xpath("//link[@rel='canonical']/@href") == [address(sites, article)]


def test_province_portal_prints_12_hour_times_of_newer_articles(sites: Mapping[str, Site]) -> None:
    article = ARTICLES["lamkhe/Duong-lien-xa-Khe-Vang-Ban-Lech"]
    assert article.path.startswith("/portal/Pages/2014-8-4/Duong-lien-xa")
    shown = visible(page(sites, article))
    assert "Đăng ngày 04 - 08 - 2014" in shown
    times = re.findall(r"\((\d\d)/\d\d/(\d{4}) (\d{1,2}):\d\d (SA|CH)\)", shown)
    assert {half for *_, half in times} == {"SA", "CH"}
    assert all(1 <= int(hour) <= 12 and int(year) > 2014 for _, year, hour, _ in times)
    assert re.search(r"\d+ người đã bình chọn ° \d+ người đang online", shown)


def test_district_writes_session_ids_into_its_links(sites: Mapping[str, Site]) -> None:
    article = ARTICLES["suoitrang/binh-dang-gioi-o-thon"]
    markups = [page(sites, article) for _ in range(2)]
    sessions = [set(re.findall(r"PHPSESSID=(\w+)", markup)) for markup in markups]
    assert [len(found) for found in sessions] == [1, 1]
    assert sessions[0] != sessions[1]
    shown = visible(markups[0])
    assert "Trang chủ > Tin Tức > Tin trong huyện > Tân Sương đưa bình đẳng" in shown
    assert "Ngày đăng bài: 07/03/2017" in shown
    assert "16733801_tansuong_hop-thon_o.jpg" in shown
    assert "Mã Thị Chuyên - Phòng Văn hóa và Thông tin" in shown
    assert shown.index("Điện thoại: 0200 000 200") > shown.index("Mã Thị Chuyên")
    assert fetch(f"{sites['suoitrang'].url}sitemap.xml")[0] == 404


@pytest.mark.parametrize("key", [key for key, article in ARTICLES.items() if article.is_doubled])
def test_nukeviet_body_stands_twice_and_lead_three_times(sites: Mapping[str, Site], key: str) -> None:
    article = ARTICLES[key]
    tree = html.document_fromstring(page(sites, article))
    shown = normalise_line(" ".join(tree.xpath("//div[@class='news_column panel panel-default'][1]")[0].itertext()))
    assert article.lead
    # Hidden microdata repeat its beginning; the whole of it stands where readers see it.
    assert "".join(tree.xpath("//div[contains(@class, 'hometext')]//text()")) == article.lead
    body = normalise_line(" ".join(tree.get_element_by_id("news-bodyhtml").itertext()))
    assert body.count(article.lead) == 2
    paragraphs = [block.lines[0] for block in article.blocks if block.kind == "paragraph"]
    assert [shown.count(paragraph) for paragraph in paragraphs] == [2] * len(paragraphs)


def test_nukeviet_markup_lies_about_the_date(sites: Mapping[str, Site]) -> None:
    article = ARTICLES["mocgiang/phu-nu-vung-cao"]
    tree = html.document_fromstring(page(sites, article))
    assert tree.xpath("//meta[@property='article:published_time']/@content") == ["2020-03-06+0719:42:00"]
    assert tree.xpath("string(//*[@itemprop='datePublished'])").startswith("2021-04-10")
    assert tree.xpath("string(//span[@class='h5'])") == "Thứ sáu - 06/03/2020 19:42"


def test_nukeviet_changes_at_every_hit_what_is_no_article(sites: Mapping[str, Site]) -> None:
    article = ARTICLES["mocgiang/chong-ret-trau-bo"]
    trees = [html.document_fromstring(page(sites, article)) for _ in range(3)]
    tokens = {link for tree in trees for link in tree.xpath("//a[contains(@href, 'nv_redirect=')]/@href")}
    sides = {tree.xpath("string(//div[.='Tin xem nhiều']/following-sibling::div//p)") for tree in trees}
    assert len(tokens) == len(sides) == 3
    bodies = {tree.xpath("string(//*[@id='news-bodyhtml'])") for tree in trees}
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("vi/news/kinh-te/page-9/", "/vi/news/kinh-te/"),
        ("vi/news/kinh-te/page-1/", "/vi/news/kinh-te/"),
        ("vi/news/khong-co/", "/vi/news/"),
        (ARTICLES["mocgiang/che-co-thu-nam-sao"].twins[0][1:], ARTICLES["mocgiang/che-co-thu-nam-sao"].path),
    ],
    ids=["beyond the end", "page 1", "unknown category", "second category"],
)
def test_nukeviet_redirects(sites: Mapping[str, Site], asked: str, answered: str) -> None:
    status, headers, _ = fetch(sites["mocgiang"].url + asked)
    assert (status, headers["Location"]) == (301, answered)


def test_ministry_forbids_its_print_versions_and_asks_for_a_delay(sites: Mapping[str, Site]) -> None:
    rules = fetch(f"{sites['bo-cdnt'].url}robots.txt")[2].decode().split("\n")
    assert "Disallow: /vn/in-tin/" in rules
    assert "Crawl-delay: 0.05" in rules
    assert f"Sitemap: {sites['bo-cdnt'].url}sitemap.xml" in rules
    assert 'href="/vn/in-tin/' in page(sites, ARTICLES["bo-cdnt/hoi-nghi-binh-dang-gioi"])


def test_ministry_leaves_file_names_and_compresses(sites: Mapping[str, Site]) -> None:
    article = ARTICLES["bo-cdnt/hoi-nghi-binh-dang-gioi"]
    status, headers, body = fetch(address(sites, article), Accept_Encoding="gzip")
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    shown = visible(gzip.decompress(body).decode())
    assert "Hoinghi-BDG-2.jpg Thứ trưởng Âu Dương Khải nêu vấn đề thảo luận" in shown


def test_feeds_and_sitemaps_are_revalidated(sites: Mapping[str, Site]) -> None:
    for name, path in (("mocgiang", "vi/news/rss/"), ("mocgiang", "sitemap-vi.news.xml"), ("bo-cdnt", "sitemap.xml")):
        _, headers, body = fetch(sites[name].url + path)
        assert body.count(b"<loc>") + body.count(b"<item>") == sum(a.portal == name for a in ARTICLES.values())
        assert fetch(sites[name].url + path, If_None_Match=headers["ETag"])[0::2] == (304, b"")


@pytest.mark.parametrize("key", [key for key, article in ARTICLES.items() if article.attachment])
def test_attachment_is_a_pdf(sites: Mapping[str, Site], key: str) -> None:
    (link,) = html.document_fromstring(page(sites, ARTICLES[key])).xpath("//a[contains(@href, '.pdf')]/@href")
    _, headers, body = fetch(urljoin(sites[ARTICLES[key].portal].url, link))
    assert headers["Content-Type"] == "application/pdf"
    assert body.startswith(b"%PDF-1.4")
    table = int(body.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert body[table:].startswith(b"xref\n")


def test_hits_are_counted(sites: Mapping[str, Site]) -> None:
    site = sites["suoitrang"]
    before = len(site.hits)
    fetch(f"{site.url}robots.txt", User_Agent="tester")
    fetch(f"{site.url}khong-co")
    assert [tuple(hit) for hit in site.hits[before:]] == [
        ("GET", "/robots.txt", 200, "tester"),
        ("GET", "/khong-co", 404, ""),
    ]


def test_taken_port_is_replaced_and_a_free_one_kept() -> None:
    with socket.socket() as taken, socket.socket() as probe:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        probe.bind(("127.0.0.1", 0))
        busy, free = taken.getsockname()[1], probe.getsockname()[1]
        probe.close()
        for _ in range(2):  # the same address in a second run
            with serve((free, busy, 0, 0, 0)) as running:
                assert running["so-lamkhe"].url == f"http://127.0.0.1:{free}/"
                assert urlsplit(running["lamkhe"].url).port != busy
                assert fetch(running["lamkhe"].url)[0] == 200


def shingles(text: str, size: int = 5) -> set[tuple[str, ...]]:
    syllables = re.findall(r"\w+", fold_key(text))
    return {tuple(syllables[i : i + size]) for i in range(len(syllables) - size + 1)}


def test_relations_are_what_the_manifest_calls_them() -> None:
    for relation in load_manifest().relations:
        original, copy = ARTICLES[relation.original], ARTICLES[relation.copy]
        ours, theirs = shingles(original.text), shingles(copy.text)
        shared, union = len(ours & theirs), len(ours | theirs)
        if relation.kind == "exact":
            assert fold_key(original.text) == fold_key(copy.text), relation
        elif relation.kind == "contained":
            assert shared / len(theirs) >= 0.9 > 0.8 > shared / union, relation
            assert count_syllables(copy.text) >= 80, relation
        else:
            assert 1 > shared / union >= 0.8, relation
        if relation.kind == "series":
            assert re.sub(r"\d+", "0", original.text) == re.sub(r"\d+", "0", copy.text), relation
    kinds = [relation.kind for relation in load_manifest().relations]
    assert {kind: kinds.count(kind) for kind in kinds} == {"exact": 4, "near": 4, "contained": 1, "series": 3}


def test_no_other_two_articles_are_alike() -> None:
    group: dict[str, str] = {}
    for relation in load_manifest().relations:
        group[relation.copy] = group.setdefault(relation.original, relation.original)
    sets = {key: shingles(article.text) for key, article in ARTICLES.items()}
    for one, two in combinations(ARTICLES, 2):
        if group.get(one, one) != group.get(two, two):
            assert len(sets[one] & sets[two]) < 0.05 * min(len(sets[one]), len(sets[two])), (one, two)


def test_exact_copies_differ_as_they_are_served(sites: Mapping[str, Site]) -> None:
    nfd = ARTICLES["mocgiang/day-boi-cho-tre"]
    assert unicodedata.is_normalized("NFC", nfd.text)
    assert not unicodedata.is_normalized("NFC", page(sites, nfd))
    assert ARTICLES["so-lamkhe/tap-huan-can-bo-xa"].text != ARTICLES["suoitrang/tap-huan-binh-dang-gioi"].text
    assert "văn hoá - xã hội" not in ARTICLES["suoitrang/tap-huan-binh-dang-gioi"].text
    assert "văn hoá – xã hội" in ARTICLES["suoitrang/tap-huan-binh-dang-gioi"].text


def test_texts_are_many_long_enough_and_about_the_theme() -> None:
    lengths = [count_syllables(article.text) for article in ARTICLES.values()]
    assert len(lengths) == 59
    assert min(lengths) > 100
    themed = [article for article in ARTICLES.values() if "bình đẳng giới" in article.text]
    assert len({article.portal for article in themed}) == 5
    assert [article.key for article in ARTICLES.values() if article.published_at is None] == [
        "so-lamkhe/huong-dan-xac-nhan-khuyet-tat"
    ]


def test_blocks_of_a_body() -> None:
    blocks = parse_blocks("Một đoạn.\n- một\n- hai\n| A | B |\n| 1 | 2 |\n![a.jpg](Ảnh)\n")
    assert [(block.kind, block.text) for block in blocks] == [
        ("paragraph", "Một đoạn."),
        ("list", "- một\n- hai"),
        ("table", "A | B\n1 | 2"),
        ("figure", ""),
    ]
    assert slugify("Đường về Đắk Rơ: 12 lô") == "duong-ve-dak-ro-12-lo"
