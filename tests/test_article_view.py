from __future__ import annotations

import sqlite3

import pytest
from archive_builder import page_id
from hypothesis import given
from hypothesis import strategies as st
from sample_archive import BACKAN, EQUALITY, GIALAI, MINISTRY, THAINGUYEN

from archive.article_view import find_page, history, view_article, word_diff
from archive.errors import NotFound
from archive.stats import collect


@pytest.mark.parametrize(
    "name",
    [
        f"{THAINGUYEN}/tin/123",
        "http://thainguyen.gov.vn/tin/123/",
        "https://www.ThaiNguyen.gov.vn/tin/123#comments",
        "thainguyen.gov.vn/tin/123",
        page_id(f"{THAINGUYEN}/tin/123"),
        page_id(f"{THAINGUYEN}/tin/123").upper(),
        page_id(f"{THAINGUYEN}/tin/123")[:6],
    ],
)
def test_an_article_by_url_or_id(sample_db: sqlite3.Connection, name: str) -> None:
    assert view_article(sample_db, find_page(sample_db, name)).article.url == f"{THAINGUYEN}/tin/123"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("0000000000000000", "no page with this id"),
        ("abc", "no page with this id"),
        ("https://thainguyen.gov.vn/tin/124", "no page with this id"),
        ("http://[bad", "no page with this id"),
        ("\udcff", "no page with this id"),
        (f"{BACKAN}/", "no article (listing)"),
        (page_id(f"{MINISTRY}/gone"), "no article (error)"),
    ],
)
def test_what_is_no_article(sample_db: sqlite3.Connection, name: str, reason: str) -> None:
    with pytest.raises(NotFound) as failure:
        find_page(sample_db, name)
    assert reason in failure.value.reason
    assert failure.value.hint


def test_an_ambiguous_beginning_lists_the_candidates(sample_db: sqlite3.Connection) -> None:
    keys = ("abcd" + "0" * 12, "abcd" + "f" * 12)
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    sample_db.backup(db)
    for key in keys:
        signed = int.from_bytes(bytes.fromhex(key), "big", signed=True)
        db.execute(
            """INSERT INTO pages (key, url, portal, kind, revision_id, first_captured_at, last_captured_at)
            SELECT ?, url, portal, kind, revision_id, first_captured_at, last_captured_at FROM pages
            WHERE revision_id IS NOT NULL LIMIT 1""",
            [signed],
        )
    with pytest.raises(NotFound) as failure:
        find_page(db, "abcd")
    assert all(key in failure.value.hint for key in keys)
    assert find_page(db, "abcd0") != find_page(db, keys[1])


def test_an_article_with_its_provenance(sample_db: sqlite3.Connection) -> None:
    found = view_article(sample_db, find_page(sample_db, f"{BACKAN}/binh-dang-gioi"))
    assert found.article.text == EQUALITY
    assert found.article.captions == ("Quang cảnh hội nghị",)
    assert found.source.requested_url == f"{BACKAN}/binh-dang-gioi"
    assert found.source.captured_at == "2026-03-01T08:02:00+00:00"
    assert (found.source.http_status, found.source.record_type) == (200, "response")
    assert found.source.warc_file.endswith(".warc.gz")
    assert found.source.payload_digest.startswith("sha1:")


def test_copies_have_kind_and_score(sample_db: sqlite3.Connection) -> None:
    found = view_article(sample_db, find_page(sample_db, f"{THAINGUYEN}/tin/123"))
    exact, near = found.copies
    assert (exact.url, exact.kind, exact.score) == (f"{BACKAN}/binh-dang-gioi", "exact", 1.0)
    assert exact.is_representative
    assert (near.url, near.kind) == (f"{GIALAI}/van-ban/9", "near")
    assert near.score is not None
    assert 0.8 <= near.score < 1
    assert near.differs is not None
    assert "mốt" in near.differs
    assert found.series == ()


def test_issues_of_a_series_are_no_copies(sample_db: sqlite3.Connection) -> None:
    found = view_article(sample_db, find_page(sample_db, f"{THAINGUYEN}/lich-tiep-dan/10"))
    assert found.copies == ()
    assert [(other.url, other.kind) for other in found.series] == [(f"{THAINGUYEN}/lich-tiep-dan/11", "series")]


def test_the_history_of_an_article(sample_db: sqlite3.Connection) -> None:
    first, second = history(sample_db, find_page(sample_db, f"{MINISTRY}/en/1"))
    assert (first.number, second.number) == (1, 2)
    assert first.source.capture_id < second.source.capture_id
    changed = [change for change in word_diff(first.text, second.text) if not change.is_same]
    assert [(change.before, change.after) for change in changed] == [("Two", "Three")]
    assert view_article(sample_db, find_page(sample_db, f"{MINISTRY}/en/1")).captures == 2


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_a_diff_holds_both_texts(before: str, after: str) -> None:
    changes = list(word_diff(before, after))
    assert "".join(change.before for change in changes) == before
    assert "".join(change.after for change in changes) == after


def test_statistics_add_up(sample_db: sqlite3.Connection) -> None:
    held = collect(sample_db)
    assert (held.pages, held.articles, held.revisions, held.texts) == (10, 8, 9, 7)
    assert held.pages_by_kind == {"article": 8, "error": 1, "listing": 1}
    assert (held.clusters, held.copies, held.captures) == (1, 2, 11)
    assert sum(portal.articles for portal in held.by_portal) == sum(held.by_year.values()) == held.articles
    assert sum(portal.copies for portal in held.by_portal) == held.copies
    assert held.by_year == {"2022": 3, "2023": 2, "2024": 1, "2025": 1, "undated": 1}
    assert held.removed_by_reason == {"counter": 1, "repeat": 1}
    assert held.repeats_removed == 1
    shown = sample_db.execute("SELECT sum(visible_chars), sum(length(text)) FROM articles").fetchone()
    assert held.chrome_share == pytest.approx(1 - shown[1] / shown[0], abs=1e-4)
    assert held.warc_bytes > 0
    assert not sample_db.in_transaction
