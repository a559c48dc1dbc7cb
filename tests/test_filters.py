from __future__ import annotations

import sqlite3
from datetime import date

import pytest

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


@pytest.mark.parametrize(
    ("name", "portals"),
    [
        ("Bắc Kạn", {"backan"}),
        ("bac kan", {"backan"}),
        ("Tỉnh Bắc Kạn", {"backan"}),
        ("Thái Nguyên", {"backan", "thainguyen"}),
        ("gia lai", {"gialai"}),
    ],
)
def test_a_province_by_any_of_its_names(sample_db: sqlite3.Connection, name: str, portals: set[str]) -> None:
    assert Filters(provinces=(name,)).resolve(sample_db).portals == portals


@pytest.mark.parametrize("name", ["backan", "BacKan", "backan.gov.vn", "https://www.backan.gov.vn/tin-tuc"])
def test_a_portal_by_id_or_host(sample_db: sqlite3.Connection, name: str) -> None:
    assert Filters(portals=(name,)).resolve(sample_db).portals == {"backan"}


def test_several_names_widen_and_several_filters_narrow(sample_db: sqlite3.Connection) -> None:
    both = Filters(portals=("backan", "gialai"))
    assert both.resolve(sample_db).portals == {"backan", "gialai"}
    narrowed = Filters(portals=("backan", "gialai"), provinces=("Thái Nguyên",))
    assert narrowed.resolve(sample_db).portals == {"backan"}


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
