"""What a crawl learns of a portal's addresses: patterns whose pages bring nothing, and parts that change nothing.

A pattern is judged by its pages, each counted once, when it is fetched for the first time. A page brings something if
its text is new, or if it leads to addresses of patterns that bring articles. Leading to what nobody knows yet, or
listing what this crawl has not seen listed, counts for a while. A pattern that has brought nothing for some pages in a
row is retired: its addresses stay in the frontier, set aside. A pattern that has brought an article never is.

A part of addresses (`?in=`, `/ban-in/`) is retired when pages with it say what the page without it says; a token
(`/1:H/`: letters and digits at that place of the path) when pages that differ in nothing else say the same.

What is retired is tried again now and then, and comes back with what was set aside when it brings a new text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from archive.records import PageKind
from crawler.discovery import LinkKind
from crawler.frontier import FrontierRow, NewRow
from crawler.learning.memory import Known, Lesson, Outcome, Tally
from crawler.learning.patterns import FOLDERS, forms, named_form, parts, pattern, same_name, stripped
from crawler.urls import page_key

__all__ = ["Learning"]

_SAMPLE_PAGES = 12  # before it is known what a pattern brings
# Twice the pages in a row that bring nothing, for each article that the pattern brought and one; a page that is not
# there counts half. So a pattern of articles is never retired, but for one that shows a few of them for ever.
_BARREN_MOST = 30
_BENEFIT_OF_DOUBT = 30  # pages that lead to unknown patterns only
_TWINS_LEAST = 3
_TRIED_EVERY = 25  # addresses that are set aside
_LOOKED_AT = 60  # new links of a page
_UNSHOWN_LEAST = 5
_FORMS_MOST = _SHOWN_MOST = 200_000
_TWINS_AN_ARTICLE = 20  # a part that brings an article now and then is retired when it mostly brings twins
_WORTH_NOTING = (1, 10, 100, 1_000, 10_000)  # articles
_WORD = re.compile(r"[a-z_]{1,20}")
_MISSING = frozenset((PageKind.ERROR, PageKind.SOFT_404, PageKind.HOME_REDIRECT, PageKind.REDIRECT))


class Learning:
    """Judges patterns by outcomes, and says which addresses are set aside. Its memory is bounded."""

    def __init__(self) -> None:
        self._portals: dict[str, Known] = {}
        self._samples: set[int] = set()  # keys that are fetched although their pattern is retired

    def recall(
        self, portal: str, known: Iterable[tuple[str, Tally]], fetched: Iterable[str], articles: Iterable[str]
    ) -> None:
        """Take in what earlier crawls learned, and where addresses are told apart by that those that they fetched."""
        state = self._portals.setdefault(portal, Known())
        for name, tally in known:
            state.tallies[name] = tally
            if tally.reason:
                state.retire(name, tally.reason)
        for url in fetched:
            state.forms.update(hash(form) for _, form in forms(url))
        state.named.update(hash(form) for url in articles if (form := named_form(url)))

    def sample(self, key: int) -> None:
        """Let this address pass although its pattern is retired."""
        self._samples.add(key)

    def brings_nothing(self, portal: str, part: str) -> bool:
        """Tell whether no page of the portal with that part has brought a new text. May be called from any thread."""
        tally = self._portals.setdefault(portal, Known()).tallies.get(part)
        return tally is None or not tally.articles

    def held_by(self, row: FrontierRow) -> str | None:
        """Return the retired pattern or part for which an address is set aside, None where it may be fetched.

        What was fetched before is not set aside, nor are entry points; lists that are turned have brakes of their own.
        """
        known = self._portals.setdefault(row.portal, Known())
        if row.rank == 0 or row.kind is not None or row.form is not None or row.key in self._samples:
            return None
        token = self._fetched_token(known, row)
        name = token if token in known.retired else None
        if name is None and FOLDERS in known.retired and self._is_named(known, row.url):
            name = FOLDERS
        if name is None and known.retired:
            name = next(iter(known.parts & parts(row.url)), None) if known.parts else None
            if name is None and row.rank != LinkKind.PAGINATION.rank:
                name = pattern(row.url)
        tally = known.retired.get(name) if name else None
        if tally is None or name is None:
            return None
        tally.held += 1
        times, rest = divmod(tally.held, _TRIED_EVERY)
        return name if rest or times & (times - 1) else None  # ever more rarely: a trap has addresses without end

    @staticmethod
    def _is_named(known: Known, url: str) -> bool:
        """Tell whether an article has that name in another folder."""
        form = named_form(url)
        return form is not None and hash(form) in known.named

    @staticmethod
    def _fetched_token(known: Known, row: FrontierRow) -> str | None:
        """Return the token but for which an address was handed out before, None where it is the first of its form."""
        found = forms(row.url)
        if not found or row.key in known.repeated:
            return known.repeated.get(row.key)
        if len(known.forms) > _FORMS_MOST:
            known.forms.clear()
            known.repeated.clear()
        repeated = next((part for part, form in found if hash(form) in known.forms), None)
        known.forms.update(hash(form) for _, form in found)
        known.repeated[row.key] = repeated
        return repeated

    def note(self, row: FrontierRow, outcome: Outcome) -> list[Lesson]:
        """Take in what an address brought; return what is to be remembered, mostly nothing."""
        if row.kind is not None or row.rank == 0 or row.form is not None or outcome.kind.is_refusal:
            return []
        known = self._portals.setdefault(row.portal, Known())
        if outcome.kind is PageKind.REDIRECT and outcome.links and same_name(row.url, outcome.links[0].url):
            outcome = replace(outcome, twin=FOLDERS)
        if outcome.twin is not None:
            if outcome.longer:  # it came first, and was taken for a new text
                self._take_back(known, outcome.longer)
            names = self._note_twin(known, outcome.twin, outcome.longer or row.url)
            if outcome.longer:
                names += self._note_text(known, row.url)
            learned = [Lesson(row.portal, name, known.tally(name)) for name in names]
            return learned if outcome.longer else learned + self._note_barren(known, row, outcome)
        token = known.repeated.pop(row.key, None)
        if outcome.is_new_text:
            tokens = [token] if token else []
            tokens += self._note_name(known, row.url)
            revived = {n for n in (pattern(row.url), *tokens, *parts(row.url)) if n in known.retired}
            names = self._note_text(known, row.url, *tokens)
            for name in revived:
                known.revive(name)
            return [Lesson(row.portal, name, known.tally(name), name in revived) for name in {*names, *revived}]
        turned = self._note_list(known, row, outcome) if outcome.kind is PageKind.LISTING else []
        return self._note_barren(known, row, outcome) + turned

    def _note_name(self, known: Known, url: str) -> list[str]:
        """Note the name of an article; return the part of folders where one has it in another, with another text."""
        again = [FOLDERS] if self._is_named(known, url) else []
        if len(known.named) > _FORMS_MOST:
            known.named.clear()
        if form := named_form(url):
            known.named.add(hash(form))
        return again

    @staticmethod
    def _note_text(known: Known, url: str, *tokens: str) -> list[str]:
        """Count a new text for the pattern and the parts of its address; return those that have their first.

        For a token only one counts that another token did not bring.
        """
        first = []
        for name in (pattern(url), *parts(url), *tokens):
            tally = known.tally(name)
            tally.pages += 1
            tally.articles += 1
            tally.barren = tally.doubtful = 0
            if tally.articles in _WORTH_NOTING:
                first.append(name)
        return first

    def _note_list(self, known: Known, row: FrontierRow, outcome: Outcome) -> list[Lesson]:
        """Count a listing for a part without which another one was read: a sorting shows nothing new, a filter may."""
        if len(known.lists) > _FORMS_MOST:
            known.lists.clear()
        known.lists.add(row.key)
        own = row.url.partition("?")[0]
        leads = any(link.rank == LinkKind.ARTICLE.rank or not link.url.startswith(own) for link in outcome.fresh)
        for part, rest in stripped(row.url) if "?" in row.url else ():
            if page_key(rest) not in known.lists or not _may_sort(row.url, part):
                continue
            if leads:
                known.tally(part).articles += 1
                return []
            return [Lesson(row.portal, name, known.tally(name)) for name in self._note_twin(known, part, row.url)]
        return []

    @staticmethod
    def _take_back(known: Known, url: str) -> None:
        for name in (pattern(url), *parts(url)):
            known.tally(name).articles -= known.tally(name).articles > 0

    @staticmethod
    def _note_twin(known: Known, part: str, url: str) -> list[str]:
        """Count a page that says what another says, and that was perhaps taken for a new text; return what retires."""
        tally = known.tally(part)
        tally.twins += 1
        tally.pages += 1
        tally.example = url
        least = max(1, _TWINS_LEAST - len(known.parts) // 2)  # who has some such parts has more of them
        if part in known.retired or tally.twins < max(least, _TWINS_AN_ARTICLE * tally.articles):
            return []
        is_other = part.endswith(("=H", ":H/")) or part == FOLDERS
        says = "that differ in nothing else say the same" if is_other else "with it say what those without it say"
        known.retire(part, f"{tally.twins} pages {says}")
        return [part]

    def _note_barren(self, known: Known, row: FrontierRow, outcome: Outcome) -> list[Lesson]:
        """Count a page without a new text: it may lead on, or be one too many of its pattern."""
        name = pattern(row.url)
        tally = known.tally(name)
        tally.pages += 1
        if row.rank == LinkKind.PAGINATION.rank or outcome.kind is PageKind.SHELL:  # a browser may say what is in it
            return []
        if self._leads_on(tally, name, outcome, known):
            return []
        tally.barren += 1 if outcome.kind in _MISSING else 2
        tally.example = row.url
        if tally.barren < _BARREN_MOST * (1 + tally.articles) or name in known.retired:
            return []
        known.retire(name, f"{tally.pages} pages brought no new text and led to nothing new")
        return [Lesson(row.portal, name, tally)]

    def _leads_on(self, tally: Tally, name: str, outcome: Outcome, known: Known) -> bool:
        """Tell whether a page leads to something; what may be something counts for some pages only."""
        is_doubtful = False
        for link in outcome.fresh[:_LOOKED_AT]:
            other = pattern(link.url)
            if other == name or other in known.retired or self._is_old(known, link.url):
                continue
            found = known.tallies.get(other)
            if link.rank == LinkKind.ATTACHMENT.rank or (found is not None and found.articles):
                tally.leads += 1
                tally.barren = tally.doubtful = 0
                return True
            is_doubtful = is_doubtful or found is None or found.pages < _SAMPLE_PAGES or found.leads > 0
        if outcome.kind is PageKind.LISTING and self._shows_more(outcome.links, known):
            return True
        tally.doubtful += is_doubtful
        return is_doubtful and tally.doubtful <= _BENEFIT_OF_DOUBT

    @staticmethod
    def _is_old(known: Known, url: str) -> bool:
        """Tell whether an address is new for its token alone."""
        return bool(known.parts) and any(
            part in known.retired and hash(form) in known.forms for part, form in forms(url)
        )

    @staticmethod
    def _shows_more(links: Sequence[NewRow], known: Known) -> bool:
        """Tell whether a list shows mostly articles that no page of this crawl showed: known ones, of a sitemap."""
        if len(known.shown) > _SHOWN_MOST:
            known.shown.clear()
        articles = {link.key for link in links if link.rank == LinkKind.ARTICLE.rank}
        unshown = articles - known.shown
        known.shown |= unshown
        return len(unshown) >= _UNSHOWN_LEAST and len(unshown) * 2 >= len(articles)


def _may_sort(url: str, part: str) -> bool:
    """Tell whether a parameter may say how a list is sorted: by a word. Numbers are pages, categories, years."""
    pairs = (pair.lower().partition("=") for pair in url.partition("?")[2].split("&"))
    return any(f"?{key}=" == part and _WORD.fullmatch(value) for key, _, value in pairs)
