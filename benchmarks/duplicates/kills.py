"""A process that adds articles through the store's writer is killed at random; what it leaves must agree.

After each kill, and after the next start, `luutru verify` must find nothing. At last all texts are there, in the same
clusters as in an archive that nobody disturbed.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

from archive import duplicates
from archive.duplicates import index
from archive.errors import ArchiveNotFound
from archive.records import Article, Capture, Extraction, PageKind
from archive.store import Archive
from archive.store.pages import Page, record_capture, record_extraction, register_portal
from archive.store.writer import Transaction, Writer
from archive.verify import Checked, verify
from archive.warc import payload_digest
from benchmarks.duplicates.texts import Composed, compose, sentences_of

__all__ = ["show_kills"]

_TEXTS = 3000
_RUN_ENTRIES = 1500  # a run of the index is written for so many, that kills meet its writing and merging
_NOW = datetime(2026, 3, 1, tzinfo=UTC)
_LEAST_S, _MOST_S = 0.6, 3.0


def show_kills(folder: Path, kills: int, seed: int, say: Callable[[str], None]) -> None:
    """Print what `luutru verify` found after each kill, and whether the archive is at last what it should be."""
    chance = random.Random(seed)
    hits = problems = 0
    for _ in range(kills):
        process = subprocess.Popen([sys.executable, "-m", __name__, str(folder), str(seed)])
        try:
            process.wait(_LEAST_S + chance.random() * (_MOST_S - _LEAST_S))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            hits += 1
        found = _problems(folder)
        problems += len(found)
        for line in found[:3]:
            say(f"            {line}")
    while subprocess.run([sys.executable, "-m", __name__, str(folder), str(seed)], check=False).returncode:
        time.sleep(0.1)
    undisturbed = folder.with_name("undisturbed")
    add(undisturbed, seed)
    problems += len(_problems(folder))
    is_equal = _clusters(folder) == _clusters(undisturbed)
    say(f"kills       {hits} while texts were added; {problems} problems that luutru verify found")
    say(f"            {len(_clusters(folder)):,} clusters, {'as' if is_equal else 'NOT as'} where nobody disturbed")


def add(folder: Path, seed: int) -> None:
    """Add the texts that are not there yet, several under way at once."""
    index._IN_MEMORY = _RUN_ENTRIES
    with Archive.open(folder, write=True) as archive:
        writer = Writer(archive)
        known = {row[0] for row in archive.db.execute("SELECT url FROM pages")}
        portal = {"name": "Xã", "url": "https://x.gov.vn/", "hosts": ["x.gov.vn"], "provinces": (None, None)}
        writer.submit(lambda one: register_portal(one.db, "x", **portal, now=_NOW)).result()  # type: ignore[arg-type]
        waiting: list[Future[None]] = []
        for number, one in enumerate(_composed(seed)):
            url = f"https://x.gov.vn/{number}"
            if url not in known:
                waiting.append(writer.submit(_storing(number, url, one.text)))
            if len(waiting) > 64:
                waiting.pop(0).result()
        for future in waiting:
            future.result()
        writer.close()


def _composed(seed: int) -> list[Composed]:
    rng = random.Random(seed)
    return list(compose([*sentences_of(None, rng)][:8000], _TEXTS, rng, copies=0.3))


def _storing(number: int, url: str, text: str) -> Callable[[Transaction], None]:
    body = f"<article>{text}</article>".encode()
    capture = Capture(url, url, _NOW, 200, "OK", "1.1", (("Content-Type", "text/html"),), body)
    extraction = Extraction(PageKind.ARTICLE, Article(str(number), text))
    fingerprint = duplicates.fingerprint(text)

    def store(transaction: Transaction) -> None:
        ref = record_capture(transaction, Page(number, url, "x"), capture, payload_digest(body))
        record_extraction(transaction.db, ref, extraction, fingerprint)

    return store


def _problems(folder: Path) -> list[str]:
    if not (folder / "archive.db").is_file():
        return []
    try:
        archive = Archive.open(folder)
    except ArchiveNotFound:  # killed before there were tables
        return []
    with archive:
        # What is behind the known end of a WARC file is cut by the next start: a kill leaves it, and it is no problem.
        found = [one for one in verify(archive, Checked()) if "the next crawl cuts it" not in one.hint]
    return [f"{one.subject}: {one.reason}" for one in found]


def _clusters(folder: Path) -> set[frozenset[int]]:
    groups: dict[int, set[int]] = defaultdict(set)
    with Archive.open(folder) as archive:
        for key, cluster in archive.db.execute("SELECT key, cluster_id FROM pages JOIN articles ON page_id = pages.id"):
            groups[cluster].add(key)
    return {frozenset(group) for group in groups.values()}


if __name__ == "__main__":
    add(Path(sys.argv[1]), int(sys.argv[2]))
