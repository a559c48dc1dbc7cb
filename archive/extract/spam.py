"""Injected advertising for gambling, which compromised portals carry by the thousand. Such pages are kept apart.

Police and authorities write about gambling too, and name its games and sites. What tells the two apart: advertising
praises, gives bonuses and links to the sites; a warning speaks of police, courts and fines, and links to none.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from archive.extract.outline import Outline
from archive.text import count_syllables

__all__ = ["gambling", "gambling_title"]

# One of these stands in the beginning of any advertising, as written: to fold and search a long text costs more.
_STEMS = ("casino", "nhà cái", "cá cược", "tài xỉu", "nổ hũ", "đổi thưởng", "kèo", "lô đề")
_EIGHTS = re.compile(r"[a-z]{1,6}88|88[a-z]")
_BEGINNING_CHARS = 1_500
_GAMES = re.compile(
    r"casino|nhà cái|cá cược|cá độ|tài xỉu|nổ hũ|xóc đĩa|lô đề|đánh đề|game bài|(?:bài|game) đổi thưởng|bắn cá|"
    r"quay hũ|quay hu|jackpot|tỷ lệ (?:kèo|cược)|(?:soi|nhận định) kèo|kèo nhà cái|soi cầu|đá gà trực tuyến|baccarat|"
    r"poker|slot game|xổ số online|cược thể thao|thể thao trực tuyến|đặt cược|roulette|rồng hổ"
)
_BRANDS = re.compile(
    r"\b(?:kubet\w*|ku11|ku casino|sun ?win|b52club|rik ?vip|hit ?club|iwin|789 ?club|letou|debet|zbet|nohu\w*|dafabet|"
    r"fun88|[wm]88|v9bet|bk8|go88|mb66|ok9|sv388|ae888|"
    r"[a-z]{1,8}(?:bet|win|club|vip)\d{1,3}|(?:\d{2,3}|[a-z]{1,4}\d{1,3})(?:bet|win|club|vip)|"
    r"[a-z]{1,6}(?:88|789|68)(?:bet|win|club|vip)?)\b"
)
_PRAISE = re.compile(
    r"uy tín (?:nhất|hàng đầu|số 1)|nhà cái uy tín|khuyến m[ãạ]i|tặng (?:ngay )?\d|hoàn trả|nạp (?:tiền|rút|đầu)|"
    r"nạp - rút|rút tiền|tải app|tải game|link (?:vào|truy cập|đăng)|đăng ký (?:tài khoản|ngay|nhận|tại|thành viên)|"
    r"đăng nhập|trải nghiệm|cược thủ|người chơi|hội viên|tỷ lệ (?:thắng|trả thưởng)|giao diện|kho game|đẳng cấp|"
    r"thắng lớn|cực (?:khủng|hot)|trang chủ chính thức|cskh|hỗ trợ 24/7|freebet|bonus"
)
_WARNING = re.compile(
    r"công an|bắt giữ|bị bắt|bắt quả tang|khởi tố|bị can|bị cáo|triệt (?:phá|xóa)|vi phạm pháp luật|trái phép|xử phạt|"
    r"xử lý (?:nghiêm|hình sự)|tội (?:đánh bạc|tổ chức)|tổ chức đánh bạc|đánh bạc|điều tra|chuyên án|tệ nạn|"
    r"lừa đảo|cảnh giác|cảnh báo|khuyến cáo|phòng ngừa|phòng, chống|tuyên truyền|viện kiểm sát|tòa án|mạo danh"
)
_SITE = re.compile(
    r"bet|casino|nhacai|taixiu|nohu|kubet|fun88|w88|sunwin|jackpot|slot|keo|xoso|lode|gamebai|\b\w{0,6}(?:88|789|68)\b"
)
_OFFICIAL = re.compile(r"(?:^|\.)(?:gov|edu|org|mil|net|com)\.vn$|(?:^|\.)(?:facebook|youtube|google|zalo)\.\w+$")
_GAMES_LEAST = 4
_DISTINCT_LEAST = 3
_SYLLABLES_A_GAME = 60  # advertising names one every other sentence
_SCORE_LEAST = 3


def gambling(title: str, text: str, outline: Outline) -> str:
    """Return why a page is advertising for gambling, in a few words, or "" where it is not.

    `text`: the article's, or what else the page says.
    """
    name = title.casefold()
    beginning = f"{name}\n{text[:_BEGINNING_CHARS]}"
    if not _may_be(beginning):
        return ""
    said = text.casefold()
    found = _GAMES.findall(said) + _BRANDS.findall(said)
    titled = len(_GAMES.findall(name)) + len(_BRANDS.findall(name))
    sites = _sites(outline)
    if len(found) + 2 * titled < _GAMES_LEAST and not (found and sites):
        return ""
    if not sites and (len(set(found)) < _DISTINCT_LEAST or len(found) * _SYLLABLES_A_GAME < count_syllables(text)):
        return ""  # an article about a casino that is to be built
    praise, warnings = len(_PRAISE.findall(said)), len(_WARNING.findall(f"{name}\n{said}"))
    if 2 * titled + 3 * min(len(sites), 3) + praise - 2 * warnings < _SCORE_LEAST:
        return ""
    where = f", links to {sites[0]}" if sites else ""
    return f"gambling: {len(found) + titled} names of games and sites, {praise} promises{where}"


def gambling_title(title: str, outline: Outline) -> str:
    """Return why a page that is no article is advertising for gambling, or "": it is read where its title says so."""
    name = title.casefold()
    if not _may_be(name):
        return ""
    return gambling(title, "\n".join(line.text for line in outline.lines if not line.reason), outline)


def _may_be(beginning: str) -> bool:
    return any(stem in beginning for stem in _STEMS) or ("88" in beginning and bool(_EIGHTS.search(beginning)))


def _sites(outline: Outline) -> list[str]:
    """Return the hosts of gambling sites that the page links to."""
    found: dict[str, None] = {}
    for line in outline.lines:
        if line.href.startswith(("http:", "https:", "//")):
            try:
                host = urlsplit(line.href).hostname or ""
            except ValueError:
                continue
            if not _OFFICIAL.search(host) and _SITE.search(host):
                found[host] = None
    return list(found)
