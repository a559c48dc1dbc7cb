"""What holds for the project as a whole: locks, the import contract, no trace of the machine it was written on."""

from __future__ import annotations

import configparser
import importlib
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("run.txt", "dev.txt")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==(\S+)(?: ; ([^\\]+?))? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def pins(lock: str) -> dict[tuple[str, str], int]:
    """Return the number of hashes for each (name, version) of a lock; fails on any line of another form."""
    found: dict[tuple[str, str], int] = {}
    current = ("", "")
    for line in (ROOT / "requirements" / lock).read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("#"):
            continue
        if pin := PIN.match(line):
            current = (pin[1], pin[2])
            found[current] = 0
        else:
            assert HASH.match(line), f"{lock}: neither a pin nor a hash: {line}"
            found[current] += 1
    return found


def tracked() -> list[Path]:
    """Return the files under version control, or else every file of the source distribution."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    folders = ("archive", "crawler", "tests", "benchmarks", "docs", "requirements")
    return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes_and_no_address(lock: str) -> None:
    found = pins(lock)
    assert len(found) > 50
    assert [pin for pin, hashes in found.items() if not hashes] == []
    assert "://" not in (ROOT / "requirements" / lock).read_text(encoding="utf-8")


def test_what_is_run_is_what_is_tested() -> None:
    assert pins("run.txt").items() <= pins("dev.txt").items()


def test_locks_hold_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]

    def locked(lock: str) -> set[str]:
        return {name for name, _ in pins(lock)}

    def names(requirements: list[str | dict[str, str]]) -> set[str]:
        written = [line for line in requirements if isinstance(line, str)]
        return {re.split(r"[\[<>=!~; ]", line)[0].lower().replace("_", "-") for line in written}

    run = names(project["project"]["dependencies"]) | names(groups["build"])
    assert run <= locked("run.txt")
    assert run | names(groups["dev"]) <= locked("dev.txt")


def test_the_import_contract_holds() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "0 broken" in checked.stdout


def test_archive_imports_without_scrapy() -> None:
    """A contract on static imports does not see `importlib`; a fresh interpreter does."""
    code = """
import importlib, pkgutil, sys, archive
for module in pkgutil.walk_packages(archive.__path__, "archive."):
    importlib.import_module(module.name)
loaded = {name.partition(".")[0] for name in sys.modules} & {"scrapy", "twisted", "crawler"}
sys.exit(f"imported: {sorted(loaded)}" if loaded else 0)
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_scrapy_finds_the_project() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "scrapy.cfg", encoding="utf-8")
    settings = importlib.import_module(config["settings"]["default"])
    assert settings.SPIDER_MODULES
    # Both let a stranger run code in the crawler over a local port; one of them is on by default.
    assert settings.TELNETCONSOLE_ENABLED is False
    assert settings.REMOTE_CONTROL_ENABLED is False


def test_no_trace_of_a_machine() -> None:
    trace = re.compile(rb"(?<![\w.:/$}])/(?:root|Users|work|tmp|mnt|opt)/[\w.-]+")
    found = []
    for path in tracked():
        if path == Path(__file__):
            continue
        content = path.read_bytes()
        if b"\0" not in content:
            found += [f"{path.relative_to(ROOT)}: {match.decode()}" for match in trace.findall(content)]
    assert found == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_make_targets_named_in_documents_exist(document: str) -> None:
    rules = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^ {4}|`|^\$ )make ([a-z]+)", text, flags=re.MULTILINE))
    assert named <= rules


def test_ci_runs_what_a_developer_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert shlex.split(script.read_text(encoding="utf-8"), comments=True)[-3:] == ["exec", "make", "test"]


def test_make_says_which_python_is_too_old(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2 && exit 0\nexit 1\n', encoding="utf-8")
    old.chmod(0o755)
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    made = subprocess.run(
        ["make", ".venv/.made", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert made.returncode != 0
    assert "is Python 3.9.2; luutru needs 3.11 or newer" in made.stderr.splitlines()[0]
    assert not (tmp_path / ".venv").exists()


def test_commands_named_in_the_readme_exist() -> None:
    luutru = str(Path(sys.executable).with_name("luutru"))
    shown = subprocess.run([luutru, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    commands = set(re.findall(r"^  ([a-z]+)  ", shown, flags=re.MULTILINE))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^(?: {4})?(?:\$ )?)luutru ([a-z]+)\b", readme, flags=re.MULTILINE))
    assert {"crawl", "export", "search"} <= named
    assert named <= commands
