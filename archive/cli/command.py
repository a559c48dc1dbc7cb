"""What all commands share: options, the way errors end, and an example in `--help`.

Import only click here and at the top of a command's module: `luutru search` should not wait for what it does not need.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from archive.errors import LuutruError

__all__ = [
    "Command",
    "Day",
    "Program",
    "archive_option",
    "filter_options",
    "json_option",
    "limit_option",
]

F = TypeVar("F", bound=Callable[..., Any])


class Command(click.Command):
    """A command with examples in its help, whose errors end as the contract says.

    A LuutruError is one line on stderr and exit code 1; an interruption 130; a reader that closed the pipe is no error.
    """

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; see the class for how errors end."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except LuutruError as error:
            _fail(ctx, str(error))
        except sqlite3.Error as error:
            from archive.store import database_error

            _fail(ctx, str(database_error(Path("archive.db"), error)))
        except KeyboardInterrupt:
            click.echo("luutru: interrupted", err=True)
            ctx.exit(130)
        except BrokenPipeError:
            _drop_stdout()
            ctx.exit(0)
        except OSError as error:
            if not _is_stdout(error):
                raise
            _drop_stdout()
            _fail(ctx, f"standard output: it cannot be written ({error.strerror})")
        else:
            return result


class Program(click.Group):
    """The group of all commands: a help that cannot be written ends in one line, too."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program."""
        try:
            return super().main(*args, **kwargs)
        except OSError as error:
            if not _is_stdout(error):
                raise
            _drop_stdout()
            click.echo(f"luutru: standard output: it cannot be written ({error.strerror})", err=True)
            sys.exit(1)


class Day(click.ParamType[date]):
    """A day: 2022-10-05 or 05/10/2022; also a month or a year, of which the first or the last day is meant."""

    name = "date"

    def __init__(self, *, is_end: bool = False) -> None:
        self._is_end = is_end

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        from archive.filters import parse_day

        try:
            return value if isinstance(value, date) else parse_day(str(value), is_end=self._is_end)
        except ValueError:
            self.fail(f"{value!r} is no date; write 2022-10-05, 05/10/2022, 2022-10 or 2022", param, ctx)


archive_option = click.option(
    "--archive",
    "archive_dir",
    type=click.Path(path_type=Path),
    default="luutru-archive",
    envvar="LUUTRU_ARCHIVE",
    show_default=True,
    show_envvar=True,
    metavar="DIR",
    help="Folder of the archive.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print records as JSON, one a line.")


def limit_option(default: int, what: str) -> Callable[[F], F]:
    """Return the option `--limit` for at most so many of `what`."""
    return click.option(
        "--limit", type=click.IntRange(min=1), default=default, show_default=True, help=f"Print at most so many {what}."
    )


def filter_options(command: F) -> F:
    """Add --portal, --province, --category, --since and --until; the command gets them as `filters`."""

    @wraps(command)
    def filtered(
        *args: Any,
        portal: tuple[str, ...],
        province: tuple[str, ...],
        category: tuple[str, ...],
        since: date | None,
        until: date | None,
        **kwargs: Any,
    ) -> Any:
        from archive.filters import Filters

        if since and until and since > until:
            raise click.UsageError(f"--since {since} is later than --until {until}.")
        return command(*args, filters=Filters(portal, province, since, until, category), **kwargs)

    for option in (
        click.option("--until", type=Day(is_end=True), metavar="DATE", help="Published on this day or before."),
        click.option("--since", type=Day(), metavar="DATE", help="Published on this day or after."),
        click.option(
            "--category", multiple=True, metavar="NAME", help="Only of this category, as pages name it. Repeatable."
        ),
        click.option(
            "--province",
            multiple=True,
            metavar="NAME",
            help="Only from this province, by its name on the day of the article; accents are optional. Repeatable.",
        ),
        click.option("--portal", multiple=True, metavar="NAME", help="Only from this portal, id or host. Repeatable."),
    ):
        filtered = option(filtered)
    return cast(F, filtered)


def _is_stdout(error: OSError) -> bool:
    """Return whether it is stdout that cannot be written: the end of a line meets the same error again."""
    try:
        click.echo()
    except OSError as again:
        return again.errno == error.errno
    return False


def _drop_stdout() -> None:
    """Let what stdout still holds go nowhere; Python would complain when it flushes it at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(ctx: click.Context, message: str) -> None:
    from archive.text import printable

    click.echo(f"luutru: {printable(' '.join(message.split()))}", err=True)
    ctx.exit(1)
