"""The index: what brute force finds, it finds; its files hold what the table says; common keys stay bounded."""

from __future__ import annotations

import itertools
import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from duplicates_archive import Pages
from hypothesis import given, settings
from hypothesis import strategies as st

from archive import duplicates
from archive.duplicates import Kind, index, rebuild, runs
from archive.duplicates.candidates import candidates, possible
from archive.duplicates.documents import index_of
from archive.duplicates.index import Hits, Index, Keyed
from archive.duplicates.keys import keys_of
from benchmarks.duplicates.texts import compose, sentences_of
from benchmarks.duplicates.truth import truth_of

Filled = tuple[Pages, list[str]]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A database of texts of which a fifth are copies of some kind."""
    pages, rng = Pages(tmp_path_factory.mktemp("index") / "archive.db"), random.Random(11)
    texts = list(dict.fromkeys(one.text for one in compose(sentences_of(None, rng), 1200, rng, copies=0.6)))
    pages.db.execute("BEGIN")
    for number, text in enumerate(texts):
        pages.show(number, text)
        if number == 700:
            pages.db.execute("COMMIT")
            duplicates.committed(pages.db)
            pages.db.execute("BEGIN")
    pages.db.execute("COMMIT")
    return pages, texts


def test_it_finds_what_the_comparison_of_all_pairs_finds(filled: Filled) -> None:
    pages, _ = filled
    rows = pages.db.execute("SELECT min(id), text FROM documents GROUP BY key_digest").fetchall()
    truth = truth_of([row[1] for row in rows])
    near, contained = ({(rows[a][0], rows[b][0]) for a, b in pairs} for pairs in (truth.near, truth.contained))
    found = {tuple(sorted(row)) for row in pages.db.execute("SELECT a, b FROM links WHERE kind <> 'exact'")}
    near, contained = ({tuple(sorted(pair)) for pair in pairs} for pairs in (near, contained))
    assert len(near) > 60
    assert len(contained) > 40
    assert len(near - found) <= 0.005 * len(near)
    assert len(contained - found) <= 0.03 * len(contained)


def test_every_link_has_the_true_score(filled: Filled) -> None:
    rows = (
        filled[0]
        .db.execute(
            """SELECT one.text, two.text, kind, score, differs FROM links
        JOIN documents AS one ON one.id = a JOIN documents AS two ON two.id = b ORDER BY a, b LIMIT 60"""
        )
        .fetchall()
    )
    assert rows
    for a, b, kind, score, differs in rows:
        assert duplicates.compare(a, b) == duplicates.Relation(Kind(kind), score, differs)


def test_regrouping_gives_what_came_one_by_one(filled: Filled) -> None:
    pages, _ = filled
    before = pages.clusters(), pages.links()
    assert list(duplicates.check(pages.db)) == []
    pages.db.execute("BEGIN")
    duplicates.regroup(pages.db, from_signatures=True)
    pages.db.execute("COMMIT")
    duplicates.committed(pages.db)
    assert pages.clusters() == before[0]
    assert pages.links() >= before[1], "and what of common keys was only kept of newer texts"
    assert len(pages.links()) < 1.02 * len(before[1])
    assert list(duplicates.check(pages.db)) == []


def test_exact_copies_share_an_entry() -> None:
    pages = Pages()
    for text in ("Đường làng đã được thắp sáng bằng đèn mặt trời.", "ĐƯỜNG LÀNG ĐÃ ĐƯỢC THẮP SÁNG BẰNG ĐÈN MẶT TRỜI"):
        duplicates.add_document(pages.db, text, duplicates.fingerprint(text))
    assert [row[0] for row in pages.index()] == [1]
    near = "Đường làng đã được thắp sáng bằng đèn mặt trời."
    again = duplicates.add_document(pages.db, near, duplicates.fingerprint(near))
    assert again == duplicates.Added(1, is_new=False)


def test_a_text_without_syllables_is_kept_and_not_filed() -> None:
    pages = Pages()
    assert duplicates.add_document(pages.db, "", duplicates.fingerprint("")).is_new
    added = duplicates.add_document(pages.db, "…", duplicates.fingerprint("…"))
    assert [link.kind for link in added.links] == [Kind.EXACT]
    assert pages.index() == []
    assert list(duplicates.check(pages.db)) == []


def test_a_copy_is_found_among_many_that_use_the_same_form() -> None:
    rng = random.Random(3)
    form = " ".join(make_words(rng, 260))
    pages = Pages()
    pages.db.execute("BEGIN")
    filled_in = [f"{form[:600]} {' '.join(make_words(rng, 14))} {form[600:]}" for _ in range(160)]
    for text in filled_in:
        duplicates.add_document(pages.db, text, duplicates.fingerprint(text))
    copy = duplicates.fingerprint(filled_in[37] + " Hết.")
    keyed = Keyed.one(161, *keys_of(copy))
    hits = index_of(pages.db).look_up(keyed)
    assert len(hits.codes) <= runs.COMMON * len(keyed.keys)
    assert candidates(pages.db, index_of(pages.db), keyed, copy.syllables, copy.signature)[0] == 38


def make_words(rng: random.Random, count: int) -> list[str]:
    """Return made-up words."""
    return ["".join(rng.choices("bcdghklmnrstvx", k=1) + rng.choices("aeiouy", k=2)) for _ in range(count)]


# --- the files ---


def fill(db: sqlite3.Connection, count: int, seed: int = 5) -> None:
    """Add texts in a transaction of their own."""
    rng = random.Random(seed)
    db.execute("BEGIN")
    for _ in range(count):
        text = " ".join(make_words(rng, rng.randint(3, 120)))
        duplicates.add_document(db, text, duplicates.fingerprint(text))
    db.execute("COMMIT")
    duplicates.committed(db)


def reopened(pages: Pages) -> Index:
    """Return the index as the next process opens it."""
    pages.db.duplicates = None  # type: ignore[attr-defined]
    return index_of(pages.db)


def answers(pages: Pages, found: Index) -> list[list[int]]:
    """Return what the index says of each document's keys."""
    rows = pages.db.execute("SELECT document_id, syllables, signature, spans FROM signatures").fetchall()
    tables = [index.Table.of([tuple(row)]) for row in rows]
    return [found.look_up(table.keyed(), runs.COMMON).codes.tolist() for table in tables]


