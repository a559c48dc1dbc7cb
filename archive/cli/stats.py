"""luutru stats"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.command import Command, archive_option, json_option

if TYPE_CHECKING:
    from archive.stats import Stats

__all__ = ["stats"]

_LANGUAGES = ("vi", "en")
_PROVINCES_SHOWN = 12
_MONTHS = tuple(f"-{month:02d}" for month in range(1, 13))


@click.command(
    cls=Command,
    examples=(
        "luutru stats",
        "luutru stats --html kho.html",
        "luutru stats --html archive.html --lang en",
        "luutru stats --archive ~/portals --json",
    ),
)
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write a page with charts."
)
@click.option(
    "--lang", type=click.Choice(_LANGUAGES), default="vi", show_default=True, help="Language of the page: vi or en."
)
@archive_option
@json_option
def stats(page: Path | None, lang: str, archive_dir: Path, as_json: bool) -> None:
    """Show what the archive holds, counted, with small charts.

    The page of --html is one file that needs no network, and shows for each portal how much it published when.
    """
    from archive.cli.output import size, tell, write_json
    from archive.stats import collect
    from archive.store import Archive

    with Archive.open(archive_dir) as archive:
        held = collect(archive.db)
    if page is not None:
        _write_page(page, held, archive_dir.resolve().name, lang)
        tell(f"{page}  {size(page.stat().st_size)}")
    if as_json:
        write_json(held)
    elif page is None:
        _print(held)


def _write_page(page: Path, held: Stats, name: str, lang: str) -> None:
    from archive.errors import ExportError
    from archive.language import Language
    from archive.stats_page import stats_page

    try:
        page.write_text(stats_page(held, name, Language(lang)), encoding="utf-8")
    except OSError as error:
        raise ExportError(str(page), f"it cannot be written ({error.strerror})", "name another file") from error


def _print(held: Stats) -> None:
    from archive.cli.output import day, size, table

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
    if held.by_province.keys() - {"unknown"}:
        _print_provinces(held.by_province)
    if held.by_year:
        _print_years(held)


def _print_provinces(by_province: Mapping[str, int]) -> None:
    from archive.cli.letters import bar
    from archive.cli.output import table, width

    shown = dict(list(by_province.items())[:_PROVINCES_SHOWN])
    columns = max(4, min(40, width() - max(map(len, shown)) - 14))
    most = max(shown.values())
    rows = [(name, count, bar(count, most, columns)) for name, count in shown.items()]
    if rest := len(by_province) - len(shown):
        rows.append((f"{rest} more", sum(by_province.values()) - sum(shown.values()), ""))
    click.echo()
    table([("province", "articles", ""), *rows])


def _print_years(held: Stats) -> None:
    from archive.cli.letters import bar, spark
    from archive.cli.output import table, width

    most = max(held.by_year.values())
    busiest = max((count for month, count in held.by_month.items() if month != "undated"), default=0)
    columns = max(4, min(40, width() - 34))
    rows = [
        (
            year,
            count,
            "" if year == "undated" else spark([held.by_month.get(year + month, 0) for month in _MONTHS], busiest),
            bar(count, most, columns),
        )
        for year, count in held.by_year.items()
    ]
    click.echo()
    table([("year", "articles", "Jan to Dec", ""), *rows])
