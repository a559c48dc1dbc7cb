# ruff: noqa: E501 (markup has lines as long as those of real portals)
"""Portals whose chrome has to be learned: nothing in their markup says what is what, or it says it wrongly.

A portal is a list of pages with what is right: the body a line a paragraph, and lines of chrome that must not be in it.
Texts are those of `benchmarks.end_to_end.texts`; the same numbers give the same pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from random import Random

from benchmarks.end_to_end.manners import slug
from benchmarks.end_to_end.texts import Story, story

__all__ = ["PORTALS", "Page"]

_MENU = [
    "Giới thiệu",
    "Cơ cấu tổ chức",
    "Chức năng nhiệm vụ",
    "Văn bản mới",
    "Thủ tục một cửa",
    "Lịch tiếp dân",
    "Hỏi và đáp",
    "Góp ý dự thảo",
    "Công khai tài chính",
    "Liên hệ",
    "Sơ đồ trang",
    "Thư viện ảnh",
]
_MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
_FOOT = "Trang thông tin của Ủy ban nhân dân huyện Mẫu. Chịu trách nhiệm chính: Chánh Văn phòng. Ghi rõ nguồn khi dùng lại thông tin từ trang này."


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is served, and what is right: `text` of the body, `chrome`: lines that must not be in it."""

    url: str
    html: bytes
    text: str
    chrome: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Draft:
    """A page in the making: paragraphs of the body, and what stands around."""

    number: int
    told: Story
    paragraphs: list[str]
    others: list[Story]
    rng: Random
    chrome: set[str] = field(default_factory=set)

    def teasers(self, count: int, opening: str = "<div>", closing: str = "</div>") -> str:
        """Return linked titles of other articles with their leads: a set that differs from page to page."""
        parts = []
        for other in self.rng.sample(self.others, count):
            parts.append(
                f'{opening}<a href="{_path(other)}">{escape(other.title)}</a><p>{escape(other.lead)}</p>{closing}'
            )
            self.chrome |= {other.title, other.lead}
        return "".join(parts)

    def links(self, heading: str, count: int, opening: str = "<div>", closing: str = "</div>") -> str:
        """Return a heading with linked titles below it."""
        chosen = self.rng.sample(self.others, count)
        self.chrome |= {heading, *(f"- {other.title}" for other in chosen), *(other.title for other in chosen)}
        items = "".join(f'<li><a href="{_path(other)}">{escape(other.title)}</a></li>' for other in chosen)
        return f"{opening}<b>{heading}</b><ul>{items}</ul>{closing}"

    def line(self, text: str) -> str:
        """Return a line of chrome, remembered as such."""
        self.chrome.add(text)
        return text

    def page(self, html: str) -> Page:
        """Return the page with this body of HTML."""
        head = f"<!DOCTYPE html><html><head><title>{escape(self.told.title)} - Huyện Mẫu</title></head><body>"
        text = "\n".join(self.paragraphs)
        chrome = frozenset(self.chrome - set(self.paragraphs))
        return Page(f"http://mau.example{_path(self.told)}", f"{head}{html}</body></html>".encode(), text, chrome)


def _path(told: Story) -> str:
    return f"/{told.category}/{slug(told.title)}-{told.number}.html"


def _menu(opening: str = "<div>", item: str = "<div>{}</div>", closing: str = "</div>") -> str:
    return opening + "".join(item.format(f'<a href="/muc/{n}">{name}</a>') for n, name in enumerate(_MENU)) + closing


def _body(paragraphs: list[str], opening: str = "<p>", closing: str = "</p>") -> str:
    return "".join(f"{opening}{escape(p)}{closing}" for p in paragraphs)


