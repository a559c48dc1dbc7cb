"""A portal with every trap that addresses can be, around a known number of articles and listings."""
# ruff: noqa: E501 SIM905 (pages as servers write them)

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from loopback import Answer

ARTICLES = 30
LISTINGS = 4  # the home page and three pages of the list

_NAMES = "Nà Pài,Khe Rạ,Bản Mới,Thôn Đông,Đồi Chè,Suối Lạnh,Xóm Trại,Cầu Gỗ,Bãi Dâu,Vườn Đào".split(",")
_DEEDS = "sửa kênh,làm cầu,trồng rừng,dạy chữ,mở chợ,kéo điện,đào giếng,dựng nhà,nuôi cá,họp bản".split(",")


class TrapPortal(dict[str, "Answer | str | Callable[[int], Answer | str]"]):
    """Answers any path, as `loopback.serving` asks; `traps` names those that are set."""

    def __init__(self, *traps: str) -> None:
        super().__init__()
        self.traps = set(traps)
        self._tokens = itertools.count()
        self._month = (2024, 1)

    def get(self, path: str, default: object = None) -> object:  # type: ignore[override]
        """Return the answer to a path with its query."""
        parts = urlsplit(path)
        where, query = parts.path, {key: values[0] for key, values in parse_qs(parts.query).items()}
        if where == "/robots.txt" or where.startswith("/sitemap") or where == "/wp-sitemap.xml":
            return (404, {}, b"")
        if "session" in self.traps:
            where = re.sub(r"^/phien-[0-9a-z]{16}(?=/)", "", where)
        if "print" in self.traps and where.startswith("/doc-in/"):
            return self._article(int(where.rpartition("-")[2].removesuffix(".html")) - 100, is_print=True)
        if where in ("/", "/tin"):
            return self._listing(int(query.get("trang", "1")))
        if match := re.fullmatch(r"/(?:tin|noi-bat)/chuyen-ban-(\d+)\.html", where):
            if "/noi-bat/" in where and "folders" not in self.traps:
                return (404, {}, b"not found")
            if "month" in self.traps:
                self._month = (int(query.get("nam", "2024")), int(query.get("th", "1")))
            number = int(match[1]) - 100
            if 0 <= number < ARTICLES:
                return self._article(number)
        return self._trap(where, query)

    @staticmethod
    def titles() -> list[str]:
        """Return the titles of all articles."""
        return [_title(number) for number in range(ARTICLES)]

    def _trap(self, where: str, query: dict[str, str]) -> object:
        if "calendar" in self.traps and where.startswith("/xem/"):
            year, month = map(int, re.findall(r"\d+", where)[:2]) if re.search(r"\d/\d", where) else (2024, 1)
            following = (year, month + 1) if month < 12 else (year + 1, 1)
            word = hashlib.sha256(where.encode()).hexdigest()[:6]  # no two months show the same
            links = "".join(f'<a href="/xem/{year}/{month}/{day}">Buổi {word} {day}</a> ' for day in range(1, 29))
            turn = '<a href="/xem/{}/{}">Tháng sau</a>'.format(*following)
            return self._framed(f"Lịch {word}", f"<h1>Lịch {word}</h1><p>{links}</p>{turn}")
        if "spam" in self.traps and where.startswith("/upload/"):
            number = int(re.findall(r"\d+", where)[-1])
            links = "".join(
                f'<p><a href="/upload/ku88vin-{number * 3 + n}.html">Nổ hũ tài xỉu KU88VIN số {n}</a></p>'
                for n in range(3)
            )
            said = (
                f"<p>KU88VIN{number} là nhà cái uy tín nhất, người chơi trải nghiệm tài xỉu, nổ hũ, bắn cá đổi thưởng.</p>"
                "<p>Đăng ký ngay để nhận khuyến mãi nạp đầu, rút tiền nhanh, casino và lô đề mở cả ngày đêm.</p>"
            )
            return self._framed("KU88VIN nhà cái số 1", f"<h1>KU88VIN nhà cái số {number}</h1>{said}{links}")
        if "shell" in self.traps and where.startswith("/ung-dung/"):
            return '<html><head><title>Ứng dụng</title></head><body><div id="app"></div><script src="/a.js"></script></body></html>'
        if "home" in self.traps and where.startswith("/cu/"):
            return (302, {"Location": "/"}, b"")
        if "soft404" in self.traps:
            said = (
                "Địa chỉ này hiện không phục vụ. Mời bà con dùng thực đơn bên trên để đọc các chuyện mới trong bản. "
                * 3
            )
            return self._framed("Trang chào", f"<h1>Kính chào bà con ghé thăm trang của bản</h1><p>{said}</p>")
        return (404, {}, b"not found")

    def _session(self) -> str:
        if "session" not in self.traps:
            return ""
        return "/phien-" + hashlib.sha256(str(next(self._tokens)).encode()).hexdigest()[:16]

    def _listing(self, page: int) -> str:
        session = self._session()
        first = (page - 1) * 10
        items = "".join(
            f'<li><h3><a href="{session}/tin/chuyen-ban-{n + 100}.html">{_title(n)}</a></h3></li>'
            for n in range(first, min(first + 10, ARTICLES))
        )
        turn = f'<a href="{session}/tin?trang={page + 1}">Trang sau</a>' if first + 10 < ARTICLES else ""
        return self._framed("Chuyện trong bản", f"<ul>{items}</ul>{turn}")

    def _article(self, number: int, *, is_print: bool = False) -> str:
        title = _title(number)
        body = "".join(
            f"<p>Chuyện thứ {number}, đoạn {n}: bà con {title.lower()} trong {number + n} ngày và góp {number * 7 + n} công.</p>"
            for n in range(5)
        )
        text = f"<h1>{title}</h1><p>Ngày đăng: {number % 28 + 1:02}/05/2022</p>{body}"
        if is_print:
            return f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{text}</body></html>"
        links = "".join(f'<a href="{link}">{name}</a> ' for link, name in self._around(number))
        return self._framed(title, f"{text}<p>{links}</p>")

    def _around(self, number: int) -> list[tuple[str, str]]:
        """Return the trap links that stand below an article."""
        found = []
        if "print" in self.traps:
            found.append((f"/doc-in/chuyen-ban-{number + 100}.html", "Bản giấy"))
        if "query-twin" in self.traps:
            found.append((f"/tin/chuyen-ban-{number + 100}.html?ban=2", "Khổ lớn"))
        if "folders" in self.traps:
            found.append((f"/noi-bat/chuyen-ban-{number + 100}.html", "Xem trong mục nổi bật"))
        if "month" in self.traps:
            year, month = self._month
            found.append((f"?nam={year + month // 12}&amp;th={month % 12 + 1}", "Tháng sau"))
        if "home" in self.traps:
            found.append((f"/cu/chuyen-xua-{number + 100}.html", "Chuyện xưa"))
        if "soft404" in self.traps:
            found.append((f"/mat/chuyen-mat-{number + 100}.html", "Chuyện đã mất"))
        if "spam" in self.traps and number < 3:
            found.append((f"/upload/ku88vin-{number + 1}.html", "KU88VIN"))
        if "shell" in self.traps:
            found.append((f"/ung-dung/{number}", "Ứng dụng"))
        return found

    def _framed(self, title: str, body: str) -> str:
        session = self._session()
        menu = f'<a href="{session}/tin">Chuyện bản</a>'
        if "calendar" in self.traps:
            menu += ' <a href="/xem/2024/1">Lịch</a>'
        return (
            f'<!DOCTYPE html><html lang=vi><head><meta charset=utf-8><title>{title}</title></head><body><ul class="menu">'
            f'<li><a href="/">Trang chủ</a></li><li>{menu}</li></ul><div>{body}</div>'
            "<div class=footer>Trang của bản. Điện thoại: 0209 3870 001</div></body></html>"
        )


def _title(number: int) -> str:
    return f"{_NAMES[number % 10]} {_DEEDS[number // 10]} trước mùa mưa năm nay"
