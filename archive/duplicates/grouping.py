"""Which documents make a cluster, given the links among them.

Documents that hang together by links that say "copy" are one group, unless that would put two issues of a series into
it: a text may be near to both, such as the form that they fill in. So the strongest links are taken first, and a link
that would bring two issues together is passed over. Ties go by the texts' digests: the result depends on nothing but
the texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Edge", "partition"]

_STRENGTH = {"exact": 0, "near": 1, "contained": 2}


@dataclass(frozen=True, slots=True)
class Edge:
    """A link between two documents."""

    a: int
    b: int
    kind: str
    score: float


def partition(digests: Mapping[int, str], edges: Iterable[Edge]) -> list[list[int]]:
    """Return the groups of the documents (their ids and digests), ascending; links to other documents do not count."""
    group_of = {document_id: document_id for document_id in digests}
    groups = {document_id: [document_id] for document_id in digests}
    issues: dict[int, set[int]] = {}  # of a group: the documents that must not come into it
    copies: list[Edge] = []
    for edge in edges:
        if edge.a not in digests or edge.b not in digests:
            continue
        if edge.kind == "series":
            issues.setdefault(edge.a, set()).add(edge.b)
            issues.setdefault(edge.b, set()).add(edge.a)
        else:
            copies.append(edge)
    copies.sort(key=lambda e: (_STRENGTH[e.kind], -e.score, *sorted((digests[e.a], digests[e.b]))))
    for edge in copies:
        small, large = sorted((group_of[edge.a], group_of[edge.b]), key=lambda group: len(groups[group]))
        if small == large or not issues.get(large, set()).isdisjoint(groups[small]):
            continue
        group_of.update(dict.fromkeys(groups[small], large))
        groups[large] += groups.pop(small)
        if small in issues:
            issues.setdefault(large, set()).update(issues.pop(small))
    return sorted(sorted(group) for group in groups.values())
