"""What an archive remembers of its portals' chrome while pages come in: a window of observed pages for each portal.

The first articles of a portal are observed, then fewer and fewer; at a few moments what they teach is learned anew.
Old pages make room for new ones, so that a portal that is built anew is learned anew. Bounded: `WINDOW` observations
of some kilobytes for each portal that is being captured.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from archive.chrome.learn import PAGES_LEAST, Lesson, Told, learn
from archive.chrome.model import version
from archive.chrome.observe import Observation, Observes

__all__ = ["WINDOW", "Memory", "Note", "Seen", "learned_of", "record", "save_lesson"]

WINDOW = 48  # pages
_ALL_OF_FIRST = 16  # articles of a portal
_EVERY, _UNTIL, _LATER = 8, 160, 50  # pages
_LESSONS = (PAGES_LEAST, 16, 32)  # observations at which one learns, and every so many of the last


@dataclass(frozen=True, slots=True)
class Seen:
    """An observed page: its key, the Unix time of the capture, the observation as it is stored."""

    key: int
    captured_at: int
    observation: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """What there is to write after a page was observed: counts, the page, the keys that made room, a new lesson.

    `shown`: place and beginning of the text of digests.
    """

    portal: str
    analysed: int
    observed: int
    seen: Seen | None = None
    forgotten: tuple[int, ...] = ()
    lesson: Lesson | None = None
    shown: Mapping[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(slots=True)
class _Portal:
    analysed: int
    observed: int
    learned: bytes
    pages: dict[int, Seen]  # oldest first
    told: list[Observation] = field(default_factory=list)  # since the last lesson
    asked: int = 0  # pages that were to be observed and have not come back


class Memory:
    """The chrome of the portals of one session, loaded as they are met."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._portals: dict[str, _Portal] = {}

    def learned(self, portal: str) -> bytes:
        """Return what was learned of a portal, encoded; empty where nothing was."""
        return self._at(portal).learned

    def observes(self, portal: str) -> Observes:
        """Count a page of a portal that is to be analysed, and return whether it is to be observed."""
        held = self._at(portal)
        number, held.analysed = held.analysed, held.analysed + 1
        if held.observed + held.asked < _ALL_OF_FIRST or number % (_EVERY if number < _UNTIL else _LATER) == 0:
            held.asked += 1
            return Observes.YES
        return Observes.STRANGE if number % _EVERY == 0 else Observes.NO

    def take(self, portal: str, key: int, captured_at: datetime, observation: Observation | None) -> Note | None:
        """Take in what was observed of a page; return what is to be written, None where it was no article."""
        held = self._at(portal)
        if observation is None:
            return None
        seen = Seen(key, int(captured_at.timestamp()), observation.encode())
        held.pages.pop(key, None)
        held.pages[key] = seen
        held.observed += 1
        held.told.append(observation)
        forgotten = tuple(list(held.pages)[: max(0, len(held.pages) - WINDOW)])
        for old in forgotten:
            del held.pages[old]
        lesson = self._lesson(held)
        shown: dict[int, tuple[str, str]] = {}
        if lesson:
            held.learned = lesson.learned().encode()
            shown = shown_in(held.told, lesson)
            held.told = []
        return Note(portal, held.analysed, held.observed, seen, forgotten, lesson, shown)

    def returned(self, portal: str) -> None:
        """Note that a page has come back that was to be observed."""
        held = self._at(portal)
        held.asked = max(0, held.asked - 1)

    def _lesson(self, held: _Portal) -> Lesson | None:
        """Learn anew at the eighth observation, the sixteenth, the thirty-second, the sixty-fourth and so on."""
        if held.observed not in _LESSONS and held.observed % _LESSONS[-1]:
            return None
        seen = held.pages.values()
        return learn(Told(one.key, one.captured_at, Observation.decode(one.observation)) for one in seen)

    def _at(self, portal: str) -> _Portal:
        held = self._portals.get(portal)
        if held is None:
            held = self._portals[portal] = _load(self._db, portal)
        return held


