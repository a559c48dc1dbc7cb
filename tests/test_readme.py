"""The sessions in the README and in docs/python.md are run, as they are written, on the archive that the demo makes.

`LUUTRU_UPDATE_README=1` writes the real output into the README instead of comparing.
"""

from __future__ import annotations

import doctest
import fcntl
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parent.parent / "README.md"
DOCS = README.parent / "docs"
SESSION = re.compile(r"(?<=<!-- session -->\n```console\n)(.*?)(?=```\n<!-- /session -->)", re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo was run; by one process at a time, since its ports stand in what is compared."""
    path = tmp_path_factory.mktemp("session")
    with (tmp_path_factory.getbasetemp().parent / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(
            [Path(sys.executable).with_name("luutru"), "demo"], cwd=path, check=True, capture_output=True, timeout=170
        )
    return path


def played(session: str, folder: Path) -> str:
    """Return the session with the output that its commands really have."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    environment.pop("LUUTRU_ARCHIVE", None)
    parts = []
    for command in re.findall(r"^\$ (.*)$", session, re.MULTILINE):
        done = subprocess.run(
            command, shell=True, cwd=folder, capture_output=True, text=True, timeout=60, check=True, env=environment
        )
        parts.append(f"$ {command}\n{done.stdout}")
    return "".join(parts)


def comparable(session: str) -> str:
    """Return a session without what differs from run to run.

    Times of capture, sizes of compressed files, and how pages that are no articles are told apart: side blocks of the
    demo portals change at every visit.
    """
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d|\d+(?:\.\d+)? [kM]B|(?<=article, ).*soft404", "…", session)


def test_the_session_in_the_readme_is_real(folder: Path) -> None:
    text = README.read_text(encoding="utf-8")
    match = SESSION.search(text)
    assert match, "the README has a session"
    real = played(match[1], folder)
    if os.environ.get("LUUTRU_UPDATE_README"):
        README.write_text(SESSION.sub(lambda _: real, text), encoding="utf-8")
        return
    assert comparable(real) == comparable(match[1])


def test_the_pages_of_python_and_of_the_data_model_are_real(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # One test for both: whoever runs it has made the demo's archive.
    monkeypatch.chdir(folder)
    done = doctest.testfile(str(DOCS / "python.md"), module_relative=False, encoding="utf-8")
    assert done.attempted > 30
    assert done.failed == 0
    model = (DOCS / "data-model.md").read_text(encoding="utf-8")
    _, _, crawl = model.partition("## Questions to the crawler's tables")
    queries = re.findall(r"```sql\n((?:.+\n)*.+);\n```", crawl)
    assert len(queries) >= 4
    with sqlite3.connect(f"file:{folder}/luutru-archive/archive.db?mode=ro", uri=True) as db:
        assert [query for query in queries if not db.execute(query).fetchall()] == []
    db.close()
