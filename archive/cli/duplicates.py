"""luutru duplicates"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.command import Command, archive_option, json_option, limit_option

if TYPE_CHECKING:
    import sqlite3

    from archive.duplicates import Cluster, Link

__all__ = ["duplicates"]

_LINKS_SHOWN = 8


@click.command(
    cls=Command,
    examples=(
        "luutru duplicates",
        "luutru duplicates 58d25040e941b70e",
        "luutru duplicates --portal backan --kind near --json",
    ),
)
@click.argument("article", metavar="[ID|URL]", required=False)
@click.option("--portal", metavar="NAME", help="Only clusters with an article of this portal, id or host.")
@click.option(
    "--kind",
    type=click.Choice(["exact", "near", "contained", "series"]),
    help="Only clusters with a link of this kind. Notice series are linked, but never in one cluster.",
)
@limit_option(20, "clusters")
@archive_option
@json_option
def duplicates(
    article: str | None, portal: str | None, kind: str | None, limit: int, archive_dir: Path, as_json: bool
) -> None:
    """Show which articles are copies of each other, and the evidence.

    Each link has its kind, its score and what differs. Without ID, the largest clusters come first.
    """
    from archive.article_view import find_page
    from archive.cli.output import say, tell, write_json
    from archive.store import Archive

    with Archive.open(archive_dir) as archive:
        page = find_page(archive.db, article) if article else None
        found = list(islice(_clusters(archive.db, portal, kind, page), limit + 1))
    if as_json:
        write_json([_as_json(cluster) for cluster in found[:limit]])
    for number, cluster in enumerate(found[:limit] if not as_json else []):
        if number:
            say()
        _print(cluster)
    if not found:
        tell("This article has no copies." if article else "No copies here.")
    elif len(found) > limit:
        tell(f"There are more clusters; --limit shows more than {limit}.")


def _clusters(db: sqlite3.Connection, portal: str | None, kind: str | None, page: int | None) -> Iterator[Cluster]:
    from archive.duplicates import clusters
    from archive.filters import Filters

    portals = sorted(Filters((portal,)).resolve(db).portals or ()) if portal else [None]
    seen: set[str] = set()
    for one in portals:
        for cluster in clusters(db, portal=one, kind=kind, page=page):
            if cluster.id not in seen:
                seen.add(cluster.id)
                yield cluster


def _as_json(cluster: Cluster) -> dict[str, Any]:
    return {
        "id": cluster.id,
        "members": [
            {
                "id": copy.id,
                "url": copy.url,
                "portal": copy.portal,
                "title": copy.title,
                "published_at": copy.published_at,
                "syllables": copy.syllables,
                "is_representative": copy.is_representative,
            }
            for copy in cluster.members
        ],
        "links": [_link_as_json(link) for link in cluster.links],
        "series": [_link_as_json(link) for link in cluster.series],
    }


def _link_as_json(link: Link) -> dict[str, Any]:
    return {
        "a": link.a.id,
        "b": link.b.id,
        "a_url": link.a.url,
        "b_url": link.b.url,
        "kind": link.kind,
        "score": round(link.score, 4),
        "differs": link.differs or None,
    }


def _print(cluster: Cluster) -> None:
    from archive.cli.output import day, say

    portals = len({copy.portal for copy in cluster.members})
    count = len(cluster.members)
    say(
        (cluster.members[0].title, "bold"),
        f"  {count} article{'s' * (count > 1)} on {portals} portal{'s' * (portals > 1)}",
    )
    for copy in cluster.members:
        say(
            (copy.id, "green" if copy.is_representative else ""),
            f"  {day(copy.published_at)}  {copy.portal}{'  (representative)' * copy.is_representative}",
            indent=2,
        )
        say((copy.url, "dim"), indent=4, is_wrapped=False)
    for what, links in (("links", cluster.links), ("series", cluster.series)):
        for link in links[:_LINKS_SHOWN]:
            ends = f"{link.a.id} {link.b.id}"
            title = f"  {link.b.title}" if what == "series" else ""
            say((f"{link.kind} {link.score:.2f}", "yellow"), f"  {ends}{title}", indent=2)
            if link.differs:
                say(f"differs: {link.differs}", indent=4)
        if len(links) > _LINKS_SHOWN:
            say(f"and {len(links) - _LINKS_SHOWN} more {what}; --json prints them all", indent=2)
