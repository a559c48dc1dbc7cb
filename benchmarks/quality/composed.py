"""Pages composed for measuring: the bodies of `bodies.py` in the manner of each CMS, with all that stands around them.

A manner is a file of `manners/`: HTML with `{{name}}` for what is filled in, and `{{#name}}…{{/name}}` for what stands
there only where the article has it (lead, author, source) or once a link (links).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from random import Random

from benchmarks.end_to_end.manners import slug
from benchmarks.end_to_end.texts import Story, story
from benchmarks.quality.bodies import Setting, set_body

__all__ = ["MANNERS", "Composed", "compose"]

MANNERS = {
    path.stem: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "manners").glob("*.html"))
}
_SECTION = re.compile(r"\{\{#(\w+)\}\}(.*?)\{\{/\1\}\}", re.S)
_SLOT = re.compile(r"\{\{(\w+)(?::(\d))?\}\}")
_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
_MENU = ("Trang chủ", "Giới thiệu", "Tin tức - Sự kiện", "Thông báo", "Văn bản", "Lịch công tác", "Hỏi đáp", "Liên hệ")
_CLOCKS = ("Thứ sáu, 27/11/2026", "Hôm nay, ngày 27/11/2026 - 08:15", "Thứ sáu, ngày 27 tháng 11 năm 2026")
_ACCOUNTS = ("admin", "Quản trị", "bbt")
_RELATED = ("Tin liên quan", "Các tin khác", "Tin cùng chuyên mục", "Các tin đã đưa", "Bài viết liên quan")
_FOOTER = (
    '<div class="footer"><p>Cơ quan chủ quản: Ủy ban nhân dân huyện Khe Rạ</p><p>Chịu trách nhiệm chính: ông Lê Văn'
    " Cần, Phó Chủ tịch</p><p>Địa chỉ: số 2 đường Trung Tâm, huyện Khe Rạ</p><p>Điện thoại: 0269 3 111 222</p>"
    "<p>Ghi rõ nguồn khi phát hành lại thông tin từ cổng này</p></div>"
)
_POLL = (
    '<div class="block"><div class="panel-heading">Thăm dò ý kiến</div><form><p><strong>Theo bạn, cổng thông tin này'
    " cần bổ sung mục nào để phục vụ bà con tốt hơn?</strong></p>"
    '<label><input type="radio"> Giá cả nông sản</label><br>'
    '<button>Bình chọn</button> <a href="#">Xem kết quả</a></form></div>'
)


@dataclass(frozen=True, slots=True)
class Composed:
    """A page with what is right to take from it. `day` is ISO 8601."""

    manner: str
    url: str
    html: str
    title: str
    text: str
    day: str
    author: str | None
    source: str | None
    captions: tuple[str, ...]
    traits: tuple[str, ...]


def compose(manner: str, number: int) -> Composed:
    """Return page `number` in a manner, the same for the same two."""
    rng = Random(f"{manner} {number}")
    template = MANNERS[manner]
    told = story(60 + sorted(MANNERS).index(manner), number)
    body = set_body(told, rng)
    author, source = body.author, body.source
    names = {name for name, _ in _SECTION.findall(template)}
    if author is None and "author" in names and rng.random() < 0.5:
        author = rng.choice(("Trần Thị Mai", "Phòng Văn hóa và Thông tin", told.author))
    if source is None and "source" in names and rng.random() < 0.4:
        source = rng.choice(("Báo Nông thôn", "TTXVN"))
    shown = {
        "lead": told.lead if body.has_lead and not body.with_lead else "",
        "author": author or "" if body.author is None else "",
        "source": source or "" if body.source is None else "",
    }
    page = _Page(told, body, shown, rng).fill(template)
    lines = [told.lead, *body.lines] if body.has_lead else body.lines
    url = f"https://khera.example/tin-tuc/kinh-te/{slug(told.title)}-{number + 1000}.html"
    day = told.published_at.date().isoformat()
    captions, traits = tuple(body.captions), body.traits
    return Composed(manner, url, page, told.title, "\n".join(lines), day, author, source, captions, traits)


class _Page:
    """Fills in a template."""

    def __init__(self, told: Story, body: Setting, shown: dict[str, str], rng: Random) -> None:
        self.rng = rng
        at = told.published_at
        self.at = at
        self.values = {
            "title": escape(told.title),
            "body": body.html,
            "poster": rng.choice(_ACCOUNTS),
            "weekday": _WEEKDAYS[at.weekday()],
            "isoday": f"{at:%Y-%m-%d}",
            "time": f"{at:%H:%M}",
            "dd": f"{at:%d}",
            "mm": f"{at:%m}",
            "yyyy": f"{at:%Y}",
            "day": f"{at:%d/%m/%Y}",
            "footer": _FOOTER,
            "poll": _POLL,
            "sites": '<div class="block"><b>Liên kết website</b><select><option>Chính phủ</option></select></div>',
            "menu": "".join(f'<li><a href="/m{n}/">{name}</a></li>' for n, name in enumerate(_MENU)),
            **{name: escape(text, quote=False) for name, text in shown.items()},
        }
        self.blocks: dict[str, Callable[[], str]] = {
            "clock": lambda: rng.choice(_CLOCKS),
            "counter": self._counter,
            "news": lambda: self._block("Tin mới nhất", '<li><a href="{0}">{1}</a></li>', 5),
            "teasers": lambda: self._block("Tin nổi bật", '<div><a href="{0}">{1}</a><p>{2}</p></div>', 4),
            "notice": lambda: self._block("Văn bản mới", '<a href="{0}">{1}</a><p>{2}</p>', 1),
            "related": self._related,
            "comments": self._comments,
        }

    def fill(self, template: str) -> str:
        return _SLOT.sub(self._slot, _SECTION.sub(self._section, template))

    def _section(self, match: re.Match[str]) -> str:
        name, inner = match.groups()
        if name != "links":
            return inner if self.values.get(name) else ""
        return "".join(
            inner.replace("{{href}}", href)
            .replace("{{headline}}", headline)
            .replace("{{teaser}}", teaser)
            .replace("{{day}}", day)
            .replace("{{clock12}}", "8:19 SA")
            for href, headline, teaser, day in self._others(5)
        )

    def _slot(self, match: re.Match[str]) -> str:
        name, form = match.groups()
        if name == "date":
            return _date(self.at, int(form) if form else self.rng.randrange(10))
        if name in self.blocks:
            return self.blocks[name]()
        if name == "headline":
            return next(self._others(1))[1]
        return self.values[name]

    def _others(self, count: int) -> Iterator[tuple[str, str, str, str]]:
        """Yield address, title, beginning and day of other articles."""
        for _ in range(count):
            other = story(150, self.rng.randrange(500))
            href = f"/tin/{slug(other.title)}-{other.number}.html"
            yield href, escape(other.title), escape(other.lead[:120]) + "...", f"{other.published_at:%d/%m/%Y}"

    def _block(self, heading: str, item: str, count: int) -> str:
        items = "".join(item.format(*other) for other in self._others(count))
        return f'<div class="block"><h3 class="panel-heading">{heading}</h3><ul>{items}</ul></div>'

    def _related(self) -> str:
        heading = self.rng.choice(_RELATED)
        frame, item = self.rng.choice(
            (
                ('<div class="related"><h3>{}</h3><ul>{}</ul></div>', '<li><a href="{0}">{1}</a> <i>({3})</i></li>'),
                ("<div><b>{}</b>{}</div>", '<div>- <a href="{0}">{1}</a>({3} 8:19 SA)</div>'),
                ("<div><div>{}</div>{}</div>", '<div><h4><a href="{0}">{1}</a></h4><span>{3}</span></div>'),
                ("<p><strong>{}:</strong></p>{}", '<p><a href="{0}">{1}</a> {3}</p>'),
            )
        )
        return frame.format(heading, "".join(item.format(*other) for other in self._others(5)))

    def _comments(self) -> str:
        said = "Tôi thấy bài viết phản ánh đúng thực tế ở xóm tôi, mong xã sớm sửa thêm đoạn đường cuối cho các cháu."
        one = f"<div><b>Mai Chi</b> <span>3/05/2023</span><p>{said}</p></div>"
        return f"<div><h4>Ý kiến bạn đọc</h4>{one * self.rng.randint(1, 3)}</div>"

    def _counter(self) -> str:
        low, high = self.rng.randint(3, 300), self.rng.randint(10**6, 10**8)
        return self.rng.choice(
            (
                f"<ul><li>Đang truy cập<span>{low}</span></li><li>Tổng lượt truy cập<span>{high:,}</span></li></ul>",
                f"<div><b>Thống kê truy cập</b><div>Đang truy cập: {low}</div><div>Hôm nay: {high}</div></div>",
                f"<table><tr><td>Hôm nay</td><td>{low}</td></tr><tr><td>Tổng truy cập</td><td>{high}</td></tr></table>",
            )
        )


def _date(at: datetime, form: int) -> str:
    """Return a date as portals print it, in one of ten forms."""
    weekday, half = _WEEKDAYS[at.weekday()], "SA" if at.hour < 12 else "CH"
    return (
        f"{weekday} - {at:%d/%m/%Y %H:%M}",
        f"Ngày đăng: {at:%d/%m/%Y}",
        f"{weekday}, {at:%d/%m/%Y} | {at:%H:%M}",
        f"Đăng ngày {at:%d} - {at:%m} - {at:%Y}",
        f"{at:%d/%m/%Y %H:%M}",
        f"Cập nhật lúc: {at:%H:%M} {at:%d/%m/%Y}",
        f"{at.day}/{at.month}/{at.year} {(at.hour - 1) % 12 + 1}:{at:%M}:00 {half}",
        f"{at:%d} Tháng {at:%m} {at:%Y}",
        f"{weekday}, ngày {at:%d} tháng {at:%m} năm {at:%Y}",
        f"{at:%H}h{at:%M} ngày {at:%d/%m/%Y}",
    )[form]
