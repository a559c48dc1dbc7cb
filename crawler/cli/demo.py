"""luutru demo"""

from __future__ import annotations

import shlex
import shutil
import sqlite3
import time
from pathlib import Path

import click

from archive.cli.command import Command, archive_option
from archive.errors import ArchiveError

__all__ = ["demo"]


@click.command(cls=Command, examples=("luutru demo", "luutru demo --archive demo-archive"))
@archive_option
def demo(archive_dir: Path) -> None:
    """Do the whole job on five small portals that luutru serves itself, on this machine.

    They are crawled, stripped, deduplicated, stored, searched and exported; all that is shown comes from the archive
    that was just made. Run again, it fetches next to nothing and adds nothing.
    """
    from archive.store import Archive
    from crawler.catalogue import Portal
    from crawler.demo import serve
    from crawler.options import Options
    from crawler.run import run

    _refuse_others(archive_dir)
    started = time.monotonic()
    with serve() as sites:
        _title("Five portals on this machine")
        portals = []
        for site in sites.values():
            click.echo(f"  {site.url:<26} {site.name}")
            host = site.url.split("://")[1].rstrip("/")
            portals.append(Portal(site.id, site.name, site.url, (host,), None, None, state="demo"))
        _title("Crawl")
        session = run(archive_dir, portals, Options(delay_s=0.0))
    total = session.total()
    click.echo(f"  pages fetched: {total.fetched}, of them unchanged: {total.unchanged}")
    click.echo(f"  new articles: {total.articles}, changed: {total.changed}, duplicates among the new: {total.copies}")
    click.echo(f"  failures: {total.failed}, forbidden by robots.txt: {total.forbidden}")
    with Archive.open(archive_dir) as archive:
        _show_stripped(archive.db)
        _show_twice(archive)
        _show_copies(archive.db)
        _show_series(archive.db)
    _title("Search, without accents")
    _run("search", "binh dang gioi", "--limit", "3", archive_dir=archive_dir)
    _title("Export")
    corpus = archive_dir / "demo-corpus"
    if (corpus / "manifest.json").is_file():
        shutil.rmtree(corpus)  # of an earlier demo
    _run("export", str(corpus), "--format", "jsonl", archive_dir=archive_dir)
    _title("Verify")
    _run("verify", archive_dir=archive_dir)
    click.echo(f"\nDone in {time.monotonic() - started:.0f} s. The archive: {archive_dir}")
    click.echo("The same on a real portal:\n\n    .venv/bin/luutru crawl backan --archive backan-archive")


def _refuse_others(archive_dir: Path) -> None:
    """Raise ArchiveError where the archive holds other portals: invented texts must not mix with real ones."""
    from archive.store import Archive
    from crawler.demo import load_manifest

    if not (archive_dir / "archive.db").is_file():
        return
    with Archive.open(archive_dir) as archive:
        known = {row["id"] for row in archive.db.execute("SELECT id FROM portals")}
    others = sorted(known - set(load_manifest().portals))
    if others:
        reason = f"it holds real portals ({', '.join(others[:3])}), and the demo's are invented"
        raise ArchiveError(str(archive_dir), reason, "name another folder with --archive DIR")


def _show_stripped(db: sqlite3.Connection) -> None:
    _title("Chrome")
    articles, shown, kept = db.execute(
        "SELECT count(*), sum(visible_chars), sum(length(text)) FROM articles"
    ).fetchone()
    removed = dict(
        db.execute(
            """SELECT reason.key, sum(reason.value) FROM pages JOIN revisions ON revisions.id = pages.revision_id,
            json_each(revisions.removed) AS reason GROUP BY reason.key ORDER BY sum(reason.value) DESC LIMIT 6"""
        ).fetchall()
    )
    click.echo(f"  {articles} articles: their pages show {shown:,} characters, {kept:,} are text")
    click.echo(f"  chrome removed: {1 - kept / shown:.1%} of what the pages show")
    click.echo(f"  blocks left out, by reason: {', '.join(f'{count} {reason}' for reason, count in removed.items())}")


def _show_twice(archive: object) -> None:
    """Show the article whose body stood twice in its page."""
    from archive.content import decoded_body
    from archive.store import Archive
    from archive.text import normalise_line

    assert isinstance(archive, Archive)
    _title("A body that stood twice")
    row = archive.db.execute(
        """SELECT articles.url, articles.title, articles.text, revisions.capture_id,
            json_extract(revisions.removed, '$.repeat') AS repeats
        FROM articles JOIN pages ON printf('%016x', pages.key) = articles.id
        JOIN revisions ON revisions.id = pages.revision_id ORDER BY repeats DESC, articles.url LIMIT 1"""
    ).fetchone()
    page = normalise_line(decoded_body(archive.read_capture(row["capture_id"])).decode("utf-8", "replace"))
    sentence = max(row["text"].split("\n"), key=len)[:80]
    click.echo(f"  {row['title']}\n  {row['url']}")
    click.echo(f"  its longest paragraph («{sentence}…») stands {page.count(sentence)} times in the page")
    click.echo(
        f"  and {row['text'].count(sentence)} time in the archive; {row['repeats']} repeated blocks were left out"
    )


def _show_copies(db: sqlite3.Connection) -> None:
    """Show the cluster that spans most portals."""
    from archive.duplicates import clusters

    _title("One text on several portals")
    cluster = max(clusters(db), key=lambda cluster: len({member.portal for member in cluster.members}))
    for member in cluster.members:
        mark = "kept" if member.is_representative else "copy"
        click.echo(f"  {mark}  {member.portal:<12} {(member.published_at or 'no date')[:10]}  {member.title}")
    for link in cluster.links:
        click.echo(f"  {link.kind} {link.score:.2f}: {link.differs}")


def _show_series(db: sqlite3.Connection) -> None:
    """Show notices that differ in figures, each in a cluster of its own."""
    from archive.duplicates import clusters

    _title("A series of notices, kept apart")
    found = [cluster for cluster in clusters(db, kind="series") if cluster.series]
    found.sort(key=lambda cluster: cluster.members[0].published_at or "")
    for cluster in found:
        for member in cluster.members:
            click.echo(f"  {member.portal:<12} cluster {cluster.id}  {member.title}")
    for link in found[0].series:
        click.echo(f"  {link.kind} {link.score:.2f}: {link.differs}")


def _title(text: str) -> None:
    click.secho(f"\n{text}", bold=True)


def _run(*arguments: str, archive_dir: Path) -> None:
    """Run one of luutru's own commands as a user would, after printing it."""
    from crawler.cli import main

    arguments = (*arguments, "--archive", str(archive_dir))
    click.echo(f"$ luutru {shlex.join(arguments)}")
    code = main.main(arguments, prog_name="luutru", standalone_mode=False)
    if isinstance(code, int) and code:
        click.get_current_context().exit(code)
