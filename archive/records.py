"""The records that flow through the archive, one a station: Capture → Extraction, Fingerprint → what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.chrome.observe import Observation

__all__ = [
    "Article",
    "Attachment",
    "AttachmentText",
    "Capture",
    "Extraction",
    "Fingerprint",
    "PageKind",
    "Removal",
    "Rendered",
]


class PageKind(StrEnum):
    """What a captured page is. Only articles become articles."""

    ARTICLE = "article"
    LISTING = "listing"  # a category, home, search or pagination page
    OTHER = "other"  # a page with content of its own that is no article (contact form, gallery, login)
    FEED = "feed"  # RSS or Atom
    SITEMAP = "sitemap"
    ROBOTS = "robots"
    REDIRECT = "redirect"
    ATTACHMENT = "attachment"  # anything that is no HTML and no feed
    SOFT_404 = "soft404"  # says 200 and means 404
    HOME_REDIRECT = "home-redirect"  # an address that is no more, sent to the home page
    ERROR = "error"  # any other status ≥ 400
    CHALLENGE = "challenge"  # wants a browser to prove itself: a cookie set by script, a captcha
    BLOCKED = "blocked"  # a firewall's refusal
    MAINTENANCE = "maintenance"  # closed for now
    SHELL = "shell"  # little text: scripts would fill it in
    SPAM = "spam"  # injected advertising for gambling; kept apart, never an article
    ALIAS = "alias"  # the same article as another page, which it names as its canonical or whose address it adds to
    EMPTY = "empty"  # no text
    BROKEN = "broken"  # could not be parsed or analysed; the capture is kept

    @property
    def is_missing(self) -> bool:
        """Whether the server says in its way that there is no such page."""
        return self in (PageKind.SOFT_404, PageKind.HOME_REDIRECT)

    @property
    def is_refusal(self) -> bool:
        """Whether the server would not show the page for now: nothing is known of the page, it is asked later."""
        return self in (PageKind.CHALLENGE, PageKind.BLOCKED, PageKind.MAINTENANCE)


@dataclass(frozen=True, slots=True)
class Capture:
    """One fetch of one URL at one time, as it came over the wire.

    `body` is the payload after de-chunking and before any Content-Encoding is undone; `captured_at` is aware.
    `http_version` is empty for what another tool stored without an HTTP message, `request_method` where the request is
    not known. `certificate`: what was wrong with the server's certificate; None where it is trusted, or there is none.
    """

    requested_url: str
    responded_url: str
    captured_at: datetime
    http_status: int
    http_reason: str
    http_version: str  # "1.1"
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request_headers: tuple[tuple[str, str], ...] = ()
    request_method: str = "GET"
    request_body: bytes = b""
    ip_address: str | None = None
    certificate: str | None = None

    def header(self, name: str) -> str | None:
        """Return the first header of that name (case-insensitive), or None."""
        name = name.lower()
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a browser made of a captured page by running its scripts: HTML in UTF-8; `rendered_at` is aware."""

    html: bytes
    rendered_at: datetime


@dataclass(frozen=True, slots=True)
class Removal:
    """A block that was left out of an article's text, and why.

    `reason` is a short stable word: `repeat`, `related`, `counter`, `share`, `nav`, `comment`, `rating`, `caption`,
    `byline`, `date`, `title`, … (the kinds of the lexicon, or the rule that fired). `where` names the place in the
    page (a CSS-like path) and may be empty. Where only counts are wanted `text` and `where` are empty.
    """

    text: str
    reason: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """What an article page says, stripped. Text is NFC; what is missing is None, never an empty string.

    `text` holds lead and body once, a paragraph a line, without title, chrome, byline and captions; tables are rows
    with ` | `, list items start with `- `. `published_at` is ISO 8601 at the precision that the page prints:
    `2022-10-05` where it prints a day, `2020-02-19T21:06+07:00` where it prints minutes.
    """

    title: str
    text: str
    lead: str | None = None
    author: str | None = None
    source: str | None = None
    category: str | None = None
    language: str | None = None  # ISO 639-1
    published_at: str | None = None
    captions: tuple[str, ...] = ()
    extractor: str = ""  # which strategy gave the body, with the version of the rules: "nukeviet/1"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that an article links to, inside or just below its text.

    `url` as the page has it, made absolute; `name` is what the link is called. `key` is that of the document's page:
    None until someone has told it who knows how pages are identified.
    """

    url: str
    name: str
    key: int | None = None


@dataclass(frozen=True, slots=True)
class AttachmentText:
    """What a document says: NFC, a paragraph a line, rows of tables with ` | `; empty where it has no text.

    `format`: pdf, docx, xls, xlsx, doc, …; `pages`: of a PDF; `reason`: why text is missing or not whole.
    """

    format: str
    text: str = ""
    pages: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was made of one parsed page: its kind, its article if it is one, and what was left out.

    `visible_chars` counts the characters that the page shows (without script and style), so that
    `1 - len(article.text) / visible_chars` is the share of chrome. `attachments`: what an article links to;
    `attachment`: what a document says.
    """

    kind: PageKind
    article: Article | None = None
    removed: tuple[Removal, ...] = ()
    visible_chars: int = 0
    reason: str = ""  # why this kind, when it is not obvious
    attachments: tuple[Attachment, ...] = ()
    attachment: AttachmentText | None = None
    learned: str = ""  # version of what was known of the portal's chrome
    observation: Observation | None = None  # what an article's page tells of its portal, where that is asked for

    def removed_by_reason(self) -> Mapping[str, int]:
        """Return how many blocks were left out for each reason."""
        counts: dict[str, int] = {}
        for removal in self.removed:
            counts[removal.reason] = counts.get(removal.reason, 0) + 1
        return counts


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What duplicates are found by; made from the text alone, in the process that extracted it.

    `digest`: hex digest of the text as stored; `key_digest`: of the folded text (equal for exact copies);
    `signature`: MinHash signature, 128 little-endian uint32 (512 bytes); `spans`: the hashes of its
    spans (`archive.duplicates.keys`), ascending, little-endian uint64; `syllables`: number of syllables.
    """

    digest: str
    key_digest: str
    syllables: int
    signature: bytes
    spans: bytes = field(repr=False, default=b"")
