"""luutru chrome"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.command import Command, archive_option, json_option

if TYPE_CHECKING:
    from archive.chrome.view import BlockView, ChromeView

__all__ = ["chrome"]

_SHOWN = 2  # blocks of one place
_ROLES = {
    "outside": "outside of the articles: left out",
    "inside": "inside of the articles' container: left out",
    "teasers": "other links on each page: left out",
    "kept": "recurs in the texts: kept",
}


@click.command(cls=Command, examples=("luutru chrome backan", "luutru chrome backan --json"))
@click.argument("portals", nargs=-1, required=True, metavar="PORTAL...")
@archive_option
@json_option
def chrome(portals: tuple[str, ...], archive_dir: Path, as_json: bool) -> None:
    """Show the chrome that was learned for a portal: each block, and on how many pages it was seen.

    A block recurs when the same text, digits left out, stands at the same place of several pages. It is applied to what
    is captured from then on; `luutru rebuild` applies it to what was captured before. With --json, one record a portal.
    """
    from archive.chrome.view import view_chrome
    from archive.cli.output import write_json
    from archive.filters import Filters
    from archive.store import Archive

    with Archive.open(archive_dir) as archive:
        wanted = Filters(portals=portals).resolve(archive.db).portals or ()
        views = [view_chrome(archive.db, portal) for portal in sorted(wanted)]
    for view in views:
        write_json(view) if as_json else _print(view)


def _print(view: ChromeView) -> None:
    from archive.cli.output import day, say, tell

    if view.learned_at is None:
        tell(
            f"{view.portal}: nothing was learned yet: {view.observed:,} articles were observed, "
            f"{view.needed} are needed at least"
        )
        return
    say(
        (view.portal, "bold"),
        f": learned from {view.pages:,} of {view.articles:,} articles, {day(view.learned_at)} UTC",
    )
    for container in view.containers:
        say("articles stand in ", (container.address, "green"), f"  {_pages(container.pages, container.of_pages)}")
    for role, what in _ROLES.items():
        blocks = [block for block in view.blocks if block.role == role]
        if blocks:
            say()
            say((what, "bold"))
        for at_place in _by_place(blocks):
            _print_blocks(at_place)
    if view.outdated:
        tell(
            f"{view.outdated:,} articles were extracted with an earlier state of this; "
            f"luutru rebuild {view.portal} applies it to them"
        )


def _by_place(blocks: list[BlockView]) -> list[list[BlockView]]:
    """Return the blocks of each place, those on most pages first."""
    places: dict[str, list[BlockView]] = {}
    for block in blocks:
        places.setdefault(block.place, []).append(block)
    return list(places.values())


def _print_blocks(blocks: list[BlockView]) -> None:
    """Print the blocks of one place: what stands on most pages, and how many others take turns with it."""
    from archive.cli.output import say

    first = blocks[0]
    since, last = min(block.since for block in blocks)[:10], max(block.last_seen for block in blocks)[:10]
    say(f"{_pages(first.pages, first.of_pages)}, since {since}, last {last}  ", (first.place, "dim"), indent=2)
    for block in blocks[:_SHOWN]:
        if block.text:
            say(block.text, indent=6)
    if len(blocks) > _SHOWN:
        say((f"and {len(blocks) - _SHOWN:,} more at this place", "dim"), indent=6)


def _pages(pages: int, of_pages: int) -> str:
    return f"on {pages:,} of {of_pages:,} pages"
