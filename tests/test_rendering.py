"""Portals that scripts fill in, with a real Chromium: what is rendered, what is asked for, what a crash costs."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from loopback import article, listing, serving
from script_portal import NAMES, script_portal
from test_crawl import LUUTRU, articles, luutru

from archive.content import decoded_body
from archive.errors import CrawlError
from archive.records import Capture, Rendered
from archive.store import Archive
from archive.store.renderings import as_analysed
from archive.warc import records
from crawler.rendering import browser_path
from crawler.rendering.gate import Answer, Asked, refusal

try:
    CHROMIUM = str(browser_path())
except CrawlError as reason:
    pytest.skip(str(reason), allow_module_level=True)

from crawler.rendering.renderer import Renderer

HOSTS = ("vidu.gov.vn",)
URL = "http://vidu.gov.vn/bai-viet/1"
Ask = Callable[[Asked], Awaitable[Answer | None]]


def capture(html: str) -> Capture:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
    return Capture(URL, URL, datetime.now(UTC), 200, "OK", "1.1", headers, html.encode())


async def nothing(asked: Asked) -> Answer | None:
    return None


def rendered(html: str, ask: Ask = nothing, *, program: str = CHROMIUM, times: int = 1) -> list[Rendered | str]:
    """Return what a browser makes of a page, shown so many times."""

    async def show() -> list[Rendered | str]:
        renderer = Renderer(Path(program), "luutru-test/1")
        try:
            page = capture(html)
            return [await renderer.render(page, html.encode(), HOSTS, ask) for _ in range(times)]
        finally:
            await renderer.close()

    return asyncio.run(show())


def text_of(result: Rendered | str) -> str:
    assert isinstance(result, Rendered), result
    return result.html.decode()


# --- what a page may ask for ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Asked("http://vidu.gov.vn/app.js", "script"), None),
        (Asked("https://www.vidu.gov.vn/api", "fetch", "POST"), None),
        (Asked("http://khac.gov.vn/app.js", "script"), "out of scope"),
        (Asked("http://vidu.gov.vn:8080/api", "xhr"), "out of scope"),
        (Asked("http://vidu.gov.vn/a.png", "image"), "image"),
        (Asked("http://vidu.gov.vn/dem", "ping", "POST"), "ping"),
        (Asked("http://vidu.gov.vn/khung", "document"), "document"),
        (Asked("http://vidu.gov.vn/api/1", "xhr", "DELETE"), "method"),
        (Asked("data:text/javascript,1", "script"), "scheme"),
    ],
)
def test_a_page_gets_scripts_and_data_of_its_portal_alone(asked: Asked, reason: str | None) -> None:
    assert refusal(asked, HOSTS) == reason


def test_headers_of_the_browser_itself_are_not_passed_on() -> None:
    given = {"User-Agent": "Chrome", "Sec-Fetch-Mode": "cors", "Cookie": "a=1", "X-Requested-With": "XMLHttpRequest"}
    assert Asked(URL, "xhr", headers=given).passed_headers() == {"X-Requested-With": "XMLHttpRequest"}


# --- the browser ------------------------------------------------------------------------------------------------------


def test_scripts_are_run_and_left_out_of_what_they_made() -> None:
    html = """<!DOCTYPE html><title>Vỏ</title><div id="a"></div><noscript>Bật JavaScript</noscript>
    <script type="application/ld+json">{"@type": "NewsArticle"}</script>
    <script>document.getElementById('a').textContent = 'Tiếng ' + 'Việt, ' + navigator.userAgent</script>"""
    (result,) = rendered(html)
    text = text_of(result)
    assert '<div id="a">Tiếng Việt, luutru-test/1</div>' in text
    assert "NewsArticle" in text
    assert "getElementById" not in text
    assert "JavaScript" not in text


def test_the_browser_reaches_nothing_by_itself(tmp_path: Path) -> None:
    asked: list[str] = []

    async def ask(one: Asked) -> Answer | None:
        asked.append(one.url)
        return Answer(200, {"Content-Type": "text/javascript"}, b"document.body.append('co')")

    with serving({"/": "bí mật"}) as server:
        port = server.url.rsplit(":", 1)[1].strip("/")
        html = f"""<!DOCTYPE html><body><img src="{server.url}anh.png"><iframe src="{server.url}"></iframe>
        <link rel="preconnect" href="http://127.0.0.1:{port}"><script src="{server.url}app.js"></script>
        <script src="/app.js"></script><script>
        new WebSocket('ws://127.0.0.1:{port}/'); navigator.sendBeacon('{server.url}');
        fetch('{server.url}').catch(() => document.body.append('khong'));
        setTimeout(() => location.href = '{server.url}', 50);
        </script>"""
        (result,) = rendered(html, ask)
        assert server.requests == []
    assert asked == ["http://vidu.gov.vn/app.js"]
    assert "co" in text_of(result)
    assert "khong" in text_of(result)


def test_what_all_pages_ask_for_is_asked_once() -> None:
    asked: list[str] = []

    async def ask(one: Asked) -> Answer | None:
        asked.append(one.url)
        script = "fetch('/so').then(r => r.text()).then(t => document.body.append(t))"
        body = script if one.kind == "script" else "bảy"
        return Answer(200, {"Content-Type": "text/javascript; charset=utf-8"}, body.encode())

    results = rendered('<!DOCTYPE html><body><script src="/app.js"></script>', ask, times=2)
    assert all("bảy" in text_of(result) for result in results)
    assert asked == ["http://vidu.gov.vn/app.js", "http://vidu.gov.vn/so", "http://vidu.gov.vn/so"]


def test_a_page_that_reloads_itself_for_ever_is_shown_once() -> None:
    (result,) = rendered("<!DOCTYPE html><p>Đang tải</p><script>document.cookie = 'D1N=1'; location.reload()</script>")
    assert "Đang tải" in text_of(result)


def _program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_browser_that_does_not_start_is_started_again(tmp_path: Path) -> None:
    started = tmp_path / "started"
    program = _program(tmp_path / "browser", f'[ -e {started} ] && exec {CHROMIUM} "$@"\ntouch {started}\nexit 1')
    (result,) = rendered("<!DOCTYPE html><p>Xin chào</p>", program=program)
    assert "Xin chào" in text_of(result)


def test_a_browser_that_is_killed_in_the_middle_is_started_again(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    program = _program(tmp_path / "browser", f'echo $$ >> {pids}\nexec {CHROMIUM} "$@"')

    async def ask(one: Asked) -> Answer | None:
        running = pids.read_text().split()
        if len(running) == 1:
            os.kill(int(running[0]), signal.SIGKILL)
        return Answer(200, {"Content-Type": "text/javascript"}, b"document.body.append('lan hai')")

    (result,) = rendered('<!DOCTYPE html><body><script src="/app.js"></script>', ask, program=program)
    assert "lan hai" in text_of(result)


def test_a_browser_that_never_starts_is_a_reason(tmp_path: Path) -> None:
    (result,) = rendered("<p>", program=_program(tmp_path / "browser", "exit 1"))
    assert isinstance(result, str)
    assert result.startswith("the browser failed: ")


# --- the crawl --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Return an archive of the portal, crawled without and then with a browser, and what was asked the second time."""
    archive = tmp_path_factory.mktemp("rendering") / "archive"
    with serving(script_portal()) as server:
        plain = luutru("crawl", server.url, "--archive", str(archive), check=None)
        assert "--render" in plain.stderr
        assert articles(archive) == {}
        before = len(server.requests)
        luutru("crawl", server.url, "--archive", str(archive), "--render")
        return archive, server.paths[before:]


