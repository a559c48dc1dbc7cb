"""The archive's commands as a user types them: exit codes, one line on stderr, records on stdout."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from archive_builder import ArchiveBuilder, page_id
from click.testing import CliRunner, Result
from loopback import article
from sample_archive import BACKAN, EQUALITY, GIALAI, MINISTRY, THAINGUYEN

from archive.cli import COMMANDS
from archive.cli.command import Command

MAIN = click.Group("luutru", commands=COMMANDS)
PAGE = f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Làm đường ở thôn Nà Pài</title>
<link rel="canonical" href="https://backan.gov.vn/tin/lam-duong-5.html">
<meta property="og:type" content="article"></head>
<body><ul class="menu"><li><a href="/">Trang chủ</a></li><li><a href="/tin">Tin tức</a></li></ul>
<div class="detail"><h1>Làm đường ở thôn Nà Pài</h1><div class="date">Ngày đăng: 06/10/2022</div>
<div class="content">{"".join(f"<p>{line}</p>" for line in EQUALITY.splitlines())}</div></div>
<div class="footer">Bản quyền thuộc Cổng thông tin điện tử</div></body></html>"""


def luutru(*arguments: str | Path, archive: Path | None = None, stdin: bytes | None = None) -> Result:
    environment = {"LUUTRU_ARCHIVE": str(archive)} if archive else {}
    return CliRunner().invoke(MAIN, [str(part) for part in arguments], env=environment, input=stdin)


def failure(result: Result) -> str:
    """Return the one line of a command that failed."""
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("luutru: ")
    return line


def test_search_prints_blocks_or_json(sample: Path) -> None:
    plain = luutru("search", "binh", "dang", "gioi", archive=sample)
    assert plain.exit_code == 0
    assert plain.stdout.splitlines()[0] == "Triển khai kế hoạch bình đẳng giới"
    assert "kế hoạch **bình đẳng giới**. … Hội nghị do" in plain.stdout
    assert "2022-10-05, backan, Bắc Kạn, 2 copies" in plain.stdout
    assert "\x1b" not in plain.stdout, "no colours in a pipe"
    lines = luutru("search", "binh dang gioi", "--json", "--all-copies", archive=sample).stdout.splitlines()
    assert len(lines) == 3
    assert {"id", "url", "portal", "province", "title", "snippet", "score", "copies"} <= json.loads(lines[0]).keys()
    assert "bình đẳng giới" in lines[0], "JSON in real spelling"


def test_search_without_a_match_says_so_on_stderr(sample: Path) -> None:
    result = luutru("search", "xyzzy", archive=sample)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nothing matches" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("search", '"'), "the quote at character 1 is never closed"),
        (("search", "họp OR"), "OR at character 5"),
        (("search", "a" * 10_000), "a word of 10,000 letters stands at character 1"),
        (("search", "a", "--portal", "baccan"), "did you mean backan"),
        (("search", "a", "--province", "Bac Can"), "did you mean Bắc Kạn"),
        (("show", "ffffffffffffffff"), "luutru search finds it"),
        (("show", f"{BACKAN}/"), "the page is no article (listing)"),
        (("duplicates", "--portal", "gialay"), "did you mean gialai"),
        (("export", "."), "the folder exists and holds files"),
    ],
)
def test_what_fails_is_one_line_and_exit_code_1(sample: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in failure(luutru(*arguments, archive=sample))


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", "a", "--since", "31/31/2022"),
        ("search", "a", "--since", "2023", "--until", "2022"),
        ("search", "a", "--limit", "0"),
        ("export",),
        ("export", "out", "--format", "parquet"),
        ("duplicates", "--kind", "similar"),
        ("stats", "--nonsense"),
    ],
)
def test_wrong_usage_is_exit_code_2(sample: Path, arguments: tuple[str, ...]) -> None:
    result = luutru(*arguments, archive=sample)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


def test_a_format_that_does_not_exist_is_answered_with_those_that_do(sample: Path) -> None:
    assert "'parquet' is not 'jsonl'" in luutru("export", "out", "--format", "parquet", archive=sample).stderr


