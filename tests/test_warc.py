"""WARC files: what is written is read back, by us and by warcio's own check."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import foreign_warc as foreign
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.content import decoded_body
from archive.errors import PageError, WarcError
from archive.records import Capture
from archive.warc import Original, Position, Record, WarcWriter, payload_digest, read_record, record_id, records

AT = datetime(2025, 6, 30, 9, 5, 7, tzinfo=UTC)
PREFIX = "00000000-0000-4000-8000"
CAPTURE = Capture(
    requested_url="http://backan.example/tin?b=1",
    responded_url="http://backan.example/tin?b=1",
    captured_at=AT,
    http_status=200,
    http_reason="OK",
    http_version="1.1",
    headers=(("Content-Type", "text/html; charset=utf-8"), ("X-Tên", "có dấu"), ("Transfer-Encoding", "chunked")),
    body="<p>Bình đẳng giới</p>".encode(),
    request_headers=(("User-Agent", "luutru"),),
    ip_address="127.0.0.1",
)


def opened(folder: Path) -> WarcWriter:
    """Return a writer at the beginning of its first file."""
    warc = WarcWriter(folder, software="luutru/test", now=lambda: AT)
    warc.open(warc.new_name(), Position(0, 0), PREFIX)
    return warc


def read(path: Path) -> list[Record]:
    """Return the records of a sound file."""
    with path.open("rb") as file:
        found = list(records(file))
    assert all(isinstance(record, Record) for record in found), found
    return [record for record in found if isinstance(record, Record)]


def test_records_pass_warcio_check_and_come_back(tmp_path: Path) -> None:
    warc = opened(tmp_path)
    place = warc.append(CAPTURE, payload_digest(CAPTURE.body))
    revisit = warc.append(
        CAPTURE, payload_digest(CAPTURE.body), Original(CAPTURE.responded_url, AT, record_id(PREFIX, place.offset))
    )
    warc.close()
    path = tmp_path / place.file_name
    subprocess.run([Path(sys.executable).with_name("warcio"), "check", path], check=True, capture_output=True)
    found = read(path)
    assert [record.kind for record in found] == ["warcinfo", "response", "request", "revisit", "request"]
    assert [(found[n].offset, found[n].length) for n in (1, 3)] == [(p.offset, p.length) for p in (place, revisit)]
    assert [record.digests() for record in found] == [[True]] * 5
    back = read_record(path, place.offset)
    assert (back.body, back.http_status, back.captured_at) == (CAPTURE.body, 200, AT)
    assert back.header("Transfer-Encoding") is None, "a reader would take the body apart again"
    assert read_record(path, revisit.offset).body == b""


def test_same_clock_and_ids_give_the_same_bytes(tmp_path: Path) -> None:
    files = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        warc = opened(tmp_path / name)
        warc.append(CAPTURE, payload_digest(CAPTURE.body))
        warc.close()
        files.append((tmp_path / name / warc.name).read_bytes())
    assert files[0] == files[1]


def test_what_stands_behind_the_position_is_cut(tmp_path: Path) -> None:
    warc = opened(tmp_path)
    warc.append(CAPTURE, payload_digest(CAPTURE.body))
    committed = warc.position
    warc.append(CAPTURE, payload_digest(CAPTURE.body))
    warc.close()
    again = WarcWriter(tmp_path, software="luutru/test", now=lambda: AT)
    again.open(warc.name, committed, PREFIX)
    again.append(replace(CAPTURE, body=b"after"), payload_digest(b"after"))
    again.close()
    digests = [record.get("WARC-Payload-Digest") for record in read(tmp_path / warc.name)]
    assert [digest for digest in digests if digest] == [
        payload_digest(CAPTURE.body),
        payload_digest(b"after"),
    ]


@given(body=st.binary(max_size=3000), name=st.text(max_size=30), value=st.text(max_size=60))
def test_any_bytes_survive(tmp_path_factory: pytest.TempPathFactory, body: bytes, name: str, value: str) -> None:
    folder = tmp_path_factory.mktemp("warc")
    warc = opened(folder)
    capture = replace(CAPTURE, body=body, headers=((f"X-{name}", value),), http_reason=value)
    place = warc.append(capture, payload_digest(body))
    following = warc.append(CAPTURE, payload_digest(CAPTURE.body))
    warc.close()
    assert read_record(folder / place.file_name, place.offset).body == body
    assert read_record(folder / place.file_name, following.offset).body == CAPTURE.body


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    warc = opened(tmp_path)
    place = warc.append(CAPTURE, payload_digest(CAPTURE.body))
    warc.close()
    path = tmp_path / place.file_name
    data = bytearray(path.read_bytes())
    data[place.offset + place.length // 2] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(WarcError, match=path.name):
        read_record(path, place.offset)
    with pytest.raises(WarcError, match="no record at offset"):
        read_record(path, 10**9)


def test_content_encoding_is_undone_and_a_bomb_stopped() -> None:
    import gzip
    import zlib

    page = b"<html>" + b"x" * 5000
    for encoding, body in (
        ("gzip", gzip.compress(page)),
        ("deflate", zlib.compress(page)),
        ("deflate", zlib.compress(page)[2:-4]),
    ):
        assert decoded_body(replace(CAPTURE, headers=(("Content-Encoding", encoding),), body=body)) == page
    assert decoded_body(replace(CAPTURE, headers=(("Content-Encoding", "gzip"),), body=page)) == page, "it lied"
    bomb = replace(CAPTURE, headers=(("Content-Encoding", "gzip"),), body=gzip.compress(bytes(10_000_000)))
    with pytest.raises(PageError, match="unpacks to more than"):
        decoded_body(bomb, max_bytes=1_000_000)


@given(data=st.data(), form=st.sampled_from(["plain.warc", "each.warc.gz", "each.warc.zst"]))
def test_whatever_is_damaged_the_other_records_are_read(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, form: str
) -> None:
    made = [foreign.page(f"http://xa.example/{n}", f"<p>{n}</p>" * 40 * n) for n in range(1, 6)]
    file = foreign.write(tmp_path_factory.mktemp("damaged"), form, made)
    whole = file.read_bytes()
    with file.open("rb") as stream:
        places = [(found.offset, found.length) for found in records(stream) if isinstance(found, Record)]
    assert len(places) == 5
    start = data.draw(st.integers(4, len(whole) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=300))
    damaged = whole[:start] + junk + whole[start + len(junk) :]
    file.write_bytes(damaged)
    with file.open("rb") as stream:
        read_back = {found.target_uri for found in records(stream) if isinstance(found, Record)}
    for number, (offset, length) in enumerate(places, 1):
        if offset + length <= start or offset >= start + len(junk):
            assert f"http://xa.example/{number}" in read_back
