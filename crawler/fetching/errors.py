"""Why a request was not sent, or its answer not taken: what Scrapy has no name for."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest

__all__ = ["NotPublic", "Postponed", "RobotsForbidden", "TooLarge", "Untrusted"]


class RobotsForbidden(IgnoreRequest):
    """robots.txt does not allow the URL."""


class Postponed(IgnoreRequest):
    """The request was not sent, and the address stays due: its host rests, or the crawl ends."""


class NotPublic(IgnoreRequest):
    """The host resolves to an address inside a private network, and its portal is a public one."""


class Untrusted(Exception):
    """The host's certificate is not to be trusted."""


class TooLarge(Exception):
    """The answer is larger than this crawl takes; `args[0]` is the bound in bytes."""
