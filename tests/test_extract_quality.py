"""The floors of quality, on our own golden pages and on pages composed in the manner of each CMS: they only rise."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.quality.composed import MANNERS, compose
from benchmarks.quality.measure import FLOORS, Gold, composed, measure, overlap, read

GOLDEN = Path(__file__).parent / "fixtures" / "extract"
PAGES_A_MANNER = 8


@pytest.mark.parametrize(
    ("name", "pages"), [("golden", list(read(GOLDEN))), ("composed", list(composed(PAGES_A_MANNER)))]
)
def test_no_figure_lies_under_its_floor(name: str, pages: list[Gold]) -> None:
    score = measure(pages)["luutru"]
    figures = score.figures()
    under = {key: figures[key] for key, floor in FLOORS[name].items() if figures[key] < floor}
    assert under == {}, sorted(score.worst)[:5]


def test_the_golden_pages_come_out_better_than_from_trafilatura() -> None:
    scores = measure(list(read(GOLDEN)), against_trafilatura=True)
    assert scores["luutru"].figures()["f1"] > scores["trafilatura"].figures()["f1"]


def test_a_composed_page_is_the_same_for_the_same_number() -> None:
    for manner in MANNERS:
        page = compose(manner, 3)
        assert page == compose(manner, 3)
        assert "{{" not in page.html


def test_overlap_sees_what_is_missing_and_what_is_too_much() -> None:
    whole = "một hai ba bốn năm sáu bảy tám"
    assert overlap(whole, whole) == (1.0, 1.0, 1.0)
    f1, precision, recall = overlap("một hai ba bốn năm", whole)
    assert precision == 1.0
    assert recall == 0.4
    assert f1 < 1.0
    assert overlap("", whole) == (0.0, 0.0, 0.0)
