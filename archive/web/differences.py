"""Two texts compared for the eye: what changed, and so much of what stayed as one needs to find it."""

from __future__ import annotations

from archive.article_view import Change, word_diff

__all__ = ["differences"]

_MOST_CHARS = 400_000  # of both texts; longer ones are not compared
_AROUND = 240  # characters of a long run that stayed, at each of its ends


def differences(before: str, after: str) -> tuple[Change, ...] | None:
    """Return the runs that stayed and that changed, long ones that stayed without their middle.

    None where the texts are too long to be compared while a visitor waits.
    """
    if len(before) + len(after) > _MOST_CHARS:
        return None
    return tuple(_shortened(change) for change in word_diff(before, after))


def _shortened(change: Change) -> Change:
    text = change.before
    if not change.is_same or len(text) <= 3 * _AROUND:
        return change
    shown = f"{text[:_AROUND].rpartition(' ')[0]} [ … ] {text[-_AROUND:].partition(' ')[2]}"
    return Change(shown, shown)
