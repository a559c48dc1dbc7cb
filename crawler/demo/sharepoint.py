"""A department's page on SharePoint: one `<form>` around everything, today's date in the header, print versions,
the same article under two categories, and an error page that says 200."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from .manifest import DemoArticle
from .manner import Answer, Manner, Visit, article_time, weekday
from .markup import body_html, fill, link

__all__ = ["SharePoint"]


class SharePoint(Manner):
    routes = (
        (r"/|/Pages/default\.aspx", "home"),
        (r"/Pages/danh-sach\.aspx", "listing"),
        (r"/Pages/chi-tiet\.aspx", "detail"),
        (r"/Pages/ban-in\.aspx", "printed"),
        (r"/_layouts/15/listfeed\.aspx", "feed"),
        (r"/noi-bo/.*", "internal"),
    )
    robots = "User-agent: *\nDisallow: /noi-bo/\nDisallow: /_vti_bin/\n"
    attachments = "/Lists/TinTuc/Attachments/"

    def home(self, visit: Visit) -> Answer:
        blocks = "".join(
            f'<div class="ms-webpart-zone"><h2 class="ms-webpart-titleText">{link(c.path, c.title)}</h2>'
            + "".join(self._item(article, "home") for article in self.portal.in_category(c)[:3])
            + "</div>"
            for c in self.portal.categories
        )
        return self._page(visit, "Trang chủ", blocks)

    def listing(self, visit: Visit) -> Answer:
        category = self.category(id=visit.number("CateID", 0))
        if category is None:
            return self.missing(visit)
        page = visit.number("Page")
        articles, pages = self.turn(self.portal.in_category(category), page)
        items = "".join(self._item(article, "danh-sach") for article in articles)
        turns = "".join(link(f"{category.path}&Page={n}", str(n)) + "&nbsp;" for n in range(1, pages + 1) if n != page)
        # An article that was deleted, still linked: the answer says 200.
        dead = (
            '<div class="item-tin">' + link("/Pages/chi-tiet.aspx?ItemID=999&CateID=9", "Thông báo nghỉ lễ") + "</div>"
        )
        items += dead if category.slug == "thong-bao" else ""
        return self._page(
            visit, category.title, f'<h2>{category.title}</h2>{items}<div class="phan-trang">{turns}</div>'
        )

    def _item(self, article: DemoArticle, source: str) -> str:
        # `Source` is where SharePoint goes back to; it does not decide what comes.
        href = article.path + (f"&Source=%2FPages%2F{source}.aspx" if article.number % 3 == 0 else "")
        headline = link(href, article.title, 'class="tieu-de"')
        day = f" ({article_time(article):%d/%m/%Y})" if article.published_at else ""
        return (
            f'<div class="item-tin"><img src="/PublishingImages/{article.slug}.jpg" alt="" width="120" />'
            f'{headline}<span class="ngay">{day}</span>'
            f'<div class="tom-tat">{escape(article.summary)}</div></div>'
        )

    def detail(self, visit: Visit) -> Answer:
        article = self.portal.article(visit.number("ItemID", 0))
        if article is None:
            return self.missing(visit)
        day = article_time(article)
        date_line = f'<div class="ngay-dang">{weekday(day)}, {day:%d/%m/%Y}</div>' if article.published_at else ""
        byline = f'<p align="right"><strong>{article.author}</strong></p>' if article.author else ""
        file = f"{self.attachments}{article.number}/{article.attachment}"
        attached = f'<div class="dinh-kem">Tệp đính kèm: {link(file, file)}</div>' if article.attachment else ""
        newer = "".join(
            f"<li>{link(other.path, other.title)} ({article_time(other):%d/%m/%Y})</li>"
            for other in self.others(article, 6)
            if other.published_at
        )
        return self._page(
            visit,
            article.title,
            f'<h1 class="tieu-de-tin">{escape(article.title)}</h1>{date_line}'
            f'<div class="cong-cu">Cỡ chữ: A- A A+ | {link(article.twins[-1], "Bản in")}</div>'
            f'<div id="ctl00_PlaceHolderMain_noidung" class="ms-rtestate-field noi-dung">'
            f"{body_html(article.blocks, 'p', '/PublishingImages/')}{byline}</div>{attached}"
            f'<div class="tin-khac"><h3>Các tin khác</h3><ul>{newer}</ul></div>',
            f'<link rel="canonical" href="{escape(self.url + article.path)}" />',
        )

    def printed(self, visit: Visit) -> Answer:
        article = self.portal.article(visit.number("ItemID", 0))
        if article is None:
            return self.missing(visit)
        page = f"<html><head><title>{escape(article.title)}</title></head><body onload='window.print()'>"
        page += f"<h1>{escape(article.title)}</h1>{body_html(article.blocks, 'p', '/PublishingImages/')}</body></html>"
        return Answer(page.encode())

    def fixed(self, visit: Visit) -> Answer:
        page = self._fixed[visit.target]
        return self._page(
            visit, page.title, f"<h2>{page.title}</h2>{body_html(page.blocks, 'p', '/PublishingImages/')}"
        )

    def feed(self, _visit: Visit) -> Answer:
        return self.rss([article for article in self.portal.articles if article.published_at][:8])

    def internal(self, _visit: Visit) -> Answer:
        return Answer(b"<html><body><h1>Access required</h1></body></html>", 403)

    def missing(self, visit: Visit) -> Answer:
        if not visit.path.endswith(".aspx"):
            return super().missing(visit)
        excuse = "Trang bạn yêu cầu không tồn tại hoặc đã bị xóa. Xin mời quay về trang chủ."
        return self._page(visit, "Lỗi", f"<h2>Không tìm thấy trang</h2><p>{excuse}</p>")

    def _page(self, visit: Visit, title: str, content: str, head: str = "") -> Answer:
        state = b"".join(hashlib.sha512(f"{visit.target} {visit.hit} {n}".encode()).digest() for n in range(48))
        item = 'class="static menu-item"'
        menu = "".join(
            f'<li class="static">{link(c.path, c.title, item)}<ul>'
            + "".join(f"<li>{link(a.path, a.title)}</li>" for a in self.portal.in_category(c)[:4])
            + "</ul></li>"
            for c in self.portal.categories
        )
        menu += "".join(f'<li class="static">{link(p.path, p.title)}</li>' for p in self.portal.pages)
        return Answer(
            fill(
                self.layout,
                title=escape(title),
                head=head,
                site=escape(self.portal.name),
                target=escape(visit.target),
                state=base64.b64encode(state).decode(),
                today=f"{weekday(visit.today)}, {visit.today:%d/%m/%Y}",
                menu=menu,
                content=content,
                links="".join(f"<option value='{url}'>{escape(name)}</option>" for name, url in self.neighbours()),
                online=visit.online,
                total=f"{1_284_770 + visit.hit:,}",
            )
        )
