"""Which addresses are not followed, and why: twins of a page, actions, endless ways to sort the same pages.

A word refuses an address only where it is a whole segment of the path or names a parameter: an article about rescue
work (`/tim-kiem-cuu-nan-…`) or about printing (`/in-an-…`) is an article.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["REASONS", "language_of", "refusal"]

_CACHE = 1 << 15
# Whole segments of the path, in lower case. A pattern matches with an extension behind it as well ("/login.aspx").
_SEGMENTS = {
    "print": r"print(?:er|view|page)?|print-?(?:preview|article|friendly)"
    r"|in(?=\.(?:php|aspx?|jsp))|in-(?:tin|bai|bai-viet)|ban-in|amp",
    "savefile": r"save-?file",
    "sendmail": r"send-?mail|mailto|email-?friend|gui-e?mail",
    "login": r"users?|(?:log|sign)-?(?:in|out|up)|register|lostpass|forgot-?password|my-?account|authenticate"
    r"|dang-?nhap|dang-?xuat|dang-ky-(?:tai-khoan|thanh-vien)|quen-mat-khau|tai-khoan"
    r"|wp-login|wp-admin|admin|administrator",
    "language": r"(?:update_|change-?|set-?)language",
    "tag": r"tags?|tu-?khoa|hashtag",
    "search": r"search|seek|tim-?kiem|tim-kiem-nang-cao|advanced-?search|search-?results?|ket-qua-tim-kiem",
    "comment": r"comments?|binh-luan|comment-page-\d+|trackback|(?:\d\d/[^/]+|[^/-]+(?:-+[^/-]+){3,})/feed",
    "share": r"share|sharer",
    "calendar": r"calendar",
    "action": r"voting|polls?|binh-chon|tham-do-y-kien|xmlrpc|wp-cron|cgi-bin|add-to-cart",
    "asset": r"wp-includes|wp-json",
}
# `key=value` in lower case, each matched as a whole.
_PARAMETERS = {
    "print": r"print(?:=(?!0?$).*)?|(?:\w+_)?viewmode=print|(?:view|layout|mode?|type|action|act|task)=print"
    r"|tmpl=component|amp(?:=1)?|p_p_state=(?:pop_up|exclusive)|op=print(?:(?:/|%2f).*)?",
    "savefile": r"download=(?:1|true|yes)|pdf=1|format=pdf|op=savefile(?:(?:/|%2f).*)?",
    "sendmail": r"option=com_mailto|op=sendmail(?:(?:/|%2f).*)?",
    "login": r"option=com_users?|nv=users|(?:page|ctl|view|module|mod)=(?:login|logout|register|users?)",
    "redirect_token": r"nv_redirect=.*|redirect_to=.*|return_?url=.*|back_?url=.+",
    "reply": r"reply_?to(?:com)?=.*",
    "comment": r"cpage=.*|feed=comments.*|nv=comment",
    "share": r"share=.*",
    "tag": r"option=com_tags|tags?=.+|nv=tag|op=tag(?:(?:/|%2f).*)?",
    "search": r"option=com_(?:search|finder)|nv=seek|op=search"
    r"|(?:key_?words?|tu[_-]?khoa|search_?(?:word|text|key|query)?|query)=.+",
    "sort": r"(?:sort|sort_?(?:by|field|order|dir|col|type)|order|order_?(?:by|dir|type)|filter_order(?:_dir)?)=.+"
    r"|dir=(?:asc|desc)|\w+_orderby(?:col|type)=.+",
    "calendar": r"(?:date|day|ngay|thang|month|tuan|week|weekday|cal_?(?:month|date)|tribe-bar-date|ical)=.+|m=\d{6,8}"
    r"|_\w+_(?:day|month|year)=\d+",
    "language": r"(?:lang|language|lng|locale|hl)=(?:en|fr|ru|ja|jp|ko|kr|zh|cn|lo|km)(?:[_-].*|g|glish)?",
    "action": r"p_p_lifecycle=1|(?:task|action|act|do|cmd)=(?:\w+\.)?(?:edit|delete|remove|add|vote|submit|like|rate"
    r"|email|login|logout|register|purge|history|go)"
    r"|(?:vote|rating|font(?:_?size)?|contrast|rest_route|add-to-cart|captcha)(?:=.*)?",
}
_SHAPES = ("repeating-path", "below-file")
REASONS = frozenset(reason.replace("_", "-") for reason in (*_SEGMENTS, *_PARAMETERS, *_SHAPES))


def _alternatives(rules: dict[str, str]) -> str:
    return "|".join(f"(?P<{reason}>{words})" for reason, words in rules.items())


_SEGMENT = re.compile(f"/(?:{_alternatives(_SEGMENTS)})" + r"(?=/|$|\.(?:html?|php|aspx?|jsp|do)(?:/|$))")
_PARAMETER = re.compile(_alternatives(_PARAMETERS))
_FOREIGN = re.compile(r"/(en|fr|ru|ja|jp|ko|kr|zh|cn|lo|km)(?:[_-][a-z]{2,4})?(?:/|$)")
# WordPress lists everything again by year, month and day; a folder of a year deeper in the path is a real one.
_DATE_ARCHIVE = re.compile(r"(?:/index\.php)?/(?:19|20)\d\d(?:/\d{1,2}){0,2}(?:/page/\d+)?/?")
# Days and months for ever; an article has a name behind its date.
_CALENDAR = re.compile(
    r".*/(?:lich(?:-(?:cong-tac|tuan|lam-viec|su-kien))?|calendar|events?|su-kien)(?:/[^/]+)?"
    r"/\d{4}[/-]\d{1,2}(?:[/-]\d{1,2})?/?"
)
# Nothing lies below a document; scripts (/index.php/tin/1) and Liferay's files (/x.pdf/<uuid>) are another matter.
_BELOW_FILE = re.compile(r"/[^/]+\.(?:html?|txt|xml(?:\.gz)?)/+(?!(?:page/|trang/)?\d+/?$)[^/]")
_DEPTH_MOST = 20
_ASSET = re.compile(
    r"\.(?:css|js|mjs|map|json|xsl|ics|woff2?|ttf|eot|otf"
    r"|jpe?g|jfif|png|gif|webp|avif|svg|ico|bmp|tiff?|heic"
    r"|mp[34]|m4[av]|avi|mov|wm[av]|flv|mkv|webm|wav|ogg|3gp|swf"
    r"|zip|rar|7z|tar|tgz|(?<!\.xml\.)gz|bz2|iso|exe|msi|apk|dmg)"
    r"(?:/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?/?$"  # Liferay puts the id behind the name
)
# A listing that is sorted and paged may have no other way to its later pages; a page that is named is no calendar.
_PAGED = re.compile(
    r"(?:page|paged|page_?(?:index|no|num|number)|start|limitstart|trang|(?:\w+_)?cur|pagefirstrow)=\d+"
)
_NAMED = re.compile(r"(?:(?:item|news|article|post)?_?id|p|ddocname)=\w.*")


@lru_cache(maxsize=_CACHE)
def refusal(url: str, language: str = "") -> str | None:
    """Return why a link to `url` is not followed, as one short word, or None if it is followed.

    Words: those in `REASONS`. Feeds and documents (PDF, Word, …) are followed. `url` is absolute. `language`: the
    foreign language that is followed nevertheless, as `language_of` names it.
    """
    path, query = _parts(url)
    if match := _SEGMENT.search(path):
        return match.lastgroup
    if _ASSET.search(path):
        return "asset"
    if (match := _FOREIGN.match(path)) and match[1] != language:
        return "language"
    if _DATE_ARCHIVE.fullmatch(path) or _CALENDAR.fullmatch(path):
        return "calendar"
    if _BELOW_FILE.search(path):
        return "below-file"
    if path.count("/") > 3 and _repeats(path.strip("/").split("/")):
        return "repeating-path"
    return _refused_query(path, query.split("&"), language) if query else None


def language_of(url: str) -> str:
    """Return the foreign language of a translation ("en") as its path or a parameter tells it, "" for none."""
    path, query = _parts(url)
    if match := _FOREIGN.match(path):
        return match[1]
    found = (match for pair in query.split("&") if (match := _PARAMETER.fullmatch(pair)))
    return next((_value(match[0])[:2] for match in found if match.lastgroup == "language"), "")


def _parts(url: str) -> tuple[str, str]:
    """Return path and query in lower case."""
    address, _, query = url.partition("#")[0].lower().partition("?")
    return address[address.find("/", address.find("://") + 3) :] if address.count("/") > 2 else "/", query


def _value(pair: str) -> str:
    return pair.partition("=")[2]


def _repeats(segments: list[str]) -> bool:
    """Tell whether a path has grown out of relative links that lead ever deeper, or is deeper than any real one.

    A folder's name stands three times. The last segment may say it once more (/tin/tin/tin); numbers and single
    letters recur in dates and in trees of files.
    """
    if len(segments) > _DEPTH_MOST:
        return True
    folders = [name for name in segments[:-1] if len(name) > 1 and not name.isdigit()]
    return len(folders) - len(set(folders)) > 1 and max(map(folders.count, folders)) > 2


def _refused_query(path: str, pairs: list[str], language: str) -> str | None:
    for pair in pairs:
        if pair.startswith("s=") and len(pair) > 2 and path in ("/", "/index.php"):  # WordPress
            return "search"
        if pair.startswith("feed=") and any(other.startswith(("p=", "page_id=")) for other in pairs):  # WordPress
            return "comment"
        match = _PARAMETER.fullmatch(pair)
        reason = match.lastgroup if match else None
        if reason is None or (reason == "sort" and any(map(_PAGED.fullmatch, pairs))):
            continue
        if reason == "calendar" and any(map(_NAMED.fullmatch, pairs)):
            continue
        if reason == "language" and language and _value(pair).startswith(language):
            continue
        return reason.replace("_", "-")
    return None
