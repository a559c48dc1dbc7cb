"""The text of a .docx: a zip file with XML in it, which the standard library and lxml read."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from archive.errors import PageError
from archive.records import AttachmentText

__all__ = ["read_docx"]

_MAX_XML_BYTES = 60_000_000  # most of it is markup
_DAMAGE = (zipfile.BadZipFile, zlib.error, etree.XMLSyntaxError, LookupError, EOFError, OSError, ValueError)
# The same text once more for older programs, and what was deleted or moved away with changes tracked.
_SKIPPED = frozenset(("Fallback", "del", "moveFrom", "delText", "instrText"))
_BREAKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "p": "\n"}


def read_docx(body: bytes, url: str) -> AttachmentText:
    """Return the text of a Word document: paragraphs, and rows of tables with ` | `.

    Deletions, field codes, notes, headers and footers are left out. Raises PageError where it is damaged, encrypted or
    unpacks to more than it should.
    """
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, recover=True, huge_tree=False)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as file, file.open("word/document.xml") as part:
            xml = part.read(_MAX_XML_BYTES + 1)
        if len(xml) > _MAX_XML_BYTES:
            raise PageError(url, f"unpacks to more than {_MAX_XML_BYTES:,} bytes", "it was kept, but not read")
        root = etree.fromstring(xml, parser)
    except _DAMAGE as error:
        raise PageError(url, f"a damaged file ({error})", "it was kept, but not read") from error
    except (RuntimeError, NotImplementedError) as error:  # how zipfile says it of a password, or of a rare compression
        raise PageError(url, f"it cannot be unpacked ({error})", "it was kept, but not read") from error
    if root is None:
        raise PageError(url, "a damaged file (no XML)", "it was kept, but not read")
    return AttachmentText("docx", "\n".join(_lines(root)))


def _lines(element: etree._Element) -> Iterator[str]:
    """Yield the paragraphs below an element, and the rows of its tables."""
    for child in element:
        name = _name(child)
        if name == "p":
            yield "".join(_pieces(child))
        elif name == "tbl":
            yield from _rows(child)
        elif name not in _SKIPPED:
            yield from _lines(child)


def _rows(table: etree._Element) -> Iterator[str]:
    for row in table:
        if _name(row) == "tr":
            cells = (" ".join(" ".join(_lines(cell)).split()) for cell in row if _name(cell) == "tc")
            yield " | ".join(cell for cell in cells if cell)


def _pieces(element: etree._Element) -> Iterator[str]:
    """Yield the text of a paragraph piece by piece; that of a box inside it stands on lines of its own."""
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name not in _SKIPPED:
            yield _BREAKS.get(name, "")
            yield from _pieces(child)


def _name(element: etree._Element) -> str:
    """Return the name without its namespace, of which there are two; "" for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
