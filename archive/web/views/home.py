"""The first page: what the archive holds, what is new, and when its articles were published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from archive.charts import Axis, axis_of, spark, timeline
from archive.store.search_keys import first_of_day
from archive.web.summary import MERGER, Summary
from archive.web.visit import Page, Visit

__all__ = ["home"]

_ROWS = 12
_NEWEST = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A province or portal in the chart: its articles over time as small bars, and in numbers."""

    name: str
    link: str
    bars: Markup
    articles: int
    first: str
    last: str


def home(visit: Visit) -> Page:
    """Return the first page."""
    summary, t = visit.summary, visit.language
    axis = axis_of([summary.months])
    chart, rows, most, per = Markup(), [], "", ""
    if axis:
        values = axis.values(summary.months)
        per = {1: t("tháng", "month"), 3: t("quý", "quarter"), 12: t("năm", "year")}[axis.step]
        most = t(f"nhiều nhất {t.number(max(values))} bài một {per}", f"at most {t.number(max(values))} a {per}")
        chart = timeline(
            axis,
            summary.months,
            title=t(f"Số bài theo {per} đăng", f"Articles by {per} of publication"),
            description=t(
                f"Từ {t.day(axis.first)} đến {t.day(axis.last)}, {most}.",
                f"From {t.day(axis.first)} to {t.day(axis.last)}, {most}.",
            ),
            number=t.number,
            mark=MERGER,
        )
        rows = _rows(visit, summary, axis)
    return Page(
        "home.html",
        {
            "summary": summary,
            "names": visit.names,
            "chart": chart,
            "most": most,
            "per": per,
            "newest": _newest(visit),
            "rows": rows[:_ROWS],
            "more_rows": len(rows) - _ROWS,
            "is_marked": bool(axis and axis.first < MERGER <= axis.last),
        },
    )


def _rows(visit: Visit, summary: Summary, axis: Axis) -> list[Row]:
    if summary.provinces:
        series = {name: (visit.link("/search", province=name), months) for name, months in summary.provinces.items()}
    else:
        series = {p.name: (f"/portal/{p.id}", p.months) for p in summary.portals.values() if p.months}
    return sorted(
        (_row(name, link, months, axis) for name, (link, months) in series.items()),
        key=lambda row: (-row.articles, row.name),
    )


def _row(name: str, link: str, months: Mapping[str, int], axis: Axis) -> Row:
    return Row(name, link, spark(axis, months), sum(months.values()), min(months), max(months))


def _newest(visit: Visit) -> list[dict[str, str]]:
    """Return the articles published last, one of each cluster, without those of a day that is to come."""
    rows = visit.db.execute(
        """SELECT printf('%016x', pages.key) AS id, title, search_keys.portal, published_at FROM search_keys
        CROSS JOIN pages ON pages.id = search_keys.page_id CROSS JOIN revisions ON revisions.id = pages.revision_id
        CROSS JOIN documents ON documents.id = revisions.document_id
        CROSS JOIN clusters ON clusters.id = cluster_id AND representative_page_id = pages.id
        WHERE search_keys.id < ? AND NOT is_file ORDER BY search_keys.id DESC LIMIT ?""",
        [first_of_day(datetime.now(UTC).date() + timedelta(days=2)), _NEWEST],
    )
    return [dict(row) for row in rows if row["published_at"]]
