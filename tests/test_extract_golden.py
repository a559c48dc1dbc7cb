"""Golden folders in the manner of each family: one test a field, so that a failure names the field."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archive.extract import extract, parse
from archive.records import Article, Extraction, PageKind

FIXTURES = Path(__file__).parent / "fixtures" / "extract"
PAGES = sorted(path.name for path in FIXTURES.iterdir() if (path / "page.html").exists())


def expected(page: str) -> dict[str, Any]:
    return json.loads((FIXTURES / page / "expected.json").read_text(encoding="utf-8"))


ARTICLES = [page for page in PAGES if expected(page)["kind"] == "article"]


@cache
def extraction(page: str) -> Extraction:
    wanted = expected(page)
    body = (FIXTURES / page / "page.html").read_bytes()
    return extract(parse(body, wanted["url"]), captured_at=datetime.fromisoformat(wanted["captured_at"]))


def article(page: str) -> Article:
    found = extraction(page)
    assert found.article is not None, f"{found.kind}: {found.reason}"
    return found.article


@pytest.mark.parametrize("page", PAGES)
def test_kind(page: str) -> None:
    found = extraction(page)
    assert found.kind is PageKind(expected(page)["kind"]), found.reason
    assert (found.article is None) == (found.kind is not PageKind.ARTICLE)


@pytest.mark.parametrize(
    ("page", "field"),
    [(page, field) for page in ARTICLES for field in expected(page) if field not in ("url", "captured_at", "kind")],
)
def test_field(page: str, field: str) -> None:
    wanted = expected(page)
    value = getattr(article(page), field)
    assert (list(value) if field == "captions" else value) == wanted[field]


@pytest.mark.parametrize("page", ARTICLES)
def test_what_is_left_out_has_a_reason(page: str) -> None:
    found = extraction(page)
    assert all(removal.reason and removal.text for removal in found.removed)
    assert found.visible_chars >= len(article(page).text.replace("- ", ""))


def test_the_body_that_stands_twice_is_recorded_as_a_repeat() -> None:
    repeats = [r.text for r in extraction("nukeviet_twice").removed if r.reason == "repeat"]
    lines = article("nukeviet_twice").text.split("\n")
    assert sorted(set(repeats)) == sorted(lines)
    assert repeats.count(lines[0]) == 2  # the lead stood three times


def test_the_page_is_left_as_it_was() -> None:
    wanted = expected("nukeviet_twice")
    page = parse((FIXTURES / "nukeviet_twice" / "page.html").read_bytes(), wanted["url"])
    captured_at = datetime.fromisoformat(wanted["captured_at"])
    assert extract(page, captured_at=captured_at) == extract(page, captured_at=captured_at)
    assert len(page.tree.xpath("//a[@href]")) == 7
