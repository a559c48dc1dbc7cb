from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from archive_builder import ArchiveBuilder, page_id
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_archive import BACKAN, GIALAI, THAINGUYEN

from archive.cli.output import MARK, with_marks
from archive.errors import QueryError
from archive.filters import Filters
from archive.search import Count, Facets, Options, Results, Segment, Sort, completions, ranking, search
from archive.search.marks import Marker
from archive.search.query import parse
from archive.store import Archive


def urls(db: sqlite3.Connection, text: str, filters: Filters | None = None, **options: bool | int | str) -> list[str]:
    return [hit.url for hit in search(db, text, filters, Options(**options)).hits]  # type: ignore[arg-type]


def test_without_accents_everything_is_found_in_its_real_spelling(sample_db: sqlite3.Connection) -> None:
    (hit,) = search(sample_db, "binh dang gioi").hits
    assert hit.url == f"{BACKAN}/binh-dang-gioi"
    assert hit.id == page_id(hit.url)
    assert hit.title == "Triển khai kế hoạch bình đẳng giới"
    assert "kế hoạch **bình đẳng giới**." in with_marks(hit.snippet)
    assert with_marks(hit.marked_title) == "Triển khai kế hoạch **bình đẳng giới**"
    assert Segment("bình đẳng giới", is_match=True) in hit.snippet
    assert hit.copies == 2
    assert (hit.portal, hit.province, hit.published_at) == ("backan", "Bắc Kạn", "2022-10-05")


def test_copies_are_one_hit_unless_all_are_wanted(sample_db: sqlite3.Connection) -> None:
    assert urls(sample_db, "hương ước") == [f"{BACKAN}/binh-dang-gioi"]
    assert set(urls(sample_db, "hương ước", all_copies=True)) == {
        f"{BACKAN}/binh-dang-gioi",
        f"{THAINGUYEN}/tin/123",
        f"{GIALAI}/van-ban/9",
    }


def test_where_the_representative_does_not_match_another_copy_stands_for_it(sample_db: sqlite3.Connection) -> None:
    assert urls(sample_db, '"mươi mốt"') == [f"{GIALAI}/van-ban/9"]
    assert urls(sample_db, "hương ước", Filters(portals=("thainguyen",))) == [f"{THAINGUYEN}/tin/123"]


def test_words_typed_with_accents_come_first(sample_db: sqlite3.Connection) -> None:
    # "đang" stands four times in a short text, "Đảng" twice, once in the title.
    found = urls(sample_db, "đang")
    assert found[0] == f"{GIALAI}/duong-moi"
    assert set(found) == {f"{GIALAI}/duong-moi", f"{BACKAN}/dang-bo", f"{BACKAN}/binh-dang-gioi"}
    assert urls(sample_db, "Đảng")[0] == f"{BACKAN}/dang-bo"


def test_exact_makes_accents_count(sample_db: sqlite3.Connection) -> None:
    assert urls(sample_db, "đảng", exact=True) == [f"{BACKAN}/dang-bo"]
    assert urls(sample_db, "đẳng -đảng", exact=True) == [f"{BACKAN}/binh-dang-gioi"]
    assert urls(sample_db, "dang", exact=True) == []
    assert urls(sample_db, "hoà giải", exact=True) == [f"{BACKAN}/dang-bo"], (
        "the text has hòa: tone placement is no accent"
    )
    assert urls(sample_db, "uỷ ban", exact=True) == urls(sample_db, "ủy ban", exact=True) != []


def test_the_title_weighs_more_than_the_text(tmp_path: Path) -> None:
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("x")
        builder.article("https://x.gov.vn/1", "Một tin ngắn", "Trong tin có chữ kênh mương. " + "Lời khác. " * 20)
        builder.article("https://x.gov.vn/2", "Nạo vét kênh mương", "Toàn những lời khác. " * 20)
        for number in range(3, 8):
            builder.article(f"https://x.gov.vn/{number}", f"Tin {number}", f"Chuyện số {number}, không liên quan gì.")
    with Archive.open(tmp_path) as archive:
        assert urls(archive.db, "kenh muong") == ["https://x.gov.vn/2", "https://x.gov.vn/1"]


