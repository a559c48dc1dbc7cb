"""Oracle WebCenter Portal: pages of ADF components, whose names say nothing of what stands in them."""

from archive.extract.families.family import Family

FAMILY = Family(
    "webcenter",
    marks=(".af_document", ".af_panelGroupLayout", ".af_panelStretchLayout"),
    chrome=((".af_breadCrumbs", "nav"), (".af_navigationPane", "nav"), (".af_inputText", "widget")),
    is_platform=True,
)
