"""`luutru serve` over HTTP: what is answered, what is refused, what stands in headers, what is said of errors."""

from __future__ import annotations

import csv
import http.client
import io
import json
import os
import re
import shlex
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
import web_archive
from archive_builder import ArchiveBuilder, page_id
from lxml import etree, html
from sample_archive import BACKAN, THAINGUYEN
from web_archive import CHANGED_ID, FILE, HOSTILE_ID, HOSTILE_TITLE, served

from archive.duplicates.relation import Kind
from archive.errors import NotFound, QueryError
from archive.language import ENGLISH, VIETNAMESE
from archive.records import PageKind
from archive.search import parse
from archive.store.migrations import ARCHIVE
from archive.web.complaints import complaint
from crawler.tables import CRAWLER
from crawler.urls.refuse import REASONS

BIN = Path(sys.executable).parent
EQUALITY_ID = page_id(f"{BACKAN}/binh-dang-gioi")
COPY_ID = page_id(f"{THAINGUYEN}/tin/123")
OWN_PAGES = (
    "/",
    "/search",
    "/search?q=binh+dang+gioi",
    f"/article/{EQUALITY_ID}",
    f"/article/{HOSTILE_ID}",
    f"/article/{CHANGED_ID}/history",
    f"/article/{EQUALITY_ID}/removed",
    f"/cluster/{EQUALITY_ID}",
    f"/file/{page_id(FILE)}",
    "/portal/backan",
    "/portal/laocai",
    "/portals",
    "/portals?view=before",
    "/about",
)
DATASETTE_PAGES = ("/archive", "/archive/articles", "/archive/documents/1", "/archive?sql=select+1", "/-/versions")


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def words(self) -> str:
        return " ".join(" ".join(html.fromstring(self.text).itertext()).split())


def get(url: str, path: str, *, method: str = "GET", **headers: str) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=60)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # A name that means something in a URI and in a shell.
    return web_archive.build(tmp_path_factory.mktemp("web") / "kho #1?a%20b", "http://127.0.0.1:9/")


@pytest.fixture(scope="module")
def url(path: Path) -> Iterator[str]:
    with served(path) as address:
        yield address


# --- safe by default --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", OWN_PAGES)
def test_pages_run_no_script_and_weigh_little(url: str, page: str) -> None:
    answer = get(url, page)
    assert answer.status == 200
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert not html.fromstring(answer.text).xpath("//script | //@style | //@*[starts-with(name(), 'on')]")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert len(answer.body) + len(get(url, "/assets/luutru.css").body) < 150_000


@pytest.mark.parametrize("page", DATASETTE_PAGES)
def test_pages_of_datasette_run_scripts_of_files_alone(url: str, page: str) -> None:
    answer = get(url, page)
    assert answer.status == 200
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)


@pytest.mark.parametrize("host", ["luutru.example", "127.0.0.1.example", "evil.example:8001", ""])
def test_a_name_that_was_made_to_lead_here_is_refused(url: str, host: str) -> None:
    answer = get(url, "/archive/articles.json", Host=host)
    assert answer.status == 421
    assert b"backan" not in answer.body


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8001", "127.0.0.1:1", "[::1]:80"])
def test_names_of_this_machine_are_answered(url: str, host: str) -> None:
    assert get(url, "/about", Host=host).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_but_reading_is_answered(url: str, method: str) -> None:
    assert get(url, "/archive", method=method).status == 405
    assert get(url, "/", method="HEAD").status == 200


@pytest.mark.parametrize(
    "sql",
    [
        "delete from pages",
        "attach database '/etc/passwd' as a",
        "pragma query_only = 0",
        "select writefile('x', 'y')",
        "select load_extension('x')",
        "select length(zeroblob(500000000))",
        "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n",
    ],
)
def test_sql_only_reads_and_ends(url: str, sql: str) -> None:
    started = time.monotonic()
    answer = get(url, f"/archive.json?sql={quote(sql)}&_shape=objects")
    assert answer.status == 400 or not json.loads(answer.text)["ok"]
    assert time.monotonic() - started < 30


def test_the_captured_page_is_in_a_sandbox_and_has_nothing_that_acts(url: str) -> None:
    answer = get(url, f"/article/{HOSTILE_ID}/page")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy
    assert "Bản tin sáng nay" in answer.text
    assert not re.search(r"<script|<link|<iframe|<object|<base|http-equiv|onload|onerror|javascript:", answer.text)


