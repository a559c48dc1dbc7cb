"""The index: what brute force finds, it finds; its files hold what the table says; common keys stay bounded."""

from __future__ import annotations

import importlib
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
from archive.duplicates.finding import Hits, Keyed
from archive.duplicates.index import Index
from archive.duplicates.keys import keys_of
from benchmarks.duplicates.texts import compose, sentences_of
from benchmarks.duplicates.truth import truth_of

Filled = tuple[Pages, list[str]]
check_module = importlib.import_module("archive.duplicates.check")  # the package has a function of that name


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
    assert pages.links() == before[1]
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
    keyed = Keyed.one(161, copy)
    hits = index_of(pages.db).look_up(keyed)
    assert len(hits.codes) <= runs.COMMON * len(keyed.keys)
    assert 38 in candidates(index_of(pages.db), hits)


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
    return [found.look_up(table.keyed()).codes.tolist() for table in tables]


@pytest.fixture
def small_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is written for every few documents."""
    monkeypatch.setattr(index, "_IN_MEMORY", 250)


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
@pytest.mark.parametrize("at_once", [1 << 25, 60])
def test_a_file_that_holds_something_else_is_told(
    tmp_path: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_module, "_ENTRIES", at_once)
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


def test_runs_become_one_where_they_are_outgrown() -> None:
    def run(entries: int) -> runs.Run:
        return runs.fresh(1, 1, np.arange(entries, dtype=np.uint64), np.zeros(1, np.int64))

    for sizes, start in (((8, 2), 2), ((8, 2, 2, 2), 1), ((8, 16), 0), ((8, 15), 2), ((), 0), ((5,), 1)):
        assert index._outgrown([run(size) for size in sizes]) == start, sizes


numbers = st.lists(st.integers(0, 20), max_size=4, unique=True)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(numbers, numbers, st.booleans()), max_size=40), st.integers(1, 9), st.integers(1, 50))
def test_many_at_once_are_as_one_by_one_and_what_is_forgotten_was_never_there(
    texts: list[tuple[list[int], list[int], bool]], size: int, piece: int
) -> None:
    filed = [keyed([(number, spans, bands)]) for number, (spans, bands, _) in enumerate(texts, 1)]
    single, batched = Index(), Index()
    expected, got, common = list[tuple[int, ...]](), list[tuple[int, ...]](), [0]
    for text, (_, _, is_rolled_back) in zip(filed, texts, strict=True):
        if is_rolled_back:
            single.file(single.look_up(text))
            single.forget_from(int(text.ids[0]))
        hits = single.look_up(text)
        expected += told(hits)
        common += hits.common.tolist()
        single.file(hits)
    for start in range(0, len(filed), size):
        together = [(number, *text[:2]) for number, text in enumerate(texts, 1)][start : start + size]
        hits = batched.look_up(keyed(together))
        got += told(hits)
        batched.file(hits)
        if start % 2:
            batched._settle()
    assert got == expected == of_brute_force(texts)
    assert batched.forget_from(len(filed) + 1)
    spans = np.array([0, *(len(spans) for spans, _, _ in texts)])
    entries = [text.keys & ~runs.ID_MASK | text.ids.astype(np.uint64) for text in filed]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rebuild, "_PIECE", piece)
        patch.setattr(rebuild, "_DOCUMENTS", size)
        parts, in_all = rebuild.Keys(entries, spans, spans, np.zeros((len(spans), 128), np.uint8)).shared()
        codes = [code for part in parts for code in part.tolist()]
    assert [(code >> 30, code >> 2 & runs.MOST_ID, code & 3) for code in codes] == expected
    assert in_all.tolist() == common


def keyed(texts: list[tuple[int, list[int], list[int]]]) -> Keyed:
    """Return documents of so many spans and bands, each given as id, spans, bands."""
    keys = [
        (key << 1 | is_span) << runs.ID_BITS | place
        for place, (_, spans, bands) in enumerate(texts)
        for is_span, some in ((1, spans), (0, bands))
        for key in some
    ]
    ids, counts = np.array([text[0] for text in texts]), np.array([len(text[1]) for text in texts])
    return Keyed(ids, counts, np.array(sorted(keys), np.uint64))


def told(hits: Hits) -> list[tuple[int, ...]]:
    """Return what a look-up tells: text, older document, whether the key is common and a span."""
    codes = hits.codes.tolist()
    return [(int(hits.texts.ids[code >> 30]), code >> 2 & runs.MOST_ID, code & 3) for code in codes]


def of_brute_force(texts: list[tuple[list[int], list[int], bool]]) -> list[tuple[int, ...]]:
    """Return what look-ups of the texts tell, one after the other."""
    holders: dict[tuple[int, int], list[int]] = {}
    answers = []
    for number, (spans, bands, _) in enumerate(texts, 1):
        for key in [(1, span) for span in spans] + [(0, band) for band in bands]:
            older = holders.setdefault(key, [])
            is_common = len(older) >= runs.COMMON
            answers += [(number, other, is_common << 1 | key[0]) for other in older[: runs.COMMON]]
            older.append(number)
    return sorted(answers)


def test_one_common_span_alone_makes_no_candidate() -> None:
    spans, common = np.full(100, 3), np.ones(100, np.int64)
    code = 50 << 30 | 7 << 2
    assert possible(np.array([code | 3], np.uint64), common, spans, spans.__getitem__)[1].tolist() == []
    with_another = np.array([code | 1, code | 3], np.uint64)
    assert possible(with_another, common, spans, spans.__getitem__)[1].tolist() == [7]


def test_one_band_makes_a_candidate() -> None:
    spans, common = np.full(100, 20), np.zeros(100, np.int64)
    codes = np.array([50 << 30 | 7 << 2], np.uint64)
    assert possible(codes, common, spans, spans.__getitem__)[1].tolist() == [7]


def test_what_shares_few_spans_of_many_makes_no_candidate() -> None:
    spans, common = np.full(100, 20), np.zeros(100, np.int64)
    for shared in range(1, 12):
        codes = np.full(shared, 50 << 30 | 7 << 2 | 1, np.uint64)
        found = possible(codes, common, spans, spans.__getitem__)[1].tolist()
        assert found == ([7] if shared > 6 else []), shared


def test_keys_of_one_text_are_few_for_short_ones() -> None:
    sizes = [len(keys_of(duplicates.fingerprint(" ".join(f"x{i}" for i in range(n))))) for n in (0, 1, 4, 79, 500)]
    assert sizes[:4] == [0, 11, 11, 11]
    assert 4 + 20 < sizes[4] < 4 + 45


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
