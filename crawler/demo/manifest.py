"""What the demo portals publish: their articles as an archive should have them, and how they relate.

The texts are data (`texts/*.toml`), written for this demo; the places in them do not exist. An article is either told
whole or derived from another (`same_as`), with the relation that a deduplicating archive should find.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from archive.text import normalise, strip_marks

__all__ = ["Block", "Category", "DemoArticle", "DemoPortal", "Manifest", "Page", "Relation", "load_manifest", "slugify"]

_TEXTS = Path(__file__).with_name("texts")
PORTALS = ("so-lamkhe", "lamkhe", "suoitrang", "mocgiang", "bo-cdnt")

BlockKind = Literal["paragraph", "list", "table", "figure"]
RelationKind = Literal["exact", "near", "contained", "series"]


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a body. `lines`: of a paragraph the one, of a list its items, of a table its rows with ` | `
    between the cells, of a figure its file name and its caption."""

    kind: BlockKind
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The block as an archive keeps it: nothing for a figure."""
        if self.kind == "figure":
            return ""
        return "\n".join(f"- {line}" if self.kind == "list" else line for line in self.lines)


@dataclass(frozen=True, slots=True)
class Category:
    id: int
    slug: str
    title: str
    path: str  # of its listing


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is no article: contacts, a gallery, a table of documents."""

    path: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """An article with what an archive should know of it. What the portal does not print is None.

    `published_at` has the precision that the portal prints: a day, or minutes with +07:00. `unit` is the office that
    stands behind the author's name ("Name - Unit"). `path` is the address that listings link to (path and query);
    `twins` are further addresses of the same text on the same portal (print version, second category).
    """

    portal: str
    number: int
    slug: str
    title: str
    category: Category
    blocks: tuple[Block, ...]
    path: str
    twins: tuple[str, ...] = ()
    published_at: str | None = None
    author: str | None = None
    unit: str | None = None
    source: str | None = None
    lead: str | None = None
    also_in: Category | None = None
    attachment: str | None = None  # the file's name
    is_doubled: bool = False  # the body stands twice, the lead three times

    @property
    def key(self) -> str:
        return f"{self.portal}/{self.slug}"

    @property
    def text(self) -> str:
        """The text as an archive should have it: lead and body once, a paragraph a line, NFC."""
        return normalise("\n".join([self.lead or "", *(block.text for block in self.blocks)]))

    @property
    def captions(self) -> tuple[str, ...]:
        return tuple(normalise(block.lines[1]) for block in self.blocks if block.kind == "figure")

    @property
    def summary(self) -> str:
        """What a listing shows of it: the lead, or the first sentences."""
        first = self.lead or next(block.lines[0] for block in self.blocks if block.kind == "paragraph")
        return first if len(first) < 200 else first[:200].rsplit(" ", 1)[0] + "..."


@dataclass(frozen=True, slots=True)
class DemoPortal:
    id: str
    name: str
    categories: tuple[Category, ...]
    pages: tuple[Page, ...]
    articles: tuple[DemoArticle, ...]  # newest first, those without a date last

    def article(self, number: int) -> DemoArticle | None:
        """Return the article of that number, or None."""
        return next((article for article in self.articles if article.number == number), None)

    def in_category(self, category: Category) -> tuple[DemoArticle, ...]:
        """Return the articles that the category's listing shows, newest first."""
        return tuple(article for article in self.articles if category in (article.category, article.also_in))


@dataclass(frozen=True, slots=True)
class Relation:
    """How two articles relate, by their keys: `copy` was made from `original`.

    Only these pairs are listed: members of a series relate to each other as each does to the first, and two near
    copies of one text may be near each other too.
    """

    kind: RelationKind
    original: str
    copy: str


@dataclass(frozen=True, slots=True)
class Manifest:
    portals: Mapping[str, DemoPortal]
    relations: tuple[Relation, ...]

    @property
    def articles(self) -> Mapping[str, DemoArticle]:
        """All articles by key."""
        return {article.key: article for portal in self.portals.values() for article in portal.articles}


def slugify(title: str) -> str:
    """Return a title as it stands in an address: "Nước về bản" → "nuoc-ve-ban"."""
    return "-".join(re.findall(r"[a-z0-9]+", strip_marks(title)))


@cache
def load_manifest() -> Manifest:
    """Return everything the demo portals publish."""
    told = {name: tomllib.loads((_TEXTS / f"{name}.toml").read_text(encoding="utf-8")) for name in PORTALS}
    entries = {f"{name}/{entry['slug']}": entry for name, data in told.items() for entry in data["article"]}
    portals = {name: _portal(data, entries) for name, data in told.items()}
    relations = [
        Relation(entry["relation"], entry["same_as"], key) for key, entry in entries.items() if "same_as" in entry
    ]
    return Manifest(portals, tuple(relations))


