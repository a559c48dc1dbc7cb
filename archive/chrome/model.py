"""What was learned of a portal, as extraction uses it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

__all__ = ["NOTHING", "Learned"]


@dataclass(frozen=True, slots=True)
class Learned:
    """The chrome and the containers of one portal.

    `containers`: addresses of the blocks that hold the articles, the commonest first. `outside`: digests of blocks that
    recur outside of them; `inside`: of those inside that are chrome nevertheless; `teasers`: digests of places inside
    where each page has other links; `around`: of places outside where prose stands on many pages.
    """

    containers: tuple[str, ...] = ()
    outside: frozenset[int] = frozenset()
    inside: frozenset[int] = frozenset()
    teasers: frozenset[int] = frozenset()
    around: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.containers or self.outside or self.inside or self.teasers or self.around)

    def encode(self) -> bytes:
        """Return it as bytes that are equal when it is; empty where nothing was learned."""
        if not self:
            return b""
        fields = [
            list(self.containers),
            *(sorted(some) for some in (self.outside, self.inside, self.teasers, self.around)),
        ]
        return json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()

    @staticmethod
    @lru_cache(maxsize=256)
    def decode(encoded: bytes) -> Learned:
        """Return what `encode` made these bytes of."""
        if not encoded:
            return NOTHING
        containers, *sets = json.loads(encoded)
        return Learned(tuple(containers), *map(frozenset, sets))


def version(encoded: bytes) -> str:
    """Return 8 hexadecimal digits that tell one state of what was learned from another; empty where nothing was."""
    return blake2b(encoded, digest_size=4).hexdigest() if encoded else ""


NOTHING = Learned()
