"""luutru portals"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.command import Command, archive_option, json_option
from archive.errors import ArchiveNotFound

if TYPE_CHECKING:
    from crawler.portals.check import Finding
    from crawler.portals.health import Health

__all__ = ["portals"]


@click.command(
    cls=Command,
    examples=(
        "luutru portals",
        "luutru portals 'Bắc Kạn' backan --json",
        "luutru portals add https://example.gov.vn/",
        "luutru portals check backan",
    ),
)
@click.argument("names", nargs=-1, metavar="[NAME]... | add URL... | check NAME|URL...")
@click.option("--render", is_flag=True, help="With `add`: scripts fill its pages in, show them to a browser.")
@archive_option
@json_option
def portals(names: tuple[str, ...], render: bool, archive_dir: Path, as_json: bool) -> None:
    """List the catalogue with the state of each portal in this archive: last crawl, articles, health.

    Of up to three portals that are named it says more: what was dropped and why, which patterns of addresses are
    retired, which hosts rest. With `add`, make sites known to the archive, so that `luutru crawl --due` fetches them
    too. With `check`, ask a portal for a few pages, and say what a crawl would find: robots.txt, sitemaps, feeds, the
    certificate, the CMS, three articles. The archive is left as it is.
    """
    from archive.cli.output import write_json
    from archive.store import Archive
    from crawler import catalogue
    from crawler.portals.health import Health, states
    from crawler.start import resolve

    if names[:1] == ("add",):
        _add(names[1:], archive_dir, render=render)
        return
    if names[:1] == ("check",):
        _check(names[1:], as_json=as_json)
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


_HEAD = (
    *("portal", "province", "verified", "cms", "articles", "gone", "pages", "waiting", "failing"),
    *("last crawl", "health"),
)
_DETAILED = 3  # portals that are told more about


def _print(rows: list[Health]) -> None:
    from archive.cli.output import table

    table([_HEAD, *map(_cells, rows)])
    if len(rows) <= _DETAILED:
        for row in rows:
            _print_details(row)


def _cells(r: Health) -> tuple[str | int, ...]:
    counts = (r.articles, r.gone, r.pages, r.waiting, r.failing)
    return (r.portal.id, r.province(), r.verified(), r.cms, *counts, r.last_crawl(), r.verdict())


def _print_details(row: Health) -> None:
    name = row.portal.id
    for heading, counts in (("pages", row.kinds), ("links not followed", row.drops)):
        if counts:
            click.echo(f"{name}: {heading}: {', '.join(f'{count:,} {reason}' for reason, count in counts.items())}")
    for host, (until, reason) in row.rests.items():
        click.echo(f"{name}: {host} rests until {until[:16].replace('T', ' ')} UTC: {reason}")
    for retired in row.retired:
        click.echo(f"{name}: retired {retired.pattern}: {retired.reason}; {retired.held:,} addresses set aside")
    for note in row.notes:
        click.echo(f"{name}: {note}")


def _check(names: tuple[str, ...], *, as_json: bool) -> None:
    """Print what a portal says to a crawler; end with 1 where it cannot be fetched, 3 where some pages failed."""
    from archive.cli.output import write_json
    from crawler.portals.check import check
    from crawler.start import resolve

    if len(names) != 1:
        raise click.UsageError("Say which one: luutru portals check NAME|URL")
    found = check(resolve(names[0]))
    if as_json:
        write_json(found)
    else:
        _print_finding(found)
    if found.problem:
        click.echo(f"luutru: {found.url}: {found.problem}; check the address, or try on another day", err=True)
    if found.problem or found.failures:
        click.get_current_context().exit(1 if found.problem else 3)


def _print_finding(found: Finding) -> None:
    from archive.cli.output import day, table

    def listed(entries: dict[str, int]) -> str:
        return ", ".join(f"{url} ({count:,} pages)" for url, count in entries.items()) or "none"

    table(
        [
            ("portal", f"{found.portal}, {found.url}"),
            ("robots.txt", f"{found.robots}, a gap of {found.delay_s:g} s"),
            ("certificate", found.certificate or "none: the connection is not secure"),
            ("CMS", found.cms or "not known"),
            ("no such page", found.missing or "not asked"),
            ("sitemaps", listed(found.sitemaps)),
            ("feeds", listed(found.feeds)),
            ("pages fetched", ", ".join(f"{count} {kind}" for kind, count in found.kinds.items()) or "none"),
            ("still to fetch", f"{found.waiting:,} addresses known so far"),
        ]
    )
    for note in found.notes:
        click.echo(note)
    for url, reason in found.failures:
        click.echo(f"luutru: {url}: {reason}", err=True)
    for sample in found.samples:
        begin = sample.text.partition("\n")[0][:160]
        click.echo(
            f"\n{sample.title}\n  {sample.url}\n  {day(sample.published_at)}, {sample.syllables} syllables: {begin}"
        )


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
