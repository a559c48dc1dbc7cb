"""The index: what brute force finds, it finds; and a lookup stays bounded where thousands share a formula."""

from __future__ import annotations

import random
import sqlite3

import pytest
from duplicates_archive import Pages

from archive import duplicates
from archive.duplicates import Kind, index
from archive.records import Fingerprint
from benchmarks.duplicates import make_texts, truth_of

Filled = tuple[sqlite3.Connection, dict[str, Fingerprint]]


@pytest.fixture(scope="module")
def filled() -> Filled:
    """A database of texts of which a fifth are edited, extended or renumbered copies, and their fingerprints."""
    db = Pages().db
    db.execute("BEGIN")
    prints = {}
    for text in make_texts(1500, random.Random(11)):
        found = duplicates.fingerprint(text)
        prints[found.digest] = found
        duplicates.add_document(db, text, found)
    return db, prints


def test_it_finds_what_the_comparison_of_all_pairs_finds(filled: Filled) -> None:
    db, prints = filled
    truth = truth_of(prints, db)
    found = {(a, b) for a, b in db.execute("SELECT a, b FROM links WHERE kind <> 'exact'")}
    assert len(truth.near) > 30
    assert len(truth.contained) > 50
    assert found <= truth.near | truth.contained
    assert len(truth.near - found) <= 0.005 * len(truth.near)
    assert len(truth.contained - found) <= 0.03 * len(truth.contained)


def test_every_link_has_the_true_score(filled: Filled) -> None:
    db, _ = filled
    rows = db.execute(
        """SELECT one.text, two.text, kind, score, differs FROM links
        JOIN documents AS one ON one.id = a JOIN documents AS two ON two.id = b ORDER BY a, b LIMIT 60"""
    ).fetchall()
    assert rows
    for a, b, kind, score, differs in rows:
        assert duplicates.compare(a, b) == duplicates.Relation(Kind(kind), score, differs)


def test_exact_copies_share_an_entry() -> None:
    db = Pages().db
    for text in ("Đường làng đã được thắp sáng bằng đèn mặt trời.", "ĐƯỜNG LÀNG ĐÃ ĐƯỢC THẮP SÁNG BẰNG ĐÈN MẶT TRỜI"):
        duplicates.add_document(db, text, duplicates.fingerprint(text))
    assert index.keyed(db) == index.measured(db) == {1}
    near = "Đường làng đã được thắp sáng bằng đèn mặt trời."
    again = duplicates.add_document(db, near, duplicates.fingerprint(near))
    assert again == duplicates.Added(1, is_new=False)


def test_a_text_without_syllables_is_kept_and_not_filed() -> None:
    db = Pages().db
    assert duplicates.add_document(db, "", duplicates.fingerprint("")).is_new
    added = duplicates.add_document(db, "…", duplicates.fingerprint("…"))
    assert [link.kind for link in added.links] == [Kind.EXACT]
    assert index.keyed(db) == index.measured(db) == set()


def test_a_copy_is_found_among_thousands_that_use_the_same_form() -> None:
    rng = random.Random(3)
    form = " ".join(make_words(rng, 260))
    db = Pages().db
    db.execute("BEGIN")
    filled_in = [f"{form[:600]} {' '.join(make_words(rng, 14))} {form[600:]}" for _ in range(160)]
    for text in filled_in:
        duplicates.add_document(db, text, duplicates.fingerprint(text))
    assert db.execute("SELECT max(length(newest)) FROM bands").fetchone()[0] == 64 * 8  # bytes of an entry
    copy = filled_in[37] + " Hết."
    found = index.candidates(db, duplicates.fingerprint(copy))
    assert found[0] == 38
    assert len(found) <= 32


def make_words(rng: random.Random, count: int) -> list[str]:
    """Return made-up words."""
    return ["".join(rng.choices("bcdghklmnrstvx", k=1) + rng.choices("aeiouy", k=2)) for _ in range(count)]
