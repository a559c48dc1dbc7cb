"""Fingerprints: portable, blind to how a text is written, and inside the error bound of MinHash."""

from __future__ import annotations

import hashlib
import itertools
import random
import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.duplicates import fingerprint
from archive.duplicates.candidates import agreement
from archive.duplicates.config import SignatureConfig
from archive.duplicates.keys import keys_of, many_keys
from archive.duplicates.shingles import mix, overlap, places, rolled_hashes, shingle_hashes, syllable_hashes
from archive.duplicates.signature import signature

TEXT = """Sáng 5/10, Hội Phụ nữ xã Đồng Tâm khai mạc lớp học nấu ăn – dinh dưỡng cho 32 chị em.
Chị Hoà, tổ trưởng tổ 4, nói: “Lớp học giúp gia đình tôi ăn uống khoa học hơn”."""

syllables = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằếộừứ0123456789", min_size=1, max_size=6)
texts = st.lists(syllables, max_size=40).map(" ".join)


def test_the_fingerprint_of_a_text_never_changes() -> None:
    found = fingerprint(TEXT)
    assert found.syllables == 39
    assert found.digest == hashlib.blake2b(TEXT.encode(), digest_size=16).hexdigest()
    assert found.key_digest == "2584ece335d681d286ee148b598535b8"
    assert hashlib.blake2b(found.signature, digest_size=16).hexdigest() == "b5e0a98777e67b2892a706c85dd2a307"
    assert found.spans == b""
    longer = fingerprint(TEXT * 3)
    assert hashlib.blake2b(longer.spans, digest_size=16).hexdigest() == "a798251af9e4f73057013c10bb935dd0"
    assert keys_of(found)[0][:3].tolist() == [24093742669, 40712270132, 24649985386]


def test_the_parameters_have_a_digest_that_tells_them_apart() -> None:
    assert SignatureConfig().digest() == "71f3b0c2b8c8f53f"
    assert SignatureConfig(seed=2).digest() != SignatureConfig().digest()


def test_another_process_with_another_hash_seed_makes_the_same_fingerprint() -> None:
    program = f"from archive.duplicates import fingerprint; print(fingerprint({TEXT!r}).signature.hex())"
    answer = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONHASHSEED": "7"}, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == fingerprint(TEXT).signature.hex()


def test_a_shingle_is_hashed_as_the_documentation_says() -> None:
    modulus = 1 << 64
    value = 0
    for syllable in ("hội", "phụ", "nữ", "xã", "đồng"):
        digest = hashlib.blake2b(syllable.encode(), digest_size=8).digest()
        value = (value * 0x9E3779B97F4A7C17 + int.from_bytes(digest, "little")) % modulus
    value = (value ^ value >> 33) * 0xFF51AFD7ED558CCD % modulus
    value = (value ^ value >> 33) * 0xC4CEB9FE1A85EC53 % modulus
    assert shingle_hashes(syllable_hashes("HỘI phụ nữ; xã Đồng")).tolist() == [value ^ value >> 33]


def test_the_signature_is_the_one_that_datasketch_makes_value_by_value() -> None:
    shingles = shingle_hashes(syllable_hashes(TEXT))
    minhash = MinHash(128, seed=1, hashfunc=int, scheme="affine32")
    for shingle in shingles.tolist():
        minhash.update(shingle % (1 << 32))
    assert signature(shingles) == minhash.hashvalues.astype("<u4").tobytes()


@pytest.mark.parametrize("text", ["", "–", "một", "một hai ba bốn", "một hai ba bốn năm", "một hai ba bốn năm sáu"])
def test_short_texts_have_a_shingle_of_what_there_is(text: str) -> None:
    found = fingerprint(text)
    count = len(text.replace("–", "").split())
    assert found.syllables == count
    assert len(shingle_hashes(syllable_hashes(text))) == (0 if not count else max(1, count - 4))
    assert len(keys_of(found)[0]) == (21 if count else 0)
    assert len(found.signature) == 512


WRITINGS = {
    "case": str.upper,
    "Unicode form": lambda text: unicodedata.normalize("NFD", text),
    "tone placement": lambda text: text.replace("Hoà", "Hòa").replace("khoẻ", "khỏe"),
    "dashes": lambda text: text.replace("–", "-"),
    "quotes": lambda text: text.replace("“", '"').replace("”", '"'),
    "spaces": lambda text: text.replace(" ", " \u00a0 ").replace("\n", "\n\n  "),
    "lines": lambda text: text.replace("\n", " "),
    "zero width": lambda text: text.replace("gia", "g\u200bia"),
}


