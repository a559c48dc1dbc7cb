"""Scrapy's download handler with what portals need: certificates host by host, bounds by what the answer is."""

from __future__ import annotations

from typing import cast

from scrapy import Request, signals
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
from scrapy.http import Headers, Response
from scrapy.utils.httpobj import urlparse_cached
from twisted.web.iweb import IPolicyForHTTPS

from archive.content import MAX_DECODED_BYTES, most_bytes
from crawler.fetching.errors import TooLarge, Untrusted
from crawler.fetching.tls import TlsHost, TlsPolicy

__all__ = ["PortalHandler"]

# No handshake was tried, or it was not what failed.
_NOT_TLS = (CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError, DownloadCancelledError)


class PortalHandler(HTTP11DownloadHandler):
    """Fetches over HTTP and HTTPS.

    Reads from a request's meta: `accepts_broken`, whether a certificate that is not to be trusted will do. Writes:
    `certificate`, what was wrong with it. Raises Untrusted and TooLarge besides Scrapy's errors.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._tls = TlsPolicy()
        self._contextFactory = cast("IPolicyForHTTPS", self._tls)
        crawler.signals.connect(_bound, signals.headers_received)

    async def download_request(self, request: Request) -> Response:
        """Return the response; a handshake that fails is tried again with less security before the request is sent."""
        address = urlparse_cached(request)
        if address.scheme != "https":
            return await self._download(request)
        host = self._tls.host(address.hostname or "", address.port or 443)
        host.accepts_broken = bool(request.meta.get("accepts_broken"))
        while True:
            try:
                response = await self._download(request)
            except _NOT_TLS:
                raise
            except DownloadFailedError as error:
                if not host.lower():
                    raise _explained(error, host) from error
            else:
                host.has_connected = True
                if host.problem:
                    request.meta["certificate"] = host.problem
                return response

    async def _download(self, request: Request) -> Response:
        try:
            return await super().download_request(request)
        except DownloadCancelledError as error:
            most = request.meta.get("download_maxsize", MAX_DECODED_BYTES)
            raise TooLarge(most) from error


def _explained(error: DownloadFailedError, host: TlsHost) -> Exception:
    return Untrusted(host.problem) if host.problem else error


def _bound(headers: Headers, request: Request) -> None:
    """Bound the size of a body by its type, once its headers are known."""
    declared = headers.get("Content-Type")
    request.meta["download_maxsize"] = most_bytes(declared.decode("latin-1") if declared else None)
