"""What the archive's commands print on a terminal: colours, pager, charts; and in a pipe."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from archive_builder import ArchiveBuilder
from sample_archive import BACKAN, EQUALITY, MINISTRY

from archive.charts import axis_of, rows, spark, timeline
from archive.cli import letters
from archive.cli.output import table
from archive.language import ENGLISH, VIETNAMESE
from archive.stats import collect
from archive.stats_page import stats_page
from archive.store import Archive

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
SCRIPT = "import click\nfrom archive.cli import COMMANDS\nclick.Group('luutru', commands=COMMANDS)()"


def on_a_terminal(archive: Path, *arguments: str, columns: int = 80, lines: int = 200, **environment: str) -> str:
    """Return what a command prints on a terminal of that size."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "LINES", "PAGER")}
    kept |= {"LUUTRU_ARCHIVE": str(archive), "TERM": "xterm-256color"} | environment
    with subprocess.Popen([sys.executable, "-c", SCRIPT, *arguments], stdin=inside, stdout=inside, env=kept) as running:
        os.close(inside)
        printed = b""
        with os.fdopen(terminal, "rb", buffering=0) as stream:
            while chunk := _read(stream.fileno()):
                printed += chunk
    assert running.returncode == 0
    return printed.decode("utf-8", "replace").replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # on Linux the end of a terminal is an error
        return b""


def plain(printed: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed)


def in_a_pipe(archive: Path, *arguments: str) -> str:
    environment = os.environ | {"LUUTRU_ARCHIVE": str(archive)}
    command = [sys.executable, "-c", SCRIPT, *arguments]
    return subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=True).stdout.decode()


def test_hits_have_their_words_marked_by_colour(sample: Path) -> None:
    printed = on_a_terminal(sample, "search", "binh dang")
    assert "\x1b[1;33mbình đẳng\x1b[0m" in printed
    assert "**" not in printed
    assert "Triển khai kế hoạch bình đẳng giới" in plain(printed)


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_words_that_were_found_are_seen_without_colours(sample: Path, environment: dict[str, str]) -> None:
    printed = on_a_terminal(sample, "search", "binh dang", **environment)
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", printed), "no colour"
    assert "\x1b[1mbình đẳng\x1b[0m" in printed or "**bình đẳng**" in printed


def test_a_long_address_stays_in_one_piece(tmp_path: Path) -> None:
    url = f"https://backan.gov.vn/{'tin-tuc-su-kien-' * 9}5.html"
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("backan")
        identifier = builder.article(url, "Một tin", EQUALITY)
    assert url in on_a_terminal(tmp_path, "search", "bình đẳng")
    assert url in on_a_terminal(tmp_path, "show", identifier)


def test_a_narrow_terminal_breaks_lines_at_words(sample: Path) -> None:
    printed = plain(on_a_terminal(sample, "search", "binh dang", columns=40))
    text = [line for line in printed.splitlines() if "://" not in line]
    assert max(map(len, text)) <= 40
    assert "thị trấn" in " ".join(printed.split())
    assert f"{BACKAN}/binh-dang-gioi" in printed, "an address stays in one piece"
    assert max(map(len, plain(on_a_terminal(sample, "stats", columns=40)).splitlines()[-5:])) <= 40


def test_what_stands_apart_in_a_pipe_stands_apart_on_a_terminal(sample: Path) -> None:
    for arguments in (("search", "hội nghị", "--all-copies"), ("show", f"{BACKAN}/binh-dang-gioi"), ("stats",)):
        empty = [
            [line.strip() for line in printed.strip().splitlines()].count("")
            for printed in (in_a_pipe(sample, *arguments), plain(on_a_terminal(sample, *arguments, columns=300)))
        ]
        assert empty[0] == empty[1] > 0, arguments


def test_columns_hold_wide_letters(capsys: pytest.CaptureFixture[str]) -> None:
    table([("Hà Nội", 1, "x"), ("東京都", 1234, "y"), ("e\u0323\u0302", 1, "z")])
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["Hà Nội      1  x", "東京都  1,234  y", "e\u0323\u0302           1  z"]


