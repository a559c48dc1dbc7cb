"""Pages that a server sends instead of the one that was asked for, with status 200 all the same.

A firewall's challenge or refusal, a notice of maintenance, an error page, a shell that scripts would fill, a page that
sends on to another. What they have in common: next to no text of their own. A page with an article's body is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from archive.extract.evidence import Evidence, Verdict
from archive.extract.lexicon import find
from archive.extract.outline import Line
from archive.records import PageKind

__all__ = ["HOME_PATHS", "UNFILLED", "is_home", "stand_in"]

HOME_PATHS = re.compile(
    r"^/(?:(?:vi|vi-vn|vn|en|en-us|web/guest|portal)/?)?(?:(?:index|default|home|trang-?chu|homepage)(?:\.\w+)?/?)?$"
)
_EMPTY_CHARS = 60
_UNFILLED_CHARS = 100
_LITTLE_CHARS = 1_500  # a firewall's page says no more; a shell has a menu at most
_MAX_ERROR_PROSE = 500
_SHELL_CHARS = 400
_SCRIPT_BYTES = 2_000
_SIDES = ("footer", "nav", "side", "comment", "related")


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.DOTALL)


_CHALLENGE_SCRIPT = _any(
    r"document\.cookie\s*=.{0,600}?location\s*(?:\.(?:reload|href|replace|assign)|=)",
    r"cdn-cgi/challenge-platform|_cf_chl_opt|__cf_chl|cf-browser-verification|turnstile/v0",  # Cloudflare
    r"_Incapsula_Resource|sucuri_cloudproxy_js|captcha-delivery|__jsl_clearance|bobcmn|D1N=",
    r"slowAES|toNumbers\s*\(",
)
_CAPTCHA = _any(r"(?:re|h)captcha/api", r"hcaptcha\.com/1/api", r"[gh]-(?:re)?captcha", r"cf-turnstile")
# All of these see lines in lower case.
_CHALLENGE = _any(
    r"just a moment|checking (?:your|the) browser|checking if the site connection|ddos protection by",
    r"verify(?:ing)? (?:that )?you are (?:a )?human|are you (?:a )?(?:human|robot)|prove you are human",
    r"enable javascript and cookies",
    r"xác (?:minh|nhận|thực) (?:rằng )?(?:bạn|quý khách) (?:là|không phải)",
    r"không phải (?:là )?(?:người máy|rô-?bốt|robot)",
    r"(?:đang|vui lòng) (?:kiểm tra|bật|chờ|đợi).{0,60}(?:trình duyệt|cookies?\b|javascript)",
    r"nhập mã (?:captcha|bảo vệ|xác (?:nhận|thực))",
)
_BLOCKED = _any(
    r"request rejected|the requested url was rejected|page blocked|403 forbidden|error 1020|bot detected",
    r"access (?:is |has been )?(?:denied|blocked)|blocked by (?:the )?(?:waf|firewall|administrator)",
    r"you (?:have been|are|don't have permission).{0,30}(?:blocked|banned|to access)",
    r"(?:support|attack|incident) id\b",
    r"(?:truy cập|yêu cầu|địa chỉ ip).{0,40}(?:bị từ chối|bị chặn|đã bị khóa|không được phép)",
    r"(?:tường lửa|hệ thống bảo mật|waf).{0,40}(?:chặn|từ chối|ngăn)|(?:chặn|từ chối) (?:truy cập|yêu cầu|kết nối)",
    r"không có quyền (?:truy cập|xem)",
)
_SITE = r"(?:web ?site|trang|cổng|hệ thống|máy chủ|dịch vụ)"
_MAINTENANCE = _any(
    _SITE + r".{0,60}(?:bảo trì|bảo dưỡng|nâng cấp|tạm (?:ngừng|dừng|ngưng|đóng))",
    r"(?:bảo trì|bảo dưỡng|nâng cấp) (?:hệ thống|máy chủ|website|trang|cổng)",
    r"tạm (?:ngừng|dừng|ngưng|đóng).{0,40}(?:phục vụ|truy cập|" + _SITE + ")",
    r"under (?:maintenance|construction)|(?:site|server|scheduled|down for) maintenance|maintenance mode",
    r"(?:temporarily|briefly) unavailable|service unavailable|will be back (?:soon|shortly)",
)
_ERROR_TITLE = _any(r"\b404\b|\b(?:page )?not found\b", r"^(?:\S+ ){0,3}không (?:tìm thấy|tồn tại)(?: \S+){0,3}$")
_THINGS = r"\b(?:trang|bài|nội dung|tin|mục|địa chỉ|đường dẫn|liên kết|tài liệu|dữ liệu|văn bản|url|tệp)\b"
_ERROR_LINE = _any(
    _THINGS + r".{0,60}(?:không (?:còn )?tồn tại|không (?:được )?tìm thấy)",
    _THINGS + r".{0,60}(?:đã|vừa)(?: bị)? (?:xóa|xoá|gỡ|di chuyển|thay đổi)",
    r"không (?:thể )?tìm thấy " + _THINGS,
    r"(?:page|resource|article|file|url)\b.{0,40}(?:not found|not be found|can(?:not|'t) be found)",
    r"no longer (?:exists|available)|lỗi 404|404 (?:error|not found)|error 404",
    r"object reference not set|server error in '/' application|the resource (?:you are looking for|cannot)",
)
# What stands where a list or a page has no content yet: the address is right.
UNFILLED = _any(
    r"(?:đang|sẽ|chưa) (?:được )?cập nhật|cập nhật dữ liệu",
    r"(?:không|chưa) có (?:dữ liệu|bài viết|tin|nội dung)",
)
_ERROR_URL = re.compile(r"pagenotfound|/(?:404|error-?404|notfound|not-found|loi-404)(?:\.\w+)?/?(?:[?]|$)", re.I)
_ROOTS = frozenset(("app", "root", "__next", "__nuxt", "main-app", "react-root", "q-app", "app-root", "vue-app"))
_ROOT_TAGS = frozenset(("app-root", "app", "ng-view", "router-outlet"))
_REFRESH = re.compile(r"\s*[\d.;,\s]*url\s*=\s*['\"]?\s*(?P<url>[^'\">]+)", re.I)
_MOVES = re.compile(
    r"(?:window|document|self|top|parent)?\.?location(?:\.href)?\s*=\s*['\"](?P<url>[^'\"]+)['\"]"
    r"|location\.(?:replace|assign)\s*\(\s*['\"](?P<to>[^'\"]+)['\"]"
)


def is_home(url: str) -> bool:
    """Return whether an address is that of a home page, by one of its usual names."""
    parts = urlsplit(url)
    return not parts.query and HOME_PATHS.match(parts.path.casefold() or "/") is not None


def stand_in(e: Evidence) -> Verdict:
    """Return what the server sent instead of a page, or None for a page that has something to say."""
    chars = e.outline.visible_chars
    if e.has_body:
        return None
    if chars < _LITTLE_CHARS:
        scripts = _Scripts.of(e)
        if found := _gate(e, scripts) or _sent_on(e, scripts, chars) or _notice(e) or _missing(e):
            return found
        if chars < _SHELL_CHARS and (found := _shell(e, scripts)):
            return found
        return (PageKind.EMPTY, f"{chars} characters of text") if chars < _EMPTY_CHARS else None
    return _notice(e) or _missing(e)


@dataclass(frozen=True, slots=True)
class _Scripts:
    """What a page with little text runs: its inline code, how many files it loads, whether it has a root to fill."""

    inline: str
    files: int
    has_root: bool
    refresh: str

    @classmethod
    def of(cls, e: Evidence) -> _Scripts:
        inline, files, has_root, refresh = [], 0, False, ""
        for element in e.tree.iter():
            tag = element.tag
            if tag == "script":
                files += element.get("src") is not None
                inline.append(element.get("src") or element.text or "")
            elif tag == "meta" and (element.get("http-equiv") or "").strip().lower() == "refresh":
                match = _REFRESH.match(element.get("content") or "")
                refresh = match["url"].strip() if match else ""
            elif tag in _ROOT_TAGS or (tag in ("div", "main", "section") and element.get("id") in _ROOTS):
                has_root = True
        return cls("\n".join(inline)[:200_000], files, has_root, refresh)


def _gate(e: Evidence, scripts: _Scripts) -> Verdict:
    """A page that lets browsers alone pass: a cookie set by script and the same address again, a captcha."""
    if match := _CHALLENGE_SCRIPT.search(scripts.inline):
        return PageKind.CHALLENGE, f"a script is to answer: {' '.join(match[0].split())[:60]}"
    said = _says(e, _CHALLENGE)
    if said:
        return PageKind.CHALLENGE, said
    asks = _CAPTCHA.search(scripts.inline) and e.outline.prose[-1] < 200 and e.outline.links[-1] < 100
    return (PageKind.CHALLENGE, "a captcha and no text") if asks else None


def _sent_on(e: Evidence, scripts: _Scripts, chars: int) -> Verdict:
    """A page that does nothing but send on to another one."""
    target = scripts.refresh
    if not target and chars < _EMPTY_CHARS * 2 and (match := _MOVES.search(scripts.inline)):
        target = match["url"] or match["to"]
    if not target or e.outline.prose[-1] > 200:
        return None
    try:
        to, own = urlsplit(urljoin(e.url, target)), urlsplit(e.url)
    except ValueError:
        return None
    if is_home(to.geturl()) and not is_home(e.url):
        return PageKind.HOME_REDIRECT, f"sends on to {target}"
    if (to.path, to.query) == (own.path, own.query) and chars >= _EMPTY_CHARS:
        return None  # it reloads itself now and then
    return PageKind.REDIRECT, f"sends on to {target}"


def _notice(e: Evidence) -> Verdict:
    """A firewall's refusal, or a portal that is closed for now."""
    if said := _says(e, _BLOCKED):
        return PageKind.BLOCKED, said
    if said := _says(e, _MAINTENANCE):
        return PageKind.MAINTENANCE, said
    return None


