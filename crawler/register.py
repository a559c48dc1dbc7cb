"""Making a portal known to an archive."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from archive.store.pages import register_portal
from crawler import frontier
from crawler.catalogue import Portal
from crawler.returning import known

__all__ = ["register"]


def register(db: sqlite3.Connection, portal: Portal, now: datetime) -> None:
    """Make a portal known to the archive, with its home page in the frontier."""
    provinces = (portal.province_before, portal.province_after)
    register_portal(db, portal.id, name=portal.name, url=portal.url, hosts=portal.hosts, provinces=provinces, now=now)
    frontier.add(db, portal.id, [frontier.new_row(portal.url, 0)], int(now.timestamp()))
    known.wake(db, portal.id, int(now.timestamp()))
