"""What was left out of a text, with the reason and the place of each block."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from archive.extract.fields import Surroundings
from archive.extract.outline import Line, Outline
from archive.extract.reasons import Reasons
from archive.records import Removal
from archive.text import normalise, normalise_line

__all__ = ["find_removals"]

_MAX_CHARS = 500


def find_removals(s: Surroundings, lines: list[Line], reasons: Reasons, *, explained: bool) -> tuple[Removal, ...]:
    """Return what was left out: lines of the body by position in `lines`, then the blocks around it as wholes.

    Without `explained` only the reasons are filled in: a crawl counts them, and that is most of the cost.
    """
    if not explained:
        counted = [reasons[position] for position in sorted(reasons)]
        return tuple(map(_named, (*counted, *_reasons(s))))
    own = [([lines[position]], reason) for position, reason in sorted(reasons.items())]
    blocks = [*own, *_runs(_outside(s))]
    return tuple(Removal(_text(run), reason, _where(s.outline, run[0].block)) for run, reason in blocks)


# One for all: on its way from a worker each costs more than all its copies.
@lru_cache(maxsize=256)
def _named(reason: str) -> Removal:
    return Removal("", reason)


def _outside(s: Surroundings) -> list[Line]:
    inside = {*s.body.lead, *s.body.lines}
    if s.title is not None:
        inside.add(s.title.index)
    return [line for line in s.outline.lines if line.index not in inside]


def _reasons(s: Surroundings) -> Iterator[str]:
    """Yield the reasons of the runs that `_runs` finds outside."""
    inside = {*s.body.lead, *s.body.lines, *(() if s.title is None else (s.title.index,))}
    why = ""
    for index, line in enumerate(s.outline.lines):
        if index in inside:
            why = ""
        elif (reason := line.reason or "outside") != why:
            why = reason
            yield reason


def _runs(lines: list[Line]) -> Iterator[tuple[list[Line], str]]:
    """Yield lines that follow one another and are left out for one reason, with that reason."""
    run: list[Line] = []
    why = ""
    for line in lines:
        reason = line.reason or "outside"
        if run and (reason != why or line.index != run[-1].index + 1):
            yield run, why
            run = []
        run.append(line)
        why = reason
    if run:
        yield run, why


def _text(run: list[Line]) -> str:
    if len(run) == 1:
        return normalise_line(run[0].text)[:_MAX_CHARS]
    return normalise("\n".join(line.text for line in run)[:_MAX_CHARS])


def _where(outline: Outline, index: int) -> str:
    """Return the path of a block, the nearest named ancestors."""
    steps: list[str] = []
    for ancestor in outline.ancestors(index):
        element = outline.blocks[ancestor].element
        identifier, classes = element.get("id", ""), element.get("class", "").split()
        if identifier or classes:
            name = f"#{identifier}" if identifier else f".{classes[0]}"
            steps.append(outline.blocks[ancestor].tag + name)
        if len(steps) == 2:
            break
    return " ".join(reversed(steps))
