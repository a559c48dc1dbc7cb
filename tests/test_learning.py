"""Traps that have no sign in their addresses: what brings nothing is retired, what says the same is one article."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import article, listing, serving
from trap_portal import ARTICLES, LISTINGS, TrapPortal

from archive.records import PageKind
from crawler.discovery import LinkKind
from crawler.frontier import FrontierRow, NewRow
from crawler.learning import Learning, Lesson, Outcome, Tally
from crawler.learning.patterns import FOLDERS, additions, difference, parts, pattern, same_name
from crawler.urls import page_key

LUUTRU = str(Path(sys.executable).with_name("luutru"))
CONSTANT = 30  # pages that a trap may cost before it is known
HOST = "http://vidu.gov.vn"
PORTAL = "vidu"


def crawl(url: str, archive: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [LUUTRU, "crawl", url, "--archive", str(archive), "--delay", "0", "--workers", "1", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def rows(archive: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(archive / "archive.db") as db:
        return db.execute(query).fetchall()


@pytest.mark.parametrize(
    "traps",
    [
        ("session",),
        ("folders", "month"),
        ("calendar", "session", "print", "query-twin", "soft404", "home", "spam", "shell"),
    ],
)
def test_a_trap_costs_tens_of_pages(traps: tuple[str, ...], tmp_path: Path) -> None:
    with serving(TrapPortal(*traps)) as server:
        done = crawl(server.url, tmp_path)
    assert done.returncode == 0, done.stderr
    assert dict(rows(tmp_path, "SELECT title, count(*) FROM articles GROUP BY 1")).keys() == set(TrapPortal.titles())
    assert len(rows(tmp_path, "SELECT id FROM articles")) == ARTICLES
    assert len(server.requests) <= 1.6 * (ARTICLES + LISTINGS) + CONSTANT * len(traps)


def test_what_was_learned_is_remembered(tmp_path: Path) -> None:
    with serving(TrapPortal("calendar", "print", "spam", "soft404", "home")) as server:
        crawl(server.url, tmp_path)
        retired = dict(rows(tmp_path, "SELECT pattern, reason FROM patterns WHERE reason IS NOT NULL"))
        kinds = {kind for (kind,) in rows(tmp_path, "SELECT DISTINCT kind FROM pages")}
        first = len(server.requests)
        crawl(server.url, tmp_path)
        assert len(server.requests) - first <= 5, "nothing that was set aside is fetched again"
    assert "/doc-in/" in retired
    assert any("/xem/N/N" in str(name) for name in retired)
    assert {"soft404", "home-redirect", "spam", "alias"} <= kinds
    drops = dict(rows(tmp_path, "SELECT reason, addresses FROM drops"))
    assert drops["twin"]
    assert drops["retired-pattern"]
    probes = [path for path in server.paths if path.startswith("/khong-co-trang-nay")]
    assert len(probes) == 1, "a host is asked once for an address that does not exist"


def test_a_gate_is_no_article_and_the_host_rests(tmp_path: Path) -> None:
    gate = '<html><body><script>document.cookie="K=9a";window.location.reload(true);</script></body></html>'
    closed = "<html><head><title>Thông báo</title></head><body><h1>Hệ thống đang bảo trì</h1></body></html>"
    answers: dict[str, object] = {f"/tin/chuyen-xa-{n}.html": gate if n % 2 else closed for n in range(100, 140)}
    answers["/"] = listing(list(answers))
    with serving(answers) as server:  # type: ignore[arg-type]
        done = crawl(server.url, tmp_path)
    assert done.returncode in (1, 3), "it says that not all was fetched"
    assert not rows(tmp_path, "SELECT id FROM articles")
    assert 10 <= sum(path.startswith("/tin/") for path in server.paths) <= 14
    assert dict(rows(tmp_path, "SELECT kind, count(*) FROM captures GROUP BY 1")).keys() >= {"challenge", "maintenance"}
    assert rows(tmp_path, "SELECT host FROM hosts WHERE failures >= 10")


def test_a_gate_does_not_overwrite_a_good_article(tmp_path: Path) -> None:
    answers: dict[str, object] = {
        "/": listing(["/tin/chuyen-xa-100.html"]),
        "/tin/chuyen-xa-100.html": article("Nà Pài"),
    }
    with serving(answers) as server:  # type: ignore[arg-type]
        crawl(server.url, tmp_path)
        answers["/tin/chuyen-xa-100.html"] = (
            "<html><head><title>Request Rejected</title></head><body>ID: 1</body></html>"
        )
        with sqlite3.connect(tmp_path / "archive.db") as db:
            db.execute("UPDATE frontier SET due_at = 0")
        crawl(server.url, tmp_path)
    assert rows(tmp_path, "SELECT title, revision FROM articles") == [("Chuyện làm đường ở Nà Pài", 1)]
    assert rows(tmp_path, "SELECT kind, failures FROM frontier WHERE url LIKE '%xa-100%'") == [("article", 3)]


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/tin-tuc/hop-ban-120.html", "/tin-tuc/S-N.html"),
        ("/lich/2024/05", "/lich/N/N"),
        ("/Lich.aspx?Ngay=5&Thang=2", "/lich.aspx?ngay=N&thang=N"),
        ("/index.php?option=com_content&view=article&id=12", "/index.php?id=N&option=com_content&view=article"),
        ("/a1/muc/a2/muc/x", "/+/S"),
        ("/2022/10/5/chuyen-lam-duong", "/N/N/N/S"),
        ("/k3jd92kf0s2k1md9/tin", "/H/S"),
        ("/", "/"),
    ],
)
def test_patterns(path: str, shape: str) -> None:
    assert pattern(HOST + path) == "vidu.gov.vn" + shape


def test_what_two_addresses_of_one_text_differ_in() -> None:
    one, other = f"{HOST}/s/k3jd92kf0s2k1md9/bai-12.html", f"{HOST}/s/zz8892kf0s2k1md9/bai-12.html"
    assert difference(one, other) == "/2:H/"
    assert difference(one, f"{HOST}/s/zz8892kf0s2k1md9/bai-13.html") is None
    assert additions(f"{HOST}/ban-in/bai-12.html", f"{HOST}/tin/bai-12.html") == ["/ban-in/"]
    assert additions(f"{HOST}/tin/bai-12.html?in=1", f"{HOST}/tin/bai-12.html") == ["?in="]
    assert additions(f"{HOST}/tin/bai-12.html?nam=2031&th=5", f"{HOST}/tin/bai-12.html") == ["?nam=", "?th="]
    assert additions(f"{HOST}/in.aspx?id=12", f"{HOST}/xem.aspx?id=12") == ["/in.aspx/"]
    assert additions(f"{HOST}/in.aspx?id=12", f"{HOST}/xem.aspx?id=13") == []
    assert additions(f"{HOST}/tin/bai-12.html?id=3", f"{HOST}/tin/bai-12.html?id=4") == []
    assert additions(f"{HOST}/ban-in/", f"{HOST}/tin/") == []
    assert "/2022/" not in parts(f"{HOST}/tin/2022/bai-12.html"), "a number is no part"


@pytest.mark.parametrize(
    ("url", "other", "is_same"),
    [
        ("/thoi-su/mo-lai-cho-12.html", "/tin/mo-lai-cho-12.html", True),
        ("/thoi-su/mo-lai-cho-12.html", "/tin/mo-lai-cho-13.html", False),
        ("/tin/12-mo-lai-cho", "/index.php?option=com_content&view=article&id=12:mo-lai-cho&catid=3&Itemid=9", True),
        ("/thoi-su/khe-ra-mo-lai-cho-phien", "/tin/khe-ra-mo-lai-cho-phien", True),
        ("/thoi-su/lich-tuan", "/tin/lich-tuan", False),
        ("/2022/10/", "/2023/10/", False),
    ],
)
def test_one_page_in_several_folders(url: str, other: str, is_same: bool) -> None:
    assert same_name(HOST + url, HOST + other) is is_same


def frontier_row(path: str, kind: LinkKind = LinkKind.PAGE) -> FrontierRow:
    url = HOST + path
    return FrontierRow(page_key(url), url, PORTAL, "vidu.gov.vn", kind.rank, None, None, 0, None)


def link(path: str, kind: LinkKind = LinkKind.ARTICLE) -> NewRow:
    return NewRow(page_key(HOST + path), HOST + path, "vidu.gov.vn", kind.rank)


def barren(learning: Learning, count: int, path: str = "/xem/{}/1") -> list[str]:
    """Let that many pages of one pattern bring nothing; return what is retired."""
    found = [learning.note(frontier_row(path.format(n)), Outcome(PageKind.OTHER)) for n in range(count)]
    return [lesson.pattern for lessons in found for lesson in lessons if lesson.tally.reason]


def test_a_pattern_is_retired_after_some_pages_and_comes_back_with_a_new_text() -> None:
    learning = Learning()
    assert barren(learning, 40) == ["vidu.gov.vn/xem/N/N"]
    held = [learning.held_by(frontier_row(f"/xem/{n}/2")) for n in range(100)]
    let_through = [n for n, name in enumerate(held, 1) if name is None]
    assert let_through == [25, 50, 100], "it is tried ever more rarely"
    lessons = learning.note(frontier_row("/xem/24/2"), Outcome(PageKind.ARTICLE, is_new_text=True))
    assert [lesson.pattern for lesson in lessons if lesson.is_revived] == ["vidu.gov.vn/xem/N/N"]
    assert learning.held_by(frontier_row("/xem/500/2")) is None
    assert barren(learning, 29) == [], "a pattern that brought an article has more credit"


def test_patterns_that_lead_to_each_other_only_are_retired() -> None:
    learning = Learning()
    retired: list[str] = []
    for n in range(200):
        here, there = ("/nam/{}", "/thang/{}") if n % 2 else ("/thang/{}", "/nam/{}")
        fresh = [link(there.format(1000 + n), LinkKind.PAGE)]
        retired += [
            i.pattern for i in learning.note(frontier_row(here.format(n)), Outcome(PageKind.OTHER, fresh=fresh))
        ]
    assert sorted(retired) == ["vidu.gov.vn/nam/N", "vidu.gov.vn/thang/N"]


def test_lists_that_lead_to_articles_are_kept() -> None:
    learning = Learning()
    learning.note(frontier_row("/tin/bai-viet-1000.html"), Outcome(PageKind.ARTICLE, is_new_text=True))
    for n in range(200):
        fresh = [link(f"/tin/bai-viet-{2000 + n}.html")] if n % 10 == 0 else []
        assert not learning.note(frontier_row(f"/xem/{n}/1"), Outcome(PageKind.LISTING, fresh=fresh))


def test_lists_of_articles_that_a_sitemap_named_are_kept() -> None:
    learning = Learning()
    for n in range(200):
        shown = [link(f"/tin/bai-viet-{n * 10 + i}.html") for i in range(10)]
        assert not learning.note(frontier_row(f"/xem/{n}/1"), Outcome(PageKind.LISTING, links=shown))


def test_refusals_and_pages_known_before_teach_nothing() -> None:
    learning = Learning()
    for n in range(100):
        assert not learning.note(frontier_row(f"/xem/{n}/1"), Outcome(PageKind.CHALLENGE))
    assert barren(learning, 14) == []


def test_ids_that_look_like_session_ids_are_ids() -> None:
    """Some stub articles say the same; their ids do not become session ids for it."""
    learning = Learning()
    for n in range(50):
        row = frontier_row(f"/bai/64b7f1a2c3d4e5f6071829{n:02x}")
        assert learning.held_by(row) is None
        learning.note(row, Outcome(PageKind.ARTICLE, is_new_text=n % 5 != 0, twin=None if n % 5 else "/2:H/"))


def test_earlier_crawls_are_believed() -> None:
    learning = Learning()
    learning.recall(
        PORTAL, [("vidu.gov.vn/xem/N/N", Tally(15, reason="nothing")), ("vidu.gov.vn/tin/N", Tally(900, 100))], (), ()
    )
    assert learning.held_by(frontier_row("/xem/1/1")) == "vidu.gov.vn/xem/N/N"
    assert barren(learning, 400, "/tin/{}") == []
    learning.sample(frontier_row("/xem/2/2").key)
    assert learning.held_by(frontier_row("/xem/2/2")) is None


def read_list(path: str, *fresh: str) -> tuple[FrontierRow, Outcome]:
    rows = [link(path) for path in fresh]
    return frontier_row(path, LinkKind.PAGE), Outcome(PageKind.LISTING, links=rows, fresh=rows)


def test_sorted_lists_are_set_aside_and_lists_that_are_filtered_are_not() -> None:
    learning = Learning()
    for number in range(6):
        learning.note(*read_list(f"/chuyen-muc-{number}/", f"/bai-viet-so-{number}.html"))
    for number in range(6):
        learning.note(*read_list(f"/chuyen-muc-{number}/?sap=ten"))
        learning.note(*read_list(f"/chuyen-muc-{number}/?trang=9"))
        learning.note(*read_list(f"/chuyen-muc-{number}/?nhom=2"))
        learning.note(*read_list(f"/chuyen-muc-{number}/?loai=luat", *(f"/van-ban-so-{number}.html",) * (number % 2)))
    held = [learning.held_by(frontier_row(f"/chuyen-muc-9/?{part}=ten")) for part in ("sap", "trang", "loai", "nhom")]
    assert held == ["?sap=", None, None, None]


def test_one_article_in_several_folders_is_asked_once_when_the_portal_redirects() -> None:
    learning = Learning()

    def moved(number: int) -> list[Lesson]:
        target = f"/tin/mo-lai-cho-{number}.html"
        learning.note(frontier_row(target), Outcome(PageKind.ARTICLE, is_new_text=True))
        return learning.note(
            frontier_row(f"/thoi-su/mo-lai-cho-{number}.html"), Outcome(PageKind.REDIRECT, links=[link(target)])
        )

    assert [lesson.pattern for number in range(4) for lesson in moved(number)] == [FOLDERS]
    learning.note(frontier_row("/tin/mo-lai-cho-7.html"), Outcome(PageKind.ARTICLE, is_new_text=True))
    assert learning.held_by(frontier_row("/kinh-te/mo-lai-cho-7.html")) == FOLDERS
    assert learning.held_by(frontier_row("/kinh-te/mo-lai-cho-8.html")) is None, "where it leads to is not known yet"
    known = Learning()
    known.recall(PORTAL, [(FOLDERS, Tally(3, twins=3, reason="3 pages"))], (), [f"{HOST}/tin/mo-lai-cho-7.html"])
    assert known.held_by(frontier_row("/kinh-te/mo-lai-cho-7.html")) == FOLDERS


def test_pages_of_one_name_that_say_something_else_are_two() -> None:
    learning = Learning()
    for number in range(30):
        for folder in ("xa-a", "xa-b"):
            row = frontier_row(f"/{folder}/lich-tiep-dan-{number}.html")
            assert learning.held_by(row) is None
            learning.note(row, Outcome(PageKind.ARTICLE, is_new_text=True))
        learning.note(
            frontier_row(f"/cu/lich-tiep-dan-{number}.html"),
            Outcome(PageKind.REDIRECT, links=[link(f"/xa-a/lich-tiep-dan-{number}.html")]),
        )


def test_the_patterns_of_the_documentation() -> None:
    text = (Path(__file__).parent.parent / "docs" / "discovery.md").read_text("utf-8")
    table = text.partition("| address | pattern |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    assert len(table) == 4
    for line in table:
        address, shape = (cell.strip().strip("`") for cell in line.strip("|").split("|"))
        assert pattern(address) == shape
