"""luutru crawl"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.command import Command, Day, archive_option, json_option
from crawler.cli.options import Duration, manner_options

if TYPE_CHECKING:
    from crawler.session import Session

__all__ = ["crawl"]


@click.command(
    cls=Command,
    examples=(
        "luutru crawl backan",
        "luutru crawl https://example.gov.vn/ --max-pages 500",
        "luutru crawl 'Gia Lai' 'Bình Định' --archive ~/portals --max-time 2h",
    ),
)
@click.argument("names", nargs=-1, metavar="[PORTAL|URL]...")
@archive_option
@json_option
@click.option("--due", is_flag=True, help="Fetch only what the schedule says is due.")
@click.option(
    "--since",
    type=Day(),
    metavar="DATE",
    help="Leave out what a sitemap, a feed or the address itself dates before this day.",
)
@click.option("--max-pages", type=click.IntRange(min=1), metavar="N", help="Stop after N pages.")
@click.option("--max-time", type=Duration(), metavar="TIME", help="Stop after a time: 90s, 30m, 2h.")
@manner_options
@click.option(
    "--allow-broken-certificate/--check-certificate",
    "accepts_broken",
    default=None,
    help="Fetch these portals, now and later, though their certificates are not to be trusted, and note it with each "
    "capture; or no longer.  [default: as the archive remembers, or else not]",
)
@click.option(
    "--render/--no-render",
    default=None,
    help="Show pages of these portals to a browser, now and later, for those that scripts fill in; or no longer. "
    "Needs the extra `browser` and Chromium.  [default: as the archive remembers, or else not]",
)
def crawl(
    names: tuple[str, ...],
    archive_dir: Path,
    as_json: bool,
    due: bool,
    since: date | None,
    max_pages: int | None,
    max_time: float | None,
    delay: float | None,
    night: bool,
    contact: str | None,
    accepts_broken: bool | None,
    render: bool | None,
    workers: int | None,
) -> None:
    """Crawl portals of the catalogue, or any site by its URL, into the archive.

    Interrupted or killed, the same command goes on where it stopped. Done before, it asks only for what may be new.
    """
    from crawler.options import Options
    from crawler.start import begins, resolve_all

    if not names and not due:
        raise click.UsageError("Name a portal or a URL, or say --due. `luutru portals` lists the catalogue.")
    if render:
        from crawler.rendering import browser_path

        browser_path()
    options = Options(
        delay_s=delay,
        max_pages=max_pages,
        max_time_s=max_time,
        workers=workers or os.cpu_count() or 1,
        due_only=due,
        since=begins(since) if since else None,
        night=night,
        contact=contact,
        accepts_broken=accepts_broken,
        renders=render,
    )
    from crawler.run import due_portals, run

    portals = list({portal.id: portal for name in names for portal in resolve_all(name)}.values())
    if due:
        portals = due_portals(archive_dir, {portal.id for portal in portals})
        if not portals:
            click.echo("luutru: nothing is due", err=True)
            return
    _report(run(archive_dir, portals, options), as_json=as_json)


def _report(session: Session, *, as_json: bool) -> None:
    """Print what the crawl did, and end with the exit code of the contract."""
    from archive.cli.output import write_json
    from crawler.outcome import exit_code, failures

    for portal, counts in session.counts.items():
        if as_json:
            write_json({"portal": portal, **{name: getattr(counts, name) for name in counts.__slots__}})
        elif counts.fetched or portal not in session.failures.portals:
            click.echo(
                f"{portal}: {counts.fetched} pages fetched ({counts.unchanged} unchanged), "
                f"{counts.articles} new articles ({counts.copies} duplicates), {counts.changed} changed, "
                f"{counts.failed} failed, {counts.forbidden} forbidden by robots.txt"
                f"{f', {counts.missing} not found' * (counts.missing > 0)}"
                f"{f', {counts.gone} articles gone' * (counts.gone > 0)}"
            )
    for line in failures(session):
        click.echo(line, err=True)
    if code := exit_code(session):
        click.get_current_context().exit(code)
