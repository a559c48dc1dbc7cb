"""Writes the reference of the command line from what `--help` says: `python -m crawler.cli.reference > docs/cli.md`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

__all__ = ["reference"]

_WIDTH = 100
_INTRODUCTION = """# The command line

Made from `--help` by `python -m crawler.cli.reference > docs/cli.md`; a test compares the two.

Results go to stdout, progress and remarks to stderr. With `--json`, records are printed as JSON, one a line.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed; one line on stderr says what, why, and what to do |
| 2 | wrong usage |
| 3 | done, but some pages failed |
| 130 | interrupted |
"""


def reference(group: click.Group, name: str) -> str:
    """Return the reference of a group and its commands, in Markdown."""
    return "\n".join([_INTRODUCTION, *_sections(group, click.Context(group, info_name=name, **_settings(group)))])


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## {context.command_path}\n\n```\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _sections(inner, click.Context(inner, parent=context, info_name=name, **_settings(inner)))


def _settings(command: click.Command) -> dict[str, Any]:
    return {**command.context_settings, "terminal_width": _WIDTH}


if __name__ == "__main__":
    from crawler.cli import main

    click.echo(reference(main, "luutru"), nl=False)
