"""Names that many hand-made portals give their parts.

A page is never recognised by them; what they point to is believed only where the text around agrees.
"""

from archive.extract.families.family import Family

__all__ = ["NAMES"]

NAMES = Family(
    "names",
    title=("h1@headline", "@headline", ".title-detail", ".detail-title", ".title-news", ".news-title", ".post-title"),
    lead=(
        ".sapo",
        ".hometext",
        ".lead",
        ".mota",
        ".mo-ta",
        ".trichyeu",
        ".tomtat",
        ".tom-tat",
        ".news-sapo",
        ".detail-sapo",
        ".brief",
        ".summary",
    ),
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
    author=(
        "@author @name",
        ".author-name",
        ".author",
        ".article-author",
        ".article__author",
        ".detail-author",
        ".tacgia",
        ".tac-gia",
    ),
    source=(".source", ".nguon", ".nguontin", ".nguon-tin"),
)
