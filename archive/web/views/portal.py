"""A portal: how it answers, what was archived of it and when, when it fell silent, what was left out, what failed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from markupsafe import Markup

from archive.charts import axis_of, timeline
from archive.errors import NotFound
from archive.store.search_keys import first_of_day
from archive.web.knowledge import Health
from archive.web.summary import MERGER, PortalSummary
from archive.web.views.article import safe_url
from archive.web.visit import Page, Visit

__all__ = ["portal", "silent_days"]

_QUIET_DAYS = 90  # a portal that published nothing for so long before its last capture, and for
_QUIET_TIMES = 4  # so many times what usually lies between two of its articles, has fallen silent
_NEWEST = 10
_SHOWN = 12
_SAMPLE = 500  # articles that tell what is left out


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its title and what it says in numbers."""

    title: str
    note: str
    drawing: Markup


def portal(visit: Visit) -> Page:
    """Return what is known of a portal. Raises NotFound."""
    public_id = visit.path["id"]
    found = visit.summary.portals.get(public_id)
    if found is None:
        raise NotFound(public_id, "the archive has no such portal", "luutru portals lists those it has")
    health = visit.health.get(public_id)
    last_published_at = _last_published_at(visit, found)
    return Page(
        "portal.html",
        {
            "portal": found,
            "url": safe_url(found.url),
            "catalogued": next((one for one in visit.knowledge.portals if one.id == public_id), None),
            "health": health,
            "verdict": health.verdict() if health else "",
            "last_fetched": _iso(health.fetched_at) if health and health.fetched_at else found.last_captured_at,
            "silent_days": silent_days(found, last_published_at),
            "last_published_at": last_published_at,
            "removed": _removed(visit, public_id),
            "sample": _SAMPLE,
            "learned": _learned(visit, public_id),
            "charts": _charts(visit, found),
            "years": _years(found),
            "newest": _newest(visit, public_id),
            "failures": _failures(found, health),
            "drops": list(health.drops.items())[:_SHOWN] if health else [],
            "retired": list(health.retired)[:_SHOWN] if health else [],
        },
    )


def silent_days(found: PortalSummary, last_published_at: str | None) -> int | None:
    """Return for how many days before its last capture a portal had published nothing, if that is long for it."""
    days = sorted(found.months)
    if not last_published_at or not found.last_captured_at or not days:
        return None
    quiet = (_day(found.last_captured_at) - _day(last_published_at)).days
    span = (_day(last_published_at) - _day(days[0])).days
    usual = span / max(sum(found.months.values()), 1)
    return quiet if quiet >= max(_QUIET_DAYS, _QUIET_TIMES * usual) else None


def _day(moment: str) -> date:
    """Return the day of an ISO time; of a month or a year its first."""
    return date.fromisoformat(f"{moment}-01-01"[:10])


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _charts(visit: Visit, found: PortalSummary) -> list[Chart]:
    """Return the timeline: articles by their publication, captures by their time, over one axis."""
    axis, t = axis_of([found.months, found.captures]), visit.language
    if axis is None:
        return []
    series = (
        (t("Bài theo thời gian đăng", "Articles by time of publication"), found.months),
        (t("Lần chụp", "Captures"), found.captures),
    )
    charts = []
    for title, months in series:
        if months:
            most = t.number(max(axis.values(months)))
            note = f"{t.day(min(months))} – {t.day(max(months))}, {t('nhiều nhất', 'at most')} {most}"
            drawing = timeline(axis, months, title=title, description=note, number=t.number, mark=MERGER)
            charts.append(Chart(title, note, drawing))
    return charts


def _years(found: PortalSummary) -> list[tuple[str, int]]:
    years: Counter[str] = Counter()
    for month, articles in found.months.items():
        years[month[:4]] += articles
    return sorted(years.items(), reverse=True)


def _last_published_at(visit: Visit, found: PortalSummary) -> str | None:
    """Return when the last article of a portal was published, without those of impossible dates."""
    if not found.months:
        return None
    year, month = divmod(int(max(found.months)[:4]) * 12 + int(max(found.months)[5:7]), 12)
    row = visit.db.execute(
        """SELECT published_at FROM search_keys CROSS JOIN pages ON pages.id = search_keys.page_id
        JOIN revisions ON revisions.id = pages.revision_id
        WHERE search_keys.id < ? AND search_keys.portal = ? AND NOT is_file ORDER BY search_keys.id DESC LIMIT 1""",
        [first_of_day(date(year, month + 1, 1)), found.id],
    ).fetchone()
    return str(row[0]) if row else None


def _removed(visit: Visit, public_id: str) -> list[tuple[str, int]]:
    """Return what was left out of the articles that were archived last: (reason, blocks)."""
    rows = visit.db.execute(
        """SELECT reason.key, sum(reason.value) FROM (
            SELECT removed FROM pages JOIN revisions ON revisions.id = pages.revision_id
            WHERE pages.portal = ? AND pages.kind = 'article' ORDER BY pages.id DESC LIMIT ?
        ), json_each(removed) AS reason GROUP BY 1 ORDER BY 2 DESC, 1""",
        [public_id, _SAMPLE],
    )
    return [(reason, count) for reason, count in rows]


def _learned(visit: Visit, public_id: str) -> list[dict[str, Any]]:
    """Return the blocks that were learned to recur on the portal's pages, those on most pages first."""
    rows = visit.db.execute(
        """SELECT place, text, pages, of_pages, role FROM chrome_blocks WHERE portal = ? AND text <> ''
        ORDER BY role = 'kept', pages DESC, place, text LIMIT ?""",
        [public_id, _SHOWN],
    )
    return [dict(row) for row in rows]


def _newest(visit: Visit, public_id: str) -> list[dict[str, str | None]]:
    """Return the articles that were archived last."""
    rows = visit.db.execute(
        """SELECT printf('%016x', pages.key) AS id, title, published_at, gone_at FROM pages
        JOIN revisions ON revisions.id = pages.revision_id WHERE pages.portal = ? AND pages.kind = 'article'
        ORDER BY pages.id DESC LIMIT ?""",
        [public_id, _NEWEST],
    )
    return [dict(row) for row in rows]


def _failures(found: PortalSummary, health: Health | None) -> list[tuple[str, str, int]]:
    """Return (kind, reason, how many) of captures that brought no page, then of addresses that brought no answer."""
    failures = [(kind, reason, count) for (kind, reason), count in found.failures.items()]
    if health:
        failures += [("unreached", reason, count) for reason, count in list(health.reasons.items())[:_SHOWN]]
    return failures
