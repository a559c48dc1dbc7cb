"""Measures what extraction gives against gold.

    python -m benchmarks.quality FOLDER [--against-trafilatura] [--worst 10] [--by-group]
    python -m benchmarks.quality --composed 20 --floor composed

FOLDER holds `pages.jsonl` (`id`, `url`, `title`, `gold` and optionally `site`, `visible_date` or `date`, `author`,
`source` a line) and `html/ID.html`; or golden folders, as `tests/fixtures/extract` does. With `--composed` pages are
made up: N in the manner of each CMS. Text is judged by the F1 of its 4-syllable shingles, title, author and source by
equality, date by the day; a page is clean when no line of it is not in the gold. With `--floor` it fails when a figure
lies under its floor.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.quality.measure import FLOORS, Score, composed, measure, read


def main() -> int:
    """Print the figures; return 1 when `--floor` is given and one lies under its floor, or there are no pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--composed", type=int, default=0, metavar="N", help="make up N pages in each manner")
    parser.add_argument("--against-trafilatura", action="store_true")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="name the N worst pages")
    parser.add_argument("--by-group", action="store_true", help="the mean F1 of each site or manner")
    parser.add_argument("--floor", choices=sorted(FLOORS), help="fail under these floors")
    options = parser.parse_args()
    pages = [*(read(options.folder) if options.folder else ()), *composed(options.composed)]
    scores = measure(pages, against_trafilatura=options.against_trafilatura)
    for name, score in scores.items():
        figures = "  ".join(f"{key} {value:.4f}" for key, value in score.figures().items())
        print(f"{name:12} {len(pages)} pages  {figures}")
    if options.by_group:
        _print_groups(scores)
    for f1, name in sorted(scores["luutru"].worst)[: options.worst]:
        print(f"  {f1:.3f} {name}")
    figures = scores["luutru"].figures()
    floors = FLOORS[options.floor] if options.floor else {}
    under = {key: floor for key, floor in floors.items() if figures[key] < floor}
    for key, floor in under.items():
        print(f"{key} {figures[key]:.4f} is under its floor of {floor}", file=sys.stderr)
    return 1 if under or not pages else 0


def _print_groups(scores: dict[str, Score]) -> None:
    for group, values in scores["luutru"].groups.items():
        means = {name: sum(score.groups[group]) / len(values) for name, score in scores.items()}
        print(f"  {group:34} {len(values):4}  " + "  ".join(f"{name} {mean:.4f}" for name, mean in means.items()))


if __name__ == "__main__":
    sys.exit(main())
