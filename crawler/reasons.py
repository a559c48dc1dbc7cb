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

__all__ = ["reason_of"]


def reason_of(error: BaseException) -> tuple[str, bool]:
    """Return the reason, and whether asking again at once is of no use."""
    if isinstance(error, CannotResolveHostError):
        return "its name does not resolve", True
    if isinstance(error, DownloadConnectionRefusedError):
        return "the connection was refused", True
    if isinstance(error, DownloadTimeoutError):
        return "no answer in time", False
    if isinstance(error, DownloadCancelledError):
        return "larger than this crawl takes", True
    if isinstance(error, ResponseDataLossError):
        return "the answer broke off", False
    if isinstance(error, UnsupportedURLSchemeError):
        return "not an http address", True
    text = " ".join(str(error).split()) or type(error).__name__
    if isinstance(error, DownloadFailedError) and "certificate" in text.lower():
        return f"its certificate is not trusted ({text[:120]})", True
    return f"{text[:160]}", False
