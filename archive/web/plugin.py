"""The plugin that makes Datasette the web interface of an archive: pages of its own, through public hooks alone."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from datasette import Response, hookimpl
from datasette.views.base import DatasetteError

from archive.errors import LuutruError, NotFound, WarcError
from archive.language import LANGUAGES, Language, chosen
from archive.store import TO_READ_FAST, Archive
from archive.web.cached import Cached
from archive.web.datasette_words import translated
from archive.web.dictionary import described
from archive.web.knowledge import Knowledge
from archive.web.passed_on import passed_on
from archive.web.security import PAGE_POLICY, Application, Guard
from archive.web.summary import summarise
from archive.web.views import ROUTES
from archive.web.visit import Body, Page, View, Visit, limited

__all__ = ["DATABASE", "Plugin"]

DATABASE = "archive"  # what Datasette calls archive.db
_LONGEST_VALUE = 100_000_000  # bytes of one value: printf and zeroblob can ask for any size
_log = logging.getLogger("luutru.web")


class Plugin:
    """The hooks, for one archive. `__name__` is what Datasette calls the plugin."""

    __name__ = "luutru"

    def __init__(self, path: Path, knowledge: Knowledge, *, is_exposed: bool) -> None:
        self._path, self._knowledge, self._is_exposed = path, knowledge, is_exposed
        self._counted = Cached(path / f"{DATABASE}.db", summarise)
        self._states = Cached(path / f"{DATABASE}.db", knowledge.states)
        self._counted.warm()
        self._states.warm()

    @hookimpl
    def prepare_connection(self, conn: sqlite3.Connection, database: str) -> None:
        """Only read, and let no query make a value larger than any text."""
        if database != DATABASE:
            return
        conn.execute("PRAGMA query_only = ON")
        for pragma in TO_READ_FAST:
            conn.execute(pragma)
        conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)

    @hookimpl
    def extra_template_vars(
        self, template: str, database: str | None, table: str | None, request: Any
    ) -> Mapping[str, Any]:
        """Return what every template needs; Datasette's own pages get their descriptions in the visitor's language."""
        shared = self._shared(request)
        if database == DATABASE and (table or template == "database.html"):
            shared["metadata"] = described(table, shared["t"])
            if table == "articles":
                shared["metadata"] |= {"description": self._with_number(shared["metadata"]["description"], shared["t"])}
        return shared

    @hookimpl
    def prepare_jinja2_environment(self, env: Any) -> None:
        """Let templates say what Datasette's own say in the visitor's language."""
        env.filters["translated"] = translated

    @hookimpl
    def asgi_wrapper(self) -> Callable[[Application], Guard]:
        """Return the guard of every answer."""
        return lambda inner: Guard(passed_on(inner, DATABASE), is_exposed=self._is_exposed)

    @hookimpl
    def register_routes(self) -> list[tuple[str, Callable[..., Awaitable[Any]]]]:
        """Return the pages by their addresses."""
        return [(pattern, self._answering(view)) for pattern, view in ROUTES]

    @hookimpl
    def handle_exception(self, datasette: Any, request: Any, exception: Exception) -> Callable[[], Awaitable[Any]]:
        """Return a page that says what went wrong, in the visitor's language; a bug goes to the log."""

        async def answer() -> Any:
            status = int(getattr(exception, "status", 500))
            if status == 500 and _is_of_asking(exception) and request.path.startswith(f"/{DATABASE}"):
                status = 400
            if status == 500:
                _log.error("%s", request.path, exc_info=exception)
            if request.path.endswith(".json"):
                problem = "internal error" if status == 500 else str(exception)
                return Response.json({"ok": False, "error": problem, "status": status}, status=status)
            return await self._rendered(datasette, request, _failure(exception, status))

        return answer

    def _answering(self, view: View) -> Callable[..., Awaitable[Any]]:
        async def answer(request: Any, datasette: Any) -> Any:
            def visit(db: sqlite3.Connection) -> Page | Body:
                with limited(db):
                    return view(self._visit(db, request))

            try:
                made = await datasette.get_database(DATABASE).execute_fn(visit)
            except (LuutruError, sqlite3.OperationalError) as error:
                if isinstance(error, sqlite3.OperationalError) and str(error) != "interrupted":
                    raise
                made = _failure(error, 404 if isinstance(error, NotFound) else 503)
            if isinstance(made, Page):
                return await self._rendered(datasette, request, made)
            return _Plain(made)

        return answer

    def _with_number(self, description: str, t: Language) -> str:
        """Return the description of the articles with how many there are, which Datasette does not count."""
        articles = t.number(self._counted.current().articles)
        return f"{description} {t(f'Có {articles} bài.', f'There are {articles}.')}"

    def _visit(self, db: sqlite3.Connection, request: Any) -> Visit:
        args = request.args
        return Visit(
            archive=Archive(self._path, db, None),
            counted=self._counted,
            states=self._states,
            knowledge=self._knowledge,
            language=_language(request),
            path={name: unquote(value) for name, value in request.url_vars.items() if value is not None},
            args={name: tuple(args.getlist(name)) for name in args},
            base_url=f"{request.scheme}://{request.host}",
        )

    async def _rendered(self, datasette: Any, request: Any, page: Page) -> Any:
        text = await datasette.render_template(page.template, dict(page.context), request=request)
        return Response.html(text, page.status, {"Content-Security-Policy": PAGE_POLICY})

    def _shared(self, request: Any) -> dict[str, Any]:
        language = _language(request)
        path = request.path if request else "/"
        others = {}
        if request:
            kept = [
                pair for pair in request.query_string.split("&") if pair and not pair.startswith(("lang=", "_nocount="))
            ]
            others = {code: f"{path}?{'&'.join([*kept, f'lang={code}'])}" for code in LANGUAGES}
        return {"t": language, "other_language": others, "data_url": f"/{DATABASE}", "here": path}


class _Plain(Response):  # type: ignore[misc]  # Datasette has no types
    """An answer that is no page of ours."""

    def __init__(self, body: Body) -> None:
        super().__init__(body.content, body.status, dict(body.headers), body.content_type)


def _is_of_asking(exception: Exception) -> bool:
    """Return whether Datasette could not do what its arguments say: a column that is not there, SQL that is none."""
    return isinstance(exception, (DatasetteError, sqlite3.Error, sqlite3.Warning, ValueError, IndexError))


def _language(request: Any) -> Language:
    return chosen(request.args.get("lang"), request.cookies) if request else chosen(None, {})


def _failure(error: BaseException, status: int) -> Page:
    """Return the page for an error; `account` is what the archive says of it, `kind` what the page says."""
    if isinstance(error, sqlite3.OperationalError):
        return Page("failure.html", {"kind": "slow", "subject": "", "account": ""}, 503)
    if isinstance(error, LuutruError):
        kind = "missing" if isinstance(error, NotFound) else "warc" if isinstance(error, WarcError) else "other"
        return Page("failure.html", {"kind": kind, "subject": error.subject, "account": error.account}, status)
    account = "" if status == 500 else str(getattr(error, "message", "") or error)
    kind = "missing" if status == 404 else "bug" if status == 500 else "other"
    return Page("failure.html", {"kind": kind, "subject": "", "account": "" if status == 404 else account}, status)
