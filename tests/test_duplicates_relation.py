"""What two texts are to each other: golden pairs of each relation, series above all."""
# ruff: noqa: E501 (texts have a paragraph a line)

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.duplicates import Kind, compare
from archive.duplicates.alignment import align

LEAD = "Phụ nữ Đồng Tâm cùng nhau giữ gìn bếp ăn sạch, nói không với thực phẩm kém chất lượng."
NEWS = """Sáng 5/10, tại nhà văn hóa thôn Trung, Hội Liên hiệp Phụ nữ xã Đồng Tâm khai mạc lớp học nấu ăn dinh dưỡng cho 32 chị em có con nhỏ.
Lớp học do đầu bếp Lương Thị Nhài đứng lớp, mỗi tuần hai buổi, hướng dẫn cách chọn rau đầu mùa, sơ chế cá đồng và lên thực đơn cho trẻ biếng ăn.
Chị Hoà, một học viên, cho biết trước đây gia đình chỉ nấu theo thói quen, nay chị đã biết cân đối bữa ăn mà không tốn thêm tiền chợ.
Theo kế hoạch, sau lớp đầu tiên, Hội sẽ mở thêm những lớp tương tự ở các thôn còn lại và in một cuốn sổ tay nhỏ phát cho từng hộ.
Thu Cúc"""
NOTICE = """Phòng Nông nghiệp huyện thông báo tình hình sâu bệnh tuần 12, từ ngày 18/3 đến ngày 24/3/2024 trên địa bàn huyện.
Trên lúa xuân, rầy nâu gây hại 45 ha, mật độ phổ biến 300 con trên một mét vuông; bệnh đạo ôn lá xuất hiện rải rác trên giống nhiễm.
Trên cây ăn quả, nhện đỏ và bọ trĩ hại nhẹ, bà con theo dõi vườn thường xuyên, cắt tỉa cành già và thu gom lá rụng sau mỗi trận mưa.
Đề nghị các hợp tác xã kiểm tra đồng ruộng hai ngày một lần, chỉ phun thuốc khi mật độ vượt ngưỡng và báo cáo về phòng trước 16 giờ thứ sáu.
Trạm bảo vệ thực vật cử cán bộ xuống từng cánh đồng, hướng dẫn bà con nhận biết ổ trứng, giữ mực nước nông và bón phân cân đối."""
DROPPED = NOTICE.replace("Trên cây ăn quả, nhện đỏ và bọ trĩ hại nhẹ, ", "")


def issue(week: int) -> str:
    """Return the notice of another week."""
    return NOTICE.replace("tuần 12", f"tuần {week}").replace("18/3", f"{week + 6}/3").replace("24/3", f"{week + 12}/3")


def bulletin(notice: str) -> str:
    """Return the notice in a bulletin that says more."""
    return f"{notice}\n{NEWS}"


COPIES = {
    "dropped sentence": NEWS.replace(" và in một cuốn sổ tay nhỏ phát cho từng hộ", ""),
    "added lead": f"{LEAD}\n{NEWS}",
    "typing error mended": NEWS.replace("biếng ăn", "biến ăn"),
    "name misspelt": NEWS.replace("Nhài", "Nhàn"),
    "name without marks": NEWS.replace("Lương Thị Nhài", "Luong Thi Nhai"),
    "other byline": NEWS.replace("Thu Cúc", "Mai Phương"),
    "source added": f"{NEWS}\nNguồn: Báo Đồng Tâm",
    "other source": f"{NEWS}\nNguồn: Trần Hà".replace("Thu Cúc\n", ""),
    "abbreviated": NEWS.replace("Liên hiệp Phụ nữ", "LHPN"),
    "date written otherwise": NEWS.replace("5/10", "05/10"),
    "year added": NEWS.replace("5/10", "5/10/2023"),
    "edited words": NEWS.replace("cho biết trước đây gia đình", "kể rằng ngày trước cả nhà"),
    "names and words edited": NEWS.replace("Chị Hoà, một học viên", "Bà Lụa, người tham gia").replace(
        "tiền chợ", "tiền"
    ),
    "posted at": f"Đăng lúc 08:15 ngày 06/10/2023\n{NEWS}",
    "notice without a sentence": NOTICE.replace("; bệnh đạo ôn lá xuất hiện rải rác trên giống nhiễm", ""),
}


