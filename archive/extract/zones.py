"""Elements that are chrome by what they are called: hidden ones, menus, related lists, comments and their like."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Zone", "hides", "zone_reason"]

_HIDING_CLASSES = frozenset(
    (
        *(
            "d-none",
            "element-invisible",
            "hidden",
            "hide",
            "hide-accessible",
            "invisible",
            "ms-hidden",
            "offscreen",
            "screen-reader-text",
            "skip-link",
            "sr-only",
        ),
        *("visually-hidden", "visuallyhidden"),
    )
)
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


@dataclass(slots=True, eq=False)
class Zone:
    """A part of a page that is chrome by its name; `in_force` turns False when it holds most of the page's prose.

    `reason_in_force`: why it is chrome, by its own name or that of a zone around it; empty where none is in force.
    """

    reason: str
    outer: Zone | None
    prose_chars: int = 0
    in_force: bool = True
    reason_in_force: str = ""

    def judge(self) -> None:
        """Bring `reason_in_force` up to date; the zone around it must be."""
        outer = self.outer.reason_in_force if self.outer else ""
        self.reason_in_force = self.reason if self.in_force else outer


def hides(style: str, classes: str) -> bool:
    """Return True for a style or classes with which a browser would not show an element."""
    return bool(style and _HIDING_STYLE.search(style)) or bool(classes and _hiding(classes))


@lru_cache(maxsize=8192)
def _hiding(classes: str) -> bool:
    return not _HIDING_CLASSES.isdisjoint(classes.lower().split())


_TAGS = {"nav": "nav", "footer": "footer", "aside": "side", "menu": "nav", "dialog": "widget"}

# Parts of a name, cut at everything that is no letter and at camelCase borders; joined again with "-".
_PARTS = re.compile(r"[A-ZĐ]?[a-zđ]+|[A-ZĐ]+(?![a-zđ])|\d+")


def _words(text: str) -> str:
    return "|".join(text.split())


# Ordered: the first that hits wins. Each matches whole parts of a class or id ("-nav-" in "main-nav-top").
_NAMES = tuple(
    (reason, re.compile(pattern))
    for reason, pattern in (
        (
            "related",
            r"-(?:relate|related|relative|lienquan|lien-quan|yarpp|tlq|similar|recommended|news-other|"
            r"other-news|article-other|others-news|other-article|other-articles|tinkhac|tin-khac|tinlienquan|"
            r"tin-lien-quan|cung-chuyen-muc|cungchuyenmuc|tin-cu-hon|tin-moi-hon|tin-cung|post-navigation|"
            r"nav-links|pagenav|next-post|prev-post|related[a-z]*|items-more|more-news|show-article|othernews|"
            r"news-relation|baivietlienquan|bai-viet-lien-quan|tin-moi|tinmoi|xem-nhieu|xemnhieu|most-viewed|popular)-",
        ),
        (
            "comment",
            r"-(?:comment|comments|comments-area|respond|disqus|binhluan|binh-luan|idcomment|fb-comments|ykien|"
            r"y-kien|gui-y-kien|feedback)-",
        ),
        (
            "share",
            r"-(?:share|shares|sharing|social|socials|addthis|sharedaddy|fb-like|zalo|chiase|chia-se|"
            r"social[a-z]*|share[a-z]*|jp-like|network-share)-",
        ),
        (
            "rating",
            r"-(?:rating|ratings|rate|stringrating|star-rating|starrating|danhgia|danh-gia|vote|content-vote|"
            r"vote-form|post-ratings)-",
        ),
        ("nav", r"-(?:breadcrumb|breadcrumbs|pathway|bread-crumb|crumbs|duong-dan|sitemappath)-"),
        (
            "nav",
            r"-(?:nav|navbar|navigation|topnav|sidenav|menu|menus|mainmenu|topmenu|megamenu|submenu|menutop|"
            r"pagination|pager|paging|phantrang|phan-trang|offcanvas|skip|sitemap)-",
        ),
        (
            "footer",
            r"-(?:footer|colophon|site-info|copyright|foot|footers|bottom-bar|chantrang|chan-trang)-",
        ),
        (
            "side",
            r"-(?:sidebar|side-bar|sidebars|widget|widgets|widgetarea|aside|right-col|left-col|colright|colleft)-",
        ),
        (
            "print",
            r"-(?:print|printing|pdf|email-icon|print-icon|email-print|tool|tools|toolbar|toolbars|icons|fontsize|"
            r"font-size-control|font-resize|zoomtext|icon-print|tts|audio|audioplayer|voice|docbai|doc-bai|nghe)-",
        ),
        (
            "counter",
            r"-(?:counter|visitor|visitors|visit-counter|thongke|thong-ke|luottruycap|luot-truy-cap|truycap|online|"
            r"hits|views|view-count|viewcount|luotxem|luot-xem|post-views|statistic|statistics)-",
        ),
        (
            "poll",
            r"-(?:poll|polls|vote-poll|binhchon|binh-chon|voting|thamdo|tham-do)-",
        ),
        (
            "widget",
            r"-(?:ads|adv|advert|adverts|quangcao|quang-cao|banner|banners|slideshow|slider|carousel|marquee|"
            r"popup|modal|weblink|weblinks|lienket|lien-ket|subscribe|newsletter|cookie|cookies|login|"
            r"login-form|search|search-form|searchform|timkiem|tim-kiem|weather|thoitiet|calendar|tagcloud|session)-",
        ),
        ("tags", r"-(?:tags|tag-links|tags-links|keywords|tukhoa|tu-khoa|post-tags|entry-tags|article-tags|hashtag)-"),
        (
            "caption",
            r"-(?:caption|wp-caption-text|chuthich|chu-thich|figcaption|imagecaption|image-note|desc-img|"
            r"pcaption|img-caption|photocms-caption|caption-text|imgnote|avatar-desc)-",
        ),
        (
            "attachment",
            r"-(?:attachment|attachments|attach|dinhkem|dinh-kem|download-file|news-download-file|filedinhkem|"
            r"file-dinh-kem|taive|tai-ve)-",
        ),
        (
            "meta",
            r"-(?:entry-meta|post-meta|article-info|article-meta|byline|posted-on|posted-by|post-info|meta-info|"
            r"entry-footer|cat-links|news-meta|article-infos|submitted|post-author|author-box|author-info|author-bio)-",
        ),
    )
)
# Names that say "this is the article", whatever else they say: "post-content-with-sidebar".
_CONTENT = re.compile(
    r"-(?:entry-content|article-body|post-content|article-content|bodytext|content-detail|contentdetail|hometext|"
    r"entry-title|post-title|article-title|single-post|hentry|post-body|noidung|noi-dung|chitiet|news-detail|"
    r"newsdetail|detail-content|journal-content-article|asset-content|com-content|item-page)-"
)


def zone_reason(tag: str, names: str) -> str:
    """Return why an element of that tag, class and id is chrome, or an empty string.

    `names` is class and id in one string; only whole parts of names count: `main-menu` is a menu, `menubar7x` and
    `remenu` are not.
    """
    if names:
        return _named(names) or _TAGS.get(tag, "")
    return _TAGS.get(tag, "")


@lru_cache(maxsize=16384)
def _named(names: str) -> str:
    for name in names.split():
        parts = "-" + "-".join(_PARTS.findall(name)).lower() + "-"
        if len(parts) > 200 or _CONTENT.search(parts):
            continue
        for reason, pattern in _NAMES:
            if pattern.search(parts):
                return reason
    return ""
