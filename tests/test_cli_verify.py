"""`luutru verify`: what it counts, and what it says of WARC files that are damaged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from test_cli_archive import luutru

CLEAN = {"warc_files": 1, "records": 23, "captures": 11, "articles": 8, "problems": 0}


@pytest.fixture
def archive(sample: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample, tmp_path / "archive"))


def warc_file(archive: Path) -> Path:
    return next((archive / "warc").iterdir())


def test_a_sound_archive_is_counted_on_stdout(sample: Path) -> None:
    plain = luutru("verify", archive=sample)
    assert plain.exit_code == 0
    assert plain.stdout == "1 WARC file, 23 records, 11 captures, 8 articles: no problems\n"
    assert json.loads(luutru("verify", "--json", archive=sample).stdout) == CLEAN


def test_a_damaged_region_is_one_line_and_nothing_of_a_librarys_own(
    archive: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = warc_file(archive)
    data = bytearray(file.read_bytes())
    data[2000:6000] = b"\x1b\x07\x00\x9b" * 1000
    file.write_bytes(data)
    result = luutru("verify", archive=archive)
    damage, summary = result.stdout.splitlines()
    assert result.exit_code == 1
    assert damage.startswith(f"{file}: damaged from offset ")
    assert damage.endswith(" captures; restore the file from a copy")
    assert summary.endswith(": 1 problem")
    assert result.stderr == f"reading {file.name}\n"
    assert capfd.readouterr() == ("", "")
    problem, counts = map(json.loads, luutru("verify", "--json", archive=archive).stdout.splitlines())
    assert problem["subject"] == str(file)
    assert (counts["captures"], counts["problems"]) == (11, 1)


def test_records_behind_a_damaged_one_are_not_called_damaged(archive: Path) -> None:
    file = warc_file(archive)
    data = bytearray(file.read_bytes())
    for place in (1200, len(data) - 600):
        data[place : place + 200] = bytes(200)
    file.write_bytes(data)
    first, second, _ = luutru("verify", archive=archive).stdout.splitlines()
    assert ", with 1 capture;" in first
    assert ", with 1 capture;" in second


def test_a_missing_file_says_how_many_captures_it_held(archive: Path) -> None:
    warc_file(archive).unlink()
    assert "the file is missing, with 11 captures; restore it" in luutru("verify", archive=archive).stdout


def test_a_file_that_was_cut_is_one_line(archive: Path) -> None:
    file = warc_file(archive)
    file.write_bytes(file.read_bytes()[:5000])
    damage, summary = luutru("verify", archive=archive).stdout.splitlines()
    assert " to the end (only 5000 of " in damage
    assert summary.endswith(": 1 problem")


def test_a_file_that_is_longer_than_the_database_knows(archive: Path) -> None:
    file = warc_file(archive)
    file.write_bytes(file.read_bytes() + b"\x1f\x8b\x08\x00 torn")
    reasons = luutru("verify", archive=archive).stdout
    assert "bytes, the database knows" in reasons
    assert "damaged" not in reasons