def _says(e: Evidence, pattern: re.Pattern[str]) -> str:
    """Return where a page that says next to nothing else says it, or "": in its title, or in one of its few lines."""
    if e.outline.prose[-1] >= _MAX_ERROR_PROSE or _is_framed(e):
        return ""
    title = e.metadata.title
    if len(title) < 80 and pattern.search(title.casefold()):
        return f"titled “{title}”"
    own = _own_lines(e)
    if sum(len(line.text) for line in own) > _LITTLE_CHARS:
        return ""
    found = (line.text for line in own if pattern.search(line.text.casefold()))
    return next((f"says “{text[:80]}”" for text in found), "")


def _is_framed(e: Evidence) -> bool:
    """Whether the portal's menu stands around what is said: a notice about maintenance in there is an article."""
    host = urlsplit(e.url).netloc
    for line in e.outline.lines:
        href = line.href.partition("#")[0]
        if not href or href.startswith(("javascript:", "mailto:", "tel:")):
            continue
        try:
            parts = urlsplit(href)
        except ValueError:
            continue
        if parts.netloc in ("", host) and not is_home(href):
            return True
    return False


def _own_lines(e: Evidence) -> list[Line]:
    return [line for line in e.outline.lines if not line.is_link and line.reason not in _SIDES]


def _missing(e: Evidence) -> Verdict:
    """A page that says "not found" with status 200: in its title, or alone in its middle."""
    if e.family and e.metadata.body_classes & e.family.missing_classes:
        return PageKind.SOFT_404, "the CMS says so"
    prose = e.outline.prose[-1]
    title = e.metadata.title
    if len(title) < 80 and _ERROR_TITLE.search(title.casefold()) and prose < _MAX_ERROR_PROSE:
        return PageKind.SOFT_404, f"titled “{title}”"
    if _ERROR_URL.search(e.url):
        return PageKind.SOFT_404, "the URL of an error page"
    if prose >= _MAX_ERROR_PROSE:
        return None
    for line in _own_lines(e):
        if len(line.text) > 200:
            continue
        text, phrase = line.text.casefold(), find(line.text)
        is_error = phrase is not None and phrase.kind == "error_page" and not phrase.is_risky
        if UNFILLED.search(text) and (is_error or prose <= len(text) < _UNFILLED_CHARS):
            return PageKind.LISTING, f"nothing in it yet: “{line.text[:80]}”"
        if is_error or (len(text) < 160 and prose < 200 and _ERROR_LINE.search(text)):
            return PageKind.SOFT_404, f"says “{line.text[:80]}”"
    return None


def _shell(e: Evidence, scripts: _Scripts) -> Verdict:
    """A page that scripts would fill: a root without content, or much code and no text."""
    code = len(scripts.inline)
    if scripts.has_root and (scripts.files or code >= _SCRIPT_BYTES) and e.outline.prose[-1] < 200:
        return PageKind.SHELL, f"an empty root for {scripts.files} scripts"
    if e.outline.visible_chars < _EMPTY_CHARS * 2 and (scripts.files >= 2 or code >= _SCRIPT_BYTES):
        return PageKind.SHELL, f"{e.outline.visible_chars} characters of text and {scripts.files} scripts"
    return None
