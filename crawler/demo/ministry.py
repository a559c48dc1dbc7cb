"""A ministry on the SharePoint template of ministries: titles, leads and bodies in numbered `divArticleDescription`s,
file names left where pictures were, print versions that robots.txt forbids, a crawl delay, gzip."""

from __future__ import annotations

from html import escape

from .manifest import DemoArticle
from .manner import Answer, Manner, Visit, article_time, weekday
from .markup import body_html, fill, link

__all__ = ["Ministry"]

_PART = "ctl00_SPWebPartManager1_g_5b1e7c1a_90d2_4f4e_8a54_1c0a6f3d7e21_ctl00"


class Ministry(Manner):
    routes = (
        (r"/|/vn/Pages/trangchu\.aspx", "home"),
        (r"/vn/chuyen-muc/(\d+)/[a-z-]+\.aspx", "listing"),
        (r"/vn/tin-tuc/(\d+)/[a-z0-9-]+\.aspx", "detail"),
        (r"/vn/in-tin/(\d+)/[a-z0-9-]+\.aspx", "printed"),
        (r"/vn/tim-kiem/.*", "search"),
        (r"/rss/tin-moi\.xml", "feed"),
        (r"/sitemap\.xml", "sitemap"),
    )
    robots = (
        "User-agent: *\nCrawl-delay: 0.05\nDisallow: /vn/in-tin/\nDisallow: /vn/tim-kiem/\nDisallow: /quan-tri/\n"
        "Sitemap: {url}/sitemap.xml\n"
    )
    attachments = "/Lists/VanBan/"

    def home(self, visit: Visit) -> Answer:
        zones = "".join(
            f'<div class="Zone"><h2 class="Zone_Title">{link(c.path, c.title)}</h2>'
            + "".join(self._item(article) for article in self.portal.in_category(c)[:2])
            + "</div>"
            for c in self.portal.categories
        )
        return self._page(visit, self.portal.name, zones)

    def listing(self, visit: Visit, number: str) -> Answer:
        category = self.category(id=number)
        if category is None:
            return self.missing(visit)
        page = visit.number("page")
        articles, pages = self.turn(self.portal.in_category(category), page)
        items = "".join(self._item(article) for article in articles)
        turns = "".join(f"<span>{link(category.path + '?page=' + str(n), str(n))}</span>" for n in range(1, pages + 1))
        return self._page(visit, category.title, f'<h2>{category.title}</h2>{items}<div class="Paging">{turns}</div>')

    def _item(self, article: DemoArticle) -> str:
        return (
            f'<div class="Item_ListNews"><h3 class="H3_iTem_ListNews">{link(article.path, article.title)}</h3>'
            f'<span class="News_Time">{article_time(article):%d/%m/%Y}</span>'
            f'<p class="News_Summary">{escape(article.summary)}</p></div>'
        )

    def detail(self, visit: Visit, number: str) -> Answer:
        article = self.portal.article(int(number))
        if article is None:
            return self.missing(visit)
        time = article_time(article)
        lead = (
            f'<div id="divArticleDescription1"><p><strong>{escape(article.lead)}</strong></p></div>'
            if article.lead
            else ""
        )
        author = (
            f'<div class="Author" style="text-align:right"><strong>{article.author}</strong></div>'
            if article.author
            else ""
        )
        source = f'<p><font size="2">Nguồn: {article.source}</font></p>' if article.source else ""
        file = f"{self.attachments}{article.attachment}"
        attached = f'<div class="News_File">Tải về: {link(file, file)}</div>' if article.attachment else ""
        others = "".join(
            f"<li>{link(o.path, o.title)} <span>({article_time(o):%d/%m/%Y})</span></li>"
            for o in self.others(article, 6)
        )
        in_print = link(article.twins[-1], "Bản in", 'class="News_Print"')
        return self._page(
            visit,
            article.title,
            f'<div class="Around_News_Content"><div id="divArticleDescription3"><h1 class="News_Detail_Title">'
            f"{escape(article.title)}</h1></div>"
            f'<span class="News_Time_Post">{weekday(time)}, {time:%d/%m/%Y %H:%M}</span> | {in_print}'
            f'<div class="share">Chia sẻ: <a href="#fb">Facebook</a> <a href="#zalo">Zalo</a></div>{lead}'
            f'<div id="divArticleDescription2"><div class="ExternalClass1266">'
            f"{body_html(article.blocks, 'div', '/Images/', figures='names')}{author}</div></div>"
            f'<div id="{_PART}_pnNguontin">{source}</div>{attached}</div>'
            f'<div class="Other_News"><h3>Tin liên quan</h3><ul>{others}</ul></div>',
        )

    def printed(self, visit: Visit, number: str) -> Answer:
        article = self.portal.article(int(number))
        if article is None:
            return self.missing(visit)
        body = f"<h1>{escape(article.title)}</h1>{body_html(article.blocks, 'p', '/Images/')}"
        return Answer(f"<html><head><title>{escape(article.title)}</title></head><body>{body}</body></html>".encode())

    def search(self, visit: Visit) -> Answer:
        return self._page(visit, "Tìm kiếm", "".join(self._item(article) for article in self.portal.articles))

    def fixed(self, visit: Visit) -> Answer:
        page = self._fixed[visit.target]
        return self._page(visit, page.title, f"<h2>{page.title}</h2>{body_html(page.blocks, 'p', '/Images/')}")

    def feed(self, _visit: Visit) -> Answer:
        return self.rss(self.portal.articles[:5])

    def sitemap(self, _visit: Visit) -> Answer:
        return self.urlset(self.portal.articles)

    def _page(self, visit: Visit, title: str, content: str) -> Answer:
        menu = "".join(
            f'<li>{link(c.path, c.title)}<ul class="sub">'
            + "".join(f"<li>{link(a.path, a.title)}</li>" for a in self.portal.in_category(c)[:4])
            + "</ul></li>"
            for c in self.portal.categories
        )
        units = ("Vụ Kế hoạch", "Vụ Pháp chế", "Cục Hạ tầng thôn bản", "Cục Kinh tế hợp tác", "Viện Nghiên cứu làng xã")
        return Answer(
            fill(
                self.layout,
                title=escape(title),
                site=escape(self.portal.name),
                menu=menu + "".join(f"<li>{link(p.path, p.title)}</li>" for p in self.portal.pages),
                units="".join(f'<li><a href="#don-vi-{n}">{unit}</a></li>' for n, unit in enumerate(units)),
                now=f"{visit.today:%d/%m/%Y}",
                content=content,
                links="".join(f"<li>{link(url, name)}</li>" for name, url in self.neighbours()),
                online=visit.online,
                total=f"{20_771_300 + visit.hit:,}".replace(",", "."),
            )
        )
