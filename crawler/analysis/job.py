"""What a worker process is given of a page, and what it returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from archive.chrome import Observes
from archive.records import Extraction, Fingerprint, PageKind, Rendered
from crawler.analysis.face import Face
from crawler.frontier import NewRow

__all__ = ["Analysis", "Job"]


@dataclass(frozen=True, slots=True)
class Job:
    """A page to be analysed: the body with its Content-Encoding undone, and the portal's scope.

    `is_entry`: it is an entry point of the portal. Only there feeds are followed: a blog names one on every page.
    `language`: the foreign language that the portal's own address is in, whose links are followed then.
    `hops`: how many sitemaps or redirects led to it. `key`: of the page; `form`: the fields that were posted for it.
    `is_further`: it is a further page of a listing.
    `learned`: what is known of the portal's chrome, encoded; `observes`: whether the page is to tell more of it.
    `is_again`: it was analysed before, and only what it says is wanted.
    """

    url: str
    body: bytes
    content_type: str | None
    captured_at: datetime
    hosts: tuple[str, ...]
    since: datetime | None = None
    is_entry: bool = True
    language: str = ""
    hops: int = 0
    key: int = 0
    form: str | None = None
    is_further: bool = False
    learned: bytes = b""
    observes: Observes = Observes.NO
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """What a page is, says and links to.

    `listed`: keys of the pages of a sitemap or feed, each with the Unix time at which it says they changed, or 0.
    `drops`: links that are not followed, counted by reason. `face`: what the page shows.
    `rendered`: what a browser made of the page, if that is what was analysed. `needs_browser`: the payload alone does
    not say what the page says, so that an unchanged payload means nothing.
    """

    extraction: Extraction
    fingerprint: Fingerprint | None = None
    canonical_key: int | None = None
    links: tuple[NewRow, ...] = ()
    listed: tuple[tuple[int, int], ...] = ()
    drops: dict[str, int] = field(default_factory=dict)
    face: Face | None = None
    rendered: Rendered | None = None
    needs_browser: bool = False

    @property
    def kind(self) -> PageKind:
        """What the page is."""
        return self.extraction.kind
