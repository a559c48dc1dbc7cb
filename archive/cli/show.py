"""luutru show"""

from __future__ import annotations

import sys
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.command import Command, archive_option, json_option

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.article_view import ArticleView, Changes, Related, Revision
    from archive.attachment_view import AttachmentView, FileView
    from archive.cli.output import Part
    from archive.records import Removal
    from archive.store import Archive

__all__ = ["show"]


@click.command(
    cls=Command,
    examples=(
        "luutru show 58d25040e941b70e",
        "luutru show https://www.example.gov.vn/tin-tuc/ke-hoach-123.html --removed",
        "luutru show 58d2 --history --diff",
        "luutru show 58d2 --raw > page.html",
    ),
)
@click.argument("article", metavar="ID|URL")
@click.option("--history", is_flag=True, help="List its revisions.")
@click.option("--diff", is_flag=True, help="Show which words changed from revision to revision.")
@click.option("--raw", "view", flag_value="raw", help="Write the captured page itself to stdout.")
@click.option("--removed", "view", flag_value="removed", help="List what was stripped from the page, and why.")
@click.option("--no-pager", is_flag=True, help="Print what does not fit on the terminal without a pager.")
@archive_option
@json_option
def show(
    article: str, view: str | None, history: bool, diff: bool, no_pager: bool, archive_dir: Path, as_json: bool
) -> None:
    """Show one article: text, fields, provenance, attachments, copies. Or a file that articles link to: its text.

    ID is the 16 digits that search prints, or at least the first 4. In a URL, the scheme, www. and a slash at the end
    do not count.
    """
    from archive.article_view import find_page
    from archive.attachment_view import is_file
    from archive.cli.output import paged
    from archive.store import Archive

    if view and (history or diff):
        raise click.UsageError(f"--{view} shows the page, --history and --diff what became of it: choose one.")
    with Archive.open(archive_dir) as archive, paged(is_wanted=not (no_pager or as_json or view == "raw")):
        page_id = find_page(archive.db, article, or_file=view in (None, "raw") and not (history or diff))
        if is_file(archive.db, page_id):
            _show_file(archive, page_id, view, as_json=as_json)
        elif history or diff:
            _show_past(archive, page_id, as_list=history, with_changes=diff, as_json=as_json)
        else:
            _show_article(archive, page_id, view, as_json=as_json)


def _show_article(archive: Archive, page_id: int, view: str | None, *, as_json: bool) -> None:
    from archive.article_view import view_article
    from archive.cli.output import write_json

    found = view_article(archive.db, page_id)
    if view == "raw":
        _raw(archive, found.source.capture_id)
    elif view == "removed":
        from archive.removed import removed_from

        removed = removed_from(archive, found.source)
        write_json(removed) if as_json else _print_removed(removed)
    else:
        write_json(_as_json(found)) if as_json else _print_article(found)


def _show_past(archive: Archive, page_id: int, *, as_list: bool, with_changes: bool, as_json: bool) -> None:
    """Show the revisions, what changed from each to the next, or each with what changed since the one before."""
    from archive.article_view import changes, history
    from archive.cli.output import tell, write_json

    revisions = history(archive.db, page_id)
    told = [changes(old, new) for old, new in pairwise(revisions)] if with_changes else []
    if as_json:
        write_json(_past_as_json(revisions, told, as_list=as_list, with_changes=with_changes))
        return
    if with_changes and not told:
        tell("The article has not changed since it was first captured.")
    for number, revision in enumerate(revisions):
        if as_list:
            _print_revision(revision)
        if told and number:
            _print_changes(told[number - 1], is_headed=not as_list)


def _past_as_json(
    revisions: Sequence[Revision], told: Sequence[Changes], *, as_list: bool, with_changes: bool
) -> list[Any]:
    changed = [
        {"from": one.old.number, "to": one.new.number, "fields": one.fields, "changes": one.words} for one in told
    ]
    if not as_list:
        return changed
    if not with_changes:
        return list(revisions)
    return [
        asdict(revision) | {"since_last": since} for revision, since in zip(revisions, [None, *changed], strict=True)
    ]


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


def _print_revision(revision: Revision) -> None:
    from archive.cli.output import day, say

    say(
        (f"{revision.number}", "bold"),
        f"  captured {day(revision.source.captured_at)} UTC, published {day(revision.fields['published_at'])}, "
        f"{revision.syllables:,} syllables  {revision.fields['title']}",
    )


def _print_changes(changes: Changes, *, is_headed: bool) -> None:
    from archive.cli.output import day, say

    old, new, indent = changes.old, changes.new, 0 if is_headed else 3
    if is_headed:
        say((f"revision {old.number} → {new.number}, captured {day(new.source.captured_at)} UTC", "bold"))
    for name, (before, after) in changes.fields.items():
        say(f"{name}: ", *_changed(before or "", after or ""), indent=indent)
    if any(not change.is_same for change in changes.words):
        parts: list[Part] = []
        for change in changes.words:
            parts += [_shortened(change.before)] if change.is_same else _changed(change.before, change.after)
        say(*parts, indent=indent)


def _changed(before: str, after: str) -> list[Part]:
    """Return what was and what is: in colours, or as [-was-]{+is+}."""
    from archive.cli.output import has_colours

    if has_colours():
        return [(before, "red strike"), (after, "green")]
    return [mark for mark, text in ((f"[-{before}-]", before), (f"{{+{after}+}}", after)) if text]


def _shortened(text: str, around: int = 60) -> str:
    """Return a run that stayed, without its middle where it is long."""
    return text if len(text) <= 3 * around else f"{text[:around]} … {text[-around:]}"


def _raw(archive: Archive, capture_id: int) -> None:
    from archive.content import decoded_body

    sys.stdout.buffer.write(decoded_body(archive.read_capture(capture_id)))


def _print_removed(removed: tuple[Removal, ...]) -> None:
    from archive.cli.output import say, tell

    for removal in removed:
        where = f"  {removal.where}" if removal.where else ""
        say((f"{removal.reason}", "yellow"), (where, "dim"))
        say(_shortened(removal.text.replace("\n", " "), 120), indent=2)
    if not removed:
        tell("Nothing was stripped from this page.")
