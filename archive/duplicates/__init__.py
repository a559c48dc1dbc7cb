"""Duplicates: what texts are to each other, and the clusters that their pages make.

`fingerprint` and `compare` are pure. The rest is called by the single writer inside its transaction and keeps no state
but the database's own, so that whatever is rolled back never happened.
"""

from archive.duplicates.check import check
from archive.duplicates.clusters import page_gained, page_lost
from archive.duplicates.documents import Added, DocumentLink, add_document, check_signatures, committed, prepare
from archive.duplicates.flows import Flow, flows
from archive.duplicates.rebuild import regroup
from archive.duplicates.relation import Kind, Relation, compare
from archive.duplicates.report import Cluster, Copy, Link, clusters
from archive.duplicates.signature import fingerprint

__all__ = [
    "Added",
    "Cluster",
    "Copy",
    "DocumentLink",
    "Flow",
    "Kind",
    "Link",
    "Relation",
    "add_document",
    "check",
    "check_signatures",
    "clusters",
    "committed",
    "compare",
    "fingerprint",
    "flows",
    "page_gained",
    "page_lost",
    "prepare",
    "regroup",
]
