"""A district's page made by hand in PHP: tables inside tables, a session id in every link, no sitemap and no feed,
breadcrumbs with the cut title, "Ngày đăng bài:", an address block below the article."""

from __future__ import annotations

from html import escape

from .manifest import Category, DemoArticle
from .manner import Answer, Manner, Visit, article_time
from .markup import body_html, fill, link

__all__ = ["Handmade"]


class Handmade(Manner):
    routes = ((r"/(?:index\.php)?", "index"), (r"/in\.php", "printed"), (r"/dangnhap\.php", "login"))
    robots = "User-agent: *\nDisallow:\n"

    def index(self, visit: Visit) -> Answer:
        if visit.query.get("act") == "xem":
            article = self.portal.article(visit.number("id", 0))
            return self._detail(visit, article) if article else self.missing(visit)
        if visit.query.get("mod") == "trang":
            return self.fixed(visit)
        if visit.query.get("mod") == "tin":
            category = self.category(id=visit.number("cid", 0))
            return self._listing(visit, category) if category else self.missing(visit)
        items = "".join(self._item(visit, article) for article in self.portal.articles[:6])
        return self._page(visit, self.portal.name, f'<table width="100%">{items}</table>', "Trang chủ")

    def fixed(self, visit: Visit) -> Answer:
        name = visit.query.get("ten")
        page = next((page for page in self.portal.pages if page.path.endswith(f"={name}")), None)
        if page is None:
            return self.missing(visit)
        return self._page(visit, page.title, body_html(page.blocks, "p", "/upload/"), f"Trang chủ &gt; {page.title}")

    def _listing(self, visit: Visit, category: Category) -> Answer:
        page = visit.number("trang")
        articles, pages = self.turn(self.portal.in_category(category), page)
        items = "".join(self._item(visit, article) for article in articles)
        turns = " ".join(
            f"<b>{n}</b>" if n == page else self._link(visit, f"{category.path}&trang={n}", f"[{n}]")
            for n in range(1, pages + 1)
        )
        table = f'<table width="100%">{items}</table><div align="center">Trang: {turns}</div>'
        return self._page(visit, category.title, table, f"Trang chủ &gt; {category.title}")

    def _item(self, visit: Visit, article: DemoArticle) -> str:
        return (
            f'<tr><td width="90"><img src="/upload/{article.slug}.jpg" width="80" alt=""></td><td>'
            f"{self._link(visit, article.path, article.title)} <i>({article_time(article):%d/%m/%Y})</i><br>"
            f"<font size=2>{escape(article.summary)}</font></td></tr>"
        )

    def _link(self, visit: Visit, path: str, text: str) -> str:
        """A link as PHP rewrites it for a visitor without cookies."""
        return link(f"{path}{'&' if '?' in path else '?'}PHPSESSID={visit.token}", text)

    def _detail(self, visit: Visit, article: DemoArticle) -> Answer:
        trail = (
            f"Trang chủ &gt; Tin Tức &gt; {article.category.title} &gt; {escape(article.title[:60].rsplit(' ', 1)[0])}"
        )
        byline = f'<div align="right"><b>{article.author} - {article.unit}</b></div>' if article.author else ""
        byline += f'<div align="right"><i>(Theo {article.source})</i></div>' if article.source else ""
        body = body_html(article.blocks, "br", "/upload/", figures="names")
        in_print = link(article.twins[-1], "In trang này", 'target="_blank"')
        others = "".join(f"<li>{self._link(visit, o.path, o.title)}</li>" for o in self.others(article, 5))
        return self._page(
            visit,
            article.title,
            f'<table width="100%"><tr><td class="tieude"><b><font size=4>{escape(article.title)}</font></b></td></tr>'
            f"<tr><td><font size=1>Ngày đăng bài: {article_time(article):%d/%m/%Y}</font></td></tr>"
            f'<tr><td class="noidung">{body}{byline}</td></tr>'
            f"<tr><td>{in_print}</td></tr></table>"
            f'<table width="100%"><tr><td><b>Tin liên quan</b><ul>{others}</ul></td></tr></table>',
            trail,
            f'<link rel="canonical" href="{escape(self.url + article.path)}">',
        )

    def printed(self, visit: Visit) -> Answer:
        article = self.portal.article(visit.number("id", 0))
        if article is None:
            return self.missing(visit)
        head = f'<title>{escape(article.title)}</title><meta name="robots" content="noindex, nofollow">'
        head += f'<link rel="canonical" href="{escape(self.url + article.path)}">'
        body = f"<h3>{escape(article.title)}</h3>{body_html(article.blocks, 'br', '/upload/')}"
        return Answer(f"<html><head>{head}</head><body>{body}</body></html>".encode(), content_type="text/html")

    def login(self, visit: Visit) -> Answer:
        form = '<form method="post">Tên: <input name="ten"> Mật khẩu: <input name="mk" type="password"></form>'
        return self._page(visit, "Đăng nhập", form, "Trang chủ &gt; Đăng nhập")

    def _page(self, visit: Visit, title: str, content: str, trail: str, head: str = "") -> Answer:
        menu = "".join(
            f"<tr><td>&raquo; {self._link(visit, c.path, c.title)}</td></tr>" for c in self.portal.categories
        )
        menu += "".join(f"<tr><td>&raquo; {self._link(visit, p.path, p.title)}</td></tr>" for p in self.portal.pages)
        communes = "".join(f'<tr><td>&raquo; <a href="#xa{n}">{name}</a></td></tr>' for n, name in enumerate(_COMMUNES))
        page = fill(
            self.layout,
            title=escape(title),
            head=head,
            site=escape(self.portal.name),
            trail=trail,
            menu=menu,
            communes=communes,
            content=content,
            home=f"/?PHPSESSID={visit.token}",
            links="<br>".join(link(url, name) for name, url in self.neighbours()),
            visitor=f"{402_118 + visit.hit:,}".replace(",", "."),
        )
        return Answer(page, content_type="text/html")  # no charset in the header: the page says it itself


_COMMUNES = (
    "Thị trấn Trăng Thượng",
    "Xã Khe Vàng",
    "Xã Bản Lếch",
    "Xã Tân Sương",
    "Xã Đồi Thông",
    "Xã Thác Bạc",
    "Xã Cầu Treo",
    "Xã Khe Lạnh",
    "Xã Suối Cái",
    "Xã Đảo Cò",
    "Xã Ba Hòn",
    "Xã Nà Khoai",
    "Xã Nà Pò",
    "Xã Ven Hồ",
)
