"""The ASP.NET WebForms template of some provinces."""

from archive.extract.families.family import Family

FAMILY = Family(
    "webforms",
    marks=(".chitietbaiviet",),
    title=(".title-article",),
    body=(".chitietbaiviet",),
    date=("#datearticle",),
)