def test_the_captured_bytes_are_for_saving(url: str) -> None:
    answer = get(url, f"/article/{HOSTILE_ID}/raw")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert b'<meta http-equiv="refresh"' in answer.body


def test_what_a_portal_says_is_escaped(url: str) -> None:
    page = html.fromstring(get(url, f"/article/{HOSTILE_ID}").text)
    assert page.findtext(".//h1") == HOSTILE_TITLE
    assert not [link for link in page.xpath("//@href") if link.startswith("javascript")]
    assert not page.xpath("//article//img | //article//b | //article//i")
    assert HOSTILE_TITLE in html.fromstring(get(url, "/search?q=ban+tin+sang").text).text_content()


def test_a_source_that_is_no_address_is_no_link(url: str) -> None:
    page = html.fromstring(get(url, f"/article/{CHANGED_ID}").text)
    assert "Tệp lạ" in page.text_content()
    assert {link.split(":")[0] for link in page.xpath("//@href") if ":" in link} == {"https"}


# --- pages ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["binh dang gioi", "bình đẳng giới", '"bình đẳng giới" OR khonghe'])
def test_search_with_and_without_accents(url: str, query: str) -> None:
    page = html.fromstring(get(url, f"/search?q={quote(query)}").text)
    titles = [" ".join(hit.text_content().split()) for hit in page.xpath("//ol[@class='hits']//h2")]
    assert titles == ["Triển khai kế hoạch bình đẳng giới"]
    assert "bình đẳng giới" in " ".join(page.xpath("//mark/text()"))


@pytest.mark.parametrize("typed", [f"{THAINGUYEN}/tin/123", "thainguyen.gov.vn/tin/123/", f"{FILE}"])
def test_an_address_typed_leads_to_its_article(url: str, typed: str) -> None:
    answer = get(url, f"/search?q={quote(typed)}")
    assert answer.status == 303
    assert get(url, answer.headers["location"]).status == 200
    assert get(url, "/search?q=https://khac.example/").status == 200


def test_facets_narrow_and_widen(url: str) -> None:
    page = html.fromstring(get(url, "/search?q=binh+dang+gioi&copies=1").text)
    facets = {link.text_content(): link.get("href") for link in page.xpath("//aside//a")}
    assert {"Bắc Kạn", "Thái Nguyên", "Gia Lai", "2022"} <= facets.keys()
    narrowed = html.fromstring(get(url, facets["Gia Lai"]).text)
    assert len(narrowed.xpath("//ol[@class='hits']/li")) == 1
    assert narrowed.xpath("//aside//a[@aria-current]/@href") == ["/search?q=binh+dang+gioi&copies=1"]


def test_without_words_articles_stand_by_date(url: str) -> None:
    page = html.fromstring(get(url, "/search?portal=thainguyen&sort=oldest").text)
    dates = page.xpath("//ol[@class='hits']//time/@datetime")
    assert dates == sorted(dates)
    assert dates == ["2022-10-07T09:15+07:00", "2023-03-06", "2023-03-13"]


def test_the_feed_of_a_query(url: str) -> None:
    answer = get(url, "/search.atom?q=binh+dang+gioi&copies=1")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.body)
    names = {"a": "http://www.w3.org/2005/Atom"}
    entries = feed.findall("a:entry", names)
    assert len(entries) == 3
    for entry in (feed, *entries):
        assert all(entry.findtext(f"a:{name}", namespaces=names) for name in ("id", "title", "updated"))
        times = [entry.findtext(f"a:{name}", namespaces=names) for name in ("updated", "published")]
        assert all(
            re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", one) for one in times if one
        )
    assert entries[0].find("a:link", names).get("href").startswith(f"{url}/article/")
    assert feed.find("a:link[@rel='self']", names).get("href") == f"{url}/search.atom?q=binh+dang+gioi&copies=1"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=%22abc", "Dấu ngoặc kép ở ký tự thứ 1"),
        ("q=-abc", "bỏ ra"),
        ("portal=khong", "Kho không có cổng"),
        ("province=khong", "Kho không có tỉnh"),
        ("since=hom-qua", "Không đọc được ngày"),
    ],
)
def test_what_is_wrong_with_a_query_is_said_in_the_language(url: str, query: str, said: str) -> None:
    answer = get(url, f"/search?{query}")
    assert answer.status == 400
    assert said in answer.words()
    english = get(url, f"/search?{query}&lang=en").words()
    assert said not in english
    assert "Kho không" not in english
    assert get(url, f"/search.atom?{query}").status == 400


