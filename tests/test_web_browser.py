"""The web interface in a real browser: by mouse, keyboard and phone, in both languages; what axe-core says of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import web_archive
from archive_builder import page_id
from loopback import Server, serving
from sample_archive import BACKAN
from web_archive import CHANGED_ID, FILE, HOSTILE_ID, HOSTILE_TITLE, served

from archive.errors import CrawlError
from crawler.rendering import browser_path

try:
    CHROMIUM = browser_path()
except CrawlError as reason:
    pytest.skip(str(reason), allow_module_level=True)

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

expect.set_options(timeout=60_000)

EQUALITY_ID = page_id(f"{BACKAN}/binh-dang-gioi")
PHONE = {"width": 360, "height": 740}
PAGES = {
    "home": "/",
    "results": "/search?q=binh+dang+gioi&copies=1",
    "browsing": "/search?since=2022",
    "wrong query": "/search?q=%22abc",
    "article": f"/article/{EQUALITY_ID}",
    "hostile article": f"/article/{HOSTILE_ID}",
    "history": f"/article/{CHANGED_ID}/history",
    "removed": f"/article/{EQUALITY_ID}/removed",
    "cluster": f"/cluster/{EQUALITY_ID}",
    "file": f"/file/{page_id(FILE)}",
    "portal": "/portal/laocai",
    "catalogue": "/portals",
    "catalogue before": "/portals?view=before",
    "about": "/about",
    "missing": "/khong-co",
}

DATA = {
    "data": "/archive",
    "table": "/archive/articles?portal=backan",
    "row": "/archive/documents/1",
    "sql": "/archive?sql=select+:x",
    "data in English": "/archive/portals?lang=en",
}


@dataclass
class Site:
    """The interface in a browser; `outside` is a server that captured pages refer to."""

    browser: Browser
    url: str
    outside: Server
    problems: list[str] = field(default_factory=list)

    def open(self, path: str, **context: Any) -> Page:
        """Return a page in a context of its own; what its console complains of is kept."""
        page = self.browser.new_context(base_url=self.url, **context).new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self._note(message.text))
        page.goto(path)
        return page

    def _note(self, text: str) -> None:
        if "status of 404" not in text and "status of 400" not in text:
            self.problems.append(text)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with serving({"/": "bên ngoài"}) as outside, sync_playwright() as playwright:
        path = web_archive.build(tmp_path_factory.mktemp("web") / "archive", outside.url)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=not is_root)
        with served(path) as url:
            yield Site(browser, url, outside)
        browser.close()


@pytest.fixture
def site(running: Site) -> Iterator[Site]:
    running.problems.clear()
    yield running
    for context in running.browser.contexts:
        context.close()
    assert running.problems == []
    assert running.outside.paths == []


@pytest.mark.parametrize("typed", ["binh dang gioi", "bình đẳng giới"])
def test_from_the_search_box_to_the_copies(site: Site, typed: str) -> None:
    page = site.open("/")
    page.get_by_role("searchbox").fill(typed)
    page.get_by_role("searchbox").press("Enter")
    hit = page.get_by_role("link", name="Triển khai kế hoạch bình đẳng giới")
    expect(hit).to_have_count(1)
    expect(page.locator(".snippet mark").first).to_have_text("bình đẳng giới")
    hit.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Triển khai kế hoạch bình đẳng giới")
    expect(page.locator("article .text")).to_contain_text("Sáng ngày 5 tháng 10")
    page.get_by_role("link", name="Có 2 bản sao khác").click()
    page.get_by_role("link", name="so với").click()
    expect(page.locator(".side ins")).to_have_text("mốt")


def test_history_and_what_was_removed(site: Site) -> None:
    page = site.open(f"/article/{CHANGED_ID}")
    page.get_by_role("link", name="2 phiên bản").click()
    expect(page.locator(".diff del").first).to_have_text("năm")
    expect(page.locator(".diff ins").first).to_have_text("bốn")
    page.get_by_role("link", name="← Bài viết").click()
    page.get_by_role("link", name="Xem từng khối và lý do").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phần đã lược bỏ")


def test_an_attachment_is_found_and_read(site: Site) -> None:
    page = site.open("/search?q=tram+bom+so+ba")
    page.get_by_role("link", name="ke-hoach.pdf").click()
    expect(page.locator(".text")).to_contain_text("Trạm bơm số ba")
    page.get_by_role("link", name="Lịch cấp nước sạch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lịch cấp nước sạch")


def test_the_language_stays_switched(site: Site) -> None:
    page = site.open("/search?q=duong")
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Search")).to_be_visible()
    assert "q=duong" in page.url
    page.get_by_role("link", name="About", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="Tiếng Việt").click()
    expect(page.locator("html")).to_have_attribute("lang", "vi")


def test_a_title_that_holds_a_script_is_text(site: Site) -> None:
    page = site.open(f"/article/{HOSTILE_ID}")
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE_TITLE)
    assert page.title() == f"{HOSTILE_TITLE} – lưu trữ"
    page = site.open("/search?q=ban+tin+sang")
    expect(page.locator(".hits h2")).to_have_text(HOSTILE_TITLE)


def test_the_captured_page_runs_nothing_and_asks_nobody(site: Site) -> None:
    page = site.open(f"/article/{HOSTILE_ID}")
    page.get_by_text("Mở trang như đã chụp").click()
    frame = page.frame_locator(".captured iframe")
    expect(frame.get_by_text("Bản tin sáng nay của xã.")).to_be_visible()
    expect(frame.locator("body")).to_have_css("color", "rgb(1, 2, 3)")
    frame.get_by_role("button", name="Gửi").click()
    frame.get_by_role("link", name="đi").click()
    page.wait_for_load_state("networkidle")
    assert page.url.endswith(HOSTILE_ID)
    assert page.title() == f"{HOSTILE_TITLE} – lưu trữ"
    assert site.problems
    site.problems.clear()  # the browser says what it refused, as it should


def test_datasette_works_under_the_policy(site: Site) -> None:
    page = site.open("/archive/portals")
    page.locator("th.col-province_before .dropdown-menu-icon").click()
    page.get_by_text("Đếm theo cột này").click()
    expect(page.locator(".facet-info")).to_contain_text("Bắc Kạn")
    page.get_by_role("link", name="English").click()
    expect(page.locator(".facet-info")).to_contain_text("Bắc Kạn")
    page.locator("th.col-province_before .dropdown-menu-icon").click()
    expect(page.get_by_text("Sort descending")).to_be_visible()


def test_what_the_data_pages_say_in_scripts_is_in_one_language(site: Site) -> None:
    page = site.open("/archive/portals")
    page.locator("th.col-url .dropdown-menu-icon").click()
    menu = page.locator(".dropdown-menu").filter(visible=True)
    expect(menu).to_contain_text("Xếp giảm dần")
    said = menu.inner_text()
    assert not re.search(r"Sort|Facet|Hide|Show|Type", said), said


def test_by_keyboard_alone(site: Site) -> None:
    page = site.open("/search?q=binh+dang+gioi")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Đến nội dung")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    seen = []
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.textContent.trim()"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", seen[-1]
        if seen[-1].startswith("Triển khai"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Triển khai kế hoạch bình đẳng giới")


@pytest.mark.parametrize("path", PAGES.values(), ids=PAGES)
def test_on_a_phone_nothing_is_cut_off(site: Site, path: str) -> None:
    page = site.open(path, viewport=PHONE, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    cut = """[...document.querySelectorAll('main *')].filter(one => {
        const box = one.getBoundingClientRect()
        return box.width && box.right > innerWidth + 1 && !one.closest('.scroll, .away') && !one.matches('.away')
    }).map(one => one.outerHTML.slice(0, 80))"""
    assert page.evaluate(cut) == []


@pytest.mark.parametrize("path", (PAGES | DATA).values(), ids=PAGES | DATA)
def test_axe_finds_nothing_serious(site: Site, path: str) -> None:
    page = site.open(path)
    page.evaluate("document.querySelectorAll('details:not(.captured)').forEach(one => one.open = true)")
    found = Axe().run(page).response["violations"]
    page.emulate_media(color_scheme="dark")
    colours = {"runOnly": ["color-contrast"]}
    found += Axe().run(page, options=colours).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious] == []