@pytest.mark.parametrize("command", ["search a", "show abcd", "duplicates", "stats", "export out"])
def test_archives_that_cannot_be_read(tmp_path: Path, command: str) -> None:
    assert "there is no archive here" in failure(luutru(*command.split(), "--archive", tmp_path / "none"))
    (tmp_path / "file").write_text("")
    assert "this is a file" in failure(luutru(*command.split(), "--archive", tmp_path / "file"))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "archive.db").write_bytes(b"no database at all" * 1000)
    assert "archive.db" in failure(luutru(*command.split(), "--archive", tmp_path / "broken"))


def test_a_damaged_database_is_one_line(sample: Path, tmp_path: Path) -> None:
    shutil.copytree(sample, tmp_path / "archive")
    with sqlite3.connect(tmp_path / "archive" / "archive.db") as db:
        db.execute("PRAGMA journal_mode = DELETE")
        (page_size,) = db.execute("PRAGMA page_size").fetchone()
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'revisions'").fetchone()
    db.close()
    with (tmp_path / "archive" / "archive.db").open("r+b") as file:
        file.seek((root - 1) * page_size)
        file.write(b"\xff" * page_size)
    said = failure(luutru("stats", archive=tmp_path / "archive"))
    assert "the database is damaged (database disk image is malformed); restore archive.db from a copy" in said


def test_show_prints_text_provenance_and_copies(sample: Path) -> None:
    shown = luutru("show", f"{GIALAI}/van-ban/9", archive=sample)
    assert shown.exit_code == 0
    for part in (
        EQUALITY.splitlines()[0],
        "status 200",
        ".warc.gz at ",
        "sha1:",
        "near 0.9",
        f"{BACKAN}/binh-dang-gioi",
    ):
        assert part in shown.stdout
    record = json.loads(luutru("show", f"{GIALAI}/van-ban/9", "--json", archive=sample).stdout)
    assert record["id"] == page_id(record["url"])
    assert [copy["kind"] for copy in record["copies"]] == ["near", "near"]
    assert record["capture"]["payload_digest"].startswith("sha1:")


def test_show_history_and_diff(sample: Path) -> None:
    past = luutru("show", f"{MINISTRY}/en/1", "--history", archive=sample).stdout.splitlines()
    assert [line[0] for line in past] == ["1", "2"]
    assert "[-Two-]{+Three+} grants" in luutru("show", f"{MINISTRY}/en/1", "--diff", archive=sample).stdout
    change = json.loads(luutru("show", f"{MINISTRY}/en/1", "--diff", "--json", archive=sample).stdout)
    assert (change["from"], change["to"], change["fields"]) == (1, 2, {})
    unchanged = luutru("show", f"{BACKAN}/dang-bo", "--diff", archive=sample)
    assert (unchanged.exit_code, unchanged.stdout) == (0, "")


def test_show_raw_is_the_captured_page(tmp_path: Path) -> None:
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("backan")
        identifier = builder.article("https://backan.gov.vn/1", "Một tin", EQUALITY, body=PAGE.encode())
    assert luutru("show", identifier, "--raw", archive=tmp_path).stdout_bytes == PAGE.encode()
    removed = luutru("show", identifier, "--removed", "--json", archive=tmp_path)
    assert removed.exit_code == 0
    found = [json.loads(line) for line in removed.stdout.splitlines()]
    assert any("Trang chủ" in block["text"] or "Bản quyền" in block["text"] for block in found)
    assert all(block["reason"] for block in found)
    (next((tmp_path / "warc").iterdir())).write_bytes(b"")
    failure(luutru("show", identifier, "--raw", archive=tmp_path))


def test_duplicates_with_their_evidence(sample: Path) -> None:
    lines = luutru("duplicates", "--json", archive=sample).stdout.splitlines()
    (cluster,) = [found for line in lines if len((found := json.loads(line))["members"]) > 1]
    assert cluster["id"] == page_id(f"{BACKAN}/binh-dang-gioi")
    assert {member["portal"] for member in cluster["members"]} == {"backan", "thainguyen", "gialai"}
    assert {link["kind"] for link in cluster["links"]} == {"exact", "near"}
    plain = luutru("duplicates", f"{THAINGUYEN}/tin/123", archive=sample).stdout
    assert "3 articles on 3 portals" in plain
    assert "differs: " in plain


