"""Clusters in a real database: who is with whom, who represents them, and that the order of arrival does not matter."""
# ruff: noqa: E501 (texts have a paragraph a line)

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from duplicates_archive import Pages
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import duplicates
from archive.duplicates.clusters import precedence
from archive.errors import SignatureMismatch

SENTENCES = [
    "Ủy ban nhân dân xã Trà Vân vừa khánh thành cây cầu treo bắc qua suối Nước Biếc sau tám tháng thi công.",
    "Cây cầu dài gần một trăm mét, mặt lát gỗ lim, chịu được xe máy và xe đạp chở nông sản của bà con hai bản.",
    "Trước đây mỗi mùa lũ học sinh phải nghỉ học hàng tuần vì không có đường nào khác sang trường.",
    "Ông Hồ Văn Đăm, già làng bản Trên, nói rằng từ nay lúa ngô thu về không còn phải gùi bộ qua suối.",
    "Kinh phí xây cầu do các nhà hảo tâm đóng góp, nhân dân hiến đất làm đường dẫn và góp công san nền.",
    "Xã giao cho chi đoàn thanh niên chăm sóc, kiểm tra dây cáp sau mỗi cơn bão và sơn lại lan can hằng năm.",
    "Nhân dịp này, huyện cũng tặng quà cho những gia đình có công và trao xe đạp cho học sinh nghèo vượt khó.",
    "Lễ khánh thành kết thúc bằng hội thi bắn nỏ và đêm cồng chiêng quanh đống lửa giữa sân nhà cộng đồng.",
]
ARTICLE = "\n".join(SENTENCES)
WITHOUT = {i: "\n".join(s for j, s in enumerate(SENTENCES) if j != i) for i in range(8)}
RULES = """Chợ phiên họp từ năm giờ sáng, xe tải chỉ vào sân hàng nặng trước khi mặt trời mọc để nhường lối cho người đi bộ.
Tiểu thương bày hàng gọn trong ô kẻ vôi, không lấn ra hành lang, không đốt than tổ ong và tự gom rác vào bao trước lúc tan phiên.
Ban quản lý cân đong đo đếm miễn phí tại chòi giữa chợ; ai bán thiếu cân phải trả lại tiền và nghỉ một phiên.
Trâu bò, lợn giống buộc riêng ở bãi sau đình, có cán bộ thú y xem giấy và phun thuốc khử trùng từng chuồng."""
NOTICES = [f"Nội quy chợ phiên tháng {n}, áp dụng từ ngày {n + 3} hằng tuần.\n{RULES}" for n in range(1, 6)]
OTHER = "Trạm y tế xã tổ chức tiêm phòng bạch hầu cho trẻ dưới bảy tuổi tại nhà văn hóa các bản."


def test_a_text_on_two_portals_is_one_document_and_one_cluster() -> None:
    pages = Pages()
    assert pages.show(1, ARTICLE, "2024-05-02") == pages.show(2, ARTICLE, "2024-05-01", portal="huyen")
    assert pages.clusters() == {(2, frozenset({1, 2}))}


def test_copies_share_a_cluster_and_issues_of_a_series_do_not() -> None:
    pages = Pages()
    for key, text in enumerate([ARTICLE, WITHOUT[7], ARTICLE.upper(), OTHER], start=1):
        pages.show(key, text)
    for key, text in enumerate(NOTICES, start=11):
        pages.show(key, text)
    pages.show(22, NOTICES[1].replace("cân đong đo đếm", "cân đo"))
    assert {members for _, members in pages.clusters()} == {
        frozenset({1, 2, 3}),
        frozenset({4}),
        *(frozenset({key}) for key in (11, 13, 14, 15)),
        frozenset({12, 22}),
    }
    assert {kind for _, kind, _ in pages.links()} == {"exact", "near", "series"}


