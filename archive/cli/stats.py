"""luutru stats"""

from __future__ import annotations

from pathlib import Path

import click

from archive.cli.command import Command, archive_option, json_option

__all__ = ["stats"]


@click.command(cls=Command, examples=("luutru stats", "luutru stats --archive ~/portals --json"))
@archive_option
@json_option
def stats(archive_dir: Path, as_json: bool) -> None:
    """Show what the archive holds, counted."""
    from archive.cli.output import day, size, table, write_json
    from archive.stats import collect
    from archive.store import Archive

    with Archive.open(archive_dir) as archive:
        held = collect(archive.db)
    if as_json:
        write_json(held)
        return
    chrome = "unknown" if held.chrome_share is None else f"{held.chrome_share:.1%} of what article pages show"
    table(
        [
            ("portals", held.portals, ""),
            ("pages", held.pages, ", ".join(f"{count:,} {kind}" for kind, count in held.pages_by_kind.items())),
            ("articles", held.articles, f"{held.revisions:,} revisions"),
            ("distinct texts", held.texts, ""),
            ("clusters of copies", held.clusters, f"{held.copies:,} articles are copies"),
            ("captures", held.captures, f"{held.revisits:,} of them unchanged (revisit)"),
            ("WARC files", held.warc_files, size(held.warc_bytes)),
            ("repeats removed", held.repeats_removed, "blocks that stood again in one page"),
        ]
    )
    click.echo(f"chrome removed: {chrome}")
    click.echo(
        f"captured: {day(held.first_captured_at)} to {day(held.last_captured_at)}" if held.captures else "no capture"
    )
    if held.by_portal:
        click.echo()
        table(
            [
                ("portal", "articles", "copies", "pages", "last capture"),
                *((p.id, p.articles, p.copies, p.pages, day(p.last_captured_at)) for p in held.by_portal),
            ]
        )
    if held.by_year:
        click.echo()
        table([("year", "articles"), *held.by_year.items()])
