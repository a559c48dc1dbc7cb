"""Liferay 6 and 7 with their own asset publisher."""

from archive.extract.families.family import Family

FAMILY = Family(
    "liferay",
    generator="liferay",
    marks=(".journal-content-article", ".asset-full-content", ".portlet-asset-publisher"),
    title=(".asset-full-content h1.header-title", ".asset-full-content .component-title", ".title-detail"),
    lead=(".sapo", "#sapoDetailId"),
    body=(
        "#contentDetail",
        ".contentDetail",
        ".asset-full-content .journal-content-article",
        ".asset-full-content .asset-content",
        ".asset-full-content",
    ),
    date=(".asset-full-content .metadata-publish-date", ".asset-full-content .metadata-entry"),
    author=(".asset-full-content .metadata-author",),
    lists=(".asset-abstract",),
)
