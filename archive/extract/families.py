"""CMS families as data: by what marks each is known, and where it keeps an article's parts.

A family is one row. Selectors are those of `select`; in each field the first that finds something wins. Adding a
family needs a row here and a golden page in the tests, nothing else.
"""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass

from archive.extract.outline import Outline
from archive.extract.select import select

__all__ = ["CLASSES", "FAMILIES", "NAMES", "Family", "recognise"]


@dataclass(frozen=True, slots=True)
class Family:
    """Where the pages of one CMS keep what.

    `marks`: any one of these selectors found makes the page one of the family's; so does `generator` as a part of
    `<meta name=generator>`. `article_classes` and `listing_classes` are classes of `<body>` that settle the kind;
    `other_classes` those of pages of another kind. `lists` are elements that only listings have.
    `trusts_byline` is False where the author field falls back to the poster's account.
    """

    name: str
    generator: str = ""
    marks: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    article_classes: frozenset[str] = frozenset()
    listing_classes: frozenset[str] = frozenset()
    other_classes: frozenset[str] = frozenset()
    missing_classes: frozenset[str] = frozenset()
    lists: tuple[str, ...] = ()
    trusts_byline: bool = True


def _classes(names: str) -> frozenset[str]:
    return frozenset(names.split())


FAMILIES: tuple[Family, ...] = (
    Family(
        "nukeviet",
        generator="nukeviet",
        marks=("#news-bodyhtml", "#page-bodyhtml", "#news_detail .bodytext"),
        title=("@headline", "h1.title", "#news_detail h1"),
        lead=(".hometext", "#hometext"),
        body=("#news-bodyhtml", "#page-bodyhtml", ".newsdetail .bodytext", ".news_column .bodytext", ".bodytext"),
        date=(".news_column em.time", "em.time", "#news_detail span.time", ".news_column span.h5", "span.h5"),
        trusts_byline=False,
    ),
    Family(
        "vnportal",
        marks=(".ArticleDetailControl", ".ArticleContent", ".UIArticleInMenu_Default", "ul.ArticleList"),
        title=(".ArticleDetailControl .ArticleHeader", ".ArticleHeader"),
        lead=(".ArticleDetailControl .ArticleSummary", ".ArticleSummary"),
        body=(".ArticleDetailControl .ArticleContent", ".ArticleContent"),
        date=(".ArticleDetailControl .PostDate", ".PostDate"),
        author=(".ArticleDetailControl .author",),
        lists=("ul.ArticleList",),
    ),
    Family(
        "vhv",
        marks=(".ModuleWrapper",),
        title=("h1.title-detail", "h1@headline"),
        lead=("article .brief", "article .article-brief", "article .brief-detail"),
        body=(".content-detail@articleBody", "@articleBody", "article .content-detail"),
        date=("article .post-date", "article .news-date"),
    ),
    Family(
        "tandan",
        marks=(".tandan-p-article-news-title", ".tandan-p-article-main"),
        title=(".tandan-p-article-news-title",),
        lead=(".tandan-p-article-news-summary",),
        body=(".tandan-p-article-main", ".ms-rtestate-field"),
        date=(".tandan-span-date-publish",),
    ),
    Family(
        "ministry",
        marks=("h1.News_Detail_Title", "#divArticleDescription3"),
        title=(".News_Detail_Title",),
        lead=("#divArticleDescription1",),
        body=("#divArticleDescription3", "#divArticleDescription2", "#divArticleDescription"),
        date=(".News_Time_Post",),
        source=("#*_pnNguontin",),
    ),
    Family(
        "vnpt-liferay",
        marks=(".UI_Tinbai_chitiet",),
        title=(".UI_Tinbai_chitiet_tieude",),
        lead=(".UI_Tinbai_chitiet_noidungngan",),
        body=(".UI_Tinbai_chitiet_noidung",),
        date=(".UI_Tinbai_chitiet_startdate",),
    ),
    Family(
        "liferay",
        generator="liferay",
        marks=(".journal-content-article", ".asset-full-content", ".portlet-asset-publisher"),
        title=(".asset-full-content h1.header-title", ".asset-full-content .component-title", ".title-detail"),
        lead=(".sapo", "#sapoDetailId"),
        body=(
            "#contentDetail",
            ".contentDetail",
            ".asset-full-content .journal-content-article",
            ".asset-full-content .asset-content",
            ".asset-full-content",
        ),
        date=(".asset-full-content .metadata-publish-date", ".asset-full-content .metadata-entry"),
        author=(".asset-full-content .metadata-author",),
        lists=(".asset-abstract",),
    ),
    Family(
        "joomla",
        generator="joomla",
        marks=(".item-page", ".com-content-article"),
        title=(
            ".item-page .page-header h1",
            ".item-page .page-header h2",
            ".item-page h1",
            ".item-page h2",
            "@headline",
        ),
        body=(".item-page @articleBody", ".com-content-article__body", "@articleBody", ".item-page"),
        date=(".item-page @datePublished", ".item-page .published", ".item-page .create", ".article-info time"),
        author=(".item-page .createdby @name", ".createdby"),
        category=(".item-page .category-name a",),
        article_classes=_classes("view-article"),
        listing_classes=_classes("view-category view-categories view-featured view-archive view-tag view-tags"),
        other_classes=_classes(
            "view-search view-contact view-login view-registration com_search com_contact com_users"
        ),
    ),
    Family(
        "drupal",
        generator="drupal",
        marks=(".field--name-body", ".field-name-body", ".node__content"),
        title=("h1.page-title", "h1.page-header", "h1#page-title", "h1.title", ".block-page-title-block h1"),
        body=(
            "article.node--view-mode-full .field--name-body",
            ".node-full .field-name-body",
            ".field--name-body",
            ".field-name-body",
            ".node__content",
        ),
        date=(".node--view-mode-full .node__meta", ".field--name-created", ".submitted", ".node__submitted"),
        listing_classes=_classes("path-frontpage path-taxonomy path-search front page-taxonomy"),
        other_classes=_classes("path-user page-user path-contact"),
    ),
    Family(
        "wordpress",
        generator="wordpress",
        marks=(".entry-content", ".wp-block-post-content", ".wp-site-blocks", ".td-post-content"),
        title=(
            "h1.entry-title",
            "h1.wp-block-post-title",
            "h1.post-title",
            "h1.single-title",
            ".entry-header h1",
            "h1.tdb-title-text",
            ".entry-title",
        ),
        body=(
            ".entry-content",
            ".wp-block-post-content",
            ".td-post-content",
            ".single-post-content",
            ".post-content",
            ".post-entry",
        ),
        date=(
            "time.entry-date",
            "time.published",
            ".posted-on time",
            ".wp-block-post-date",
            ".entry-date",
            ".post-date",
        ),
        author=(
            "a@rel-author",
            ".author.vcard .fn",
            ".author.vcard",
            ".wp-block-post-author__name",
            ".wp-block-post-author-name",
            ".entry-author-name",
        ),
        category=("a@rel-category", ".cat-links a", ".entry-categories a", ".wp-block-post-terms a"),
        article_classes=_classes("single single-post"),
        listing_classes=_classes("home blog archive category tag search search-results author date paged"),
        other_classes=_classes("page attachment"),
        missing_classes=_classes("error404"),
    ),
    Family(
        "webforms",
        marks=(".chitietbaiviet",),
        title=(".title-article",),
        body=(".chitietbaiviet",),
        date=("#datearticle",),
    ),
)

