"""luutru import"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.command import Command, archive_option, json_option
from archive.errors import LuutruError

if TYPE_CHECKING:
    from crawler.importing import Counts, Importer, Selection
    from crawler.importing.files import Part

__all__ = ["import_"]

_SHOWN = 10


@click.command(
    "import",
    cls=Command,
    examples=(
        "luutru import crawl-00000.warc.gz crawl-00001.warc.gz",
        "luutru import backan.wacz --archive ~/portals",
        "luutru import CC-MAIN-*.warc.gz --host '*.gov.vn'",
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@archive_option
@json_option
@click.option(
    "--portal",
    "portals",
    multiple=True,
    metavar="NAME",
    help="Take only this portal, as `luutru crawl` names it. Repeatable.",
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="HOST",
    help="Take only this host, or with '*.x' all below x. Repeatable; adds to --portal.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", help="Processes that extract.  [default: one a processor]"
)
def import_(
    files: tuple[Path, ...],
    archive_dir: Path,
    as_json: bool,
    portals: tuple[str, ...],
    hosts: tuple[str, ...],
    workers: int | None,
) -> None:
    """Take in WARC and WACZ files that other tools made (wget, Heritrix, Browsertrix, Common Crawl).

    Pages become captures of their own date, articles and duplicates as if they had been crawled. What is there already
    is left as it is: interrupted or killed, the same command goes on where it stopped. With --json, one record a file.
    """
    from crawler.importing import Selection
    from crawler.importing.files import parts
    from crawler.start import resolve

    selected = Selection((*(host for name in portals for host in resolve(name).hosts), *(h.lower() for h in hosts)))
    found: list[Part] = []
    unreadable = 0
    for path in files:
        try:
            found += parts(path)
        except LuutruError as error:
            unreadable += 1
            click.echo(f"luutru: {error}", err=True)
    if not found:
        click.get_current_context().exit(1)
    importer = _run(archive_dir, found, selected, workers or os.cpu_count() or 1)
    _report(importer, unreadable, as_json=as_json)


def _run(archive_dir: Path, found: list[Part], selected: Selection, workers: int) -> Importer:
    import asyncio

    from crawler.importing import Importer
    from crawler.importing.progress import ImportProgress
    from crawler.interruption import interruptible
    from crawler.start import open_crawl_archive

    archive = open_crawl_archive(archive_dir)
    try:
        importer = Importer(archive, selected, workers)
    except BaseException:
        archive.close()
        raise
    progress = ImportProgress(importer, sum(part.size_bytes for part in found))
    importer.observer = progress.update
    try:
        with interruptible(importer), progress.shown():
            asyncio.run(importer.run(found))
    finally:
        importer.close()
    return importer


def _report(importer: Importer, unreadable: int, *, as_json: bool) -> None:
    """Print what the import did, and end with the exit code of the contract."""
    from archive.cli.output import write_json

    for counts in importer.counts:
        if as_json:
            write_json(counts.record())
        else:
            click.echo(_line(counts))
        for fault in counts.sorted_faults()[:_SHOWN]:
            click.echo(f"luutru: {fault.file}@{fault.offset}: {fault.reason}", err=True)
        if counts.broken > _SHOWN:
            click.echo(f"luutru: {counts.file}: {counts.broken - _SHOWN:,} more such records", err=True)
    context = click.get_current_context()
    if importer.interrupted:
        click.echo("luutru: interrupted; the same command goes on from here", err=True)
        context.exit(130)
    if all(counts.broken and not counts.records for counts in importer.counts):
        context.exit(1)
    if unreadable or any(counts.broken for counts in importer.counts):
        context.exit(3)


def _line(counts: Counts) -> str:
    parts = [
        f"{counts.captures:,} captures taken",
        f"{counts.articles:,} new articles ({counts.copies:,} duplicates)",
        f"{counts.changed:,} changed",
        f"{counts.history:,} of earlier times",
        f"{counts.known:,} known already",
        f"{counts.broken:,} broken",
    ]
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in counts.left_out.most_common() if count)
    left_out = f"; left out: {reasons}" if reasons else ""
    return f"{counts.file}: {counts.records:,} records: {', '.join(parts)}{left_out}"
