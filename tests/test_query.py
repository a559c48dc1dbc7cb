"""The query parser: what users type is understood, or its place is named, and never reaches FTS5 as syntax."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.errors import QueryError
from archive.search.query import Query, Term, parse


def words(*terms: str) -> tuple[tuple[Term, ...], ...]:
    return tuple((Term((term,)),) for term in terms)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("bình đẳng", Query(words("bình", "đẳng"))),
        ('"bình đẳng" giới', Query(((Term(("bình", "đẳng")),), (Term(("giới",)),)))),
        ("“bình đẳng”", Query(((Term(("bình", "đẳng")),),))),
        ("a OR b c", Query(((Term(("a",)), Term(("b",))), (Term(("c",)),)))),
        ("a OR b OR c", Query(((Term(("a",)), Term(("b",)), Term(("c",))),))),
        ("a -b", Query(words("a"), (Term(("b",)),))),
        ('a -"b c"', Query(words("a"), (Term(("b", "c")),))),
        ("khen*", Query(((Term(("khen",), is_prefix=True),),))),
        ('"thi đua kh"*', Query(((Term(("thi", "đua", "kh"), is_prefix=True),),))),
        ("title:họp", Query(((Term(("họp",), in_title=True),),))),
        ('TITLE:"kế hoạch"', Query(((Term(("kế", "hoạch"), in_title=True),),))),
        ("15/2021/QĐ-UBND", Query(((Term(("15", "2021", "QĐ", "UBND")),),))),
        ("or and not near", Query(words("or", "and", "not", "near"))),
        ("a - b – c (d", Query(words("a", "b", "c", "d"))),
        ("a\0b 😀 :*:", Query(words("a", "b"))),
        ("to\u0302i", Query(words("tôi"))),
    ],
)
def test_what_is_understood(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('a "b c', "character 3"),
        ("OR a", "character 1"),
        ("a OR", "character 3"),
        ("a OR OR b", "character 6"),
        ("a OR -b", "character 3"),
        ("-b OR a", "character 4"),
        ("a title: b", "character 3"),
        ("họp n*", "character 5"),
        ("-a", "only says what to leave out"),
        ("", "no word"),
        ("😀 ()*", "no word"),
        ("a " * 101, "101 words"),
    ],
)
def test_what_is_not_understood_is_named(text: str, place: str) -> None:
    with pytest.raises(QueryError) as failure:
        parse(text)
    assert place in failure.value.reason
    assert failure.value.hint
    assert "\n" not in str(failure.value)


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE search_index USING fts5(title, text, tokenize='unicode61 remove_diacritics 2')")
    db.execute("INSERT INTO search_index VALUES ('hop dang bo', 'binh dang gioi 15/2021/QD-UBND')")
    return db


SYNTAX = st.sampled_from(
    [
        "AND",
        "OR",
        "NOT",
        "NEAR(",
        ")",
        "(",
        '"',
        "'",
        "*",
        "^",
        "-",
        "+",
        ":",
        "title:",
        "text:",
        "{",
        "}",
        ",",
        "\0",
        "“",
    ]
)


@given(st.one_of(st.text(), st.lists(st.one_of(SYNTAX, st.text(max_size=6)), max_size=12).map(" ".join)))
@example('"')
@example("title:-")
@example("a" * 100_000)
@example("\ud800 \udcff x")
@example("x\u0301* ²½ ①")
def test_whatever_is_typed_is_valid_fts5_or_a_query_error(index: sqlite3.Connection, text: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    for expression in (query.match(), query.match(with_excluded=False)):
        index.execute("SELECT rowid FROM search_index WHERE search_index MATCH ?", [expression]).fetchall()
    if phrase := query.adjacent():
        index.execute("SELECT rowid FROM search_index WHERE search_index MATCH ?", [phrase.match()]).fetchall()


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("Đảng bộ", True),
        ("15/2021/QĐ-UBND", True),
        ('"giới bình"', False),
        ("title:giới", False),
        ("title:họp giới", True),
        ("nothing OR giới họp", True),
        ("giới -bình", False),
        ("gi*", True),
    ],
)
def test_the_expression_means_the_query(index: sqlite3.Connection, text: str, is_found: bool) -> None:
    rows = index.execute("SELECT 1 FROM search_index WHERE search_index MATCH ?", [parse(text).match()]).fetchall()
    assert bool(rows) == is_found
