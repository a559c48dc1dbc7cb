"""Every error that luutru raises on purpose.

LuutruError                 one line: subject, reason, what to do
├── ArchiveError            the archive folder or its database cannot be used
│   ├── ArchiveNotFound
│   ├── ArchiveLocked
│   ├── SchemaTooNew
│   └── SignatureMismatch   signatures of other parameters: verify --repair
├── WarcError               a WARC file is broken or does not hold what the database says
├── PageError               a page that cannot be parsed or extracted
│   └── CutShort            an answer that broke off before its end
├── QueryError              a search query that cannot be understood
├── NotFound                no such article, portal or file
├── ExportError             an export that cannot be written
├── ServeError              a web interface that cannot be served there
└── CrawlError              a crawl that cannot start
"""

from __future__ import annotations

__all__ = [
    "ArchiveError",
    "ArchiveLocked",
    "ArchiveNotFound",
    "CrawlError",
    "CutShort",
    "ExportError",
    "LuutruError",
    "NotFound",
    "PageError",
    "QueryError",
    "SchemaTooNew",
    "ServeError",
    "SignatureMismatch",
    "WarcError",
]


class LuutruError(Exception):
    """An error that a user can act on; its text is one line: subject, reason, what to do.

    `subject` is what the error is about (a path, a URL, a query), `reason` what came and what was expected, `hint`
    what to do next.
    """

    def __init__(self, subject: str, reason: str, hint: str = "") -> None:
        self.subject, self.reason, self.hint = subject, reason, hint
        super().__init__(subject, reason, hint)

    @property
    def account(self) -> str:
        """Reason and hint, for where the subject is told already."""
        return f"{self.reason}; {self.hint}" if self.hint else self.reason

    def __str__(self) -> str:
        return f"{self.subject}: {self.account}"


class ArchiveError(LuutruError):
    """The archive folder or its database cannot be used."""


class ArchiveNotFound(ArchiveError):
    """There is no archive in that folder."""


class ArchiveLocked(ArchiveError):
    """Another process is writing to the archive."""


class SchemaTooNew(ArchiveError):
    """The database was written by a newer luutru."""


class SignatureMismatch(ArchiveError):
    """The stored signatures were made with other parameters than this luutru's."""


class WarcError(LuutruError):
    """A WARC file is broken or does not hold what the database says."""


class PageError(LuutruError):
    """A page that cannot be parsed or extracted."""


class CutShort(PageError):
    """An answer that broke off before its end."""


class QueryError(LuutruError):
    """A search query that cannot be understood; `position` is the place in it, from 0, where there is one."""

    def __init__(self, subject: str, reason: str, hint: str = "", position: int | None = None) -> None:
        super().__init__(subject, reason, hint)
        self.position = position


class NotFound(LuutruError):
    """No such article, portal or file."""


class ExportError(LuutruError):
    """An export that cannot be written."""


class ServeError(LuutruError):
    """A web interface that cannot be served at that address."""


class CrawlError(LuutruError):
    """A crawl that cannot start."""
