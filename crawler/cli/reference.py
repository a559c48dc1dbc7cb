"""Writes the reference of the command line from what `--help` says: `python -m crawler.cli.reference > docs/cli.md`."""

from __future__ import annotations

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
    parts = [_INTRODUCTION, _section(group, name)]
    parts += [_section(command, f"{name} {key}") for key, command in group.commands.items()]
    return "\n".join(parts)


def _section(command: click.Command, name: str) -> str:
    settings = {**command.context_settings, "terminal_width": _WIDTH}
    context = click.Context(command, info_name=name, **settings)
    parts = [f"## {name}\n\n```\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group) and " " in name:
        parts += [_section(inner, f"{name} {key}") for key, inner in command.commands.items()]
    return "\n".join(parts)


if __name__ == "__main__":
    from crawler.cli import main

    click.echo(reference(main, "luutru"), nl=False)
