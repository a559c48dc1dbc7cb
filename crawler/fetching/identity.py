"""Who we say that we are: the User-Agent, honest, with a way to reach whoever runs the crawl."""

from __future__ import annotations

import re

from archive.version import version

__all__ = ["is_contact", "user_agent"]

_PROJECT = "https://pypi.org/project/luutru/"
_CONTACT = re.compile(r"[!-\'*-~](?:[ -\'*-~]{0,198}[!-\'*-~])?")  # printable ASCII without parentheses


def is_contact(text: str) -> bool:
    """Tell whether a text can stand in a User-Agent: up to 200 printable ASCII characters, no parentheses."""
    return _CONTACT.fullmatch(text) is not None


def user_agent(contact: str | None = None) -> str:
    """Return the User-Agent: `luutru/VERSION (+contact)`; raises ValueError where the contact cannot stand in it."""
    contact = (contact or "").strip()
    if contact and not is_contact(contact):
        raise ValueError(f"{contact!r} cannot stand in a User-Agent: write an address or a URL in plain ASCII")
    return f"luutru/{version()} (+{contact or _PROJECT})"
