"""What could hurt at scale or out of malice: one text a thousand times, a form of thousands, huge and empty texts."""

from __future__ import annotations

import random

import pytest
from duplicates_archive import Pages

from archive import duplicates
from archive.duplicates import documents
from archive.duplicates.clusters import group
from archive.duplicates.relation import relate

SENTENCE = "Tổ hòa giải thôn {} nhận đơn của bà con vào sáng thứ hai và trả lời bằng giấy trong vòng bảy ngày."


def words(rng: random.Random, count: int) -> str:
    """Return made-up words."""
    return " ".join("".join(rng.choices("bcdghklmnrstvx", k=1) + rng.choices("aeiouy", k=2)) for _ in range(count))


def variant(text: str, number: int) -> str:
    """Return one of many ways to write a text that fold to the same."""
    return " ".join(word.upper() if number >> place & 1 else word for place, word in enumerate(text.split()))


def test_one_text_written_in_many_ways_is_one_cluster_with_few_links() -> None:
    pages, text = Pages(), SENTENCE.format("Hạ")
    near = f"{text} Hết."
    for number in range(300):
        pages.show(number, variant(text, number))
    pages.show(1000, near)
    assert pages.clusters() == {(1000, frozenset([*range(300), 1000]))}
    assert len(pages.links()) < 300 * 9
    for number in range(0, 300, 3):  # those that the links go through among them
        pages.drop(number)
    assert {members for _, members in pages.clusters()} == {frozenset([*(n for n in range(300) if n % 3), 1000])}
    assert list(duplicates.check(pages.db)) == []


def test_a_clump_of_near_copies_is_read_in_part_and_hangs_together(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0

    def counted(*readings: documents.Reading) -> duplicates.Relation | None:
        nonlocal compared
        compared += 1
        return relate(*readings)

    monkeypatch.setattr(documents, "relate", counted)
    rng, pages = random.Random(4), Pages()
    body = words(rng, 120)
    count = 120
    for number in range(count):
        pages.show(number, f"{words(rng, 4)} {body} {words(rng, 4)}")
    assert {members for _, members in pages.clusters()} == {frozenset(range(count))}
    assert compared < count * 17
    assert list(duplicates.check(pages.db)) == []


def test_a_cluster_that_falls_apart_is_held_by_copies_that_were_not_read_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(documents, "_ENOUGH", 1)
    rng, pages = random.Random(4), Pages()
    body = words(rng, 120)
    for number in range(6):
        pages.show(number, f"{words(rng, 4)} {body} {words(rng, 4)}")
    assert len(pages.links()) == 5
    pages.drop(0)
    assert {members for _, members in pages.clusters()} == {frozenset(range(1, 6))}
    pages.drop(5)
    pages.drop(2)
    assert {members for _, members in pages.clusters()} == {frozenset((1, 3, 4))}
    assert list(duplicates.check(pages.db)) == []


def test_a_copy_in_a_sea_of_issues_is_found_in_any_order() -> None:
    rng = random.Random(8)
    form = words(rng, 160)
    issues = [f"Thông báo số {n} ngày {n % 28 + 1}/{n % 12 + 1}/2024. {form} Phụ trách tuần {n}." for n in range(60)]
    copies = [f"{issue} Cổng thông tin xã giới thiệu." for issue in issues[::9]]
    outcomes = []
    for seed in range(3):
        pages = Pages()
        for key, text in random.Random(seed).sample(list(enumerate(issues + copies)), len(issues + copies)):
            pages.show(key, text)
        outcomes.append({members for _, members in pages.clusters()})
    together = {frozenset((9 * number, 60 + number)) for number in range(len(copies))}
    assert outcomes[0] == outcomes[1] == outcomes[2]
    assert {members for members in outcomes[0] if len(members) > 1} == together


def test_more_copies_than_the_index_tells_of_are_all_linked_in_any_order() -> None:
    rng = random.Random(5)
    body = words(rng, 120)
    texts = [f"{words(rng, 4)} {body} {words(rng, 4)}" for _ in range(12)]
    for seed in range(3):
        pages = Pages()
        for key, text in random.Random(seed).sample(list(enumerate(texts)), len(texts)):
            pages.show(key, text)
        assert len(pages.links()) == 12 * 11 // 2


def test_a_copy_all_over_which_single_words_differ_is_found_by_a_band() -> None:
    rng = random.Random(6)
    found = 0
    for _ in range(60):
        original = words(rng, 200).split()
        edited = list(original)
        for place in range(50, 200, 50):
            edited[place] = "khác"
        pages = Pages()
        for key, text in enumerate((original, edited)):
            pages.show(key, " ".join(text))
        found += len(pages.clusters()) == 1
    assert found >= 59


def test_contested_clusters_are_marked_until_the_series_is_gone() -> None:
    form = SENTENCE.format("Hạ") * 4
    pages = Pages()
    for key, text in enumerate((f"{form} Tuần 12.", f"{form} Tuần 13.", form)):
        pages.show(key, text)
    query = "SELECT count(*) FROM clusters WHERE is_contested"
    assert pages.db.execute(query).fetchone()[0] == 2
    alone = next(members for _, members in pages.clusters() if len(members) == 1)
    pages.drop(2)
    assert pages.db.execute(query).fetchone()[0] == 0
    pages.show(2, form)
    for key in alone:
        pages.drop(key)
    assert {members for _, members in pages.clusters()} == {frozenset({0, 1, 2} - alone)}
    assert list(duplicates.check(pages.db)) == []
    group(pages.db)
    assert list(duplicates.check(pages.db)) == []


def test_texts_without_words_of_few_words_and_huge_ones() -> None:
    rng, pages = random.Random(2), Pages()
    huge = words(rng, 60_000)
    texts = ["", "…", "— –", "một", "Một!", "một hai ba bốn", "一二三", "\x00", "🙂🙂", huge, f"{huge} hết", huge[:900]]
    for key, text in enumerate(texts):
        pages.show(key, text)
    found = {members for _, members in pages.clusters()}
    assert {frozenset((3, 4)), frozenset((5,)), frozenset((9, 10, 11))} <= found
    assert frozenset((0, 1, 2, 7, 8)) in found, "nothing but the same nothing"
    assert list(duplicates.check(pages.db)) == []
