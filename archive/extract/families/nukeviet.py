"""NukeViet 4.x, its own themes and the eGov theme (departments, police, communes, schools)."""

from archive.extract.families.family import Family, classes

FAMILY = Family(
    "nukeviet",
    generator="nukeviet",
    marks=("#news-bodyhtml", "#page-bodyhtml", "#news_detail .bodytext"),
    title=("@headline", "h1.title", "#news_detail h1", ".newsdetail h1"),
    lead=(".hometext", "#hometext"),
    body=("#news-bodyhtml", "#page-bodyhtml", ".newsdetail .bodytext", ".news_column .bodytext", ".bodytext"),
    date=(".news_column em.time", "em.time", "#news_detail span.time", ".news_column span.h5", "span.h5"),
    listing_types=classes("website"),
    has_own_body=True,
    trusts_byline=False,
)
