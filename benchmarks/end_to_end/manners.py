# ruff: noqa: E501 (markup has lines as long as those of real portals)
"""Pages in five CMS manners: the frame, the addresses and the article of each, as HTML in parts.

A page is a tuple of parts, joined at every request: bytes that never change, and `Live` parts that do (the visitor
counter, the side block that shows something else at each visit).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from html import escape
from random import Random

from benchmarks.end_to_end.texts import CATEGORIES, Story

__all__ = ["CHROME_LINES", "MANNERS", "Live", "Manner", "Page", "article_page", "listing_page", "slug"]

PAGE_BYTES = 82_000
LINKS_A_PAGE = 150
PER_LISTING = 20


class Live(Enum):
    """A part of a page that differs at every request."""

    COUNTER = auto()
    SIDE = auto()


Page = tuple[bytes | Live, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How one kind of CMS writes addresses, dates and articles."""

    name: str
    head: str
    article_path: Callable[[Story], str]
    listing_path: Callable[[str, int], str]  # category, page number from 1
    article: Callable[[Story, str, str], str]  # story, body as HTML, related links as HTML
    related: str
    counter: tuple[str, str]
    frame: tuple[str, str, str] = ("<div class='{0}'>", "</div>", "div")


_MENU = (
    "Giới thiệu",
    "Lịch sử hình thành",
    "Cơ cấu tổ chức",
    "Danh bạ điện thoại",
    "Lịch công tác tuần",
    "Thư điện tử công vụ",
    "Văn bản chỉ đạo",
    "Hỏi đáp trực tuyến",
    "Thủ tục hành chính",
    "Công khai ngân sách",
    "Đấu thầu mua sắm",
    "Chiến lược quy hoạch",
    "Dự án kêu gọi đầu tư",
    "Tuyên truyền pháp luật",
    "Dự thảo lấy ý kiến",
    "Số liệu thống kê",
    "Bản đồ hành chính",
    "Tiếp công dân",
    "Phản ánh kiến nghị",
    "Thi đua khen thưởng",
    "Chuyển đổi số",
    "Phòng chống tham nhũng",
    "Học tập và làm theo Bác",
    "Bảo vệ nền tảng tư tưởng",
    "Xây dựng nông thôn mới",
    "Giảm nghèo bền vững",
    "Người tốt việc tốt",
    "Đất và người",
    "Danh lam thắng cảnh",
    "Lễ hội truyền thống",
    "Ẩm thực địa phương",
    "Thông tin khoa học",
    "Thư viện ảnh",
    "Thư viện video",
    "Liên kết trang",
    "Sơ đồ cổng",
)
# What must never stand as a line of a text.
CHROME_LINES = frozenset(
    (
        *_MENU,
        "Tin mới hơn",
        "Tin cũ hơn",
        "Các tin khác",
        "Bài viết liên quan",
        "Tin liên quan",
        "Tin cùng chuyên mục",
        "Đang truy cập",
        "Tổng lượt truy cập",
        "Lượt truy cập",
        "Tin xem nhiều",
        "Chia sẻ",
        "In trang",
        "Trang chủ",
        "Ý kiến bạn đọc",
        "Quay lại",
        "Bản in",
    )
)
_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


def slug(title: str) -> str:
    """Return a title as addresses write it: marks off, words joined with hyphens."""
    plain = unicodedata.normalize("NFD", title.lower().replace("đ", "d"))
    return "-".join(
        "".join(c if c.isascii() and c.isalnum() else " " for c in plain if c < "\u0300" or c > "\u036f").split()
    )


def _paragraphs(story: Story, opening: str = "<p>", closing: str = "</p>") -> str:
    return "\n".join(f"{opening}{escape(paragraph, quote=False)}{closing}" for paragraph in story.paragraphs)


