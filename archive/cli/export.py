"""luutru export"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from archive.cli.command import Command, archive_option, filter_options, json_option

if TYPE_CHECKING:
    from archive.filters import Filters

__all__ = ["export"]


@click.command(
    cls=Command,
    examples=(
        "luutru export corpus",
        "luutru export corpus-2022 --since 2022 --until 2022 --min-syllables 50",
        "luutru export everything --keep all --captions --shard-size 100000",
    ),
)
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["jsonl"]),
    default="jsonl",
    show_default=True,
    help="Format of the data files.",
)
@click.option(
    "--keep",
    type=click.Choice(["representatives", "all"]),
    default="representatives",
    show_default=True,
    help="One article for each cluster of copies, or every article.",
)
@filter_options
@click.option(
    "--min-syllables", type=click.IntRange(min=0), default=0, show_default=True, help="Leave out shorter texts."
)
@click.option("--captions", is_flag=True, help="Add the captions of pictures, as a field of their own.")
@click.option("--shard-size", type=click.IntRange(min=1), metavar="N", help="Start a new file after so many articles.")
@archive_option
@json_option
def export(
    out: Path,
    format_name: str,
    keep: Literal["representatives", "all"],
    filters: Filters,
    min_syllables: int,
    captions: bool,
    shard_size: int | None,
    archive_dir: Path,
    as_json: bool,
) -> None:
    """Write a corpus into the new folder OUT.

    It holds the data, a dataset card (README.md) and manifest.json. The same archive and options give the same bytes. A
    folder that is not empty is never written to. Articles without a date are left out where --since or --until is
    given.
    """
    from archive.cli.output import say, size, tell, write_json
    from archive.export import Options
    from archive.export import export as write
    from archive.store import Archive

    options = Options(
        format=format_name,
        keep=keep,
        filters=filters,
        min_syllables=min_syllables,
        captions=captions,
        shard_size=shard_size,
    )
    with Archive.open(archive_dir) as archive:
        summary = write(archive.db, out, options, lambda done: tell(f"{done:,} articles written"))
    if as_json:
        write_json(
            {
                "out": str(out),
                "articles": summary.exported,
                "syllables": summary.syllables,
                "dropped": dict(summary.dropped),
                "files": [file.name for file in summary.files],
            }
        )
        return
    say(f"{summary.exported:,} of {summary.total:,} articles, {summary.syllables:,} syllables")
    for rule, count in summary.dropped.items():
        if count:
            say(f"left out: {count:,} ({rule})", indent=2)
    for file in summary.files:
        say(f"{out / file.name}  {size(file.size_bytes)}", indent=2)
