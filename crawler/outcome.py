"""How a crawl ended, for whoever called: lines for stderr and the exit code of the contract."""

from __future__ import annotations

from collections.abc import Iterator

from crawler.session import Session

__all__ = ["exit_code", "failures"]

_SHOWN = 10


def failures(session: Session) -> Iterator[str]:
    """Yield what failed, each with its subject, the reason and what to do; at most ten addresses."""
    for url, reason in session.failures.addresses[:_SHOWN]:
        yield f"luutru: {url}: {reason}"
    if session.failures.broken:
        yield f"luutru: {session.failures.broken}"
        return
    for portal, reason in session.failures.portals.items():
        yield f"luutru: {session.portals[portal].url}: {reason}; check the address, or try on another day"
    if session.stop_reason and not session.interrupted:
        yield f"luutru: stopped because {session.stop_reason}; the same command goes on from here"
    if session.interrupted:
        yield "luutru: interrupted; the same command goes on from here"


def exit_code(session: Session) -> int:
    """Return 0, 1 where no portal could be crawled, 3 where some pages failed, 130 where it was interrupted."""
    if session.interrupted:
        return 130
    if session.failures.broken or (session.failures.portals and len(session.failures.portals) == len(session.portals)):
        return 1
    return 3 if session.failures.portals or session.total().failed else 0
