"""docs/cli.md and docs/data-model.md say what is."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from archive.export import export
from archive.search import parse
from archive.store import Archive
from archive.store.migrations import ARCHIVE
from crawler.tables import CRAWLER

DOCS = Path(__file__).parent.parent / "docs"
MODEL = (DOCS / "data-model.md").read_text(encoding="utf-8")
OF_THE_ARCHIVE, _, OF_A_CRAWL = MODEL.partition("## Questions to the crawler's tables")
QUERIES = re.findall(r"^(.+):\n\n```sql\n((?:.+\n)*.+);\n```", OF_THE_ARCHIVE, re.MULTILINE)


def test_the_command_line_is_documented_as_it_is() -> None:
    # In a process of its own: click keeps the help option that a command had in the group that asked first.
    command = [sys.executable, "-m", "crawler.cli.reference"]
    made = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    written = (DOCS / "cli.md").read_text(encoding="utf-8")
    assert written == made, "write it anew: python -m crawler.cli.reference > docs/cli.md"


def test_all_queries_were_found() -> None:
    assert len(QUERIES) == OF_THE_ARCHIVE.count("```sql") >= 16


@pytest.mark.parametrize("query", [query for _, query in QUERIES], ids=[title for title, _ in QUERIES])
def test_the_queries_of_the_data_model_answer(sample_db: sqlite3.Connection, query: str) -> None:
    assert sample_db.execute(query).fetchall()


def test_the_queries_of_pandas_and_duckdb_answer(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "luutru-archive").symlink_to(sample, target_is_directory=True)
    with Archive.open(sample) as archive:
        export(archive.db, tmp_path / "corpus")
    frames, tables = re.findall(r"```python\n(.+?)```", OF_A_CRAWL, re.DOTALL)
    known: dict[str, Any] = {}
    exec(frames, known)
    assert known["months"].loc["backan", "2022-10"] == 1
    exec("import duckdb", known)
    asked = re.findall(r"^(duckdb\.sql\(.+?\))(?:  #.*)?$", tables, re.MULTILINE)
    assert [len(eval(query, known).fetchall()) for query in asked] == [4, 4]
    known["db"].close()


def test_every_table_and_column_is_documented() -> None:
    db = sqlite3.connect(":memory:", isolation_level=None)
    ARCHIVE.apply(db)
    CRAWLER.apply(db)
    columns = {
        name: [row[1] for row in db.execute(f"PRAGMA table_info({name})")]
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        if not name.startswith(("sqlite_", "_", "search_index_"))
    }
    view, _, tables = MODEL.partition("## The tables")
    documented = {
        name: re.findall(r"`(\w+)`", cells)
        for name, cells in re.findall(r"^\| `(\w+)` \| (.+?) \| .+ \|$", tables, re.MULTILINE)
    }
    cells = re.findall(r"^\| (`.+?`) \| .+ \|$", view, re.MULTILINE)
    documented["articles"] = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    assert documented == columns


@pytest.mark.parametrize("query", re.findall(r"^\| `(.+?)` \| ", (DOCS / "search.md").read_text("utf-8"), re.MULTILINE))
def test_the_queries_of_the_search_page_are_understood(query: str) -> None:
    assert parse(query).required
