"""The documents of an article: those that links inside or just below its text lead to, not those of menus.

Inside the text a link counts when it names a file. Below it a list of files is believed by its name ("File đính kèm",
a class such as `news-download-file`), whatever its addresses look like: `…-12.html?download=1&id=0` is a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from archive.extract.lexicon import find
from archive.extract.outline import Body, Line, Outline
from archive.extract.page import Element, Page
from archive.records import Attachment
from archive.text import normalise_line

__all__ = ["find_attachments"]

_FILE = re.compile(r"\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|zip|rar|7z)\b(?![-.\w])", re.IGNORECASE)
_QUOTED = re.compile(r"""(['"])((?:(?!\1).)+)\1""")
# A viewer shows the file that a parameter names.
_VIEWER = re.compile(r"/(?:viewer|embed|gview)\b|viewer", re.IGNORECASE)
_SHOWN = frozenset(("url", "src", "file"))
# How addresses of files look that do not name them; believed in a list of files alone.
_DOWNLOAD = re.compile(r"down-?load|tai-?ve|tai-?file|attach|dinh-?kem|get-?file|uploads?/|/documents/", re.IGNORECASE)
_PAGE = re.compile(r"\.html?$", re.IGNORECASE)  # an article may be called after a file
# A link that is called nothing but "Tải về", "tại đây", "Download".
_EMPTY = re.compile(
    r"[\W_]*(?:(?:chi tiết|xem|tải|bấm|nhấn|click|download|file|tệp|tin|đính kèm|về|xuống|vào|để|tại|ở|đây|here)"
    r"[\W_]*)*",
    re.IGNORECASE,
)
_PREVIEW = re.compile(r"\s*(?:xem (?:trước|nhanh|online|trực tuyến)|preview)\b", re.IGNORECASE)
_ELSEWHERE = frozenset(("related", "nav", "side", "share", "rating", "poll", "counter", "widget", "tags"))
_ENDS = frozenset(("comment", "footer"))
_PARTS = frozenset(("attachment", "related", "comment"))
_LINES_BELOW = 60
_LABEL_CHARS = 60
_NAME_CHARS = 300
_FRAMES = ("iframe", "embed", "object")


def find_attachments(page: Page, outline: Outline, body: Body, title: Line | None) -> tuple[Attachment, ...]:
    """Return the documents of the article whose text is `body`, in the order of the page, each address once."""
    found: dict[str, Attachment] = {}
    for href, name in (*_linked(outline, body, title), *_shown(outline, body)):
        url = _absolute(href, page.base_url)
        if url is not None and url not in found:
            name = normalise_line(name)[:_NAME_CHARS]
            is_address = "/" in name and " " not in name
            found[url] = Attachment(url, _file_name(url) if is_address or not name else name)
    return tuple(found.values())


def _linked(outline: Outline, body: Body, title: Line | None) -> Iterator[tuple[str, str]]:
    """Yield address and name of what links lead to, from the heading to a little below the text."""
    last = body.lines[-1]
    start = body.lines[0] if title is None else min(body.lines[0], title.index + 1)
    end = max(last + 1, body.end)
    part = ""  # what the heading above says that follows: attachment, related, comment
    seen: set[tuple[int, bool]] = set()
    for line in outline.lines[start : end + _LINES_BELOW]:
        reason = line.reason
        if line.index > last and reason in _ENDS:
            return
        if reason in _ELSEWHERE or reason in _ENDS:
            part = ""
            continue
        if not line.is_prose and len(line.text) <= _LABEL_CHARS:
            phrase = find(line.text)
            if phrase is not None and phrase.kind in _PARTS:
                part = phrase.kind
            elif line.is_heading:
                part = ""
        is_listed = part == "attachment" or reason == "attachment"
        if not is_listed and (part or line.index >= end or not (line.tag == "row" or _names_file(line))):
            continue
        if (line.block, is_listed) not in seen:  # the lines of a block share its links
            seen.add((line.block, is_listed))
            yield from _links(outline, line, is_listed=is_listed)


def _names_file(line: Line) -> bool:
    if line.href and _FILE.search(unquote(line.href)):
        return True
    return len(line.text) <= _NAME_CHARS and "." in line.text and bool(_FILE.search(line.text))


def _links(outline: Outline, line: Line, *, is_listed: bool) -> Iterator[tuple[str, str]]:
    """Yield address and name of the files that the links in a line lead to; `is_listed`: the line is one of a list."""
    is_any = False
    for anchor in outline.blocks[line.block].element.iter("a", "button"):
        if line.tag != "row" and not _stands_in(outline, anchor, line.block):
            continue
        is_any = True
        href = _address(anchor)
        name = " ".join("".join(anchor.itertext()).split())
        if href and not _PREVIEW.match(name) and _is_file(href, name, is_listed=is_listed):
            yield href, name if not _EMPTY.fullmatch(name) else anchor.get("title") or ""
    if not is_any and line.href and _is_file(line.href, line.text, is_listed=is_listed):  # a link around the block
        yield line.href, line.text


def _stands_in(outline: Outline, element: Element, block: int) -> bool:
    """Whether the innermost block around an inline element is this one."""
    nearest = next((above for above in element.iterancestors() if above in outline.block_of), None)
    return nearest is not None and outline.block_of[nearest] == block


def _address(anchor: Element) -> str:
    """Return where a link leads: its address, or the path that its script names; "" for neither."""
    href = (anchor.get("href") or "").strip()
    is_script = href.lower().startswith("javascript:")
    if href and href[0] != "#" and not is_script:
        return href
    script = f"{href if is_script else ''} {anchor.get('onclick') or ''}"
    paths = [text for _, text in _QUOTED.findall(script) if "/" in text and (_FILE.search(text) or "/upload" in text)]
    return paths[-1] if paths else ""


def _is_file(href: str, name: str, *, is_listed: bool) -> bool:
    href = unquote(href.partition("#")[0])
    if _FILE.search(href):
        return True
    if is_listed and (_DOWNLOAD.search(href) or (name and _EMPTY.fullmatch(name))):
        return True
    return bool(_FILE.search(name)) and not _PAGE.search(href)


def _shown(outline: Outline, body: Body) -> Iterator[tuple[str, str]]:
    """Yield the files that frames inside the text show."""
    first, last = outline.lines[body.lines[0]], outline.lines[body.lines[-1]]
    around = outline.blocks[outline.common_ancestor(first.block, last.block)].element
    for frame in around.iter(*_FRAMES):
        src = (frame.get("src") or frame.get("data") or "").strip()
        if src and _FILE.search(unquote(src)):
            yield src, frame.get("title") or ""


def _absolute(href: str, base_url: str) -> str | None:
    """Return the address of the file itself, or None for what is none."""
    try:
        url = urljoin(base_url, href)
        parts = urlsplit(url)
        if _VIEWER.search(parts.path):
            shown = [text for key, text in parse_qsl(parts.query) if key.lower() in _SHOWN and _FILE.search(text)]
            url = urljoin(url, shown[0]) if shown and shown[0].startswith(("http", "/")) else url
    except ValueError:
        return None
    return url.partition("#")[0] if url.startswith(("http://", "https://")) else None


def _file_name(url: str) -> str:
    """Return what a file is called by its address."""
    parts = urlsplit(url)
    names = [name for name in parts.path.split("/") if _FILE.search(unquote(name))]
    return normalise_line(unquote(names[-1] if names else parts.path.rpartition("/")[2]))[:_NAME_CHARS] or url
