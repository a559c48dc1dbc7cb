from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from archive_builder import page_id
from sample_archive import BACKAN, EQUALITY, GIALAI, THAINGUYEN

from archive.errors import ExportError, NotFound
from archive.export import FORMATS, Options, export
from archive.export.records import FIELDS
from archive.filters import Filters

CONTRACT = [
    "id",
    "url",
    "portal",
    "province",
    "title",
    "lead",
    "text",
    "author",
    "source",
    "category",
    "language",
    "published_at",
    "captured_at",
    "cluster_id",
    "copies",
    "text_digest",
    "syllables",
    "extractor",
]


def records(out: Path) -> list[dict[str, Any]]:
    lines = [line for path in sorted(out.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [json.loads(line) for line in lines]


def test_the_record_is_that_of_the_contract(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    export(sample_db, tmp_path / "out")
    found = {record["url"]: record for record in records(tmp_path / "out")}
    record = found[f"{BACKAN}/binh-dang-gioi"]
    assert list(record) == CONTRACT == list(FIELDS)
    assert record["id"] == record["cluster_id"] == page_id(record["url"])
    assert record["text"] == EQUALITY
    assert record["copies"] == [f"{GIALAI}/van-ban/9", f"{THAINGUYEN}/tin/123"]
    assert (record["province"], record["published_at"]) == ("Bắc Kạn", "2022-10-05")
    assert record["captured_at"] == "2026-03-01T08:02:00+00:00"
    assert (record["author"], record["source"], record["category"]) == ("Lan Anh", "Cổng thông tin huyện", "Tin tức")
    road = found[f"{GIALAI}/duong-moi"]
    assert (road["author"], road["lead"], road["published_at"], road["copies"]) == (None, None, None, [])
    assert found[f"{BACKAN}/dang-bo"]["province"] == "Thái Nguyên", "published after the merger"
    assert "" not in [value for record in found.values() for value in record.values()]


def test_records_are_in_the_order_of_their_ids(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    export(sample_db, tmp_path / "out", Options(keep="all"))
    ids = [record["id"] for record in records(tmp_path / "out")]
    assert ids == sorted(ids)
    assert {identifier[0] < "8" for identifier in ids} == {True, False}, "keys of both signs"


def test_representatives_or_all(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    some = export(sample_db, tmp_path / "some")
    every = export(sample_db, tmp_path / "all", Options(keep="all"))
    assert (some.total, some.exported, some.dropped) == (8, 6, {"copy": 2})
    assert (every.total, every.exported, every.dropped) == (8, 8, {})


def test_a_copy_stands_in_where_the_filters_leave_the_representative_out(
    sample_db: sqlite3.Connection, tmp_path: Path
) -> None:
    filters = Filters(portals=("thainguyen", "gialai"), until=date(2022, 12, 31))
    summary = export(sample_db, tmp_path / "out", Options(filters=filters))
    (record,) = records(tmp_path / "out")
    assert record["url"] == f"{THAINGUYEN}/tin/123", "published before the one on Gia Lai"
    assert record["cluster_id"] == page_id(f"{BACKAN}/binh-dang-gioi")
    assert summary.dropped == {"portal": 3, "undated": 1, "until": 2, "copy": 1}
    assert summary.total == summary.exported + sum(summary.dropped.values())


def test_short_texts_and_early_ones(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    options = Options(min_syllables=100, filters=Filters(since=date(2023, 1, 1)))
    summary = export(sample_db, tmp_path / "out", options)
    assert {record["syllables"] >= 100 for record in records(tmp_path / "out")} == {True}
    assert summary.dropped == {"undated": 1, "since": 3, "short": 2}
    assert summary.exported == 2


def test_captions_are_a_field_where_asked_for(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    export(sample_db, tmp_path / "out", Options(captions=True))
    captions = {record["url"]: record["captions"] for record in records(tmp_path / "out")}
    assert captions[f"{BACKAN}/binh-dang-gioi"] == ["Quang cảnh hội nghị"]
    assert captions[f"{GIALAI}/duong-moi"] == []
    assert "`captions`" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_shards_hold_so_many_records(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    export(sample_db, tmp_path / "one")
    export(sample_db, tmp_path / "many", Options(shard_size=4))
    shards = sorted(path.name for path in (tmp_path / "many").glob("*.jsonl"))
    assert shards == ["articles-00001.jsonl", "articles-00002.jsonl"]
    assert records(tmp_path / "many") == records(tmp_path / "one")
    manifest = json.loads((tmp_path / "many" / "manifest.json").read_text())
    assert [file["records"] for file in manifest["files"]] == [4, 2, 0]


def test_the_manifest_agrees_with_the_files(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    export(sample_db, tmp_path / "out", Options(filters=Filters(provinces=("thai nguyen",))))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {file["name"] for file in manifest["files"]} | {"manifest.json"}
    for file in manifest["files"]:
        data = (tmp_path / "out" / file["name"]).read_bytes()
        assert (file["size_bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert manifest["counts"]["articles_exported"] == len(records(tmp_path / "out"))
    assert manifest["options"]["provinces"] == ["thai nguyen"]


def test_the_card_says_what_was_left_out(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    export(sample_db, tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlicense: other\nlanguage:\n- vi\n")
    for line in (
        "6 articles with",
        "Captured: 2026-03-01.",
        "Published: 2022-10-05 to 2025-08-04.",
        "| a copy: another article of its cluster is in the corpus | 2 |",
        "| thainguyen | 2 |",
        "Law on Intellectual Property",
    ):
        assert line in card


def test_the_same_archive_and_options_give_the_same_bytes(sample: Path, tmp_path: Path) -> None:
    from archive.store import Archive

    shutil.copytree(sample, tmp_path / "moved")
    contents = []
    for number, place in enumerate((sample, tmp_path / "moved")):
        with Archive.open(place) as archive:
            out = tmp_path / f"deep/{number}"
            export(archive.db, out, Options(captions=True, shard_size=3))
        contents.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert contents[0] == contents[1]


def test_an_empty_folder_may_be_filled(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert export(sample_db, tmp_path / "out").exported == 6


def test_what_exists_is_never_touched(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note.txt").write_text("mine")
    for name in ("file", "full", "file/below"):
        with pytest.raises(ExportError):
            export(sample_db, tmp_path / name)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == ["file", "full", "full/note.txt"]


def test_nothing_is_left_when_the_filters_are_wrong(sample_db: sqlite3.Connection, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        export(sample_db, tmp_path / "out", Options(filters=Filters(portals=("nowhere",))))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_grow_is_a_clear_error_and_leaves_nothing(sample: Path, tmp_path: Path) -> None:
    script = f"""
import resource, signal
from pathlib import Path
from archive.export import export
from archive.store import Archive
with Archive.open({str(sample)!r}) as archive:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
    export(archive.db, Path({str(tmp_path / "out")!r}))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "ExportError" in done.stderr
    assert "File too large" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_killed_export_leaves_no_corpus_and_the_next_one_cleans_up(
    sample: Path, sample_db: sqlite3.Connection, tmp_path: Path
) -> None:
    script = f"""
import os, signal
from pathlib import Path
from archive.export import export
from archive.export.corpus import FORMATS
from archive.store import Archive
jsonl = FORMATS["jsonl"]
class Killed(jsonl):
    def write(self, record):
        super().write(record)
        os.kill(os.getpid(), signal.SIGKILL)
FORMATS["jsonl"] = Killed
with Archive.open({str(sample)!r}) as archive:
    export(archive.db, Path({str(tmp_path / "out")!r}))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    assert len(list(tmp_path.iterdir())) == 1
    (tmp_path / f".out.partial-{os.getppid()}").mkdir()  # of a process that lives
    export(sample_db, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f".out.partial-{os.getppid()}", "out"]


def test_an_export_reads_one_state_of_the_archive(sample: Path, tmp_path: Path) -> None:
    from archive.store import Archive, connect

    shutil.copytree(sample, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as archive:
        writer = connect(archive.db_path, write=True)

        def meanwhile(_record: int) -> None:
            writer.execute("UPDATE revisions SET title = 'changed meanwhile'")

        from archive.export import corpus

        seen = []
        original = corpus.Summary.add

        def add(self: corpus.Summary, record: dict[str, Any]) -> None:
            original(self, record)
            seen.append(record["title"])
            meanwhile(len(seen))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(corpus.Summary, "add", add)
            export(archive.db, tmp_path / "out")
        writer.close()
    assert len(seen) == 6
    assert "changed meanwhile" not in seen


def test_the_command_offers_the_formats_that_exist() -> None:
    from archive.cli.export import export as command

    (option,) = [parameter for parameter in command.params if parameter.name == "format_name"]
    assert list(option.type.choices) == list(FORMATS)  # type: ignore[attr-defined]


def test_without_the_packages_metadata_the_version_is_unknown(
    sample_db: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [])  # where installed packages tell their versions
    export(sample_db, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["luutru"] == "0+unknown"
