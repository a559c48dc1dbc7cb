"""luutru serve: the archive's web interface, told of the catalogue and of the crawler's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.cli.serve import serve_command

if TYPE_CHECKING:
    from archive.web import Knowledge

__all__ = ["serve"]


def _learn() -> Knowledge:
    from archive.web import Knowledge
    from crawler import catalogue
    from crawler.portals.health import states

    return Knowledge(catalogue.provinces(), catalogue.portals(), states)


serve = serve_command(_learn)
