"""Crawls of portals that were crawled before, with the clock moved forward."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path

import pytest
from loopback import Answer, Server, article, listing, serving
from test_crawl import articles, luutru

DAY_S = 86400


def days_pass(archive: Path, days: float) -> None:
    """Move the clock forward: everything that the archive remembers was so many days earlier."""
    seconds = int(days * DAY_S)
    with sqlite3.connect(archive / "archive.db") as db:
        for column in ("due_at", "fetched_at", "found_at"):
            db.execute(f"UPDATE frontier SET {column} = {column} - ?", [seconds])
        moved = f"strftime('%Y-%m-%dT%H:%M:%S+00:00', captured_at, '-{seconds} seconds')"
        db.execute(f"UPDATE captures SET captured_at = {moved}")


def asked(server: Server, since: int) -> list[str]:
    """Return what was asked since that many requests, but robots.txt and random addresses."""
    return [path for path in server.paths[since:] if path != "/robots.txt" and "khong-co-trang-nay" not in path]


def gone(archive: Path) -> set[str]:
    return {url for url, row in articles(archive).items() if row["gone_at"]}


class Portal:
    """A portal of three parts: one told by a sitemap, one by a feed, one by nothing but its listing.

    Articles are (part, number), the newest last; each has the time of its last change, and how often it changed.
    """

    PARTS = ("tin-tuc", "van-hoa", "kinh-te")

    def __init__(self, count: int) -> None:
        self.answers: dict[str, Answer | str | Callable[[int], Answer | str]] = {}
        self.changes: dict[tuple[str, int], int] = {}
        self.changed_at: dict[tuple[str, int], datetime] = {}
        self._next = 0
        for _ in range(count):
            self.add()

    def add(self) -> list[str]:
        """Publish an article in each part, and return their paths."""
        for part in self.PARTS:
            self.changes[part, self._next] = 0
            self.changed_at[part, self._next] = datetime(2024, 3, 1, 8, tzinfo=UTC) + timedelta(hours=self._next)
        self._next += 1
        self.publish()
        return [self.path(part, self._next - 1) for part in self.PARTS]

    def edit(self, part: str, number: int) -> str:
        self.changes[part, number] += 1
        self.changed_at[part, number] = datetime.now(UTC) - timedelta(hours=2)
        self.publish()
        return self.path(part, number)

    def delete(self, part: str, number: int) -> str:
        del self.changes[part, number]
        self.publish()
        return self.path(part, number)

    @staticmethod
    def path(part: str, number: int) -> str:
        return f"/{part}/chuyen-o-thon-{part}-{1000 + number}.html"

    def publish(self) -> None:
        self.answers.clear()
        newest: list[str] = []
        for part in self.PARTS:
            numbers = sorted((number for of, number in self.changes if of == part), reverse=True)
            newest += [self.path(part, number) for number in numbers[:3]]
            pages = [numbers[start : start + 10] for start in range(0, len(numbers), 10)]
            turning = [f"/{part}/"] + [f"/{part}/page-{page}/" for page in range(2, len(pages) + 1)]
            for address, shown in zip(turning, pages, strict=True):
                self.answers[address] = listing([*(self.path(part, number) for number in shown), *turning[1:]])
            for number in numbers:
                name = f"{part} số {number}" + " sửa" * self.changes[part, number]
                self.answers[self.path(part, number)] = article(name)
        self.answers["/"] = listing([*newest, *(f"/{part}/" for part in self.PARTS), "/van-hoa/feed.xml"])
        self._publish_sitemap()
        self._publish_feed()

    def _publish_sitemap(self) -> None:
        entries = "".join(
            f"<url><loc>{{host}}{self.path(part, number)}</loc><lastmod>{at.isoformat()}</lastmod></url>"
            for (part, number), at in self.changed_at.items()
            if part == "tin-tuc" and (part, number) in self.changes
        )
        self._put("/sitemap.xml", f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>')

    def _publish_feed(self) -> None:
        of_part = [entry for entry in self.changes if entry[0] == "van-hoa"]
        entries = "".join(
            f'<entry><title>Bài {number}</title><link href="{{host}}{self.path(part, number)}"/>'
            f"<updated>{self.changed_at[part, number].isoformat()}</updated></entry>"
            for part, number in sorted(of_part, reverse=True)[:15]
        )
        self._put("/van-hoa/feed.xml", f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Tin</title>{entries}</feed>')

    def _put(self, path: str, xml: str) -> None:
        self.answers[path] = (200, {"Content-Type": "text/xml"}, xml.replace("{host}", self.host).encode())

    host = ""


@pytest.fixture
def portal() -> Portal:
    return Portal(25)


def test_the_next_day_what_is_new_edited_or_gone_is_found_at_once_with_few_requests(
    portal: Portal, tmp_path: Path
) -> None:
    archive = tmp_path / "a"
    with serving(portal.answers) as server:
        portal.host = server.url.rstrip("/")
        portal.publish()
        luutru("crawl", server.url, "--archive", str(archive))
        assert len(articles(archive)) == 75
        days_pass(archive, 1)
        new = [*portal.add(), *portal.add()]
        told = [portal.edit("tin-tuc", 3), portal.edit("tin-tuc", 8), portal.edit("van-hoa", 20)]
        untold = portal.edit("kinh-te", 4)
        deleted, vanished = portal.delete("kinh-te", 5), portal.delete("tin-tuc", 12)
        first = len(server.paths)
        done = json.loads(luutru("crawl", server.url, "--archive", str(archive), "--json").stdout)

        assert (done["articles"], done["changed"], done["gone"]) == (6, 3, 1)
        heads = {"/", "/sitemap.xml", "/van-hoa/feed.xml", *(f"/{part}/" for part in Portal.PARTS)}
        beyond = [path for path in asked(server, first) if path not in heads]
        assert set(beyond) >= {*new, *told, vanished}
        assert len(beyond) <= 1.3 * (len(new) + len(told) + 1), beyond
        assert gone(archive) == {portal.host + vanished}, "gone from the sitemap and 404: two signs"
        assert articles(archive)[portal.host + told[0]]["revision"] == 2

        for days in (30, 1):
            days_pass(archive, days)
            luutru("crawl", "--due", "--archive", str(archive))
        assert articles(archive)[portal.host + untold]["revision"] == 2, "found within the page's interval"
        assert gone(archive) == {portal.host + vanished, portal.host + deleted}
        shown = luutru("show", portal.host + deleted, "--archive", str(archive)).stdout
        assert "gone" in shown
        assert "kinh-te số 5" in shown, "what it said is kept"
    luutru("verify", "--archive", str(archive))


def test_a_listing_is_turned_as_far_as_its_news_goes(tmp_path: Path) -> None:
    archive, answers = tmp_path / "a", {}
    numbers = list(range(30))

    def publish() -> None:
        answers.clear()
        shown = [f"/tin-tuc/chuyen-lam-duong-{1000 + number}.html" for number in reversed(numbers)]
        turning = [f"/tin-tuc/page-{page}/" for page in range(2, len(shown) // 10 + 1)]
        answers["/"] = listing(["/tin-tuc/"])
        for page, address in enumerate(["/tin-tuc/", *turning]):
            answers[address] = listing([*shown[page * 10 : page * 10 + 10], *turning])
        answers.update({path: article(f"Thôn {path}") for path in shown})

    publish()
    with serving(answers) as server:
        luutru("crawl", server.url, "--archive", str(archive))
        days_pass(archive, 1)
        numbers += range(30, 56)
        publish()
        first = len(server.paths)
        luutru("crawl", server.url, "--archive", str(archive))
        assert len(articles(archive)) == 56
        turned = [path for path in asked(server, first) if "page-" in path]
        assert turned == ["/tin-tuc/page-2/", "/tin-tuc/page-3/"], "26 are new: two pages full of them, and a third"


FEED = '<rss version="2.0"><channel><title>Tin</title>{items}</channel></rss>'


def feed(host: str, paths: list[str]) -> bytes:
    items = "".join(f"<item><title>Tin</title><link>{host}{path}</link></item>" for path in paths)
    return FEED.format(items=items).encode()


def test_what_has_not_changed_is_not_sent_again_and_becomes_a_revisit(tmp_path: Path) -> None:
    archive, answers = tmp_path / "a", {}
    kind = {"Content-Type": "text/xml"}
    with serving(answers) as server:
        host = server.url.rstrip("/")
        answers["/"] = listing(["/rss/", "/tin/ban-tin-moi-cua-xa-7.html"])
        dated = {**kind, "Last-Modified": formatdate(1_650_000_000, usegmt=True)}
        answers["/rss/"] = (200, dated, feed(host, ["/tin/chuyen-lam-duong-o-xa-8.html"]))
        page = {"Content-Type": "text/html; charset=utf-8", "ETag": 'W/"8-1"'}
        answers["/tin/chuyen-lam-duong-o-xa-8.html"] = (200, page, article("Thôn Tám").encode())
        answers["/tin/ban-tin-moi-cua-xa-7.html"] = article("Thôn Bảy")
        luutru("crawl", server.url, "--archive", str(archive))
        assert 304 not in server.statuses
        for days in (1, 31):
            days_pass(archive, days)
            luutru("crawl", server.url, "--archive", str(archive))
        assert server.statuses.count(304) == 3, "the feed twice, the article once"
        changed = {**page, "ETag": 'W/"8-2"'}
        answers["/tin/chuyen-lam-duong-o-xa-8.html"] = (200, changed, article("Thôn Tám sửa lại").encode())
        days_pass(archive, 62)
        done = json.loads(luutru("crawl", server.url, "--archive", str(archive), "--json").stdout)
        assert done["changed"] == 1
    with sqlite3.connect(archive / "archive.db") as db:
        found = db.execute("SELECT record_type, kind, reason FROM captures WHERE http_status = 304").fetchall()
    assert sorted(found) == [("revisit", "article", "not modified")] + [("revisit", "feed", "not modified")] * 3
    luutru("verify", "--archive", str(archive))


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": '"same-for-all"'},
        {"Last-Modified": lambda: formatdate(usegmt=True)},
        {"Last-Modified": lambda: formatdate(datetime.now(UTC).timestamp() - DAY_S, usegmt=True)},
    ],
    ids=["one ETag for all pages", "modified now", "modified a day ago, always"],
)
def test_validators_that_lie_are_not_believed(headers: dict[str, object], tmp_path: Path) -> None:
    archive, answers, paths = tmp_path / "a", {}, [f"/tin/chuyen-o-thon-{1000 + number}.html" for number in range(8)]

    def dynamic(html: str) -> Callable[[int], Answer]:
        def answer(hits: int) -> Answer:
            time.sleep(0.3)  # the clock of the server must be seen to go on
            said = {name: str(value() if callable(value) else value) for name, value in headers.items()}
            return 200, {"Content-Type": "text/html; charset=utf-8", **said}, html.encode()

        return answer

    answers["/"] = dynamic(listing(paths[:7]))
    answers.update({path: dynamic(article(f"Thôn {path}")) for path in paths})
    with serving(answers) as server:
        luutru("crawl", server.url, "--archive", str(archive))
        answers["/"] = dynamic(listing(paths))
        answers[paths[3]] = dynamic(article("Thôn Đã Sửa"))
        days_pass(archive, 31)
        done = json.loads(luutru("crawl", server.url, "--archive", str(archive), "--json").stdout)
    assert (done["articles"], done["changed"]) == (1, 1)
    assert 304 not in server.statuses


def test_a_list_with_the_oldest_first_is_asked_for_its_last_pages(tmp_path: Path) -> None:
    archive, answers = tmp_path / "a", {}

    def publish(count: int) -> None:
        shown = [f"/tin-tuc/chuyen-lam-duong-{1000 + number}.html" for number in range(count)]
        turning = [f"/tin-tuc/page-{page}/" for page in range(2, -(-count // 10) + 1)]
        answers["/"] = listing(["/tin-tuc/"])
        for page, address in enumerate(["/tin-tuc/", *turning]):
            answers[address] = listing([*shown[page * 10 : page * 10 + 10], *turning])
        answers.update({path: article(f"Thôn {path}") for path in shown})

    publish(37)
    with serving(answers) as server:
        luutru("crawl", server.url, "--archive", str(archive), "--workers", "1")
        days_pass(archive, 1)
        publish(42)
        first = len(server.paths)
        luutru("crawl", server.url, "--archive", str(archive), "--workers", "1")
        turned = [path for path in asked(server, first) if "page-" in path]
    assert len(articles(archive)) == 42
    assert turned == ["/tin-tuc/page-4/", "/tin-tuc/page-5/"]


@pytest.mark.parametrize("since", ["2022", "2022-03", "02/03/2022"])
def test_since_leaves_out_what_a_sitemap_dates_before(since: str, tmp_path: Path) -> None:
    days = {"/tin/chuyen-lam-duong-o-xa-8.html": "2022-03-01", "/tin/chuyen-lam-duong-o-xa-9.html": "2022-03-02"}
    answers = {path: article(f"Thôn {path}") for path in days}
    with serving(answers) as server:
        entries = "".join(
            f"<url><loc>{server.url.rstrip('/')}{path}</loc><lastmod>{day}</lastmod></url>"
            for path, day in days.items()
        )
        answers["/sitemap.xml"] = (200, {"Content-Type": "text/xml"}, f"<urlset>{entries}</urlset>".encode())
        answers["/"] = listing([])
        luutru("crawl", server.url, "--archive", str(tmp_path / "a"), "--since", since, "--workers", "1")
    assert len(articles(tmp_path / "a")) == (1 if since == "02/03/2022" else 2)
