"""luutru rebuild"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.command import Command, archive_option, json_option

if TYPE_CHECKING:
    from crawler.rebuilding import Rebuild
    from crawler.rebuilding.counts import Counts

__all__ = ["rebuild"]

_SHOWN = 10


@click.command(
    cls=Command,
    examples=("luutru rebuild", "luutru rebuild backan --archive ~/portals", "luutru rebuild --workers 8 --json"),
)
@click.argument("portals", nargs=-1, metavar="[PORTAL]...")
@archive_option
@json_option
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", help="Processes that extract.  [default: one a processor]"
)
def rebuild(portals: tuple[str, ...], archive_dir: Path, as_json: bool, workers: int | None) -> None:
    """Extract and deduplicate anew from the captures, after better rules or learned chrome.

    The chrome of each portal is learned first, from a sample of its articles; then every capture is extracted, and what
    its page said at the time is replaced: a text that differs by the rules alone is no new revision. At the end all
    texts are compared anew. Nothing is fetched. Interrupted or killed, the same command goes on where it stopped. With
    --json, one record a portal.
    """
    done = _run(archive_dir, portals, workers or os.cpu_count() or 1)
    _report(done, as_json=as_json)


def _run(archive_dir: Path, names: tuple[str, ...], workers: int) -> Rebuild:
    import asyncio

    from archive.errors import ArchiveNotFound
    from crawler.interruption import interruptible
    from crawler.rebuilding import Rebuild
    from crawler.rebuilding.portals import portals_of
    from crawler.rebuilding.progress import RebuildProgress
    from crawler.start import open_crawl_archive

    if not (archive_dir / "archive.db").is_file():
        raise ArchiveNotFound(str(archive_dir), "there is no archive here", "name one with --archive DIR")
    archive = open_crawl_archive(archive_dir)
    try:
        running = Rebuild(archive, portals_of(archive.db, names), workers)
    except BaseException:
        archive.close()
        raise
    progress = RebuildProgress(running)
    running.observer = progress.update
    try:
        with interruptible(running), progress.shown():
            asyncio.run(running.run())
    finally:
        running.close()
    return running


def _report(done: Rebuild, *, as_json: bool) -> None:
    """Print what the rebuild did, and end with the exit code of the contract."""
    from archive.cli.output import write_json

    for counts in done.counts:
        write_json(counts.record()) if as_json else click.echo(_line(counts))
        for url, reason in counts.failures[:_SHOWN]:
            click.echo(f"luutru: {url}: {reason}; it stays as it was", err=True)
        if len(counts.failures) > _SHOWN:
            click.echo(f"luutru: {counts.portal}: {len(counts.failures) - _SHOWN:,} more such pages", err=True)
    context = click.get_current_context()
    if done.interrupted:
        click.echo("luutru: interrupted; the same command goes on from here", err=True)
        context.exit(130)
    if not as_json:
        click.echo(f"{done.documents:,} texts compared anew")
    if any(counts.failures for counts in done.counts):
        context.exit(3)


def _line(counts: Counts) -> str:
    return (
        f"{counts.portal}: {counts.done:,} of {counts.pages:,} pages, {counts.captures:,} captures extracted: "
        f"{counts.changed:,} articles changed, {counts.new:,} new, {counts.lost:,} no longer, "
        f"{len(counts.failures):,} failed; {counts.blocks:,} blocks of learned chrome"
    )