@pytest.mark.parametrize("how", WRITINGS)
def test_texts_that_are_written_otherwise_are_exact_copies(how: str) -> None:
    other = WRITINGS[how](TEXT)
    assert other != TEXT
    ours, theirs = fingerprint(TEXT), fingerprint(other)
    assert ours.digest != theirs.digest
    assert (ours.key_digest, ours.signature) == (theirs.key_digest, theirs.signature)


@pytest.mark.parametrize(
    ("a", "b"), [("hòa", "hoa"), ("đang", "dang"), ("5 xã", "6 xã"), ("1.25", "12.5"), ("a b", "b a")]
)
def test_marks_digits_and_order_count(a: str, b: str) -> None:
    assert fingerprint(a).key_digest != fingerprint(b).key_digest


@given(texts)
def test_folding_of_any_text_keeps_its_key(text: str) -> None:
    key = fingerprint(text).key_digest
    assert fingerprint(unicodedata.normalize("NFD", text).upper()).key_digest == key
    assert fingerprint("– " + text.replace(" ", ",\n ") + ".").key_digest == key


@given(st.text(max_size=60))
def test_every_syllable_has_its_place(text: str) -> None:
    found = places(text)
    assert len(found) == len(syllable_hashes(text)) == fingerprint(text).syllables
    assert found == sorted(found)
    assert all(0 <= start < end <= len(text) for start, end in found)


@settings(max_examples=60)
@given(st.integers(5, 400), st.floats(0, 1), st.randoms(use_true_random=False))
def test_the_estimate_is_inside_its_error_bound(size: int, share: float, rng: random.Random) -> None:
    common = [rng.getrandbits(64) for _ in range(round(size * share))]
    a, b = (np.unique(np.array([*common, *(rng.getrandbits(64) for _ in range(size))], np.uint64)) for _ in "ab")
    shared = overlap(a, b)
    jaccard = shared / (len(a) + len(b) - shared)
    estimate = agreement(*(np.frombuffer(signature(hashes), "<u4") for hashes in (a, b)))
    assert abs(estimate - jaccard) <= 5 * (0.25 / 128) ** 0.5


def test_a_span_is_hashed_as_the_documentation_says() -> None:
    rolled = rolled_hashes(syllable_hashes(TEXT * 3))
    anchors = [hash_ for hash_ in rolled.tolist() if hash_ < (1 << 64) // 12]
    modulus = 1 << 64

    def fmix64(value: int) -> int:
        return int(mix(np.array([value % modulus], np.uint64))[0])

    spans = {fmix64(a * 0x9E3779B97F4A7C17 + b) for a, b in itertools.pairwise(anchors)}
    found = fingerprint(TEXT * 3)
    assert np.frombuffer(found.spans, "<u8").tolist() == sorted(spans)
    keys, count = keys_of(found)
    assert keys[:count].tolist() == [span >> 28 for span in sorted(spans)]
    values = np.frombuffer(found.signature, "<u4").tolist()
    band = [fmix64(i + sum(values[6 * i + k] * fmix64(k + 1) for k in range(6))) >> 28 for i in range(12)]
    assert keys[count:].tolist() == band


def test_the_keys_of_many_texts_are_those_of_each() -> None:
    prints = [fingerprint(" ".join(f"chữ{i}" for i in range(size))) for size in (3, 79, 80, 150, 600)]
    each = [keys_of(found) for found in prints]
    keys, texts = many_keys(
        np.array([found.syllables for found in prints]),
        np.stack([np.frombuffer(found.signature, "<u4") for found in prints]),
        np.concatenate([np.frombuffer(found.spans, "<u8") for found in prints]),
        np.array([count for _, count in each]),
    )
    for number, (own, _) in enumerate(each):
        assert keys[texts == number].tolist() == own.tolist()
    assert [len(own) - count for own, count in each] == [21, 21, 12, 12, 8]


@given(st.sets(st.integers(0, 300)), st.sets(st.integers(0, 300)))
def test_the_overlap_is_that_of_the_sets(a: set[int], b: set[int]) -> None:
    left, right = (np.array(sorted(values), np.uint64) for values in (a, b))
    assert overlap(left, right) == len(a & b)
