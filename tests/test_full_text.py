"""The full-text index stands in the order of publication, however its texts came."""

from __future__ import annotations

import shutil
import sqlite3
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from archive_builder import ArchiveBuilder
from hypothesis import given
from hypothesis import strategies as st
from sample_archive import BACKAN

from archive.filters import Filters
from archive.records import AttachmentText
from archive.search import Options, parse, search
from archive.store import Archive, full_text, search_keys
from archive.store.migrations import _INITIAL
from archive.store.search_keys import MERGER, PLACES, allot, first_of_day, is_of_day, keys_of
from archive.text import DS, fold_search, strip_marks
from archive.verify import Checked, repair, verify

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1))
CAPTURED = "2026-03-01T08:02:00+00:00"


@pytest.fixture
def keys() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE search_keys (id INTEGER PRIMARY KEY)")
    return db


@given(DAYS, DAYS)
def test_ids_stand_in_the_order_of_days(one: date, other: date) -> None:
    assert (first_of_day(one) < first_of_day(other)) == (one < other)
    assert (first_of_day(one) < MERGER) == (one < date(2025, 7, 1))
    assert first_of_day(one) + PLACES <= first_of_day(other) or one >= other
    assert is_of_day(first_of_day(one), f"{one}T09:15+07:00", CAPTURED)
    assert is_of_day(first_of_day(one), str(other), CAPTURED) == (one == other)


def test_each_text_has_a_place_of_its_day(keys: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_keys, "PLACES", 2)
    first = search_keys.first_of_day(date(2020, 1, 5))
    given = []
    for day in ("2020-01-05", "2020-01-05", "2020-01-06", "2020-01-05", None, "2020-01-04"):
        given.append(allot(keys, day, CAPTURED))
        keys.execute("INSERT INTO search_keys VALUES (?)", given[-1:])
    assert given[:4] == [first, first + 1, first + 2, first + 3], "a day that is full goes on into the next"
    assert given[4] < 0 < given[5] < first


@given(st.text(alphabet=[*"aạăđĐðÐɖƉ Dd.\n", "\u0301", "\u0302"], max_size=40))
def test_sql_folds_as_python_does(text: str) -> None:
    stored = unicodedata.normalize("NFC", text)
    column = search_keys._folded("?1")
    assert sqlite3.connect(":memory:").execute(f"SELECT {column}", [stored]).fetchone()[0] == fold_search(text)


def test_what_looks_like_a_d_with_stroke_is_one(tmp_path: Path) -> None:
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("x")
        for number, letter in enumerate(DS):
            builder.article(f"https://x.gov.vn/{number}", f"{letter}ại hội", f"Tin {number}: {letter}ảng bộ họp.")
    with Archive.open(tmp_path) as archive:
        for query in ("dang bo", "đảng bộ", "dai"):
            hits = search(archive.db, query).hits
            assert len(hits) == len(DS)
            assert all(any(piece.is_match for piece in (*hit.snippet, *hit.marked_title)) for hit in hits)
        assert search(archive.db, "đảng", options=Options(exact=True)).matched == 4, "but African d, which none writes"
    assert {strip_marks(letter) for letter in DS} == {"d"}


def test_an_article_whose_day_changes_moves(tmp_path: Path) -> None:
    url = "https://x.gov.vn/1"
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("x")
        builder.article(url, "Tin", "Một tin về kênh mương.", published_at="2020-01-05")
        builder.article(url, "Tin", "Một tin về kênh mương.", published_at="2021-02-06")
        builder.article(url, "Tin", "Một tin về kênh đào.", published_at="2021-02-06")
    with Archive.open(tmp_path) as archive:
        assert list(verify(archive, Checked())) == []
        assert search(archive.db, "mương").matched == 0
        assert search(archive.db, "kênh", Filters(until=date(2020, 12, 31))).matched == 0
        assert search(archive.db, "kênh", Filters(since=date(2021, 2, 6), until=date(2021, 2, 6))).matched == 1


def test_a_file_is_of_the_day_of_its_article_whichever_came_first(tmp_path: Path) -> None:
    file, article = "https://x.gov.vn/ke-hoach.pdf", "https://x.gov.vn/1"
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("x")
        builder.file(file, AttachmentText("pdf", "Lịch tiêm phòng dại cho chó mèo."))
        for number, day in enumerate((None, "2020-01-05", "2021-02-06")):
            if day:
                files = [(file, "Kế hoạch")]
                builder.article(article, "Tin", "Xã thông báo lịch.", published_at=day, attachments=files)
            with Archive.open(tmp_path) as archive:
                for since in (None, date(2020, 1, 5), date(2021, 2, 6)):
                    is_found = search(archive.db, "tiêm phòng", Filters(since=since, until=since)).matched
                    assert is_found == (since is None or since.year - 2019 == number)
                assert list(verify(archive, Checked())) == []


