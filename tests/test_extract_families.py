"""CMS families: each is one module, each has its manner among the composed pages, and strategies check each other."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.extract import extract, parse
from archive.extract.families import FAMILIES, NAMES
from archive.extract.flatten import flatten
from archive.extract.metadata import read_metadata
from archive.extract.outline import Outline
from archive.extract.recognise import recognise
from archive.extract.select import select
from archive.records import Article, PageKind
from benchmarks.quality.composed import compose

NOW = datetime(2026, 12, 1, tzinfo=UTC)
TITLE = "Bản Lịm thay cửa cống sau ba mươi năm"
LEAD = "Cửa cống bằng gỗ của tuyến mương đã được thay bằng cửa thép có tời quay, hai người đóng mở trong năm phút."
TEXT = (
    "Cửa cống cũ do bà con tự đóng từ năm 1994, mỗi mùa lũ lại phải chèn bao cát vì ván đã mục gần hết.",
    "Cánh cống mới nặng 180 kg, do thợ rèn trong xã gia công theo bản vẽ của trạm thủy nông huyện.",
    "Tổ vận hành gồm bốn hộ ở đầu mương sẽ ghi sổ mực nước mỗi sáng và gọi điện cho các bản phía dưới.",
    "Vụ này, nước về tới cuối mương sớm hơn năm ngoái sáu ngày, bà con kịp làm đất trước đợt rét đầu.",
)
OWN = {  # the template of `benchmarks/quality/manners` that is in a family's manner
    "nukeviet": "nukeviet",
    "vnportal": "vnportal",
    "vhv": "vhv",
    "tandan": "tandan",
    "ministry": "ministry",
    "liferay6": "liferay",
    "liferay62": "liferay",
    "liferay7": "liferay",
    "dnn": "dotnetnuke",
    "dnn_news": "dotnetnuke",
    "sharepoint_article": "sharepoint",
    "sharepoint_plain": "sharepoint",
    "webcenter": "webcenter",
    "wps": "websphere",
    "wps_portlets": "websphere",
    "webforms": "webforms",
    "joomla3": "joomla",
    "joomla4": "joomla",
    "drupal7": "drupal",
    "drupal10": "drupal",
    "wp_builder": "wordpress",
    "wp_flatsome": "wordpress",
}

UNNAMED = frozenset(("dnn", "webcenter", "wps", "wps_portlets"))  # where no selector of the family's names the text


def outline(html: str) -> Outline:
    return flatten(parse(html.encode(), "https://a.example/x.html").tree)


def article(body: str, *, head: str = "") -> Article:
    html = f"<html><head><title>{TITLE}</title>{head}</head><body><h1>{TITLE}</h1>{body}</body></html>"
    found = extract(parse(html.encode(), "https://a.example/tin/x-1.html"), captured_at=NOW)
    assert found.article is not None, found.reason
    return found.article


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_a_family_is_a_module_of_its_own() -> None:
    folder = Path(__file__).parent.parent / "archive" / "extract" / "families"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "family", "names"}
    assert modules == {family.name.replace("-", "_") for family in FAMILIES}


@pytest.mark.parametrize("manner", sorted(OWN))
def test_a_page_in_its_manner_is_recognised(manner: str) -> None:
    page = compose(manner, 1)
    parsed = parse(page.html.encode(), page.url)
    family = recognise(flatten(parsed.tree), read_metadata(parsed.tree).generator)
    assert family is not None
    assert family.name == OWN[manner]
    found = extract(parsed, captured_at=NOW).article
    assert found is not None
    assert (manner in UNNAMED) != found.extractor.startswith(f"{family.name}/")


@pytest.mark.parametrize("family", [*FAMILIES, NAMES], ids=lambda family: family.name)
def test_every_selector_can_be_read(family: object) -> None:
    names = ("marks", "title", "lead", "body", "date", "author", "source", "category", "lists", "entries")
    selectors = [selector for name in names for selector in getattr(family, name)]
    for selector in (*selectors, *(selector for selector, _ in family.chrome)):
        assert select(Outline(), selector) == []


def test_a_template_laid_over_another_cms_is_asked_first() -> None:
    page = outline('<h3 class="tandan-p-article-news-title">Tin</h3>')
    assert recognise(page, "Microsoft SharePoint").name == "tandan"  # type: ignore[union-attr]
    vnpt = outline('<div class="journal-content-article"><div class="UI_Tinbai_chitiet">Tin</div></div>')
    assert recognise(vnpt, "").name == "vnpt-liferay"  # type: ignore[union-attr]


def test_a_container_that_holds_next_to_nothing_of_the_text_is_not_believed() -> None:
    body = f'<div class="entry-content"><p>Đang tải</p></div><div>{paragraphs(*TEXT)}</div>'
    found = article(body, head='<meta name="generator" content="WordPress 6.4">')
    assert found.text == "\n".join(TEXT)


def test_a_container_around_the_whole_page_is_not_believed() -> None:
    menu = "".join(f'<li><a href="/m{n}">Mục số {n} của cổng thông tin điện tử xã</a></li>' for n in range(60))
    html = (
        f"<html><head><title>{TITLE}</title></head><body><div class='item-page'><ul>{menu}</ul><div><h1>{TITLE}</h1>"
        f"<div>{paragraphs(*TEXT)}</div></div><ul>{menu}</ul></div></body></html>"
    )
    found = extract(parse(html.encode(), "https://a.example/x.html"), captured_at=NOW).article
    assert found is not None
    assert found.text == "\n".join(TEXT)


def test_a_container_of_a_side_block_by_a_usual_name_is_not_believed() -> None:
    side = '<div class="noidung"><a href="/x">Thông báo về lịch tiếp công dân</a></div>'
    assert article(f"<div>{paragraphs(*TEXT)}</div>{side}").text == "\n".join(TEXT)


@pytest.mark.parametrize("where", ["above", "inside"])
def test_a_lead_under_its_name_is_the_lead(where: str) -> None:
    lead = f'<div class="sapo">{LEAD}</div>'
    text = paragraphs(*TEXT)
    found = article(f'{lead}<div class="noidung">{text}</div>' if where == "above" else f"<div>{lead}{text}</div>")
    assert found.text == "\n".join((LEAD, *TEXT))
    if where == "above":
        assert found.lead == LEAD


def test_the_posters_account_is_no_author() -> None:
    hidden = '<div class="hidden" itemprop="author"><span itemprop="name">Nguyễn Quản Trị</span></div>'
    body = f'{hidden}<div id="news-bodyhtml" class="bodytext">{paragraphs(*TEXT)}</div>'
    head = '<meta name="generator" content="NukeViet v4.5"><meta name="author" content="Xã Bản Lịm">'
    assert article(body, head=head).author is None


def test_what_a_family_names_as_chrome_goes_wherever_it_stands() -> None:
    bar = '<div class="UISocialShare"><p>Mời bạn đọc gửi bài viết này cho bạn bè cùng xem và cùng bàn luận.</p></div>'
    body = f'<div class="ArticleContent">{paragraphs(*TEXT[:2])}{bar}{paragraphs(*TEXT[2:])}</div>'
    assert article(body).text == "\n".join(TEXT)


def whole(title: str, text: tuple[str, ...]) -> str:
    """Return an article as Liferay's asset publisher shows it in full."""
    return (
        f'<div class="taglib-header"><h3 class="header-title">{title}</h3></div><div class="asset-full-content">'
        f'<div class="journal-content-article">{paragraphs(*text)}</div><span class="metadata-author">Bởi Test Test'
        "</span></div>"
    )


