"""Text as it is stored and as it is compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.text import count_syllables, fold_key, fold_search, normalise, printable, strip_marks

texts = st.text(st.sampled_from(" \n\t\r\u00a0\u200b\u0085a\u0301\u2028Đđòà–“") | st.characters(), max_size=40)


@given(texts)
def test_normalise_is_idempotent_nfc_and_tight(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert "  " not in once
    assert "\n\n" not in once
    assert once == once.strip(" \n")


@given(texts)
def test_fold_key_is_idempotent(text: str) -> None:
    assert fold_key(fold_key(text)) == fold_key(text)


@given(texts)
def test_fold_search_keeps_the_length_of_normal_text(text: str) -> None:
    plain = unicodedata.normalize("NFC", text)
    assert len(fold_search(plain)) == len(plain)


def test_normalise_keeps_what_is_the_authors() -> None:
    assert normalise(" Bắc\u00a0Kạn –\u200b “đổi mới”  \r\n\n  \u00adxã ") == "Bắc Kạn – “đổi mới”\nxã"
    assert normalise(unicodedata.normalize("NFD", "Hội nghị")) == "Hội nghị"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("hòa bình", "hoà bình"),
        ("KHỎE", "khoẻ"),
        ("ủy ban", "uỷ ban"),
        (unicodedata.normalize("NFD", "Đảng"), "đảng"),
        ("xã – phường “A”", 'XÃ - phường  "a"'),
        ("Ðak Pơ", "đak pơ"),
    ],
)
def test_fold_key_makes_one_of(a: str, b: str) -> None:
    assert fold_key(a) == fold_key(b)


@pytest.mark.parametrize(
    ("a", "b"), [("5 xã", "6 xã"), ("đảng", "đang"), ("quý", "qúi"), ("hoàn", "hòan "), ("thủy", "thùy")]
)
def test_fold_key_keeps_apart(a: str, b: str) -> None:
    assert fold_key(a) != fold_key(b)


def test_strip_marks_and_syllables() -> None:
    assert strip_marks("Đắk Lắk, Thừa Thiên Huế") == "dak lak, thua thien hue"
    assert count_syllables("Ngày 05/10/2022: 3 xã.") == 6


def test_what_a_terminal_would_obey_is_shown_as_escapes() -> None:
    assert printable("Bắc Kạn \x1b[2J\x9b\n\u202e") == r"Bắc Kạn \x1b[2J\x9b\n\u202e"
