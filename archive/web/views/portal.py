"""A portal: how it answers, what was archived of it and when, when it fell silent, what was left out, what failed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime

from markupsafe import Markup

from archive.errors import NotFound
from archive.web.charts import axis_of, bars
from archive.web.summary import MERGER, PortalSummary
from archive.web.views.article import safe_url
from archive.web.visit import Page, Visit

__all__ = ["portal", "silent_days"]

_QUIET_DAYS = 90  # a portal that published nothing for so long before its last capture, and for
_QUIET_TIMES = 4  # so many times what usually lies between two of its articles, has fallen silent
_NEWEST = 10
_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart with its title and what it says in numbers."""

    title: str
    note: str
    drawing: Markup


def portal(visit: Visit) -> Page:
    """Return what is known of a portal. Raises NotFound."""
    public_id = visit.names["id"]
    found = visit.summary.portals.get(public_id)
    if found is None:
        raise NotFound(public_id, "the archive has no such portal", "luutru portals lists those it has")
    health = found.health
    return Page(
        "portal.html",
        {
            "portal": found,
            "url": safe_url(found.url),
            "catalogued": next((one for one in visit.knowledge.portals if one.id == public_id), None),
            "health": health,
            "verdict": health.verdict() if health else "",
            "last_fetched": _iso(health.fetched_at) if health and health.fetched_at else found.last_captured_at,
            "silent_days": silent_days(found),
            "charts": _charts(visit, found),
            "years": _years(found),
            "newest": _newest(visit, public_id),
            "failures": _failures(found),
            "drops": list(health.drops.items())[:_SHOWN] if health else [],
            "retired": list(health.retired)[:_SHOWN] if health else [],
        },
    )


def silent_days(found: PortalSummary) -> int | None:
    """Return for how many days before its last capture a portal had published nothing, if that is long for it."""
    days = sorted(found.months)
    if not found.last_published_at or not found.last_captured_at or not days:
        return None
    quiet = (_day(found.last_captured_at) - _day(found.last_published_at)).days
    span = (_day(found.last_published_at) - _day(f"{days[0]}-01")).days
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
            charts.append(Chart(title, note, bars(axis, months, title=title, description=note, mark=MERGER)))
    return charts


def _years(found: PortalSummary) -> list[tuple[str, int]]:
    years: Counter[str] = Counter()
    for month, articles in found.months.items():
        years[month[:4]] += articles
    return sorted(years.items(), reverse=True)


def _newest(visit: Visit, public_id: str) -> list[dict[str, str | None]]:
    """Return the articles that were archived last."""
    rows = visit.db.execute(
        """SELECT printf('%016x', pages.key) AS id, title, published_at, gone_at FROM pages
        JOIN revisions ON revisions.id = pages.revision_id WHERE pages.portal = ? AND pages.kind = 'article'
        ORDER BY pages.id DESC LIMIT ?""",
        [public_id, _NEWEST],
    )
    return [dict(row) for row in rows]


def _failures(found: PortalSummary) -> list[tuple[str, str, int]]:
    """Return (kind, reason, how many) of captures that brought no page, then of addresses that brought no answer."""
    failures = [(kind, reason, count) for (kind, reason), count in found.failures.items()]
    if found.health:
        failures += [("unreached", reason, count) for reason, count in list(found.health.reasons.items())[:_SHOWN]]
    return failures
