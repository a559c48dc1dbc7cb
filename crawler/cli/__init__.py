"""The command `luutru`: the archive's commands, and those that fetch."""

from __future__ import annotations

import click

from archive.cli import COMMANDS
from archive.cli.command import Program
from crawler.cli.crawl import crawl
from crawler.cli.demo import demo
from crawler.cli.import_ import import_
from crawler.cli.portals import portals
from crawler.cli.rebuild import rebuild
from crawler.cli.schedule import schedule
from crawler.cli.serve import serve

__all__ = ["main"]


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="luutru", message="%(prog)s %(version)s")
def main() -> None:
    """Archive Vietnam's government portals: crawl politely, keep the articles without the chrome, find every copy."""


for command in (crawl, schedule, import_, rebuild, *COMMANDS, portals, serve, demo):
    main.add_command(command)
