"""Lines as a page is set → paragraphs as they were written."""

from __future__ import annotations

import re
from itertools import pairwise

__all__ = ["joined"]

_FULL = 0.75  # of the usual width: a shorter line ends its paragraph
_ENDS = (".", ":", ";", "!", "?", "/.")
# What begins a paragraph whatever stands above: items, articles of a law, headings in capitals.
_STARTS = re.compile(
    r"(?:[-+*•–—]\s|\d+(?:\.\d+)*[.)]\s|[a-zđ]\)\s|[IVXLC]+\.\s|(?:Điều|Chương|Mục|Phần|Phụ lục|PHỤ LỤC)\s)"
)


def joined(text: str) -> str:
    """Return `text` with the lines of a paragraph joined by a space.

    A line ends its paragraph when it is short, when it ends a sentence and a capital follows, or when what follows
    begins like an item of a list.
    """
    lines = [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]
    if not lines:
        return ""
    widths = sorted(len(line) for line in lines)
    full = widths[len(widths) * 9 // 10] * _FULL
    paragraphs: list[list[str]] = [[lines[0]]]
    for above, line in pairwise(lines):
        is_over = len(above) < full or _STARTS.match(line) or (above.endswith(_ENDS) and not line[0].islower())
        if is_over:
            paragraphs.append([line])
        else:
            paragraphs[-1].append(line)
    return "\n".join(" ".join(paragraph) for paragraph in paragraphs)