@pytest.fixture
def small_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is written for every few documents."""
    monkeypatch.setattr(index, "_IN_MEMORY", 400)


@pytest.mark.usefixtures("small_runs")
def test_runs_are_written_merged_and_read_again(tmp_path: Path) -> None:
    pages = Pages(tmp_path / "archive.db")
    for seed in range(14):
        fill(pages.db, 20, seed)
    first = index_of(pages.db)
    assert first.last > 200
    assert len(first.runs) < 8, "runs of like size become one"
    assert {run.path for run in first.runs} == set((tmp_path / "duplicates").iterdir())
    told = answers(pages, first)
    again = reopened(pages)
    assert [run.path for run in again.runs] == [run.path for run in first.runs]
    assert answers(pages, again) == told
    everything = Index()
    everything.catch_up(pages.db)
    assert answers(pages, everything) == told
    assert list(duplicates.check(pages.db)) == []


@pytest.mark.usefixtures("small_runs")
@pytest.mark.parametrize(
    "damage", ["all gone", "one gone", "cut short", "unfinished", "of other parameters", "other archive"]
)
def test_files_that_cannot_be_used_are_made_anew(tmp_path: Path, damage: str) -> None:
    pages = Pages(tmp_path / "archive.db")
    for seed, count in enumerate((120, 30)):
        fill(pages.db, count, seed)
    told = answers(pages, index_of(pages.db))
    files = sorted((tmp_path / "duplicates").iterdir())
    assert len(files) > 1
    content = files[0].read_bytes()
    if damage == "all gone":
        for file in files:
            file.unlink()
    elif damage == "one gone":
        files[0].unlink()
    elif damage == "cut short":
        files[-1].write_bytes(files[-1].read_bytes()[:-1])
    elif damage == "unfinished":
        files[0].rename(files[0].with_suffix(".new"))
    elif damage == "of other parameters":
        files[0].write_bytes(content[:8] + b"0" * 16 + content[24:])
    else:
        files[0].write_bytes(content[:40] + b"0" * 32 + content[72:])
    assert list(duplicates.check(pages.db)) == []
    assert answers(pages, reopened(pages)) == told
    assert list(duplicates.check(pages.db)) == []


@pytest.mark.usefixtures("small_runs")
def test_a_file_that_holds_something_else_is_told(tmp_path: Path) -> None:
    pages = Pages(tmp_path / "archive.db")
    fill(pages.db, 40)
    (file,) = (tmp_path / "duplicates").iterdir()
    content = bytearray(file.read_bytes())
    content[200] ^= 1
    file.write_bytes(content)
    assert [line.rsplit(" ", 2)[1:] for line in duplicates.check(pages.db)] == [["is", "damaged"]]
    pages.db.execute("UPDATE signatures SET spans = x'' WHERE length(spans)")
    pages.db.execute("DELETE FROM signatures WHERE document_id = 3")
    content[200] ^= 1
    file.write_bytes(content)
    assert any("does not hold what the signatures say" in line for line in duplicates.check(pages.db))
    duplicates.regroup(pages.db)
    duplicates.committed(pages.db)
    assert list(duplicates.check(pages.db)) == []


@pytest.mark.usefixtures("small_runs")
def test_an_older_database_beside_newer_files(tmp_path: Path) -> None:
    pages = Pages(tmp_path / "archive.db")
    for seed in range(3):
        fill(pages.db, 20, seed)
    pages.db.execute("DELETE FROM links")
    for table, column in (("signatures", "document_id"), ("documents", "id")):
        pages.db.execute(f"DELETE FROM {table} WHERE {column} > 25")
    text = "Xã mở lớp học chữ Thái cho người lớn tuổi."
    added = duplicates.add_document(pages.db, text, duplicates.fingerprint(text))
    assert added == duplicates.Added(26, is_new=True)
    duplicates.committed(pages.db)
    copy = duplicates.add_document(pages.db, text + " Hết", duplicates.fingerprint(text + " Hết"))
    assert [link.other_id for link in copy.links] == [26]
    assert list(duplicates.check(pages.db)) == []


numbers = st.lists(st.integers(0, 20), max_size=4, unique=True)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(numbers, numbers, st.booleans()), max_size=40), st.integers(1, 9))
def test_many_at_once_are_as_one_by_one_and_what_is_forgotten_was_never_there(
    texts: list[tuple[list[int], list[int], bool]], size: int
) -> None:
    filed = [
        Keyed.one(number, np.array(spans + [100 + band for band in bands], np.uint64), len(spans))
        for number, (spans, bands, _) in enumerate(texts, 1)
    ]
    single, batched = Index(), Index()
    expected, got = list[int](), list[int]()
    for text, (_, _, is_rolled_back) in zip(filed, texts, strict=True):
        if is_rolled_back:
            single.file(text)
            single.forget_from(int(text.ids[0]))
        expected += single.look_up(text).codes.tolist()
        single.file(text)
    for start in range(0, len(filed), size):
        together = joined(filed[start : start + size])
        got += batched.look_up(together).codes.tolist()
        batched.file(together)
        if start % 2:
            batched._settle()
    assert got == expected
    assert batched.forget_from(len(filed) + 1)
    kinds: list[list[int]] = [[], []]
    for text in filed:
        for place, key in enumerate(text.keys.tolist()):
            kinds[place < int(text.spans[0])].append(key << 28 | int(text.ids[0]))
    shared = [rebuild.Shared.among(np.array(entries, np.uint64)) for entries in kinds]
    counts = np.array([0, *(int(text.spans[0]) for text in filed)])
    assert rebuild.Keys(shared[0], shared[1], counts).hits(counts >= 0).codes.tolist() == sorted(expected)


def joined(texts: list[Keyed]) -> Keyed:
    """Return documents as one batch, the spans of all first."""
    spans = np.array([int(text.spans[0]) for text in texts])
    parts = [(place, text.keys[: spans[place]]) for place, text in enumerate(texts)]
    parts += [(place, text.keys[spans[place] :]) for place, text in enumerate(texts)]
    owners = np.repeat([place for place, _ in parts], [len(keys) for _, keys in parts])
    ids = np.array([int(text.ids[0]) for text in texts])
    return Keyed(ids, spans, np.concatenate([keys for _, keys in parts]), owners)


def test_one_common_span_alone_makes_no_candidate() -> None:
    counts = np.full(100, 3)
    code = 50 << 30 | 7 << 2
    alone = Hits(np.array([code | 3], np.uint64), np.array([50 << 28 | 7]))
    with_another = Hits(np.array([code | 1, code | 3], np.uint64), np.array([50 << 28 | 7]))
    assert possible(alone, counts.__getitem__, counts.__getitem__)[1].tolist() == []
    assert possible(with_another, counts.__getitem__, counts.__getitem__)[1].tolist() == [7]


def test_keys_of_one_text_are_few_for_short_ones() -> None:
    sizes = [len(keys_of(duplicates.fingerprint(" ".join(f"x{i}" for i in range(n))))[0]) for n in (0, 1, 4, 79, 500)]
    assert sizes[:4] == [0, 21, 21, 21]
    assert 8 + 25 < sizes[4] < 8 + 90
    assert list(itertools.accumulate(sizes))


def test_what_is_rolled_back_after_it_became_a_run_in_memory_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_SETTLED", 100)
    pages = Pages(tmp_path / "archive.db")
    fill(pages.db, 30)
    told = answers(pages, index_of(pages.db))
    pages.db.execute("BEGIN")
    rng = random.Random(6)
    form = " ".join(make_words(rng, 90))
    for number in range(20):
        text = f"{form} {number}"
        duplicates.add_document(pages.db, text, duplicates.fingerprint(text))
    pages.db.execute("ROLLBACK")
    text = "Xã mở lớp học chữ Thái cho người lớn tuổi."
    assert duplicates.add_document(pages.db, text, duplicates.fingerprint(text)).document_id == 31
    assert answers(pages, index_of(pages.db))[:30] == told
    assert list(duplicates.check(pages.db)) == []