def test_a_portal_of_shells_is_found_whole(crawled: tuple[Path, list[str]]) -> None:
    archive, _ = crawled
    found = articles(archive)
    assert sorted(row["title"] for row in found.values()) == sorted(f"Chuyện làm đường ở {name}" for name in NAMES)
    assert all(row["published_at"] == "2022-10-05" for row in found.values())


def test_only_what_a_page_needs_is_asked_for_and_robots_txt_is_obeyed(crawled: tuple[Path, list[str]]) -> None:
    _, paths = crawled
    assert not [path for path in paths if path.startswith(("/cam/", "/anh/", "/dem"))]
    assert paths.count("/app.js") == paths.count("/app.css") == paths.count("/api/list") == 1
    pages = [path for path in paths if path.startswith("/bai-viet/")]
    assert len(pages) == len(set(pages)) == len(NAMES), "a page is asked once, and shown from its capture"


def test_response_and_rendered_page_are_both_kept(crawled: tuple[Path, list[str]]) -> None:
    archive, _ = crawled
    luutru("verify", "--archive", str(archive))
    (url, row) = next(iter(articles(archive).items()))
    with Archive.open(archive) as opened:
        capture_id = opened.db.execute(
            "SELECT capture_id FROM revisions JOIN pages ON pages.revision_id = revisions.id WHERE pages.url = ?", [url]
        ).fetchone()[0]
        assert b'<div id="root"></div>' in decoded_body(opened.read_capture(capture_id))
        assert row["title"].encode() in decoded_body(as_analysed(opened, capture_id))
    with (archive / "warc" / row["warc_file"]).open("rb") as file:
        found = [record for record in records(file) if hasattr(record, "fields")]
    responses = {record.get("WARC-Record-ID"): record for record in found if record.kind == "response"}
    conversions = [record for record in found if record.kind == "conversion"]
    assert len(conversions) == len(NAMES) + 1
    for record in conversions:
        assert responses[record.get("WARC-Refers-To")].target_uri == record.target_uri
        assert all(record.digests())
    shown = luutru("show", row["id"], "--archive", str(archive)).stdout
    assert "by a browser" in shown
    assert luutru("show", row["id"], "--removed", "--archive", str(archive)).stdout


