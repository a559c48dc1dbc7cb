"""Portals without sitemap and feed are found whole through their lists, however those turn."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from listing_portals import Fragments, Grid, LoopBack, NextOnly, Numbered, Portal, Resources, WebForms, serving_portal

LUUTRU = str(Path(sys.executable).with_name("luutru"))
PORTALS = {
    "a pager of WebForms that knows its place": WebForms(),
    "a grid of WebForms": Grid(),
    "buttons of WebForms": NextOnly(),
    "fragments of vnPortal": Fragments(),
    "fragments of vnPortal in JSON": Fragments(wrapped=True),
    "resources of Liferay": Resources(),
    "pages of WebCenter that loop back": LoopBack(),
    "Drupal counts from zero": Numbered(base=0, beyond="empty"),
    "Joomla counts entries": Numbered(form="/index.php/{category}?start={page}", base=0, step=4, beyond="empty"),
    "NukeViet turns back beyond the end": Numbered(form="/{category}/page-{page}/", beyond="redirect"),
    "WordPress": Numbered(form="/{category}/page/{page}/"),
    "VHV": Numbered(form="/chuyen-muc-{category}-c12-{page}.html"),
    "Vietnamese parameters": Numbered(form="/{category}?trang={page}", gap=False, beyond="first"),
    "Liferay": Numbered(form="/{category}?p_p_id=tin_INSTANCE_a1&_tin_INSTANCE_a1_delta=5&_tin_INSTANCE_a1_cur={page}"),
    "SharePoint": Numbered(
        form="/{category}/Pages/ds.aspx?Paged=TRUE&p_ID=9{page}&PageFirstRow={page}", step=4, gap=False, beyond="empty"
    ),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Crawl all portals at once; return the addresses of the articles of each."""
    archive = tmp_path_factory.mktemp("archive")
    with ExitStack() as stack:
        urls = {name: stack.enter_context(serving_portal(portal)) for name, portal in PORTALS.items()}
        command = [LUUTRU, "crawl", *urls.values(), "--archive", str(archive), "--delay", "0", "--workers", "2"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(archive / "archive.db") as db:
        stored = [urlsplit(row[0]) for row in db.execute("SELECT url FROM articles")]
    return {
        name: [part.path + (f"?{part.query}" if part.query else "") for part in stored if part.netloc in url]
        for name, url in urls.items()
    }


@pytest.mark.parametrize("name", PORTALS)
def test_every_article_of_a_portal_is_found_once(name: str, found: dict[str, list[str]]) -> None:
    portal: Portal = PORTALS[name]
    assert set(found[name]) == portal.articles()
    assert len(found[name]) == len(set(found[name])), "stored twice"
    assert portal.refused == [], "only pagers may be asked by a form"
    assert len(portal.requests) <= 1.6 * portal.needed
