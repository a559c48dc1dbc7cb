"""`luutru rebuild` and `luutru chrome`: what was captured before is extracted by what was learned since.

No new state of a page in time comes of it, and the archive is what it would be had all been known from the beginning.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import foreign_warc as foreign
import pytest
from click.testing import CliRunner, Result

from archive.store import Archive
from archive.verify import Checked, verify
from benchmarks.chrome.portals import PORTALS, Page
from crawler.cli import main

LUUTRU = str(Path(sys.executable).with_name("luutru"))
PORTAL = "mau.example"
BUTTON = "Gửi bài này cho bạn bè f"  # chrome inside of the container: only learning takes it out
FIRST, LATER = "2024-03-05T08:00:00Z", "2024-09-05T08:00:00Z"


def run(*arguments: str, archive: Path, code: int = 0) -> Result:
    result = CliRunner().invoke(main, [*arguments, "--archive", str(archive)], catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def pages(count: int = 30) -> list[Page]:
    return PORTALS["hashed"](count)


def take_in(archive: Path, name: str, captures: Sequence[tuple[str, str, str]]) -> dict[str, int]:
    """Import captures (URL, time, HTML) one after the other; return the counts."""
    file = archive.parent / f"{name}.warc.gz"
    records = [foreign.page(url, html, at=at) for url, at, html in captures]
    file.write_bytes(b"".join(map(gzip.compress, records)))
    result = run("import", str(file), "--workers", "1", "--json", archive=archive)
    found: dict[str, int] = json.loads(result.stdout)
    return found


def captures_of(some: Sequence[Page], at: str = FIRST) -> list[tuple[str, str, str]]:
    return [(page.url, at, page.html.decode()) for page in some]


def rows(archive: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(archive / "archive.db") as db:
        return [tuple(row) for row in db.execute(query)]


def texts(archive: Path) -> dict[str, str]:
    return {str(url): str(text) for url, text in rows(archive, "SELECT url, text FROM articles")}


def holdings(archive: Path) -> dict[str, object]:
    """Return what an archive says, whatever the numbers of its rows are."""
    with sqlite3.connect(archive / "archive.db") as db:
        db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, search_index, instance)")
        articles = """SELECT url, title, lead, text, author, source, category, published_at, captured_at, revision,
            cluster_id, is_representative, text_digest FROM articles ORDER BY url"""
        revisions = """SELECT pages.url, number, captures.captured_at, digest FROM revisions
            JOIN pages ON pages.id = revisions.page_id JOIN captures ON captures.id = capture_id
            JOIN documents ON documents.id = document_id ORDER BY 1, 2"""
        links = """SELECT min(one.digest, other.digest), max(one.digest, other.digest), kind, round(score, 6) FROM links
            JOIN documents AS one ON one.id = a JOIN documents AS other ON other.id = b ORDER BY 1, 2"""
        words = """SELECT url, col, term, count(*) FROM words JOIN search_keys ON search_keys.id = words.doc
            JOIN pages ON pages.id = search_keys.page_id
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
        kinds = "SELECT url, kind FROM pages ORDER BY url"
        documents = "SELECT digest FROM documents ORDER BY 1"
        queries = {"articles": articles, "revisions": revisions, "links": links, "words": words, "kinds": kinds}
        return {name: db.execute(query).fetchall() for name, query in (queries | {"documents": documents}).items()}


def problems(archive: Path) -> list[str]:
    with Archive.open(archive) as opened:
        return [f"{one.subject}: {one.reason}" for one in verify(opened, Checked())]


