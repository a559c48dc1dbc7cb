"""What was learned of addresses, in the archive: the table `patterns`, and the addresses of the frontier set aside.

An address that is set aside stays in the frontier, never due, with its pattern as the reason.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence

from crawler import frontier
from crawler.frontier import FrontierRow
from crawler.learning import Learning, Lesson, Tally
from crawler.learning.patterns import FOLDERS

__all__ = ["NEVER", "recall", "remember", "set_aside"]

NEVER = 1 << 60  # later than any time
_TRY_AFTER_S = 14 * 86400
_DROPS = {"/": "twin", "?": "twin"}
# Read along the index of the hosts' addresses.
_OF_PORTAL = "portal = :portal AND host IN (SELECT host FROM frontier_hosts WHERE portal = :portal)"
_HELD = f"rank IN ({', '.join(map(str, frontier.RANKS))}) AND due_at = {NEVER} AND reason = :name"


def recall(db: sqlite3.Connection, learning: Learning, portals: Collection[str], now: int) -> None:
    """Teach `learning` what the archive knows; make one address of each pattern due that was long not tried."""
    for portal in portals:
        known = db.execute(
            """SELECT pattern, pages, articles, twins, reason, example, tried_at FROM patterns WHERE portal = ?""",
            [portal],
        ).fetchall()
        tallies = [(row[0], Tally(row[1], row[2], row[3], reason=row[4] or "", example=row[5] or "")) for row in known]
        has_token = any(tally.reason and _is_token(name) for name, tally in tallies)
        has_folders = any(tally.reason and name == FOLDERS for name, tally in tallies)
        fetched = _addresses(db, portal, "fetched_at IS NOT NULL") if has_token else ()
        articles = _addresses(db, portal, "kind = 'article'") if has_folders else ()
        learning.recall(portal, tallies, fetched, articles)
        for row in known:
            if row[4] and row[6] < now - _TRY_AFTER_S:
                _try_again(db, learning, portal, row[0], now)


def _addresses(db: sqlite3.Connection, portal: str, which: str) -> Iterator[str]:
    found = db.execute(f"SELECT url FROM frontier WHERE {_OF_PORTAL} AND {which}", {"portal": portal})
    return (row[0] for row in found)


def _try_again(db: sqlite3.Connection, learning: Learning, portal: str, name: str, now: int) -> None:
    query = f"SELECT key FROM frontier WHERE {_OF_PORTAL} AND {_HELD} LIMIT 1"
    if row := db.execute(query, {"portal": portal, "name": name}).fetchone():
        learning.sample(row[0])
        db.execute("UPDATE frontier SET due_at = ?, reason = NULL WHERE key = ?", [now, row[0]])
    db.execute("UPDATE patterns SET tried_at = ? WHERE portal = ? AND pattern = ?", [now, portal, name])


def remember(db: sqlite3.Connection, lessons: Iterable[Lesson], now: int) -> None:
    """Write down what was learned; what was set aside for a pattern that comes back is due again."""
    for lesson in lessons:
        tally = lesson.tally
        db.execute(
            """INSERT INTO patterns (portal, pattern, pages, articles, twins, reason, example, learned_at, tried_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) ON CONFLICT (portal, pattern) DO UPDATE SET pages = ?3,
            articles = ?4, twins = ?5, reason = ?6, example = ?7, learned_at = ?8, tried_at = ?8""",
            [
                *(lesson.portal, lesson.pattern, tally.pages, tally.articles, tally.twins),
                *(tally.reason or None, tally.example or None, now),
            ],
        )
        if lesson.is_revived:
            db.execute(
                f"UPDATE frontier SET due_at = :now, reason = NULL WHERE {_OF_PORTAL} AND {_HELD}",
                {"now": now, "portal": lesson.portal, "name": lesson.pattern},
            )


def set_aside(db: sqlite3.Connection, held: Sequence[tuple[FrontierRow, str]]) -> None:
    """Set addresses aside, each for its pattern, and count them as drops."""
    db.executemany(
        "UPDATE frontier SET due_at = ?, reason = ? WHERE key = ?", [(NEVER, name, row.key) for row, name in held]
    )
    for row, name in held:
        db.execute("UPDATE patterns SET held = held + 1 WHERE portal = ? AND pattern = ?", [row.portal, name])
        reason = "session-id" if _is_token(name) else _DROPS.get(name[0], "retired-pattern")
        frontier.count_drops(db, row.portal, [(reason, 1)])


def _is_token(name: str) -> bool:
    return name.endswith(("=H", ":H/"))