@pytest.mark.parametrize("how", COPIES)
def test_an_edited_copy_is_near(how: str) -> None:
    original = NOTICE if how.startswith("notice") else NEWS
    relation = compare(original, COPIES[how])
    assert relation is not None
    assert relation.kind is Kind.NEAR
    assert 0.8 <= relation.score < 1
    assert relation.differs


ISSUES = {
    "week and dates": (NOTICE, issue(13)),
    "one figure in a long text": (NOTICE * 20, NOTICE * 19 + NOTICE.replace("45 ha", "47 ha")),
    "figures and direction": (bulletin(f"{NOTICE} Giá phân tăng 2%."), bulletin(f"{issue(13)} Giá phân giảm 3%.")),
    "two weeks, a sentence dropped": (bulletin(issue(13)), bulletin(DROPPED)),
    "two weeks, a typing error": (bulletin(NOTICE.replace("rải rác", "dải dác")), bulletin(issue(13))),
    "another place": (NEWS, NEWS.replace("Đồng Tâm", "Yên Khê").replace("Thu Cúc", "Lê Na")),
    "another person of another place, one syllable of both names the same": tuple(
        bulletin(f"{NOTICE} Liên hệ {who}.") for who in ("Vũ Minh An, xã Tân Sơn", "Đỗ Đức Sơn, xã Hòa Bình")
    ),
    "Roman quarter": (NOTICE.replace("tuần 12", "quý I"), NOTICE.replace("tuần 12", "quý II")),
    "weekday": (NOTICE, NOTICE.replace("thứ sáu", "thứ bảy")),
    "figure corrected": (NEWS, NEWS.replace("32 chị em", "34 chị em")),
}


@pytest.mark.parametrize("how", ISSUES)
def test_issues_of_one_series_are_told_from_copies(how: str) -> None:
    relation = compare(*ISSUES[how])
    assert relation is not None
    assert relation.kind is Kind.SERIES
    assert relation.score >= 0.8


def test_what_differs_is_told_as_it_is_written() -> None:
    relation = compare(NOTICE, issue(13))
    assert relation is not None
    assert relation.differs == "“12” → “13”, “18/3” → “19/3”, “24/3/2024” → “25/3/2024”"
    added = compare(NEWS, f"{NEWS}\nNguồn: Báo Đồng Tâm")
    assert added is not None
    assert added.differs == "+“Nguồn: Báo Đồng Tâm”"
    dropped = compare(NEWS, COPIES["dropped sentence"])
    assert dropped is not None
    assert dropped.differs == "−“và in một cuốn sổ tay nhỏ phát cho từng hộ”"


def test_a_short_account_is_given_of_many_differences() -> None:
    longer = compare(NOTICE, f"{NEWS}\n{NOTICE}")
    assert longer is not None
    assert longer.differs == "+“Sáng 5/10, tại nhà văn hóa …” (128 syllables)"
    many = compare(NOTICE * 6, re.sub(r"lúa|cây|cành|nông|phun|rải", "họ", NOTICE) + NOTICE * 5)
    assert many is not None
    assert many.differs.endswith("and 2 more")


def test_an_edit_in_a_text_that_repeats_itself_is_found() -> None:
    thrice = "\n".join([NEWS] * 3)
    relation = compare(thrice, f"{thrice.replace('Lớp học', 'Khóa học', 1)}\n{LEAD}")
    assert relation is not None
    assert relation.kind is Kind.NEAR
    assert relation.differs.startswith("“Lớp” → “Khóa”, +“Phụ nữ Đồng Tâm")


def test_an_article_inside_a_longer_page_is_contained() -> None:
    page = f"{NEWS}\n{NOTICE}"
    relation = compare(NEWS, page)
    assert relation is not None
    assert (relation.kind, relation.score) == (Kind.CONTAINED, 1.0)


