"""Joomla 3 to 5."""

from archive.extract.families.family import Family, classes

FAMILY = Family(
    "joomla",
    generator="joomla",
    marks=(".item-page", ".com-content-article"),
    title=(".item-page .page-header h1", ".item-page .page-header h2", ".item-page h1", ".item-page h2", "@headline"),
    body=(".item-page @articleBody", ".com-content-article__body", "@articleBody", ".item-page"),
    date=(".item-page @datePublished", ".item-page .published", ".item-page .create", ".article-info time"),
    author=(".item-page .createdby @name", ".createdby"),
    category=(".item-page .category-name a",),
    article_classes=classes("view-article"),
    listing_classes=classes("view-category view-categories view-featured view-archive view-tag view-tags"),
    other_classes=classes("view-search view-contact view-login view-registration com_search com_contact com_users"),
)
