"""What a process and everything that it starts costs: wall and CPU seconds, peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.end_to_end.portal import Served

__all__ = ["Cost", "Server", "run", "serving"]

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run cost, in seconds and bytes.

    `wall_s` and `cpu_s` are of the whole process tree from its start to its end; `crawl_cpu_s` is the part of
    `cpu_s` from the first page on (without interpreter start and imports, with all that comes after the last page).
    `peak_bytes` sums the resident memory of the tree, so that shared pages count once a process.
    """

    returncode: int
    wall_s: float
    cpu_s: float
    crawl_cpu_s: float
    peak_bytes: int
    stderr: str


class Server:
    """The portals in a process of their own, which runs `module`."""

    def __init__(self, hosts: int, pages: int, module: str) -> None:
        command = [sys.executable, "-m", module, f"--hosts={hosts}", f"--pages={pages}"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.urls: list[str] = json.loads(self._read_line())
        self.first_page = threading.Event()
        self._last_line = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read_line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def _read(self) -> None:
        while line := self._read_line():
            if line == "first\n":
                self.first_page.set()
            self._last_line = line

    def stop(self) -> Served:
        """Return what was served, after ending the server."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._reader.join()
        return Served(**json.loads(self._last_line))

    def close(self) -> None:
        """End the server, if it still runs."""
        self._process.kill()
        self._reader.join()
        self._process.__exit__(None, None, None)


@contextmanager
def serving(hosts: int, pages: int, module: str = "benchmarks.end_to_end.portal") -> Iterator[Server]:
    """Yield a server of fresh portals; it ends with the block, whatever happens there."""
    server = Server(hosts, pages, module)
    try:
        yield server
    finally:
        server.close()


def run(command: Sequence[str], server: Server, folder: Path) -> Cost:
    """Return what `command` cost; its output goes to files in `folder`."""
    # Where modules are not kept compiled, every start would compile Scrapy anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment)
        watch = _Watch(process.pid, server.first_page)
        watch.start()
        # wait4 gives the usage of the child with all descendants that it waited for.
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
    cpu_s = max(usage.ru_utime + usage.ru_stime, watch.cpu_s)
    peak = watch.peak_bytes or usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    stderr = (folder / "stderr").read_text(encoding="utf-8", errors="replace")
    return Cost(process.returncode, wall_s, cpu_s, cpu_s - watch.cpu_at_first_page_s, peak, stderr)


class _Watch(threading.Thread):
    """Reads CPU and memory of a process tree from /proc, four times a second; where there is none it stays at zero."""

    def __init__(self, pid: int, first_page: threading.Event) -> None:
        super().__init__(daemon=True)
        self._pid, self._first_page, self._ended = pid, first_page, threading.Event()
        self._seen: dict[int, float] = {}
        self.peak_bytes = 0
        self.cpu_at_first_page_s = 0.0

    @property
    def cpu_s(self) -> float:
        """Return the CPU seconds of all processes seen, as far as they were seen."""
        return sum(self._seen.values())

    def run(self) -> None:
        # Soon after the first page, so that what comes before it is not counted to the crawl.
        while not self._ended.is_set():
            if self._first_page.wait(0.25) and not self.cpu_at_first_page_s:
                self._sample()
                self.cpu_at_first_page_s = self.cpu_s
            elif self._first_page.is_set():
                self._ended.wait(0.25)
                self._sample()

    def stop(self) -> None:
        self._ended.set()
        self.join()

    def _sample(self) -> None:
        resident = 0
        for pid in _tree(self._pid):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                resident += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
            except (OSError, IndexError):
                continue  # it ended while we looked
            self._seen[pid] = (int(fields[11]) + int(fields[12])) / _TICKS
        self.peak_bytes = max(self.peak_bytes, resident)


def _tree(pid: int) -> list[int]:
    found, queue = [], [pid]
    while queue:
        found.append(parent := queue.pop())
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                queue += map(int, children.read_text().split())
            except OSError:
                continue
    return found