def shown_in(observations: Iterable[Observation], lesson: Lesson) -> dict[int, tuple[str, str]]:
    """Return place and beginning of the text for the blocks of a lesson, as far as observations show them."""
    wanted = {block.digest for block in lesson.blocks}
    found: dict[int, tuple[str, str]] = {}
    for observation in observations:
        if observation.shown is not None:
            found.update(observation.shown.of(observation, wanted))
    return found


def learned_of(db: sqlite3.Connection, portal: str) -> bytes:
    """Return what the archive has learned of a portal, encoded; empty where nothing was."""
    row = db.execute("SELECT learned FROM chrome WHERE portal = ?", [portal]).fetchone()
    return row[0] if row else b""


def _load(db: sqlite3.Connection, portal: str) -> _Portal:
    row = db.execute("SELECT analysed, observed, learned FROM chrome WHERE portal = ?", [portal]).fetchone()
    query = "SELECT page_key, captured_at, observation FROM chrome_pages WHERE portal = ? ORDER BY number"
    pages = {key: Seen(key, at, blob) for key, at, blob in db.execute(query, [portal])} if row else {}
    return _Portal(row[0], row[1], row[2], pages) if row else _Portal(0, 0, b"", pages)


def record(db: sqlite3.Connection, note: Note) -> None:
    """Write a note, in the writer's transaction."""
    db.execute(
        """INSERT INTO chrome (portal, analysed, observed, pages, learned, version) VALUES (?, ?, ?, 0, x'', '')
        ON CONFLICT (portal) DO UPDATE SET analysed = excluded.analysed, observed = excluded.observed""",
        [note.portal, note.analysed, note.observed],
    )
    if note.seen is not None:
        db.execute(
            "INSERT OR REPLACE INTO chrome_pages (portal, page_key, number, captured_at, observation) "
            "VALUES (?, ?, ?, ?, ?)",
            [note.portal, note.seen.key, note.observed, note.seen.captured_at, note.seen.observation],
        )
    for key in note.forgotten:
        db.execute("DELETE FROM chrome_pages WHERE portal = ? AND page_key = ?", [note.portal, key])
    if note.lesson is not None:
        save_lesson(db, note.portal, note.lesson, note.shown, datetime.now(UTC))


def save_lesson(
    db: sqlite3.Connection, portal: str, lesson: Lesson, shown: Mapping[int, tuple[str, str]], now: datetime
) -> None:
    """Write what was learned of a portal, in the place of what was learned before, with its evidence."""
    learned = lesson.learned().encode()
    db.execute(
        "UPDATE chrome SET pages = ?, learned = ?, version = ?, learned_at = ? WHERE portal = ?",
        [lesson.pages, learned, version(learned), _iso(now.timestamp()), portal],
    )
    db.execute("DELETE FROM chrome_containers WHERE portal = ?", [portal])
    db.executemany(
        "INSERT INTO chrome_containers (portal, address, pages, of_pages) VALUES (?, ?, ?, ?)",
        [(portal, one.address, one.pages, one.of_pages) for one in lesson.containers],
    )
    known = {
        row[0]: (row[1], row[2], row[3])
        for row in db.execute("SELECT digest, place, text, since FROM chrome_blocks WHERE portal = ?", [portal])
    }
    db.execute("DELETE FROM chrome_blocks WHERE portal = ?", [portal])
    rows: list[Sequence[object]] = []
    for block in lesson.blocks:
        before = known.get(block.digest)
        place, text = shown.get(block.digest) or (before[:2] if before else ("", ""))
        since = min(_iso(block.first_at), before[2]) if before else _iso(block.first_at)
        if block.is_whole and place:
            counts = (block.pages, block.of_pages, since, _iso(block.last_at), block.role)
            rows.append((portal, block.digest, place, text, *counts))
    db.executemany("INSERT OR REPLACE INTO chrome_blocks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
