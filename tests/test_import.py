"""`luutru import`: files of other tools in every form and with their oddities, broken ones, and in any order."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import foreign_warc as foreign
import pytest
from click.testing import CliRunner, Result
from loopback import article, listing, serving
from warcio.archiveiterator import ArchiveIterator

from archive import duplicates
from archive.records import Article, Capture, Extraction, PageKind
from archive.store import Archive, pages
from archive.store.writer import Transaction, Writer
from archive.verify import Checked, verify
from archive.warc import payload_digest
from crawler.cli import main

BIN = Path(sys.executable).parent
GONE = "http://xacu.example"
AT = "2019-03-05T08:00:00Z"
INFO = foreign.record(
    "warcinfo", None, b"software: Heritrix/3.4.0\r\noperator: thu vien\r\n", Content_Type="application/warc-fields"
)
ROBOTS = foreign.record("response", f"{GONE}/robots.txt", foreign.http(b"User-agent: *\n", "Content-Type: text/plain"))
PATHS = [f"/tin/chuyen-lang-{n}.html" for n in range(1, 4)]
TEXTS = {path: article(f"Làng {n}") for n, path in enumerate(PATHS, 1)}
SITE = [
    INFO,
    ROBOTS,
    foreign.page(f"{GONE}/", listing(PATHS)),
    *(foreign.page(GONE + path, text) for path, text in TEXTS.items()),
]


def run(archive: Path, *files: Path | str, code: int = 0) -> Result:
    """Run `luutru import` with --json and assert its exit code."""
    arguments = ["import", "--archive", str(archive), "--workers", "1", "--json", *map(str, files)]
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def counts(result: Result) -> dict[str, object]:
    """Return the counts of an import of one file."""
    (line,) = result.stdout.splitlines()
    found: dict[str, object] = json.loads(line)
    return found


def rows(archive: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(archive / "archive.db") as db:
        return db.execute(query).fetchall()


def check(archive: Path) -> None:
    """Assert that the archive is sound, by luutru and by warcio."""
    with Archive.open(archive) as opened:
        assert list(verify(opened, Checked())) == []
    subprocess.run([BIN / "warcio", "check", *(archive / "warc").iterdir()], check=True, capture_output=True)


@pytest.mark.parametrize("form", foreign.FORMS)
def test_every_form_of_file_gives_the_same_articles(form: str, tmp_path: Path) -> None:
    file, archive = foreign.write(tmp_path, form, SITE), tmp_path / "archive"
    found = [json.loads(line) for line in run(archive, file).stdout.splitlines()]
    assert sum(one["captures"] for one in found) == 5
    assert rows(archive, "SELECT url, captured_at, portal FROM articles ORDER BY url") == [
        (GONE + path, "2019-03-05T08:00:00+00:00", "xacu.example") for path in PATHS
    ]
    kinds = dict(rows(archive, "SELECT kind, count(*) FROM captures GROUP BY kind"))
    assert (kinds["article"], kinds["robots"], sum(kinds.values())) == (3, 1, 5)
    again = [json.loads(line) for line in run(archive, file).stdout.splitlines()]
    assert [sum(one[name] for one in again) for name in ("captures", "known", "articles")] == [0, 5, 0]
    check(archive)


def test_records_stay_what_they_are_and_say_where_they_come_from(tmp_path: Path) -> None:
    url, body = GONE + PATHS[0], TEXTS[PATHS[0]].encode()
    packed = gzip.compress(body)
    headers = (
        "Content-Type: text/html",
        "X-Dau: DAU",
        "Set-Cookie: a=1",
        "Set-Cookie: b=2",
        "Content-Encoding: gzip",
    )
    block = foreign.http(packed, *headers).replace(b"DAU", b"c\xf3")
    records = [
        INFO,
        foreign.request(url),
        foreign.record("response", url, block, WARC_IP_Address="10.0.0.9", WARC_Truncated="length"),
    ]
    archive = tmp_path / "archive"
    run(archive, foreign.write(tmp_path, "each.warc.gz", records))
    with next((archive / "warc").iterdir()).open("rb") as stream:
        found = {}
        for record in ArchiveIterator(stream, no_record_parse=True):
            found.setdefault(record.rec_type, []).append((record.rec_headers, record.raw_stream.read()))
    (response, stored), (asked, _) = found["response"][0], found["request"][0]
    assert stored == block, "byte for byte"
    original = next(line for line in records[2].decode("latin-1").splitlines() if line.startswith("WARC-Record-ID"))
    assert response["WARC-Record-ID"] == original.partition(": ")[2]
    kept = [response[name] for name in ("WARC-Date", "WARC-IP-Address", "WARC-Truncated")]
    assert kept == [AT, "10.0.0.9", "length"]
    assert asked["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    described = {fields["WARC-Record-ID"]: text.decode() for fields, text in found["warcinfo"]}
    assert "software: Heritrix/3.4.0\r\n" in described[response["WARC-Warcinfo-ID"]]
    assert "each.warc.gz" in described[response["WARC-Warcinfo-ID"]]
    assert rows(archive, "SELECT name, software FROM captures JOIN sources ON sources.id = source_id") == [
        ("each.warc.gz", "Heritrix/3.4.0")
    ]
    assert len(rows(archive, "SELECT 1 FROM articles")) == 1


def test_oddities_of_the_tools(tmp_path: Path) -> None:
    """Each of these is an article that its tool wrote in a way of its own."""
    bodies = [article(f"Bản {n}").encode() for n in range(8)]
    urls = [f"{GONE}/tin/ban-{n}.html" for n in range(8)]
    html = "Content-Type: text/html; charset=utf-8"
    raw_chunks = foreign.http(foreign.chunked(bodies[1]), html, "Transfer-Encoding: chunked")
    digest = "sha256:" + hashlib.sha256(bodies[3]).hexdigest()
    found = [
        foreign.record("response", f"<{urls[0]}>", foreign.http(bodies[0], html)),  # old wget
        foreign.record("response", urls[1], raw_chunks, WARC_Payload_Digest=foreign.sha1(bodies[1])),  # Heritrix
        foreign.record(  # Common Crawl
            "response",
            urls[2],
            foreign.http(bodies[2], html, "X-Crawler-Content-Encoding: gzip", "Transfer-Encoding: chunked"),
            WARC_Identified_Payload_Type="text/html",
        ),
        foreign.record(  # Browsertrix
            "response",
            urls[3],
            foreign.http(bodies[3], "content-type: text/html; charset=utf-8", status="HTTP/2 200"),
            at="2021-02-03T04:05:06.789Z",
            WARC_Block_Digest="",
            WARC_Payload_Digest=digest,
            WARC_Page_ID="p1",
        ),
        foreign.record("resource", urls[4], bodies[4], Content_Type="text/html; charset=utf-8"),
        foreign.record("response", urls[5], foreign.http(bodies[5], html).replace(b"\r\n", b"\n", 3)),
        foreign.record("response", urls[6], foreign.http(gzip.compress(bodies[6]), html, "Content-Encoding: gzip")),
        foreign.record("response", urls[7], foreign.http(bodies[7], html), WARC_Payload_Digest="sha1:" + "A" * 32),
        # No articles.
        foreign.record("response", "dns:xacu.example", b"xacu.example. IN A 10.0.0.9", Content_Type="text/dns"),
        foreign.record("resource", "urn:pageinfo:http://xacu.example/", b"{}", Content_Type="application/json"),
        foreign.record("metadata", urls[0], b"outlink: x", Content_Type="application/warc-fields"),
        foreign.record("response", f"{GONE}/a.css", foreign.http(b"p{}", "Content-Type: text/css")),
        foreign.record("response", f"{GONE}/het", foreign.http(b"het", status="HTTP/1.1 404 Not Found")),
        foreign.record("response", f"{GONE}/cu", foreign.http(b"", "Location: /tin/", status="HTTP/1.0 302 Found")),
        foreign.page(f"{GONE}/tim-kiem?q=a", listing(PATHS)),
        foreign.request(f"{GONE}/gui", "POST"),
        foreign.page(f"{GONE}/gui", article("Gửi")),
    ]
    archive = tmp_path / "archive"
    result = counts(run(archive, foreign.write(tmp_path, "each.warc.gz", found)))
    assert result["left_out"] == {"dns": 1, "urn": 1, "metadata": 1, "asset": 1, "search": 1, "POST": 1}
    assert rows(archive, "SELECT url FROM articles ORDER BY url") == [(url,) for url in urls]
    others = rows(archive, "SELECT requested_url, kind, http_status FROM captures WHERE kind <> 'article' ORDER BY 1")
    assert others == [(f"{GONE}/cu", "redirect", 302), (f"{GONE}/het", "error", 404)]
    with Archive.open(archive) as opened:
        query = "SELECT id, requested_url FROM captures WHERE kind = 'article'"
        read = {row[1].strip("<>"): opened.read_capture(row[0]).body for row in opened.db.execute(query)}
    assert read == dict(zip(urls, (*bodies[:6], read[urls[6]], bodies[7]), strict=True))
    assert gzip.decompress(read[urls[6]]) == bodies[6]
    check(archive)


def test_revisits_find_their_original_wherever_it_stands(tmp_path: Path) -> None:
    url, text = GONE + PATHS[0], TEXTS[PATHS[0]]
    block = foreign.http(text.encode())
    payload = foreign.sha1(text.encode())
    head = foreign.http(b"")
    profile = "http://netpreserve.org/warc/1.0/revisit/"
    same = {"WARC_Profile": f"{profile}identical-payload-digest", "WARC_Payload_Digest": payload}
    strange = {**same, "WARC_Payload_Digest": "sha1:" + "B" * 32}
    later = [
        foreign.record("revisit", url, head, at="2020-01-01T00:00:00Z", **same),
        foreign.record(  # the payload stood at another address
            "revisit",
            f"{GONE}/tin/ban-sao.html",
            b"",
            at="2020-01-02T00:00:00Z",
            WARC_Refers_To_Target_URI=url,
            WARC_Refers_To_Date=AT,
            **{**same, "WARC_Payload_Digest": ""},
        ),
        foreign.record(
            "revisit",
            url,
            foreign.http(b"", 'ETag: "1"', status="HTTP/1.1 304 Not Modified"),
            at="2020-01-03T00:00:00Z",
            WARC_Profile=f"{profile}server-not-modified",
        ),
        foreign.record("revisit", f"{GONE}/tin/khong-co.html", head, at="2020-01-04T00:00:00Z", **strange),
    ]
    first, second = (tmp_path / name for name in ("b", "a"))
    first.mkdir()
    second.mkdir()
    files = [
        foreign.write(first, "each.warc.gz", later),
        foreign.write(second, "plain.warc", [foreign.record("response", url, block, WARC_Payload_Digest=payload)]),
    ]
    archive = tmp_path / "archive"
    revisits, _ = (json.loads(line) for line in run(archive, *files).stdout.splitlines())
    assert (revisits["captures"], revisits["left_out"]) == (3, {"revisit without its original": 1})
    with Archive.open(archive) as opened:
        ids = [row[0] for row in opened.db.execute("SELECT id FROM captures ORDER BY captured_at")]
        assert [opened.read_capture(one).body.decode() for one in ids] == [text] * 4
        found = opened.db.execute("SELECT http_status, kind FROM captures ORDER BY captured_at").fetchall()
        assert [tuple(row) for row in found] == [(200, "article")] * 3 + [(304, "article")]
    assert rows(archive, "SELECT url, revision, captured_at FROM articles ORDER BY url") == [
        (f"{GONE}/tin/ban-sao.html", 1, "2020-01-02T00:00:00+00:00"),
        (url, 1, "2019-03-05T08:00:00+00:00"),
    ]
    check(archive)


def test_what_is_broken_is_named_and_stops_nothing(tmp_path: Path) -> None:
    good = [foreign.page(f"{GONE}/tin/bai-{n}.html", article(f"Xóm {n}")) for n in range(6)]
    short = good[1].replace(b"Content-Length: ", b"Content-Length: 9")
    changed = good[2].replace(b"WARC-Block-Digest: sha1:", b"WARC-Block-Digest: sha1:AAAA", 1)
    plain = foreign.write(tmp_path, "plain.warc", [good[0], short, good[3], b"gi do khac\r\n", good[4]])
    packed = [gzip.compress(one) for one in (good[0], changed, good[5])]
    torn = tmp_path / "torn.warc.gz"
    middle = bytearray(gzip.compress(good[1]))
    middle[40:60] = bytes(20)
    torn.write_bytes(b"".join((*packed, bytes(middle), gzip.compress(good[4]), gzip.compress(good[3])[:-300])))
    nothing = tmp_path / "nothing.warc"
    nothing.write_bytes(b"khong phai WARC\n")
    missing = tmp_path / "missing.warc.gz"
    archive = tmp_path / "archive"
    result = run(archive, plain, torn, nothing, missing, code=3)
    of_plain, of_torn, of_nothing = (json.loads(line) for line in result.stdout.splitlines())
    assert [fault["offset"] for fault in of_plain["faults"]] == [len(good[0]), len(good[0] + short + good[3])]
    offsets = [len(packed[0]), sum(map(len, packed)), torn.stat().st_size - len(gzip.compress(good[3])) + 300]
    assert [fault["offset"] for fault in of_torn["faults"]] == offsets
    assert "does not match its digest" in of_torn["faults"][0]["reason"]
    assert "the file ends inside it" in of_torn["faults"][2]["reason"]
    assert (of_plain["captures"], of_torn["captures"], of_torn["known"], of_nothing["broken"]) == (3, 1, 2, 1)
    assert f"luutru: {torn}@{offsets[2]}: " in result.stderr
    assert f"luutru: {missing}: there is no such file" in result.stderr
    found = [f"{GONE}/tin/bai-{n}.html" for n in (0, 3, 4, 5)]
    assert rows(archive, "SELECT url FROM articles ORDER BY url") == [(url,) for url in found]
    check(archive)
    run(tmp_path / "other", nothing, code=1)


def test_only_what_is_asked_for_is_taken(tmp_path: Path) -> None:
    records = [
        foreign.page("http://www.backan.gov.vn/tin/a-1.html", article("Chợ Đồn")),
        foreign.page("http://tin.xacu.gov.vn/tin/b-2.html", article("Na Rì")),
        foreign.page("http://bao.example/tin/c-3.html", article("Ba Bể")),
    ]
    file = foreign.write(tmp_path, "each.warc.gz", records)
    some = counts(run(tmp_path / "some", file, "--portal", "backan", "--host", "*.xacu.gov.vn"))
    assert (some["captures"], some["left_out"]) == (2, {"other host": 1})
    found = rows(tmp_path / "some", "SELECT url, portal, province FROM articles ORDER BY url")
    assert found == [
        ("http://tin.xacu.gov.vn/tin/b-2.html", "tin.xacu.gov.vn", None),
        ("http://www.backan.gov.vn/tin/a-1.html", "backan", "Bắc Kạn"),
    ]
    run(tmp_path / "some", file)
    assert rows(tmp_path / "some", "SELECT portal FROM articles ORDER BY portal")[1:] == [
        ("bao.example",),
        ("tin.xacu.gov.vn",),
    ]


def test_killed_at_any_moment_the_same_command_ends_as_an_unbroken_one(tmp_path: Path) -> None:
    records = [foreign.page(f"{GONE}/tin/bai-{n}.html", article(f"Nhà {n}")) for n in range(150)]
    file, archive, chance = foreign.write(tmp_path, "each.warc.gz", records), tmp_path / "archive", random.Random(5)
    command = [BIN / "luutru", "import", file, "--archive", archive, "--workers", "1"]
    wanted, before = 20, 0
    for _ in range(3):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, start_new_session=True, **quiet)
        while process.poll() is None and before < wanted:
            time.sleep(chance.random() / 50)
            with_rows = (archive / "archive.db").exists() and "captures" in str(
                rows(archive, "SELECT name FROM sqlite_master")
            )
            before = int(str(rows(archive, "SELECT count(*) FROM captures")[0][0])) if with_rows else 0
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        wanted += 40
    last = counts(run(archive, file))
    assert last["captures"] + last["known"] == 150
    assert last["known"] >= before > 0
    assert rows(archive, "SELECT count(*), count(DISTINCT url) FROM articles") == [(150, 150)]
    assert rows(archive, "SELECT count(*) FROM captures") == [(150,)]
    check(archive)


def test_an_interrupted_import_says_so(tmp_path: Path) -> None:
    records = [foreign.page(f"{GONE}/tin/bai-{n}.html", article(f"Nhà {n}")) for n in range(400)]
    file, archive = foreign.write(tmp_path, "each.warc.gz", records), tmp_path / "archive"
    command = [BIN / "luutru", "import", file, "--archive", archive, "--workers", "1"]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not ((archive / "warc").is_dir() and sum(one.stat().st_size for one in (archive / "warc").iterdir()) > 5000):
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "luutru: interrupted; the same command goes on from here" in told
    check(archive)


def test_a_portal_that_was_imported_sleeps_until_it_is_crawled(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    answers = {"/": listing([*PATHS, "/tin/bai-moi-9.html"]), **TEXTS, "/tin/bai-moi-9.html": article("Bài mới")}
    with serving(answers) as server:
        base = server.url.rstrip("/")
        site = [foreign.page(f"{base}/", listing(PATHS)), *(foreign.page(base + p, text) for p, text in TEXTS.items())]
        run(archive, foreign.write(tmp_path, "each.warc.gz", site))
        due = CliRunner().invoke(main, ["crawl", "--due", "--archive", str(archive)])
        assert due.exit_code == 1
        assert "crawls no portal" in due.stderr
        assert server.requests == []
        command = [BIN / "luutru", "crawl", server.url, "--archive", archive]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        assert "/tin/bai-moi-9.html" in server.paths
        assert not set(PATHS) & set(server.paths), "what was imported is not fetched again at once"
    assert len(rows(archive, "SELECT 1 FROM articles")) == 4


@pytest.mark.skipif(not shutil.which("wget"), reason="wget is not installed")
def test_what_wget_really_writes(tmp_path: Path) -> None:
    with serving({"/": listing(PATHS), **TEXTS}) as server:
        for _ in range(2):  # the second time it writes revisits of what the first one's index knows
            known = ["--warc-dedup=first.cdx"] if (tmp_path / "first.cdx").exists() else ["--warc-cdx"]
            name = "second" if len(known[0]) > 12 else "first"
            command = ["wget", "-q", "-r", "-l2", *known, f"--warc-file={name}", server.url]
            subprocess.run(command, cwd=tmp_path, timeout=60, check=False)
            time.sleep(1.1)
    archive = tmp_path / "archive"
    found = [json.loads(line) for line in run(archive, *sorted(tmp_path.glob("*.warc.gz"))).stdout.splitlines()]
    assert [one["broken"] for one in found] == [0, 0]
    assert [one["articles"] for one in found] == [3, 0]
    assert rows(archive, "SELECT count(*), max(revision) FROM articles") == [(3, 1)]
    assert rows(archive, "SELECT count(*) FROM captures WHERE record_type = 'revisit'")[0][0] >= 4
    check(archive)


TEXT = "Ủy ban nhân dân xã họp bàn việc {0} trước mùa mưa.\nBà con góp ngày công theo từng ngõ để làm {0}."


def states(tmp_path: Path, order: tuple[int, ...], said: str) -> tuple[list[tuple[object, ...]], object]:
    """Return the revisions and the current text of a page that said these things, captured day by day, stored in order.

    A dot is a day on which the page was gone.
    """
    with Archive.open(tmp_path / "".join(map(str, order)), write=True) as archive:
        now = datetime(2020, 1, 1, tzinfo=UTC)
        pages.register_portal(archive.db, "xa", name="Xã", url=GONE, hosts=[], provinces=(None, None), now=now)
        writer = Writer(archive)
        for day in order:
            text = TEXT.format(said[day])
            capture = Capture(GONE, GONE, now.replace(day=day + 1), 200, "OK", "1.1", (), f"{day}{text}".encode())
            extraction = Extraction(PageKind.ARTICLE, Article("Họp", text, extractor="test/1"))

            def store(
                transaction: Transaction,
                capture: Capture = capture,
                extraction: Extraction = extraction,
                is_gone: bool = said[day] == ".",
            ) -> None:
                page, digest = pages.Page(1, GONE, "xa"), payload_digest(capture.body)
                ref = pages.record_capture(transaction, page, capture, digest)
                if is_gone:
                    pages.record_kind(transaction.db, ref, PageKind.ERROR, "status 404")
                else:
                    fingerprint = duplicates.fingerprint(extraction.article.text if extraction.article else "")
                    pages.record_extraction(transaction.db, ref, extraction, fingerprint)

            writer.submit(store).result()
        writer.close()
        query = """SELECT number, substr(captures.captured_at, 9, 2), text FROM revisions
            JOIN captures ON captures.id = capture_id JOIN documents ON documents.id = document_id ORDER BY number"""
        found = [(row[0], int(row[1]), row[2].partition("việc ")[2][0]) for row in archive.db.execute(query)]
        assert list(verify(archive, Checked())) == []
        columns = "text, revision, first_captured_at, last_captured_at"
        shown = archive.db.execute(f"SELECT {columns} FROM articles").fetchall()
        index = archive.db.execute("SELECT count(*) FROM search_index WHERE search_index MATCH 'hop'").fetchone()[0]
    return found, ([tuple(row) for row in shown], index)


@pytest.mark.parametrize("said", ["AABA", "ABAB", "A.BB", "ABCA", "AAAB"])
def test_captures_in_any_order_make_the_same_history(said: str, tmp_path: Path) -> None:
    expected = states(tmp_path, (0, 1, 2, 3), said)
    changes = [(day + 1, text) for day, text in enumerate(said) if text != "." and text != said[:day].rstrip(".")[-1:]]
    assert [(day, text) for _, day, text in expected[0]] == changes
    for order in list(itertools.permutations(range(4)))[1::3]:
        assert states(tmp_path, order, said) == expected, order


def test_translations_are_taken_in(tmp_path: Path) -> None:
    path = "/en/news/ban-a-12.html"
    run(tmp_path / "archive", foreign.write(tmp_path, foreign.FORMS[0], [foreign.page(GONE + path, article("Bản A"))]))
    assert rows(tmp_path / "archive", "SELECT url FROM articles") == [(GONE + path,)]
