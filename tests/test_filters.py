from __future__ import annotations

import sqlite3
from datetime import date

import pytest
from sample_archive import BACKAN

from archive.errors import NotFound
from archive.filters import Filters, parse_day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022-10-05", date(2022, 10, 5), date(2022, 10, 5)),
        ("05/10/2022", date(2022, 10, 5), date(2022, 10, 5)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2022", date(2022, 1, 1), date(2022, 12, 31)),
    ],
)
def test_days_months_and_years(text: str, first: date, last: date) -> None:
    assert parse_day(text) == first
    assert parse_day(text, is_end=True) == last


@pytest.mark.parametrize("text", ["", "yesterday", "2022-13", "31/02/2022", "2022-02-30", "22-10-05", "0000"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text)


def chosen(db: sqlite3.Connection, filters: Filters) -> set[str]:
    """Return the URLs of the articles that pass; the same, whoever asks."""
    condition, parameters = filters.resolve(db).condition()
    query = f"SELECT pages.url FROM pages JOIN revisions ON revisions.id = pages.revision_id WHERE {condition}"
    return {row[0] for row in db.execute(query, parameters)}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Bắc Kạn", {"/binh-dang-gioi"}),
        ("bac kan", {"/binh-dang-gioi"}),
        ("Tỉnh Bắc Kạn", {"/binh-dang-gioi"}),
        ("Thái Nguyên", {"/dang-bo", "/tin/123", "/lich-tiep-dan/10", "/lich-tiep-dan/11"}),
        ("gia lai", {"/van-ban/9", "/duong-moi"}),
    ],
)
def test_a_province_by_its_name_on_the_day_of_the_article(
    sample_db: sqlite3.Connection, name: str, found: set[str]
) -> None:
    # backan.gov.vn/dang-bo is of August 2025, when Bắc Kạn had become a part of Thái Nguyên.
    urls = chosen(sample_db, Filters(provinces=(name,)))
    assert {url.split(".gov.vn")[1] for url in urls} == found
    shown = sample_db.execute("SELECT url FROM articles WHERE province = ?", [name]).fetchall()
    assert not shown or {row[0] for row in shown} == urls, "the filter and the view agree"


def test_an_article_without_a_date_is_of_the_day_of_its_capture(sample_db: sqlite3.Connection) -> None:
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    sample_db.backup(db)
    db.execute("UPDATE revisions SET published_at = NULL WHERE title LIKE 'Triển khai%'")
    assert chosen(db, Filters(provinces=("Bắc Kạn",))) == set(), "it was captured in 2026"
    assert len(chosen(db, Filters(provinces=("Thái Nguyên",)))) == 5


@pytest.mark.parametrize("name", ["Tin tức", "TIN TỨC", "tin tuc"])
def test_a_category_in_any_spelling(sample_db: sqlite3.Connection, name: str) -> None:
    assert chosen(sample_db, Filters(categories=(name,))) == {f"{BACKAN}/binh-dang-gioi"}
    with pytest.raises(NotFound, match="did you mean Tin tức"):
        Filters(categories=("Tin tưk",)).resolve(sample_db)


@pytest.mark.parametrize("name", ["backan", "BacKan", "backan.gov.vn", "https://www.backan.gov.vn/tin-tuc"])
def test_a_portal_by_id_or_host(sample_db: sqlite3.Connection, name: str) -> None:
    assert Filters(portals=(name,)).resolve(sample_db).portals == {"backan"}


def test_several_names_widen_and_several_filters_narrow(sample_db: sqlite3.Connection) -> None:
    both = Filters(portals=("backan", "gialai"))
    assert both.resolve(sample_db).portals == {"backan", "gialai"}
    narrowed = Filters(portals=("backan", "gialai"), provinces=("Thái Nguyên",))
    assert chosen(sample_db, narrowed) == {f"{BACKAN}/dang-bo"}


def test_misspelt_names_are_answered_with_the_nearest(sample_db: sqlite3.Connection) -> None:
    with pytest.raises(NotFound, match="did you mean backan"):
        Filters(portals=("baccan",)).resolve(sample_db)
    with pytest.raises(NotFound, match="did you mean Thái Nguyên"):
        Filters(provinces=("Thai Nguyn",)).resolve(sample_db)
    with pytest.raises(NotFound, match="it has backan, bo, gialai, thainguyen"):
        Filters(portals=("xyzzy",)).resolve(sample_db)


def test_an_archive_without_provinces_is_not_called_empty(sample_db: sqlite3.Connection) -> None:
    db = sqlite3.connect(":memory:")
    db.row_factory = sqlite3.Row
    sample_db.backup(db)
    db.execute("UPDATE portals SET province_before = NULL, province_after = NULL")
    with pytest.raises(NotFound, match="province 'Huế': no portal of this archive is known by its province; choose by"):
        Filters(provinces=("Huế",)).resolve(db)
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("DELETE FROM portals")
    with pytest.raises(NotFound, match="crawl first"):
        Filters(provinces=("Huế",)).resolve(db)
