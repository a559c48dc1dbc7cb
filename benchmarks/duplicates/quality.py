"""Precision and recall against the comparison of all pairs; issues and copies of known kind; orders of arrival."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from archive import duplicates
from archive.duplicates.shingles import syllable_hashes
from archive.store.connection import Connection
from archive.store.migrations import ARCHIVE
from benchmarks.duplicates.kinds import COPIES, ISSUES, draw
from benchmarks.duplicates.texts import Composed
from benchmarks.duplicates.truth import truth_of

__all__ = ["Archive", "show_kinds", "show_orders", "show_recall"]

_AT_ONCE = 2000  # texts to a transaction


class Archive:
    """The tables of an archive in a folder or in memory, each text shown by a page of its own."""

    def __init__(self, path: Path | str = ":memory:") -> None:
        self.db = sqlite3.connect(path, isolation_level=None, factory=Connection)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        ARCHIVE.apply(self.db)
        self.db.execute("INSERT INTO warc_files (name, size_bytes, records, id_prefix) VALUES ('a.warc.gz', 0, 0, '')")
        self.db.execute("INSERT INTO portals (id, name, url, hosts, added_at) VALUES ('x', '', '', '[]', '')")

    def add(self, texts: Sequence[tuple[int, str]]) -> None:
        """Add numbered texts, many to a transaction."""
        for start in range(0, len(texts), _AT_ONCE):
            self.db.execute("BEGIN")
            for number, text in texts[start : start + _AT_ONCE]:
                self._show(number, text)
            self.db.execute("COMMIT")
            duplicates.committed(self.db)

    def _show(self, number: int, text: str) -> None:
        added = duplicates.add_document(self.db, text, duplicates.fingerprint(text))
        page = self.db.execute(
            """INSERT INTO pages (key, url, portal, first_captured_at, last_captured_at)
            VALUES (?, ?, 'x', '', '')""",
            [number, str(number)],
        ).lastrowid
        self.db.execute(
            """INSERT INTO captures (id, page_id, requested_url, responded_url, captured_at, http_status,
                payload_digest, payload_bytes, record_type, warc_file_id, warc_offset, warc_bytes)
            VALUES (?, ?, '', '', '', 200, '', 0, 'response', 1, 0, 0)""",
            [page, page],
        )
        self.db.execute(
            """INSERT INTO revisions (id, page_id, number, capture_id, document_id, title, captions, removed,
                visible_chars, extractor) VALUES (?, ?, 1, ?, ?, '', '[]', '{}', 0, '')""",
            [page, page, page, added.document_id],
        )
        self.db.execute("UPDATE pages SET revision_id = ?, kind = 'article' WHERE id = ?", [page, page])
        duplicates.page_gained(self.db, page or 0, added.document_id)

    def clusters(self) -> dict[int, int]:
        """Return the cluster of each numbered text, named by its least number."""
        groups: dict[int, list[int]] = defaultdict(list)
        for number, cluster in self.db.execute(
            """SELECT pages.key, cluster_id FROM pages JOIN revisions ON revisions.id = pages.revision_id
            JOIN documents ON documents.id = revisions.document_id"""
        ):
            groups[cluster].append(number)
        return {number: min(numbers) for numbers in groups.values() for number in numbers}

    def links(self) -> dict[tuple[int, int], str]:
        """Return the kind of each link between two numbered texts, the lower number first."""
        query = """SELECT one.key, other.key, links.kind FROM links
            JOIN revisions AS a ON a.document_id = links.a JOIN pages AS one ON one.revision_id = a.id
            JOIN revisions AS b ON b.document_id = links.b JOIN pages AS other ON other.revision_id = b.id"""
        return {(min(one, other), max(one, other)): kind for one, other, kind in self.db.execute(query)}


def show_recall(composed: Sequence[Composed], say: Callable[[str], None]) -> None:
    """Print precision and recall of links and clusters, and whether exact copies share their cluster."""
    archive = Archive()
    start = time.process_time()
    archive.add([(number, one.text) for number, one in enumerate(composed)])
    say(f"added       {len(composed):,} texts, {(time.process_time() - start) / len(composed) * 1e6:.0f} µs each")
    clusters, links = archive.clusters(), archive.links()
    by_key: dict[bytes, list[int]] = defaultdict(list)
    for number, one in enumerate(composed):
        by_key[syllable_hashes(one.text).tobytes()].append(number)
    distinct = [numbers[0] for numbers in by_key.values()]
    exact = [(numbers[0], number) for numbers in by_key.values() for number in numbers[1:] if number in clusters]
    truth = truth_of([composed[number].text for number in distinct])
    near, contained = (
        {tuple(sorted((distinct[a], distinct[b]))) for a, b in pairs} for pairs in (truth.near, truth.contained)
    )
    wrong = [pair for pair, kind in links.items() if kind != "exact" and not _is_true(pair, composed, near | contained)]
    say(f"links       {dict(Counter(links.values()))}")
    say(f"precision   {1 - len(wrong) / max(1, len(links)):.5f} of {len(links):,} links, by exact similarity")
    say(f"recall      {_share(exact, clusters, {}):.5f} of {len(exact):,} exact copies, in one cluster")
    for name, pairs in (("near", near), ("contained", contained)):
        say(f"recall      {_share(pairs, clusters, links):.5f} of {len(pairs):,} {name} pairs, linked or clustered")


def _is_true(pair: tuple[int, int], composed: Sequence[Composed], truth: set[tuple[int, ...]]) -> bool:
    """Return whether a link is between texts that are near or contained; exact copies of such texts are, too."""
    return pair in truth or duplicates.compare(*(composed[number].text for number in pair)) is not None


def _share(pairs: Sequence[tuple[int, ...]] | set[tuple[int, ...]], clusters: dict[int, int], links: object) -> float:
    found = sum(clusters.get(pair[0]) == clusters.get(pair[1]) or pair in links for pair in pairs)  # type: ignore[operator]
    return found / max(1, len(pairs))


def show_kinds(sentences: Sequence[str], pairs: int, rng: random.Random, say: Callable[[str], None]) -> None:
    """Print for each kind of issue and of copy how many pairs are taken for what they are not."""
    for name, make in ISSUES.items():
        wrong = 0
        for _ in range(pairs):
            notice = draw(sentences, rng)
            found = duplicates.compare(notice.text, make(notice, rng).text)
            wrong += found is not None and found.kind is not duplicates.Kind.SERIES
        say(f"series      {wrong} of {pairs:,} pairs of issues with other {name} would share a cluster")
    for name, change in COPIES.items():
        lost = unlike = 0
        for _ in range(pairs):
            text = draw(sentences, rng).text
            found = duplicates.compare(text, change(text, rng))
            lost += found is not None and found.kind is duplicates.Kind.SERIES
            unlike += found is None
        say(f"copies      {lost} of {pairs:,} copies with {name} are lost to series, {unlike} are below the threshold")
    _show_sets(sentences, pairs, rng, say)


def _show_sets(sentences: Sequence[str], sets: int, rng: random.Random, say: Callable[[str], None]) -> None:
    """Three issues and a copy of each, all in one archive, in any order."""
    texts: list[str] = []
    for _ in range(sets):
        first = draw(sentences, rng)
        issues = [first.text]
        while len(issues) < 3:
            issue = rng.choice(list(ISSUES.values()))(first, rng).text
            issues += [issue] if issue not in issues else []
        for text in issues:
            texts += [text, rng.choice(list(COPIES.values()))(text, rng)]
    numbered = list(enumerate(texts))
    rng.shuffle(numbered)
    archive = Archive()
    archive.add(numbered)
    clusters = archive.clusters()
    merged = lost = 0
    for first in range(0, len(texts), 6):
        places = [first + 2 * issue for issue in range(3)]
        merged += len({clusters[place] for place in places}) < len(places)
        lost += sum(clusters[place] != clusters[place + 1] for place in places)
    say(f"clusters    {merged} of {sets:,} series have two issues in one; {lost} of {3 * sets:,} copies are elsewhere")


def show_orders(
    composed: Sequence[Composed], orders: int, rng: random.Random, folder: Path, say: Callable[[str], None]
) -> None:
    """Print whether the texts give the same clusters in any order."""
    outcomes = []
    for number in range(orders):
        numbered = [(place, one.text) for place, one in enumerate(composed)]
        if number:
            rng.shuffle(numbered)
        start = time.process_time()
        archive = Archive(folder / f"order{number}.db")
        archive.add(numbered)
        cost = (time.process_time() - start) / len(composed) * 1e6
        outcomes.append(archive.clusters())
        differing = sum(outcomes[0].get(place) != cluster for place, cluster in outcomes[-1].items())
        say(
            f"order {number + 1}     {len(set(outcomes[-1].values())):,} clusters of {len(outcomes[-1]):,} texts, "
            f"{differing:,} of which are elsewhere than in the first order; {cost:.0f} µs a text"
        )
        archive.db.close()
