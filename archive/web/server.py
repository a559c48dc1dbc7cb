"""A server of the web interface: bound before it says so, ended by a signal without a word too many."""

from __future__ import annotations

import errno
import ipaddress
import os
import signal
import socket
import sys
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from types import FrameType
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.plugins import pm

from archive.errors import ServeError
from archive.store import Archive
from archive.web.dictionary import metadata
from archive.web.knowledge import Knowledge
from archive.web.plugin import DATABASE, Plugin

__all__ = ["Address", "Server", "is_loopback"]

_SETTINGS = {
    "sql_time_limit_ms": 2000,
    "default_page_size": 25,
    "allow_download": False,
    "suggest_facets": False,  # it asks a column after the other, of a view that joins seven tables
    "num_sql_threads": 4,
    "truncate_cells_html": 160,
    "default_cache_ttl": 0,
}


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; port 0 is any that is free."""

    host: str
    port: int


class Server:
    """The web interface of the archive in the folder `path`, listening at `url`.

    Raises ArchiveError where the archive cannot be read, ServeError where nothing can listen there.
    """

    def __init__(self, path: Path, knowledge: Knowledge, address: Address) -> None:
        Archive.open(path).close()
        path = path.resolve()
        self._socket = _listen(address)
        host, port = self._socket.getsockname()[:2]
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        # Datasette puts the path into a URI as it stands; a bare name is safe whatever the folder is called.
        os.chdir(path)
        # All handlers are asked, whoever answers: Datasette's own prints every variable, also for a page not found.
        pm.unregister(name="datasette.handle_exception")
        pm.register(Plugin(path, knowledge, is_exposed=not is_loopback(address.host)), "luutru")

    def run(self) -> None:
        """Serve until SIGINT (KeyboardInterrupt is raised then) or SIGTERM (the process ends with 0)."""
        with as_file(files("archive.web")) as folder:
            app = Datasette(
                [f"{DATABASE}.db"],
                template_dir=str(folder / "templates"),
                static_mounts=[("assets", str(folder / "static"))],
                metadata=metadata(DATABASE),
                settings=_SETTINGS,
            )
            config = uvicorn.Config(
                app.app(), log_level="warning", access_log=False, lifespan="on", server_header=False
            )
            # uvicorn ends at both, and raises them again for whoever had asked for them before.
            signal.signal(signal.SIGTERM, _end)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            uvicorn.Server(config).run(sockets=[self._socket])


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a host's address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _listen(address: Address) -> socket.socket:
    subject = f"{address.host}:{address.port}"
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            address.host.strip("[]"), address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(place)
        listening.listen(128)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            hint = "name another with --port, or --port 0 for any that is free"
            raise ServeError(subject, "the port is in use", hint) from error
        if error.errno == errno.EACCES:
            raise ServeError(subject, "this port is not for ordinary users", "name one above 1023") from error
        raise ServeError(subject, f"it cannot be listened at ({error.strerror})", "name another --host") from error
    return listening


def _end(number: int, frame: FrameType | None) -> Any:
    sys.exit(0)
