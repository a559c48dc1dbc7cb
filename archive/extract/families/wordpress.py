"""WordPress: classic and block themes, and the page builders that keep its class names."""

from archive.extract.families.family import Family, classes

FAMILY = Family(
    "wordpress",
    generator="wordpress",
    marks=(".entry-content", ".wp-block-post-content", ".wp-site-blocks", ".td-post-content"),
    title=(
        "h1.entry-title",
        "h1.wp-block-post-title",
        "h1.post-title",
        "h1.single-title",
        ".entry-header h1",
        "h1.tdb-title-text",
        ".elementor-widget-theme-post-title h1",
        ".entry-title",
    ),
    body=(
        ".entry-content",
        ".wp-block-post-content",
        ".td-post-content",
        ".single-post-content",
        ".post-content",
        ".post-entry",
        ".elementor-widget-theme-post-content",
        ".et_pb_post_content",
        ".fl-post-content",
        ".brxe-post-content",
    ),
    date=(
        "time.entry-date",
        "time.published",
        ".posted-on time",
        ".wp-block-post-date",
        ".entry-date",
        ".post-date",
        ".elementor-post-info__item--type-date",
    ),
    author=(
        "a@rel-author",
        ".author.vcard .fn",
        ".author.vcard",
        ".wp-block-post-author__name",
        ".wp-block-post-author-name",
        ".entry-author-name",
    ),
    category=(
        "a@rel-category",
        ".cat-links a",
        ".entry-categories a",
        ".taxonomy-category a",
        ".wp-block-post-terms a",
    ),
    article_classes=classes("single single-post"),
    listing_classes=classes("home blog archive category tag search search-results author date paged"),
    other_classes=classes("page attachment"),
    missing_classes=classes("error404"),
)