@pytest.mark.parametrize("query", ['"a b', "title:", "a*", "-x", "()", "a " * 200, "OR a", "a OR", "x" * 300])
def test_every_complaint_of_the_parser_is_known_in_vietnamese(query: str) -> None:
    with pytest.raises(QueryError) as failure:
        parse(query)
    said = complaint(failure.value, VIETNAMESE)
    assert said != complaint(QueryError("q", "nothing like it"), VIETNAMESE)
    assert re.search(r"[ăâđêôơư]", said)


def test_an_article_with_all_that_is_known_of_it(url: str) -> None:
    words = get(url, f"/article/{EQUALITY_ID}").words()
    for part in (
        "Sáng ngày 5 tháng 10",
        "05/10/2022",
        "Lan Anh",
        "2 bản sao khác",
        "giống hệt",
        "gần giống",
        "bộ đếm 1",
        "lặp lại trong trang 1",
        "sha1:",
        ".warc.gz",
        "Quang cảnh hội nghị",
    ):
        assert part in words, part


def test_copies_stand_side_by_side_with_what_differs(url: str) -> None:
    near = page_id("https://gialai.gov.vn/van-ban/9")
    page = html.fromstring(get(url, f"/cluster/{COPY_ID}?with={near}").text)
    assert [side.text_content().strip() for side in page.xpath("//div[@class='sides']//del")] == []
    assert [side.text_content().strip() for side in page.xpath("//div[@class='sides']//ins")] == ["mốt"]
    assert "3 bài trên 3 cổng" in page.text_content()


def test_history_shows_words(url: str) -> None:
    page = html.fromstring(get(url, f"/article/{CHANGED_ID}/history").text)
    assert [" ".join(one.text_content().split()) for one in page.xpath("//div[contains(@class, 'diff')]/del")] == [
        "năm",
        "sáng",
        "tám",
        "sáng",
    ]
    assert page.xpath("//dd/ins/text()") == ["07/05/2025"]


def test_a_portal_with_its_failures(url: str) -> None:
    words = get(url, "/portal/laocai").words()
    assert "máy chủ từ chối kết nối 1" in words
    assert "lỗi mã trả lời 404 1" in words
    assert "some failing" not in words
    assert "the connection was refused 1" in get(url, "/portal/laocai?lang=en").words()


def test_the_catalogue_has_every_province(url: str) -> None:
    after, before = (html.fromstring(get(url, f"/portals?view={view}").text) for view in ("after", "before"))
    assert len(after.xpath("//section[h2[@lang]]/ul/li")) == 34
    assert len(before.xpath("//section[h2[@lang]]/ul/li")) >= 63
    assert after.xpath("//li[contains(@class, 'has')]//a[@href='/portal/backan']")


def test_a_query_is_saved_as_an_address_a_feed_and_a_command(url: str, path: Path) -> None:
    asked = {"q": "hội nghị -'x", "portal": "backan", "year": "2022", "sort": "oldest", "page": "1"}
    page = html.fromstring(get(url, f"/search?{urlencode(asked)}").text)
    saved, fed = page.xpath("//details[@class='save']//a/@href")
    assert saved.startswith(f"{url.rstrip('/')}/search?")
    assert "page" not in saved
    title = page.xpath("string(//ol[@class='hits']//h2)")
    assert title
    assert html.fromstring(get(url, saved.removeprefix(url.rstrip("/"))).text).xpath("string(//ol//h2)") == title
    assert title in get(url, fed.removeprefix(url.rstrip("/"))).text
    command = page.xpath("string(//details[@class='save']//code)")
    typed = [str(BIN / "luutru"), *shlex.split(command)[1:]]
    environment = os.environ | {"LUUTRU_ARCHIVE": str(path)}
    done = subprocess.run(typed, capture_output=True, text=True, check=True, timeout=60, env=environment)
    assert done.stdout.startswith(f"{title}\n")
    assert "save" not in get(url, "/search?q=zzzz").text.partition("<main")[2]


def test_the_language_is_remembered(url: str) -> None:
    assert 'lang="vi"' in get(url, "/about").text
    answer = get(url, "/about?lang=en")
    assert '<html lang="en">' in answer.text
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    remembered = get(url, "/about", Cookie=cookie.partition(";")[0])
    assert '<html lang="en">' in remembered.text
    assert "?lang=vi" in remembered.text


