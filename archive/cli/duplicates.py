"""luutru duplicates"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.command import Command, archive_option, json_option, limit_option

if TYPE_CHECKING:
    from archive.duplicates import Cluster, Link

__all__ = ["duplicates"]

_LINKS_SHOWN = 8


@click.command(
    cls=Command,
    examples=(
        "luutru duplicates",
        "luutru duplicates 58d25040e941b70e",
        "luutru duplicates --portal backan --kind near --json",
        "luutru duplicates 58d25040e941b70e 0c1f62a9d3e84b75",
        "luutru duplicates --flows --portal backan",
    ),
)
@click.argument("articles", metavar="[ID|URL] [ID|URL]", nargs=-1)
@click.option("--flows", is_flag=True, help="Show who copies from whom across portals, and how long after.")
@click.option("--portal", metavar="NAME", help="Only clusters with an article of this portal, id or host.")
@click.option(
    "--kind",
    type=click.Choice(["exact", "near", "contained", "series"]),
    help="Only clusters with a link of this kind. Notice series are linked, but never in one cluster.",
)
@limit_option(20, "clusters or flows")
@archive_option
@json_option
def duplicates(
    articles: tuple[str, ...],
    flows: bool,
    portal: str | None,
    kind: str | None,
    limit: int,
    archive_dir: Path,
    as_json: bool,
) -> None:
    """Show which articles are copies of each other, and the evidence.

    Each link has its kind, its score and what differs. Without ID, the largest clusters come first. With two, both
    texts are shown side by side.
    """
    if len(articles) > 2 or (flows and articles):
        raise click.UsageError("Name one article, or two to compare them; --flows takes none.")
    if flows and kind:
        raise click.UsageError("--flows counts all copies; --kind does not go with it.")
    if flows:
        _flows(archive_dir, portal, limit, as_json=as_json)
    elif len(articles) == 2:
        _compare(archive_dir, articles, as_json=as_json)
    else:
        _show(archive_dir, articles[0] if articles else None, (portal, kind), limit, as_json=as_json)


def _flows(archive_dir: Path, portal: str | None, limit: int, *, as_json: bool) -> None:
    from archive.cli.copies import print_flows
    from archive.cli.output import tell, write_json
    from archive.duplicates import flows
    from archive.filters import Filters
    from archive.store import Archive

    with Archive.open(archive_dir) as archive:
        portals = Filters((portal,)).resolve(archive.db).portals if portal else None
        found = flows(archive.db, portals=portals)
    if as_json:
        write_json(found[:limit])
    elif found:
        print_flows(found[:limit])
    if not found:
        tell("No text stands on two portals.")
    elif len(found) > limit:
        tell(f"There are {len(found)} flows; --limit shows more than {limit}.")


def _compare(archive_dir: Path, articles: tuple[str, ...], *, as_json: bool) -> None:
    from archive.article_view import find_page
    from archive.cli.copies import compared_as_json, print_compared
    from archive.cli.output import write_json
    from archive.store import Archive

    with Archive.open(archive_dir) as archive:
        compared = compared_as_json(archive.db, [find_page(archive.db, article) for article in articles])
    write_json(compared) if as_json else print_compared(compared)


def _show(
    archive_dir: Path, article: str | None, chosen: tuple[str | None, str | None], limit: int, *, as_json: bool
) -> None:
    from archive.cli.output import say, tell, write_json
    from archive.reader import Reader

    portal, kind = chosen
    with Reader.open(archive_dir) as archive:
        found = list(islice(archive.duplicates(article, portal=portal, kind=kind), limit + 1))
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
