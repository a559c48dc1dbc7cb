"""Digests of payloads and blocks, as WARC labels them: `sha1:` and 32 letters of base32."""

from __future__ import annotations

import base64
import binascii
import hashlib

__all__ = ["fits", "payload_digest"]

_SIZES = {"sha1": 20, "sha256": 32, "sha512": 64, "md5": 16}


def payload_digest(body: bytes) -> str:
    """Return the digest of a payload as WARC writes it: `sha1:` and 32 letters of base32."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode("ascii")


def fits(labelled: str, data: bytes) -> bool | None:
    """Return whether a labelled digest is that of the data; None where its algorithm is not known.

    The value may be base32 or hexadecimal, in any case: tools write both.
    """
    label, _, value = labelled.strip().partition(":")
    label = label.strip().lower().replace("-", "")
    if label not in _SIZES:
        return None
    return hashlib.new(label, data, usedforsecurity=False).digest() == _decoded(value.strip(), _SIZES[label])


def _decoded(value: str, size: int) -> bytes | None:
    try:
        if len(value) == 2 * size:
            return bytes.fromhex(value)
        return base64.b32decode(value.upper() + "=" * (-len(value) % 8))
    except (ValueError, binascii.Error):
        return None
