"""Worker processes that analyse pages in micro-batches, while the event loop goes on fetching.

A page that kills its worker, or holds it for longer than `LIMIT_S`, is found by trying the pages of its batch one at a
time in a new pool; it is then `broken`, and no other page is lost.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait

from crawler.analysis.job import Analysis, Job
from crawler.analysis.worker import analyse_batch, broken

__all__ = ["Pool", "interrupts_held_back"]

BATCH_PAGES = 8
LIMIT_S = 20.0  # for a batch


@dataclass(slots=True)
class _Waiting:
    job: Job
    result: asyncio.Future[Analysis]


class Pool:
    """Analyses pages in `workers` processes. To be used from one event loop."""

    def __init__(self, workers: int, limit_s: float = LIMIT_S) -> None:
        self._workers, self._limit_s = workers, limit_s
        self._waiting: deque[_Waiting] = deque()
        self._batches = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._executor = _start(workers)
        self._alone = asyncio.Lock()

    async def analyse(self, job: Job) -> Analysis:
        """Return the analysis of a page; never raises for what a page holds."""
        waiting = _Waiting(job, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        # Whatever arrives in this turn of the loop goes along in one batch.
        asyncio.get_running_loop().call_soon(self._send)
        return await waiting.result

    def close(self) -> None:
        """End the worker processes."""
        self.kill()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def kill(self) -> None:
        """Kill the worker processes; takes no lock, so that a signal handler may call it."""
        _kill(self._executor)

    def _send(self) -> None:
        """Send batches while there is a process with less than two of them; what must wait makes larger batches."""
        while self._waiting and self._batches < self._workers * 2:
            batch = [self._waiting.popleft() for _ in range(min(BATCH_PAGES, len(self._waiting)))]
            self._batches += 1
            task = asyncio.get_running_loop().create_task(self._run(batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, batch: list[_Waiting]) -> None:
        try:
            analyses = await self._try(batch, self._limit_s)
            if analyses is None:
                analyses = await self._one_by_one(batch)
            for waiting, analysis in zip(batch, analyses, strict=True):
                if not waiting.result.done():
                    waiting.result.set_result(analysis)
        except Exception as error:  # noqa: BLE001 whoever waits must be told
            for waiting in batch:
                if not waiting.result.done():
                    waiting.result.set_exception(error)
        finally:
            self._batches -= 1
            self._send()

    async def _try(self, batch: list[_Waiting], limit_s: float) -> list[Analysis] | None:
        """Return the analyses of a batch, or None when its worker died or took too long."""
        executor = self._executor
        try:
            jobs = [waiting.job for waiting in batch]
            with interrupts_held_back():
                future = asyncio.get_running_loop().run_in_executor(executor, analyse_batch, jobs)
            return await asyncio.wait_for(future, limit_s)
        except (BrokenProcessPool, TimeoutError, asyncio.CancelledError, RuntimeError):
            if executor is self._executor:
                _kill(executor)
                executor.shutdown(wait=False, cancel_futures=True)
                self._executor = _start(self._workers)
            return None

    async def _one_by_one(self, batch: list[_Waiting]) -> list[Analysis]:
        """Analyse the pages of a failed batch alone, one batch at a time, so that blame falls on one page."""
        analyses = []
        for waiting in batch:
            async with self._alone:
                alone = await self._try([waiting], self._limit_s / 2)
            reason = f"its analysis died or took over {self._limit_s / 2:g} s"
            analyses.append(alone[0] if alone else broken(reason))
        return analyses


def _start(workers: int) -> ProcessPoolExecutor:
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload(["crawler.analysis.worker"])  # imported once and shared by the workers
        from multiprocessing import forkserver  # there is none on Windows

        with interrupts_held_back():
            forkserver.ensure_running()  # it imports while the first pages are fetched
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare)


def _prepare() -> None:
    """Make this worker end with its parent, and leave the clearing of cycles to the end of batches."""
    gc.freeze()
    gc.disable()
    _end_with_parent()


def _end_with_parent() -> None:
    """Make this worker end when the parent is killed, whatever it is waiting for."""
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            wait([parent.sentinel])
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Leave Ctrl-C to the parent: processes that are started here, and theirs, inherit that SIGINT is blocked."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _kill(executor: ProcessPoolExecutor) -> None:
    for process in list((getattr(executor, "_processes", None) or {}).values()):
        process.kill()
