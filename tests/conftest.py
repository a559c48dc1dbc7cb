from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sample_archive

from archive.store import Archive


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample archive; nobody writes to it."""
    return sample_archive.build(tmp_path_factory.mktemp("sample") / "archive")


@pytest.fixture
def sample_db(sample: Path) -> Iterator[sqlite3.Connection]:
    """A connection to the sample archive."""
    with Archive.open(sample) as archive:
        yield archive.db
