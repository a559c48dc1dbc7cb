"""What an archive holds, as one HTML page that needs nothing beside itself: no network, no script."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from archive.charts import Axis, axis_of, rows, spark, timeline
from archive.language import Language
from archive.stats import NO_DAY, NO_PROVINCE, PortalStats, Stats
from archive.version import version

__all__ = ["stats_page"]

_MERGER = "2025-07"
_MOST_ROWS = 20
_STYLE = """
:root { --ink: #1d2327; --faint: #667078; --line: #dfe3e6; --paper: #fff; --ground: #f5f6f7; --bar: #9d2235; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --faint: #98a2a9; --line: #363d42; --paper: #1b1f22; --ground: #131618; --bar: #e2637a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 48px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 2px; }
h2 { font-size: 17px; margin: 0 0 10px; }
p { margin: 0; }
.faint, footer { color: var(--faint); }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 16px 18px; }
section, .figures, .pair { margin-top: 16px; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 16px; }
.pair section { margin-top: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 10px; padding: 0; }
.figures div { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.figures dt { color: var(--faint); font-size: 13px; }
.figures dd { margin: 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures small { display: block; font-size: 12px; font-weight: 400; color: var(--faint); }
svg { display: block; font: 12px system-ui, sans-serif; fill: var(--faint); }
svg.bars { overflow: visible; margin-top: 8px; }
svg.rows { max-width: 480px; }
svg.spark { width: 300px; height: 26px; }
svg .bar { fill: var(--bar); }
svg .grid { stroke: var(--line); fill: none; vector-effect: non-scaling-stroke; }
svg .mark { stroke: var(--ink); stroke-dasharray: 4 3; }
svg .tick { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--faint); font-weight: 500; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
footer { margin-top: 24px; font-size: 13px; }
@media print { body { background: none; } section { break-inside: avoid; } }
"""


def stats_page(held: Stats, name: str, t: Language) -> str:
    """Return the page of an archive that is called `name`, in a language."""
    dated = {month: count for month, count in held.by_month.items() if month != NO_DAY}
    axis = axis_of([dated])
    called = {NO_DAY: t("không rõ ngày", "undated"), NO_PROVINCE: t("không rõ", "unknown")}
    by_province, by_year = (
        {called.get(one, one): count for one, count in counts.items()} for counts in (held.by_province, held.by_year)
    )
    names = t(
        "Tên tỉnh là tên có hiệu lực vào ngày đăng; nhiều tên đổi từ 1/7/2025.",
        "A province has the name that it had on the day of the article; many changed on 1 July 2025.",
    )
    left_out = t("Khối đã lược bỏ, theo lý do", "Blocks left out of articles, by reason")
    made = t("lập từ tệp archive.db. Giờ ghi theo UTC.", "made this out of archive.db alone. Times are UTC.")
    return f"""<!DOCTYPE html>
<html lang="{t.code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(name)}: {t("kho lưu trữ có gì", "what the archive holds")}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>{escape(name)}</h1>
<p class="faint">{_about(held, t)}</p>
</header>
{_figures(held, t)}
{_over_time(held, dated, axis, t)}
<div class="pair">
{_section(t, t("Bài theo tỉnh", "Articles by province"), by_province)}
{_section(t, t("Bài theo năm đăng", "Articles by year of publication"), by_year, most_rows=40)}
</div>
<p class="faint">{names}</p>
{_portals(held, axis, t)}
<div class="pair">
{_section(t, t("Trang theo loại", "Pages by kind"), _named(held.pages_by_kind, t))}
{_section(t, left_out, _named(held.removed_by_reason, t))}
</div>
<footer>luutru {escape(version())} {made}</footer>
</main>
</body>
</html>
"""


def _about(held: Stats, t: Language) -> str:
    number = t.number
    of = t(
        f"{number(held.articles)} bài viết của {number(held.portals)} cổng thông tin",
        f"{number(held.articles)} articles of {number(held.portals)} portals",
    )
    if not held.captures:
        return f"{of}; {t('kho còn trống', 'the archive is empty')}."
    first, last = t.day(held.first_captured_at), t.day(held.last_captured_at)
    return f"{of}, {t(f'chụp từ {first} đến {last}', f'captured {first} to {last}')}."


def _figures(held: Stats, t: Language) -> str:
    number, share = t.number, held.chrome_share
    figures = (
        (t("bài viết", "articles"), number(held.articles), t("{} phiên bản", "{} revisions"), held.revisions),
        (t("văn bản khác nhau", "distinct texts"), number(held.texts), "", 0),
        (t("bản sao", "copies"), number(held.copies), t("trong {} nhóm", "in {} clusters"), held.clusters),
        (t("cổng thông tin", "portals"), number(held.portals), t("{} trang", "{} pages"), held.pages),
        (t("lần chụp", "captures"), number(held.captures), t("{} lần không đổi", "{} unchanged"), held.revisits),
        (t("tệp WARC", "WARC files"), number(held.warc_files), t.size(held.warc_bytes), 0),
        (
            t("khung đã lược bỏ", "chrome removed"),
            t("không rõ", "unknown") if share is None else t.percent(round(share, 2)),
            t("trong chữ của trang bài", "of what article pages show"),
            0,
        ),
    )
    cells = "".join(
        f"<div><dt>{name}</dt><dd>{value}<small>{note.format(number(count))}</small></dd></div>"
        for name, value, note, count in figures
    )
    return f'<dl class="figures">{cells}</dl>'


def _over_time(held: Stats, dated: Mapping[str, int], axis: Axis | None, t: Language) -> str:
    """Return the chart of all articles by their time."""
    title, drawing, told = t("Bài theo thời gian đăng", "Articles by time of publication"), "", list[str]()
    if axis:
        most = t.number(max(axis.values(dated)))
        per = {1: t("một tháng", "a month"), 3: t("một quý", "a quarter"), 12: t("một năm", "a year")}[axis.step]
        told.append(t(f"Nhiều nhất {most} bài {per}.", f"At most {most} {per}."))
        span = f"{t.day(axis.first)} – {t.day(axis.last)}"
        drawing = timeline(axis, dated, title=title, description=span, number=t.number, mark=_MERGER)
        if axis.first < _MERGER <= axis.last:
            told.append(
                t("Vạch đứng: 1/7/2025, khi 63 tỉnh còn 34.", "The line is 1 July 2025, when 63 provinces became 34.")
            )
    if undated := held.by_month.get(NO_DAY, 0):
        told.append(
            t(f"{t.number(undated)} bài không rõ ngày đăng.", f"Without a date of publication: {t.number(undated)}.")
        )
    return f'<section><h2>{title}</h2>{drawing}<p class="faint">{" ".join(told)}</p></section>'


def _portals(held: Stats, axis: Axis | None, t: Language) -> str:
    span = f", {t.day(axis.first)} – {t.day(axis.last)}" if axis else ""
    note = t(
        "Mỗi dải vẽ theo thời kỳ nhiều bài nhất của chính cổng ấy. Dải dừng ở đâu, cổng im từ đó, hoặc từ đó chưa được "
        "chụp lại.",
        "Each strip is drawn to the portal's own best time. Where it ends, the portal fell silent, or was not captured "
        "since.",
    )
    return f"""<section>
<h2>{t("Các cổng thông tin", "Portals")}</h2>
<div class="wide"><table>
<thead><tr><th>{t("Cổng", "Portal")}</th><th>{t("Tỉnh", "Province")}</th><th class="n">{t("Bài", "Articles")}</th>
<th class="n">{t("Bản sao", "Copies")}</th><th>{t("Bài cuối đăng", "Last published")}</th>
<th>{t("Chụp lần cuối", "Last capture")}</th><th>{t("Bài theo thời gian", "Articles over time")}{span}</th></tr></thead>
<tbody>{"".join(_portal(portal, axis, t) for portal in held.by_portal)}</tbody>
</table></div>
<p class="faint">{note}</p>
</section>"""


def _portal(portal: PortalStats, axis: Axis | None, t: Language) -> str:
    chart = spark(axis, portal.by_month) if axis and portal.by_month else ""
    last = max(portal.by_month, default="")
    return (
        f'<tr><td title="{escape(portal.name)}">{escape(portal.id)}</td><td>{escape(portal.province or "")}</td>'
        f'<td class="n">{t.number(portal.articles)}</td><td class="n">{t.number(portal.copies)}</td>'
        f"<td>{t.day(last) if last else ''}</td>"
        f"<td>{t.day(portal.last_captured_at) if portal.last_captured_at else ''}</td><td>{chart}</td></tr>"
    )


def _named(counts: Mapping[str, int], t: Language) -> dict[str, int]:
    """Return counts by what their names are called."""
    named: dict[str, int] = {}
    for name, count in counts.items():
        named[t.term(name)] = named.get(t.term(name), 0) + count
    return named


def _section(t: Language, title: str, counts: Mapping[str, int], most_rows: int = _MOST_ROWS) -> str:
    """Return a chart of rows with its title; beyond `most_rows` there is only a sum, which is not drawn."""
    shown = dict(list(counts.items())[: most_rows if len(counts) <= most_rows else most_rows - 1])
    rest = list(counts.values())[len(shown) :]
    more = f"{t.number(len(rest))} {t('dòng nữa', 'more')}: {t.number(sum(rest))}" if rest else ""
    drawing = rows(shown, title, number=t.number) if shown else f"<p>{t('Không có.', 'None.')}</p>"
    return f'<section><h2>{title}</h2>{drawing}<p class="faint">{more}</p></section>'