def test_a_text_of_fewer_than_80_syllables_is_not_contained() -> None:
    assert len(LEAD.split()) < 80
    assert compare(LEAD, f"{NEWS}\n{LEAD}") is None


def test_articles_about_the_same_subject_are_not_related() -> None:
    other = """Chiều 12/9, Hội Liên hiệp Phụ nữ xã Yên Khê tổ chức hội thi nấu ăn dinh dưỡng cho chị em có con nhỏ.
Mười đội tham gia trổ tài với những món ăn từ rau vườn nhà. Ban giám khảo chấm cao đội thôn Hạ với thực đơn cho trẻ biếng ăn."""
    assert compare(NEWS, other) is None


@pytest.mark.parametrize(("a", "b"), [("", "–"), ("Đang cập nhật", "ĐANG CẬP NHẬT."), (NEWS, NEWS.replace("\n", " "))])
def test_what_folds_to_the_same_is_exact(a: str, b: str) -> None:
    relation = compare(a, b)
    assert relation is not None
    assert (relation.kind, relation.score) == (Kind.EXACT, 1.0)
    assert relation.differs == "case, spacing or punctuation"


@pytest.mark.parametrize(("a", "b"), [("", NEWS), ("một hai ba", "một hai bốn"), ("", "một")])
def test_nothing_is_near_to_an_empty_or_tiny_text(a: str, b: str) -> None:
    assert compare(a, b) is None


PAIRS = [(NEWS, text) for how, text in COPIES.items() if not how.startswith("notice")] + list(ISSUES.values())


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_the_relation_is_the_same_from_both_sides(a: str, b: str) -> None:
    there, back = compare(a, b), compare(b, a)
    assert there is not None
    assert back is not None
    assert (there.kind, there.score) == (back.kind, back.score)


words = st.sampled_from(["xã", "huyện", "mưa", "nắng", "lúa", "1", "2", "3", "Hà", "Lan", "và"])


@settings(max_examples=200)
@given(st.lists(words, max_size=60), st.lists(st.tuples(st.integers(0, 59), words), max_size=4))
def test_any_edit_is_judged_the_same_from_both_sides(text: list[str], edits: list[tuple[int, str]]) -> None:
    other = list(text)
    for place, word in edits:
        other[place : place + 1] = [word]
    there, back = compare(" ".join(text), " ".join(other)), compare(" ".join(other), " ".join(text))
    assert (there and (there.kind, there.score)) == (back and (back.kind, back.score))


@settings(max_examples=300)
@given(st.lists(st.integers(0, 6), max_size=80), st.lists(st.integers(0, 6), max_size=80))
def test_the_changes_turn_one_text_into_the_other(a: list[int], b: list[int]) -> None:
    made: list[int] = []
    at = 0
    for change in align(a, b):
        assert at <= change.a_start <= change.a_end
        assert (change.a_start, change.b_start) != (change.a_end, change.b_end)
        made += a[at : change.a_start]
        assert len(made) == change.b_start
        made += b[change.b_start : change.b_end]
        at = change.a_end
    assert made + a[at:] == b


def test_only_what_changed_in_a_frame_is_a_change() -> None:
    frame = re.findall(r"\w+", NOTICE * 3)
    places = [5, 6, 40, 200, 201, 202, 290]
    other = ["số khác" if i in places else word for i, word in enumerate(frame)]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys([*frame, "số khác"]))}
    changes = align([vocabulary[w] for w in frame], [vocabulary[w] for w in other])
    assert [i for change in changes for i in range(change.a_start, change.a_end)] == places


def test_long_tables_are_aligned_without_exploding() -> None:
    rng = random.Random(1)
    rows = [
        f"Hộ ông Trần Văn {rng.choice('ABC')} được hỗ trợ {rng.randint(1, 9)} bao gạo và nước sạch" for _ in range(3500)
    ]
    other = [re.sub(r"\d", str(rng.randint(1, 9)), row) if rng.random() < 0.1 else row for row in rows]
    relation = compare("\n".join(rows), "\n".join(other))
    assert relation is not None
    assert relation.kind is Kind.SERIES
