"""The examples of docs/discovery.md are what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crawler.discovery import LinkKind, kind_of
from crawler.urls import canonical, identity, refusal
from crawler.urls.refuse import REASONS

DOCS = Path(__file__).parent.parent / "docs" / "discovery.md"


def rows(heading: str) -> list[list[str]]:
    """Return the cells of the table that starts with `heading`, without back-ticks."""
    table = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", DOCS.read_text("utf-8"), re.MULTILINE)
    assert table, f"no table {heading!r} in {DOCS}"
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table[1].splitlines()]


@pytest.mark.parametrize("row", rows("address"), ids=lambda row: row[0])
def test_noise(row: list[str]) -> None:
    assert canonical(row[0]) == row[1]


@pytest.mark.parametrize("row", rows("one address"), ids=lambda row: row[0])
def test_identity(row: list[str]) -> None:
    assert row[0] != row[1]
    assert identity(row[0]) == identity(row[1])


@pytest.mark.parametrize("row", rows("reason"), ids=lambda row: row[0])
def test_refusal(row: list[str]) -> None:
    assert refusal("https://vidu.gov.vn" + row[1]) == row[0]


def test_every_reason_is_explained() -> None:
    assert {row[0] for row in rows("reason")} == REASONS


def test_kinds_and_ranks() -> None:
    table = rows("kind")
    assert [row[0] for row in table] == [kind.value for kind in LinkKind]
    for kind, rank, example in table:
        assert kind_of("https://vidu.gov.vn" + example) == kind
        assert LinkKind(kind).rank == int(rank)
