"""luutru portals"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.command import Command, archive_option, json_option
from archive.errors import ArchiveNotFound

if TYPE_CHECKING:
    from crawler.health import Health

__all__ = ["portals"]


@click.command(
    cls=Command,
    examples=("luutru portals", "luutru portals 'Bắc Kạn' backan --json", "luutru portals add https://example.gov.vn/"),
)
@click.argument("names", nargs=-1, metavar="[NAME]... | add URL...")
@click.option("--render", is_flag=True, help="With `add`: scripts fill its pages in, show them to a browser.")
@archive_option
@json_option
def portals(names: tuple[str, ...], render: bool, archive_dir: Path, as_json: bool) -> None:
    """List the catalogue with the state of each portal in this archive: last crawl, articles, health.

    With `add`, make sites known to the archive, so that `luutru crawl --due` fetches them too.
    """
    from archive.cli.output import write_json
    from archive.store import Archive
    from crawler import catalogue
    from crawler.health import Health, states
    from crawler.start import resolve

    if names[:1] == ("add",):
        _add(names[1:], archive_dir, render=render)
        return
    try:
        with Archive.open(archive_dir) as archive:
            known = states(archive.db)
    except ArchiveNotFound:
        known = {}
    wanted = [known[name].portal if name in known else resolve(name) for name in names]
    listed = wanted or [*catalogue.portals(), *(state.portal for state in known.values() if not state.is_catalogued)]
    rows = [known.get(portal.id) or Health(portal) for portal in listed]
    if as_json:
        write_json([row.record() for row in rows])
    else:
        _print(rows)


def _print(rows: list[Health]) -> None:
    from archive.cli.output import table

    table(
        [
            ("portal", "province", "articles", "pages", "waiting", "failing", "last crawl", "health"),
            *(
                (r.portal.id, r.province(), r.articles, r.pages, r.waiting, r.failing, r.last_crawl(), r.verdict())
                for r in rows
            ),
        ]
    )
    for row in rows:
        if row.drops and len(rows) <= 3:
            dropped = ", ".join(f"{count:,} {reason}" for reason, count in row.drops.items())
            click.echo(f"{row.portal.id}: links not followed: {dropped}")
        for note in row.notes:
            click.echo(f"{row.portal.id}: {note}")


def _add(addresses: tuple[str, ...], archive_dir: Path, *, render: bool) -> None:
    from crawler.register import register
    from crawler.rendering import set_renders
    from crawler.start import open_crawl_archive, resolve

    if not addresses:
        raise click.UsageError("Say which: luutru portals add URL")
    added = [resolve(address) for address in addresses]
    archive = open_crawl_archive(archive_dir)
    try:
        for portal in added:
            now = datetime.now(UTC)
            register(archive.db, portal, now)
            if render:
                set_renders(archive.db, portal.id, int(now.timestamp()), renders=True)
            click.echo(f"{portal.id}: {portal.url}")
    finally:
        archive.close()
