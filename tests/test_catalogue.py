"""The catalogue: every row of both tables, and the ways to find a portal."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from archive.errors import NotFound
from archive.text import normalise_line, strip_marks
from crawler.catalogue import Portal, Province, find, portals, provinces
from crawler.urls import canonical, host_of, in_scope

PORTALS = {portal.id: portal for portal in portals()}
OLD = [province for province in provinces() if province.valid_to]
NEW = [province for province in provinces() if not province.valid_to]
OLD_BY_NAME = {province.name: province for province in OLD}
NEW_BY_NAME = {province.name: province for province in NEW}

each_portal = pytest.mark.parametrize("portal", portals(), ids=lambda portal: portal.id)
each_province = pytest.mark.parametrize(
    "province", provinces(), ids=lambda province: f"{province.slug}-{'old' if province.valid_to else 'new'}"
)


def test_there_are_63_provinces_and_34_and_each_name_once() -> None:
    assert (len(OLD), len(OLD_BY_NAME), len(NEW), len(NEW_BY_NAME)) == (63, 63, 34, 34)


def test_the_mapping_is_total_and_says_the_same_both_ways() -> None:
    for province in OLD:
        assert province.successor is not None
        assert province.name in NEW_BY_NAME[province.successor].predecessors
    assert sorted(name for province in NEW for name in province.predecessors) == sorted(OLD_BY_NAME)
    for province in NEW:
        assert all(OLD_BY_NAME[name].successor == province.name for name in province.predecessors)


def test_eleven_stayed_and_fifty_two_became_twenty_three() -> None:
    stayed = {province.name for province in NEW if len(province.predecessors) == 1}
    north = {"Hà Nội", "Cao Bằng", "Điện Biên", "Lai Châu", "Sơn La", "Lạng Sơn", "Quảng Ninh"}
    assert stayed == north | {"Thanh Hóa", "Nghệ An", "Hà Tĩnh", "Huế"}
    merged = [province for province in NEW if len(province.predecessors) > 1]
    assert (len(merged), sum(len(province.predecessors) for province in merged)) == (23, 52)


@each_province
def test_a_province_is_well_formed(province: Province) -> None:
    assert province.slug == "-".join(strip_marks(province.name).replace("-", " ").split())
    assert province.name == normalise_line(province.name)
    assert not re.match("(Tỉnh|Thành phố|TP) ", province.name)
    assert province.region
    if province.valid_to:
        expected = date(2024, 12, 31) if province.name == "Thừa Thiên Huế" else date(2025, 6, 30)
        assert (province.valid_from, province.valid_to, province.predecessors) == (None, expected, ())
    else:
        expected = date(2025, 1, 1) if province.name == "Huế" else date(2025, 7, 1)
        assert (province.valid_from, province.valid_to, province.successor) == (expected, None, None)


@each_province
def test_a_province_has_its_portal(province: Province) -> None:
    portal = PORTALS[province.portal]
    if province.valid_to:
        assert (portal.province_before, portal.province_after) == (province.name, province.successor)
    else:
        assert portal.province_after == province.name
        assert portal.state == "current"


def test_portals_of_provinces_that_are_no_more_have_ended() -> None:
    ended = {portal.id for portal in portals() if portal.state == "ended"}
    assert ended == {province.portal for province in OLD} - {province.portal for province in NEW}
    assert len(ended) == 30  # 29 merged, and thuathienhue.gov.vn


@each_portal
def test_a_portal_is_well_formed(portal: Portal) -> None:
    host = host_of(portal.url)
    assert portal.url == canonical(portal.url) == f"https://{host}/"
    assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.vn", host)
    assert portal.id == host.split(".")[0]
    assert portal.hosts[:2] == (host, f"*.{host}")
    assert in_scope(portal.url, portal.hosts)
    assert in_scope(f"http://www.{host}/a", portal.hosts)
    assert in_scope(f"http://soyte.{host}/", portal.hosts)
    assert all(re.fullmatch(r"(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+", pattern) for pattern in portal.hosts)
    assert portal.name == normalise_line(portal.name) != ""
    assert portal.state in ("current", "ended", "fading")
    assert (portal.province_before is None) == (portal.province_after is None)


def test_ids_are_unique_and_no_host_has_two_owners() -> None:
    assert len(PORTALS) == len(portals())
    assert max(Counter(pattern for portal in portals() for pattern in portal.hosts).values()) == 1


def test_ministries_have_no_province() -> None:
    ministries = [portal for portal in portals() if portal.province_before is None]
    assert Counter(portal.state for portal in ministries) == {"current": 17, "fading": 9}
    assert {"mof", "mae", "mst", "moha", "bdttg"} < {portal.id for portal in ministries if portal.state == "current"}


@each_portal
def test_a_portal_is_found_by_id_domain_and_url(portal: Portal) -> None:
    host = host_of(portal.url)
    for name in (
        portal.id,
        portal.id.upper(),
        f" {host} ",
        f"www.{host}",
        portal.url,
        f"http://{host}/tin/a-1.html?x=1",
    ):
        assert find(name) is portal
    for pattern in portal.hosts:
        assert find(pattern.replace("*", "sotuphap")) is portal


@each_province
def test_a_province_finds_its_portal_under_every_spelling(province: Province) -> None:
    portal = PORTALS[province.portal]
    name = province.name
    for spelling in (name, name.upper(), strip_marks(name), province.slug, f"tỉnh {name}", f"Thành phố {name}"):
        assert find(spelling) is portal


@pytest.mark.parametrize(
    ("name", "portal"),
    [
        ("Gia Lai", "gialai"),
        ("Bình Định", "binhdinh"),
        ("Huế", "hue"),
        ("Thừa Thiên Huế", "thuathienhue"),
        ("Thừa Thiên - Huế", "thuathienhue"),
        ("TP. Hồ Chí Minh", "hochiminhcity"),
        ("TPHCM", "hochiminhcity"),
        ("Bà Rịa – Vũng Tàu", "baria-vungtau"),
        ("Đắc Lắc", "daklak"),
        ("Bộ Tài chính", "mof"),
        ("bo khoa hoc va cong nghe", "mst"),
        ("Bộ Lao động - Thương binh và Xã hội", "molisa"),
        ("Cổng thông tin điện tử tỉnh Bắc Kạn", "backan"),
        ("tphcm.gov.vn", "hochiminhcity"),
        ("https://mongcai.gov.vn/tin", "quangninh"),
    ],
)
def test_other_names(name: str, portal: str) -> None:
    assert find(name).id == portal


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("bakan", "backan"),
        ("Bắc Cạng", "backan"),
        ("hanoii", "hanoi"),
        ("Gia Lại ơi", "gialai"),
        ("backam.gov.vn", "backan"),
    ],
)
def test_a_misspelt_name_gets_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(NotFound) as raised:
        find(name)
    assert nearest in raised.value.hint
    assert raised.value.subject == name
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "name", ["", "  ", "tỉnh", "!!!", "https://example.com/", "http://[", "127.0.0.1:8000", "qwxz"]
)
def test_what_is_nowhere_near_gets_a_way_out(name: str) -> None:
    with pytest.raises(NotFound) as raised:
        find(name)
    assert "luutru portals" in raised.value.hint
