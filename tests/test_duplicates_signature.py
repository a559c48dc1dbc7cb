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
    assert hashlib.blake2b(longer.spans, digest_size=16).hexdigest() == "1284984a60056ed82cd7375a6b8aa043"
    assert keys_of(found)[:3].tolist() == [28521107534, 59321893542, 9352819370]


def test_the_parameters_have_a_digest_that_tells_them_apart() -> None:
    assert SignatureConfig().digest() == "3c14b575e5a6f06b"
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
    assert len(keys_of(found)) == (11 if count else 0)
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


def fmix64(value: int) -> int:
    """Return the finalizer of MurmurHash3, of a number modulo 2**64."""
    return int(mix(np.array([value % (1 << 64)], np.uint64))[0])


def cuts_of(rolled: list[int], window: int) -> list[int]:
    """Return before which shingles a text is cut, as the documentation says."""
    starts = range(max(1, len(rolled) - window + 1))
    return sorted(
        {0, *(min(range(i, min(i + window, len(rolled))), key=lambda j: (rolled[j] >> 32, j)) for i in starts)}
    )


@pytest.mark.parametrize("text", [TEXT * 3, "một hai ba " * 40, " ".join(f"từ{i % 97}" for i in range(9000))])
def test_spans_and_bands_are_hashed_as_the_documentation_says(text: str) -> None:
    rolled = rolled_hashes(syllable_hashes(text)).tolist()
    cuts = cuts_of(rolled, 32)
    spans = {sum(rolled[a:b]) % (1 << 64) for a, b in itertools.pairwise([*cuts, len(rolled)])}
    found = fingerprint(text)
    assert np.frombuffer(found.spans, "<u8").tolist() == sorted(spans)
    bands = 4 if found.syllables >= 160 else 6
    values = np.frombuffer(found.signature, "<u4").tolist()
    hashes = [fmix64(i + sum(values[4 * i + k] * fmix64(k + 1) for k in range(4))) for i in range(bands)]
    assert keys_of(found).tolist() == [s >> 29 << 1 | 1 for s in sorted(spans)] + [h >> 29 << 1 for h in hashes]


def test_what_two_texts_share_has_the_same_spans_whatever_stands_around_it() -> None:
    rng = random.Random(3)
    before, shared, after = ([" ".join(f"từ{rng.randrange(10**6)}" for _ in range(120)) for _ in "ab"] for _ in "abc")
    texts = [shared[0], *(f"{before[i]} {shared[0]} {after[i]}" for i in range(2))]
    alone, *spans = (set(np.frombuffer(fingerprint(text).spans, "<u8").tolist()) for text in texts)
    assert spans[0] & spans[1] == spans[0] & alone == spans[1] & alone
    assert len(alone) - len(spans[0] & alone) == 2, "its beginning and its end"
    assert len(spans[0] & alone) >= 120 // 32


def test_the_keys_of_many_texts_are_those_of_each() -> None:
    prints = [fingerprint(" ".join(f"chữ{i}" for i in range(size))) for size in (3, 79, 80, 150, 600)]
    spans = [np.frombuffer(found.spans, "<u8") for found in prints]
    entries = many_keys(
        np.arange(7, 12),
        np.array([found.syllables for found in prints]),
        np.stack([np.frombuffer(found.signature, "<u4") for found in prints]),
        np.concatenate(spans),
        np.array([len(some) for some in spans]),
    )
    expected = [key << 28 | number for number, found in enumerate(prints, 7) for key in keys_of(found).tolist()]
    assert sorted(entries.tolist()) == sorted(expected)
    assert [len(keys_of(found)) - len(some) for found, some in zip(prints, spans, strict=True)] == [11, 11, 6, 6, 4]


@given(st.sets(st.integers(0, 300)), st.sets(st.integers(0, 300)))
def test_the_overlap_is_that_of_the_sets(a: set[int], b: set[int]) -> None:
    left, right = (np.array(sorted(values), np.uint64) for values in (a, b))
    assert overlap(left, right) == len(a & b)
