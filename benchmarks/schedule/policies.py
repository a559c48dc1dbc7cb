"""What the archive knows of a portal through the year, and what that costs, under each way of coming back."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.records import PageKind
from benchmarks.schedule.world import DAY, END, HOUR, Article, Portal
from crawler.returning import schedule

__all__ = ["Run", "fixed", "scheduled"]

SHOWN = 10  # articles on a page of a listing
FED = 30  # articles in a feed
LISTED = 1_000  # newest articles of a portal that are looked at for news: more than ever come between two looks
NIGHT_S = 2 * HOUR  # when a fixed crawl begins


@dataclass(slots=True)
class Run:
    """One way of coming back to one portal.

    `requests`: a count for each day; `seen`: (article, version) → when the archive got it; `gone`: article → when the
    archive noted that it is no more.
    """

    requests: list[int] = field(default_factory=lambda: [0] * 366)
    seen: dict[tuple[int, int], float] = field(default_factory=dict)
    gone: dict[int, float] = field(default_factory=dict)


def fixed(articles: list[Article], portal: Portal, every_s: int, *, only_news: bool = False) -> Run:
    """Return a run that fetches the whole portal at fixed times; `only_news`: known articles are never asked again."""
    run = Run()
    known: set[int] = set()
    for at in range(NIGHT_S, END, every_s):
        count = 0
        for number, article in enumerate(articles):
            if not article.is_live(at):
                if number in known and not only_news:
                    run.gone.setdefault(number, at)
                continue
            count += 1
            if number not in known or not only_news:
                run.requests[at // DAY] += 1
                run.seen.setdefault((number, article.version(at)), at)
                known.add(number)
        run.requests[at // DAY] += portal.heads if only_news else portal.heads + count // SHOWN
    return run


def scheduled(articles: list[Article], portal: Portal) -> Run:
    """Return a run of `luutru schedule` with a round every hour, after a whole crawl before the year began."""
    return _Scheduled(articles, portal).run()


@dataclass(slots=True)
class _Page:
    """A page that comes back: its kind, its number among those of its kind, and how it was scheduled."""

    kind: PageKind
    number: int
    interval_s: int
    looked_at: float
    is_further: bool = False
    version: int = 0
    missing: int = 0


class _Scheduled:
    def __init__(self, articles: list[Article], portal: Portal) -> None:
        self._articles, self._portal, self._run = articles, portal, Run()
        self._pages: dict[int, _Page] = {}  # of articles
        self._due: list[tuple[float, int, _Page]] = []
        self._order = 0
        self._published = 0  # articles in the order of publication, up to here they are out

    def run(self) -> Run:
        """Return what became of the year."""
        self._begin()
        for hour in range(END // HOUR):
            self._round(hour * HOUR)
        return self._run

    def _begin(self) -> None:
        """Put on the agenda what the first crawl, in the night before the year, left there."""
        kinds = [(PageKind.LISTING, portal_head) for portal_head in range(-1, self._portal.heads)]  # -1: the home page
        if self._portal.told_by:
            kinds.append((PageKind(self._portal.told_by), 0))
        for kind, number in kinds:
            self._enter(_Page(kind, number, schedule.bounds(kind).first_s, 0.0))
        further = schedule.bounds(PageKind.LISTING, is_further=True).first_s
        for number in range(self._portal.old // SHOWN):
            self._enter(_Page(PageKind.LISTING, number, further, 0.0, is_further=True))
        while self._published < len(self._articles) and self._articles[self._published].published_at < 0:
            self._first_look(self._published, 0.0)
            self._published += 1

    def _enter(self, page: _Page) -> None:
        self._order += 1
        wait_s = schedule.due_after(page.interval_s, self._order * 0x9E3779B1)
        heapq.heappush(self._due, (page.looked_at + wait_s, self._order, page))

    def _round(self, now: float) -> None:
        while self._published < len(self._articles) and self._articles[self._published].published_at <= now:
            self._published += 1
        while self._due and self._due[0][0] <= now:
            self._look(heapq.heappop(self._due)[2], now)

    def _look(self, page: _Page, now: float) -> None:
        self._run.requests[int(now // DAY)] += 1
        if page.kind is PageKind.ARTICLE:
            self._look_at_article(page, now)
            return
        changed = False
        if not page.is_further:
            for number in list(self._news(page, now)):
                changed = True
                self._first_look(number, now)
                self._run.requests[int(now // DAY)] += 1
            for number in list(self._hints(page, now)):
                changed = True
                self._run.requests[int(now // DAY)] += 1
                self._look_at_article(self._pages[number], now, told=True)
        limits = schedule.bounds(page.kind, is_further=page.is_further)
        elapsed_s = int(now - page.looked_at)
        page.interval_s = schedule.next_interval(limits, page.interval_s, elapsed_s, changed=changed)
        page.looked_at = now
        self._enter(page)

    def _news(self, page: _Page, now: float) -> Iterator[int]:
        """Yield the articles that are new on a page, and on the further pages that they go on to."""
        on_page, most = 0, FED if page.kind is PageKind.FEED else SHOWN
        for number in range(self._published - 1, max(-1, self._published - 1 - LISTED), -1):
            article = self._articles[number]
            if not article.is_live(now) or (page.kind is PageKind.LISTING and page.number not in (-1, article.head)):
                continue
            on_page += 1
            is_new = number not in self._pages
            if is_new:
                yield number
            if page.kind is not PageKind.SITEMAP and on_page == most:
                if page.kind is PageKind.FEED or not is_new:
                    return
                self._run.requests[int(now // DAY)] += 1  # it ends with news: the next page is asked
                on_page = 0

    def _hints(self, page: _Page, now: float) -> Iterator[int]:
        """Yield the known articles that a sitemap or feed says have changed since it was read."""
        if page.kind is PageKind.LISTING:
            return
        count = FED if page.kind is PageKind.FEED else self._published
        for number in range(self._published - 1, max(-1, self._published - 1 - count), -1):
            known, article = self._pages.get(number), self._articles[number]
            if known is None or known.missing > 1:
                continue
            vanished = page.kind is PageKind.SITEMAP and not article.is_live(now)
            if vanished:
                known.missing = 1
            if vanished or any(page.looked_at < change <= now for change in article.changes):
                yield number

    def _first_look(self, number: int, now: float) -> None:
        article = self._articles[number]
        limits = schedule.bounds(PageKind.ARTICLE)
        interval_s = schedule.first_interval(PageKind.ARTICLE, limits, now - article.published_at)
        page = _Page(PageKind.ARTICLE, number, interval_s, now, version=article.version(now))
        self._pages[number] = page
        self._run.seen.setdefault((number, page.version), now)
        self._enter(page)

    def _look_at_article(self, page: _Page, now: float, *, told: bool = False) -> None:
        article = self._articles[page.number]
        if not article.is_live(now):
            page.missing += 1
            if page.missing > 1:
                self._run.gone.setdefault(page.number, now)
            else:
                page.looked_at, page.interval_s = now, schedule.CONFIRM_S
                self._enter(page)
            return
        version = article.version(now)
        self._run.seen.setdefault((page.number, version), now)
        limits, elapsed_s = schedule.bounds(PageKind.ARTICLE), int(now - page.looked_at)
        page.interval_s = schedule.next_interval(limits, page.interval_s, elapsed_s, changed=version != page.version)
        page.looked_at, page.version = now, version
        if not told:  # else its turn by the clock is still on the agenda
            self._enter(page)
