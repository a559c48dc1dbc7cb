"""The store: one writer, order of commitment, revisions, aliases, the full-text index."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive import duplicates
from archive.errors import ArchiveError, ArchiveLocked, ArchiveNotFound, WarcError
from archive.records import Article, Capture, Extraction, PageKind
from archive.store import Archive, pages
from archive.store.writer import Transaction, Writer
from archive.verify import Checked, verify
from archive.warc import payload_digest

NOW = datetime(2025, 7, 2, 8, 0, tzinfo=UTC)
TEXT = "Ủy ban nhân dân xã họp bàn việc sửa đường liên thôn trước mùa mưa.\nBà con góp ngày công theo từng ngõ."


def capture(url: str, body: bytes, at: datetime = NOW) -> Capture:
    return Capture(url, url, at, 200, "OK", "1.1", (("Content-Type", "text/html"),), body)


def store(
    writer: Writer, key: int, text: str, *, title: str = "Sửa đường", at: datetime = NOW, canonical: int | None = None
) -> pages.Stored:
    """Store one article page as a crawl does."""

    def work(transaction: Transaction) -> pages.Stored:
        url = f"http://xa.example/{key}"
        taken = capture(url, f"{title}{text}{at}".encode(), at)
        ref = pages.record_capture(transaction, pages.Page(key, url, "xa"), taken, payload_digest(taken.body))
        extraction = Extraction(PageKind.ARTICLE, Article(title, text, published_at="2025-07-01", extractor="test/1"))
        return pages.record_extraction(transaction.db, ref, extraction, duplicates.fingerprint(text), canonical)

    return writer.submit(work).result()


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    opened = Archive.open(tmp_path / "archive", write=True)
    pages.register_portal(
        opened.db,
        "xa",
        name="Xã",
        url="http://xa.example/",
        hosts=["xa.example"],
        provinces=("Bắc Kạn", "Thái Nguyên"),
        now=NOW,
    )
    return opened


def problems(archive: Archive) -> list[str]:
    return [problem.reason for problem in verify(archive, Checked())]


def found(archive: Archive, query: str) -> int:
    return archive.db.execute("SELECT count(*) FROM search_index WHERE search_index MATCH ?", [query]).fetchone()[0]


def test_a_change_is_a_revision_and_moves_in_the_index(archive: Archive) -> None:
    writer = Writer(archive)
    assert store(writer, 1, TEXT).is_new
    assert store(writer, 1, TEXT, at=NOW + timedelta(days=1)) == pages.Stored(PageKind.ARTICLE)
    assert store(writer, 1, TEXT.replace("mùa mưa", "mùa khô"), at=NOW + timedelta(days=2)).is_changed
    writer.close()
    row = archive.db.execute("SELECT revision, province, text, captured_at FROM articles").fetchone()
    assert (row["revision"], row["province"]) == (2, "Thái Nguyên")
    assert (found(archive, '"mua kho"'), found(archive, '"mua mua"')) == (1, 0)
    assert archive.db.execute("SELECT count(*) FROM documents").fetchone()[0] == 2
    assert problems(archive) == []


def test_a_page_that_names_another_with_the_same_text_is_its_alias_in_either_order(archive: Archive) -> None:
    writer = Writer(archive)
    store(writer, 2, TEXT, canonical=1)
    store(writer, 1, TEXT)
    assert store(writer, 3, TEXT, canonical=1).kind is PageKind.ALIAS
    store(writer, 4, TEXT + "\nThêm một câu khác hẳn bài kia về chuyện nước sạch.", canonical=1)
    writer.close()
    urls = [row["url"] for row in archive.db.execute("SELECT url FROM articles ORDER BY url")]
    assert urls == ["http://xa.example/1", "http://xa.example/4"], "an alias must say the same, whatever it claims"
    assert problems(archive) == []


def test_work_that_fails_is_undone_alone_with_its_record(archive: Archive) -> None:
    writer = Writer(archive)

    def fail(transaction: Transaction) -> None:
        taken = capture("http://xa.example/9", b"lost")
        pages.record_capture(transaction, pages.Page(9, taken.requested_url, "xa"), taken, payload_digest(taken.body))
        raise ValueError("after the record was written")

    before, failing, after = (store(writer, 1, TEXT), writer.submit(fail), store(writer, 2, TEXT + " Hết."))
    assert before.is_new
    assert after.is_new
    with pytest.raises(ValueError, match="after the record"):
        failing.result()
    writer.close()
    assert [row[0] for row in archive.db.execute("SELECT url FROM pages")] == [
        "http://xa.example/1",
        "http://xa.example/2",
    ]
    assert problems(archive) == []


def test_what_the_database_does_not_know_is_cut_off_the_warc_file(archive: Archive) -> None:
    writer = Writer(archive)
    store(writer, 1, TEXT)
    writer.close()
    path = next(archive.warc_dir.iterdir())
    whole = path.read_bytes()
    path.write_bytes(whole + b"torn record of a killed crawl")
    assert any("bytes" in reason for reason in problems(archive))
    Writer(archive).close()
    assert path.read_bytes() == whole
    assert problems(archive) == []


def test_an_unchanged_payload_is_a_revisit_that_reads_as_the_original(archive: Archive) -> None:
    writer = Writer(archive)

    def work(transaction: Transaction) -> pages.CaptureRef:
        taken = capture("http://xa.example/1", b"<p>the same</p>")
        page = pages.Page(1, taken.requested_url, "xa")
        return pages.record_capture(transaction, page, taken, payload_digest(taken.body))

    refs = [writer.submit(work).result() for _ in range(2)]
    for ref in refs:
        writer.submit(lambda transaction, ref=ref: pages.record_kind(transaction.db, ref, PageKind.OTHER)).result()
    writer.close()
    assert [ref.is_revisit for ref in refs] == [False, True]
    assert archive.read_capture(refs[1].capture_id).body == b"<p>the same</p>"
    assert problems(archive) == []


def test_verify_finds_what_is_wrong(archive: Archive) -> None:
    writer = Writer(archive)
    store(writer, 1, TEXT)
    store(writer, 2, TEXT + "\nThêm câu.")
    writer.close()
    archive.db.execute("UPDATE captures SET warc_offset = warc_offset + 1 WHERE id = 1")
    archive.db.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')")
    archive.db.execute("DELETE FROM signatures")
    reasons = " / ".join(problems(archive))
    for part in ("has no row", "damaged from offset", "it holds 0 texts", "texts have no signature"):
        assert part in reasons


def test_one_process_at_a_time_writes(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveLocked, match="another luutru"):
        Archive.open(tmp_path / "archive", write=True)
    with Archive.open(tmp_path / "archive") as reader, pytest.raises(sqlite3.OperationalError):
        reader.db.execute("DELETE FROM portals")


def test_folders_that_are_no_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotFound):
        Archive.open(tmp_path / "none")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").touch()
    with pytest.raises(ArchiveError, match="holds other files"):
        Archive.open(tmp_path / "photos", write=True)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "archive.db").write_bytes(b"no database at all" * 100)
    for write in (False, True):
        with pytest.raises(ArchiveError, match=r"damaged .*; restore archive\.db from a copy, or start anew elsewhere"):
            Archive.open(tmp_path / "broken", write=write)


@pytest.mark.parametrize("write", [False, True])
def test_a_database_of_another_program_is_left_alone(tmp_path: Path, write: bool) -> None:
    db = sqlite3.connect(tmp_path / "archive.db")
    db.execute("CREATE TABLE notes (text TEXT)")
    db.close()
    before = (tmp_path / "archive.db").read_bytes()
    with pytest.raises(ArchiveError, match="this database is not luutru's; name another folder"):
        Archive.open(tmp_path, write=write)
    assert (tmp_path / "archive.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["archive.db"]


def test_an_archive_that_was_only_begun_is_empty_and_can_be_filled(tmp_path: Path) -> None:
    (tmp_path / "archive.db").touch()
    with pytest.raises(ArchiveNotFound, match="the archive is empty; crawl first"):
        Archive.open(tmp_path)
    with Archive.open(tmp_path, write=True) as archive:
        assert archive.db.execute("SELECT count(*) FROM pages").fetchone()[0] == 0


def test_a_capture_whose_file_is_gone_says_so(archive: Archive) -> None:
    writer = Writer(archive)
    store(writer, 1, TEXT)
    writer.close()
    next(archive.warc_dir.iterdir()).unlink()
    with pytest.raises(WarcError, match=r"\.warc\.gz: the file is missing; restore it from a copy"):
        archive.read_capture(1)


def test_a_warc_file_that_lost_its_end_is_left_as_it_is(archive: Archive) -> None:
    writer = Writer(archive)
    store(writer, 1, TEXT)
    writer.close()
    path = next(archive.warc_dir.iterdir())
    path.write_bytes(path.read_bytes()[:-100])
    damaged = path.read_bytes()
    writer = Writer(archive)
    store(writer, 2, TEXT + " Hết.")
    writer.close()
    assert path.read_bytes() == damaged
    assert len(list(archive.warc_dir.iterdir())) == 2
    assert any("bytes" in reason for reason in problems(archive))
