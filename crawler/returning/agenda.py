"""What the portals of an archive have to be asked, and when: a question to the frontier's index, whatever its size."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from crawler.catalogue import Portal
from crawler.frontier import RANKS
from crawler.returning.known import ASLEEP

__all__ = ["Appointment", "agenda"]


@dataclass(frozen=True, slots=True)
class Appointment:
    """A portal of the archive, and the Unix time at which its next address is due; a host that rests is waited for."""

    portal: Portal
    due_at: int


def agenda(db: sqlite3.Connection) -> list[Appointment]:
    """Return the portals that are crawled, each with its next time, the earliest first."""
    found = []
    for row in db.execute("SELECT * FROM portals ORDER BY id"):
        due_at = min((_due_at(db, *host) for host in _hosts(db, row["id"])), default=ASLEEP)
        if due_at < ASLEEP:
            found.append(Appointment(_portal(row), due_at))
    return sorted(found, key=lambda appointment: appointment.due_at)


def _hosts(db: sqlite3.Connection, portal: str) -> list[tuple[str, int]]:
    """Return the hosts of a portal, each with the time until which it is to be left alone."""
    query = """SELECT host, max(coalesce(rests_until, 0), coalesce(resume_at, 0)) FROM frontier_hosts
        LEFT JOIN hosts USING (host) WHERE portal = ?"""
    return [(row[0], row[1]) for row in db.execute(query, [portal])]


def _due_at(db: sqlite3.Connection, host: str, not_before: int) -> int:
    query = "SELECT min(due_at) FROM frontier WHERE host = ? AND rank = ?"
    times = [row[0] for rank in RANKS if (row := db.execute(query, [host, rank]).fetchone())[0] is not None]
    return max(min(times, default=ASLEEP), not_before)


def _portal(row: sqlite3.Row) -> Portal:
    hosts = tuple(json.loads(row["hosts"]))
    provinces = (row["province_before"], row["province_after"])
    return Portal(row["id"], row["name"], row["url"], hosts, *provinces, state="added")
