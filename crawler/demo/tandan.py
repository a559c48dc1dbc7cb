"""A province's portal on a SharePoint of about 2014: addresses with the day in the path, "Đăng ngày 04 - 08 - 2014",
12-hour times (SA, CH) in the list of newer articles, a rating and a count of readers below."""

from __future__ import annotations

from datetime import datetime
from html import escape

from .manifest import DemoArticle
from .manner import Answer, Manner, Visit, article_time
from .markup import body_html, fill, link

__all__ = ["TanDan"]


class TanDan(Manner):
    routes = (
        (r"/", "home"),
        (r"/portal/Pages/default\.aspx", "home"),
        (r"/portal/Pages/([A-Z][A-Za-z-]+)\.aspx", "listing"),
        (r"/portal/Pages/\d{4}-\d+-\d+/.+\.aspx", "detail"),
        (r"/portal/rss/tin-moi\.rss", "feed"),
    )

    def home(self, visit: Visit) -> Answer:
        columns = "".join(
            f'<div class="channel"><div class="channel-title">{link(c.path, c.title)}</div>'
            + "".join(self._item(article) for article in self.portal.in_category(c)[:3])
            + "</div>"
            for c in self.portal.categories
        )
        return self._page(visit, self.portal.name, columns)

    def listing(self, visit: Visit, slug: str) -> Answer:
        category = self.category(slug=slug)
        if category is None:
            return self.missing(visit)
        page = visit.number("page")
        articles, pages = self.turn(self.portal.in_category(category), page)
        items = "".join(self._item(article) for article in articles)
        turns = f'<a href="{category.path}?page={page + 1}" class="paging-next">Trang sau</a>' if page < pages else ""
        return self._page(visit, category.title, f'<h2 class="channel-title">{category.title}</h2>{items}{turns}')

    def _item(self, article: DemoArticle) -> str:
        return (
            f'<div class="channel-item"><h3 class="channel-news-title">{link(article.path, article.title)}</h3>'
            f'<p class="channel-news-summary">{escape(article.summary)}</p></div>'
        )

    def detail(self, visit: Visit) -> Answer:
        article = self._by_path.get(visit.path)
        if article is None:
            return self.missing(visit)
        lead = (
            f'<p class="tandan-p-article-news-summary"><strong>{escape(article.lead)}</strong></p>'
            if article.lead
            else ""
        )
        body = body_html(article.blocks, "indent", "/anh/")
        signed = (
            f'<p style="text-align:right"><strong>Tin, ảnh: {article.author}</strong></p>' if article.author else ""
        )
        signed += f'<p style="text-align:right"><em>Nguồn: {article.source}</em></p>' if article.source else ""
        newest = "".join(
            f'<li>{link(other.path, other.title)}<span class="date">({_twelve_hours(article_time(other))})</span></li>'
            for other in self.portal.articles[:9]
            if other is not article
        )
        return self._page(
            visit,
            article.title,
            f'<div class="tandan-div-article"><h1 class="tandan-p-article-news-title">{escape(article.title)}</h1>'
            f'<div><span class="tandan-span-date-publish">Đăng ngày {article_time(article):%d - %m - %Y}</span>'
            f'<div class="rating-result">100%</div></div>{lead}'
            f'<div class="tandan-p-article-main ms-rtestate-field">{body}{signed}'
            f'</div><div class="tandan-arrow">&lt;</div>'
            f'<div class="tandan-div-article-other"><div class="head">Tin mới nhất</div><ul>{newest}</ul></div></div>',
        )

    def fixed(self, visit: Visit) -> Answer:
        page = self._fixed[visit.target]
        return self._page(visit, page.title, f"<h2>{page.title}</h2>{body_html(page.blocks, 'p', '/anh/')}")

    def feed(self, _visit: Visit) -> Answer:
        return self.rss(self.portal.articles[:6])

    def _page(self, visit: Visit, title: str, content: str) -> Answer:
        topics = (
            "Quy hoạch",
            "Đầu tư",
            "Dự án",
            "Ngân sách",
            "Khen thưởng",
            "Đất đai",
            "Du lịch",
            "Khoa học",
            "Môi trường",
        )
        menu = "".join(
            f'<li class="tandan-menu-item">{link(c.path, c.title)}<ul>'
            + "".join(f"<li>{link(c.path + '#muc' + str(n), topic)}</li>" for n, topic in enumerate(topics))
            + "</ul></li>"
            for c in self.portal.categories
        )
        return Answer(
            fill(
                self.layout,
                title=escape(title),
                site=escape(self.portal.name),
                menu=menu + "".join(f"<li>{link(p.path, p.title)}</li>" for p in self.portal.pages),
                content=content,
                links="".join(f"<li>{link(url, name)}</li>" for name, url in self.neighbours()),
                votes=260 + visit.hit,
                online=visit.online,
            )
        )


def _twelve_hours(time: datetime) -> str:
    """A time as .NET writes it in Vietnamese: "28/12/2023 11:12 SA"."""
    return f"{time:%d/%m/%Y} {time.hour % 12 or 12}:{time:%M} {'SA' if time.hour < 12 else 'CH'}"