def _nukeviet(story: Story, body: str, related: str) -> str:
    at = story.published_at
    return f"""<div class="news_column panel panel-default" itemtype="http://schema.org/NewsArticle" itemscope><div class="panel-body">
<h1 class="title margin-bottom-lg" itemprop="headline">{escape(story.title)}</h1>
<div class="row margin-bottom-lg"><div class="col-md-12"><span class="h5">{_WEEKDAYS[at.weekday()]} - {at:%d/%m/%Y %H:%M}</span></div>
<div class="col-md-12"><ul class="list-inline text-right"><li><a class="dimgray" rel="nofollow" title="Bản in"><em class="fa fa-print"></em></a></li></ul></div></div>
<div class="clearfix"><div class="hometext m-bottom" itemprop="description">{escape(story.lead)}</div></div>
<div class="bodytext margin-bottom-lg" id="news-bodyhtml" itemprop="articleBody">{body}</div>
<div class="margin-bottom-lg"><p class="h5 text-right"><strong>Tác giả: </strong>{story.author}</p></div></div></div>
<div class="news_column panel panel-default"><div class="panel-body"><form id="form3B"><div class="h5 clearfix">
<p id="stringrating">Tổng số điểm của bài viết là: 0 trong 0 đánh giá</p></div></form><h4>Ý kiến bạn đọc</h4></div></div>
<div class="news_column panel panel-default"><div class="panel-body other-news">
<p class="h3"><strong>Tin mới hơn</strong></p><ul class="detail-related related list-none">{related}</ul></div></div>"""


def _sharepoint(story: Story, body: str, related: str) -> str:
    at = story.published_at
    return f"""<div class="tandan-p-article-news"><h3 class="tandan-p-article-news-title">{escape(story.title)}</h3>
<div class="tandan-p-article-date"><span class="tandan-span-date-publish">Đăng ngày {at:%d/%m/%Y}</span></div>
<div class="tandan-p-article-news-summary">{escape(story.lead)}</div>
<div class="tandan-p-article-main"><div class="ms-rtestate-field">{body}<p style="text-align:right"><b>{story.author}</b></p></div></div>
<div class="tandan-div-article-other"><div class="title-other">Các tin khác</div><ul>{related}</ul></div></div>"""


def _tables(story: Story, body: str, related: str) -> str:
    at = story.published_at
    return f"""<table width="100%" cellpadding="0" cellspacing="0"><tr><td class="duongdan"><a href="/">Trang chủ</a> &raquo; Tin tức</td></tr>
<tr><td class="tieude_tin">{escape(story.title)}</td></tr><tr><td class="ngaydang">Ngày đăng bài: {at:%d/%m/%Y}</td></tr>
<tr><td class="noidung_tin"><p><strong>{escape(story.lead)}</strong></p>{body}<p align="right"><strong>{story.author}</strong></p></td></tr>
<tr><td class="tin_khac"><b>Tin cùng chuyên mục</b><ul>{related}</ul></td></tr>
<tr><td align="right"><a href="javascript:history.go(-1)">Quay lại</a></td></tr></table>"""


def _vnportal(story: Story, body: str, related: str) -> str:
    at = story.published_at
    return f"""<div class="ArticleDetailControl"><h1 class="ArticleHeader">{escape(story.title)}</h1>
<div class="tool"><span class="PostDate">{_WEEKDAYS[at.weekday()]}, {at:%d/%m/%Y} | {at:%H:%M}</span><a class="print" rel="nofollow">In trang</a></div>
<div class="ArticleSummary">{escape(story.lead)}</div><div class="ArticleContent"><div class="content-detail">{body}</div></div>
<div class="author">{story.author}</div><div class="UISocialShare"><span>Chia sẻ</span></div>
<div class="relatedArticles"><h4>Tin liên quan</h4><ul class="ArticleList">{related}</ul></div></div>"""


def _wordpress(story: Story, body: str, related: str) -> str:
    at = story.published_at
    return f"""<article class="post type-post hentry"><header class="entry-header"><h1 class="entry-title">{escape(story.title)}</h1>
<div class="entry-meta"><time class="entry-date published" datetime="{at.isoformat()}">{at:%d/%m/%Y %H:%M}</time>
<span class="byline"><span class="author vcard">{story.author}</span></span></div></header>
<div class="entry-content"><p><strong>{escape(story.lead)}</strong></p>{body}</div>
<footer class="entry-footer"><div class="sharedaddy">Chia sẻ</div></footer></article>
<aside class="related-posts"><h3>Bài viết liên quan</h3><ul>{related}</ul></aside>"""


