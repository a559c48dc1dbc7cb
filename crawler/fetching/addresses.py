"""Which addresses a name has: resolved once, told apart as public or not, and the only ones that are connected to."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import HostResolution
from twisted.internet import address as twisted_address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer

__all__ = ["Addresses", "is_public"]

DNS_S = 20.0
FRESH_S = 3600.0
AT_ONCE = 20
_NAT64 = IPv6Network("64:ff9b::/96")


@implementer(IHostnameResolver)
class Addresses:
    """Resolves names; as Twisted's resolver it gives out only what was resolved here before.

    So what was found to be public is what is connected to, whatever the name server says a moment later.
    """

    def __init__(self, resolve: Callable[[str], Sequence[str]] | None = None) -> None:
        self._resolve = resolve or _resolve
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._asked: dict[str, asyncio.Task[tuple[str, ...]]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def of(self, name: str) -> tuple[str, ...]:
        """Return the addresses of a name, IPv4 first; raises CannotResolveHostError."""
        until, addresses = self._known.get(name, (0.0, ()))
        if until > time.monotonic():
            return addresses
        if _is_address(name):
            self._known[name] = (float("inf"), (name,))
            return (name,)
        if name not in self._asked:
            self._asked[name] = asyncio.get_running_loop().create_task(self._ask(name))
            self._asked[name].add_done_callback(lambda _: self._asked.pop(name))
        return await asyncio.shield(self._asked[name])

    async def _ask(self, name: str) -> tuple[str, ...]:
        async with self._room:
            found = await _in_thread(self._resolve, name)
        addresses = tuple(sorted(dict.fromkeys(found), key=lambda address: ":" in address))
        if not addresses:
            raise CannotResolveHostError(name)
        self._known[name] = (time.monotonic() + FRESH_S, addresses)
        return addresses

    def resolveHostName(self, receiver: Any, hostName: str, portNumber: int = 0, *_: Any, **__: Any) -> Any:  # noqa: N802,N803
        """Hand over what is known of a name; nothing is looked up."""
        resolution = HostResolution(hostName)
        receiver.resolutionBegan(resolution)
        name = hostName if hostName.isascii() else hostName.encode("idna").decode("ascii")
        for address in self._known.get(name, (0.0, ()))[1]:
            kind = twisted_address.IPv6Address if ":" in address else twisted_address.IPv4Address
            receiver.addressResolved(kind("TCP", address, portNumber))
        receiver.resolutionComplete()
        return resolution


def is_public(address: str) -> bool:
    """Tell whether an address is on the public internet: not private, loopback, link-local, multicast or reserved.

    IPv4 addresses that are wrapped in IPv6 ones (mapped, 6to4, NAT64) are judged as what they are.
    """
    ip: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(ip, IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            wrapped = IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = wrapped or ip
    return ip.is_global and not ip.is_multicast


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _resolve(name: str) -> list[str]:
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def _in_thread(resolve: Callable[[str], Sequence[str]], name: str) -> Sequence[str]:
    """Return what `resolve` says, in a thread of its own: one that hangs delays neither others nor the end."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[Sequence[str]] = loop.create_future()

    def tell(found: Sequence[str]) -> None:
        if not answer.done():
            answer.set_result(found)

    def run() -> None:
        try:
            found = resolve(name)
        except (OSError, UnicodeError):
            found = ()
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(tell, found)

    threading.Thread(target=run, name=f"resolve {name}", daemon=True).start()
    try:
        return await asyncio.wait_for(answer, DNS_S)
    except TimeoutError as error:
        raise CannotResolveHostError(name) from error
