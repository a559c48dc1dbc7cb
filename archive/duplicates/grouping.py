"""Which documents make a cluster, given the links among them.

Exact copies are one. What hangs together by links that say "copy" is one group, unless that would put two issues of a
series into it: a text may be near to both, such as the form that they fill in. So the strongest links are taken first,
and a link that would bring two issues together is passed over. Ties go by the digests of the folded texts: the result
depends on nothing but the texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Edge", "Partition", "partition"]

_STRENGTH = {"exact": 0, "near": 1, "contained": 2}


@dataclass(frozen=True, slots=True)
class Edge:
    """A link between two folded texts, named by their digests."""

    a: str
    b: str
    kind: str
    score: float


@dataclass(frozen=True, slots=True)
class Partition:
    """The group of each text, named by one of its texts; and the groups that a series keeps apart from copies."""

    group_of: dict[str, str]
    contested: frozenset[str]


def partition(keys: Iterable[str], edges: Iterable[Edge]) -> Partition:
    """Return the groups of texts, given the digests of the folded texts; links to other texts do not count."""
    group_of = {key: key for key in keys}
    groups: dict[str, list[str]] = {}  # of more than one
    issues: dict[str, set[str]] = {}  # of a group: the texts that must not come into it
    copies: list[Edge] = []
    for edge in edges:
        if edge.a == edge.b or edge.a not in group_of or edge.b not in group_of:
            continue
        if edge.kind == "series":
            issues.setdefault(edge.a, set()).add(edge.b)
            issues.setdefault(edge.b, set()).add(edge.a)
        else:
            copies.append(edge)
    copies.sort(key=lambda e: (_STRENGTH[e.kind], -e.score, *sorted((e.a, e.b))))
    passed_over: list[Edge] = []
    for edge in copies:
        one, other = group_of[edge.a], group_of[edge.b]
        small, large = sorted((one, other), key=lambda group: len(groups.get(group, "1")))
        if small == large:
            continue
        members = groups.get(small, [small])
        if not issues.get(large, set()).isdisjoint(members):
            passed_over.append(edge)
            continue
        group_of.update(dict.fromkeys(members, large))
        groups.setdefault(large, [large]).extend(members)
        groups.pop(small, None)
        if small in issues:
            issues.setdefault(large, set()).update(issues.pop(small))
    return Partition(group_of, frozenset(group_of[end] for edge in passed_over for end in (edge.a, edge.b)))
