"""Attachments: which files an article links to, what they say, and how they are found again."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from documents import docx, paragraph, pdf, xlsx, zipped
from hypothesis import given
from hypothesis import strategies as st
from loopback import Answers, article, listing, serving
from test_crawl import luutru

from archive import attachments
from archive.attachments.paragraphs import joined
from archive.errors import PageError
from archive.extract import extract, parse
from archive.records import AttachmentText, PageKind
from crawler.analysis.job import Analysis, Job
from crawler.analysis.pool import Pool
from crawler.analysis.worker import analyse, analyse_batch

LONG = "Ủy ban nhân dân xã Nà Lịn giao các thôn rà soát danh sách hộ đủ điều kiện vay vốn sản xuất,"
URL = "http://vidu.gov.vn/up/van-ban"
FIXTURES = Path(__file__).parent / "fixtures" / "attachments"


def read(body: bytes, name: str) -> AttachmentText:
    found = attachments.read(body, f"{URL}.{name}")
    assert found is not None
    return found


# --- what documents say -----------------------------------------------------------------------------------------------


def test_a_pdf_is_read_with_its_lines_joined_to_paragraphs() -> None:
    found = read(pdf([["QUYẾT ĐỊNH", LONG, "gửi về văn phòng trước ngày 5."], ["Điều 2. Hết."]]), "pdf")
    assert found.text.splitlines() == ["QUYẾT ĐỊNH", f"{LONG} gửi về văn phòng trước ngày 5.", "Điều 2. Hết."]
    assert (found.format, found.pages, found.reason) == ("pdf", 2, None)


def test_a_pdf_that_chromium_printed_is_read() -> None:
    found = read((FIXTURES / "chromium.pdf").read_bytes(), "pdf")
    assert "Điều 1. Thành lập tổ vận động xây dựng cầu treo bản Nà Lịn gồm chín thành viên" in found.text
    assert found.text.splitlines()[-1] == "Điều 2. Quyết định có hiệu lực từ ngày ký."


def test_a_scan_is_said_to_be_one() -> None:
    found = read(pdf([[], []]), "pdf")
    assert found.text == ""
    assert "scan" in str(found.reason)


def test_a_word_document_gives_paragraphs_and_rows_without_what_was_deleted() -> None:
    cells = "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in ("STT", "Họ và tên", ""))
    body = (
        paragraph("Kế hoạch")
        + "<w:p><w:r><w:t>đợt</w:t><w:tab/><w:t>hai</w:t></w:r>"
        + "<w:del><w:r><w:delText>ba</w:delText></w:r></w:del></w:p>"
        + f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>"
        + "<w:p><w:r><mc:AlternateContent><mc:Choice><w:t>Khung</w:t></mc:Choice><mc:Fallback><w:t>Khung</w:t>"
        + "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert read(docx(body), "docx").text.splitlines() == ["Kế hoạch", "đợt hai", "STT | Họ và tên", "Khung"]


@pytest.mark.parametrize("name", ["xlsx", "xls"])
def test_workbooks_give_their_rows(name: str) -> None:
    rows = [["STT", "Họ và tên"], ["1", "Lò Thị Mẩy"]]
    body = xlsx(rows) if name == "xlsx" else (FIXTURES / "danh-sach.xls").read_bytes()
    found = read(body, name)
    assert found.text.splitlines() == [" | ".join(row) for row in rows]
    assert found.format == name


def test_text_is_composed() -> None:
    assert read(docx(paragraph("Tie\u0302\u0301ng Vie\u0323\u0302t")), "docx").text == "Tiếng Việt"


def test_text_in_an_old_code_is_converted() -> None:
    old = "Uû ban nh©n d©n x· häp bµn viÖc söa ®­êng liªn th«n tr­íc mïa m­a, bµ con gãp c¸t vµ ngµy c«ng theo tõng ngâ"
    new = "Uỷ ban nhân dân xã họp bàn việc sửa đường liên thôn trước mùa mưa, bà con góp cát và ngày công theo từng ngõ"
    assert read(docx(paragraph(old)), "docx").text == new
    assert read(docx(paragraph(new)), "docx").text == new


def test_of_a_format_that_is_not_read_the_name_is_told() -> None:
    body = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument\0".encode("utf-16-le")
    assert read(body, "doc") == AttachmentText("doc", reason="the text of doc files is not read")
    assert attachments.read(b"\x89PNG\r\n\x1a\n", "http://vidu.gov.vn/anh") is None
    assert attachments.read(zipped({"anh-1.txt": "a"}), "http://vidu.gov.vn/tai?id=1") is None


_BROKEN: Mapping[str, bytes] = {
    "cut.pdf": pdf([["Điều 1."]])[:150],
    "empty.pdf": b"",
    "an-error.pdf": b"Server too busy",
    "cut.docx": docx(paragraph("Kế hoạch"))[:-30],
    "no-xml.docx": zipped({"word/document.xml": ""}),
    "cut.xlsx": xlsx([["STT"]])[:-30],
    "no-sheet.xlsx": zipped({"xl/workbook.xml": "<a>"}),
    "locked.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
}


@pytest.mark.parametrize("name", _BROKEN)
def test_what_is_damaged_or_locked_is_broken_with_a_reason_and_stops_nothing(name: str) -> None:
    job = Job(
        f"http://vidu.gov.vn/{name}", _BROKEN[name], "application/octet-stream", datetime.now(UTC), ("vidu.gov.vn",)
    )
    sound = Job(f"{URL}.pdf", pdf([["Điều 1."]]), "application/pdf", datetime.now(UTC), ("vidu.gov.vn",))
    broken, other = analyse_batch([job, sound])
    assert broken.kind is PageKind.BROKEN
    assert broken.extraction.reason.endswith("; it was kept, but not read")
    assert other.extraction.attachment == AttachmentText("pdf", "Điều 1.", 1)


def test_a_workbook_that_claims_more_cells_than_memory_costs_its_worker_alone() -> None:
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>Hết</t></is></c></row></sheetData>'
    jobs = [
        Job(f"{URL}.xlsx", xlsx([["STT"]], far), "application/octet-stream", datetime.now(UTC), ("vidu.gov.vn",)),
        Job(f"{URL}.pdf", pdf([["Điều 1."]]), "application/pdf", datetime.now(UTC), ("vidu.gov.vn",)),
    ]

    async def analysed() -> list[Analysis]:
        pool = Pool(1)
        try:
            return list(await asyncio.gather(*map(pool.analyse, jobs)))
        finally:
            pool.close()

    huge, sound = asyncio.run(analysed())
    assert huge.kind is PageKind.BROKEN
    assert sound.extraction.attachment == AttachmentText("pdf", "Điều 1.", 1)


def test_a_pdf_with_a_password_is_said_to_be_encrypted() -> None:
    with pytest.raises(PageError, match="encrypted"):
        read((FIXTURES / "encrypted.pdf").read_bytes(), "pdf")


def test_what_unpacks_to_more_than_it_should_is_not_unpacked(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.docx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file, file.open("word/document.xml", "w") as part:
        for _ in range(70):
            part.write(bytes(1_000_000))
    with pytest.raises(PageError, match="unpacks to more than"):
        read(bomb.read_bytes(), "docx")


@given(
    st.binary(max_size=300), st.sampled_from([b"%PDF-1.4\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b""])
)
def test_no_bytes_raise_anything_but_a_page_error(body: bytes, head: bytes) -> None:
    with suppress(PageError):
        attachments.read(head + body, f"{URL}.pdf")


@given(st.text())
def test_joining_lines_loses_no_word(text: str) -> None:
    assert joined(text).split() == text.split()


# --- which files an article links to ----------------------------------------------------------------------------------

_PROSE = "".join(f"<p>Đoạn {n}: {LONG} gửi về văn phòng trước ngày {n} để tổng hợp.</p>" for n in range(1, 5))


def page(inside: str = "", below: str = "") -> bytes:
    """Return an article page with links to files in its menu, its text, below it, beside it and in its footer."""
    return f"""<!DOCTYPE html><html><head><title>Thông báo rà soát danh sách hộ vay vốn</title></head><body>
    <ul class="menu"><li><a href="/huong-dan.pdf">Hướng dẫn.pdf</a></li></ul>
    <div class="main"><div class="detail"><h1>Thông báo rà soát danh sách hộ vay vốn</h1>
    <div class="content">{_PROSE}{inside}</div>{below}</div></div>
    <div class="right"><h3>Văn bản mới</h3><p><a href="/vb/1.pdf">Quyết định số 5.pdf</a></p></div>
    <div class="footer">Trụ sở: xã Nà Lịn <a href="/noi-quy.pdf">Nội quy.pdf</a></div></body></html>""".encode()


_NUKEVIET = """<div class="panel"><div class="panel-heading"><strong>File đính kèm</strong></div>
<div class="list-group news-download-file"><div class="list-group-item"><span class="badge">
<a data-toggle="collapse" href="#pdf1">Xem trước</a></span>
<a href="/tin/bai-12.html?download=1&amp;id=0">Tải về: <strong>phu-luc.pdf</strong></a></div></div></div>"""
_VHV = """<div class="files"><div>Tài liệu đính kèm</div><ul><li><a href="javascript:void(0)"
onclick="downloadFile('TB 15','/upload/1000/20251030/TB15.pdf')">Thông báo 15</a></li>
<li><a onclick="downloadFile('PL','/upload/1000/20251030/9f3c')">Phụ lục</a></li></ul></div>"""
_TABLE = """<table border="1"><tr><th>Số</th><th>Trích yếu</th><th>Tệp</th></tr>
<tr><td>15/TB</td><td><a href="/vb/15">Thông báo 15</a></td><td><a href="/f/15.pdf">Tải về</a></td></tr>
<tr><td>16/TB</td><td>Thông báo 16</td><td><a href="/f/16.pdf"><img src="pdf.png"></a></td></tr></table>"""
_LIFERAY = "/documents/20181/0/Ke%20hoach.pdf/3c4d5e6f-1111-2222-3333-444455556666?t=15"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (page(), []),
        (page('<p>Xem <a href="/up/TB-15.docx">tại đây</a>.</p>'), [("/up/TB-15.docx", "TB-15.docx")]),
        (page(below=_NUKEVIET), [("/tin/bai-12.html?download=1&id=0", "Tải về: phu-luc.pdf")]),
        (
            page(below=_VHV),
            [("/upload/1000/20251030/TB15.pdf", "Thông báo 15"), ("/upload/1000/20251030/9f3c", "Phụ lục")],
        ),
        (page(_TABLE), [("/f/15.pdf", "15.pdf"), ("/f/16.pdf", "16.pdf")]),
        (page(f'<p><a href="{_LIFERAY}">Kế hoạch</a></p>'), [(_LIFERAY, "Kế hoạch")]),
        (page('<p><a href="/up/a.pdf">/up/a.pdf</a></p>'), [("/up/a.pdf", "a.pdf")]),
        (page('<iframe src="/pdfjs/web/viewer.html?file=%2Fup%2Fa.pdf"></iframe>'), [("/up/a.pdf", "a.pdf")]),
        (
            page(below='<h4>Tệp đính kèm</h4><div><a href="/Download.ashx?id=7" title="Kế hoạch 7">Tải về</a></div>'),
            [("/Download.ashx?id=7", "Kế hoạch 7")],
        ),
        (page(below='<h4>Tin liên quan</h4><ul><li><a href="/b-1.html">Công bố tệp abc.pdf</a></li></ul>'), []),
        (page(below='<h4>Tệp đính kèm</h4><p>Từ khóa: <a href="/tag/vay-von">vay vốn</a></p>'), []),
    ],
    ids=["none", "inline", "nukeviet", "vhv", "table", "liferay", "address", "viewer", "list", "related", "tags"],
)
def test_files_of_the_article_are_told_from_those_of_the_page(html: bytes, expected: list[tuple[str, str]]) -> None:
    found = extract(parse(html, "http://vidu.gov.vn/tin/bai-12.html"), captured_at=datetime.now(UTC))
    assert found.kind is PageKind.ARTICLE
    assert [(one.url, one.name) for one in found.attachments] == [
        (f"http://vidu.gov.vn{path}", name) for path, name in expected
    ]


def test_files_without_an_address_of_their_own_are_fetched_all_the_same() -> None:
    job = Job(
        "http://vidu.gov.vn/tin/bai-12.html",
        page(below=_NUKEVIET + _VHV),
        "text/html",
        datetime.now(UTC),
        ("vidu.gov.vn",),
    )
    found = analyse(job)
    paths = {row.url.removeprefix("http://vidu.gov.vn") for row in found.links}
    assert {"/tin/bai-12.html?download=1&id=0", "/upload/1000/20251030/TB15.pdf"} <= paths
    assert not found.drops.get("savefile")
    assert all(one.key is not None for one in found.extraction.attachments)


def test_an_article_that_comes_again_at_the_address_of_its_file_is_not_stored_twice() -> None:
    job = Job(
        "http://vidu.gov.vn/tin/bai-12.html?download=1&id=0", page(), "text/html", datetime.now(UTC), ("vidu.gov.vn",)
    )
    assert analyse(job).kind is PageKind.ALIAS


# --- from the portal to the search ------------------------------------------------------------------------------------


def _portal() -> Answers:
    """Return a portal with three articles, of which two have files."""
    office = "application/octet-stream"
    linked = _NUKEVIET.replace("/tin/bai-12.html", "/tin/bai-1-12.html")
    first = article("Nà Lịn").replace('<div class="footer">', f'{linked}<div class="footer">')
    word = '<p>Kèm theo <a href="/up/ke-hoach.docx">kế hoạch</a> và <a href="/up/hong.pdf">bản quét</a>.</p>'
    second = article("Nà Pồng").replace("</div></div>", f"{word}</div></div>", 1)
    return {
        "/": listing(["/tin/bai-1-12.html", "/tin/bai-2-13.html", "/tin/bai-3-14.html"]),
        "/tin/bai-1-12.html": first,
        "/tin/bai-2-13.html": second,
        "/tin/bai-3-14.html": article("Nà Hin"),
        "/tin/bai-1-12.html?download=1&id=0": (200, {"Content-Type": office}, pdf([["Đơn giá đền bù hoa màu"]])),
        "/up/ke-hoach.docx": (200, {"Content-Type": office}, docx(paragraph("Lịch tiêm phòng dại cho chó mèo"))),
        "/up/hong.pdf": (200, {"Content-Type": "application/pdf"}, b"%PDF-1.4 broken off"),
    }


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    archive = tmp_path_factory.mktemp("attachments") / "archive"
    with serving(_portal()) as server:
        done = luutru("crawl", server.url, "--archive", str(archive), check=3)
    return archive, done


def test_a_crawl_keeps_files_with_their_article(crawled: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    archive, done = crawled
    assert "damaged PDF" in done.stderr, "one file is broken, and nothing else is lost"
    with sqlite3.connect(archive / "archive.db") as db:
        assert db.execute("SELECT count(*) FROM articles").fetchone()[0] == 3
        kinds = db.execute("SELECT kind, count(*) FROM pages GROUP BY kind").fetchall()
    assert dict(kinds) | {"attachment": 2, "broken": 1, "article": 3} == dict(kinds)
    luutru("verify", "--archive", str(archive))


def test_words_inside_files_are_found_with_file_and_article(
    crawled: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    where = ("--archive", str(crawled[0]))
    hit = json.loads(luutru("search", "don gia den bu", *where, "--json").stdout)
    assert hit["title"] == "Chuyện làm đường ở Nà Lịn"
    assert hit["attachment"]["format"] == "pdf"
    assert hit["attachment"]["url"].endswith("?download=1&id=0")
    assert "**Đơn giá đền bù**" in hit["snippet"]
    shown = luutru("search", "tiêm phòng", "--since", "2022", "--until", "2022", *where).stdout
    assert "ke-hoach.docx (docx)" in shown
    assert "Nà Pồng" in shown
    assert luutru("search", "tiêm phòng", "--since", "2023", *where).stdout == ""
    assert luutru("search", "tiêm phòng", "--articles-only", *where).stdout == ""
    assert luutru("search", "tiêm phòng", "--exact", *where).stdout
    assert json.loads(luutru("search", "mùa mưa", "--limit", "1", *where, "--json").stdout)["attachment"] is None


def test_show_lists_the_files_of_an_article_and_shows_a_file(
    crawled: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    where = ("--archive", str(crawled[0]))
    hit = json.loads(luutru("search", "tiêm phòng", *where, "--json").stdout)
    shown = json.loads(luutru("show", hit["id"], *where, "--json").stdout)
    assert [(one["name"], one["kind"], one["format"]) for one in shown["attachments"]] == [
        ("kế hoạch", "attachment", "docx"),
        ("bản quét", "broken", None),
    ]
    text = luutru("show", hit["id"], *where).stdout
    assert "kế hoạch  (docx, 31 characters)" in text
    file = hit["attachment"]["id"]
    text = luutru("show", file, *where).stdout
    assert "Lịch tiêm phòng dại cho chó mèo" in text
    assert "attached to Chuyện làm đường ở Nà Pồng" in text
    assert json.loads(luutru("show", file, *where, "--json").stdout)["articles"][0][0] == hit["id"]


def test_the_index_is_made_anew_with_files(crawled: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    where = ("--archive", str(crawled[0]))
    luutru("verify", "--repair", *where)
    luutru("verify", *where)
    assert luutru("search", "tiêm phòng", *where).stdout


def test_a_file_that_changes_is_searched_as_it_is_now(tmp_path: Path) -> None:
    answers = dict(_portal())
    del answers["/up/hong.pdf"]
    old, new = (docx(paragraph(text)) for text in ("Lịch tiêm phòng", "Lịch phun thuốc"))
    answers["/up/ke-hoach.docx"] = lambda hits: (200, {"Content-Type": "application/msword"}, new if hits else old)
    where = ("--archive", str(tmp_path / "archive"))
    with serving(answers) as server:
        luutru("crawl", server.url, *where)
        with sqlite3.connect(tmp_path / "archive" / "archive.db") as db:
            db.execute("UPDATE frontier SET due_at = 0 WHERE url LIKE '%docx'")
        luutru("crawl", server.url, *where)
    assert luutru("search", "tiêm phòng", *where).stdout == ""
    assert luutru("search", "phun thuốc", *where).stdout
    luutru("verify", *where)
