"""The article's heading among a page's lines, never the site's name."""

from __future__ import annotations

import re

from archive.extract.metadata import Metadata
from archive.extract.outline import Line, Outline
from archive.text import fold_key, normalise_line

__all__ = ["clean_title", "find_title", "strip_site"]

_SEPARATORS = re.compile(r"\s+(?:[-–—|»:•·]|\|\|)\s+|\s*[|»]\s*")
_ELLIPSIS = re.compile(r"\s*(?:…|\.{2,})\s*$")
_MIN_CHARS = 8
_MAX_CHARS = 400
_TITLE_NAMES = re.compile(r"title|tieude|tieu-de|headline|heading|tde|subject", re.I)
_UNTITLED = frozenset(("nav", "footer", "side", "related", "comment", "counter", "poll", "tags"))


def find_title(outline: Outline, metadata: Metadata) -> Line | None:
    """Return the line that is the page's heading, or None when no line agrees with what the page calls itself.

    A line is believed when it stands in `<title>`, in `og:title` or in the JSON-LD headline, whole or cut off, and is
    marked up as a heading or stands alone; of several the best marked up, then the longest, then the first.
    """
    names = [_key(name) for name in (*metadata.headlines, metadata.title) if name]
    best: tuple[float, Line] | None = None
    for line in outline.lines:
        text = line.text
        if not _MIN_CHARS <= len(text) <= _MAX_CHARS or line.reason in _UNTITLED:
            continue
        is_marked = line.is_heading or _is_named_title(outline, line)
        if not (is_marked or line.bold_chars * 2 > len(text) or line.tag in ("p", "div", "td", "span", "center")):
            continue
        share = max((_agreement(_key(text), name) for name in names), default=0.0)
        if share == 0.0:
            continue
        score = share * 10 + _markup(line, is_marked) - (3 if line.is_link and not line.tag == "h1" else 0)
        if best is None or score > best[0] + 1e-9:
            best = (score, line)
    return best[1] if best else None


def _markup(line: Line, is_marked: bool) -> float:
    if line.tag == "h1":
        return 4.0
    return 3.0 if line.is_heading else 2.5 if is_marked else 1.0 if line.bold_chars else 0.0


def _is_named_title(outline: Outline, line: Line) -> bool:
    """Whether a class or id of its block says that it is a title."""
    for count, index in enumerate(outline.ancestors(line.block)):
        block = outline.blocks[index]
        if count > 1 or block.last - block.first > 2:
            return False
        if _TITLE_NAMES.search(f"{block.element.get('class', '')} {block.element.get('id', '')}"):
            return True
    return False


def _key(text: str) -> str:
    return fold_key(_ELLIPSIS.sub("", text))


def _agreement(text: str, name: str) -> float:
    """Return how well a line's key and a name's agree: 0, or the share that the shorter has of the longer, above 0.25.

    `<title>` carries the site's name in front or behind, or is cut off.
    """
    if not text or not name:
        return 0.0
    if text == name:
        return 1.2  # equal is better than nearly whole
    if name.startswith(text) or name.endswith(text) or (len(text) > 20 and text in name):
        return max(len(text) / len(name), 0.25) if len(text) >= 15 or len(text) * 4 > len(name) else 0.0
    if len(name) > 30 and text.startswith(name):
        return min(1.1, len(name) / len(text) + 0.3)
    return 0.0


def strip_site(title: str, site_name: str = "") -> str:
    """Return `title` without the site's name, which stands behind (or in front of) a separator.

    Only a last part that is shorter than what stands before it is taken for the site; a title with a dash of its own
    keeps it unless the site's name is known.
    """
    title = normalise_line(title)
    if site_name and (site := fold_key(site_name)):
        for match in reversed(list(_SEPARATORS.finditer(title))):
            if fold_key(title[match.end() :]) == site:
                return title[: match.start()]
            if fold_key(title[: match.start()]) == site:
                return title[match.end() :]
    matches = list(_SEPARATORS.finditer(title))
    if matches and len(title) - matches[-1].end() < matches[-1].start():
        return title[: matches[-1].start()]
    return title


def clean_title(heading: str, metadata: Metadata) -> str:
    """Return `heading` as the title: whole where the template cut it off and the head of the page has the rest."""
    heading = normalise_line(heading).lstrip("»›>•- ").strip()
    if _ELLIPSIS.search(heading):
        stump = _key(heading)
        for name in (*metadata.headlines, strip_site(metadata.title, metadata.site_name)):
            if len(name) > len(heading) - 3 and fold_key(name).startswith(stump) and not _ELLIPSIS.search(name):
                return name
    return heading
