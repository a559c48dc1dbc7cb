"""The template that several ministries use on SharePoint."""

from archive.extract.families.family import Family

FAMILY = Family(
    "ministry",
    rank=1,
    marks=("h1.News_Detail_Title", "#divArticleDescription3"),
    title=(".News_Detail_Title",),
    lead=("#divArticleDescription1",),
    body=("#divArticleDescription3", "#divArticleDescription2", "#divArticleDescription"),
    date=(".News_Time_Post",),
    source=("#*_pnNguontin",),
)