@pytest.mark.parametrize(
    "page", ["/article/0000000000000000", "/portal/khong", "/khong-co", "/archive/khong", "/file/0000"]
)
def test_what_is_not_there(url: str, page: str) -> None:
    answer = get(url, page)
    assert answer.status == 404
    assert "Không có trang này" in answer.words()
    assert "No such page" in get(url, f"{page}?lang=en").words()


@pytest.mark.parametrize("asked", ["_sort=zz", "_where=1=1;drop", "_next=zz", "_size=-1", "_facet=zz"])
def test_what_a_table_cannot_do_is_no_fault_of_ours(url: str, asked: str) -> None:
    for page in ("/archive/articles", "/archive/articles.json", "/archive/documents"):
        assert get(url, f"{page}?{asked}").status in (200, 400)


def test_tables_explain_themselves(url: str) -> None:
    assert "tỉnh của cổng, theo tên có hiệu lực" in get(url, "/archive/articles").words()
    assert "by the name that it had on the day of publication" in get(url, "/archive/articles?lang=en").words()
    assert len(json.loads(get(url, "/archive/articles.json?_shape=array").text)) == 10
    rows = list(csv.DictReader(io.StringIO(get(url, "/archive/portals.csv").text)))
    assert {row["id"] for row in rows} >= {"backan", "laocai"}
    queries = re.findall(r'href="(/archive/\w+)" title="SELECT', get(url, "/archive").text)
    assert len(queries) == 6
    assert all(get(url, query).status == 200 for query in queries)


@pytest.mark.parametrize("page", ["/archive/articles", "/archive/documents", "/archive/articles?_sort=title"])
def test_the_language_is_no_column_to_filter_by(url: str, page: str) -> None:
    rows = get(url, page).text.count("<tr>")
    answer = get(url, f"{page}{'&' if '?' in page else '?'}lang=en")
    assert answer.text.count("<tr>") == rows > 2
    assert "Advanced export" in answer.words()
    assert "luutru_lang=en" in answer.headers["set-cookie"]


def test_all_articles_are_not_counted_for_each_visit_but_those_that_a_filter_leaves_are(url: str) -> None:
    assert "Có 10 bài." in get(url, "/archive/articles").words()
    assert "hàng" not in html.fromstring(get(url, "/archive/articles").text).xpath("string(//h3)")
    assert "articles: 2 hàng có portal = " in get(url, "/archive/articles?portal=backan&_nocount=1").words()
    assert json.loads(get(url, "/archive/articles.json").text)["filtered_table_rows_count"] == 10


# What is the same in both languages: names of tables and columns, formats, numbers.
SAME = re.compile(r"lưu trữ|Datasette|CSV|[a-z_]+(, [a-z_]+)*|[\W\d]+|documents: 1|syllables>3")


def words_of_datasette(text: str) -> set[str]:
    """Return what a page says apart from what tables hold and what they are called."""
    tree = html.fromstring(text)
    for left in tree.xpath(
        "//td | //th | //dl | //textarea | //pre | //script | //style | //option[not(@value)] | //em"
    ):
        left.drop_tree()
    body = tree.find("body")
    return {" ".join(one.split()) for one in (*body.itertext(), *body.xpath("//input[@type='submit']/@value"))} - {""}


@pytest.mark.parametrize(
    "page",
    [
        "/archive",
        "/archive/articles?portal=backan&_sort_desc=published_at",
        "/archive/articles?_facet=portal&_where=syllables>3&_size=2",
        "/archive/documents/1",
        "/archive?sql=select+1",
        "/archive?sql=select+:x+limit+0",
        "/archive/articles_by_portal",
        "/archive/articles?portal=nothing",
    ],
)
def test_datasettes_own_words_are_vietnamese(url: str, page: str) -> None:
    in_english = get(url, f"{page}{'&' if '?' in page else '?'}lang=en")
    same = words_of_datasette(get(url, page).text) & words_of_datasette(in_english.text)
    assert {text for text in same if not SAME.fullmatch(text)} == set()
    assert "Datasette" in same


def test_what_a_table_holds_is_not_translated(url: str) -> None:
    query = "select 'Next page' as Tables, '<b>Apply</b>' as x"
    tree = html.fromstring(get(url, f"/archive?{urlencode({'sql': query})}").text)
    assert tree.xpath("//td/text() | //th/text()") == ["Tables", "x", "Next page", "<b>Apply</b>"]
    assert tree.xpath("//textarea/text()") == [query]