MANNERS = (
    Manner(
        "nukeviet",
        '<meta name="generator" content="NukeViet v4.5"><link rel="stylesheet" href="/themes/default/css/style.css">',
        lambda s: f"/vi/news/{s.category}/{slug(s.title)}-{s.number + 1001}.html",
        lambda c, n: f"/vi/news/{c}/" + (f"page-{n}/" if n > 1 else ""),
        _nukeviet,
        '<li><a href="{0}" title="{1}">{1}</a> <em class="time">({2:%d/%m/%Y})</em></li>',
        ("Đang truy cập", "Tổng lượt truy cập"),
    ),
    Manner(
        "sharepoint",
        '<meta name="GENERATOR" content="Microsoft SharePoint"><meta http-equiv="X-UA-Compatible" content="IE=8">',
        lambda s: (
            f"/portal/Pages/{s.published_at:%Y}-{s.published_at.month}-{s.published_at.day}/{slug(s.title)}{s.number:05x}.aspx"
        ),
        lambda c, n: f"/portal/KenhTin/{c}.aspx" + (f"?page={n}" if n > 1 else ""),
        _sharepoint,
        '<li><a href="{0}">{1}</a>({2:%d/%m/%Y %I:%M} SA)</li>',
        ("Lượt truy cập", "Đang truy cập"),
    ),
    Manner(
        "tables",
        '<meta http-equiv="Content-Language" content="vi">',
        lambda s: f"/tintuc/chitiet.aspx?nhom={s.category}&id={s.number + 71}",
        lambda c, n: f"/tintuc/danhsach.aspx?nhom={c}" + (f"&trang={n}" if n > 1 else ""),
        _tables,
        '<li><a href="{0}" class="tinlienquan">{1}</a> <i>({2:%d/%m/%Y})</i></li>',
        ("Lượt truy cập", "Đang truy cập"),
        ("<table class='{0}' width='100%' border='0'><tr><td valign='top'>", "</td></tr></table>", "td"),
    ),
    Manner(
        "vnportal",
        '<link rel="stylesheet" href="/Skins/portal.css"><script src="/DesktopModule/UIArticleInMenu/menu.js"></script>',
        lambda s: f"/{s.category}/{slug(s.title)}-{s.number + 640001}",
        lambda c, n: f"/{c}" + (f"?page={n}" if n > 1 else ""),
        _vnportal,
        '<li><h2 class="Title"><a href="{0}">{1}</a></h2><span class="Ngaydang">{2:%d/%m/%Y}</span></li>',
        ("Đang truy cập", "Tổng lượt truy cập"),
    ),
    Manner(
        "wordpress",
        '<meta name="generator" content="WordPress 6.1.1"><link rel="stylesheet" href="/wp-content/themes/bo/style.css">',
        lambda s: f"/{s.published_at:%Y/%m}/{slug(s.title)}-{s.number}/",
        lambda c, n: f"/category/{c}/" + (f"page/{n}/" if n > 1 else ""),
        _wordpress,
        '<li class="related-post"><a href="{0}" rel="bookmark">{1}</a><span class="date">{2:%d/%m/%Y}</span></li>',
        ("Lượt truy cập", "Tổng lượt truy cập"),
    ),
)


def article_page(manner: Manner, story: Story, neighbours: Sequence[Story], pages: int) -> Page:
    """Return the page of an article among its `neighbours`, whose links stand below it."""
    opening = '<p style="text-align: justify;">' if story.host % 2 else "<p>"
    if manner.name == "tables":
        opening, closing = '<p><font face="Times New Roman" size="4">', "</font></p>"
    else:
        closing = "</p>"
    related = "\n".join(_link(manner, other) for other in neighbours)
    article = manner.article(story, _paragraphs(story, opening, closing), related)
    marks = f'<meta property="og:type" content="article"><meta property="og:title" content="{escape(story.title)}">'
    return _page(manner, story.title, marks, article, pages)


def listing_page(manner: Manner, title: str, stories: Sequence[Story], paths: Sequence[str], pages: int) -> Page:
    """Return a listing of `stories` with links to the other `paths` of its pagination."""
    items = "\n".join(
        f'<div class="item">{_link(manner, story)}<p class="brief">{escape(story.lead[:120])}…</p></div>'
        for story in stories
    )
    pager = " ".join(f'<a href="{escape(path)}">{number}</a>' for number, path in enumerate(paths, 1))
    content = f'<h2 class="cat">{title}</h2><div class="list">{items}</div><div class="pagination">{pager}</div>'
    return _page(manner, title, '<meta property="og:type" content="website">', content, pages)


def _link(manner: Manner, story: Story) -> str:
    return manner.related.format(escape(manner.article_path(story)), escape(story.title), story.published_at)


