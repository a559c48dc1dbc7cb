"""luutru search"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.command import Command, archive_option, filter_options, json_option, limit_option

if TYPE_CHECKING:
    from archive.filters import Filters
    from archive.search import Hit, Options, Results, Sort

__all__ = ["search"]


@click.command(
    cls=Command,
    examples=(
        "luutru search binh dang gioi",
        "luutru search '\"bình đẳng giới\" -họp' --since 2022 --sort newest",
        "luutru search 'title:\"kế hoạch\" thi đua OR khen*' --province 'Bắc Kạn' --json",
    ),
)
@click.argument("query", nargs=-1, required=True)
@filter_options
@click.option("--exact", is_flag=True, help="Accents count: đảng finds Đảng, not đang.")
@click.option("--all-copies", is_flag=True, help="Show every copy of a text instead of one.")
@click.option("--articles-only", is_flag=True, help="Look in articles alone, not in the files that they link to.")
@click.option(
    "--sort",
    type=click.Choice(["rank", "newest", "oldest"]),
    default="rank",
    show_default=True,
    help="Best first, or by the day of publication.",
)
@limit_option(10, "hits")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many hits: --offset 10 is page 2.")
@archive_option
@json_option
def search(
    query: tuple[str, ...],
    filters: Filters,
    exact: bool,
    all_copies: bool,
    articles_only: bool,
    sort: Sort,
    limit: int,
    offset: int,
    archive_dir: Path,
    as_json: bool,
) -> None:
    """Find articles and the files attached to them (PDF, Word, Excel), best first, with snippets.

    Words match with any accents; typed with accents, such matches come first. All words must match. Also: "a phrase",
    this OR that, -without, begin*, title:word.

    In snippets, also those of --json, the words that were found stand between **; no other field has such marks.
    """
    from archive.cli.output import say, write_json
    from archive.search import Options
    from archive.search import search as find
    from archive.store import Archive

    options = Options(exact, all_copies, limit, articles_only, offset, sort)
    with Archive.open(archive_dir) as archive:
        results = find(archive.db, " ".join(query), filters, options)
    if as_json:
        write_json([_as_json(hit, results) for hit in results.hits])
    else:
        for number, hit in enumerate(results.hits):
            if number:
                say()
            _show(hit)
    _tell(results, options)


def _as_json(hit: Hit, results: Results) -> dict[str, Any]:
    from archive.cli.output import with_marks

    record = asdict(hit)
    del record["marked_title"]
    return record | {"snippet": with_marks(hit.snippet), "is_bounded": results.is_bounded}


def _tell(results: Results, options: Options) -> None:
    """Tell on stderr how much matches, and what was not looked at."""
    from archive.cli.output import tell

    number = f"{results.matched:,}" if results.is_counted else f"More than {results.matched:,}"
    last = options.offset + len(results.hits)
    if results.is_bounded and options.exact:
        tell("Too many texts to read them all: not every match was looked at. Add a word, a portal or dates.")
    elif results.is_bounded:
        tell(
            f"{number} texts match: the best of {results.ranked:,} are shown, those published last and those with the "
            "words in their title or side by side. Add a word, a portal or dates, or --sort newest."
        )
    elif not results.hits and options.offset:
        tell(f"No more hits after {options.offset:,}.")
    elif not results.hits:
        told = " --exact is on." if options.exact else ""
        tell(f"Nothing matches. Fewer words find more; words* find longer words.{told}")
    elif results.has_more or options.offset:
        tell(f"Hits {options.offset + 1:,} to {last:,}; {number[0].lower()}{number[1:]} texts match (copies included).")


def _show(hit: Hit) -> None:
    from archive.cli.output import day, is_styled, marked, say

    about = [day(hit.published_at), hit.portal, *([hit.province] if hit.province else [])]
    copies = f", {hit.copies} cop{'y' if hit.copies == 1 else 'ies'}" if hit.copies else ""
    say(*(marked(hit.marked_title, "bold") if is_styled() else [hit.title]))
    say((", ".join(about) + copies, "cyan"), indent=2)
    if (file := hit.attachment) and file.id != hit.id:
        say((f"attachment: {file.name} ({file.format})  {file.id}  {file.url}", "green"), indent=2, is_wrapped=False)
    say(*marked(hit.snippet), indent=2)
    say((f"{hit.id}  {hit.url}", "dim"), indent=2, is_wrapped=False)
