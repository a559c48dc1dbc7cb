"""Liferay 6 and 7 with their own asset publisher, as it comes and as Vietnamese portals have changed it."""

from archive.extract.families.family import Family

FAMILY = Family(
    "liferay",
    generator="liferay",
    marks=(".journal-content-article", ".asset-full-content", ".portlet-asset-publisher"),
    title=(".asset-full-content .component-title", ".title-detail", ".asset_title", ".header-title"),
    lead=(".sapo", "#sapoDetailId", ".assetdesc-text"),
    body=(
        "#contentDetail",
        ".contentDetail",
        ".asset-full-content .journal-content-article",
        ".asset-full-content .asset-content",
        ".asset-full-content",
    ),
    date=(
        ".asset-full-content .metadata-publish-date",
        ".asset-full-content .metadata-entry",
        ".asset-full-content .date-info",
        ".asset-publish-date",
    ),
    # No author: `.metadata-author` is the account of whoever entered the article.
    chrome=(
        (".asset-user-actions", "print"),
        (".asset-actions", "print"),
        (".asset-ratings", "rating"),
        (".asset-related-assets", "related"),
        (".asset-links", "related"),
        (".asset-metadata", "meta"),
        (".taglib-social-bookmarks", "share"),
    ),
    lists=(".asset-abstract",),
    entries=(".asset-full-content",),
    is_platform=True,
)
