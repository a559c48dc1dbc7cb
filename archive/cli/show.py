"""luutru show"""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.command import Command, archive_option, json_option

if TYPE_CHECKING:
    from archive.article_view import ArticleView, Related, Revision, Source
    from archive.attachment_view import AttachmentView, FileView
    from archive.records import Removal
    from archive.store import Archive

__all__ = ["show"]


@click.command(
    cls=Command,
    examples=(
        "luutru show 58d25040e941b70e",
        "luutru show https://www.example.gov.vn/tin-tuc/ke-hoach-123.html --removed",
        "luutru show 58d2 --diff",
        "luutru show 58d2 --raw > page.html",
    ),
)
@click.argument("article", metavar="ID|URL")
@click.option("--history", "view", flag_value="history", help="List its revisions.")
@click.option("--diff", "view", flag_value="diff", help="Show which words changed from revision to revision.")
@click.option("--raw", "view", flag_value="raw", help="Write the captured page itself to stdout.")
@click.option("--removed", "view", flag_value="removed", help="List what was stripped from the page, and why.")
@archive_option
@json_option
def show(article: str, view: str | None, archive_dir: Path, as_json: bool) -> None:
    """Show one article: text, fields, provenance, attachments, copies. Or a file that articles link to: its text.

    ID is the 16 digits that search prints, or at least the first 4. In a URL, the scheme, www. and a slash at the end
    do not count.
    """
    from archive.article_view import find_page, history, view_article
    from archive.attachment_view import is_file
    from archive.cli.output import write_json
    from archive.store import Archive

    with Archive.open(archive_dir) as archive:
        page_id = find_page(archive.db, article, or_file=view in (None, "raw"))
        if is_file(archive.db, page_id):
            _show_file(archive, page_id, view, as_json=as_json)
        elif view == "history":
            revisions = history(archive.db, page_id)
            write_json(revisions) if as_json else _print_history(revisions)
        elif view == "diff":
            _diff(history(archive.db, page_id), as_json=as_json)
        elif view == "raw":
            _raw(archive, view_article(archive.db, page_id).source.capture_id)
        elif view == "removed":
            removed = _removed(archive, view_article(archive.db, page_id).source)
            write_json(removed) if as_json else _print_removed(removed)
        else:
            found = view_article(archive.db, page_id)
            write_json(_as_json(found)) if as_json else _print_article(found)


def _as_json(found: ArticleView) -> dict[str, Any]:
    row = asdict(found.article)
    del row["page_id"], row["document_id"]
    return row | {
        "capture": found.source,
        "captures": found.captures,
        "attachments": found.attachments,
        "copies": found.copies,
        "series": found.series,
    }


def _print_article(found: ArticleView) -> None:
    from archive.cli.output import day, say

    row = found.article
    say((row.title, "bold"))
    about = [day(row.published_at), row.portal, row.province, row.author, row.source, row.category]
    say((", ".join(part for part in about if part), "cyan"))
    say()
    say(row.text)
    for caption in row.captions:
        say((f"[{caption}]", "dim"))
    say()
    source = found.source
    facts = (
        ("id", row.id),
        ("url", row.url),
        ("captured", f"{day(source.captured_at)} UTC, status {source.http_status}{_times(found.captures)}"),
        ("record", f"{source.record_type} in {source.warc_file} at {source.warc_offset}, {source.payload_digest}"),
        *([("gone", f"{day(row.gone_at)} UTC: it is no more on its portal")] if row.gone_at else []),
        *([("rendered", "by a browser: the text is what its scripts made of it")] if source.rendered_at else []),
        ("text", f"{row.syllables:,} syllables, digest {row.text_digest}"),
        ("extractor", f"{row.extractor}, revision {row.revision}"),
        ("cluster", f"{row.cluster_id}{' (this article represents it)' if row.is_representative else ''}"),
    )
    for name, value in facts:
        say((f"{name:<10}", "dim"), value, is_wrapped=name != "url")
    _print_attachments(found.attachments)
    _print_related("copies", found.copies)
    _print_related("series", found.series)


def _times(captures: int) -> str:
    return f"; {captures} captures of the page" if captures > 1 else ""


def _print_attachments(attachments: tuple[AttachmentView, ...]) -> None:
    from archive.cli.output import say

    if attachments:
        say((f"{'files':<10}", "dim"), str(len(attachments)))
    for one in attachments:
        facts = [
            one.format or (one.kind if one.kind != "attachment" else None) or "not fetched yet",
            f"{one.pages:,} pages" if one.pages else "",
            f"{one.characters:,} characters" if one.characters else "",
            one.reason or "",
        ]
        say((one.name, "green"), f"  ({', '.join(filter(None, facts))})", indent=2)
        say((f"{one.id}  {one.url}", "dim"), indent=4, is_wrapped=False)


