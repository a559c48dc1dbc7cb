"""The rows of the frontier that the links of a page become, and those of the further pages of its lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from archive.extract import Page
from archive.extract.page import Element
from crawler import discovery, urls
from crawler.analysis.job import Job
from crawler.discovery import Link, LinkKind, Post
from crawler.frontier import NewRow

__all__ = ["post_rows", "ranked", "rows_in_scope", "with_further"]

# Looked for one by one: a search for all of them at once takes a millisecond of a large page.
_PAGER_MARKS = (
    *(b"<select", b"location.", b"$.get", b"$.ajax"),
    *(b"data-url", b"data-href", b"data-link", b"data-next", b"data-page"),
)


def rows_in_scope(
    found: Iterable[tuple[str, int]], hosts: tuple[str, ...], drops: dict[str, int]
) -> tuple[NewRow, ...]:
    """Return the addresses in scope, each given with its rank, as rows of the frontier; the others are counted."""
    rows = [_row(url, rank) for url, rank in found]
    inside = {host for host in {row.host for row in rows} if urls.in_scope(f"http://{host}/", hosts)}
    kept = tuple(row for row in rows if row.host in inside)
    if len(kept) < len(rows):
        drops["out-of-scope"] = drops.get("out-of-scope", 0) + len(rows) - len(kept)
    return kept


@lru_cache(maxsize=1 << 15)
def _row(url: str, rank: int) -> NewRow:
    return NewRow(urls.page_key(url), url, urls.host_of(url), rank)


def ranked(found: Iterable[Link]) -> list[tuple[str, int]]:
    """Return the addresses of links, each with its rank."""
    return [(link.url, link.rank) for link in found]


def with_further(rows: tuple[NewRow, ...], page: Page, job: Job, drops: dict[str, int]) -> tuple[NewRow, ...]:
    """Return the links of a page with the further pages of its lists that no link leads to: by a form or a script.

    What a pager turns to stands where the pager stands: what is below it is no part of the list.
    """
    posts = discovery.postbacks(page, f"{job.key:x}") if b"PostBack" in job.body else []
    place = _place(rows, page, posts[-1].element) if posts else len(rows)
    return rows[:place] + post_rows(posts, job, drops) + rows[place:] + tuple(_scripted(page, job, drops))


def _place(rows: Sequence[NewRow], page: Page, pager: Element | None) -> int:
    """Return how many of the links stand above a pager."""
    above: set[str | None] = set()
    for anchor in page.tree.iter("a", "input", "button"):
        if anchor is pager:
            break
        above.add(urls.canonical(anchor.get("href") or "", page.base_url))
    return max((place for place, row in enumerate(rows, 1) if row.url in above), default=0)


def _scripted(page: Page, job: Job, drops: dict[str, int]) -> Iterator[NewRow]:
    body = job.body
    if b"DesktopModule/" in body:
        yield from post_rows(list(discovery.fragments(page)), job, drops)
    if b"p_p_lifecycle" in body:
        yield from rows_in_scope(ranked(discovery.resources(page)), job.hosts, drops)
    if any(mark in body for mark in _PAGER_MARKS):
        yield from rows_in_scope(ranked(discovery.pagers(page)), job.hosts, drops)


def post_rows(posts: Sequence[Post], job: Job, drops: dict[str, int]) -> tuple[NewRow, ...]:
    """Return the rows of pages that are posted for, none where one is out of scope."""
    rows = rows_in_scope([(post.url, LinkKind.PAGINATION.rank) for post in posts], job.hosts, drops)
    if len(rows) < len(posts):
        return ()
    return tuple(
        row._replace(key=urls.page_key(post.url, post.name), form=post.sent, state=post.state or None)
        for row, post in zip(rows, posts, strict=True)
    )
