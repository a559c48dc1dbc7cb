"""What a host asks for: robots.txt (RFC 9309), Crawl-delay, Retry-After, and rest after many failures.

Pure state and rules; who fetches and waits is the scheduler and the middleware.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

from protego import Protego

__all__ = ["ROBOTS_AGENT", "Host", "RobotsState", "is_loopback", "retry_after_s"]

ROBOTS_AGENT = "luutru"
ROBOTS_MAX_BYTES = 512 * 1024  # RFC 9309 asks for at least 500 KiB
FAILURES_BEFORE_REST = 10
LONGEST_SLOWDOWN_S = 60.0  # a robots.txt may ask for more
PATIENCE_S = 600.0  # how long a crawl waits for a host that asked to be left alone


class RobotsState(StrEnum):
    """What is known of a host's robots.txt."""

    UNKNOWN = "unknown"
    RULES = "rules"
    NONE = "none"  # 4xx: everything is allowed
    UNREACHABLE = "unreachable"  # 5xx or no answer: nothing is allowed for now


@dataclass(slots=True)
class Host:
    """A host's politeness: gap between requests in seconds, pause until a Unix time, whether it rests."""

    name: str
    delay_s: float
    robots: RobotsState = RobotsState.UNKNOWN
    resume_at: float = 0.0
    failures_in_a_row: int = 0
    rest_reason: str = ""  # not empty: no more requests in this crawl
    sitemaps: tuple[str, ...] = ()
    _rules: Protego | None = field(default=None, repr=False)

    def take_robots(self, status: int, body: bytes) -> None:
        """Take in the answer to `/robots.txt`: its status (after redirects) and its body."""
        if status == 429 or status >= 500:
            self.robots = RobotsState.UNREACHABLE
            self.rest(f"robots.txt answered {status}, so nothing may be fetched")
        elif status >= 400 or _is_html(body):
            self.robots = RobotsState.NONE
        else:
            text = body[:ROBOTS_MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
            self._rules = Protego.parse(text)
            self.robots = RobotsState.RULES
            self.sitemaps = tuple(self._rules.sitemaps)
            self.delay_s = max(self.delay_s, self._rules.crawl_delay(ROBOTS_AGENT) or 0.0)

    def allows(self, url: str) -> bool:
        """Tell whether robots.txt allows the URL. Unreachable rules allow nothing."""
        if self.robots is RobotsState.RULES and self._rules is not None:
            return bool(self._rules.can_fetch(url, ROBOTS_AGENT))
        return self.robots is RobotsState.NONE

    def succeeded(self) -> None:
        """Note an answer."""
        self.failures_in_a_row = 0

    def failed(self, reason: str) -> None:
        """Note a failure; after ten in a row the host rests until another crawl."""
        self.failures_in_a_row += 1
        if self.failures_in_a_row >= FAILURES_BEFORE_REST:
            self.rest(f"{FAILURES_BEFORE_REST} failures in a row, the last: {reason}")

    def slow_down(self, now: float, asked_s: float | None) -> None:
        """Pause after 429 or 503 for as long as the host asked (or 30 s), and ask more slowly afterwards."""
        self.resume_at = max(self.resume_at, now + (30.0 if asked_s is None else asked_s))
        self.delay_s = max(self.delay_s, min(max(self.delay_s * 2, 1.0), LONGEST_SLOWDOWN_S))
        if self.resume_at - now > PATIENCE_S:
            self.rest(f"it asked to be left alone for {self.resume_at - now:.0f} s")

    def rest(self, reason: str) -> None:
        """Send no more requests in this crawl."""
        self.rest_reason = self.rest_reason or reason


def retry_after_s(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110: seconds or a date); None without a sane one."""
    if not value:
        return None
    value = value.strip()
    if value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def is_loopback(url: str) -> bool:
    """Tell whether the URL's host is this machine: there the default delay is 0."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _is_html(body: bytes) -> bool:
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml"))
