"""Pages of Oracle's ADF (WebCenter) that do nothing but ask again, by a script, with a parameter of the server's."""

from __future__ import annotations

import re

__all__ = ["LoopBacks"]

_LOOP = re.compile(rb"_afrLoop\W{1,12}(\d{5,20})")
_MOST_BYTES = 16_384


class LoopBacks:
    """Knows the hosts that answer so; the parameter then goes into every request to them, and into no address kept."""

    def __init__(self) -> None:
        self._wanted: dict[str, str] = {}  # by host

    def asked(self, url: str, host: str) -> str:
        """Return what is asked of a host for the address `url`."""
        wanted = self._wanted.get(host)
        return f"{url}{'&' if '?' in url else '?'}{wanted}" if wanted else url

    def is_one(self, host: str, requested_url: str, body: bytes) -> bool:
        """Tell whether an answer is such a page; then the host is known from now on. Asked once, it is none."""
        if len(body) > _MOST_BYTES or b"_afrLoop" not in body or "_afrLoop=" in requested_url:
            return False
        if match := _LOOP.search(body):
            self._wanted[host] = f"_afrLoop={match[1].decode()}&_afrWindowMode=0"
        return match is not None
