"""What is wrong with a query, in the visitor's language. The archive says it in English."""

from __future__ import annotations

import re

from archive.errors import LuutruError, NotFound, QueryError
from archive.language import Language

__all__ = ["complaint"]

_VIETNAMESE = (
    (r"the quote at character (\d+) is never closed", "Dấu ngoặc kép ở ký tự thứ {} chưa được đóng."),
    (r"no word follows title: at character (\d+)", "Sau title: ở ký tự thứ {} không có từ nào; viết liền title:từ."),
    (
        r"too many words begin with (.+) \(at character (\d+)\)",
        "Quá nhiều từ bắt đầu bằng {}; gõ thêm chữ trước dấu *.",
    ),
    (r"it only says what to leave out", "Câu hỏi chỉ nói điều cần bỏ ra; thêm một từ cần tìm."),
    (r"there is no word in it", "Câu hỏi không có từ nào; thử gõ: bình đẳng giới."),
    (r"it has (\d+) words, at most (\d+) can be looked for", "Câu hỏi có {} từ; chỉ tìm được nhiều nhất {} từ."),
    (r"OR at character (\d+) needs a word on both sides", "OR ở ký tự thứ {} cần một từ ở mỗi bên."),
    (
        r"a word of (\d+) letters stands at character (\d+), at most (\d+)",
        "Từ dài {} chữ ở ký tự thứ {}; chỉ tìm được từ dài nhất {} chữ, dấu * ở cuối tìm cả từ dài hơn.",
    ),
)


def complaint(error: Exception, language: Language) -> str:
    """Return what is wrong and what to do, one or two sentences."""
    if isinstance(error, QueryError):
        return _of_query(error) if language.code == "vi" else f"{error.account[:1].upper()}{error.account[1:]}."
    if isinstance(error, NotFound):
        return language(f"Kho không có {_in_vietnamese(error.subject)}.", f"{error.subject}: {error.account}.")
    if isinstance(error, LuutruError):
        return str(error)
    return language(
        "Không đọc được ngày; viết 2022-10-05, 05/10/2022, 2022-10 hoặc 2022.",
        "That is no date; write 2022-10-05, 05/10/2022, 2022-10 or 2022.",
    )


def _of_query(error: QueryError) -> str:
    for pattern, text in _VIETNAMESE:
        if match := re.search(pattern, error.reason):
            return text.format(*match.groups())
    return "Không hiểu được câu hỏi này."


def _in_vietnamese(subject: str) -> str:
    for english, vietnamese in (("portal", "cổng"), ("province", "tỉnh"), ("category", "chuyên mục")):
        if subject.startswith(english):
            return vietnamese + subject.removeprefix(english)
    return subject
