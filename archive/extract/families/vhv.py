"""The VHV platform (vhv.vn), which schools know by other vendors' names."""

from archive.extract.families.family import Family

FAMILY = Family(
    "vhv",
    marks=(".ModuleWrapper",),
    title=("h1.title-detail", "h1@headline"),
    lead=("article .brief", "article .article-brief", "article .brief-detail"),
    body=(".content-detail@articleBody", "@articleBody", "article .content-detail"),
    date=("article .post-date", "article .news-date"),
    chrome=(
        (".block_share", "share"),
        (".social-connect", "share"),
        (".network-share", "share"),
        ("#audio*", "print"),
        (".relatedArticles", "related"),
        (".show-article", "related"),
    ),
)
