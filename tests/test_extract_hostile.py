"""Pages that are made to hold a worker up: each is done with in two seconds of CPU, cut off and named where need be."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from archive.errors import PageError
from archive.extract import extract, parse
from archive.records import PageKind

NOW = datetime(2026, 12, 1, tzinfo=UTC)
SECONDS = 2.0
P = "Ủy ban nhân dân xã đã họp để bàn về kế hoạch thủy lợi, nạo vét kênh mương và phòng chống hạn mặn. "
TOP = "<html><head><title>Xã họp bàn kế hoạch thủy lợi</title></head><body><h1>Xã họp bàn kế hoạch thủy lợi</h1>"
CUT = {
    "ten million bytes of tags": TOP + "<p>a</p>" * 1_300_000,
    "a million attributes": f"{TOP}<div {' '.join(f'a{i}=1' for i in range(900_000))}>x</div>",
    "many tags with many attributes": TOP + f"<div {' '.join(f'a{i}=1' for i in range(300))}>{P}</div>" * 2_500,
    "deep boxes": f"{TOP}{'<div>' * 60_000}{P}",
    "deep named boxes": TOP + '<div class="bodytext newsdetail">' * 50_000 + P,
    "nested tables": f"{TOP}{'<table><tr><td>' * 20_000}{P * 20}",
    "one long word": f"{TOP}<p>{'a' * 7_900_000}",
    "a flood of entities": f"{TOP}<p>{'&amp;' * 1_500_000}",
    "numbered entities": f"{TOP}<p>{'&#7911;' * 1_000_000}",
    "a wide table": f"{TOP}<table>{'<tr><td>1</td><td>2</td><td>3</td></tr>' * 9_000}</table>" + f"<p>{P}</p>" * 9_000,
    "many short lines": TOP + "<p>Một hai ba bốn năm</p>" * 28_000,
}
READ = {
    "half a million characters": TOP + "".join(f"<p>{i} {P}</p>" for i in range(5_000)),
    "lines without end": TOP + "<div>" + f"{P[:50]}<br>" * 11_000,
    "files in lines": f"{TOP}<p>{P}</p><div>{f'<a href=/a.pdf>tài liệu.pdf</a> {P[:40]}<br>' * 8_000}",
    "files in one cell": f"{TOP}<p>{P * 3}</p><table><tr><td>a</td><td>{'<a href=x.pdf>a.pdf</a>' * 30_000}</table>",
    "menus in menus": TOP + '<div class="menu">' * 1_800 + f"<p>{P}</p>" * 5_000,
    "many names": TOP + "".join(f'<div id="x{i}_pnNguontin" class="noidung k{i}">a</div>' for i in range(14_000)),
    "a class of a megabyte": f'{TOP}<div class="{" ".join(f"ab-cd{i}" for i in range(150_000))}">{P * 3}</div>',
    "one name of megabytes": f'{TOP}<div class="{"a-b-" * 900_000}">{P * 3}</div>',
    "a style of megabytes": f'{TOP}<div style="{"color:red;" * 700_000}">{P * 3}</div>',
    "megabytes of blanks": f"{TOP}<p>{' ' * 7_000_000}x</p>",
    "fractions": f"{TOP}<p>{'1/1/' * 140_000}</p>",
    "dates in every line": TOP + f"<p>{'1/1/20 ' * 15}</p>" * 5_000,
    "brackets": f"{TOP}<p>{'(' * 560_000}</p>",
    "a bracket before a long word": f"{TOP}<h2>({'a' * 300}</h2><p>({'a' * 500_000}</p>",
    "brackets before long words": TOP + f"<p><b>Xã họp ({'b' * 200}</b></p>" * 1_800,
    "bars": f"{TOP}<p>{'| ' * 290_000}</p>",
    "a label without end": f"{TOP}<p>Tác giả: {'A, ' * 180_000}</p>",
    "a title of megabytes": f"<html><head><title>{'a | ' * 1_900_000}</title></head><body><p>{P * 10}",
    "metadata of megabytes": f'<html><head><meta property="og:title" content="{P * 50_000}"></head><body><p>{P * 10}',
    "nested JSON": f'{TOP}<script type="application/ld+json">{"[" * 90_000}</script><p>{P * 10}',
    "many JSONs": TOP + '<script type="application/ld+json">{"@type":"NewsArticle"}</script>' * 30_000 + f"<p>{P * 9}",
    "one text over again": TOP + f"<p>{P}</p>" * 5_800,
    "one line of all others": TOP
    + "".join(f"<p>{' '.join(f'w{i * 40 + j}' for j in range(40))}</p>" for i in range(900))
    + f"<p>{' '.join(f'w{j}' for j in range(36_000))}</p>",
    "links without end": TOP + "".join(f'<li><a href="/{i}">{P[:60]} {i}</a> (01/02/2023)</li>' for i in range(8_000)),
    "headings without end": TOP + "".join(f"<h2>{P[:50]} {i}</h2>" for i in range(12_000)),
    "old codes": TOP
    + "<p>Céng hoµ x· héi chñ nghÜa ViÖt Nam, tr\u00c3\u00a1ch nhi\u00e1\u00bb\u2021m \u00c6</p>" * 6_000,
    "comments": f"{TOP}<!--{'-' * 7_000_000}-->{P}",
    "tags that never end": TOP + "<a <b <c " * 20_000,
    "quotes that never end": TOP + '<a href="' * 70_000,
}


def reason(body: bytes) -> str:
    """Return why a page was not read, "" where it was."""
    try:
        found = extract(parse(body, "https://a.example/x.html"), captured_at=NOW)
    except PageError as error:
        return error.reason
    return found.reason if found.kind is PageKind.BROKEN else ""


@pytest.mark.parametrize("html", CUT.values(), ids=CUT)
def test_it_is_cut_off_and_says_why(html: str) -> None:
    body = html.encode()
    start = time.process_time()
    assert reason(body)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("html", READ.values(), ids=READ)
def test_it_is_read_in_time(html: str) -> None:
    body = html.encode()
    start = time.process_time()
    assert extract(parse(body, "https://a.example/x.html"), captured_at=NOW).kind in PageKind
    assert time.process_time() - start < SECONDS
