"""From what a user names to a crawl: portals of the catalogue or any URL, an open archive, options."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.settings import BaseSettings

from archive.errors import CrawlError, NotFound
from archive.filters import parse_day
from archive.store import Archive, migrate
from crawler import catalogue, urls
from crawler.catalogue import Portal
from crawler.crawl import Crawl
from crawler.options import Options
from crawler.session import Session
from crawler.tables import CRAWLER

__all__ = ["begins", "default_archive", "open_crawl", "open_crawl_archive", "resolve", "resolve_all"]


def begins(day: date) -> datetime:
    """Return the moment at which a day begins in Vietnam."""
    return datetime.combine(day, time(), timezone(timedelta(hours=7)))


def default_archive() -> Path:
    """Return the archive folder where none is named: `$LUUTRU_ARCHIVE`, or `luutru-archive` in this folder."""
    return Path(os.environ.get("LUUTRU_ARCHIVE") or "luutru-archive")


def resolve(name: str) -> Portal:
    """Return the portal that a user names: by id, domain or province of the catalogue, or any site by its URL.

    Raises NotFound with the nearest names, or CrawlError for a URL that cannot be one.
    """
    if "://" not in name and not _looks_like_host(name):
        return catalogue.find(name)
    address = name if "://" in name else f"http://{name}"
    url = urls.canonical(address)
    if url is None:
        raise CrawlError(name, "this is no http or https address", "give one like https://backan.gov.vn/")
    known = _catalogued(url)
    if known is not None and urls.in_scope(url, known.hosts[:1]) and urlsplit(url).path in ("", "/"):
        return known
    host = urls.host_of(url)
    provinces = (known.province_before, known.province_after) if known else (None, None)
    return Portal(host, host, url, (host,), *provinces, state="added")


def resolve_all(name: str) -> list[Portal]:
    """Return the portals that a user names: those of a province, old and new, or else the one that `resolve` finds."""
    return catalogue.of_province(name) or [resolve(name)]


def _catalogued(url: str) -> Portal | None:
    """Return the portal of the catalogue that the URL's host belongs to, if any."""
    try:
        return catalogue.find(url)
    except NotFound:
        return None


def _looks_like_host(name: str) -> bool:
    return " " not in name and ("." in name or ":" in name or name.startswith("localhost"))


def open_crawl_archive(path: Path) -> Archive:
    """Return the archive, open for writing, with the crawler's tables."""
    archive = Archive.open(path, write=True)
    try:
        migrate(path, archive.db, CRAWLER)
    except BaseException:
        archive.close()
        raise
    return archive


def open_crawl(settings: BaseSettings | Mapping[str, Any], portals: Sequence[Portal] = (), **given: Any) -> Crawl:
    """Return a crawl; for `scrapy crawl portal` whatever the command line's options say comes as text.

    `options`: an `Options`, from the command line.
    """
    options: Options = given.get("options") or Options(
        delay_s=float(given["delay"]) if "delay" in given else None,
        max_pages=int(given["max_pages"]) if "max_pages" in given else None,
        workers=int(given.get("workers") or os.cpu_count() or 1),
        since=begins(parse_day(given["since"])) if "since" in given else None,
        night=given.get("night") in ("1", "true", "yes"),
        renders=given.get("render") in ("1", "true", "yes") if "render" in given else None,
        contact=given.get("contact") or os.environ.get("LUUTRU_CONTACT"),
    )
    if not portals:
        names = [name for name in str(given.get("url", "")).split(",") if name]
        if not names:
            raise CrawlError("portal", "no URL was given", "say -a url=https://…")
        portals = [portal for name in names for portal in resolve_all(name)]
    archive = open_crawl_archive(Path(given.get("archive") or default_archive()))
    try:
        given = {key: settings[key] for key in ("USER_AGENT", "DOWNLOAD_DELAY")}
        return Crawl(Session(archive, portals, options, given))
    except BaseException:
        archive.close()
        raise
