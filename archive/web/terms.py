"""What the words of the archive's vocabulary are called in Vietnamese and in English."""

from __future__ import annotations

__all__ = ["TERMS"]

TERMS: dict[str, tuple[str, str]] = {
    # What a captured page is.
    "article": ("bài viết", "article"),
    "listing": ("trang danh sách", "listing"),
    "other": ("trang khác", "other page"),
    "feed": ("nguồn tin RSS", "feed"),
    "sitemap": ("sơ đồ trang", "sitemap"),
    "robots": ("robots.txt", "robots.txt"),
    "redirect": ("chuyển hướng", "redirect"),
    "attachment": ("tệp", "file"),
    "soft404": ("báo không có trang (mã 200)", "says it is missing (status 200)"),
    "home-redirect": ("bị đưa về trang chủ", "sent to the home page"),
    "error": ("lỗi", "error"),
    "challenge": ("đòi trình duyệt chứng thực", "asks the browser to prove itself"),
    "blocked": ("bị tường lửa chặn", "blocked by a firewall"),
    "maintenance": ("đang bảo trì", "closed for maintenance"),
    "shell": ("khung rỗng chờ kịch bản", "a shell that scripts fill in"),
    "spam": ("quảng cáo bị chèn", "injected advertising"),
    "alias": ("địa chỉ khác của một bài", "another address of an article"),
    "empty": ("không có chữ", "no text"),
    "broken": ("không phân tích được", "could not be analysed"),
    "not analysed": ("chưa phân tích", "not analysed yet"),
    # What two texts are to each other.
    "exact": ("giống hệt", "exact copy"),
    "near": ("gần giống", "near copy"),
    "contained": ("nằm trong bài kia", "contained in the other"),
    "series": ("cùng loạt thông báo", "same notice series"),
    # Why a block was left out of a text.
    "counter": ("bộ đếm", "counter"),
    "menu": ("trình đơn", "menu"),
    "footer": ("chân trang", "footer"),
    "header": ("đầu trang", "header"),
    "repeat": ("lặp lại trong trang", "stands again in the page"),
    "outside": ("nằm ngoài bài", "outside the article"),
    # How a portal is doing.
    "good": ("tốt", "good"),
    "rests": ("đang để yên", "left alone for now"),
    "failing": ("phần lớn không tải được", "most pages fail"),
    "some failing": ("vài trang không tải được", "some pages fail"),
    "not reached": ("chưa tới được", "not reached"),
    "not crawled yet": ("chưa thu thập", "not crawled yet"),
    # The record of a capture.
    "response": ("bản tải về", "response"),
    "revisit": ("tải lại, không đổi", "revisit, unchanged"),
    "resource": ("tài nguyên", "resource"),
}
