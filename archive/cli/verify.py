"""luutru verify"""

from __future__ import annotations

from pathlib import Path

import click

from archive.cli.command import Command, archive_option, json_option

__all__ = ["verify"]


@click.command(cls=Command, examples=("luutru verify", "luutru verify --archive ~/portals --repair"))
@archive_option
@json_option
@click.option("--repair", is_flag=True, help="Derive the indexes anew from what the archive holds, then check.")
def verify(archive_dir: Path, as_json: bool, repair: bool) -> None:
    """Check that every row has its WARC record with its digest, every record its row, and that the indexes agree."""
    from archive import verify as check
    from archive.cli.output import tell, write_json
    from archive.store import Archive

    if repair:
        check.repair(archive_dir)
    checked = check.Checked()
    problems = 0
    with Archive.open(archive_dir) as archive:
        for problem in check.verify(archive, checked, lambda name: tell(f"reading {name}")):
            problems += 1
            if as_json:
                write_json([problem])
            else:
                click.echo(f"{problem.subject}: {problem.reason}" + (f"; {problem.hint}" if problem.hint else ""))
    tell(
        f"{checked.warc_files} WARC files, {checked.records} records, {checked.captures} captures, "
        f"{checked.articles} articles: {problems or 'no'} problems"
    )
    if checked.waiting:
        tell(f"{checked.waiting} captures wait for their analysis; the next crawl of their portal does it")
    if problems:
        click.get_current_context().exit(1)
