"""Encodings of pages: what is declared, what the bytes are, and old Vietnamese codes, repaired on evidence alone."""

from __future__ import annotations

import codecs
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from loopback import article

from archive.extract.charset import decode, to_utf8
from archive.extract.legacy import _TCVN3, _VNI, from_tcvn3, from_vni, is_syllable, repair

TEXT = (
    "Sáng nay Ủy ban nhân dân xã họp bàn việc sửa đường liên thôn trước mùa mưa lũ năm nay. Tổ thợ nhận đổ bê tông, "
    "còn bà con góp cát và những ngày công theo từng ngõ. Kỹ sư huyện về tận nơi hướng dẫn cách đầm nền, giữ cữ. "
    "Ai cũng mừng."
)


def page(text: str = TEXT, head: str = "", chrome: str = "") -> str:
    return f"<html><head>{head}<title>Tin</title></head><body>{chrome}<div><p>{text}</p></div></body></html>"


def as_western(raw: bytes) -> str:
    """Return bytes as a program shows them that takes them for cp1252."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in raw)


def tcvn3(text: str) -> str:
    back = {chr(after): chr(code) for code, after in _TCVN3.items()}
    back |= {letter.upper(): code for letter, code in back.items() if letter.upper() not in back}
    return "".join(back.get(letter, letter) for letter in text)


def vni(text: str) -> str:
    back = {letter: code for code, letter in _VNI.items()}
    return "".join(back.get(letter, letter) for letter in text)


def cp1258(text: str) -> bytes:
    """Return cp1258 as Windows writes it: vowels with their hat or horn, tones behind them."""
    pieces = []
    for letter in text:
        apart = normalize("NFD", letter)
        tones = "".join(mark for mark in apart if mark in "\u0300\u0301\u0303\u0309\u0323")
        bare = normalize("NFC", "".join(mark for mark in apart if mark not in tones))
        pieces.append((bare + tones).encode("cp1258"))
    return b"".join(pieces)


OLD = {
    "tcvn3": tcvn3,
    "vni": vni,
    "cp1258": lambda text: as_western(cp1258(text)),
    "mojibake": lambda text: as_western(text.encode()),
}


@pytest.mark.parametrize("code", ["tcvn3", "vni", "cp1258"])
@pytest.mark.parametrize("declared", ["", "text/html; charset=windows-1252", "text/html; charset=iso-8859-1"])
def test_old_codes_are_recognised_by_their_words(code: str, declared: str) -> None:
    body = page(OLD[code](TEXT)).encode("cp1252")
    text, encoding = decode(body, declared)
    assert (normalize("NFC", text).lower(), encoding) == (page().lower(), code)


@pytest.mark.parametrize("code", OLD)
def test_a_block_in_an_old_code_is_repaired_inside_a_page_in_utf8(code: str) -> None:
    chrome = "<ul><li>Trang chủ</li><li>Giới thiệu</li></ul><p>Bản quyền © Ủy ban, 25 µm, Đồ họa® São Paulo</p>"
    repaired, encoding = to_utf8(page(OLD[code](TEXT), chrome=chrome).encode())
    assert (normalize("NFC", repaired.decode()).lower(), encoding) == (page(chrome=chrome).lower(), "utf-8")


@pytest.mark.parametrize(
    ("body", "content_type", "encoding"),
    [
        (page().encode("utf-16"), None, "utf-16-le"),
        (page().encode("utf-16-le"), "text/html", "utf-16-le"),
        (page().encode("utf-16-be"), "text/html", "utf-16-be"),
        (codecs.BOM_UTF8 + page().encode(), "text/html; charset=windows-1252", "utf-8"),
        (page().encode(), "text/html; charset=windows-1258", "utf-8"),
        (page("政府网站的新闻" * 9).encode("gbk"), "text/html; charset=gbk", "gbk"),
        (page("Café à Hué", '<meta charset="iso-8859-1">').encode("cp1252"), None, "cp1252"),
        (page("政府网站的新闻" * 9, '<meta charset="gb2312">').encode("gb2312"), "text/html", "gb2312"),
        (page("政府网站" * 9, '<meta charset="big5">').encode("gbk"), "text/html; charset=gbk", "gbk"),
        (page("a\xe9b", '<meta charset="no-such-thing">').encode("cp1252"), "text/html; charset=x-wrong", "cp1252"),
    ],
)
def test_header_before_meta_before_content(body: bytes, content_type: str | None, encoding: str) -> None:
    assert decode(body, content_type)[1] == encoding


def test_capitals_of_fonts_without_capitals() -> None:
    assert from_tcvn3("Céng hoµ x· héi chñ nghÜa ViÖt Nam") == "Cộng hoà xã hội chủ nghĩa Việt Nam"
    assert from_tcvn3("HéI §åNG") == "HỘI ĐỒNG"
    assert from_vni("Coäng hoøa xaõ hoäi, ÑOÄC LAÄP, ngöôøi") == "Cộng hòa xã hội, ĐỘC LẬP, người"


_SPELT = (
    "và của những người được thuở khuya quyết nghiêng giếng gì huỷ xoong ngoằn khoẻ yếu ưu uỷ quý oan oẳn tuyển rượu"
)
SYLLABLES = _SPELT.split(" ")
FINE = [
    TEXT,
    "«Xong quá» … “phê”… UBND XÃ\xa0 CÔ… 100 µm ® © ½ Ãã",
    "Nhà báo Muñoz và ông Müller, ñ ö, São Tomé, naïve, Øresund, Citroën, Þór, ðð",
    "MUA BÁN ® ÁO Ò Ó Ý; giá 5 µ; “Ê” – ‘Ô’",
    " ".join(SYLLABLES),
]


@pytest.mark.parametrize("text", FINE)
@pytest.mark.parametrize("times", [1, 40])
def test_pages_that_are_fine_are_not_touched(text: str, times: int) -> None:
    body = page(f"{text} " * times).encode()
    assert to_utf8(body, "text/html; charset=windows-1252") == (body, "utf-8")


@given(
    st.lists(
        st.sampled_from([*SYLLABLES, *TEXT.split(), *FINE, "®", "µ", "á»", "ñ", "ö", "Ã\xa0", "«", "»", "…", "XÃ\xa0"]),
        max_size=80,
    )
)
def test_no_mixture_of_fine_words_is_touched(words: list[str]) -> None:
    text = page("</p><p>".join(words))
    assert repair(text) is text


@given(st.text(max_size=400))
@example("á»\xa0 " * 50)
def test_arbitrary_text_survives(text: str) -> None:
    decode(text.encode("utf-8", "replace"), None)
    assert decode(text.encode("cp1252", "ignore"), "text/html; charset=windows-1252")[0] is not None


@given(
    st.binary(max_size=400),
    st.sampled_from([None, "text/html; charset=utf-7", "text/html; charset=hex", "x; charset=rot13"]),
)
def test_arbitrary_bytes_are_decoded(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type)[0], str)
    to_utf8(body, content_type)[0].decode("utf-8")


def test_spelling() -> None:
    assert [word for word in SYLLABLES if not is_syllable(word)] == []
    for word in ("hoµ", "quã̉", "toàán", "straße", "èê", "nghs"):
        assert not is_syllable(word), word


def test_an_article_in_an_old_code_is_an_article() -> None:
    plain = article("Bản Mới")
    broken = article("Bản Mới")
    start, end = broken.index('<div class="body">') + 18, broken.index('<div class="footer">') - 6
    broken = broken[:start] + tcvn3(broken[start:end]) + broken[end:]
    assert broken != plain
    assert to_utf8(broken.encode())[0].decode().lower() == plain.lower()
