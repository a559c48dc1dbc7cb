"""Tables that hold data, told from tables that lay out a page or frame a picture."""

from __future__ import annotations

from archive.extract.page import Element

__all__ = ["is_data_table"]

_MAX_CELL_CHARS = 700
_SCANNED_ROWS = 40
_BLOCKS_IN_CELLS = ("table", "h1", "article", "form", "ul", "img", "iframe")


def is_data_table(table: Element) -> bool:
    """Return True when `table` has rows to be read across: two columns and two rows at least, cells of plain text."""
    rows = wide_rows = 0
    for row in table.iterdescendants("tr", "table", "h1", "form"):
        if row.tag != "tr":
            return False
        rows += 1
        if rows > _SCANNED_ROWS:
            break
        filled = 0
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            chars, has_text = 0, False
            for text in cell.itertext():
                chars += len(text)
                if chars > _MAX_CELL_CHARS:
                    return False
                has_text = has_text or not text.isspace()
            filled += has_text
        wide_rows += filled >= 2
    return rows >= 2 and wide_rows * 2 >= rows
