"""`archive.open`: what a notebook sees."""

from __future__ import annotations

import dataclasses
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from archive_builder import page_id
from sample_archive import BACKAN, EQUALITY, GIALAI, MINISTRY, THAINGUYEN

import archive
from archive.errors import ArchiveNotFound, NotFound, QueryError
from archive.reader import Reader


@pytest.fixture
def a(sample: Path) -> Iterator[Reader]:
    with archive.open(sample) as opened:
        yield opened


def test_importing_archive_loads_nothing(sample: Path) -> None:
    code = f"""
import sys
before = set(sys.modules)
import archive
assert not [name for name in sys.modules if name.startswith("archive.")]
a = archive.open({str(sample)!r})
a.search("dang")
a.get({BACKAN + "/dang-bo"!r})
heavy = {{"numpy", "lxml", "scrapy", "trafilatura", "rich", "sqlite_utils", "click", "datasketch"}}
sys.exit(" ".join(heavy & (sys.modules.keys() - before)) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_search_with_filters_in_words(a: Reader) -> None:
    found = a.search("hội nghị", province="bac kan", facets=True)
    assert [hit.url for hit in found.hits] == [f"{BACKAN}/binh-dang-gioi"]
    assert found.facets is not None
    assert found.facets.counted == 1
    assert a.search("hội nghị", portal=["gialai", "thainguyen"], all_copies=True).matched == 2
    assert a.search("hội nghị", category="TIN TỨC").matched == 1
    for since, until in (("2022-10-07", "2022-10-07"), (date(2022, 10, 7), date(2022, 10, 8)), ("07/10/2022", "2022")):
        first = a.search("hội nghị", since=since, until=until, sort="oldest", all_copies=True).hits[0]
        assert first.url == f"{THAINGUYEN}/tin/123"
    with pytest.raises(QueryError) as failure:
        a.search('họp "')
    assert failure.value.position == 4
    with pytest.raises(NotFound, match="did you mean backan"):
        a.search("dang", portal="baccan")
    with pytest.raises(ValueError, match="yesterday"):
        a.search("dang", since="yesterday")


def test_one_article(a: Reader) -> None:
    found = a.get(page_id(f"{BACKAN}/binh-dang-gioi")[:6])
    one = found.article
    assert (one.text, one.captions, one.is_representative) == (EQUALITY, ("Quang cảnh hội nghị",), True)
    assert (one.published_on, one.province, one.author) == (date(2022, 10, 5), "Bắc Kạn", "Lan Anh")
    assert {copy.portal for copy in found.copies} == {"thainguyen", "gialai"}
    assert a.get(f"{GIALAI}/duong-moi").article.published_on is None
    assert [revision.number for revision in a.history(f"{MINISTRY}/en/1")] == [1, 2]
    with pytest.raises(NotFound):
        a.get("ffffffffffffffff")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.title = "x"  # type: ignore[misc]


def test_records_are_the_rows_of_the_view(a: Reader) -> None:
    rows = {row["id"]: dict(row) for row in a.db.execute("SELECT * FROM articles")}
    articles = list(a.articles())
    assert len(articles) == len(rows) == 8
    for one in articles:
        row = rows[one.id]
        record = dataclasses.asdict(one)
        assert record.keys() == row.keys()
        assert {name: record[name] for name in record if name != "captions"} == {
            name: row[name] for name in row if name != "captions"
        }


def test_articles_that_are_chosen(a: Reader) -> None:
    assert len(list(a.articles(copies=False))) == 6
    assert {one.portal for one in a.articles(province="Thái Nguyên")} == {"backan", "thainguyen"}
    assert [one.url for one in a.articles(since="2025")] == [f"{BACKAN}/dang-bo"]
    assert a.stats().articles == 8


def test_clusters(a: Reader) -> None:
    (cluster,) = a.duplicates(f"{GIALAI}/van-ban/9")
    assert [member.portal for member in cluster.members] == ["backan", "thainguyen", "gialai"]
    assert len(list(a.duplicates(portal="thainguyen", kind="exact"))) == 1
    assert len(list(a.duplicates(kind="series"))) == 2
    with pytest.raises(NotFound):
        list(a.duplicates(portal="nowhere"))


def test_an_archive_is_opened_for_reading(a: Reader, sample: Path, tmp_path: Path) -> None:
    assert a.path == sample
    assert repr(a) == f"archive.open({str(sample)!r})"
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        a.db.execute("DELETE FROM pages")
    with pytest.raises(ArchiveNotFound, match="there is no archive here"):
        archive.open(tmp_path)
