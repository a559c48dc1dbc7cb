"""An article: its text and fields, where it comes from, its copies, its history, what was left out; and files."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any
from urllib.parse import urlsplit

from archive.article_view import Change, Related, Revision, find_page, history, view_article
from archive.attachment_view import is_file, view_file
from archive.records import Removal
from archive.removed import removed_from
from archive.web.differences import differences
from archive.web.visit import Page, Visit

__all__ = ["article", "changes", "file", "page_of", "removed", "safe_url"]

_MOST_RELATED = 30


@dataclass(frozen=True, slots=True)
class Step:
    """From one revision to the next: the fields that changed as (name, before, after), and the runs of words.

    `changes` is empty where the text stayed, None where the texts are too long to be compared.
    """

    old: Revision
    new: Revision
    fields: tuple[tuple[str, str | None, str | None], ...]
    changes: tuple[Change, ...] | None


def article(visit: Visit) -> Page:
    """Return an article with its surroundings."""
    page_id = page_of(visit)
    if is_file(visit.db, page_id):
        return file(visit)
    found = view_article(visit.db, page_id)
    row = found.article
    removed_counts = visit.db.execute(
        """SELECT reason.key, reason.value FROM pages JOIN revisions ON revisions.id = pages.revision_id,
        json_each(revisions.removed) AS reason WHERE pages.id = ? ORDER BY reason.value DESC, reason.key""",
        [page_id],
    ).fetchall()
    revisions = visit.db.execute("SELECT count(*) FROM revisions WHERE page_id = ?", [page_id]).fetchone()[0]
    return Page(
        "article.html",
        {
            "article": row,
            "url": safe_url(row.url),
            "names": visit.names,
            "paragraphs": _paragraphs(row.text, row.lead),
            "captions": row.captions,
            "source": found.source,
            "captures": found.captures,
            "copies": _first(found.copies),
            "series": _first(found.series),
            "revisions": revisions,
            "removed": [(reason, count) for reason, count in removed_counts],
            "attachments": [(one, safe_url(one.url)) for one in found.attachments],
        },
    )


def changes(visit: Visit) -> Page:
    """Return the history of an article, with what changed from revision to revision."""
    page_id = page_of(visit)
    revisions = history(visit.db, page_id)
    return Page(
        "history.html",
        {
            "article": view_article(visit.db, page_id).article,
            "revisions": revisions,
            "steps": [_step(old, new) for old, new in pairwise(revisions)][::-1],
        },
    )


def removed(visit: Visit) -> Page:
    """Return what today's rules leave out of an article's page, in the order of the page."""
    found = view_article(visit.db, page_of(visit))
    blocks = removed_from(visit.archive, found.source)
    return Page("removed.html", {"article": found.article, "groups": _grouped(blocks), "count": len(blocks)})


def file(visit: Visit) -> Page:
    """Return a file that articles link to: its text, and those articles."""
    page_id = find_page(visit.db, visit.path["id"], or_file=True)
    found = view_file(visit.db, page_id)
    articles = [{"id": id_, "url": safe_url(url), "title": title} for id_, url, title in found.articles]
    return Page("file.html", {"names": visit.names, "file": found, "url": safe_url(found.url), "articles": articles})


def page_of(visit: Visit) -> int:
    """Return the page that the address names. Raises NotFound."""
    return find_page(visit.db, visit.path["id"], or_file=True)


def safe_url(url: str) -> str | None:
    """Return an address if a visitor may follow it: http and https alone."""
    try:
        return url if urlsplit(url.strip()).scheme.lower() in ("http", "https") else None
    except ValueError:
        return None


def _paragraphs(text: str, lead: str | None) -> list[dict[str, Any]]:
    """Return the paragraphs of a text; `is_lead` where they are the lead's."""
    led = set((lead or "").split("\n"))
    paragraphs, is_lead = [], True
    for line in text.split("\n"):
        is_lead = is_lead and line in led
        paragraphs.append({"text": line, "is_lead": is_lead})
    return paragraphs


def _first(related: tuple[Related, ...]) -> dict[str, Any]:
    return {"shown": related[:_MOST_RELATED], "count": len(related)}


def _step(old: Revision, new: Revision) -> Step:
    fields = tuple((name, old.fields[name], value) for name, value in new.fields.items() if value != old.fields[name])
    runs = differences(old.text, new.text) if old.text != new.text else ()
    return Step(old, new, fields, runs)


def _grouped(blocks: tuple[Removal, ...]) -> list[tuple[str, list[Removal]]]:
    """Return blocks that follow one another and were left out for one reason."""
    return [(reason, list(group)) for reason, group in groupby(blocks, key=lambda removal: removal.reason)]
