# ruff: noqa: E501 (markup has lines as long as those of real portals)
"""Lists and articles that look alike: what stands below a heading, dates of entries, pagers, rows, poems, buttons."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from archive.extract import extract, parse
from archive.records import Extraction, PageKind

NOW = datetime(2026, 11, 27, tzinfo=UTC)
CATEGORY = "Tin tức sự kiện của xã Lạch Cồn"
TITLE = "Xã Lạch Cồn trồng lại rừng ngập mặn trước cửa sông"
ENTRIES = tuple(
    (
        f"Thôn {name} hoàn thành đoạn kè thứ {number} trước mùa mưa",
        f"Đoạn kè ở thôn {name} dài {number}00 mét, do bà con góp đá và công, xong trước hạn một tháng.",
    )
    for number, name in enumerate(("Bãi", "Trung", "Thượng", "Hạ", "Mới"), 2)
)
TEASERS = "".join(
    f'<div><a href="/t{number}.html">{title}</a><p>{text}</p></div>' for number, (title, text) in enumerate(ENTRIES)
)
POEM = (
    "Chiều nghiêng bóng sú ven sông",
    "Con còng đỏ gọng bế bồng hoàng hôn",
    "Mẹ đi cấy lại rừng non",
    "Để mai sóng dữ không còn vào sân",
)


def extraction(body: str, title: str = CATEGORY) -> Extraction:
    html = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
    return extract(parse(html.encode(), "https://lc.example/tin/x"), captured_at=NOW)


@pytest.mark.parametrize(
    "entries",
    [
        f'<div><p>Mời bà con theo dõi tin của xã, được đăng mỗi sáng thứ hai.</p></div>{TEASERS}<p><a href="/p2">1 2 3</a></p>',
        "".join(
            f'<div>05/03/2024 08:15</div><div><a href="/t{n}">{t}</a></div><div>{p}</div>'
            for n, (t, p) in enumerate(ENTRIES)
        ),
        "<table><tr><td>STT</td><td>Tiêu đề</td></tr>"
        + "".join(f'<tr><td>{n}</td><td><a href="/t{n}">{t}</a></td></tr>' for n, (t, _) in enumerate(ENTRIES))
        + "</table>",
    ],
    ids=["described and paged", "date first", "rows"],
)
def test_lists(entries: str) -> None:
    found = extraction(f"<h1>{CATEGORY}</h1>{entries}")
    assert found.kind is PageKind.LISTING, found.reason


@pytest.mark.parametrize("date", ["", "<div>05/03/2024</div>"])
def test_a_poem_beside_teasers_is_an_article(date: str) -> None:
    poem = "<br>".join(POEM)
    found = extraction(f"<div><h1>{TITLE}</h1>{date}<p>{poem}</p></div><div>{TEASERS}</div>", TITLE)
    assert found.article is not None, found.reason
    assert found.article.text.split("\n") == list(POEM)


def test_buttons_below_a_heading_are_no_list() -> None:
    buttons = '<ul><li><a href="#comments">Hãy là người đầu tiên gửi ý kiến cho bài này</a></li><li><a href="#">In</a></li></ul>'
    text = (
        "<p>Hai nghìn cây sú giống được trồng xuống bãi trong ba ngày triều kiệt, do đoàn viên và bà con cùng làm.</p>"
    )
    found = extraction(f"<div><h1>{TITLE}</h1>{buttons}{text}</div><div>{TEASERS}</div>", TITLE)
    assert found.article is not None, found.reason
    assert found.article.text.count("\n") == 0


def test_links_inside_of_a_text_do_not_make_it_another_block() -> None:
    paragraphs = [f"{text} Sổ của thôn ghi rõ từng ngày công, ai góp đá và ai góp cơm." for _, text in ENTRIES]
    links = [f'<p><a href="/t{n}.html">Xem thêm: {title}</a></p>' for n, (title, _) in enumerate(ENTRIES[:2])]
    body = (
        f"<p>{paragraphs[0]}</p>{links[0]}<p>{paragraphs[1]}</p>{links[1]}<p>{paragraphs[2]}</p><p>{paragraphs[3]}</p>"
    )
    found = extraction(
        f"<div><h1>{TITLE}</h1><h2>{paragraphs[4]}</h2><div>05/03/2024</div><div>{body}</div></div>", TITLE
    )
    assert found.article is not None, found.reason
    assert found.article.text.split("\n") == [paragraphs[4], *paragraphs[:4]]


def test_the_heading_of_a_notice_gives_not_way_to_that_of_the_comments() -> None:
    notice = "".join(f"<p>{line}</p>" for line in ("Tổ trực gồm:", "1. Lê Văn Sú", "2. Trần Thị Vẹt", "3. Hồ Văn Đước"))
    comments = (
        "<h2>Mời bạn để lại lời nhắn</h2><p>Địa chỉ thư của bạn sẽ không hiện ra. Các mục có dấu sao là bắt buộc.</p>"
    )
    found = extraction(f"<div><h1>{TITLE}</h1><div>{notice}</div></div><div>{comments}</div>", TITLE)
    assert found.article is not None, found.reason
    assert found.article.title == TITLE


def test_a_table_of_documents_is_a_list_however_long_its_name() -> None:
    rows = "".join(
        f"<tr><td>{n}/TB-UBND</td><td>0{n}/3/2024</td><td>Lịch cắt nước thôn {n}</td></tr>" for n in range(1, 5)
    )
    name = "Văn bản chỉ đạo điều hành của xã"
    head = "<tr><th>Số ký hiệu</th><th>Ngày ban hành</th><th>Trích yếu</th></tr>"
    found = extraction(f"<h2>{name}</h2><table>{head}{rows}</table>", name)
    assert found.kind is PageKind.LISTING, found.reason


def test_a_heading_in_the_header_of_the_page_belongs_to_the_text_further_down() -> None:
    menu = "".join(f'<li><a href="/m{n}">Chuyên mục số {n}</a></li>' for n in range(6))
    latest = "".join(f'<li><a href="/t{n}">{title}</a></li>' for n, (title, _) in enumerate(ENTRIES))
    texts = [f"{text} Sổ của thôn ghi rõ từng ngày công, ai góp đá và ai góp cơm." for _, text in ENTRIES]
    text = "".join(f"<p>{text}</p>" for text in texts)
    found = extraction(
        f"<div><h1>{TITLE}</h1><ul>{menu}</ul></div><div><ul>{latest}</ul></div><div>{text}</div>", TITLE
    )
    assert found.article is not None, found.reason
    assert found.article.text.split("\n") == texts
