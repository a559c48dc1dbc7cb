"""Which portals are shown to a browser."""

from __future__ import annotations

import sqlite3

from archive.records import PageKind

__all__ = ["AS_SENT", "set_renders"]

# What scripts would add nothing to, or what shall not be got round.
AS_SENT = frozenset(
    {
        PageKind.ARTICLE,
        PageKind.ATTACHMENT,
        PageKind.BLOCKED,
        PageKind.BROKEN,
        PageKind.CHALLENGE,
        PageKind.FEED,
        PageKind.MAINTENANCE,
        PageKind.SITEMAP,
        PageKind.SPAM,
    }
)
_WITHOUT = ("shell", "empty", "soft404", "listing", "other")


def set_renders(db: sqlite3.Connection, portal: str, now: int, *, renders: bool) -> None:
    """Let a portal's pages be shown to a browser from now on, or no longer.

    When it begins, the pages that earlier crawls took without one are due, whether their payload changes or not.
    """
    changed = db.execute(
        "UPDATE portals SET renders = ? WHERE id = ? AND renders <> ?", [renders, portal, renders]
    ).rowcount
    if changed and renders:
        db.execute(
            f"""UPDATE frontier SET payload_digest = NULL, etag = NULL, last_modified = NULL, due_at = ?
            WHERE portal = ? AND kind IN ({", ".join("?" * len(_WITHOUT))})""",
            [now, portal, *_WITHOUT],
        )