def test_a_text_that_is_near_to_two_issues_does_not_bring_them_together() -> None:
    form = NOTICES[0].split("\n", 1)[1]
    outcomes = set()
    for order in itertools.permutations([(1, NOTICES[0]), (2, NOTICES[1]), (3, form), (4, form.upper())]):
        pages = Pages()
        for key, text in order:
            pages.show(key, text)
        outcomes.add(frozenset(members for _, members in pages.clusters()))
        assert list(duplicates.check(pages.db)) == []
    assert outcomes <= {
        frozenset({frozenset({1, 3, 4}), frozenset({2})}),
        frozenset({frozenset({2, 3, 4}), frozenset({1})}),
    }
    assert len(outcomes) == 1


MOMENTS = [
    "2022-10-04T23:30+07:00",
    "2022-10-05T00:30+07:00",
    "2022-10-04T18:00Z",
    "2022-10-05T08:00",
    "2022-10-05",
    "2022-10-06T06:00+07:00",
    "2022-11",
    "2023",
    "hôm qua",
]


def test_the_earliest_day_comes_first_then_the_earliest_hour() -> None:
    shuffled = MOMENTS.copy()
    random.Random(5).shuffle(shuffled)
    assert sorted(shuffled, key=lambda moment: precedence(moment, 9, 1)) == MOMENTS


def test_ties_go_to_the_longer_text_then_to_the_smaller_public_id() -> None:
    assert precedence(None, 9, 1) > precedence("2030-01-01", 1, 1)
    assert precedence("2022-10-05", 10, 9) < precedence("2022-10-05", 9, 1)
    assert precedence(None, 9, 1) < precedence(None, 9, 2) < precedence(None, 9, -1)  # -1 is ffffffffffffffff


def test_a_date_that_is_corrected_elects_another_page() -> None:
    pages = Pages()
    pages.show(1, ARTICLE, "2024-05-01")
    pages.show(2, WITHOUT[7], "2024-05-02")
    pages.show(1, ARTICLE, "2024-05-03")
    assert pages.clusters() == {(2, frozenset({1, 2}))}


def test_a_cluster_falls_apart_when_the_document_that_held_it_disappears() -> None:
    pages = Pages()
    pages.show(1, WITHOUT[7], "2024-05-01")
    pages.show(2, ARTICLE, "2024-05-02")
    pages.show(3, WITHOUT[0], "2024-05-03")
    assert pages.clusters() == {(1, frozenset({1, 2, 3}))}
    links = pages.links()
    pages.show(2, OTHER)
    apart = {(1, frozenset({1})), (2, frozenset({2})), (3, frozenset({3}))}
    assert pages.clusters() == apart
    assert pages.links() == links
    pages.show(2, ARTICLE, "2024-05-02")
    assert pages.clusters() == {(1, frozenset({1, 2, 3}))}


def test_a_page_that_is_no_article_any_more_represents_nothing() -> None:
    pages = Pages()
    pages.show(1, ARTICLE, "2024-05-01")
    pages.show(2, ARTICLE, "2024-05-02")
    pages.show(3, WITHOUT[7], "2024-05-03")
    pages.drop(1)
    assert pages.clusters() == {(2, frozenset({2, 3}))}
    pages.drop(2)
    assert pages.clusters() == {(3, frozenset({3}))}
    pages.drop(3)
    assert pages.clusters() == set()
    assert pages.db.execute("SELECT count(*) FROM clusters").fetchone()[0] == 0
    assert list(duplicates.check(pages.db)) == []


def test_a_page_cannot_gain_what_it_does_not_show() -> None:
    pages = Pages()
    document = pages.show(1, ARTICLE)
    pages.show(2, OTHER)
    with pytest.raises(ValueError, match="page 2 shows document 2, not 1"):
        duplicates.page_gained(pages.db, pages.page_id(2), document)


