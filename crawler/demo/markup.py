"""Blocks of a body as HTML, in the different ways that editors of portals leave behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Literal

from .manifest import Block

__all__ = ["body_html", "fill", "layout", "link"]

_PAGES = Path(__file__).with_name("pages")
# Paragraphs as clean `<p>`, indented with no-break spaces, as nested `<div>`, or as lines broken by `<br>`.
Style = Literal["p", "indent", "div", "br"]
# Pictures, or what an import left of them: their file names as text.
Figures = Literal["pictures", "names"]
_PARAGRAPHS: Mapping[Style, Callable[[str], str]] = {
    "p": lambda text: f'<p style="text-align: justify;">{text}</p>',
    "indent": lambda text: f'<p><span style="font-size:14px"><font face="Arial">{"&nbsp;" * 6}{text}</font></span></p>',
    "div": lambda text: f'<div><div style="text-align:justify"><span>{text}</span></div></div>',
    "br": lambda text: f"{text}<br />\n<br />",
}


def layout(name: str) -> Template:
    """Return a page frame: a portal's, or that of a part of its pages."""
    return Template((_PAGES / f"{name}.html").read_text(encoding="utf-8"))


def fill(template: Template, **values: object) -> bytes:
    """Return the page with its blanks filled, in UTF-8. Raises KeyError when one is forgotten."""
    return template.substitute(values).encode()


def link(path: str, text: str, attributes: str = "") -> str:
    """Return a link, escaped."""
    return f'<a href="{escape(path)}"{attributes and " "}{attributes}>{escape(text)}</a>'


def body_html(blocks: Iterable[Block], style: Style, images: str, *, figures: Figures = "pictures") -> str:
    """Return the body. `images` is the folder that file names hang below; captions stand below their figures."""
    return "\n".join(_block_html(block, style, images, figures) for block in blocks)


def _block_html(block: Block, style: Style, images: str, figures: Figures) -> str:
    if block.kind == "paragraph":
        return _PARAGRAPHS[style](escape(block.lines[0], quote=False))
    if block.kind == "list":
        return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in block.lines) + "</ul>"
    if block.kind == "table":
        head, *rows = ([escape(cell) for cell in line.split(" | ")] for line in block.lines)
        table = "<tr>" + "".join(f"<td><strong>{cell}</strong></td>" for cell in head) + "</tr>"
        table += "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        return f'<table border="1" cellpadding="4" cellspacing="0" style="width:100%"><tbody>{table}</tbody></table>'
    file, caption = block.lines
    picture = (
        f'<img src="{images}{file}" alt="{escape(file)}" width="520" />' if figures == "pictures" else escape(file)
    )
    return f'<p style="text-align:center">{picture}</p><p style="text-align:center"><em>{escape(caption)}</em></p>'