def _show_file(archive: Archive, page_id: int, view: str | None, *, as_json: bool) -> None:
    from archive.attachment_view import view_file
    from archive.cli.output import write_json

    found = view_file(archive.db, page_id)
    if view == "raw":
        _raw(archive, found.capture_id)
    elif as_json:
        write_json(found)
    else:
        _print_file(found)


def _print_file(found: FileView) -> None:
    from archive.cli.output import day, say

    say((found.name, "bold"))
    pages = f"{found.pages:,} pages" if found.pages else ""
    say((", ".join(filter(None, (found.format, pages, found.portal, found.reason))), "cyan"))
    say()
    if found.text:
        say(found.text)
        say()
    for name, value in (("id", found.id), ("url", found.url), ("captured", f"{day(found.captured_at)} UTC")):
        say((f"{name:<10}", "dim"), value, is_wrapped=name != "url")
    for article_id, url, title in found.articles:
        say(("attached to ", "dim"), title)
        say((f"{article_id}  {url}", "dim"), indent=4, is_wrapped=False)


def _print_related(what: str, related: tuple[Related, ...]) -> None:
    from archive.cli.output import day, say

    if related:
        say((f"{what:<10}", "dim"), str(len(related)))
    for other in related:
        kind = f"{other.kind} {other.score:.2f}" if other.kind and other.score is not None else "by way of another"
        mark = ", representative" if other.is_representative and what == "copies" else ""
        say((f"{kind}{mark}", "green"), f"  {day(other.published_at)}  {other.portal}  {other.title}", indent=2)
        say((f"{other.id}  {other.url}", "dim"), indent=4, is_wrapped=False)
        if other.differs:
            say(f"differs: {other.differs}", indent=4)


def _print_history(revisions: list[Revision]) -> None:
    from archive.cli.output import day, say

    for revision in revisions:
        say(
            (f"{revision.number}", "bold"),
            f"  captured {day(revision.source.captured_at)} UTC, published {day(revision.fields['published_at'])}, "
            f"{revision.syllables:,} syllables  {revision.fields['title']}",
        )


def _diff(revisions: list[Revision], *, as_json: bool) -> None:
    from archive.article_view import word_diff
    from archive.cli.output import day, say, tell, write_json

    if len(revisions) < 2:
        tell("The article has not changed since it was first captured.")
    for old, new in pairwise(revisions):
        changes = list(word_diff(old.text, new.text))
        fields = {name: (old.fields[name], value) for name, value in new.fields.items() if value != old.fields[name]}
        if as_json:
            write_json({"from": old.number, "to": new.number, "fields": fields, "changes": changes})
            continue
        say((f"revision {old.number} → {new.number}, captured {day(new.source.captured_at)} UTC", "bold"))
        for name, (before, after) in fields.items():
            say(f"{name}: ", (f"[-{before or ''}-]", "red"), (f"{{+{after or ''}+}}", "green"))
        if any(not change.is_same for change in changes):
            parts: list[str | tuple[str, str]] = []
            for change in changes:
                if change.is_same:
                    parts.append(_shortened(change.before))
                else:
                    parts += [(f"[-{change.before}-]", "red")] * bool(change.before)
                    parts += [(f"{{+{change.after}+}}", "green")] * bool(change.after)
            say(*parts)


def _shortened(text: str, around: int = 60) -> str:
    """Return a run that stayed, without its middle where it is long."""
    return text if len(text) <= 3 * around else f"{text[:around]} … {text[-around:]}"


def _raw(archive: Archive, capture_id: int) -> None:
    from archive.content import decoded_body

    sys.stdout.buffer.write(decoded_body(archive.read_capture(capture_id)))


def _removed(archive: Archive, source: Source) -> tuple[Removal, ...]:
    """Return what today's rules strip from the captured page."""
    from archive.content import decoded_body
    from archive.extract import extract, parse
    from archive.store.renderings import as_analysed

    capture = as_analysed(archive, source.capture_id)
    page = parse(decoded_body(capture), capture.responded_url, capture.header("Content-Type"))
    return extract(page, captured_at=datetime.fromisoformat(source.captured_at)).removed


def _print_removed(removed: tuple[Removal, ...]) -> None:
    from archive.cli.output import say, tell

    for removal in removed:
        where = f"  {removal.where}" if removal.where else ""
        say((f"{removal.reason}", "yellow"), (where, "dim"))
        say(_shortened(removal.text.replace("\n", " "), 120), indent=2)
    if not removed:
        tell("Nothing was stripped from this page.")
