"""luutru serve"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.command import Command, archive_option

if TYPE_CHECKING:
    from archive.web import Knowledge

__all__ = ["serve_command"]


def serve_command(learn: Callable[[], Knowledge]) -> click.Command:
    """Return the command; `learn` gives what the pages say of portals beyond what is in the archive."""

    @click.command(
        cls=Command,
        examples=(
            "luutru serve",
            "luutru serve --archive ~/portals --port 8080 --open",
            "luutru serve --host 0.0.0.0 --expose",
        ),
    )
    @archive_option
    @click.option(
        "--host",
        default="127.0.0.1",
        show_default=True,
        metavar="ADDRESS",
        help="Address to listen at; one that other machines reach needs --expose.",
    )
    @click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="0: any free one.")
    @click.option("--expose", is_flag=True, help="Let other machines read the archive: all texts, tables and captures.")
    @click.option("--open", "opens", is_flag=True, help="Open it in the browser.")
    def serve(archive_dir: Path, host: str, port: int, expose: bool, opens: bool) -> None:
        """Serve the web interface: search, articles, copies, portals, charts; and every table as JSON and CSV.

        On this machine alone, and only reading: a crawl may go on meanwhile, and its articles appear. Ctrl-C ends it.
        """
        from archive.cli.output import tell
        from archive.web.server import Address, Server, is_loopback

        if not is_loopback(host) and not expose:
            raise click.UsageError(
                f"--host {host} lets other machines in: they could read every text, table and captured page, and ask "
                "SQL. If that is meant, add --expose; there is no password, so put a proxy in front."
            )
        server = Server(archive_dir, learn(), Address(host, port))
        click.echo(server.url)
        if not is_loopback(host):
            tell("Exposed to other machines: every text, table and captured page, and SQL on them, without a password.")
        tell("Ctrl-C ends it.")
        if opens:
            click.launch(server.url)
        server.run()

    return serve
