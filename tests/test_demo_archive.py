"""The demo portals, crawled from the command line: the archive holds what their manifest says, and nothing else."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from archive.duplicates import clusters
from archive.store import Archive
from crawler.demo import ANY_FREE_PORTS, DemoArticle, Site, load_manifest, serve
from crawler.urls import canonical, page_key

BIN = Path(sys.executable).parent
MANIFEST = load_manifest()


@dataclass(frozen=True)
class Crawled:
    path: Path
    sites: Mapping[str, Site]
    rows: Mapping[str, sqlite3.Row]  # by id

    def row(self, article: DemoArticle) -> sqlite3.Row:
        """Return the archive's row of an article, at its own address or a twin's."""
        found = [
            self.rows[key]
            for path in (article.path, *article.twins)
            if (key := self.key(article.portal, path)) in self.rows
        ]
        assert len(found) == 1, f"{article.key}: stored {len(found)} times"
        return found[0]

    def key(self, portal: str, path: str) -> str:
        url = canonical(path, self.sites[portal].url)
        assert url
        return f"{page_key(url) & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def crawl(path: Path, sites: Mapping[str, Site]) -> list[dict[str, int]]:
    urls = [site.url for site in sites.values()]
    command = [BIN / "luutru", "crawl", *urls, "--archive", path, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    path = tmp_path_factory.mktemp("demo") / "archive"
    with serve(ANY_FREE_PORTS) as sites:
        crawl(path, sites)
        with Archive.open(path) as archive:
            rows = {row["id"]: row for row in archive.db.execute("SELECT * FROM articles")}
        yield Crawled(path, sites, rows)


@pytest.mark.parametrize("field", ["title", "lead", "text", "published_at", "author", "source"])
def test_every_article_is_as_the_manifest_has_it(crawled: Crawled, field: str) -> None:
    wrong = {
        article.key: (crawled.row(article)[field], getattr(article, field))
        for article in MANIFEST.articles.values()
        if crawled.row(article)[field] != getattr(article, field)
    }
    assert wrong == {}


def test_nothing_else_became_an_article(crawled: Crawled) -> None:
    expected = {crawled.row(article)["id"] for article in MANIFEST.articles.values()}
    assert {row["url"] for key, row in crawled.rows.items() if key not in expected} == set()


def test_copies_share_a_cluster_and_nothing_else_does(crawled: Crawled) -> None:
    articles = MANIFEST.articles
    groups = {key: {key} for key in articles}
    for relation in MANIFEST.relations:
        if relation.kind != "series":
            joined = groups[relation.original] | groups[relation.copy]
            for key in joined:
                groups[key] = joined
    cluster = {key: crawled.row(article)["cluster_id"] for key, article in articles.items()}
    for a, b in combinations(articles, 2):
        assert (cluster[a] == cluster[b]) == (b in groups[a]), (a, b)


def test_every_relation_has_its_evidence(crawled: Crawled) -> None:
    with Archive.open(crawled.path) as archive:
        links = {
            (frozenset((link.a.url, link.b.url)), str(link.kind))
            for cluster in clusters(archive.db)
            for link in (*cluster.links, *cluster.series)
        }
        documents = {row["url"]: row["document_id"] for row in crawled.rows.values()}
    for relation in MANIFEST.relations:
        original, copy = (crawled.row(MANIFEST.articles[key])["url"] for key in (relation.original, relation.copy))
        same_text = documents[original] == documents[copy]
        assert same_text or (frozenset((original, copy)), relation.kind) in links, relation
        assert not (same_text and relation.kind != "exact"), relation


def test_the_earliest_publication_represents_its_cluster(crawled: Crawled) -> None:
    for row in crawled.rows.values():
        members = [other for other in crawled.rows.values() if other["cluster_id"] == row["cluster_id"]]
        kept = [member for member in members if member["is_representative"]]
        assert len(kept) == 1
        assert kept[0]["id"] == row["cluster_id"]
        dates = [member["published_at"][:10] for member in members if member["published_at"]]
        assert not dates or kept[0]["published_at"][:10] == min(dates)


def test_twins_and_what_robots_txt_forbids_were_not_fetched(crawled: Crawled) -> None:
    targets = {portal: [hit.target for hit in site.hits] for portal, site in crawled.sites.items()}
    assert not [t for t in targets["so-lamkhe"] if t.startswith("/noi-bo/")]
    assert not [t for t in targets["bo-cdnt"] if t.startswith("/vn/in-tin/")]
    assert not [
        t
        for t in targets["mocgiang"]
        if any(part in t for part in ("/print/", "/savefile/", "/sendmail/", "nv_redirect"))
    ]
    assert all(targets[portal][0] == "/robots.txt" for portal in targets)
    assert all(hit.user_agent.startswith("luutru/") for site in crawled.sites.values() for hit in site.hits)


def test_a_second_crawl_fetches_next_to_nothing_and_adds_nothing(crawled: Crawled) -> None:
    before = sum(len(site.hits) for site in crawled.sites.values())
    counts = crawl(crawled.path, crawled.sites)
    assert sum(count["articles"] + count["changed"] for count in counts) == 0
    assert sum(len(site.hits) for site in crawled.sites.values()) - before <= before * 0.15


def test_warc_files_and_database_agree(crawled: Crawled) -> None:
    subprocess.run([BIN / "luutru", "verify", "--archive", crawled.path], check=True, capture_output=True)
    files = sorted((crawled.path / "warc").glob("*.warc.gz"))
    assert files
    subprocess.run([BIN / "warcio", "check", *files], check=True, capture_output=True)
