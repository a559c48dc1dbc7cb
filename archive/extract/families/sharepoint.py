"""SharePoint 2010 to 2019: publishing pages in the templates that come with it, and what portals build on it.

Where its rich text fields stand the names of the many know (`ms-rtestate-field`): a page may have several of them.
"""

from archive.extract.families.family import Family

FAMILY = Family(
    "sharepoint",
    generator="microsoft sharepoint",
    marks=("#DeltaPlaceHolderMain", "#s4-workspace", "#MSO_ContentTable", "#ctl00_MSO_ContentDiv"),
    title=(".article-header-title", ".article-title", "#DeltaPlaceHolderPageTitleInTitleArea"),
    body=(".article .article-content",),
    date=(".article-header .date-line", ".date-line", ".article-date"),
    author=(".article-header .by-line", ".by-line"),
    chrome=((".article-header", "meta"), (".date-line", "date"), (".by-line", "byline")),
    is_platform=True,
)
