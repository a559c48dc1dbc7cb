"""An archive as Python sees it: `a = archive.open(path)`, then `a.search(...)`, `a.get(...)`, `a.articles()`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from archive.articles import StoredArticle, articles
from archive.filters import Filters, parse_day
from archive.store import Archive

if TYPE_CHECKING:
    from archive.article_view import ArticleView, Revision
    from archive.duplicates import Cluster
    from archive.search import Results, Sort
    from archive.stats import Stats

__all__ = ["Day", "Names", "Reader"]

Names: TypeAlias = str | Iterable[str] | None  # one name, several, or any
Day: TypeAlias = date | str | None  # a day, or a day, month or year in words: "2022-10-05", "05/10/2022", "2022-10"


class Reader:
    """An open archive, to search and read; a crawl may write to it meanwhile. Use it in the thread that opened it.

    `portal` is the id or host of a portal, `province` a name that its province had on the day of the article,
    `category` what pages call it; each may be several. `since` and `until` are days of publication, both included; of a
    month or a year they mean the first and the last day.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    @classmethod
    def open(cls, path: str | Path) -> Self:
        """Return the archive in the folder `path`. Raises ArchiveNotFound, SchemaTooNew or another ArchiveError."""
        return cls(Archive.open(path))

    @property
    def path(self) -> Path:
        """The folder of the archive."""
        return self._archive.path

    @property
    def db(self) -> sqlite3.Connection:
        """The database, open for reading alone: for SQL of your own, and for pandas."""
        return self._archive.db

    def search(
        self,
        query: str,
        *,
        portal: Names = None,
        province: Names = None,
        category: Names = None,
        since: Day = None,
        until: Day = None,
        exact: bool = False,
        all_copies: bool = False,
        articles_only: bool = False,
        sort: Sort = "rank",
        limit: int = 10,
        offset: int = 0,
        facets: bool = False,
    ) -> Results:
        """Return the articles and files that match `query`, best first, or by `sort` ("newest", "oldest").

        `exact`: accents count. `all_copies`: each copy is a hit of its own. `facets`: also count the matches by
        province, portal and year. Raises QueryError and NotFound.
        """
        from archive.search import Options, search

        filters = _filters(portal, province, category, since, until)
        options = Options(exact, all_copies, limit, articles_only, offset, sort, facets)
        return search(self.db, query, filters, options)

    def get(self, name: str) -> ArticleView:
        """Return the article with this id, the beginning of an id, or URL: text, fields, sources, copies.

        Raises NotFound.
        """
        from archive.article_view import find_page, view_article

        return view_article(self.db, find_page(self.db, name))

    def history(self, name: str) -> list[Revision]:
        """Return the states of an article in time, the first one first. Raises NotFound."""
        from archive.article_view import find_page, history

        return history(self.db, find_page(self.db, name))

    def articles(
        self,
        *,
        portal: Names = None,
        province: Names = None,
        category: Names = None,
        since: Day = None,
        until: Day = None,
        copies: bool = True,
    ) -> Iterator[StoredArticle]:
        """Yield articles one at a time, in the order in which the archive met them; without `copies` one a cluster.

        Raises NotFound.
        """
        return articles(self.db, _filters(portal, province, category, since, until).resolve(self.db), copies=copies)

    def duplicates(
        self, name: str | None = None, *, portal: str | None = None, kind: str | None = None
    ) -> Iterator[Cluster]:
        """Yield the clusters of copies and the notice series, the largest first, with the evidence of each link.

        `name`: only the cluster of the article with this id or URL. `portal`: only those with an article of this
        portal. `kind`: only those with such a link, of "exact", "near", "contained" and "series". Raises NotFound.
        """
        from archive.article_view import find_page
        from archive.duplicates import clusters

        page = None if name is None else find_page(self.db, name)
        portals: Iterable[str | None] = [None]
        if portal is not None:
            portals = sorted(Filters((portal,)).resolve(self.db).portals or ())
        seen: set[str] = set()
        for one in portals:
            for cluster in clusters(self.db, portal=one, kind=kind, page=page):
                if cluster.id not in seen:
                    seen.add(cluster.id)
                    yield cluster

    def stats(self) -> Stats:
        """Return what the archive holds, counted."""
        from archive.stats import collect

        return collect(self.db)

    def close(self) -> None:
        """Close the database."""
        self._archive.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"archive.open({str(self.path)!r})"


def _filters(portal: Names, province: Names, category: Names, since: Day, until: Day) -> Filters:
    return Filters(
        portals=_names(portal),
        provinces=_names(province),
        since=parse_day(since) if isinstance(since, str) else since,
        until=parse_day(until, is_end=True) if isinstance(until, str) else until,
        categories=_names(category),
    )


def _names(names: Names) -> tuple[str, ...]:
    return () if names is None else (names,) if isinstance(names, str) else tuple(names)
