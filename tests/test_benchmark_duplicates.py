"""The benchmark of duplicates, small: it runs without any file, and what it says of exactness holds."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive.duplicates import Kind, compare
from benchmarks.duplicates.__main__ import main
from benchmarks.duplicates.truth import truth_of


def test_small_runs_of_recall_kinds_and_orders(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    texts = [f"Thôn {n} họp bàn việc nước sạch, bà con góp công đào mương.\nCán bộ xã ghi sổ." for n in range(500)]
    corpus.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
    main(["--parts", "recall", "--count", "40", "--texts", str(corpus)])
    main(["--parts", "recall", "kinds", "orders", "--count", "250", "--pairs", "12"])
    told = capsys.readouterr().out
    for line in told.splitlines():
        if line.startswith(("precision", "recall  ")) and not re.search(r" 0 (links|exact|near|contained)", line):
            assert " 1.00000 " in line, line
        if line.startswith(("series ", "copies ", "clusters ")):
            assert re.search(r" 0 of ", line), line
        if line.startswith("order "):
            assert " 0 of which are elsewhere" in line, line
    assert told.count("order ") == 3
    assert "near pairs" in told


def test_small_runs_of_scale_and_kills(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--parts", "scale", "kills", "--count", "300", "--kills", "2"])
    told = capsys.readouterr().out
    assert "luutru      µs to look up and file a text" in told
    assert "datasketch  µs" in told
    assert "rensa       µs" in told
    assert "0 problems that luutru verify found" in told
    assert "clusters, as where nobody disturbed" in told


def test_the_truth_is_that_of_every_pair() -> None:
    base = [f"câu{n} nói về việc{n} của thôn{n % 7} trong tháng{n % 5}" for n in range(40)]
    texts = [" ".join(base[start : start + length]) for start in range(0, 20, 3) for length in (11, 12, 20)]
    truth = truth_of(texts)
    for a, one in enumerate(texts):
        for b in range(a + 1, len(texts)):
            found = compare(one, texts[b])
            kind = found.kind if found else None
            assert ((a, b) in truth.near) == (kind is Kind.NEAR), (a, b)
            assert ((a, b) in truth.contained) == (kind is Kind.CONTAINED), (a, b)
    assert truth.near
    assert truth.contained
