"""Drupal 7 to 10."""

from archive.extract.families.family import Family, classes

FAMILY = Family(
    "drupal",
    generator="drupal",
    marks=(".field--name-body", ".field-name-body", ".node__content"),
    title=("h1.page-title", "h1.page-header", "h1#page-title", "h1.title", ".block-page-title-block h1"),
    body=(
        "article.node--view-mode-full .field--name-body",
        ".node-full .field-name-body",
        ".field--name-body",
        ".field-name-body",
        ".node__content",
    ),
    date=(".node--view-mode-full .node__meta", ".field--name-created", ".submitted", ".node__submitted"),
    listing_classes=classes("path-frontpage path-taxonomy path-search front page-taxonomy"),
    other_classes=classes("path-user page-user path-contact"),
)