def test_words_that_stand_together_come_first(tmp_path: Path) -> None:
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("x")
        builder.article("https://x.gov.vn/1", "Hai", "Nghèo và giảm, giảm và nghèo: chữ rời, chữ rời, chữ rời nhau.")
        builder.article("https://x.gov.vn/2", "Một", "Chương trình giảm nghèo của xã được triển khai từ đầu năm nay.")
        for number in range(3, 8):
            builder.article(f"https://x.gov.vn/{number}", f"Tin {number}", f"Chuyện số {number}, không liên quan gì.")
    with Archive.open(tmp_path) as archive:
        assert urls(archive.db, "giam ngheo") == ["https://x.gov.vn/2", "https://x.gov.vn/1"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"công dân" tuần', [f"{THAINGUYEN}/lich-tiep-dan/10", f"{THAINGUYEN}/lich-tiep-dan/11"]),
        ('"dân công"', []),
        ("title:đường", [f"{GIALAI}/duong-moi"]),
        ("kênh OR nông", [f"{BACKAN}/dang-bo", f"{GIALAI}/duong-moi"]),
        ("đường -phường -huyện", [f"{GIALAI}/duong-moi"]),
        ("grant*", ["https://bo.gov.vn/en/1"]),
        ("two grants", []),
    ],
)
def test_the_grammar(sample_db: sqlite3.Connection, text: str, found: list[str]) -> None:
    assert sorted(urls(sample_db, text)) == sorted(found)
    assert sorted(urls(sample_db, text, exact=True)) == sorted(found)


def test_filters_combine_with_the_query(sample_db: sqlite3.Connection) -> None:
    everywhere = urls(sample_db, "hội nghị", all_copies=True)
    assert len(everywhere) == 4
    assert urls(sample_db, "hội nghị", Filters(provinces=("Gia Lai",))) == [f"{GIALAI}/van-ban/9"]
    day = date(2022, 10, 7)
    assert urls(sample_db, "hội nghị", Filters(since=day, until=day)) == [f"{THAINGUYEN}/tin/123"]
    assert urls(sample_db, "hội nghị", Filters(since=date(2025, 1, 1))) == [f"{BACKAN}/dang-bo"]
    assert urls(sample_db, "đường liên thôn", Filters(since=date(1900, 1, 1))) == [], "it has no date"


def test_only_the_current_revision_is_found(sample_db: sqlite3.Connection) -> None:
    (hit,) = search(sample_db, "grants signed").hits
    assert "Three **grants** were **signed**" in with_marks(hit.snippet)


def test_the_limit_and_what_lies_behind_it(sample_db: sqlite3.Connection) -> None:
    results = search(sample_db, "dân", options=Options(limit=1))
    assert len(results.hits) == 1
    assert results.matched > 1
    assert not results.is_bounded