def _as_first_released(path: Path) -> list[tuple[int, int]]:
    """Take an archive back to its first migration; return the keys that its index had."""
    with sqlite3.connect(path / "archive.db") as db:
        keys = [(row[0], row[1]) for row in db.execute("SELECT id, page_id FROM search_keys ORDER BY id")]
        for statement in ("DROP TABLE search_index", "DROP VIEW searchable", "DROP TABLE search_keys"):
            db.execute(statement)
        for statement in _INITIAL:
            if "searchable" in statement:
                db.execute(statement)
        db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE '%search%'")
    db.close()
    return keys


def test_an_older_archive_is_brought_into_the_order(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "archive"
    shutil.copytree(sample, path)
    before = _as_first_released(path)
    with Archive.open(path, write=True):
        pass
    with Archive.open(path) as archive:
        after = [(row[0], row[1]) for row in archive.db.execute("SELECT id, page_id FROM search_keys ORDER BY id")]
        assert after == before, "as the writer allots them one after the other"
        assert search(archive.db, "hoi nghi", Filters(provinces=("bac kan",))).hits[0].url == f"{BACKAN}/binh-dang-gioi"
        assert list(verify(archive, Checked())) == []


def test_an_index_that_lacks_its_keys_is_repaired(sample: Path, tmp_path: Path) -> None:
    path = tmp_path / "archive"
    shutil.copytree(sample, path)
    with sqlite3.connect(path / "archive.db") as db:
        db.execute("DELETE FROM search_keys WHERE page_id % 2")
    db.close()
    with Archive.open(path) as archive:
        (problem,) = verify(archive, Checked())
        assert problem.subject == "full-text index"
    repair(path)
    with Archive.open(path) as archive:
        assert list(verify(archive, Checked())) == []
        assert search(archive.db, "hoi nghi", options=Options(all_copies=True)).matched == 4


def test_changes_are_made_in_one_go_and_in_order() -> None:
    db = sqlite3.connect(":memory:")
    full_text.prepare(db)
    db.execute("CREATE VIRTUAL TABLE search_index USING fts5(title, text, keys, content='')")
    for command, key, text in ((None, 7, "b"), (None, 3, "a"), ("delete", 7, "b"), (None, 7, "c")):
        db.execute("INSERT INTO unwritten VALUES (?, ?, '', ?, '')", [command, key, text])
    full_text.write(db)

    def found(word: str) -> list[int]:
        return [row[0] for row in db.execute("SELECT rowid FROM search_index WHERE search_index MATCH ?", [word])]

    assert (found("a"), found("b"), found("c")) == ([3], [], [7])
    assert db.execute("SELECT count(*) FROM unwritten").fetchone()[0] == 0


def test_segments_become_one_and_what_is_not_done_in_time_goes_on(tmp_path: Path) -> None:
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("x")
        for number in range(12):  # each is a transaction, and so a segment, of its own
            builder.article(f"https://x.gov.vn/{number}", f"Tin {number}", f"Xã họp lần {number}.")
    segments = "SELECT count(DISTINCT segid) FROM search_index_idx"
    with Archive.open(tmp_path, write=True) as archive:
        db = archive.db
        assert db.execute(segments).fetchone()[0] == 1, "as the writer leaves it"
        full_text.prepare(db)
        for number in range(3):
            db.execute("INSERT INTO unwritten VALUES (NULL, ?, 'Tin', 'xa hop', '')", [number + 1])
            full_text.write(db)
        assert db.execute(segments).fetchone()[0] > 1
        full_text.merge(db, limit_s=0)
        assert db.execute(segments).fetchone()[0] > 1
        full_text.merge(db, limit_s=60)
        assert db.execute(segments).fetchone()[0] == 1
        assert len(db.execute("SELECT 1 FROM search_index WHERE search_index MATCH 'hop'").fetchall()) == 15


PRINTABLE = st.characters(exclude_categories=("C", "Z"), include_characters=" ")


@given(st.text(PRINTABLE, min_size=1, max_size=30), st.none() | st.text(PRINTABLE, max_size=30))
def test_what_is_filtered_by_is_the_same_in_sql_and_stands_in_no_query(portal: str, category: str | None) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE TABLE search_keys (portal TEXT, category TEXT)")
    db.execute("INSERT INTO search_keys VALUES (?, ?)", [portal, category])
    keys = keys_of(portal, category)
    assert db.execute(f"SELECT {search_keys.KEYS} FROM search_keys").fetchone()[0] == keys
    db.execute("CREATE VIRTUAL TABLE search_index USING fts5(keys, tokenize='unicode61 remove_diacritics 2')")
    db.execute("INSERT INTO search_index VALUES (?)", [keys])
    db.execute("CREATE VIRTUAL TABLE words USING fts5vocab(search_index, row)")
    assert [row[0] for row in db.execute("SELECT term FROM words")] == sorted(keys.lower().split())
    typed = parse(f"hop {keys[:60]}")
    assert not any(set(keys.split()) & set(term.words) for group in typed.required for term in group)
