"""Tân Dân's templates on SharePoint."""

from archive.extract.families.family import Family

FAMILY = Family(
    "tandan",
    rank=1,
    marks=(".tandan-p-article-news-title", ".tandan-p-article-main"),
    title=(".tandan-p-article-news-title",),
    lead=(".tandan-p-article-news-summary",),
    body=(".tandan-p-article-main", ".ms-rtestate-field"),
    date=(".tandan-span-date-publish",),
    chrome=((".tandan-div-article-other", "related"),),
)
