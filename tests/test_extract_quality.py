"""The floors of quality on our own golden pages: they may rise and never fall."""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality import FLOORS, measure, overlap, read

GOLDEN = Path(__file__).parent / "fixtures" / "extract"


def test_no_figure_lies_under_its_floor() -> None:
    scores = measure(list(read(GOLDEN)), against_trafilatura=True)
    figures = scores["luutru"].figures()
    assert {key: figures[key] for key, floor in FLOORS.items() if figures[key] < floor} == {}
    assert figures["f1"] > scores["trafilatura"].figures()["f1"]


def test_overlap_sees_what_is_missing_and_what_is_too_much() -> None:
    whole = "một hai ba bốn năm sáu bảy tám"
    assert overlap(whole, whole) == (1.0, 1.0, 1.0)
    f1, precision, recall = overlap("một hai ba bốn năm", whole)
    assert precision == 1.0
    assert recall == 0.4
    assert f1 < 1.0
    assert overlap("", whole) == (0.0, 0.0, 0.0)
