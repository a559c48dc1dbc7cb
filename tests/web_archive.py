"""The archive that the tests of the web interface read, and a server of it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sample_archive
from archive_builder import ArchiveBuilder, page_id

from archive.records import AttachmentText, PageKind
from crawler.tables import CRAWLER

LAOCAI = "https://laocai.gov.vn"
HOSTILE = f"{LAOCAI}/tin/1?x=<script>"
HOSTILE_TITLE = """<script>document.title = "hỏng"</script> & "lời dẫn" 'đơn'"""
HOSTILE_ID = page_id(HOSTILE)
CHANGED = f"{LAOCAI}/thong-bao/2"
CHANGED_ID = page_id(CHANGED)
FILE = f"{LAOCAI}/tep/ke-hoach.pdf"

# What a portal may send: everything in it that acts, asks the network or leaves the page.
HOSTILE_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>Trang lạ</title>
<meta http-equiv="refresh" content="0;url=/search?q=mat"><base href="{outside}">
<link rel="preconnect" href="{outside}"><link rel="stylesheet" href="{outside}kieu.css">
<style>body {{ color: rgb(1, 2, 3); background: url({outside}nen.png) }} @import "{outside}khac.css";</style>
<script>document.title = "hỏng"; fetch("{outside}dem")</script><script src="{outside}ma.js"></script></head>
<body onload="document.title = 'hỏng'"><p>Bản tin sáng nay của xã.</p>
<img src="{outside}anh.png" onerror="document.title = 'hỏng'"><iframe src="{outside}khung"></iframe>
<object data="{outside}vat"></object><form action="{outside}gui"><button>Gửi</button></form>
<a href="javascript:document.title = 'hỏng'">bấm</a> <a href="{outside}di">đi</a>
<svg><script>document.title = "hỏng"</script></svg></body></html>"""

FIRST = """Ủy ban nhân dân xã thông báo lịch cấp nước sạch cho bảy thôn trong tháng tới.
Nước được bơm từ năm giờ sáng đến tám giờ sáng mỗi ngày, trừ chủ nhật.
Các hộ chuẩn bị bể chứa và báo trưởng thôn khi đường ống rò rỉ."""
SECOND = FIRST.replace("năm giờ sáng đến tám giờ sáng", "bốn giờ chiều đến bảy giờ tối")


def build(path: Path, outside: str) -> Path:
    """Fill a new archive in the folder `path`: the sample's, and what portals can do to a page.

    `outside` is an address that must never be asked for.
    """
    sample_archive.build(path)
    with ArchiveBuilder(path) as builder:
        builder.portal("laocai", "Lào Cai", "Lào Cai")
        builder.article(
            HOSTILE,
            HOSTILE_TITLE,
            "Bản tin sáng nay của xã. <img src=x onerror=\"document.title='hỏng'\">\nĐoạn hai </p></div><h1>to</h1>.",
            body=HOSTILE_PAGE.format(outside=outside).encode(),
            source="javascript:alert(1)",
            author='"><b>đậm</b>',
            category="<i>nghiêng</i>",
            published_at="2024-02-29",
        )
        for text, date in ((FIRST, "2025-05-06"), (SECOND, "2025-05-07")):
            builder.article(
                CHANGED,
                "Lịch cấp nước sạch",
                text,
                published_at=date,
                attachments=[(FILE, "Kế hoạch cấp nước"), ("javascript:alert(2)", "Tệp lạ")],
            )
        builder.file(FILE, AttachmentText("pdf", "Kế hoạch bơm nước theo giờ.\nTrạm bơm số ba.", pages=2))
        builder.other(f"{LAOCAI}/mat", PageKind.ERROR, "status 404")
    db = sqlite3.connect(path / "archive.db", isolation_level=None)
    CRAWLER.apply(db)
    db.execute(
        """INSERT INTO frontier (key, url, portal, host, rank, due_at, failures, found_at, reason)
        VALUES (1, ?, 'laocai', 'laocai.gov.vn', 1, 0, 3, 0, 'the connection was refused')""",
        [f"{LAOCAI}/khac"],
    )
    db.close()
    return path


@contextmanager
def served(path: Path, *arguments: str) -> Iterator[str]:
    """Yield the address of `luutru serve` for an archive, without a slash at its end."""
    command = [Path(sys.executable).parent / "luutru", "serve", "--archive", path, "--port", "0", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LUUTRU_")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url.startswith("http://"), process.wait(timeout=60)
            yield url.rstrip("/")
        finally:
            process.terminate()
            assert process.wait(timeout=60) == 0
