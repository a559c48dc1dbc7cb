"""What luutru writes is read by other tools: warcio's check, FastWARC, and a running pywb that replays every byte."""

from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType
from loopback import Answers, article, listing, serving

from archive.records import Capture
from archive.store import Archive
from archive.store.captures import Page, record_capture
from archive.store.pages import register_portal
from archive.store.writer import Writer
from archive.verify import Checked, verify
from archive.warc import payload_digest
from crawler.urls import page_key

BIN = Path(sys.executable).parent
NEXT_DAY, DAY_AFTER = (datetime(2031, 5, day, 8, 0, tzinfo=UTC) for day in (6, 7))
HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGES = {
    "/tin/duong-lang-101.html": article("Nà Lặng").encode(),
    "/tin/duong-ban-102.html": article("Bản Cuôn").encode(),
}


def portal() -> Answers:
    packed, plain = PAGES.items()
    return {
        "/": listing(list(PAGES)),
        packed[0]: (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(packed[1])),
        plain[0]: (200, {**HTML, "ETag": '"a1"'}, plain[1]),
    }


def again(url: str, body: bytes, at: datetime, status: int = 200) -> Capture:
    headers = tuple(HTML.items()) if status == 200 else (("ETag", '"a1"'),)
    return Capture(url, url, at, status, "OK", "1.1", headers, body, (("User-Agent", "luutru"),))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An archive: a portal as crawled, then its second page unchanged on two later days; and the portal's address.

    On the first day its payload came once more, on the second the server said that it is not modified. A page that was
    asked for by a form is there, too.
    """
    path = tmp_path_factory.mktemp("replay") / "archive"
    with serving(portal()) as server:
        command = [BIN / "luutru", "crawl", server.url, "--archive", path]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    url, body = server.url + "tin/duong-ban-102.html", PAGES["/tin/duong-ban-102.html"]
    posted = again(server.url + "tim", "<p>ba kết quả</p>".encode(), NEXT_DAY)
    posted = replace(posted, request_method="POST", request_body=b"tu=duong&trang=2")
    with Archive.open(path, write=True) as archive:
        writer = Writer(archive)
        for capture in (again(url, body, NEXT_DAY), again(url, b"", DAY_AFTER, 304), posted):
            add(writer, capture, server.url.removeprefix("http://").rstrip("/"))
        writer.close()
    return path, server.url


def add(writer: Writer, capture: Capture, portal: str) -> None:
    """Write a capture of a page, as a crawl does."""
    page = Page(page_key(capture.requested_url), capture.requested_url, portal)
    digest = payload_digest(capture.body)
    writer.submit(lambda transaction: record_capture(transaction, page, capture, digest)).result()


def files(archive: Path) -> list[Path]:
    return sorted((archive / "warc").iterdir())


@pytest.fixture(scope="module")
def wayback(crawled: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running pywb whose one collection holds the archive's files."""
    folder = tmp_path_factory.mktemp("pywb")
    for arguments in (["init", "c"], ["add", "c", *map(str, files(crawled[0]))]):
        subprocess.run([BIN / "wb-manager", *arguments], cwd=folder, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [BIN / "wayback", "-b", "127.0.0.1", "-p", str(port)], cwd=folder, stdout=log, stderr=log
        )
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, (folder / "log").read_text()
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}/c"
        finally:
            process.terminate()
            process.wait()


def replayed(wayback: str, moment: str, url: str) -> tuple[int, bytes]:
    """Return status and body of a page as it was at a moment, without pywb's own additions."""
    with urllib.request.urlopen(f"{wayback}/{moment}id_/{url}", timeout=30) as answer:
        body = answer.read()
        return answer.status, gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body


def test_warcio_and_luutru_find_nothing_wrong(crawled: tuple[Path, str]) -> None:
    for file in files(crawled[0]):
        checked = subprocess.run([BIN / "warcio", "check", "-v", file], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "digest pass" in checked.stdout
    with Archive.open(crawled[0]) as archive:
        assert list(verify(archive, Checked())) == []


def test_fastwarc_reads_every_record_and_its_digests(crawled: tuple[Path, str]) -> None:
    kinds: Counter[str] = Counter()
    ids: dict[str, str] = {}
    for file in files(crawled[0]):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, parse_http=True):
                headers = dict(record.headers)
                kind = headers["WARC-Type"]
                if kind == "response":
                    assert record.verify_payload_digest()
                    assert record.http_headers.status_code in (200, 404)
                if kind == "request":
                    assert ids[headers["WARC-Concurrent-To"]] in ("response", "revisit")
                if kind == "revisit":
                    assert ids[headers["WARC-Refers-To"]] == "response"
                    assert headers["WARC-Profile"].endswith(("/identical-payload-digest", "/server-not-modified"))
                assert record.record_id == headers["WARC-Record-ID"] not in ids
                ids[record.record_id] = kind
                kinds[kind] += 1
    assert (kinds["warcinfo"], kinds["revisit"]) == (1, 2)
    assert kinds["request"] == kinds["response"] + kinds["revisit"]


def test_pywb_replays_every_byte(crawled: tuple[Path, str], wayback: str) -> None:
    for path, body in PAGES.items():
        assert replayed(wayback, "2026", crawled[1].rstrip("/") + path) == (200, body)


@pytest.mark.parametrize("moment", [NEXT_DAY, DAY_AFTER])
def test_pywb_replays_a_revisit_with_the_bytes_of_its_original(
    crawled: tuple[Path, str], wayback: str, moment: datetime
) -> None:
    path, body = "/tin/duong-ban-102.html", PAGES["/tin/duong-ban-102.html"]
    assert replayed(wayback, f"{moment:%Y%m%d%H%M%S}", crawled[1].rstrip("/") + path) == (200, body)


def test_a_form_that_was_posted_is_in_its_request_record(crawled: tuple[Path, str]) -> None:
    found = []
    for file in files(crawled[0]):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream, record_types=WarcRecordType.request, parse_http=True):
                if record.http_headers.status_line.startswith("POST "):
                    found.append((record.http_headers["Content-Length"], record.reader.read()))
    assert found == [("16", b"tu=duong&trang=2")]


def test_files_are_rotated_and_stay_readable(tmp_path: Path) -> None:
    url = "http://xa.example/"
    with Archive.open(tmp_path / "archive", write=True) as archive:
        register_portal(archive.db, "xa", name="Xã", url=url, hosts=[], provinces=(None, None), now=NEXT_DAY)
        writer = Writer(archive, max_file_bytes=2000)
        for number in range(12):
            body = f"{number // 2} {'x' * 50}".encode()  # every second one repeats the one before
            add(writer, again(f"{url}{number // 2}", body, NEXT_DAY + timedelta(minutes=number)), "xa")
        writer.close()
        paths = files(archive.path)
        assert len(paths) > 3
        assert [path.name for path in paths] == [row[0] for row in archive.db.execute("SELECT name FROM warc_files")]
        subprocess.run([BIN / "warcio", "check", *paths], check=True, capture_output=True)
        assert list(verify(archive, Checked())) == []
        for number in range(1, 13):
            assert archive.read_capture(number).body.startswith(b"%d " % ((number - 1) // 2))
