"""VNPT vnPortal (ASP.NET): provinces, districts and communes."""

from archive.extract.families.family import Family

FAMILY = Family(
    "vnportal",
    marks=(".ArticleDetailControl", ".ArticleContent", ".UIArticleInMenu_Default", "ul.ArticleList"),
    title=(".ArticleDetailControl .ArticleHeader", ".ArticleHeader"),
    lead=(".ArticleDetailControl .ArticleSummary", ".ArticleSummary"),
    body=(".ArticleDetailControl .ArticleContent", ".ArticleContent"),
    date=(".ArticleDetailControl .PostDate", ".PostDate"),
    author=(".ArticleDetailControl .author",),
    chrome=((".UISocialShare", "share"), (".ArticleDetailControl .tool", "print")),
    lists=("ul.ArticleList",),
)