TEXTS = [ARTICLE, ARTICLE.upper(), *WITHOUT.values(), *NOTICES, f"{ARTICLE}\n{OTHER * 9}", OTHER, ""]
SHOWN = [(key, text, f"2024-05-{1 + key % 7:02d}" if key % 3 else None) for key, text in enumerate(TEXTS)]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_gives_the_same_clusters_and_links(seed: int) -> None:
    straight, shuffled = Pages(), Pages()
    for shown in SHOWN:
        straight.show(*shown)
    for shown in random.Random(seed).sample(SHOWN, len(SHOWN)):
        shuffled.show(*shown)
    assert shuffled.clusters() == straight.clusters()
    assert shuffled.links() == straight.links()


# Of texts that are near to one and not to each other the index tells three.
FEW = [shown for shown in SHOWN if shown[1] not in list(WITHOUT.values())[3:]]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(FEW + [None] * 4)), max_size=14))
def test_after_any_history_all_agrees_with_the_pages_as_they_are(
    steps: list[tuple[int, tuple[int, str, str] | None]],
) -> None:
    pages, now = Pages(), dict[int, tuple[str, str | None]]()
    for key, shown in steps:
        if shown:
            pages.show(key, shown[1], shown[2])
            now[key] = (shown[1], shown[2])
        elif now.pop(key, None):
            pages.drop(key)
    assert list(duplicates.check(pages.db)) == []
    fresh = Pages()
    for key, (text, published_at) in now.items():
        fresh.show(key, text, published_at)
    assert pages.clusters() == fresh.clusters()


def test_what_is_rolled_back_never_happened() -> None:
    pages = Pages()
    pages.show(1, ARTICLE)
    before = pages.clusters(), pages.links(), pages.index()
    pages.db.execute("BEGIN")
    pages.show(2, WITHOUT[7])
    pages.db.execute("ROLLBACK")
    assert (pages.clusters(), pages.links(), pages.index()) == before
    pages.show(3, WITHOUT[7])
    assert pages.clusters() == {(1, frozenset({1, 3}))}


def test_everything_derived_can_be_made_anew(tmp_path: Path) -> None:
    pages = Pages(tmp_path / "archive.db")
    for shown in SHOWN:
        pages.show(*shown)
    before = pages.clusters(), pages.links(), pages.index()
    pages.db.execute("DELETE FROM signatures")
    pages.db.execute("UPDATE settings SET value = 'other' WHERE key = 'signatures'")
    pages.db.execute("UPDATE documents SET key_digest = 'other'")
    with pytest.raises(SignatureMismatch, match=r"archive\.db: .*; run `luutru rebuild`"):
        duplicates.add_document(pages.db, "Chữ mới", duplicates.fingerprint("Chữ mới"))
    assert len(list(duplicates.check(pages.db))) >= 2
    assert duplicates.regroup(pages.db) == len(SHOWN)
    assert list(duplicates.check(pages.db)) == []
    assert (pages.clusters(), pages.links(), pages.index()) == before


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("DELETE FROM signatures WHERE document_id = 1", "1 texts have no signature"),
        (
            "INSERT INTO signatures SELECT 2, syllables, signature, spans FROM signatures WHERE document_id = 1",
            "there are signatures of 1 texts that are not there",
        ),
        ("UPDATE signatures SET signature = zeroblob(512) WHERE document_id = 1", "document 1 is not that of its text"),
        ("UPDATE settings SET value = 'other' WHERE key = 'signatures'", "run `luutru rebuild`"),
        ("UPDATE documents SET cluster_id = NULL WHERE id = 1", "the links make"),
        ("UPDATE clusters SET representative_page_id = (SELECT max(id) FROM pages)", "represented by the wrong page"),
    ],
)
def test_damage_is_told_and_mended(damage: str, reason: str) -> None:
    pages = Pages()
    for shown in SHOWN[:6]:
        pages.show(*shown)
    pages.db.execute(damage)
    assert any(reason in line for line in duplicates.check(pages.db))
    duplicates.regroup(pages.db)
    assert list(duplicates.check(pages.db)) == []