def _hashed(d: _Draft) -> str:
    """Class names that a build makes up; a side column of teasers; buttons and a list of links in the body's block."""
    at = d.told.published_at
    return f"""<div class="_1kx9"><div class="_a81f">{_menu('<div class="_zz01">', '<span class="_q7">{}</span>')}</div>
<div class="_m3q2"><div class="_p0w1"><h1 class="_t5">{escape(d.told.title)}</h1><div class="_d9">{at:%d/%m/%Y %H:%M}</div>
<div class="_b6x7">{_body(d.paragraphs)}<div class="_s2">{d.line("Gửi bài này cho bạn bè")} <a href="#">f</a></div></div>
<div class="_r4">{d.links("Có thể bạn cũng muốn đọc", 5)}</div></div>
<div class="_c8y3"><div class="_h1">{d.line("Đọc nhiều trong tuần")}</div>{d.teasers(4, '<div class="_k2">')}
<div class="_v7">{d.line(f"Đã có {d.rng.randrange(10_000, 99_999)} người ghé trang")}</div></div></div>
<div class="_f0"><p>{d.line(_FOOT)}</p></div></div>"""


def _tables(d: _Draft) -> str:
    """Tables without a name; teasers with prose beside the text, links and a counter right below it."""
    at = d.told.published_at
    return f"""<table width="1000"><tr><td colspan="3"><img src="banner.gif"></td></tr><tr>
<td valign="top" width="180"><table>{_menu("", "<tr><td>{}</td></tr>", "")}</table></td>
<td valign="top"><table width="100%"><tr><td><b><font size="4">{escape(d.told.title)}</font></b></td></tr>
<tr><td><i>{at:%d/%m/%Y}</i></td></tr><tr><td>{_body(d.paragraphs, "", "<br><br>")}</td></tr>
<tr><td>{d.line(f"Bài này được mở {d.rng.randrange(100, 9000)} lần")}</td></tr><tr><td>{d.links("Bài khác trong chuyên đề", 6)}</td></tr></table></td>
<td valign="top" width="220"><table><tr><td>{d.line("Điểm tin trong ngày")}</td></tr>{d.teasers(5, "<tr><td>", "</td></tr>")}</table></td></tr>
<tr><td colspan="3">{d.line(_FOOT)}</td></tr></table>"""


def _notices(d: _Draft) -> str:
    """One or two lines of text, and a side block with more prose than that."""
    d.paragraphs[:] = [d.paragraphs[0]] if d.number % 2 else [d.told.lead]
    return f"""<div class="wrap"><div class="left7">{_menu()}</div><div class="mid7"><div class="ttl7">{escape(d.told.title)}</div>
<div class="txt7">{_body(d.paragraphs, "<div>", "</div>")}</div></div><div class="right7">{d.teasers(6)}</div>
<div class="bot7">{d.line(_FOOT)}</div></div>"""


def _print_copy(d: _Draft) -> str:
    """A copy of the text for printing, hidden by a style sheet, stands before it; it lacks the last paragraph."""
    return f"""<div id="k12"><div class="xpr">{escape(d.told.title)}<br>{_body(d.paragraphs[:-1], "", "<br>")}</div><div class="xmn">{_menu()}</div>
<div class="xct"><h2>{escape(d.told.title)}</h2><div class="xbd">{_body(d.paragraphs)}</div>{d.links("Bài đăng trước", 5)}</div>
<div class="xsd">{d.teasers(3)}</div></div>"""


def _documents(d: _Draft) -> str:
    """Official documents: preamble, addressees and signature recur in every body, and are text."""
    d.paragraphs[:] = [
        "ỦY BAN NHÂN DÂN HUYỆN MẪU", *_MOTTO, f"Số: {d.number + 11}/TB-UBND", f"Mẫu, ngày {d.number % 27 + 1} tháng {d.number % 12 + 1} năm 2023",
        "Kính gửi: Ủy ban nhân dân các xã, thị trấn", *d.paragraphs[:3],
        "Đề nghị các cơ quan, đơn vị nghiêm túc triển khai thực hiện./.", "Nơi nhận:", "- Như trên;", "- Lưu: VT.", "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "Đoàn Mẫu Mực",
    ]  # fmt: skip
    return f"""<div class="pg"><div class="mn">{_menu()}</div><div class="nd"><div class="tt">{escape(d.told.title)}</div>
<div class="vb">{_body(d.paragraphs)}</div><div class="kk">{d.line("Văn bản cùng loại hình")}{d.teasers(3)}</div></div>
<div class="ft">{d.line(_FOOT)}</div></div>"""


