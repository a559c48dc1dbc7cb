"""A province's portal on NukeViet 4.5: microdata with the wrong date, a body that stands twice and a lead that stands
three times, theme links with a new token at every hit, a side block that changes, comments, ratings and counters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from html import escape

from .manifest import Category, DemoArticle, DemoPortal
from .manner import Answer, Manner, Visit, article_time, weekday
from .markup import body_html, fill, layout, link

__all__ = ["NukeViet"]

_ROOT = "/vi/news/"


class NukeViet(Manner):
    routes = (
        (r"/|/vi/|/vi/news/", "home"),
        (r"/vi/news/(print|savefile|sendmail)/[a-z-]+/[a-z0-9-]+-(\d+)\.html", "twin"),
        (r"/vi/news/([a-z-]+)/[a-z0-9-]+-(\d+)\.html", "detail"),
        (r"/vi/news/rss/(?:([a-z-]+)/)?", "feed"),
        (r"/vi/news/([a-z-]+)/(?:page-(\d+)/)?", "listing"),
        (r"/vi/users/.*", "login"),
        (r"/sitemap\.xml", "sitemap_index"),
        (r"/sitemap-vi\.news\.xml", "sitemap"),
    )
    robots = (
        "User-agent: *\nDisallow: /admin/\nDisallow: /data/cache/\nDisallow: /includes/\nDisallow: /vi/users/\n"
        "Disallow: /*nv_redirect=\nSitemap: {url}/sitemap.xml\n"
    )
    attachments = "/uploads/news/"

    def __init__(self, portal: DemoPortal, urls: Mapping[str, str]) -> None:
        super().__init__(portal, urls)
        self._frame = layout(f"{portal.id}-news")

    def home(self, visit: Visit) -> Answer:
        panels = "".join(self._panel(article) for article in self.portal.articles[: self.page_size])
        return self._page(visit, self.portal.name, panels, "/")

    def listing(self, visit: Visit, slug: str, page: str | None) -> Answer:
        category = self.category(slug=slug)
        if category is None:
            return Answer(status=301, location=_ROOT)
        articles, pages = self.turn(self.portal.in_category(category), int(page or 1))
        if page is not None and not 1 < int(page) <= pages:
            return Answer(status=301, location=category.path)
        turns = "".join(
            f"<li{' class=active' * (n == int(page or 1))}>{link(_turn(category, n), str(n))}</li>"
            # One page more than there is, as this CMS does when an article was deleted: it redirects.
            for n in range(1, pages + 2)
        )
        panels = "".join(self._panel(article) for article in articles)
        pagination = f'<div class="text-center"><ul class="pagination">{turns}</ul></div>'
        return self._page(visit, category.title, panels + pagination, category.path)

    def _panel(self, article: DemoArticle) -> str:
        return (
            '<div class="news_column"><div class="panel panel-default"><div class="panel-body">'
            f'<a href="{article.path}"><img alt="" src="/assets/news/{article.slug}.jpg" width="100" '
            f'class="img-thumbnail pull-left imghome" /></a><h3>{link(article.path, article.title)}</h3>'
            f'<div class="text-muted"><ul class="list-unstyled list-inline"><li><em class="fa fa-clock-o">&nbsp;</em> '
            f"{_printed_time(article)}</li><li>Đã xem: {article.number % 700}</li></ul></div>"
            f'<p class="text-justify">{escape(article.summary)}</p></div></div></div>'
        )

    def detail(self, visit: Visit, slug: str, number: str) -> Answer:
        article = self.portal.article(int(number))
        if article is None:
            return self.missing(visit)
        if visit.path != article.path:  # a second category, or an old alias
            return Answer(status=301, location=article.path)
        return self._page(visit, article.title, self._news(article), article.path, self._meta(article))

    def _meta(self, article: DemoArticle) -> str:
        time = article_time(article)
        # The day and the minutes change places in this version's template.
        malformed = f"{time:%Y-%m-%d}+07{time:%H:%M}:00"
        return (
            '<meta property="og:type" content="article" />'
            f'<meta property="article:published_time" content="{malformed}" />'
            f'<meta property="article:section" content="{article.category.title}" />'
            f'<meta property="og:title" content="{escape(article.title)}" />'
        )

    def _news(self, article: DemoArticle) -> str:
        lead = (
            f'<div class="hometext m-bottom" itemprop="description">{escape(article.lead)}</div>'
            if article.lead
            else ""
        )
        signed = "".join(
            f'<p class="h5 text-right"><strong>{label}: </strong>{escape(value)}</p>'
            for label, value in (("Tác giả", article.author), ("Nguồn tin", article.source))
            if value
        )
        file = f"{self.attachments}{article.attachment}"
        files = f'<div class="list-group news-download-file">{link(file, file)}</div>' if article.attachment else ""
        send, in_print, save = (article.path.replace(_ROOT, f"{_ROOT}{v}/") for v in ("sendmail", "print", "savefile"))
        return self._frame.substitute(
            title=escape(article.title),
            author=article.author or "Ban biên tập",
            # The edit time stands where the time of publication belongs: the CMS's template assigns it twice.
            edited=(article_time(article) + timedelta(days=400)).isoformat(),
            summary=escape(article.summary),
            url=self.url + article.path,
            site=escape(self.portal.name),
            time=_printed_time(article),
            send=send,
            in_print=in_print,
            save=save,
            lead=lead,
            body=_body(article),
            files=files,
            signed=signed,
            comments=_COMMENT if article.number % 2 == 0 else "",
            related=self._related(article),
        )

    def _related(self, article: DemoArticle) -> str:
        position = self.portal.articles.index(article)
        lists = (
            ("Những tin mới hơn", self.portal.articles[max(0, position - 4) : position]),
            ("Những tin cũ hơn", self.portal.articles[position + 1 : position + 6]),
        )
        return "".join(
            f'<p class="h3"><strong>{title}</strong></p><div class="clearfix"><ul class="related list-inline">'
            + "".join(
                f'<li><em class="fa fa-angle-right">&nbsp;</em><a href="{a.path}" data-content="{escape(a.summary)}" '
                f'data-rel="tooltip" title="{escape(a.title)}"><h4>{escape(a.title)}</h4></a>'
                f"<em>({article_time(a):%d/%m/%Y})</em></li>"
                for a in articles
            )
            + "</ul></div>"
            for title, articles in lists
            if articles
        )

    def twin(self, visit: Visit, verb: str, number: str) -> Answer:
        article = self.portal.article(int(number))
        if article is None:
            return self.missing(visit)
        if verb == "sendmail":
            return self._page(visit, "Gửi bài viết", '<form method="post"><input name="email"></form>', visit.path)
        home = f'<div id="hometext">{escape(article.lead or "")}</div>'
        body = f'{home}<div id="bodytext">{body_html(article.blocks, "p", "/uploads/news/")}</div>'
        head = f"<h1>{escape(article.title)}</h1><p>{_printed_time(article)}</p>"
        page = f"<html><head><title>{escape(article.title)}</title></head><body>{head}{body}</body></html>"
        return Answer(page.encode())

    def fixed(self, visit: Visit) -> Answer:
        page = self._fixed[visit.target]
        body = f'<div class="panel-body"><h1>{page.title}</h1>{body_html(page.blocks, "p", "/uploads/")}</div>'
        return self._page(visit, page.title, body, page.path)

    def login(self, visit: Visit) -> Answer:
        return self._page(visit, "Đăng nhập", '<form method="post"><input name="nv_login"></form>', visit.path)

    def feed(self, _visit: Visit, slug: str | None) -> Answer:
        category = self.category(slug=slug or "")
        return self.rss(self.portal.in_category(category) if category else self.portal.articles)

    def sitemap_index(self, _visit: Visit) -> Answer:
        entry = f"<sitemap><loc>{self.url}/sitemap-vi.news.xml</loc></sitemap>"
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        index = f'<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="{space}">{entry}</sitemapindex>'
        return Answer(index.encode(), content_type="text/xml; charset=utf-8", is_cacheable=True)

    def sitemap(self, _visit: Visit) -> Answer:
        return self.urlset(self.portal.articles)

    def _page(self, visit: Visit, title: str, content: str, path: str, meta: str = "") -> Answer:
        shown = [article for article in self.portal.articles if article.lead][visit.hit % 8]
        menu = "".join(
            f'<li role="presentation" class="dropdown">{link(c.path, c.title)}<ul class="dropdown-menu">'
            + "".join(f"<li>{link(a.path, a.title)}</li>" for a in self.portal.in_category(c)[:6])
            + "</ul></li>"
            for c in self.portal.categories
        )
        return Answer(
            fill(
                self.layout,
                title=escape(title),
                meta=meta or '<meta property="og:type" content="website" />',
                canonical=self.url + path,
                site=escape(self.portal.name),
                menu=menu + "".join(f"<li>{link(p.path, p.title)}</li>" for p in self.portal.pages),
                now=f"{weekday(visit.today)}, {visit.today:%d/%m/%Y}",
                content=content,
                side=f"{link(shown.path, shown.title)}<p>{escape(shown.lead or '')}</p>",
                links="".join(f"<li>{link(url, name)}</li>" for name, url in self.neighbours()),
                theme=f"{visit.path}?nvvithemever=m&amp;nv_redirect={visit.token}",
                online=visit.online,
                guests=visit.online - 6,
                today=f"{46_000 + visit.hit:,}",
                total=f"{114_290_000 + visit.hit:,}",
            )
        )


_COMMENT = (
    '<li class="media"><div class="media-body"><p>Bài viết hay quá, mong cổng đăng thêm ảnh.</p>'
    '<p class="comment-info"><strong>Bạn đọc ở Sông Mây</strong> 12/12/2024 20:15</p></div></li>'
)


def _printed_time(article: DemoArticle) -> str:
    time = article_time(article)
    return f"{weekday(time)} - {time:%d/%m/%Y %H:%M}"


def _turn(category: Category, page: int) -> str:
    return category.path if page == 1 else f"{category.path}page-{page}/"


def _body(article: DemoArticle) -> str:
    """The body; a doubled one has the lead in front, and all of it again as it was pasted for reading aloud."""
    body = body_html(article.blocks, "p", "/uploads/news/")
    if not article.is_doubled:
        return body
    lead = escape(article.lead or "")
    again = body_html(article.blocks, "br" if article.number % 2 else "div", "/uploads/news/")
    return (
        f"<p><strong>{lead}</strong></p>{body}<div class='read-aloud'><div><strong>{lead}</strong></div>{again}</div>"
    )
