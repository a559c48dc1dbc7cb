"""The web interface: Datasette over `archive.db`, with pages of our own.

Server(path, knowledge, address)   a server that is bound to its port; `run` serves until it is interrupted
Knowledge                          the catalogue and the health of portals, which the archive does not know by itself
"""

from archive.web.knowledge import Knowledge

__all__ = ["Knowledge"]
