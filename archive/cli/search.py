"""luutru search"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.command import Command, archive_option, filter_options, filters_from, json_option, limit_option

if TYPE_CHECKING:
    from archive.search import Hit

__all__ = ["search"]


@click.command(
    cls=Command,
    examples=(
        "luutru search binh dang gioi",
        "luutru search '\"bình đẳng giới\" -họp' --since 2022",
        "luutru search 'title:\"kế hoạch\" thi đua OR khen*' --province 'Bắc Kạn' --json",
    ),
)
@click.argument("query", nargs=-1, required=True)
@filter_options
@click.option("--exact", is_flag=True, help="Accents count: đảng finds Đảng, not đang.")
@click.option("--all-copies", is_flag=True, help="Show every copy of a text instead of one.")
@click.option("--articles-only", is_flag=True, help="Look in articles alone, not in the files that they link to.")
@limit_option(10, "hits")
@archive_option
@json_option
def search(
    query: tuple[str, ...],
    portal: tuple[str, ...],
    province: tuple[str, ...],
    since: date | None,
    until: date | None,
    exact: bool,
    all_copies: bool,
    articles_only: bool,
    limit: int,
    archive_dir: Path,
    as_json: bool,
) -> None:
    """Find articles and the files attached to them (PDF, Word, Excel), best first, with snippets.

    Words match with any accents; typed with accents, such matches come first. All words must match. Also: "a phrase",
    this OR that, -without, begin*, title:word.

    In snippets, also those of --json, the words that were found stand between **; no other field has such marks.
    """
    from archive.cli.output import say, tell, write_json
    from archive.search import RANKED, Options
    from archive.search import search as find
    from archive.store import Archive

    filters = filters_from(portal, province, since, until)
    with Archive.open(archive_dir) as archive:
        results = find(archive.db, " ".join(query), filters, Options(exact, all_copies, limit, articles_only))
    if as_json:
        write_json(results.hits)
    else:
        for number, hit in enumerate(results.hits):
            if number:
                say()
            _show(hit)
    if results.is_bounded:
        tell(
            f"More than {results.matched:,} texts match: only the {max(RANKED, limit):,} added last were ranked. "
            "Add a word, a portal or dates."
            if not exact
            else "Too many texts to read them all: only those added last were searched. Add a word, a portal or dates."
        )
    elif not results.hits:
        tell("Nothing matches. Fewer words find more; words* find longer words." + (" --exact is on." if exact else ""))
    elif results.matched > len(results.hits):
        tell(f"{len(results.hits)} shown, {results.matched:,} texts match (copies included).")


def _show(hit: Hit) -> None:
    from archive.cli.output import day, marked, say

    about = [day(hit.published_at), hit.portal, *([hit.province] if hit.province else [])]
    copies = f", {hit.copies} cop{'y' if hit.copies == 1 else 'ies'}" if hit.copies else ""
    say((hit.title, "bold"))
    say((", ".join(about) + copies, "cyan"), indent=2)
    if (file := hit.attachment) and file.id != hit.id:
        say((f"attachment: {file.name} ({file.format})  {file.id}  {file.url}", "green"), indent=2, is_wrapped=False)
    say(*marked(hit.snippet), indent=2)
    say((f"{hit.id}  {hit.url}", "dim"), indent=2, is_wrapped=False)
