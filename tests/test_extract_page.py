"""Bytes to a page: encodings, broken and hostile input, the page kinds that depend on little text."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import PageError
from archive.extract import extract, parse
from archive.extract.charset import decode
from archive.extract.outline import Outline
from archive.extract.select import select
from archive.records import PageKind

NOW = datetime(2024, 6, 1, tzinfo=UTC)
TEXT = "Ủy ban nhân dân xã đã họp để bàn về kế hoạch thủy lợi, nạo vét kênh mương và phòng chống hạn mặn."


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (TEXT.encode(), "text/html; charset=iso-8859-1"),  # valid UTF-8 wins
        (TEXT.encode(), None),
        (b"\xef\xbb\xbf" + TEXT.encode(), None),
        (TEXT.encode("utf-16"), None),
        (f'<meta charset="windows-1258">{TEXT}'.encode(), None),
    ],
)
def test_text_is_read_whatever_the_page_says_of_itself(body: bytes, content_type: str | None) -> None:
    assert TEXT in decode(body, content_type)[0]


def test_vietnamese_windows_pages_are_read_on_evidence() -> None:
    encoded = b"".join(_cp1258(c) for c in unicodedata.normalize("NFC", TEXT))
    text, encoding = decode(encoded)
    assert encoding == "cp1258"
    assert unicodedata.normalize("NFC", text) == TEXT


def _cp1258(letter: str) -> bytes:
    """Return a letter as Windows wrote it: the vowel ready made, the tone as a mark behind it."""
    try:
        return letter.encode("cp1258")
    except UnicodeEncodeError:
        tones = "\u0300\u0301\u0303\u0309\u0323"
        decomposed = unicodedata.normalize("NFD", letter)
        tone = next(c for c in decomposed if c in tones)
        base = unicodedata.normalize("NFC", decomposed.replace(tone, ""))
        return (base + tone).encode("cp1258")


def test_one_bad_byte_does_not_change_the_encoding() -> None:
    text, encoding = decode(TEXT.encode() * 20 + b"\xff")
    assert encoding == "utf-8"
    assert TEXT in text


def test_base_is_what_links_are_relative_to() -> None:
    page = parse(b'<html><head><base href="/vi/"></head><body><a href="x">x</a></body></html>', "https://a.gov.vn/b/c")
    assert page.base_url == "https://a.gov.vn/vi/"
    assert parse(b"<p>x</p>", "https://a.gov.vn/b/c").base_url == "https://a.gov.vn/b/c"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n\t",
        b"<p>a</p>" * 200_000,
        b"<div " + b" ".join(b"a%d=1" % i for i in range(100_000)) + b">x</div>",
        b"x" * 9_000_000,
        b"<body>" + b"<div>" * 50_000 + b"x" * 300,
        b"<body>" + b"<table><tr><td>" * 10_000 + b"abc",
        b"<body>" + b"<ul><li>" * 20_000 + b"abc",
    ],
    ids=["empty", "blank", "tags", "attributes", "bytes", "divs", "tables", "lists"],
)
def test_pages_that_cannot_be_read_raise_page_error(body: bytes) -> None:
    with pytest.raises(PageError, match=r"https://a\.gov\.vn/x"):
        parse(body, "https://a.gov.vn/x")


@pytest.mark.parametrize(
    "body",
    [
        b"\x00" * 500 + b"<p>abc</p>",
        b"<" * 50_000,
        b"<body><p>" + b". " * 200_000,
    ],
    ids=["nul", "angles", "dots"],
)
def test_hostile_pages_are_classified(body: bytes) -> None:
    assert extract(parse(body, "https://a.gov.vn/x.html"), captured_at=NOW).kind in PageKind


def test_formatting_that_is_never_closed_loses_no_text() -> None:
    body = "<body><h1>Xã họp bàn việc nạo vét kênh mương</h1>" + "".join(
        f"<p><font><b>Đoạn {number}. {TEXT}" for number in range(1_500)
    )
    found = extract(parse(body.encode(), "https://a.gov.vn/x.html"), captured_at=NOW)
    assert found.article is not None
    assert len(found.article.text.split("\n")) == 1_500


def test_too_much_text_is_a_broken_page() -> None:
    body = "<body><h1>Tin</h1>" + f"<p>{TEXT}</p>" * 9_000
    found = extract(parse(body.encode(), "https://a.gov.vn/x.html"), captured_at=NOW)
    assert found.kind is PageKind.BROKEN
    assert "characters" in found.reason


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=400))
def test_any_bytes_give_a_kind_or_a_page_error(body: bytes) -> None:
    try:
        page = parse(b"<html><body>" + body, "https://a.gov.vn/x.html")
    except PageError:
        return
    assert extract(page, captured_at=NOW).kind in PageKind


def test_a_selector_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ValueError, match="expected"):
        select(Outline(), "div > p")
