"""luutru schedule"""

from __future__ import annotations

from pathlib import Path

import click

from archive.cli.command import Command, archive_option
from crawler.cli.options import Duration, manner_options

__all__ = ["schedule"]


@click.command(
    cls=Command,
    examples=(
        "luutru schedule --archive ~/portals",
        "luutru schedule --every 30m --max-time 4h --night",
        "luutru schedule --archive ~/portals --print systemd > ~/.config/systemd/user/luutru.service",
    ),
)
@archive_option
@click.option(
    "--every",
    type=Duration(),
    default="1h",
    show_default=True,
    metavar="TIME",
    help="Look that often whether something is due; a crawl that takes longer is waited for.",
)
@click.option("--max-time", type=Duration(), metavar="TIME", help="End a crawl after a time; the next one goes on.")
@manner_options
@click.option("--once", is_flag=True, help="Crawl what is due now, and end.")
@click.option(
    "--print", "unit", type=click.Choice(["systemd", "cron"]), help="Print a unit that does this, and do nothing."
)
def schedule(
    archive_dir: Path,
    every: float,
    max_time: float | None,
    delay: float | None,
    night: bool,
    contact: str | None,
    workers: int | None,
    once: bool,
    unit: str | None,
) -> None:
    """Crawl what is due in an archive, whenever it is due, for as long as this runs.

    One crawl at a time for each archive; what fell due while nothing ran is made up for. SIGTERM lets a crawl finish
    the pages under way, and ends.
    """
    given = {"--max-time": max_time, "--delay": delay, "--contact": contact, "--workers": workers}
    options = [word for name, value in given.items() if value is not None for word in (name, _written(value))]
    options += ["--night"] * night
    if unit is not None:
        from crawler.returning import units

        if unit == "systemd":
            click.echo(units.systemd(archive_dir, ["--every", _written(every), *options]), nl=False)
        else:
            click.echo(units.cron(archive_dir, options), nl=False)
        return
    from crawler.returning.rounds import Rounds

    rounds = Rounds(archive_dir, options, every, _say)
    click.get_current_context().exit(rounds.run(once=once))


def _written(value: float | str) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _say(line: str) -> None:
    from datetime import datetime

    click.echo(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {line}", err=True)