# Names that many hand-made portals give their parts. A page is never recognised by them; what they point to is
# believed only where the text around agrees.
NAMES = Family(
    "names",
    title=("h1@headline", "@headline", ".title-detail", ".detail-title", ".title-news", ".news-title", ".post-title"),
    lead=(".sapo", ".hometext", ".lead", ".trichyeu", ".tomtat", ".news-sapo", ".detail-sapo", ".brief", ".summary"),
    body=(
        "@articleBody",
        ".article-body",
        ".article-content",
        ".news-content",
        ".detail-content",
        ".content-detail",
        ".contentdetail",
        ".noidung",
        ".noi-dung",
        ".noidungtin",
        ".noi-dung-tin",
        ".chitiet",
        ".chitiettin",
        ".post-content",
        ".post-body",
        ".entry-content",
        ".ms-rtestate-field",
        "#noidung",
        "#content-detail",
        "#divContent",
    ),
    date=("@datePublished", ".post-date", ".news-date", ".date-post", ".ngaydang", ".ngay-dang", ".date", ".time"),
    author=("@author @name", ".author-name", ".author", ".tacgia", ".tac-gia"),
    source=(".source", ".nguon", ".nguontin", ".nguon-tin"),
)


# The classes that any selector asks for: few of those in a page, so that only these are indexed.
CLASSES = frozenset(re.findall(r"\.([\w-]+)", str([astuple(family) for family in (*FAMILIES, NAMES)])))


def recognise(outline: Outline, generator: str) -> Family | None:
    """Return the family that made the page, or None.

    `generator` is the page's `<meta name=generator>`. Marks in the page win over it: what a family's elements say is
    said by the template that was used.
    """
    generator = generator.casefold()
    for family in FAMILIES:
        if family.generator and family.generator in generator:
            return family
    return next((f for f in FAMILIES if any(select(outline, mark) for mark in f.marks)), None)
