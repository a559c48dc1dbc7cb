"""What each table and column is, in both languages, as Datasette shows it; and queries that people want."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from typing import Any

from archive.language import ENGLISH, Language

__all__ = ["SHOWN_IN_ENGLISH", "described", "metadata"]

_DERIVED = frozenset(
    ("bands", "signatures", "readings", "probes", "search_keys", "settings", "chrome_pages", "rebuilds")
)
_QUERIES = {
    "articles_by_portal": (
        "Bài theo cổng, và bao nhiêu là bản sao",
        "Articles by portal, and how many are copies",
        """SELECT portal, count(*) AS articles, sum(NOT is_representative) AS copies
FROM articles GROUP BY portal ORDER BY articles DESC""",
    ),
    "articles_by_province_and_year": (
        "Bài theo tỉnh và năm, mỗi văn bản một",
        "Articles by province and year, one for each text",
        """SELECT province, substr(published_at, 1, 4) AS year, count(*) AS articles
FROM articles WHERE is_representative GROUP BY province, year ORDER BY province, year""",
    ),
    "texts_on_several_portals": (
        "Văn bản đăng ở nhiều cổng",
        "Texts on more than one portal",
        """SELECT cluster_id, count(DISTINCT portal) AS portals, min(published_at) AS first, max(title) AS title
FROM articles GROUP BY cluster_id HAVING portals > 1 ORDER BY portals DESC, cluster_id""",
    ),
    "articles_that_changed": (
        "Bài đã đổi sau lần chụp đầu",
        "Articles that changed after they were first captured",
        """SELECT id, title, url, revision, captured_at FROM articles WHERE revision > 1 ORDER BY captured_at DESC""",
    ),
    "articles_that_are_gone": (
        "Bài không còn trên cổng",
        "Articles that are gone from their portal",
        """SELECT id, title, url, gone_at FROM articles WHERE gone_at IS NOT NULL ORDER BY gone_at DESC""",
    ),
    "left_out_by_reason": (
        "Đã lược bỏ những gì, theo lý do",
        "What was left out, by reason",
        """SELECT reason.key AS reason, sum(reason.value) AS blocks
FROM pages JOIN revisions ON revisions.id = pages.revision_id, json_each(revisions.removed) AS reason
GROUP BY reason.key ORDER BY blocks DESC""",
    ),
}


_ALL_TABLES = (
    "Mọi bảng của kho. Ai chỉ đọc bài viết chỉ cần bảng xem articles.",
    "All tables of the archive. Who only reads articles needs the view articles alone.",
)
# What Datasette shows in the language of its metadata, English: in Vietnamese and in English.
SHOWN_IN_ENGLISH = (*((vietnamese, english) for vietnamese, english, _ in _QUERIES.values()), _ALL_TABLES)


def described(table: str | None, language: Language) -> dict[str, Any]:
    """Return the description of a table and its columns, in Datasette's form; of all tables where None is named."""
    if table is None:
        return {"description": language(*_ALL_TABLES)}
    columns = _tables().get(table, {})
    named = {column: language(*texts) for column, texts in columns.items() if column}
    return {"description": language(*columns.get("", ("", ""))), "columns": named}


def metadata(database: str) -> dict[str, Any]:
    """Return Datasette's metadata for the database: descriptions in English, and the queries."""
    tables = {name: {**described(name, ENGLISH), "hidden": name in _DERIVED} for name in _tables()}
    tables["_sqlite_migrations"] = {"hidden": True}
    queries = {name: {"title": english, "sql": sql} for name, (_, english, sql) in _QUERIES.items()}
    return {"databases": {database: {**described(None, ENGLISH), "tables": tables, "queries": queries}}}


@lru_cache(maxsize=1)
def _tables() -> dict[str, dict[str, tuple[str, str]]]:
    """Return table → column ("" is the table itself) → its description in both languages."""
    tables: dict[str, dict[str, tuple[str, str]]] = {}
    with (files("archive.web") / "data" / "tables.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            tables.setdefault(row["table"], {})[row["column"]] = (row["vi"], row["en"])
    return tables