def test_clusters_are_told_with_the_evidence_of_each_link() -> None:
    pages = Pages()
    pages.show(1, ARTICLE, "2024-05-02", portal="tinh")
    pages.show(2, ARTICLE, "2024-05-03", portal="huyen")
    pages.show(3, WITHOUT[7], "2024-05-01", portal="xa")
    for key, text in enumerate(NOTICES[:2], start=11):
        pages.show(key, text)
    pages.show(20, OTHER)
    copies, *rest = duplicates.clusters(pages.db)
    assert copies.id == f"{3:016x}"
    assert [(c.id, c.portal, c.is_representative) for c in copies.members] == [
        (f"{3:016x}", "xa", True),
        (f"{1:016x}", "tinh", False),
        (f"{2:016x}", "huyen", False),
    ]
    assert [(link.a.page_id, link.b.page_id, link.kind) for link in copies.links] == [(1, 2, "exact"), (3, 1, "near")]
    assert copies.links[1].differs.startswith("+“Lễ khánh thành kết thúc")
    assert copies.links[0].a.url == "https://tinh.gov.vn/1"
    assert [[m.page_id for m in cluster.members] for cluster in rest] == [[4], [5]]
    assert all(cluster.series[0].differs == "“1” → “2”, “4” → “5”" for cluster in rest)


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 4, 0, 3, 1)])
def test_evidence_does_not_depend_on_the_order_of_arrival(order: tuple[int, ...]) -> None:
    shown = [
        (1, ARTICLE, "2024-05-02"),
        (2, WITHOUT[3], "2024-05-01"),
        (3, WITHOUT[7], "2024-05-03"),
        (11, NOTICES[0], "2024-06-01"),
        (12, NOTICES[1], "2024-06-08"),
    ]
    pages = Pages()
    for place in order:
        pages.show(*shown[place])
    told = [
        (int(link.a.id, 16), int(link.b.id, 16), link.kind, link.differs[:1])
        for cluster in duplicates.clusters(pages.db)
        for link in (*cluster.links, *cluster.series)
    ]
    copies, issues = told[:2], told[2:]
    assert set(copies) == {(2, 1, "near", "+"), (1, 3, "near", "−")}, "from the representative, else the earlier"
    assert issues == [(11, 12, "series", "“")] * 2
    series = [link for cluster in duplicates.clusters(pages.db) for link in cluster.series]
    assert {link.differs for link in series} == {"“1” → “2”, “4” → “5”"}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"portal": "huyen"}, [{1, 2, 3}]),
        ({"portal": "so"}, []),
        ({"kind": "near"}, [{1, 2, 3}]),
        ({"kind": "contained"}, []),
        ({"kind": "series"}, [{4}, {5}]),
        ({"page": 3}, [{1, 2, 3}]),
        ({"page": 6}, []),
        ({"kind": "exact", "portal": "tinh"}, [{1, 2, 3}]),
    ],
)
def test_clusters_are_chosen(filters: dict[str, str | int], found: list[set[int]]) -> None:
    pages = Pages()
    pages.show(1, ARTICLE, portal="tinh")
    pages.show(2, ARTICLE, portal="huyen")
    pages.show(3, WITHOUT[7], portal="xa")
    for key, text in enumerate(NOTICES[:2], start=11):
        pages.show(key, text, portal="xa")
    pages.show(20, OTHER, portal="tinh")
    chosen = duplicates.clusters(pages.db, **filters)  # type: ignore[arg-type]
    assert [{member.page_id for member in cluster.members} for cluster in chosen] == found


def test_all_pairs_of_edited_copies_are_where_they_belong() -> None:
    pages = Pages()
    for key, (i, j) in enumerate(itertools.combinations(range(8), 2)):
        pages.show(key, "\n".join(s for k, s in enumerate(SENTENCES) if k not in (i, j)))
    pages.show(99, ARTICLE)
    assert max(len(members) for _, members in pages.clusters()) >= 8
    assert list(duplicates.check(pages.db)) == []
