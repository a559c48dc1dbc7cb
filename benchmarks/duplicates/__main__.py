"""How exact and how quick the duplicates are.

    python -m benchmarks.duplicates                                     # on texts that it composes of made-up sentences
    python -m benchmarks.duplicates --texts corpus.jsonl.zst            # of a corpus: JSON lines with a "text" each
    python -m benchmarks.duplicates --parts scale --count 1000000 --texts corpus.jsonl.zst

Parts: `recall`: precision and recall against the exact comparison of all pairs, on the texts of the corpus as they are
and on texts composed of its sentences with copies; `kinds`: issues of series and copies of known kind; `orders`: the
same texts in three orders; `scale`: costs and memory beside datasketch's MinHashLSH and rensa; `kills`: a process that
adds texts is killed again and again.
"""

from __future__ import annotations

import argparse
import platform
import random
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from itertools import islice
from pathlib import Path

from benchmarks.duplicates.kills import show_kills
from benchmarks.duplicates.quality import show_kinds, show_orders, show_recall
from benchmarks.duplicates.scale import Source, show_scale, show_signatures
from benchmarks.duplicates.texts import Composed, read_texts, sentences_of

__all__ = ["main"]

_PARTS = ("recall", "kinds", "orders", "scale", "kills")


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.duplicates",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--parts", nargs="+", choices=_PARTS, default=list(_PARTS))
    parser.add_argument("--texts", type=Path, help="JSON lines with a text each, may be compressed with zstd")
    parser.add_argument(
        "--composed", type=Path, help="the same, of texts that are composed already and taken as they are"
    )
    parser.add_argument("--count", type=int, default=10_000, help="texts")
    parser.add_argument("--pairs", type=int, default=5_000, help="pairs of each kind")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    names = ("numpy", "datasketch", "rensa")
    _say(f"Python {platform.python_version()}, {', '.join(f'{name} {version(name)}' for name in names)}")
    with tempfile.TemporaryDirectory() as folder:
        for part in given.parts:
            _say(f"\n{part}")
            _RUN[part](given, Path(folder))


def _recall(given: argparse.Namespace, folder: Path) -> None:
    if given.texts:
        _say("the texts of the corpus")
        show_recall([Composed(text) for text in read_texts(given.texts, given.count)], _say)
        _say("composed of their sentences")
    show_recall(list(_source(given).texts(copies=0.2)), _say)


def _kinds(given: argparse.Namespace, folder: Path) -> None:
    rng = random.Random(given.seed)
    show_kinds(sentences_of(given.texts, rng), given.pairs, rng, _say)


def _orders(given: argparse.Namespace, folder: Path) -> None:
    show_orders(list(_source(given).texts()), 3, random.Random(given.seed), folder, _say)


def _scale(given: argparse.Namespace, folder: Path) -> None:
    source = _source(given)
    show_signatures([one.text for one in islice(source.texts(), 2000)], _say)
    show_scale(source, folder, _say)


def _kills(given: argparse.Namespace, folder: Path) -> None:
    show_kills(folder / "archive", given.kills, given.seed, _say)


def _source(given: argparse.Namespace) -> Source:
    return Source(str(given.composed or given.texts or ""), given.count, given.seed, bool(given.composed))


def _say(line: str) -> None:
    print(line, flush=True)


_RUN: dict[str, Callable[[argparse.Namespace, Path], None]] = {
    "recall": _recall,
    "kinds": _kinds,
    "orders": _orders,
    "scale": _scale,
    "kills": _kills,
}

if __name__ == "__main__":
    main()