def test_several_articles_in_full_side_by_side_are_a_listing() -> None:
    titles = (TITLE, "Hội Nông dân xã trao bốn mươi con trâu giống", "Trạm y tế xã khám bệnh cho người cao tuổi")
    articles = "".join(whole(title, TEXT[at : at + 2]) for at, title in enumerate(titles))
    html = f"<title>Tin tức</title><body><h1>Tin tức</h1><div class='portlet-body'>{articles}</div>"
    found = extract(parse(html.encode(), "https://a.example/tin-tuc"), captured_at=NOW)
    assert (found.kind, found.reason) == (PageKind.LISTING, "liferay: several articles")


def test_an_article_beside_another_portlet_in_full_is_an_article() -> None:
    banner = whole("Đường dây nóng", ("Mọi phản ánh, kiến nghị của bà con xin gửi về bộ phận một cửa của xã Bản Lịm.",))
    html = (
        f"<title>{TITLE}</title><body><div class='portlet-body'>{whole(TITLE, TEXT)}</div>"
        f"<div><div class='portlet-body'>{banner}</div></div>"
    )
    found = extract(parse(html.encode(), "https://a.example/tin/x-1.html"), captured_at=NOW).article
    assert found is not None
    assert (found.title, found.text, found.author) == (TITLE, "\n".join(TEXT), None)


def test_a_title_far_above_its_text_is_believed_where_the_family_keeps_it() -> None:
    menu = "".join(f"<li><a href='/m{n}'>Mục số {n}</a></li>" for n in range(20))
    html = (
        f"<title>{TITLE}</title><body><h1><span id='DeltaPlaceHolderPageTitleInTitleArea'>{TITLE}</span></h1><ul>{menu}"
        f"</ul><div id='DeltaPlaceHolderMain'><p><b>Nước đã về tới cuối bản Lịm rồi</b></p>{paragraphs(*TEXT)}</div>"
    )
    found = extract(parse(html.encode(), "https://a.example/tin/Pages/x.aspx"), captured_at=NOW).article
    assert found is not None
    assert found.title == TITLE


@pytest.mark.parametrize("heading", ["<h1>{}</h1>", "<div>{}</div><div>13/05/2025 09:12</div>"])
def test_text_of_a_block_beside_it_makes_no_heading_one_inside_of_a_text(heading: str) -> None:
    beside = "<div><p>Ban quản lý chợ phiên thông báo lịch họp chợ tháng 12 và vị trí các ky ốt của bà con.</p></div>"
    html = (
        f"<title>Cổng thông tin &gt; Tin tức &gt; Chi tiết</title><body>{beside}"
        f"<div>{heading.format(TITLE)}<div>{paragraphs(*TEXT)}</div></div>"
    )
    found = extract(parse(html.encode(), "https://a.example/tin/x-1.html"), captured_at=NOW).article
    assert found is not None
    assert found.title == TITLE


def test_on_a_platform_the_names_of_the_many_count_too() -> None:
    body = (
        '<div id="DeltaPlaceHolderMain"><div><span class="tacgia">Lò Văn Thành</span></div>'
        f'<div class="noidung">{paragraphs(*TEXT)}</div></div>'
    )
    found = article(body, head='<meta name="GENERATOR" content="Microsoft SharePoint">')
    assert found.author == "Lò Văn Thành"


def test_a_mark_of_another_cms_on_a_page_that_names_its_own_does_not_fool() -> None:
    mark = '<div id="news-bodyhtml" class="bodytext"><p>Trang chủ đề về thủy lợi của xã Bản Lịm.</p></div>'
    body = f'{mark}<div class="entry-content">{paragraphs(*TEXT)}</div>'
    found = article(body, head='<meta name="generator" content="WordPress 6.4">')
    assert (found.text, found.extractor.partition("/")[0]) == ("\n".join(TEXT), "wordpress")