def test_duplicates_by_kind_portal_and_article(sample: Path) -> None:
    series = [
        json.loads(line)
        for line in luutru("duplicates", "--kind", "series", "--json", archive=sample).stdout.splitlines()
    ]
    assert {len(found["members"]) for found in series} == {1}
    assert all(found["series"] and not found["links"] for found in series)
    assert luutru("duplicates", "--kind", "contained", archive=sample).stdout == ""
    nothing = luutru("duplicates", "--portal", "bo", archive=sample)
    assert (nothing.exit_code, nothing.stdout, nothing.stderr) == (0, "", "No copies here.\n")
    assert "no copies" in luutru("duplicates", f"{BACKAN}/dang-bo", archive=sample).stderr
    assert "--limit shows more than 1" in luutru("duplicates", "--limit", "1", archive=sample).stderr


def test_two_copies_side_by_side(sample: Path) -> None:
    near = f"{GIALAI}/van-ban/9"
    compared = json.loads(luutru("duplicates", f"{BACKAN}/binh-dang-gioi", near, "--json", archive=sample).stdout)
    assert (compared["kind"], compared["a"]["portal"], compared["b"]["portal"]) == ("near", "backan", "gialai")
    assert any(row["is_same"] for row in compared["paragraphs"])
    for side, text in (("left", EQUALITY), ("right", None)):
        told = "\n".join("".join(run["text"] for run in row[side]) for row in compared["paragraphs"] if row[side])
        assert text in (None, told)
    plain = luutru("duplicates", f"{BACKAN}/binh-dang-gioi", near, archive=sample).stdout
    assert "the same …" in plain
    assert " │ " in plain
    assert "{+" in plain or "[-" in plain
    unlike = luutru("duplicates", f"{BACKAN}/binh-dang-gioi", f"{BACKAN}/dang-bo", archive=sample).stdout
    assert "neither copies nor issues of one series" in unlike
    wrong = luutru("duplicates", "a", "b", "c", archive=sample)
    assert (wrong.exit_code, "Name one article, or two" in wrong.stderr) == (2, True)


def test_who_copies_from_whom(sample: Path) -> None:
    found = [json.loads(line) for line in luutru("duplicates", "--flows", "--json", archive=sample).stdout.splitlines()]
    flows = {(flow["source"], flow["copier"]): flow for flow in found}
    assert set(flows) == {("backan", "thainguyen"), ("backan", "gialai")}
    copied = flows["backan", "thainguyen"]
    assert (copied["articles"], copied["same_day"], copied["median_days"], copied["longest_days"]) == (1, 0, 2, 2)
    assert copied["example"] == page_id(f"{THAINGUYEN}/tin/123")
    table = luutru("duplicates", "--flows", "--portal", "gialai", archive=sample).stdout.splitlines()
    assert table[0].split()[:3] == ["from", "to", "articles"]
    assert [line.split()[:3] for line in table[1:]] == [["backan", "gialai", "1"]]
    nothing = luutru("duplicates", "--flows", "--portal", "bo", archive=sample)
    assert nothing.stderr == "No text stands on two portals.\n"
    assert luutru("duplicates", "--flows", "--kind", "near", archive=sample).exit_code == 2


def test_export_says_what_it_wrote(sample: Path, tmp_path: Path) -> None:
    result = luutru("export", tmp_path / "out", archive=sample)
    first, second, *_ = result.stdout.splitlines()
    assert first.startswith("6 of 8 articles, ")
    assert second == "  left out: 2 (copy)"
    again = luutru("export", tmp_path / "other", "--json", archive=sample)
    assert json.loads(again.stdout)["files"] == ["articles.jsonl", "README.md", "manifest.json"]


def test_stats_as_table_and_json(sample: Path) -> None:
    table = luutru("stats", archive=sample).stdout
    assert "8 article, 1 error, 1 listing" in table
    assert json.loads(luutru("stats", "--json", archive=sample).stdout)["articles"] == 8


