"""The dataset card of a corpus: README.md with the front matter that dataset hubs read."""

from __future__ import annotations

from collections.abc import Sequence

from archive.export.choice import Options, Summary
from archive.export.folder import FileDigest

__all__ = ["dataset_card"]

_RULES = {
    "portal": "another portal or province than asked for",
    "category": "another category than asked for",
    "undated": "no date of publication, and days were asked for",
    "since": "published before the days asked for",
    "until": "published after the days asked for",
    "short": "fewer syllables than asked for",
    "copy": "a copy: another article of its cluster is in the corpus",
}
_FIELDS = (
    ("`id`, `url`", "the page: 16 hexadecimal digits, and its address"),
    ("`portal`, `province`", "who published it; the province by its name on that day (names changed on 1 July 2025)"),
    ("`title`, `lead`", "as the page has them"),
    ("`text`", "lead and body once, a paragraph a line, NFC; without title, byline, captions and the portal's frame"),
    ("`author`, `source`, `category`, `language`", "as the page says; `language` is ISO 639-1"),
    ("`published_at`, `captured_at`", "ISO 8601; `published_at` at the precision that the page prints"),
    ("`cluster_id`, `copies`", "id of the article that represents all copies of the text; URLs of the others"),
    ("`text_digest`, `syllables`, `extractor`", "digest and length of `text`; the rules that extracted it"),
)
_LICENCE = """## Licence and care

- The texts belong to those who wrote and published them. This corpus grants no rights to them.
- Vietnam's Law on Intellectual Property, article 15, leaves pure news reports and legal, administrative and judicial
  documents unprotected. Commentary, features, interviews and poems stay protected. Tell them apart before publishing.
- Most portals ask to be named where their texts are used again: `url`, `portal`, `author`, `source` and `published_at`
  stand in every record for that reason. Keep them.
- The texts may name people (lists of beneficiaries, tenders, examinations, contacts). The Law on Personal Data
  Protection (91/2025/QH15, in force since 1 January 2026) applies also to what was once published on a portal, and
  wherever it is processed. Personal data was not masked in this corpus.
- Honour requests to take a text down: delete its `id` and those of its copies.
"""


def dataset_card(options: Options, summary: Summary, files: Sequence[FileDigest]) -> str:
    """Return the card in Markdown. It holds no time but those of the archive."""
    parts = [
        _front_matter(summary, files),
        "# Articles of Vietnamese government portals\n",
        f"{_number(summary.exported, 'article')} with {summary.syllables:,} syllables from "
        f"{_number(len(summary.portals), 'portal')}, archived by luutru.\n",
        _span("Captured", summary.captured) + _span("Published", summary.published),
        f"## What was left out\n\nOf {_number(summary.total, 'article')} in the archive:\n\n{_dropped(summary)}",
        f"## How it was chosen\n\n{_choices(options)}",
        f"## Fields\n\nMissing values are null.\n\n{_fields(options)}",
        f"## Portals\n\n| portal | articles |\n|---|---:|\n{_portals(summary)}",
        _LICENCE,
    ]
    return "\n".join(parts)


def _front_matter(summary: Summary, files: Sequence[FileDigest]) -> str:
    languages = sorted(language for language in summary.languages if language != "unknown") or ["vi"]
    lines = ["---", "license: other", "language:", *(f"- {language}" for language in languages)]
    lines += ["configs:", "- config_name: default", "  data_files:"]
    lines += [f"  - {file.name}" for file in files]
    return "\n".join([*lines, "---", ""])


def _span(what: str, span: tuple[str, str] | None) -> str:
    if span is None:
        return f"{what}: unknown.\n"
    first, last = span[0][:10], span[1][:10]
    return f"{what}: {first}.\n" if first == last else f"{what}: {first} to {last}.\n"


def _dropped(summary: Summary) -> str:
    rows = [f"| {_RULES[rule]} | {summary.dropped[rule]:,} |" for rule in _RULES if summary.dropped.get(rule)]
    return "\n".join(["| rule | articles |", "|---|---:|", *rows, f"| in the corpus | {summary.exported:,} |", ""])


def _choices(options: Options) -> str:
    chosen = {name: value for name, value in options.as_json().items() if value not in (None, [], 0, False)}
    lines = [f"- `{name}`: {', '.join(value) if isinstance(value, list) else value}" for name, value in chosen.items()]
    return "\n".join([*lines, ""])


def _fields(options: Options) -> str:
    rows = [*_FIELDS, *([("`captions`", "captions of pictures")] if options.captions else [])]
    return "".join(["| field | meaning |\n|---|---|\n", *(f"| {name} | {meaning} |\n" for name, meaning in rows)])


def _portals(summary: Summary) -> str:
    ranked = sorted(summary.portals.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"| {portal} | {count:,} |\n" for portal, count in ranked)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
