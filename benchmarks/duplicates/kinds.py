"""Issues of series and true copies, made in pairs whose kind is known: does `compare` tell them apart?"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

__all__ = ["COPIES", "ISSUES", "Notice", "draw"]

_FAMILY = re.findall(r"\w+", "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý")
_MIDDLE = re.findall(r"\w+", "Văn Thị Hữu Đức Minh Ngọc Thanh Quang Xuân Thu")
_GIVEN = re.findall(
    r"\w+", "An Bình Châu Dũng Giang Hà Hùng Khánh Lan Linh Mai Nam Oanh Phúc Quân Sơn Trang Tuấn Việt Yến"
)
_PLACE = re.findall(
    r"\w+", "Đông Tây Nam Bắc Trung Thượng Hạ Tân Phú Long Yên Thanh Sơn Thủy Hòa Bình Xuân Thạch Cẩm Kỳ"
)
_FRAMES = (
    "Ủy ban nhân dân xã {place} thông báo lịch tiếp công dân tuần {week} năm {year} tại trụ sở.",
    "Ngày {day}/{month}/{year}, Hội đồng nhân dân xã {place} họp phiên thứ {week} dưới sự chủ trì của ông {name}.",
    "Báo cáo số {number}/BC-UBND ngày {day} tháng {month} năm {year} do bà {name} ký, gửi xã {place}.",
    "Trạm y tế xã {place} tiêm phòng đợt {week} cho {count} trẻ, bắt đầu từ {day}-{month}-{year}.",
    "Kết quả xổ thi đua tháng {month}: đội của anh {name} ở xã {place} đạt {count} điểm.",
)


@dataclass(frozen=True)
class Notice:
    """What an issue says: its figures, its people and places, and the frame that is the same in all issues."""

    frame: int
    body: tuple[str, ...]
    place: str
    name: str
    week: int
    number: int
    count: int
    day: int
    month: int
    year: int

    @property
    def text(self) -> str:
        """The notice as it is published."""
        head = _FRAMES[self.frame].format(**self.__dict__)
        end = f"Nơi nhận: lưu văn thư số {self.number}; người liên hệ {self.name}, xã {self.place}."
        return "\n".join([head, *self.body, end])


def draw(sentences: Sequence[str], rng: random.Random) -> Notice:
    """Return a notice of 8 to 25 sentences."""
    start = rng.randrange(len(sentences) - 400)
    body: list[str] = []
    while sum(len(sentence.split()) for sentence in body) < 150 or len(body) < 8:
        body.append(sentences[start + rng.randrange(400)])
    return Notice(
        rng.randrange(len(_FRAMES)),
        tuple(body),
        _place(rng),
        _name(rng),
        rng.randint(1, 52),
        rng.randint(1, 999),
        rng.randint(20, 900),
        rng.randint(1, 28),
        rng.randint(1, 12),
        rng.randint(2010, 2026),
    )


def _name(rng: random.Random) -> str:
    return f"{rng.choice(_FAMILY)} {rng.choice(_MIDDLE)} {rng.choice(_GIVEN)}"


def _place(rng: random.Random) -> str:
    one, other = rng.sample(_PLACE, 2)
    return f"{one} {other}"


def _other(draw_one: Callable[[random.Random], str], than: str, rng: random.Random) -> str:
    """Return a name of which no part stands in the same place as in another."""
    while True:
        found = draw_one(rng)
        if all(one != other for one, other in zip(found.split(), than.split(), strict=True)):
            return found


def _figures(notice: Notice, rng: random.Random) -> Notice:
    """The figures of this issue: week, number, count."""
    return replace(
        notice,
        week=notice.week % 52 + rng.randint(1, 9),
        number=notice.number + rng.randint(1, 99),
        count=notice.count + rng.randint(1, 99),
    )


def _dates(notice: Notice, rng: random.Random) -> Notice:
    day, month, year = rng.randint(1, 28), rng.randint(1, 12), notice.year + rng.randint(0, 1)
    if (day, month, year) == (notice.day, notice.month, notice.year):
        day = notice.day % 28 + 1
    # A frame without a date has at least the number of the register.
    return replace(notice, day=day, month=month, year=year, week=notice.week + 1, number=notice.number + 1)


def _people(notice: Notice, rng: random.Random) -> Notice:
    return replace(notice, name=_other(_name, notice.name, rng))


def _places(notice: Notice, rng: random.Random) -> Notice:
    return replace(notice, place=_other(_place, notice.place, rng))


def _all(notice: Notice, rng: random.Random) -> Notice:
    return _places(_people(_dates(_figures(notice, rng), rng), rng), rng)


# What another issue of the series has for its own.
ISSUES: dict[str, Callable[[Notice, random.Random], Notice]] = {
    "numbers": _figures,
    "dates": _dates,
    "names": _people,
    "places": _places,
    "all of these": _all,
}


def _words_of(text: str) -> list[int]:
    """Return the places of words in small letters, in a text split at single spaces."""
    return [i for i, word in enumerate(text.split(" ")) if re.fullmatch(r"[^\W\d_]{2,}", word) and word.islower()]


def _typing_error(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    for place in rng.sample(_words_of(text), 3):
        word = words[place]
        words[place] = word[:-1] + rng.choice("abceghikmnotuy") if rng.random() < 0.5 else word + word[-1]
    return " ".join(words)


def _reworded(text: str, rng: random.Random) -> str:
    words, places = text.split(" "), _words_of(text)
    for place in rng.sample(places, 3):
        words[place] = rng.choice([words[other] for other in places if words[other] != words[place]])
    return " ".join(words)


def _sentence_dropped(text: str, rng: random.Random) -> str:
    lines = text.split("\n")
    short = sorted(range(1, len(lines) - 1), key=lambda place: len(lines[place]))[: max(1, len(lines) // 3)]
    del lines[rng.choice(short)]
    return "\n".join(lines)


def _source_added(text: str, rng: random.Random) -> str:
    return f"{text}\nNguồn: Báo {_place(rng)}, {rng.randint(1, 28)}/{rng.randint(1, 12)}/{rng.randint(2010, 2026)}"


def _lead_added(text: str, rng: random.Random) -> str:
    return f"Cổng thông tin xã trân trọng giới thiệu toàn văn thông báo.\n{text}"


def _stamp_added(text: str, rng: random.Random) -> str:
    return f"Đăng lúc {rng.randint(7, 18)}:{rng.randint(10, 59)}, lượt xem: {rng.randint(1, 9999)}\n{text}"


def _written_otherwise(text: str, rng: random.Random) -> str:
    return text.replace(".\n", ";\n").replace("-", "–").upper() if rng.random() < 0.5 else text.lower()


def _zeros_added(text: str, rng: random.Random) -> str:
    return re.sub(r"\b(\d)([/-])", r"0\1\2", text)


# What a portal does to a text that it takes over.
COPIES: dict[str, Callable[[str, random.Random], str]] = {
    "typing errors": _typing_error,
    "words replaced": _reworded,
    "sentence dropped": _sentence_dropped,
    "source added": _source_added,
    "lead added": _lead_added,
    "stamp added": _stamp_added,
    "written otherwise": _written_otherwise,
    "zeros added": _zeros_added,
}