def test_extract_gives_an_article_without_an_archive(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    result = luutru("extract", tmp_path / "page.html")
    assert result.exit_code == 0, result.output
    article = json.loads(result.stdout)
    assert (article["kind"], article["url"]) == ("article", "https://backan.gov.vn/tin/lam-duong-5.html")
    assert (article["title"], article["published_at"]) == ("Làm đường ở thôn Nà Pài", "2022-10-06")
    assert article["text"] == EQUALITY
    assert article["syllables"] == 145
    from_stdin = luutru("extract", "-", "--url", "https://x.gov.vn/a", stdin=PAGE.encode())
    assert json.loads(from_stdin.stdout) == article | {"url": "https://x.gov.vn/a"}


def test_extract_says_why_a_page_is_no_article(tmp_path: Path) -> None:
    links = "".join(f'<li><a href="/tin/{number}.html">Tin vắn số {number}</a></li>' for number in range(40))
    result = luutru("extract", "-", stdin=f"<html><body><h1>Tin tức</h1><ul>{links}</ul></body></html>".encode())
    assert result.exit_code == 0
    page = json.loads(result.stdout)
    assert page["kind"] != "article"
    assert "text" not in page


def test_what_cannot_be_extracted(tmp_path: Path) -> None:
    assert "no such file" in failure(luutru("extract", tmp_path / "none.html"))
    assert "this is a folder" in failure(luutru("extract", tmp_path))
    for name, data in (("a.png", b"\x89PNG\r\n\x1a\n\0\0\0"), ("a.pdf", b"%PDF-1.7 x"), ("a.zip", b"PK\x03\x04x")):
        (tmp_path / name).write_bytes(data)
        assert "binary data" in failure(luutru("extract", tmp_path / name))
    assert "it is empty" in failure(luutru("extract", "-", stdin=b" \n"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_every_command_has_help_with_examples(command: click.Command) -> None:
    assert isinstance(command, Command)
    help_text = luutru(str(command.name), "--help").stdout
    examples = help_text.partition("Examples:\n")[2].splitlines()
    assert examples
    assert all(f"luutru {command.name}" in line for line in examples)


def process(sample: Path, *arguments: str, code: str = "") -> subprocess.Popen[bytes]:
    script = f"{code}\nimport click\nfrom archive.cli import COMMANDS\nclick.Group('luutru', commands=COMMANDS)()"
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"LUUTRU_ARCHIVE": str(sample)},
    )


def test_a_reader_that_leaves_early_is_no_error(sample: Path) -> None:
    with process(sample, "show", f"{BACKAN}/binh-dang-gioi", "--json", code="import time; time.sleep(0.5)") as running:
        assert running.stdout
        assert running.stderr
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize(
    "arguments", [("stats",), ("search", "dang", "--json"), ("show", f"{BACKAN}/dang-bo", "--raw")]
)
def test_an_output_that_cannot_be_written_is_one_line(sample: Path, arguments: tuple[str, ...]) -> None:
    script = "import click\nfrom archive.cli import COMMANDS\nclick.Group('luutru', commands=COMMANDS)()"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"LUUTRU_ARCHIVE": str(sample)},
            check=False,
        )
    said = b"luutru: standard output: it cannot be written (No space left on device)\n"
    assert (done.returncode, done.stderr) == (1, said)


def test_an_interruption_is_exit_code_130(sample: Path) -> None:
    code = (
        # Whoever starts the tests in the background may have told their children to ignore the signal.
        "import archive.stats, signal, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "archive.stats.collect = lambda db: print('started', flush=True) or time.sleep(30)"
    )
    running = process(sample, "stats", code=code)
    assert running.stdout
    assert running.stdout.readline() == b"started\n"
    time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate()
    assert (running.returncode, stderr) == (130, b"luutru: interrupted\n")


@pytest.mark.parametrize("arguments", [("search", "dang"), ("stats",), ("show", f"{BACKAN}/dang-bo")])
def test_reading_an_archive_loads_no_extractor_and_no_crawler(sample: Path, arguments: tuple[str, ...]) -> None:
    code = """
import atexit, sys
atexit.register(lambda: sys.stderr.write(' '.join({'scrapy', 'twisted', 'trafilatura', 'lxml'} & sys.modules.keys())))
"""
    _, stderr = process(sample, *arguments, code=code).communicate()
    assert not {"scrapy", "twisted", "trafilatura", "lxml"} & set(stderr.decode().split())


def test_a_saved_page_whose_address_nobody_knows_is_no_home_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(article("Thôn Vắng", day="05/10/2022"), encoding="utf-8")
    found = json.loads(luutru("extract", page).stdout)
    assert (found["kind"], found["url"], found["published_at"]) == ("article", None, "2022-10-05")
