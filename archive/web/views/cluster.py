"""A cluster: its copies, the evidence for each, and two of them side by side with what differs."""

from __future__ import annotations

from dataclasses import dataclass

from archive.article_view import Change, find_page
from archive.duplicates.report import Cluster, Copy, Link, cluster_of
from archive.web.differences import differences
from archive.web.visit import Page, Visit

__all__ = ["cluster"]

_MOST_MEMBERS = 100


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two copies: the runs of words that they share and that differ, None where they are too long; their `link`."""

    left: Copy
    right: Copy
    changes: tuple[Change, ...] | None
    link: Link | None


def cluster(visit: Visit) -> Page:
    """Return the cluster that an article is in; `with` names the copy that stands beside the representative."""
    found = cluster_of(visit.db, find_page(visit.db, visit.path["id"]))
    left = _member(found, visit.arg("left")) or found.members[0]
    others = [copy for copy in found.members if copy is not left]
    right = _member(found, visit.arg("with")) or next(iter(others), None)
    right = right if right is not left else next(iter(others), None)
    return Page(
        "cluster.html",
        {
            "cluster": found,
            "names": visit.names,
            "members": [(copy, _evidence(found, copy)) for copy in found.members[:_MOST_MEMBERS]],
            "portals": len({copy.portal for copy in found.members}),
            "series": found.series[:_MOST_MEMBERS],
            "left": left,
            "right": right,
            "comparison": _compare(visit, found, left, right) if right else None,
        },
    )


def _member(found: Cluster, public_id: str) -> Copy | None:
    return next((copy for copy in found.members if copy.id == public_id), None)


def _evidence(found: Cluster, copy: Copy) -> Link | None:
    """Return the link that says why an article is a copy: the one to the representative, or else the strongest."""
    links = [link for link in found.links if copy in (link.a, link.b)]
    return next((link for link in links if found.members[0] in (link.a, link.b)), next(iter(links), None))


def _compare(visit: Visit, found: Cluster, left: Copy, right: Copy) -> Comparison:
    texts = [
        str(visit.db.execute("SELECT text FROM documents WHERE id = ?", [copy.document_id]).fetchone()[0])
        for copy in (left, right)
    ]
    link = next((link for link in found.links if {link.a.id, link.b.id} == {left.id, right.id}), None)
    return Comparison(left, right, differences(*texts), link)