def test_every_table_and_column_has_a_description() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    ARCHIVE.apply(db)
    CRAWLER.apply(db)
    there = {
        (name, column)
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        if not name.startswith(("sqlite_", "_", "search_index_"))
        for column in ("", *(row[1] for row in db.execute(f"PRAGMA table_info({name})")))
    }
    text = (files("archive.web") / "data" / "tables.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert there - {(row["table"], row["column"]) for row in rows} == set()
    assert all(row["vi"] and row["en"] for row in rows)


# --- while a crawl writes, and at the edges ---------------------------------------------------------------------------


def test_new_articles_appear_while_another_process_writes(tmp_path: Path) -> None:
    path = tmp_path / "archive"
    with ArchiveBuilder(path) as builder:
        builder.portal("yenbai", "Yên Bái", "Lào Cai")
        with served(path) as url:
            assert "chưa có bài viết" in get(url, "/").words()
            builder.article("https://yenbai.gov.vn/1", "Bài vừa tới", "Một hai ba bốn năm.", published_at="2025-01-02")
            until = time.monotonic() + 60
            while "Bài vừa tới" not in get(url, "/").words():
                assert time.monotonic() < until
            assert "Bài vừa tới" in get(url, "/search?q=bon+nam").words()


def test_errors_are_one_line(tmp_path: Path, path: Path) -> None:
    def said(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([BIN / "luutru", "serve", *arguments], capture_output=True, text=True, timeout=60)
        assert done.stdout == ""
        return done.returncode, done.stderr

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, line = said("--archive", str(path), "--port", port)
    assert (code, line.count("\n")) == (1, 1)
    assert f"127.0.0.1:{port}: the port is in use; name another with --port" in line
    code, line = said("--archive", str(tmp_path / "khong"))
    assert (code, line.count("\n")) == (1, 1)
    assert "there is no archive here" in line
    newer = tmp_path / "newer"
    with ArchiveBuilder(newer):
        pass
    db = sqlite3.connect(newer / "archive.db")
    db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('archive', '9999_later', '')")
    db.commit()
    db.close()
    code, line = said("--archive", str(newer))
    assert (code, line.count("\n")) == (1, 1)
    assert "newer luutru" in line
    code, line = said("--archive", str(path), "--host", "0.0.0.0")
    assert code == 2
    assert "--expose" in line


def test_ctrl_c_ends_it_as_an_interruption(path: Path) -> None:
    command = [BIN / "luutru", "serve", "--archive", path, "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert get(url, "/about").status == 200
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_exposed_it_answers_to_any_name_and_says_so(path: Path) -> None:
    with served(path, "--host", "0.0.0.0", "--expose") as url:
        there = url.replace("0.0.0.0", "127.0.0.1")
        assert get(there, "/about", Host="archive.example").status == 200


# --- language ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "vietnamese", "english"),
    [
        ("2022-10-05", "05/10/2022", "5 Oct 2022"),
        ("2022-10", "10/2022", "Oct 2022"),
        ("2022", "2022", "2022"),
        (None, "không rõ ngày", "undated"),
        ("2020-02-19T21:06+07:00", "19/02/2020 21:06 UTC+07:00", "19 Feb 2020 21:06 UTC+07:00"),
        ("2026-03-01T08:00:00+00:00", "01/03/2026 08:00 UTC", "1 Mar 2026 08:00 UTC"),
    ],
)
def test_moments(moment: str | None, vietnamese: str, english: str) -> None:
    assert (VIETNAMESE.moment(moment), ENGLISH.moment(moment)) == (vietnamese, english)


def test_the_vocabulary_is_known_in_vietnamese() -> None:
    lexicon = (files("archive") / "data" / "boilerplate.csv").read_text(encoding="utf-8")
    reasons = {row["kind"] for row in csv.DictReader(io.StringIO(lexicon))}
    words = {*map(str, PageKind), *map(str, Kind), *REASONS, *reasons} - {
        "robots"
    }  # robots.txt is that in any language
    assert {word for word in words if VIETNAMESE.term(word) == word} == set()


def test_numbers_and_words() -> None:
    assert (VIETNAMESE.number(1234567), ENGLISH.number(1234567)) == ("1.234.567", "1,234,567")
    assert (VIETNAMESE.size(1_500_000), ENGLISH.size(692_000)) == ("1,5 MB", "692 kB")
    assert (VIETNAMESE.percent(0.832), ENGLISH.percent(1)) == ("83,2 %", "100%")
    assert VIETNAMESE.term("status 503") == "mã trả lời 503"
    assert complaint(NotFound("portal 'x'", "no"), VIETNAMESE) == "Kho không có cổng 'x'."
