"""The pages, each a function from a visit to what is shown, by their addresses."""

from archive.web.views.about import about
from archive.web.views.article import article, changes, file, removed
from archive.web.views.captured import captured, raw
from archive.web.views.catalogue import catalogue
from archive.web.views.cluster import cluster
from archive.web.views.home import home
from archive.web.views.portal import portal
from archive.web.views.search import feed, search
from archive.web.visit import View

__all__ = ["ROUTES"]

_ID = r"(?P<id>[0-9a-fA-F]{4,16})"

ROUTES: tuple[tuple[str, View], ...] = (
    (r"^/$", home),
    (r"^/search$", search),
    (r"^/search\.atom$", feed),
    (rf"^/article/{_ID}$", article),
    (rf"^/article/{_ID}/history$", changes),
    (rf"^/article/{_ID}/removed$", removed),
    (rf"^/article/{_ID}/page$", captured),
    (rf"^/article/{_ID}/raw$", raw),
    (rf"^/file/{_ID}$", file),
    (rf"^/cluster/{_ID}$", cluster),
    (r"^/portal/(?P<id>[^/]+)$", portal),
    (r"^/portals$", catalogue),
    (r"^/about$", about),
)
