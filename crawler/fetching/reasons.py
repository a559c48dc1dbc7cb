"""Why an address could not be fetched, in words for the user."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from archive.errors import PageError
from crawler.fetching.errors import NotPublic, TooLarge, Untrusted

__all__ = ["reason_of"]


def reason_of(error: BaseException) -> tuple[str, bool]:
    """Return the reason, and whether asking again at once is of no use."""
    if isinstance(error, CannotResolveHostError):
        return "its name does not resolve", True
    if isinstance(error, DownloadConnectionRefusedError):
        return "the connection was refused", True
    if isinstance(error, DownloadTimeoutError):
        return "no answer in time", False
    if isinstance(error, TooLarge):
        return f"larger than {error.args[0] >> 20} MB", True
    if isinstance(error, DownloadCancelledError):
        return "larger than this crawl takes", True
    if isinstance(error, Untrusted):
        return f"its certificate is not trusted: {error}", True
    if isinstance(error, NotPublic):
        return str(error), True
    if isinstance(error, ResponseDataLossError):
        return "the answer broke off", False
    if isinstance(error, PageError):
        return error.reason, False
    if isinstance(error, UnsupportedURLSchemeError):
        return "not an http address", True
    if isinstance(error, DownloadFailedError):
        return _of_transport(error)
    return type(error).__name__, False


def _of_transport(error: DownloadFailedError) -> tuple[str, bool]:
    """Return the reason for what Twisted wraps in lists of failures."""
    text = repr(error)
    for mark, reason, is_final in _TRANSPORT:
        if mark in text:
            return reason, is_final
    return "the connection broke off", False


_TRANSPORT = (
    ("SSL", "no secure connection could be made", True),
    ("InvalidHeaderName", "a header of the answer is broken", True),
    ("conflicting Content-Length", "the headers of the answer contradict each other", True),
    ("ParseError", "the answer is no HTTP", True),
    ("ConnectionDone", "the connection was closed without an answer", False),
    ("ConnectionLost", "the connection was lost", False),
    ("NoRouteError", "there is no way to its address", True),
)