def test_what_does_not_fit_is_shown_in_a_pager(sample: Path, tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\necho PAGER $LESS\ncat\n", encoding="utf-8")
    pager.chmod(0o755)
    where = f"{BACKAN}/binh-dang-gioi"
    paged = on_a_terminal(sample, "show", where, lines=10, PAGER=str(pager))
    assert paged.startswith("PAGER FRX\n")
    assert "\x1b[1mTriển khai" in paged, "with its colours"
    for printed in (
        on_a_terminal(sample, "show", where, lines=200, PAGER=str(pager)),
        on_a_terminal(sample, "show", where, "--no-pager", lines=10, PAGER=str(pager)),
        on_a_terminal(sample, "show", where, "--json", lines=1, PAGER=str(pager)),
    ):
        assert "PAGER" not in printed
    assert plain(paged).partition("\n")[2] == plain(on_a_terminal(sample, "show", where, lines=200))
    assert "\x1b" not in in_a_pipe(sample, "show", where)


def test_changes_are_told_by_words(sample: Path) -> None:
    where = f"{MINISTRY}/en/1"
    coloured = on_a_terminal(sample, "show", where, "--diff")
    assert "\x1b[9;31mTwo\x1b[0m\x1b[32mThree\x1b[0m grants" in coloured
    assert "[-Two-]{+Three+} grants" in on_a_terminal(sample, "show", where, "--diff", NO_COLOR="1")
    both = in_a_pipe(sample, "show", where, "--history", "--diff").splitlines()
    assert [line[0] for line in both[:2]] == ["1", "2"]
    assert both[-1].endswith("[-Two-]{+Three+} grants were signed.")


def test_a_portal_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("x")
        identifier = builder.article("https://x.gov.vn/1", "Tin \x1b]0;hỏng\x07 mới", "Một tin \x1b[2J mới.\nHết.")
    for arguments in (("search", "tin"), ("show", identifier), ("show", identifier, "--history")):
        for printed in (on_a_terminal(tmp_path, *arguments), in_a_pipe(tmp_path, *arguments)):
            assert "\x1b]0" not in printed
            assert "\x1b[2J" not in printed
            assert "\x07" not in printed


# --- charts -----------------------------------------------------------------------------------------------------------


def test_statistics_have_small_charts(sample: Path) -> None:
    printed = in_a_pipe(sample, "stats")
    assert re.search(r"^Thái Nguyên +4  █{40}$", printed, re.MULTILINE)
    assert re.search(r"^Gia Lai +2  █{20}$", printed, re.MULTILINE)
    assert re.search(r"^2022 +3           █    █{40}$", printed, re.MULTILINE), "all three in October"
    assert re.search(r"^undated +1                █{13}▍$", printed, re.MULTILINE)


def test_bars_and_sparks() -> None:
    assert letters.bar(0, 10, 8) == ""
    assert letters.bar(1, 1000, 8) == "▏", "what is there is seen"
    assert letters.bar(10, 10, 3) == "███"
    assert letters.bar(5, 0, 3) == ""
    assert letters.spark([0, 1, 4, 8], 8) == " ▁▄█"


@pytest.mark.parametrize(
    "counts", [{}, {"2025-07": 1}, {"1999-01": 3, "2026-12": 1_234_567}, {f"2020-{m:02d}": m for m in range(1, 13)}]
)
def test_charts_are_well_formed(counts: dict[str, int]) -> None:
    name, axis = 'a "name" & <more>', axis_of([counts])
    assert (axis is None) == (not counts)
    drawn = [rows(counts, name, number=VIETNAMESE.number)]
    if axis:
        over_time = timeline(axis, counts, title=name, description="<all>", number=str, mark="2025-07")
        drawn += [over_time, spark(axis, counts)]
        assert sum(axis.values(counts)) == sum(counts.values())
    for one in drawn:
        root = ET.fromstring(one)
        assert not re.search(r"nan|inf|-\d+\.\d\" height", one)
        named = root.attrib.get("aria-labelledby")
        assert root.attrib.get("aria-hidden") or root[0].text.startswith(name)  # type: ignore[union-attr]
        assert root.attrib.get("aria-hidden") or root[0].attrib["id"] == named
    assert [text for text in ET.fromstring(drawn[0]).itertext() if text.startswith(tuple(counts) or "-")] == [
        said for month, count in counts.items() for said in (f"{month}: {count:,}".replace(",", "."), month)
    ]


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        (
            (),
            (
                "<dd>8<small>",
                "Thái Nguyên: 4",
                "2022: 3",
                "backan",
                "lặp lại trong trang: 1",
                "10/2022",
                " %",
            ),
        ),
        (
            ("--lang", "en"),
            ("stands again", "Thái Nguyên: 4", "2022: 3", "backan", "stands again in the page: 1", "Oct 2022"),
        ),
    ],
)
def test_the_page_of_statistics_needs_nothing_beside_itself(
    sample: Path, tmp_path: Path, language: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    page = tmp_path / "stats.html"
    assert in_a_pipe(sample, "stats", "--html", str(page), *language) == ""
    text = page.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    assert not re.search(r"<script|src=|href=|url\(|@import", text)
    assert text.count("<svg") == text.count("</svg>") >= 7
    assert [one for one in shown if one not in text] == []
    assert f'lang="{language[1] if language else "vi"}"' in text


def test_the_page_of_statistics_escapes_what_a_portal_is_called(tmp_path: Path) -> None:
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("x", "<script>alert(1)</script>", '"><img src=x>')
        builder.article("https://x.gov.vn/1", "Một tin", EQUALITY, published_at="2020-01-01")
    with Archive.open(tmp_path) as archive:
        page = stats_page(collect(archive.db), "<b>", VIETNAMESE)
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page


def test_a_page_that_cannot_be_written_is_one_line(sample: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, "stats", "--html", str(tmp_path / "none" / "stats.html")]
    environment = os.environ | {"LUUTRU_ARCHIVE": str(sample)}
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 1
    assert done.stderr.decode().endswith("it cannot be written (No such file or directory); name another file\n")


def test_an_archive_without_articles_has_a_page(tmp_path: Path) -> None:
    with ArchiveBuilder(tmp_path) as builder:
        builder.portal("x")
    with Archive.open(tmp_path) as archive:
        said = [stats_page(collect(archive.db), "x", language) for language in (ENGLISH, VIETNAMESE)]
    assert "0 articles of 0 portals; the archive is empty" in said[0]
    assert "0 bài viết của 0 cổng thông tin; kho còn trống" in said[1]