def _page(manner: Manner, title: str, marks: str, content: str, pages: int) -> Page:
    top, bottom = _frame(manner.name, pages)
    head = f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title>{manner.head}{marks}"""
    return (head.encode(), top, content.encode(), Live.SIDE, bottom, Live.COUNTER, b"</div></body></html>")


_FRAMES: dict[tuple[str, int], tuple[bytes, bytes]] = {}


def _frame(name: str, pages: int) -> tuple[bytes, bytes]:
    """Return what stands before and after the content on every page of a manner: menus, scripts, columns, footer."""
    if (name, pages) in _FRAMES:
        return _FRAMES[name, pages]
    manner = next(manner for manner in MANNERS if manner.name == name)
    rng = Random(f"frame {name}")
    box, end, cell = manner.frame
    style = "\n".join(
        f".c{n}-{rng.randrange(10**6)}{{margin:0;padding:{n % 9}px;color:#{rng.randrange(16**6):06x}}}"
        for n in range(150)
    )
    script = "\n".join(
        f'window.cfg{n}={{"id":{rng.randrange(10**8)},"key":"{rng.getrandbits(96):x}"}};' for n in range(170)
    )
    state = (
        f'<input type="hidden" name="__VIEWSTATE" value="{rng.getrandbits(26_000):x}">'
        if name in {"sharepoint", "tables"}
        else ""
    )
    listings = [
        manner.listing_path(category, number)
        for category in CATEGORIES
        for number in range(1, max(2, 1 + pages // len(CATEGORIES) // PER_LISTING))
    ]
    menu = "".join(
        f'<li class="menu-item menu-item-{n} level-{n % 3}" id="menu-{n}"><a class="nav-link dropdown-item" title="{label}" '
        f'href="{escape(listings[n % len(listings)])}"><span class="icon icon-{n % 7}"></span><span class="text">{label}</span></a></li>\n'
        for n, label in enumerate((*_MENU, *_MENU[:24]))
    )
    side = "".join(
        box.format(f"block block-{n} panel panel-primary")
        + f'<{"span" if cell == "td" else "h3"} class="panel-heading">{_MENU[(n * 5) % len(_MENU)]}</{"span" if cell == "td" else "h3"}>'
        + "".join(
            f'<div class="row item-{k} clearfix"><a class="show" href="{escape(listings[(n * 6 + k) % len(listings)])}" '
            f'data-content="{rng.getrandbits(320):x}" data-img="/uploads/{rng.getrandbits(128):x}.jpg" data-rel="block_tooltip">'
            f'<img src="/uploads/thumb/{rng.getrandbits(96):x}.jpg" alt="" width="70">{_MENU[(n * 6 + k) % len(_MENU)]}</a></div>'
            for k in range(6)
        )
        + end
        for n in range(9)
    )
    partners = "".join(
        f'<a class="partner" target="_blank" rel="noopener" href="https://lienket{n}.example/">Trang liên kết {n}</a>\n'
        for n in range(12)
    )
    rows = "".join(
        f"<tr><td>{rng.choice(_MENU)}</td><td>{rng.randrange(999)},{rng.randrange(9)}</td><td>{rng.randrange(99)}%</td></tr>\n"
        for _ in range(60)
    )
    before = (
        f"<style>{style}</style><script>{script}</script></head><body class='{name}'><form method='post' action='#'>{state}</form>"
        f"<div id='header'><div class='logo'>Cổng thông tin điện tử</div><div class='today'>Thứ ba, 18/11/2025</div></div>"
        f"<ul id='menu'>{menu}</ul>{box.format('main-column')}"
    )
    after = (
        f"{end}<div id='right'>{side}<table class='stat'>{rows}</table></div><div id='partners'>{partners}</div>"
        f"<div id='footer'><p>Cơ quan chủ quản: Ủy ban nhân dân</p><p>Địa chỉ: số 1 đường Trung Tâm</p><p>Điện thoại: 0200 300 400</p>"
        f"<p>Ghi rõ nguồn khi phát lại thông tin từ cổng này</p></div><div class='counter'><p>{manner.counter[0]}27</p><p>{manner.counter[1]}"
    )
    # Scripts grow until the page weighs what real ones do.
    filler = "".join(
        f"window.t{n}='{rng.getrandbits(380):x}';\n"
        for n in range(max(0, (PAGE_BYTES - 9_500 - len((before + after).encode())) // 112))
    )
    _FRAMES[name, pages] = (before.replace("</head>", f"<script>{filler}</script></head>").encode(), after.encode())
    return _FRAMES[name, pages]
