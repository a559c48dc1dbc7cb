"""Dates as portals print them, and which of a page's dates is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.dates import choose, date_in_path, parse_date

NOW = datetime(2024, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("surface", "iso"),
    [
        ("Thứ tư - 19/02/2020 21:06", "2020-02-19T21:06"),
        ("Đăng ngày 04 - 08 - 2014", "2014-08-04"),
        ("Thứ tư, 05/10/2022", "2022-10-05"),
        ("Ngày cập nhật: 9/11/2018 2:05:33 CH", "2018-11-09T14:05:33"),
        ("05/10/2022 12:30 SA", "2022-10-05T00:30"),
        ("14:05 PM 05/10/2022", "2022-10-05T14:05"),
        ("14h05 ngày 05/10/2022", "2022-10-05T14:05"),
        ("05/10/2022 14 giờ 05 phút", "2022-10-05T14:05"),
        ("28-08-2025, 19:45 (GMT+7)", "2025-08-28T19:45+07:00"),
        ("Thứ sáu, 09 Tháng mười một 2018", "2018-11-09"),
        ("Tháng Mười Hai 1, 2021", "2021-12-01"),
        ("5 Th10 2022", "2022-10-05"),
        ("mùng 5 tháng 10 năm 2022", "2022-10-05"),
        ("2020-02-19+0721:06:30", "2020-02-19T21:06:30+07:00"),
        ("2016-05-10ICT08:30:00", "2016-05-10T08:30:00+07:00"),
        ("2025-10-26T06:34:32+0700", "2025-10-26T06:34:32+07:00"),
        ("/Date(1664953509000)/", "2022-10-05T07:05:09Z"),
        ("Wed, 05 Oct 2022 14:05:09 +0700", "2022-10-05T14:05:09+07:00"),
        ("Fri Nov 09 08:15:00 ICT 2018", "2018-11-09T08:15:00+07:00"),
        ("11/23/2018 2:05:33 PM", "2018-11-23T14:05:33"),  # .NET in its American culture
        ("Thứ tư, 10/05/2022", "2022-10-05"),  # the weekday says which is the month
        ("09/11/98", "1998-11-09"),
        ("1.2.2018", "2018-02-01"),
        ("Ngày đăng: 1.2.2018", "2018-02-01"),
        ("Hội nghị ngày 1.2.2018", "2018-02-01"),
        ("Hà Nội, ngày 24 tháng 6 năm 2022", "2022-06-24"),
    ],
)
def test_a_date_is_read_at_the_precision_it_prints(surface: str, iso: str) -> None:
    assert parse_date(surface) == iso


@pytest.mark.parametrize(
    "surface",
    [
        *("45/13/2020", "29/02/2021", "tháng 11 năm 2018", "11/2024", "19/5", "2016 - 2021", "Thứ tư", "2 giờ trước"),
        *("Nghị định 42/2022/NĐ-CP", "Quyết định số 15/2021/QĐ-UBND", "2,249,800", "0269.3.738.275", "192.168.1.10"),
        *(
            "Phiên bản 1.2.2018",
            "Cập nhật phần mềm v1.2.2018",
            "Trình bày tại mục 3.4.2015",
            "01/01/0001",
            "01/01/1970",
            "30/12/1899",
            "từ ngày 01/10/2022 đến ngày 05/10/2022",
            "24/7",
            "giai đoạn 2011-2015",
        ),
    ],
)
def test_what_is_no_day_gives_none(surface: str) -> None:
    assert parse_date(surface) is None


@given(st.text(alphabet="0123456789/-.:, thángngàyămSACHTZ+'hgiờ()", max_size=60))
def test_any_text_gives_a_real_date_or_none(surface: str) -> None:
    found = parse_date(surface)
    if found is not None:
        assert 1997 <= datetime.fromisoformat(found).year <= 2099


def test_the_first_believable_date_wins() -> None:
    surfaces = ["Thứ tư, 05/10/2022", "2020-02-19T21:06:30+07:00"]
    assert choose(surfaces, captured_at=NOW) == "2022-10-05"
    assert choose(["01/01/1900", "05/10/2032", "Đăng ngày 04 - 08 - 2014"], captured_at=NOW) == "2014-08-04"
    assert choose(["hôm nay"], captured_at=NOW) is None


def test_minutes_without_a_zone_are_vietnams_and_midnight_is_a_day() -> None:
    assert choose(["19/02/2020 21:06"], captured_at=NOW) == "2020-02-19T21:06+07:00"
    assert choose(["2022-10-05T07:05:09Z"], captured_at=NOW) == "2022-10-05T07:05:09Z"
    assert choose(["2018-01-10T00:00:00Z"], captured_at=NOW) == "2018-01-10"


def test_the_path_carries_a_day() -> None:
    assert date_in_path("/portal/Pages/2014-8-4/tap-huan.aspx") == "2014-08-04"
    assert date_in_path("/2023/05/06/cho-phien/") == "2023-05-06"
    assert date_in_path("/tin/2023-45-99/x") is None
