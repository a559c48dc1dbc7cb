"""trafilatura's opinion on a body that our own strategies are not sure of.

Asked only there, and imported only then: it costs as much as everything else together. It gets the lines that are no
chrome by their names, as a small tree of its own, and runs with one extractor made once, in its fast mode, without
metadata.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from lxml import etree, html

from archive.extract.outline import Line
from archive.text import fold_key

if TYPE_CHECKING:
    from trafilatura.settings import Extractor

__all__ = ["believed_lines"]

_MIN_LINES = 3
_MAX_LINES = 4_000
_XML_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@lru_cache(maxsize=1)
def _extractor() -> Extractor:
    from trafilatura.settings import Extractor

    return Extractor(output_format="python", fast=True, comments=False)


def believed_lines(lines: list[Line]) -> list[int]:
    """Return the indexes of those of `lines` that trafilatura takes for the main text, ascending; empty for none."""
    if len(lines) > _MAX_LINES:
        return []
    body = html.Element("body")
    article = etree.SubElement(body, "article")
    for line in lines:
        if line.reason:
            continue
        paragraph = etree.SubElement(article, line.tag if line.is_heading else "p")
        if line.is_link and line.href:
            paragraph = etree.SubElement(paragraph, "a", href=line.href)
        paragraph.text = _XML_UNSAFE.sub("", line.text)
    if len(article) < _MIN_LINES:
        return []
    from trafilatura import bare_extraction

    root = html.Element("html")
    root.append(body)
    document = bare_extraction(root, options=_extractor())
    text = getattr(document, "text", None) or ""
    kept = {fold_key(text).removeprefix("- ") for text in text.split("\n")}
    return [line.index for line in lines if not line.reason and fold_key(line.text).removeprefix("- ") in kept]
