"""What an archive holds, as one HTML page that needs nothing beside itself: no network, no script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from archive.charts import bars, columns, months_between, strip
from archive.stats import PortalStats, Stats
from archive.version import version

__all__ = ["stats_page"]

_MERGER = "2025-07"
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
svg { display: block; max-width: 100%; height: auto; font: 12px system-ui, sans-serif; }
svg .bar { fill: var(--bar); }
svg .axis { stroke: var(--line); }
svg .mark { stroke: var(--faint); stroke-dasharray: 4 3; }
svg .label { fill: var(--ink); }
svg .number { fill: var(--faint); }
.wide { overflow-x: auto; }
.wide > svg { min-width: 640px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: left; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--faint); font-weight: 500; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
td svg { width: 300px; max-width: none; }
footer { margin-top: 24px; font-size: 13px; }
@media print { body { background: none; } section { break-inside: avoid; } }
"""


def stats_page(held: Stats, name: str) -> str:
    """Return the page of an archive that is called `name`."""
    dated = {month: count for month, count in held.by_month.items() if month != "undated"}
    undated = held.by_month.get("undated", 0)
    captured = f"captured {_day(held.first_captured_at)} to {_day(held.last_captured_at)}" if held.captures else "empty"
    told = [f"Without a date of publication: {undated:,}."] if undated else []
    if dated and min(dated) < _MERGER <= max(dated):
        told.insert(0, "The line is 1 July 2025, when 63 provinces became 34.")
    note = f'<p class="faint">{" ".join(told)}</p>'
    provinces = bars(held.by_province, "Articles by province")
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape(name)}: what the archive holds</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<header>
<h1>{escape(name)}</h1>
<p class="faint">What the archive holds: {held.articles:,} articles of {held.portals:,} portals, {captured}</p>
</header>
{_figures(held)}
<section>
<h2>Articles by month of publication</h2>
<div class="wide">{columns(dated, "Articles by month of publication", marked=_MERGER)}</div>
{note}
</section>
<div class="pair">
<section><h2>Articles by province</h2>{provinces}
<p class="faint">A province has the name that it had on the day of the article; many changed on 1 July 2025.</p>
</section>
<section><h2>Articles by year</h2>{bars(held.by_year, "Articles by year", most_rows=40)}</section>
</div>
{_portals(held.by_portal, dated)}
<div class="pair">
<section><h2>Pages by kind</h2>{bars(held.pages_by_kind, "Pages by kind")}</section>
<section><h2>Blocks left out of articles, by reason</h2>{_or_none(held)}</section>
</div>
<footer>Made by luutru {escape(version())} out of archive.db alone. Times are UTC.</footer>
</main>
</body>
</html>
"""


def _figures(held: Stats) -> str:
    from archive.cli.output import size

    chrome = "unknown" if held.chrome_share is None else f"{held.chrome_share:.0%}"
    figures = (
        ("articles", f"{held.articles:,}", f"{held.revisions:,} revisions"),
        ("distinct texts", f"{held.texts:,}", ""),
        ("copies", f"{held.copies:,}", f"in {held.clusters:,} clusters"),
        ("portals", f"{held.portals:,}", f"{held.pages:,} pages"),
        ("captures", f"{held.captures:,}", f"{held.revisits:,} unchanged"),
        ("WARC files", f"{held.warc_files:,}", size(held.warc_bytes)),
        ("chrome removed", chrome, "of what article pages show"),
    )
    cells = "".join(f"<div><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>" for name, value, note in figures)
    return f'<dl class="figures">{cells}</dl>'


def _portals(portals: Sequence[PortalStats], dated: Iterable[str]) -> str:
    months = sorted(dated)
    span = months_between(months[0], months[-1]) if months else []
    head = f"Articles by month, {months[0]} to {months[-1]}" if months else "Articles by month"
    rows = "".join(_portal(portal, span) for portal in portals)
    return f"""<section>
<h2>Portals</h2>
<div class="wide"><table>
<thead><tr><th>Portal</th><th>Province</th><th class="n">Articles</th><th class="n">Copies</th><th>Last published</th>
<th>Last capture</th><th>{head}</th></tr></thead>
<tbody>{rows}</tbody>
</table></div>
<p class="faint">Each strip is drawn to the portal's own best month (the root of the numbers). Where it ends, the portal
fell silent, or was not captured since.</p>
</section>"""


def _portal(portal: PortalStats, months: Sequence[str]) -> str:
    chart = strip(portal.by_month, months, f"{portal.id}: articles by month") if portal.by_month else ""
    last = max(portal.by_month, default="")
    return (
        f'<tr><td title="{escape(portal.name)}">{escape(portal.id)}</td><td>{escape(portal.province or "")}</td>'
        f'<td class="n">{portal.articles:,}</td><td class="n">{portal.copies:,}</td><td>{last}</td>'
        f"<td>{_day(portal.last_captured_at)}</td><td>{chart}</td></tr>"
    )


def _or_none(held: Stats) -> str:
    if not held.removed_by_reason:
        return "<p>None.</p>"
    return bars(held.removed_by_reason, "Blocks left out of articles, by reason")


def _day(moment: str | None) -> str:
    return moment[:10] if moment else ""