def test_the_next_crawl_remembers_and_sees_changes_that_no_payload_shows(tmp_path: Path) -> None:
    archive, answers = tmp_path / "archive", dict(script_portal())
    with serving(answers) as server:
        luutru("portals", "add", server.url, "--render", "--archive", str(archive))
        luutru("crawl", server.url, "--archive", str(archive))
        assert len(articles(archive)) == len(NAMES)
        status, headers, body = answers["/api/detail?id=101"]
        edited = body.replace("trước mùa mưa".encode(), "sau mùa mưa".encode())
        answers["/api/detail?id=101"] = (status, headers, edited)
        with sqlite3.connect(archive / "archive.db") as db:
            db.execute("UPDATE frontier SET due_at = 0 WHERE url LIKE '%/bai-viet/%'")
        luutru("crawl", server.url, "--archive", str(archive))
    changed = [row for row in articles(archive).values() if row["revision"] == 2]
    assert [row["title"] for row in changed] == [f"Chuyện làm đường ở {NAMES[0]}"]
    assert "sau mùa mưa" in changed[0]["text"]


def test_a_crawl_that_is_interrupted_while_a_page_is_shown_shows_it_again(tmp_path: Path) -> None:
    archive, answers = tmp_path / "archive", dict(script_portal())
    command = [LUUTRU, "crawl", "--archive", str(archive)]
    with serving(answers) as server:
        answers["/api/list"] = lambda hits: (os.kill(running.pid, signal.SIGINT) if not hits else None, listed)[1]
        listed = script_portal()["/api/list"]
        running = subprocess.Popen([*command, server.url, "--render"], stderr=subprocess.DEVNULL)
        assert running.wait(60) == 130
        luutru("crawl", server.url, "--archive", str(archive))
        assert len(articles(archive)) == len(NAMES)
        assert server.paths.count("/") == 1, "it is shown from its capture"
    luutru("verify", "--archive", str(archive))


def test_a_page_whose_data_cannot_be_had_is_broken_and_not_empty(tmp_path: Path) -> None:
    archive, answers = tmp_path / "archive", dict(script_portal())
    answers["/api/detail?id=101"] = (500, {}, b"")
    with serving(answers) as server:
        done = luutru("crawl", server.url, "--archive", str(archive), "--render", check=3)
    assert "its scripts could not have" in done.stderr
    assert len(articles(archive)) == len(NAMES) - 1


def test_what_is_an_article_as_sent_is_not_shown_to_the_browser(tmp_path: Path) -> None:
    answers = {"/": listing(["/tin-tuc/bai-1-1001.html"]), "/tin-tuc/bai-1-1001.html": article("Thôn Một")}
    with serving(answers) as server:
        luutru("crawl", server.url, "--archive", str(tmp_path / "a"), "--render")
    with sqlite3.connect(tmp_path / "a" / "archive.db") as db:
        query = "SELECT kind FROM renderings JOIN captures ON captures.id = capture_id"
        assert "article" not in {row[0] for row in db.execute(query)}
        assert db.execute("SELECT count(*) FROM articles").fetchone()[0] == 1


def test_without_a_browser_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LUUTRU_BROWSER", str(tmp_path / "none"))
    done = luutru("crawl", "http://127.0.0.1:9/", "--archive", str(tmp_path / "a"), "--render", check=1)
    assert done.stderr.count("\n") == 1
    assert "$LUUTRU_BROWSER" in done.stderr
    monkeypatch.delenv("LUUTRU_BROWSER")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    done = luutru("crawl", "http://127.0.0.1:9/", "--archive", str(tmp_path / "a"), "--render", check=1)
    assert "apt install chromium" in done.stderr


def test_a_portal_that_needs_a_browser_is_left_alone_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = str(tmp_path / "archive")
    with serving(script_portal()) as server:
        luutru("portals", "add", server.url, "--render", "--archive", archive)
        monkeypatch.setenv("LUUTRU_BROWSER", str(tmp_path / "none"))
        done = luutru("crawl", server.url, "--archive", archive, check=1)
        assert server.requests == []
    assert "its pages need a browser" in done.stderr