def _portal(data: dict[str, Any], entries: Mapping[str, dict[str, Any]]) -> DemoPortal:
    categories = {c["slug"]: Category(**c, path=data["listing_path"].format(**c)) for c in data["category"]}
    pages = tuple(Page(p["path"], p["title"], parse_blocks(p["body"])) for p in data["page"])
    articles = [_article(data, categories, entry, entries) for entry in data["article"]]
    articles.sort(key=lambda article: article.published_at or "", reverse=True)
    return DemoPortal(data["id"], data["name"], tuple(categories.values()), pages, tuple(articles))


def _article(
    data: dict[str, Any],
    categories: Mapping[str, Category],
    entry: dict[str, Any],
    entries: Mapping[str, dict[str, Any]],
) -> DemoArticle:
    category, second = categories[entry["category"]], categories.get(entry.get("also_in", ""))
    original = entries[entry["same_as"]] if "same_as" in entry else entry
    lead, blocks = _derive(entry, original)
    published_at: str | None = entry.get("published_at")
    year, month, day = (published_at or "2000-01-01")[:10].split("-")
    names = {"number": entry["number"], "slug": entry["slug"], "alias": slugify(entry["title"])}
    # The tail stands for the random letters that such a portal puts behind every address.
    names |= {"year": year, "month": int(month), "day": int(day), "tail": f"{entry['number'] * 7919 % 46656:x}"}

    def address(pattern: str, shown_in: Category) -> str:
        return str(data[pattern].format(**names, category=shown_in.slug, category_id=shown_in.id))

    path = address("article_path", category)
    twins = [address("article_path", second)] if second else []
    twins += [address("print_path", category)] if "print_path" in data else []
    return DemoArticle(
        portal=data["id"],
        number=entry["number"],
        slug=entry["slug"],
        title=entry["title"],
        category=category,
        blocks=blocks,
        path=path,
        twins=tuple(twin for twin in twins if twin != path),
        published_at=published_at,
        author=entry.get("author"),
        unit=entry.get("unit"),
        source=entry.get("source"),
        lead=lead,
        also_in=second,
        attachment=entry.get("attachment"),
        is_doubled=entry.get("doubled", False),
    )


def _derive(entry: dict[str, Any], original: dict[str, Any]) -> tuple[str | None, tuple[Block, ...]]:
    """Lead and body of an entry: its own, or the original's after its changes."""
    body: str = original["body"]
    for before, after in entry.get("replace", ()):
        if before not in body:
            raise ValueError(f"{entry['slug']}: {before!r} is not in the text that it should be replaced in")
        body = body.replace(before, after)
    lead = entry.get("lead", original.get("lead"))
    for disguise in entry.get("disguise", ()):
        body = _DISGUISES[disguise](body)
        lead = _DISGUISES[disguise](lead) if lead else None
    blocks = parse_blocks(body)
    if "keep" in entry:
        paragraphs = [block for block in blocks if block.kind == "paragraph"]
        blocks = tuple(paragraphs[index] for index in entry["keep"])
    return lead, blocks


def parse_blocks(body: str) -> tuple[Block, ...]:
    """Return the blocks of a body: `- item`, `| cell | cell |`, `![file](caption)`, and paragraphs, a line each."""
    blocks: list[Block] = []
    for line in filter(None, body.strip().split("\n")):
        figure = re.fullmatch(r"!\[(.+)\]\((.*)\)", line)
        if figure:
            blocks.append(Block("figure", (figure[1], figure[2])))
        elif line.startswith("- "):
            _extend(blocks, "list", line[2:])
        elif line.startswith("| "):
            _extend(blocks, "table", line.strip("| "))
        else:
            blocks.append(Block("paragraph", (line,)))
    return tuple(blocks)


def _extend(blocks: list[Block], kind: BlockKind, line: str) -> None:
    """Add a line to the last block if that is of the kind, else begin one."""
    earlier = blocks.pop().lines if blocks and blocks[-1].kind == kind else ()
    blocks.append(Block(kind, (*earlier, line)))


_TONE_PAIRS = ("òa oà", "óa oá", "ỏa oả", "õa oã", "ọa oạ", "òe oè", "óe oé", "ỏe oẻ", "õe oẽ", "ọe oẹ")


def _swap_tones(text: str) -> str:
    """Put the mark of open oa and oe on the other vowel: hoá → hóa, hóa → hoá."""
    table = dict(pair.split() for pair in _TONE_PAIRS)
    table |= {new: old for old, new in table.items()}
    return re.sub(rf"(?:{'|'.join(table)})(?!\w)", lambda match: table[match[0]], text)


_DISGUISES: Mapping[str, Callable[[str], str]] = {
    "nfd": lambda text: unicodedata.normalize("NFD", text),
    "old-tones": _swap_tones,
    "dashes": lambda text: re.sub(r"(?<=\w) - (?=\w)", " – ", text).replace("“", '"').replace("”", '"'),
    "nbsp": lambda text: re.sub(r"(?<=\d) (?=\w)", "\u00a0", text),
}
