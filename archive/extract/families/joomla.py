"""Joomla 1.6 to 5, and its extension K2."""

from archive.extract.families.family import Family, classes

FAMILY = Family(
    "joomla",
    generator="joomla",
    marks=(".item-page", ".com-content-article", "#k2Container .itemFullText"),
    title=(
        ".item-page .page-header h1",
        ".item-page .page-header h2",
        ".item-page h1",
        ".item-page h2",
        ".itemView .itemTitle",
        "@headline",
    ),
    lead=(".itemView .itemIntroText",),
    body=(
        ".item-page @articleBody",
        ".com-content-article__body",
        "@articleBody",
        ".itemView .itemFullText",
        ".item-page",
    ),
    date=(
        ".item-page @datePublished",
        ".item-page .published",
        ".item-page .create",
        ".article-info time",
        ".itemView .itemDateCreated",
    ),
    author=(".item-page .createdby @name", ".createdby", ".itemView .itemAuthor a"),
    category=(".item-page .category-name a", ".itemView .itemCategory a"),
    article_classes=classes("view-article"),
    listing_classes=classes("view-category view-categories view-featured view-archive view-tag view-tags"),
    other_classes=classes("view-search view-contact view-login view-registration com_search com_contact com_users"),
)