def test_what_was_captured_before_is_extracted_by_what_was_learned_since(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    take_in(archive, "first", captures_of(pages(20)))
    take_in(archive, "more", captures_of(pages()[20:]))
    before = [url for url, text in texts(archive).items() if BUTTON in text]
    assert 5 < len(before) <= 20, "it was learned on the way"

    shown = run("chrome", PORTAL, archive=archive)
    assert "div._b6x7" in shown.stdout
    assert BUTTON in shown.stdout
    assert "luutru rebuild" in shown.stderr
    done = run("rebuild", PORTAL, "--workers", "1", "--json", archive=archive)
    counts = json.loads(done.stdout)
    assert (counts["pages"], counts["done"], counts["changed"], counts["failures"]) == (30, 30, len(before), 0)
    assert not [url for url, text in texts(archive).items() if BUTTON in text]
    assert {revision for (revision,) in rows(archive, "SELECT revision FROM articles")} == {1}, "no new state in time"
    assert rows(archive, "SELECT count(*) FROM revisions") == [(30,)]
    assert rows(archive, "SELECT count(*) FROM documents WHERE id NOT IN (SELECT document_id FROM revisions)") == [(0,)]
    assert rows(archive, "SELECT count(*) FROM rebuilds") == [(0,)]
    assert problems(archive) == []

    removed = json.loads(
        f"[{','.join(run('show', before[0], '--removed', '--json', archive=archive).stdout.splitlines())}]"
    )
    assert [one["where"] for one in removed if one["reason"] == "learned" and one["text"] == BUTTON] == [
        "div._b6x7 div._s2"
    ]
    again = json.loads(run("rebuild", "--workers", "1", "--json", archive=archive).stdout)
    assert (again["changed"], again["new"], again["lost"]) == (0, 0, 0)
    assert "luutru rebuild" not in run("chrome", PORTAL, archive=archive).stderr


def test_chrome_is_told_with_its_evidence(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    take_in(archive, "few", captures_of(pages(6)))
    assert "8 are needed" in run("chrome", PORTAL, archive=archive).stderr
    take_in(archive, "more", captures_of(pages(30)[6:], at=LATER))
    run("rebuild", "--workers", "1", archive=archive)
    view = json.loads(run("chrome", PORTAL, "--json", archive=archive).stdout)
    assert (view["portal"], view["pages"], view["articles"], view["outdated"]) == (PORTAL, 30, 30, 0)
    assert view["containers"] == [{"address": "div._b6x7", "pages": 30, "of_pages": 30}]
    (button,) = [block for block in view["blocks"] if block["text"] == BUTTON]
    assert button == {
        "place": "div._b6x7 div._s2",
        "text": BUTTON,
        "pages": 30,
        "of_pages": 30,
        "since": "2024-03-05T08:00:00+00:00",
        "last_seen": "2024-09-05T08:00:00+00:00",
        "role": "inside",
        "is_applied": True,
    }
    assert {block["role"] for block in view["blocks"]} >= {"outside", "inside"}
    missing = run("chrome", "khong-co.example", archive=archive, code=1)
    assert "no such portal" in missing.stderr


def test_a_page_that_did_not_change_has_no_new_revision_though_more_was_learned(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    take_in(archive, "first", captures_of(pages()))
    early = next(url for url, text in texts(archive).items() if BUTTON in text)
    visited = [
        (url, LATER, html.replace("người ghé trang", "7 người ghé trang")) for url, _, html in captures_of(pages())
    ]
    assert [html for _, _, html in visited] != [html for _, _, html in captures_of(pages())]
    found = take_in(archive, "later", visited)
    assert (found["captures"], found["changed"], found["articles"]) == (30, 0, 0)
    assert BUTTON not in texts(archive)[early], "the revision says what the rules of today make of it"
    assert rows(archive, "SELECT count(*) FROM revisions") == [(30,)]
    assert rows(archive, "SELECT DISTINCT captured_at FROM articles") == [("2024-03-05T08:00:00+00:00",)]
    assert problems(archive) == []

    edited = [
        (url, "2025-01-05T08:00:00Z", html.replace('_b6x7"><p>', '_b6x7"><p>Tin đã sửa: '))
        for url, _, html in visited[:3]
    ]
    assert take_in(archive, "edited", edited)["changed"] == 3


def test_the_same_captures_in_any_order_are_the_same_after_a_rebuild(tmp_path: Path) -> None:
    some = [*captures_of(pages(28)), *captures_of(PORTALS["inside"](12))]
    edited = [(url, LATER, html.replace("<p>", "<p>Bổ sung: ", 1)) for url, _, html in some[:6]]
    copied = [(url.replace("/tin-", "/ban-sao-"), LATER, html) for url, _, html in some[6:9]]
    captures = [*some, *edited, *copied]
    one, other = tmp_path / "one" / "archive", tmp_path / "other" / "archive"
    for archive, order in ((one, captures), (other, captures[::-1])):
        archive.parent.mkdir()
        take_in(archive, "all", order)
        run("rebuild", "--workers", "1", archive=archive)
    assert holdings(one) == holdings(other)
    assert rows(one, "SELECT count(*) FROM revisions WHERE number = 2") == [(6,)]
    run("verify", "--repair", archive=one)
    assert holdings(one) == holdings(other), "indexes and clusters are what they would be if made from nothing"


def test_revisions_that_came_of_chrome_alone_become_one(tmp_path: Path) -> None:
    """Captured before anything was learned: a note inside the texts changed, and each page had two states."""
    archive = tmp_path / "archive"
    some = captures_of(pages(7))
    renamed = [(url, LATER, html.replace("Gửi bài này cho bạn bè", "Chia bài cho người quen")) for url, _, html in some]
    take_in(archive, "first", some)
    assert take_in(archive, "later", renamed)["changed"] == 7
    take_in(
        archive,
        "more",
        [
            *captures_of(pages()[7:20]),
            *(
                (u, LATER, h.replace("Gửi bài này cho bạn bè", "Chia bài cho người quen"))
                for u, _, h in captures_of(pages()[20:])
            ),
        ],
    )
    run("rebuild", "--workers", "1", archive=archive)
    assert rows(archive, "SELECT count(*), max(number) FROM revisions") == [(30, 1)]
    assert rows(archive, "SELECT count(*) FROM captures") == [(37,)]
    assert problems(archive) == []


def test_a_record_that_cannot_be_read_leaves_its_page_as_it_was(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    take_in(archive, "first", captures_of(pages()))
    ((name, offset, url),) = rows(
        archive,
        """SELECT name, warc_offset, requested_url FROM captures JOIN warc_files ON warc_files.id = warc_file_id
        ORDER BY captures.id LIMIT 1""",
    )
    before = texts(archive)[str(url)]
    with (archive / "warc" / str(name)).open("r+b") as file:
        file.seek(int(str(offset)) + 40)
        file.write(b"\0" * 60)
    done = run("rebuild", "--workers", "1", "--json", archive=archive, code=3)
    assert json.loads(done.stdout)["failures"] == 1
    assert f"{url}: " in done.stderr
    assert texts(archive)[str(url)] == before
    assert sum(BUTTON in text for text in texts(archive).values()) == 1


def test_an_alias_stays_one_and_what_no_extraction_decides_stays(tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    some = captures_of(pages(12))
    twin = some[0][0].replace(".html", "-in.html")
    named = some[0][2].replace("<head>", f'<head><link rel="canonical" href="{some[0][0]}">')
    take_in(archive, "all", [*some, (twin, LATER, named)])
    missing = rows(archive, "SELECT id FROM pages WHERE url LIKE '%-3.html'")[0][0]
    with sqlite3.connect(archive / "archive.db") as db:  # as a crawl judges that asked for random addresses
        reason = "shows what an address that does not exist shows"
        db.execute("UPDATE captures SET kind = 'soft404', reason = ? WHERE page_id = ?", [reason, missing])
    run("rebuild", "--workers", "1", archive=archive)
    assert rows(archive, f"SELECT kind FROM pages WHERE url = '{twin}'") == [("alias",)]
    assert rows(archive, f"SELECT kind, reason FROM captures WHERE page_id = {missing}") == [("soft404", reason)]


def stopped(archive: Path, how: signal.Signals) -> tuple[int, str]:
    """Run a rebuild and stop it when it has come to some page; return its exit code and what it said on stderr."""
    command = [LUUTRU, "rebuild", "--workers", "1", "--archive", str(archive)]
    for _ in range(8):  # it may be done before it is seen to have begun
        running = subprocess.Popen(
            command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
        )
        while running.poll() is None:
            if rows(archive, "SELECT 1 FROM rebuilds WHERE done > 0"):
                os.kill(running.pid, how)
                break
            time.sleep(0.002)
        _, told = running.communicate(timeout=120)
        if rows(archive, "SELECT 1 FROM rebuilds WHERE done > 0"):
            return running.returncode, told
    raise AssertionError("it was never stopped on its way")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_rebuild_that_is_stopped_goes_on_where_it_was(tmp_path: Path, how: signal.Signals) -> None:
    some = captures_of(pages(130))
    undisturbed, archive = tmp_path / "undisturbed" / "archive", tmp_path / "stopped" / "archive"
    for path in (undisturbed, archive):
        path.parent.mkdir()
        take_in(path, "all", some)
    run("rebuild", "--workers", "1", archive=undisturbed)
    returncode, told = stopped(archive, how)
    if how is signal.SIGINT:
        assert returncode == 130
        assert "the same command goes on from here" in told
    assert len(texts(archive)) == 130, "the archive is whole in between"
    assert problems(archive) == []
    again = json.loads(run("rebuild", "--workers", "1", "--json", archive=archive).stdout)
    assert again["done"] == 130
    assert again["captures"] < 130, "what was done is not done again"
    assert holdings(archive) == holdings(undisturbed)


def test_there_must_be_an_archive_and_a_portal(tmp_path: Path) -> None:
    assert "no archive here" in run("rebuild", archive=tmp_path / "none", code=1).stderr
    archive = tmp_path / "archive"
    take_in(archive, "few", captures_of(pages(3)))
    assert re.search("no such portal", run("rebuild", "khong-co.example", archive=archive, code=1).stderr)
    assert "3 of 3 pages" in run("rebuild", archive=archive).stdout
