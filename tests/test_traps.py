"""Traps that servers set without meaning to: paths that grow, calendars, redirects and listings without end.

The addresses are what broken portals answer with 200; each rule is tried on genuine addresses that look like it too.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from loopback import article, listing, serving

from crawler.discovery import LinkKind
from crawler.frontier import FrontierRow, NewRow
from crawler.learning.novelty import Novelty
from crawler.urls import language_of, page_key, refusal

LUUTRU = str(Path(sys.executable).with_name("luutru"))
HOST = "https://vidu.gov.vn"


def crawl(url: str, archive: Path, *options: str) -> None:
    """Crawl to the end; whatever the server does, the crawl must end by itself."""
    command = [LUUTRU, "crawl", url, "--archive", str(archive), "--delay", "0", "--workers", "1", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 3), done.stderr


def one_column(archive: Path, query: str) -> list[str]:
    with sqlite3.connect(archive / "archive.db") as db:
        return [row[0] for row in db.execute(query)]


def drops(archive: Path) -> dict[str, int]:
    with sqlite3.connect(archive / "archive.db") as db:
        return dict(db.execute("SELECT reason, addresses FROM drops"))


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/tin/index.php/tin/index.php/tin/bai", "repeating-path"),
        ("/tin/xem-them/a/xem-them/a/xem-them/a/", "repeating-path"),
        ("/vn/vn/vn/tin-tuc", "repeating-path"),
        ("/" + "/".join(f"m{n}" for n in range(21)), "repeating-path"),
        ("/sitemap.xml/tin-tuc/", "below-file"),
        ("/bai-12.html/tin-tuc/bai-13.html", "below-file"),
        ("/lich/2020/1/14", "calendar"),
        ("/lich/2031/2/", "calendar"),
        ("/calendar/2031/2", "calendar"),
        ("/vi/lich-cong-tac/thang/2024/03", "calendar"),
        ("/su-kien/2020-10-05", "calendar"),
        ("/events/2020/10/", "calendar"),
    ],
)
def test_addresses_without_end_are_refused(path: str, reason: str) -> None:
    assert refusal(HOST + path) == reason


@pytest.mark.parametrize(
    "path",
    [
        "/2020/10/10/hop-giao-ban",
        "/tin-tuc/2020/10/10/10/hop-giao-ban",
        "/tin-tuc/tin-tuc/hop-giao-ban-12.html",
        "/gioi-thieu/gioi-thieu/gioi-thieu",
        "/web/xa-thuan-an/xa-thuan-an/-/asset_publisher/Ab1/content/xa-thuan-an",
        "/index.php/news/1",
        "/index.php/tin-tuc/hop-giao-ban-12.html",
        "/documents/20182/0/quyet-dinh.pdf/9f8e7d6c-5b4a-3928-1706-f5e4d3c2b1a0",
        "/tin-tuc.html/page/2",
        "/su-kien/2020/10/le-hoi-long-tong",
        "/tin-tuc/su-kien/le-hoi-2020",
        "/lich-su/2020/10",
        "/files/a/a/a/a/bao-cao.pdf",
        "/" + "/".join(f"m{n}" for n in range(20)),
    ],
)
def test_genuine_addresses_that_look_like_traps_are_followed(path: str) -> None:
    assert refusal(HOST + path) is None


@pytest.mark.parametrize(
    ("start", "language"),
    [("/en/", "en"), ("/en-us/home", "en"), ("/?lang=english", "en"), ("/?lang=fr", "fr"), ("/", ""), ("/enews/", "")],
)
def test_the_language_of_an_address(start: str, language: str) -> None:
    assert language_of(HOST + start) == language


def test_only_the_language_of_the_start_is_followed() -> None:
    assert refusal(HOST + "/en/news/a-12.html", "en") is None
    assert refusal(HOST + "/tin?lang=en", "en") is None
    assert refusal(HOST + "/fr/news", "en") == refusal(HOST + "/en/news") == "language"
    assert refusal(HOST + "/en/users/login", "en") == "login"


def test_a_crawl_that_starts_in_a_foreign_language_stays_in_it(tmp_path: Path) -> None:
    answers = {
        "/en/": listing(["/en/news/ban-a-12.html", "/fr/"]),
        "/en/news/ban-a-12.html": article("bản A"),
        "/fr/": listing([]),
    }
    with serving(answers) as server:
        crawl(server.url + "en/", tmp_path)
    assert len(one_column(tmp_path, "SELECT url FROM articles")) == 1
    assert "/fr/" not in server.paths
    assert drops(tmp_path)["language"] == 1


def test_redirects_without_end_are_one_failure(tmp_path: Path) -> None:
    answers = {f"/r/{n}": (302, {"Location": f"/r/{n + 1}"}, b"") for n in range(40)}
    with serving({"/": listing(["/r/0", "/bai-1001.html"]), "/bai-1001.html": article("Nà Pài"), **answers}) as server:
        crawl(server.url, tmp_path)
    assert sum(path.startswith("/r/") for path in server.paths) == 11
    assert len(one_column(tmp_path, "SELECT url FROM articles")) == 1


def test_sitemaps_of_sitemaps_end(tmp_path: Path) -> None:
    def index(n: int) -> str:
        return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>/sitemap-{n}.xml</loc></sitemap></sitemapindex>'

    with serving(
        {"/": listing([]), "/sitemap.xml": index(1)} | {f"/sitemap-{n}.xml": index(n + 1) for n in range(1, 40)}
    ) as server:
        crawl(server.url, tmp_path)
    assert [path for path in server.paths if path.startswith("/sitemap-") and path != "/sitemap-vi.xml"] == [
        "/sitemap-1.xml",
        "/sitemap-2.xml",
        "/sitemap-3.xml",
    ]
    assert drops(tmp_path)["sitemap-depth"] == 1


def test_a_home_page_at_every_address_ends(tmp_path: Path) -> None:
    class Everywhere(dict[str, str]):
        def get(self, path: str, default: object = None) -> object:  # type: ignore[override]
            if path == "/robots.txt":
                return default
            number = len(seen)
            seen.append(path)
            return listing(["/tin/hop-giao-ban-9001.html", f"muc-{number}/"]).replace(
                "</body>", f"<p>Lượt truy cập: {number}</p>"
            )

    seen: list[str] = []
    with serving(Everywhere()) as server:
        crawl(server.url, tmp_path)
    assert len(seen) < 40
    assert drops(tmp_path)["nothing-new"]


def pages_of_list(count: int, entries: int) -> dict[str, object]:
    """Return a listing with `count` further pages; its `entries` articles are shown again when they are used up."""
    answers: dict[str, object] = {}
    for number in range(1, count + 1):
        first = number * 3 % entries
        paths = [f"/tin/ban-so-{n}-{5000 + n}.html" for n in range(first, first + 3)]
        marks = f"<p>Xem hôm nay: tin thứ {'i' * number}</p>"  # no two pages show the same
        answers[f"/tin?page={number}"] = listing([*paths, f"/tin?page={number + 1}"]).replace("</body>", marks)
    for n in range(entries + 3):
        answers[f"/tin/ban-so-{n}-{5000 + n}.html"] = article(f"bản số {n}")
    return answers


def test_a_listing_that_turns_in_circles_is_left(tmp_path: Path) -> None:
    with serving({"/": listing(["/tin?page=1"]), **pages_of_list(80, entries=12)}) as server:  # type: ignore[dict-item]
        crawl(server.url, tmp_path)
    turned = [path for path in server.paths if path.startswith("/tin?page=")]
    assert 5 <= len(turned) <= 12
    assert len(one_column(tmp_path, "SELECT url FROM articles")) == 12
    assert drops(tmp_path)["nothing-new"] == 1


class Endless(dict[str, object]):
    """A list whose pages behind the last one are empty, and lead to the next and to a list with another session."""

    def get(self, path: str, default: object = None) -> object:
        number = int(path.partition("page=")[2].partition("&")[0] or 0)
        if not path.startswith("/tin?page=") or number <= 3:
            return super().get(path, default)
        token = f"{number * 7919:x}".rjust(16, "a") + "3f"
        links = [f"/tin?page={number + 1}", f"/tin?page=1&x={token}", f"/{token}/tin/ban-so-4-5004.html"]
        return listing(links).replace("</body>", f"<p>Xem hôm nay: tin thứ {'i' * number}</p>")


def test_a_list_without_end_is_left_though_its_links_are_new_at_every_page(tmp_path: Path) -> None:
    with serving(Endless({"/": listing(["/tin?page=1"]), **pages_of_list(3, entries=12)})) as server:  # type: ignore[arg-type]
        crawl(server.url, tmp_path)
    assert len([path for path in server.paths if path.startswith("/tin?page=")]) <= 14
    assert len(one_column(tmp_path, "SELECT url FROM articles")) == 9


def test_a_portal_whose_lists_have_no_end_is_known_for_it() -> None:
    novelty, turning = Novelty(), LinkKind.PAGINATION.rank

    def pages_until_left(name: str) -> int:
        for number in range(1, 20):
            url = f"http://vidu.gov.vn/{name}?page={number}"
            row = FrontierRow(page_key(url), url, "vidu", "vidu.gov.vn", turning, None, None, 0, None, chain=len(name))
            following = f"http://vidu.gov.vn/{name}?page={number + 1}"
            if not novelty.followed(row, [NewRow(page_key(following), following, "vidu.gov.vn", turning)], None):
                return number
        return 20

    assert [pages_until_left(name) for name in ("tin", "su-kien", "thong-bao")] == [5, 2, 2]


def test_a_listing_known_from_the_sitemap_is_read_to_its_end(tmp_path: Path) -> None:
    """The newest 60 articles are in the sitemap, the 30 behind them are in the listing alone."""
    answers = pages_of_list(29, entries=200)
    known = "".join(f"<url><loc>/tin/ban-so-{n}-{5000 + n}.html</loc></url>" for n in range(60))
    answers["/sitemap.xml"] = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{known}</urlset>'
    with serving({"/": listing(["/tin?page=1"]), **answers}) as server:  # type: ignore[dict-item]
        crawl(server.url, tmp_path)
    assert len(one_column(tmp_path, "SELECT url FROM articles")) == 90


def test_lists_whose_entries_are_called_the_same_are_read_to_their_end(tmp_path: Path) -> None:
    answers: dict[str, object] = {}
    for number in range(1, 13):
        path = f"/tin/ban-so-{number}-{5000 + number}.html"
        answers[path] = article(f"bản số {number}")
        answers[f"/tin?page={number}"] = listing([path, f"/tin?page={number + 1}"])
    known = "".join(f"<url><loc>{path}</loc></url>" for path in list(answers)[:10:2])
    answers["/sitemap.xml"] = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{known}</urlset>'
    with serving({"/": listing(["/tin?page=1"]), **answers}) as server:  # type: ignore[dict-item]
        crawl(server.url, tmp_path)
    assert len(one_column(tmp_path, "SELECT url FROM articles")) == 12


def test_a_sitemap_of_many_addresses_is_taken_whole(tmp_path: Path) -> None:
    known = "".join(f"<url><loc>/tin/ban-so-{n}-{10000 + n}.html</loc></url>" for n in range(4501))
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{known}</urlset>'
    with serving({"/": listing([]), "/sitemap.xml": sitemap}) as server:
        crawl(server.url, tmp_path, "--max-pages", "12")
    assert len(one_column(tmp_path, "SELECT url FROM frontier WHERE url LIKE '%/tin/%'")) == 4501
