"""Five small portals of invented places, in the manners that Vietnam's portals have, served on loopback.

`luutru demo` crawls them, and so do the end-to-end tests.
"""

from __future__ import annotations

from .manifest import DemoArticle, DemoPortal, Manifest, Relation, load_manifest
from .server import ANY_FREE_PORTS, DEFAULT_PORTS, Hit, Site, serve

__all__ = [
    "ANY_FREE_PORTS",
    "DEFAULT_PORTS",
    "DemoArticle",
    "DemoPortal",
    "Hit",
    "Manifest",
    "Relation",
    "Site",
    "load_manifest",
    "serve",
]
