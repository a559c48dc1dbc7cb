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
    """Check that every row has its WARC record with its digest, every record its row, and that the indexes agree.

    The last line counts what was checked; with --json it is an object of these counts, after one for each problem.
    """
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
                write_json(problem)
            else:
                click.echo(f"{problem.subject}: {problem.reason}" + (f"; {problem.hint}" if problem.hint else ""))
    counts = {
        "warc_files": checked.warc_files,
        "records": checked.records,
        "captures": checked.captures,
        "articles": checked.articles,
        "problems": problems,
    }
    if as_json:
        write_json(counts)
    else:
        *parts, last = (_counted(count, name.rstrip("s").replace("warc_", "WARC ")) for name, count in counts.items())
        click.echo(f"{', '.join(parts)}: {last if problems else 'no problems'}")
    if checked.waiting:
        wait = "waits for its" if checked.waiting == 1 else "wait for their"
        tell(f"{_counted(checked.waiting, 'capture')} {wait} analysis; the next crawl of the portal does it")
    if problems:
        click.get_current_context().exit(1)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
