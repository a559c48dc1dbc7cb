"""DotNetNuke (DNN) with EasyDNNnews, Ventrian's NewsArticles, and the modules of Vietnamese makers."""

from archive.extract.families.family import Family

FAMILY = Family(
    "dotnetnuke",
    generator="dotnetnuke",
    marks=(".DNNModuleContent", ".DnnModule", "#dnn_ContentPane"),
    title=(
        ".article.details h1",
        ".edn_articleTitle",
        ".articleHeadline",
        "#dnn_ctr*_lblTitle",
        "#dnn_ctr*_lblTieuDe",
        ".NewsTitle",
    ),
    lead=(".edn_articleSubTitle", "#dnn_ctr*_lblSummary", "#dnn_ctr*_lblTomTat"),
    body=(".article.details .main_content", ".edn_articleContent", ".articleEntry", "#dnn_ctr*_lblNoiDung"),
    date=(
        ".article.details .meta_text",
        ".edn_metaDetails",
        ".articleCalendar",
        "#dnn_ctr*_lblDate",
        "#dnn_ctr*_lblNgay",
        "#dnn_ctr*_lblNgayDang",
    ),
    chrome=(
        (".meta_text", "meta"),
        (".article_rating", "rating"),
        (".box_list_container", "tags"),
        (".article_pager", "nav"),
        (".articleRelated", "related"),
    ),
    is_platform=True,
)
