"""IBM WebSphere Portal (WPS): pages of portlets, whose texts come from its Web Content Manager."""

from archive.extract.families.family import Family

FAMILY = Family(
    "websphere",
    marks=(".wpthemeControlBody", ".wpthemeMainContent", ".wpsPortletBody", ".wpsPageBody", ".wpsPortlet"),
    chrome=(
        (".wpthemeControlHeader", "nav"),
        (".wpsPortletTitle", "nav"),
        (".wpsPortletTopper", "nav"),
        (".wpthemeCrumbTrail", "nav"),
    ),
    is_platform=True,
)
