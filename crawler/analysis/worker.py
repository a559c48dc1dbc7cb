"""What a worker process does with a page: parse once, then links, article and fingerprint from the one tree.

Pure: bytes in, values out; no database, no network, no Scrapy.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import count

from archive import attachments, duplicates, extract
from archive.chrome import Learned
from archive.chrome.model import version
from archive.errors import PageError
from archive.extract import Page
from archive.records import Extraction, PageKind
from crawler import discovery, urls
from crawler.analysis.face import face
from crawler.analysis.job import Analysis, Job
from crawler.analysis.turning import post_rows, ranked, rows_in_scope, with_further
from crawler.discovery import Link, LinkKind, kind_of
from crawler.frontier import NewRow

__all__ = ["analyse", "analyse_batch", "broken"]

_START = 2_000  # bytes in which a page says that it is one
_BATCHES_A_CLEARING = 64  # a page leaves next to no cycles behind
_batches = count()
_SITEMAPS_DEEP = 3  # sitemaps in sitemaps; the protocol has one level


def analyse_batch(jobs: Sequence[Job]) -> list[Analysis]:
    """Return the analysis of each job, in order; a page that cannot be analysed is `broken` with its reason."""
    analyses = [_analyse_safely(job) for job in jobs]
    if not gc.isenabled() and next(_batches) % _BATCHES_A_CLEARING == 0:
        gc.collect()
    return analyses


def _analyse_safely(job: Job) -> Analysis:
    try:
        return analyse(job)
    except PageError as error:
        return broken(error.account)
    except RecursionError:
        return broken("nested too deeply")
    except Exception as error:  # noqa: BLE001 whatever a page does to us, it must stop no other
        return broken(f"{type(error).__name__}: {error}")


def broken(reason: str) -> Analysis:
    """Return the analysis of a page that could not be analysed; its capture is kept."""
    return Analysis(Extraction(PageKind.BROKEN, reason=reason))


def analyse(job: Job) -> Analysis:
    """Return the analysis of one page; raises PageError when it cannot be parsed."""
    is_plain_html = job.body[:64].lstrip().lower().startswith((b"<!doctype html", b"<html"))
    sniffed = None if is_plain_html else discovery.is_feed_or_sitemap(job.body, job.content_type)
    if sniffed == "sitemap":
        return _sitemap(job)
    if sniffed == "feed":
        return _feed(job)
    if job.form is not None or discovery.is_json(job.body, job.content_type) or _is_part(job):
        return _answer(job)
    if not discovery.is_html(job.body, job.content_type):
        return _attachment(job)
    page = extract.parse(job.body, job.url, job.content_type)
    extraction = extract.extract(
        page,
        captured_at=job.captured_at,
        explained=False,
        learned=Learned.decode(job.learned),
        observes=job.observes,
    )
    extraction = replace(extraction, learned=version(job.learned)) if job.learned else extraction
    if job.is_again:
        return _again(page, job, extraction)
    found = discovery.links(page, job.language, has_clicks=b"onclick" in job.body)
    if extraction.article and urls.refusal(job.url, job.language) == "savefile":  # asked for as a file of the article
        extraction = _FILE_OF_ARTICLE
    article = extraction.article
    if extraction.kind is PageKind.SPAM:  # it leads to more of its kind
        return Analysis(extraction, drops={"spam": len(found.links)} if found.links else {})
    drops = dict(found.refused)
    followed = [(link.url, link.rank) for link in found.links if job.is_entry or link.kind is not LinkKind.FEED]
    if len(followed) < len(found.links):
        drops["feed of a part"] = len(found.links) - len(followed)
    if job.is_entry and (feed := discovery.usual_feed(page, found.links)):
        followed.append((feed.url, feed.rank))
    if extraction.attachments:
        extraction, files = _attached(extraction, job.hosts, drops)
        followed += [file for file in files if file not in followed]
    rows = rows_in_scope(followed, job.hosts, drops)
    return Analysis(
        extraction,
        fingerprint=duplicates.fingerprint(article.text) if article else None,
        canonical_key=_canonical_key(job.url, found.canonical_url),
        links=rows if article else with_further(rows, page, job, drops),
        drops=drops,
        face=face(page, article, found.links),
    )


def _is_part(job: Job) -> bool:
    """Tell whether this is what a script puts into a list, and no page."""
    if not job.is_further:
        return False
    start = job.body[:_START].lower()
    is_text = start.strip().startswith(b"<") or not start.strip()
    return is_text and not any(mark in start for mark in (b"<html", b"<body", b"<!doctype", b"<head"))


_FILE_OF_ARTICLE = Extraction(PageKind.ALIAS, reason="an article at the address of a file")


def _again(page: Page, job: Job, extraction: Extraction) -> Analysis:
    """Return the analysis of a page that was analysed before: what it says, without where it leads."""
    article = extraction.article
    if article is None:
        return Analysis(extraction)
    if urls.refusal(job.url, job.language) == "savefile":
        return Analysis(_FILE_OF_ARTICLE)
    keyed, _ = _attached(extraction, job.hosts, {})
    canonical_key = _canonical_key(job.url, discovery.own_address(page, job.language))
    return Analysis(keyed, fingerprint=duplicates.fingerprint(article.text), canonical_key=canonical_key)


def _attachment(job: Job) -> Analysis:
    """Return the analysis of a document, or of any other file."""
    found = attachments.read(job.body, job.url, job.content_type)
    reason = found.reason if found else job.content_type or "no HTML"
    return Analysis(Extraction(PageKind.ATTACHMENT, reason=reason or "", attachment=found))


def _attached(
    extraction: Extraction, hosts: tuple[str, ...], drops: dict[str, int]
) -> tuple[Extraction, list[tuple[str, int]]]:
    """Return the extraction with the keys of its attachments, and those to be fetched with their rank.

    They are fetched although their address may look like another form of the article: "?download=1&id=0".
    """
    keyed, files = [], []
    for attachment in extraction.attachments:
        if url := urls.canonical(attachment.url):
            keyed.append(replace(attachment, url=url, key=urls.page_key(url)))
            reason = urls.refusal(url)
            if urls.in_scope(url, hosts) and reason in (None, "savefile"):
                files.append((url, LinkKind.ATTACHMENT.rank))
                if reason is not None and drops.get(reason):
                    drops[reason] -= 1
    return replace(extraction, attachments=tuple(keyed)), files


def _answer(job: Job) -> Analysis:
    """Return the analysis of what a form or a script of a list is answered with: a page of that list."""
    if not job.body.strip():  # behind the last page
        return Analysis(Extraction(PageKind.LISTING))
    page = extract.parse(discovery.as_html(job.body), job.url, job.content_type)
    found = discovery.links(page, job.language)
    listed = (*found.links, *discovery.further_pages(job.body, job.url))
    drops = dict(found.refused)
    rows = with_further(rows_in_scope(ranked(listed), job.hosts, drops), page, job, drops)
    if job.form is None:
        rows += rows_in_scope(ranked(discovery.following(job.url, _entries(found.links))), job.hosts, drops)
    elif post := discovery.next_fragment(job.url, job.form, _entries(found.links)):
        rows += post_rows([post], job, drops)
    return Analysis(Extraction(PageKind.LISTING), links=rows, drops=drops, face=face(page, None, listed))


def _entries(found: Iterable[Link]) -> int:
    return sum(link.kind is not LinkKind.PAGINATION for link in found)


def _sitemap(job: Job) -> Analysis:
    sitemap = discovery.parse_sitemap(job.body, job.url)
    drops: dict[str, int] = {}
    further: tuple[NewRow, ...] = ()
    if job.hops < _SITEMAPS_DEEP:
        found = [(url, LinkKind.SITEMAP.rank) for url in sitemap.sitemaps]
        further = tuple(row._replace(hops=job.hops + 1) for row in rows_in_scope(found, job.hosts, drops))
    elif sitemap.sitemaps:
        drops["sitemap-depth"] = len(sitemap.sitemaps)
    dated = {url: _moment(text) for url, text in sitemap.pages}
    rows = rows_in_scope(_dated(dated.items(), job, drops), job.hosts, drops)
    return Analysis(Extraction(PageKind.SITEMAP), links=further + rows, listed=_listed(rows, dated), drops=drops)


def _feed(job: Job) -> Analysis:
    drops: dict[str, int] = {}
    entries = discovery.parse_feed(job.body, job.url)
    dated = {entry.url: _moment(entry.updated or entry.published) for entry in entries}
    links = rows_in_scope(_dated(dated.items(), job, drops), job.hosts, drops)
    return Analysis(Extraction(PageKind.FEED), links=links, listed=_listed(links, dated), drops=drops)


def _listed(rows: Iterable[NewRow], dated: Mapping[str, datetime | None]) -> tuple[tuple[int, int], ...]:
    return tuple((row.key, int(at.timestamp()) if (at := dated[row.url]) else 0) for row in rows)


def _dated(dated: Iterable[tuple[str, datetime | None]], job: Job, drops: dict[str, int]) -> list[tuple[str, int]]:
    """Return the addresses that are to be followed, with their ranks; those older than `since` are counted as drops."""
    found, since = [], job.since
    for url, at in dated:
        reason = "before --since" if since and at and at < since else urls.refusal(url, job.language)
        if reason is None:
            found.append((url, kind_of(url).rank))
        else:
            drops[reason] = drops.get(reason, 0) + 1
    return found


def _moment(text: str | None) -> datetime | None:
    """Return an ISO date or time as an aware moment; a day begins at midnight in Vietnam."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return moment.replace(tzinfo=_VIETNAM) if moment and moment.tzinfo is None else moment


def _canonical_key(url: str, canonical: str | None) -> int | None:
    """Return the key of the page that this one names as its canonical, None where that is the page itself."""
    if canonical is None:
        return None
    key = urls.page_key(canonical)
    return key if key != urls.page_key(url) else None


_VIETNAM = timezone(timedelta(hours=7))