@pytest.fixture
def days(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An archive of a text a day, met in no order; the oldest has the word in its title, the second side by side."""
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("x")
        for day in (5, 2, 8, 1, 9, 4, 3, 7, 6):
            title = "Chuyện hằng ngày" if day == 1 else f"Tin {day}"
            text = f"Chuyện này, hằng tuần hay từng ngày, là số {day}." if day != 2 else f"Chuyện hằng ngày số {day}."
            builder.article(f"https://x.gov.vn/{day}", title, text, published_at=f"2020-01-{day:02d}")
        builder.article("https://x.gov.vn/0", "Tin 0", "Chuyện hằng tuần không rõ ngày.")
    with Archive.open(tmp_path) as archive:
        yield archive.db


def test_by_date_and_page_by_page(days: sqlite3.Connection) -> None:
    def numbers(sort: Sort, offset: int, limit: int = 4) -> tuple[str, bool]:
        results = search(days, "chuyện", options=Options(sort=sort, offset=offset, limit=limit))
        assert (results.matched, results.is_counted, results.is_bounded) == (10, True, False)
        return "".join(hit.url[-1] for hit in results.hits), results.has_more

    assert [numbers("newest", offset) for offset in (0, 4, 8)] == [("9876", True), ("5432", True), ("10", False)]
    assert [numbers("oldest", offset) for offset in (0, 4, 8)] == [("1234", True), ("5678", True), ("90", False)]
    assert numbers("newest", 10) == ("", False)
    ranked = numbers("rank", 0, 10)[0]
    assert "".join(numbers("rank", offset, 1)[0] for offset in range(10)) == ranked
    assert set(ranked) == set("0123456789")


def test_ranking_is_bounded_to_the_newest_and_the_prominent(
    days: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "RANKED", 4)
    results = search(days, "chuyen hang ngay", options=Options(limit=3))
    assert (results.matched, results.is_counted, results.is_bounded) == (10, True, True)
    assert [hit.url[-1] for hit in results.hits[:2]] == ["1", "2"], "in the title, and side by side, however old"
    assert results.hits[2].url[-1] in "9876", "the others are the newest"
    assert results.ranked == 6
    assert not search(days, "chuyen", options=Options(limit=10)).is_bounded


def test_an_exact_search_reads_so_many_texts(days: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = search(days, "chuyện", options=Options(exact=True, facets=True))
    assert (len(whole.hits), whole.matched, whole.is_counted, whole.is_bounded) == (10, 10, True, False)
    monkeypatch.setattr(ranking, "_READ", 4)
    for sort in ("rank", "newest"):
        results = search(days, "chuyện", options=Options(exact=True, sort=sort))  # type: ignore[arg-type]
        assert (len(results.hits), results.matched, results.is_counted, results.is_bounded) == (4, 4, False, True)


def test_facets_count_what_matches(sample_db: sqlite3.Connection) -> None:
    def counts(text: str, filters: Filters | None = None, *, exact: bool = False) -> Facets:
        found = search(sample_db, text, filters, Options(limit=1, facets=True, exact=exact))
        assert found.facets is not None
        assert found.facets.counted == found.matched
        return found.facets

    for exact in (False, True):
        found = counts("hội nghị", exact=exact)
        assert found.provinces == (Count("Thái Nguyên", 2), Count("Bắc Kạn", 1), Count("Gia Lai", 1))
        assert found.portals == (Count("backan", 2), Count("gialai", 1), Count("thainguyen", 1))
        assert found.years == (Count("2025", 1), Count("2022", 3))
    assert counts("hội nghị", Filters(provinces=("Thái Nguyên",))).counted == 2
    assert counts("đường liên thôn").years == (Count(None, 1),)
    assert counts("grants").provinces == (Count(None, 1),)
    assert counts("xyzzy") == Facets((), (), (), 0, is_bounded=False)


def test_copies_stand_in_their_place_by_date(sample_db: sqlite3.Connection) -> None:
    assert urls(sample_db, "hương ước", sort="newest") == [f"{BACKAN}/binh-dang-gioi"]
    assert urls(sample_db, "hương ước", Filters(since=date(2022, 10, 6)), sort="oldest") == [f"{THAINGUYEN}/tin/123"]
    found = [f"{GIALAI}/van-ban/9", f"{THAINGUYEN}/tin/123", f"{BACKAN}/binh-dang-gioi"]
    assert urls(sample_db, "hương ước", sort="newest", all_copies=True) == found


def test_a_bad_query_is_no_sqlite_error(sample_db: sqlite3.Connection) -> None:
    for text in ('"', "a OR", "-a", "\0", "😀"):
        with pytest.raises(QueryError):
            search(sample_db, text)
    for text in ("a'b", "x AND y", "NEAR(a b)", "a*b", "text:a", "{a}", "^a"):
        search(sample_db, text)


PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["OR", "AND", "NOT", '"', "-", "*", "title:", "text:", "^", "(", ")", "{", "}", "+", "NEAR(", "\0", "“"]
    ),
    st.sampled_from(
        ["đảng", "dang", "hội", "nghị", "bình", "họp", "ho*", "-đang", '"hội nghị"', "title:hội", "\ud800"]
    ),
)


@pytest.fixture(scope="module")
def opened(sample: Path) -> Iterator[sqlite3.Connection]:
    with Archive.open(sample) as archive:
        yield archive.db


@settings(deadline=None, max_examples=150)
@given(
    pieces=st.lists(PIECES, max_size=8),
    options=st.builds(
        Options,
        exact=st.booleans(),
        all_copies=st.booleans(),
        articles_only=st.booleans(),
        facets=st.booleans(),
        limit=st.integers(1, 12),
        offset=st.integers(0, 12),
        sort=st.sampled_from(["rank", "newest", "oldest"]),
    ),
    filters=st.builds(
        Filters,
        portals=st.sampled_from([(), ("backan",), ("bo", "gialai")]),
        provinces=st.sampled_from([(), ("Thái Nguyên",)]),
        since=st.one_of(st.none(), st.dates()),
        until=st.one_of(st.none(), st.dates()),
        categories=st.sampled_from([(), ("tin tuc",)]),
    ),
)
def test_whatever_is_asked_is_answered_or_named(
    opened: sqlite3.Connection, pieces: list[str], options: Options, filters: Filters
) -> None:
    text = " ".join(pieces)
    try:
        parse(text)
    except QueryError as error:
        position = error.position
    else:
        position = None
        _check(search(opened, text, filters, options), options)
    assert position is None or 0 <= position < len(text)


def _check(found: Results, options: Options) -> None:
    assert len(found.hits) <= options.limit
    assert len({hit.id for hit in found.hits}) == len(found.hits)
    assert found.has_more <= (len(found.hits) == options.limit)
    assert found.matched >= len(found.hits)
    for hit in found.hits:
        assert "".join(piece.text for piece in hit.marked_title) == hit.title
        assert all(piece.text for piece in hit.snippet)


@given(
    st.text(alphabet="aăâeêoôơuưyàáảãạằđĐ xX,.\n*", max_size=80), st.sampled_from(["a", "đa*", '"a đ" -x', "uý OR hoà"])
)
def test_marks_change_nothing_but_marks(text: str, query: str) -> None:
    marker = Marker(parse(query), exact=False)
    snippet = with_marks(marker.snippet(text))
    told = snippet.replace("*", "").replace("…", "").split()
    assert "".join(told) == "".join(text.replace("*", "").split())
    assert snippet.count(MARK) % 2 == 0


def test_a_snippet_is_cut_at_words_around_the_matches() -> None:
    text = "Lời mở đầu dài dòng. " * 30 + "Ở giữa có bình đẳng giới đây. " + "Lời kết dài dòng. " * 30
    snippet = with_marks(Marker(parse("bình đẳng giới"), exact=False).snippet(text))
    assert "Ở giữa có **bình đẳng giới** đây." in snippet
    assert snippet.startswith("… ")
    assert snippet.endswith(" …")
    assert len(snippet) < 300
    assert set(snippet.replace("*", "").split()) <= {"…", *text.split()}


@pytest.mark.parametrize("query", ["ho*", "hội ng*", '"hội ng"*', "title:bi*", "đư*", "họp OR kh*", "ho* -xã", "zq*"])
def test_a_prefix_finds_the_same_by_its_words_as_by_itself(
    sample_db: sqlite3.Connection, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_words = urls(sample_db, query, all_copies=True)
    assert "*" not in parse(query).completed(completions.completer(sample_db)).match() or query == "zq*"
    monkeypatch.setattr(completions, "_MOST", 0)  # as where too many words begin so
    assert "*" in parse(query).completed(completions.completer(sample_db)).match()
    assert urls(sample_db, query, all_copies=True) == by_words
    assert bool(by_words) == (query != "zq*")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        sample_db.execute("DELETE FROM search_keys")


FRAME = "Trong buổi làm việc các đại biểu đã trao đổi nhiều nội dung quan trọng về đời sống ở vùng cao"


@pytest.fixture(scope="module")
def spellings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    """An archive where "xả" stands in many titles of late, and "xã" in five texts of long ago."""
    path = tmp_path_factory.mktemp("spellings")
    with ArchiveBuilder(path) as builder:
        builder.portal("x")
        for number in range(150):
            day = f"2024-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
            text = f"{FRAME}. Hồ chứa xả lũ, xả nước đợt {number} xuống hạ du."
            builder.article(f"https://x.gov.vn/flood/{number}", f"Nhà máy xả nước {number}", text, published_at=day)
        for number in range(5):
            text = f"{FRAME}. Cán bộ xã họp dân lần {number} ở nhà văn hóa xã."
            builder.article(f"https://x.gov.vn/commune/{number}", f"Tin số {number}", text, published_at="2019-01-01")
    with Archive.open(path) as archive:
        yield archive.db


@pytest.mark.parametrize(
    "query",
    ["xã", "Xã", "XÃ", "x\u0061\u0303", "xã*", "xã OR zzz", "xã -bão", '"bộ xã"', "xã dân", "xã van hoa"],
)
@pytest.mark.parametrize("options", [{}, {"all_copies": True}, {"facets": True}, {"limit": 3, "offset": 1}])
def test_what_is_spelt_as_typed_comes_first(
    spellings: sqlite3.Connection, query: str, options: dict[str, bool | int]
) -> None:
    found = urls(spellings, query, **options)
    expected = min(5 - int(options.get("offset", 0)), int(options.get("limit", 10)))
    assert all("/commune/" in url for url in found[:expected])
    assert len(found) >= expected
    assert "/flood/" in urls(spellings, "xa")[0], "without accents the title decides"