def _series(d: _Draft) -> str:
    """A weekly bulletin: most of each text is a frame in which the numbers change."""
    rng = d.rng
    d.paragraphs[:] = [
        f"Bản tin dự báo thời tiết nông vụ tuần {d.number + 1} do Đài khí tượng khu vực phát hành, có giá trị trong bảy ngày tới.",
        f"Nhiệt độ trung bình tuần qua đạt {rng.randrange(18, 33)} độ, lượng mưa đo được {rng.randrange(0, 180)} mm tại trạm trung tâm.",
        f"Mực nước trên sông chính lúc 7 giờ sáng là {rng.randrange(100, 900)} cm, thấp hơn báo động một {rng.randrange(20, 90)} cm.",
        d.paragraphs[0],
        "Bà con cần theo dõi các bản tin tiếp theo trên hệ thống truyền thanh xã.",
    ]
    return f"""<div class="pg"><div class="mn">{_menu()}</div><div class="nd"><div class="tt">{escape(d.told.title)}</div>
<div class="vb">{_body(d.paragraphs)}</div><div class="kk">{d.line("Xem các bản tin trước đây")}{d.teasers(3)}</div></div></div>"""


def _speeches(d: _Draft) -> str:
    """Greetings, closings and captions recur in many texts."""
    caption = "Các đại biểu tham dự hội nghị chụp ảnh lưu niệm."
    opening = ["Kính thưa các đồng chí lãnh đạo huyện,", "Thưa toàn thể quý vị đại biểu,"]
    d.paragraphs[:] = [*opening, *d.paragraphs[:4], caption, *d.paragraphs[4:], "Xin trân trọng cảm ơn!"]
    return f"""<div class="pg"><div class="mn">{_menu()}</div><div class="nd"><h3>{escape(d.told.title)}</h3><div class="vb">{_body(d.paragraphs)}
<div class="ks">{d.line("Ban biên tập trang tin giữ bản quyền nội dung này")}</div></div></div>
<div class="rt">{d.teasers(4)}</div></div>"""


def _redesign(d: _Draft) -> str:
    """The portal was built anew after half of its articles."""
    return _hashed(d) if d.number % 2 else _tables(d)


def _reposts(d: _Draft) -> str:
    """A quarter of the pages post one and the same article again."""
    if d.number % 4 == 0:
        d.paragraphs[:] = [story(77, 1).lead, *story(77, 1).paragraphs]
    return _hashed(d)


def _inside(d: _Draft) -> str:
    """Chrome stands inside the text's own block: links that change, a fixed note, an author box."""
    half = len(d.paragraphs) // 2
    return f"""<div class="pg"><div class="mn">{_menu()}</div><div class="nd"><h1>{escape(d.told.title)}</h1><div class="vb">{_body(d.paragraphs[:half])}
<div class="cx">{d.links("Đọc thêm cùng mạch tin", 3, "", "")}</div>{_body(d.paragraphs[half:])}
<div class="tb">{d.line("Mời quý độc giả tải ứng dụng Huyện Mẫu trên điện thoại để nhận tin sớm nhất mỗi ngày.")}</div></div></div></div>"""


PORTALS: dict[str, Callable[[int], list[Page]]] = {}


def _portal(build: Callable[[_Draft], str], host: int) -> Callable[[int], list[Page]]:
    def make(pages: int) -> list[Page]:
        told = [story(host, 3 * number) for number in range(pages + 24)]
        made = []
        for number in range(pages):
            one = told[number]
            others = [other for other in told if other is not one]
            draft = _Draft(number, one, [one.lead, *one.paragraphs], others, Random(f"{build.__name__} {number}"))
            made.append(draft.page(build(draft)))
        return made

    return make


for _host, _build in enumerate((_hashed, _tables, _notices, _print_copy, _documents, _series, _speeches, _redesign, _reposts, _inside), 40):  # fmt: skip
    PORTALS[_build.__name__.strip("_").replace("_", " ")] = _portal(_build, _host)
