"""What a host asks for: robots.txt (RFC 9309), Crawl-delay, Retry-After, a slower pace, and rest after many failures.

Pure state and rules; who waits is `crawler.fetching.turns`. docs/politeness.md lists every rule.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

from protego import Protego

__all__ = ["ROBOTS_AGENT", "Host", "RobotsState", "is_loopback", "retry_after_s", "until_night_s"]

ROBOTS_AGENT = "luutru"
ROBOTS_MAX_BYTES = 512 * 1024  # RFC 9309 asks for at least 500 KiB
ROBOTS_FRESH_S = 24 * 3600.0  # RFC 9309 2.4: rules older than a day are asked for again
FAILURES_BEFORE_REST = 10
REST_S = 20 * 3600.0  # "another day": a crawl at the same time every day finds the host ready
PATIENCE_S = 600.0  # how long a crawl waits for a host that asked to be left alone
PAUSE_S = 30.0  # after 429 or 503 without Retry-After, doubled each time in a row
LONGEST_PACE_S = 60.0  # a robots.txt may ask for more
REST_PER_WORK = 2.0  # a host gets twice the time that it took to answer
RECOVERY = 0.95  # and what slowed it down is forgotten by a twentieth an answer
NIGHT = (19, 6)  # hours in Vietnam
_VIETNAM = timezone(timedelta(hours=7))
_AGENT_VERSION = re.compile(r"(?im)^([ \t]*user-agent[ \t]*:[ \t]*[\w-]+)/[^\s#]*")


class RobotsState(StrEnum):
    """What is known of a host's robots.txt."""

    UNKNOWN = "unknown"
    RULES = "rules"
    NONE = "none"  # 4xx: everything is allowed
    UNREACHABLE = "unreachable"  # 5xx or no answer: nothing is allowed for now


@dataclass(slots=True)
class Host:
    """A host's politeness. Times are Unix times.

    `delay_s`: least gap between two requests. `pace_s`: the gap that its answers ask for, by being slow or 429.
    `resume_at`: until when it asked to be left alone. `rests_until`: until when it rests after ten failures in a row.
    `rest_reason`: not empty: no more requests in this crawl.
    """

    name: str
    delay_s: float
    robots: RobotsState = RobotsState.UNKNOWN
    robots_read_at: float = 0.0
    pace_s: float = 0.0
    resume_at: float = 0.0
    rests_until: float = 0.0
    failures_in_a_row: int = 0
    rest_reason: str = ""
    sitemaps: tuple[str, ...] = ()
    _rules: Protego | None = field(default=None, repr=False)

    @property
    def gap_s(self) -> float:
        """The seconds between the end of an answer and the next request."""
        return max(self.delay_s, self.pace_s)

    def take_robots(self, status: int, body: bytes, now: float = 0.0) -> str:
        """Take in the answer to `/robots.txt`: its status (after redirects) and its body, decoded.

        Return what is odd about it, "" if nothing.
        """
        if status == 429 or status >= 500:
            reason = f"robots.txt answered {status}, so nothing may be fetched"
            self.robots_failed(reason)
            return reason
        self.robots_read_at = now
        if status >= 400 or _is_html(body):
            self.robots, self.sitemaps, self._rules = RobotsState.NONE, (), None
            return "" if status >= 400 else "a page instead of rules"
        text = body[:ROBOTS_MAX_BYTES].decode("utf-8", "replace").removeprefix("\ufeff")
        self._rules = rules = Protego.parse(_AGENT_VERSION.sub(r"\1", text))
        self.robots, self.sitemaps = RobotsState.RULES, tuple(rules.sitemaps)
        rate = rules.request_rate(ROBOTS_AGENT)
        asked_s = rate.seconds / rate.requests if rate and rate.requests else 0.0
        self.delay_s = max(self.delay_s, asked_s, rules.crawl_delay(ROBOTS_AGENT) or 0.0)
        return ""

    def robots_failed(self, reason: str) -> None:
        """Note that the rules cannot be had: nothing may be fetched in this crawl."""
        self.robots = RobotsState.UNREACHABLE
        self.rest(reason)

    def allows(self, url: str) -> bool:
        """Tell whether robots.txt allows the URL. Unreachable rules allow nothing."""
        if self.robots is RobotsState.RULES and self._rules is not None:
            return bool(self._rules.can_fetch(url, ROBOTS_AGENT))
        return self.robots is RobotsState.NONE

    def has_fresh_rules(self, now: float) -> bool:
        """Tell whether robots.txt need not be asked for (again)."""
        return self.robots is not RobotsState.UNKNOWN and (
            self.robots is RobotsState.UNREACHABLE or now - self.robots_read_at < ROBOTS_FRESH_S
        )

    def succeeded(self, latency_s: float = 0.0) -> None:
        """Note an answer and the seconds until it began: who answers slowly is asked more slowly."""
        self.failures_in_a_row = 0
        asked_s = REST_PER_WORK * latency_s if self.delay_s else 0.0
        self.pace_s = min(max(asked_s, self.pace_s * RECOVERY), LONGEST_PACE_S)

    def failed(self, reason: str, now: float = 0.0) -> None:
        """Note a failure; after ten in a row the host rests until another day."""
        self.failures_in_a_row += 1
        if self.failures_in_a_row >= FAILURES_BEFORE_REST:
            self.rests_until = now + REST_S
            self.rest(f"{self.failures_in_a_row} failures in a row, the last: {reason}")

    def slow_down(self, now: float, asked_s: float | None) -> None:
        """Pause after 429 or 503 for as long as the host asked (or 30 s, doubled), and ask more slowly afterwards."""
        if asked_s is None:
            asked_s = min(PAUSE_S * 2**self.failures_in_a_row, PATIENCE_S)
        self.resume_at = max(self.resume_at, now + asked_s)
        self.pace_s = min(max(self.gap_s * 2, 1.0), LONGEST_PACE_S)
        self.failed("it asks to be left alone", now)
        self.heed_pause(now)

    def heed_pause(self, now: float) -> None:
        """Give the host up for this crawl when it asked for a longer pause than a crawl waits."""
        if self.resume_at - now > PATIENCE_S:
            self.rest(f"it asked to be left alone for {self.resume_at - now:.0f} s")

    def rest(self, reason: str) -> None:
        """Send no more requests in this crawl."""
        self.rest_reason = self.rest_reason or reason


def retry_after_s(value: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110: seconds or a date); None without a sane one."""
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def until_night_s(now: datetime) -> float:
    """Return the seconds until it is night in Vietnam (19:00 to 06:00), when portals have few readers; 0 at night."""
    local = now.astimezone(_VIETNAM)
    begin, end = NIGHT
    if local.hour >= begin or local.hour < end:
        return 0.0
    return (local.replace(hour=begin, minute=0, second=0, microsecond=0) - local).total_seconds()


def is_loopback(url: str) -> bool:
    """Tell whether the URL's host is this machine: there the default delay is 0."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or host == "::1" or host.startswith("127.")


def _is_html(body: bytes) -> bool:
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<script", b"<body", b"<meta", b"<!--"))
