"""`luutru schedule`: rounds of due crawls, one at a time, and the units that it prints."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from loopback import article, serving
from test_crawl import LUUTRU, articles, luutru, portal

from crawler.start import resolve_all


def start(log: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a schedule that writes its log to a file, so that it can be read while it runs."""
    with log.open("wb") as stderr:
        return subprocess.Popen([LUUTRU, "schedule", *arguments], stdout=subprocess.DEVNULL, stderr=stderr)


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_rounds_crawl_what_is_due_until_they_are_told_to_end(tmp_path: Path) -> None:
    archive = tmp_path / "a"
    log = tmp_path / "log"
    answers = dict(portal(3))
    with serving(answers) as server:
        luutru("portals", "add", server.url, "--archive", str(archive))
        running = start(log, "--archive", str(archive), "--every", "1s", "--workers", "1")
        wait_for(lambda: len(articles(archive)) == 3)
        second = subprocess.run(
            [LUUTRU, "schedule", "--archive", str(archive)], capture_output=True, text=True, timeout=60, check=False
        )
        assert second.returncode == 1
        assert "another luutru schedule" in second.stderr
        answers["/tin-tuc/bai-1-1001.html"] = article("Thôn Đổi Mới")
        wait_for(lambda: "nothing is due until" in log.read_text())
        with sqlite3.connect(archive / "archive.db", timeout=30) as db:
            db.execute("UPDATE frontier SET due_at = 0 WHERE url LIKE '%bai-1-%'")
        wait_for(lambda: any(row["revision"] == 2 for row in articles(archive).values()))
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=60) == 0, log.read_text()
    assert log.read_text().strip().endswith("ended")
    assert server.paths.count("/") == 1, "only what was due"


def test_told_to_end_a_crawl_finishes_what_is_under_way(tmp_path: Path) -> None:
    archive = tmp_path / "a"
    log = tmp_path / "log"
    with serving(portal(40)) as server:
        luutru("portals", "add", server.url, "--archive", str(archive))
        running = start(log, "--archive", str(archive), "--delay", "0.2", "--workers", "1")
        wait_for(lambda: len(server.requests) > 8)
        running.send_signal(signal.SIGTERM)
        assert running.wait(timeout=60) == 0, log.read_text()
        assert "goes on from here" in log.read_text()
        fetched = len(server.requests)
        time.sleep(0.5)
        assert len(server.requests) == fetched, "no crawl goes on alone"
    luutru("verify", "--archive", str(archive))


def test_one_round_leaves_an_archive_alone_that_another_writes_to(tmp_path: Path) -> None:
    archive = tmp_path / "a"
    with serving(portal(1)) as server:
        luutru("portals", "add", server.url, "--archive", str(archive))
        with FileLock(archive / "archive.lock"):
            done = luutru("schedule", "--once", "--archive", str(archive))
        assert "another luutru is writing" in done.stderr
        assert not server.requests
        luutru("schedule", "--once", "--archive", str(archive))
    assert len(articles(archive)) == 1
    assert "nothing is due" in luutru("crawl", "--due", "--archive", str(archive)).stderr
    assert "no archive" in luutru("schedule", "--archive", str(tmp_path / "b"), check=1).stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_the_systemd_unit_is_valid(tmp_path: Path) -> None:
    archive = tmp_path / 'a folder with 100% "of" $everything'
    unit = tmp_path / "luutru.service"
    unit.write_text(luutru("schedule", "--archive", str(archive), "--print", "systemd", "--max-time", "2h").stdout)
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_line_for_cron_runs_as_it_stands(tmp_path: Path) -> None:
    archive = tmp_path / "ba'n luu"
    printed = luutru("schedule", "--archive", str(archive), "--print", "cron").stdout
    line = printed.splitlines()[-1]
    minute, *others, command = line.split(" ", 5)
    assert (0 <= int(minute) < 60, others) == (True, ["*"] * 4)
    with serving(portal(1)) as server:
        luutru("portals", "add", server.url, "--archive", str(archive))
        # As cron does it: a bare environment, another folder, sh.
        shell = ["/bin/sh", "-c", command.replace("\\%", "%")]
        subprocess.run(shell, check=True, cwd="/", env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}, timeout=120)
    assert len(articles(archive)) == 1


@pytest.mark.parametrize(
    ("name", "portals"),
    [
        ("Gia Lai", ["gialai", "binhdinh"]),
        ("tinh tay ninh", ["tayninh", "longan"]),
        ("gialai", ["gialai"]),
        ("Bắc Kạn", ["backan"]),
        ("Bộ Tài chính", ["mof"]),
    ],
)
def test_a_province_is_all_its_portals(name: str, portals: list[str]) -> None:
    assert [portal.id for portal in resolve_all(name)] == portals


def test_scrapy_without_an_address_says_so_in_one_line() -> None:
    command = [str(Path(LUUTRU).with_name("python")), "-m", "scrapy", "crawl", "portal"]
    root = Path(__file__).parent.parent
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, env=dict(os.environ), check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "no URL was given" in done.stderr


def test_scrapy_ends_as_luutru_does(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    scrapy = [str(Path(LUUTRU).with_name("python")), "-m", "scrapy", "crawl", "portal", "-a", "url=http://127.0.0.1:9/"]
    commands = (
        [LUUTRU, "crawl", "http://127.0.0.1:9/", "--archive", str(tmp_path / "a")],
        [*scrapy, "-a", f"archive={tmp_path / 'b'}"],
    )
    ended = [subprocess.run(each, capture_output=True, text=True, cwd=root, check=False) for each in commands]
    assert [done.returncode for done in ended] == [1, 1]
    assert [done.stderr for done in ended] == [ended[0].stderr] * 2
