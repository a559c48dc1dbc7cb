"""Options that the commands which fetch have in common."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["Duration", "manner_options"]

F = TypeVar("F", bound=Callable[..., Any])
_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Duration(click.ParamType[float]):
    """A time in seconds: 90s, 30m, 2h, 1d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds."""
        if isinstance(value, float):
            return value
        parts = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd]?)", str(value).strip().lower())
        if parts is None:
            self.fail(f"{value!r} is no duration; write 90s, 30m, 2h or 1d", param, ctx)
        return float(parts[1]) * _UNITS_S[parts[2] or "s"]


def _contact(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    from crawler.fetching.identity import is_contact

    if value and not is_contact(value.strip()):
        raise click.BadParameter("write an e-mail address or a URL in plain ASCII, without parentheses")
    return value


def manner_options(command: F) -> F:
    """Add --delay, --night, --contact and --workers: how a crawl goes about it, whatever it crawls."""
    for option in (
        click.option(
            "--workers",
            type=click.IntRange(min=1),
            metavar="N",
            help="Processes that extract.  [default: one a processor]",
        ),
        click.option(
            "--contact",
            callback=_contact,
            envvar="LUUTRU_CONTACT",
            show_envvar=True,
            metavar="TEXT",
            help="Address or URL that the User-Agent names, so that whoever runs a portal can reach you.",
        ),
        click.option(
            "--night", is_flag=True, help="Send requests from 19:00 to 06:00 in Vietnam alone, and wait otherwise."
        ),
        click.option(
            "--delay",
            type=click.FloatRange(min=0),
            metavar="SECONDS",
            help="Gap between two requests to a portal.  "
            "[default: 3; 0 on this machine; more where robots.txt asks for it]",
        ),
    ):
        command = option(command)
    return command
