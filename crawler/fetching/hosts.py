"""The hosts of a crawl, and what of them outlives it: how often they failed, until when they are left alone."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from math import ceil
from typing import Any

from archive.store.writer import Transaction
from crawler import urls
from crawler.fetching.politeness import FAILURES_BEFORE_REST, Host, is_loopback
from crawler.options import Options

__all__ = ["Hosts"]


class Hosts:
    """Knows the politeness of every host. `submit` queues work for the writer; `rests` is told of a host that rests."""

    def __init__(
        self,
        options: Options,
        default_delay_s: float,
        submit: Callable[[Callable[[Transaction], None]], Any],
        rests: Callable[[Host], None],
    ) -> None:
        self._options, self._default_delay_s = options, default_delay_s
        self._submit, self._rests = submit, rests
        self._hosts: dict[str, Host] = {}
        self._stored: dict[str, tuple[int, int, int, str]] = {}

    def load(self, db: sqlite3.Connection) -> None:
        """Read what earlier crawls left."""
        found = db.execute("SELECT host, failures, rests_until, resume_at, reason FROM hosts")
        self._stored = {row[0]: tuple(row[1:]) for row in found}

    def at(self, url: str) -> Host:
        """Return the politeness of the URL's host."""
        name = urls.host_of(url)
        if name not in self._hosts:
            delay_s = self._options.delay_s
            if delay_s is None:
                delay_s = 0.0 if is_loopback(url) else self._default_delay_s
            self._hosts[name] = self._remembered(Host(name, delay_s))
        return self._hosts[name]

    def get(self, name: str) -> Host | None:
        """Return the politeness of a host that was met already."""
        return self._hosts.get(name)

    def save(self, host: Host) -> None:
        """Let the archive remember a host's failures and pauses; of a host without any nothing is kept."""
        if host.rest_reason:
            self._rests(host)
        # Rounded up: a second too early would break what was asked for.
        state = (host.failures_in_a_row, ceil(host.rests_until), ceil(host.resume_at), host.rest_reason)
        if host.name not in self._stored and not host.failures_in_a_row:
            return
        if state == self._stored.get(host.name):
            return
        self._stored[host.name] = state

        def write(transaction: Transaction) -> None:
            if any(state):
                transaction.db.execute("INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?, ?)", [host.name, *state])
            else:
                transaction.db.execute("DELETE FROM hosts WHERE host = ?", [host.name])

        self._submit(write)
        if not any(state):
            del self._stored[host.name]

    def _remembered(self, host: Host) -> Host:
        """Return the host with what earlier crawls left: a pause that it asked for is kept in any case.

        A host that rests is left alone by `--due`. Named by the user it gets a single try.
        """
        now = time.time()
        failures, rests_until, resume_at, reason = self._stored.get(host.name, (0, 0, 0, ""))
        host.resume_at = float(resume_at) if resume_at > now else 0.0
        if rests_until > now and self._options.due_only:
            host.failures_in_a_row, host.rests_until = failures, float(rests_until)
            host.rest(reason)
        elif rests_until > now:
            host.failures_in_a_row = FAILURES_BEFORE_REST - 1
        elif failures < FAILURES_BEFORE_REST:
            host.failures_in_a_row = failures
        host.heed_pause(now)
        return host
