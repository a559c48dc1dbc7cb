"""Bodies of articles as editors leave them, each with what is right to take from it.

The sentences are those of the end-to-end benchmark. What differs is how they are set: in paragraphs, lines or nested
boxes, with tables, lists, captions and bylines, once or twice over, with words in them that portals print around texts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from random import Random

from benchmarks.end_to_end.texts import Story, a_clause, a_place, a_sentence, capital, pick

__all__ = ["Setting", "set_body"]

_RISKY = (
    "Hôm nay, toàn xã còn {} hộ chưa kê khai, tập trung ở khu vực ven suối và các xóm mới tách.",
    "Theo báo cáo của trạm, diện tích gieo cấy đạt {} ha, vượt kế hoạch mùa trước.",
    "Liên hệ thực tế từ địa phương, nhiều ý kiến đề nghị kéo dài thời gian thu gom thêm {} ngày.",
    "Thông báo nêu rõ thời gian nhận hồ sơ kéo dài {} ngày làm việc, không kể ngày nghỉ.",
    "Tìm kiếm nguồn vốn cho {} hộ còn khó khăn là việc mà chi hội theo đuổi suốt cả năm.",
    "Chia sẻ với bà con, chủ nhiệm câu lạc bộ cho biết đã nhận {} cuốn sách cũ từ các gia đình.",
    "Nội dung tập huấn gồm {} chuyên đề, mỗi chuyên đề có phần thực hành ngay tại ruộng.",
    "Tác giả của bài dự thi là một học sinh lớp {}, từng đoạt giải ở trường.",
    "Nguồn nước về hồ đang thấp hơn trung bình {} cm, cần điều tiết hợp lý cho vụ tới.",
    "Tổng số {} người đăng ký, trong đó có nhiều thanh niên vừa hoàn thành nghĩa vụ.",
    "Tin tức về chợ phiên được phát trên loa {} lần mỗi ngày để bà con tiện sắp xếp.",
    "Đăng nhập vào phần mềm, cán bộ thôn có thể tra cứu ngay {} loại giấy tờ thường gặp.",
    "Văn bản liên quan đến đất đai được niêm yết {} ngày tại trụ sở để mọi người góp ý.",
)
_OUTLETS = ("Báo Nông thôn", "TTXVN", "chinhphu.vn", "Cổng TTĐT tỉnh", "Báo Sông Trà")
_NAMES = ("Lan Hương", "Vũ Phượng", "Kpă Thuyên", "Trường Thọ", "Mai Chi", "Rah Lan Chung")
_POEM = ("Hò ơi, sông quê một dải lụa mềm", "Nắng lên thuyền ghé bến quen ngày mùa")
_FORM = ("Họ và tên: ......................................", "Địa chỉ thường trú: ............................")
_POINT = "a) Bảo đảm đủ lực lượng, phương tiện, vật tư, hậu cần tại chỗ theo phương án đã được phê duyệt hằng năm."


@dataclass(slots=True)
class Setting:
    """A body as HTML and what it holds: `lines` without the lead, which `with_lead` says to stand in the body too."""

    html: str
    lines: list[str]
    captions: list[str] = field(default_factory=list)
    author: str | None = None
    source: str | None = None
    with_lead: bool = False
    has_lead: bool = True
    traits: tuple[str, ...] = ()


_Part = tuple[str, list[str]]  # HTML, and the lines that it gives
_FORMS: dict[str, Callable[[str], str]] = {
    "p": lambda text: f"<p>{text}</p>",
    "word": lambda text: (
        '<p class="MsoNormal" style="text-align:justify;text-indent:36pt"><span style="font-size:14pt">'
        f'<span style="font-family:Times New Roman">&nbsp;&nbsp; {text}</span></span></p>'
    ),
    "br": lambda text: f"{text}<br><br>",
    "div": lambda text: f'<div style="text-align:justify">{text}</div>',
    "nested": lambda text: f"<div><div><span>{text}</span></div></div>",
}


def set_body(story: Story, rng: Random) -> Setting:
    """Return the body of a story, set in a way that `rng` draws; a third are of the odd kinds."""
    if rng.random() < 0.33:
        kind = rng.choice(sorted(_ODD))
        made = _ODD[kind](rng, [" ".join(a_sentence(rng) for _ in range(3)) for _ in range(rng.randint(2, 4))])
        made.traits = (kind,)
        return made
    return _usual(story, rng)


def _usual(story: Story, rng: Random) -> Setting:
    form = rng.choice(("p", "p", *sorted(_FORMS)))
    texts = list(story.paragraphs[: rng.choice((2, 4, 12))])
    for risky in rng.sample(_RISKY, rng.randint(0, 3)):
        texts.insert(rng.randint(0, len(texts)), risky.format(rng.randint(3, 99)))
    if rng.random() < 0.3:
        texts[-1] = texts[-1].rstrip(".") + "./."
    parts: list[_Part] = [(_FORMS[form](escape(text, quote=False)), [text]) for text in texts]
    captions: list[str] = []
    for extra in rng.sample((_list, _table, _refrain, _headings, _blank_form), rng.choice((0, 0, 1, 2))):
        parts.insert(rng.randint(1, len(parts)), extra(rng))
    for _ in range(rng.choice((0, 0, 1, 2))):
        html, caption = _image(rng)
        parts.insert(rng.randint(0, len(parts)), (html, []))
        if caption and caption not in captions:
            captions.append(caption)
    html = "\n".join(part for part, _ in parts)
    traits = [form]
    if rng.random() < 0.12:
        html += rng.choice(("", '<p><img src="/a.jpg"></p>', "<hr>")) + html
        traits.append("twice")
    author, source, byline = _byline(story, rng)
    made = Setting(html + byline, [line for _, lines in parts for line in lines], captions, author, source)
    drawn = rng.random()
    if drawn < 0.3:
        made.html = _FORMS[form](f"<b>{escape(story.lead, quote=False)}</b>") + made.html
        made.with_lead = drawn < 0.15  # otherwise the lead stands twice
        traits.append("lead in the body")
    made.has_lead = made.with_lead or drawn < 0.9
    made.traits = tuple(traits)
    return made


def _list(rng: Random) -> _Part:
    items = [a_sentence(rng).rstrip(".") for _ in range(rng.randint(2, 5))]
    return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>", [f"- {item}" for item in items]


def _table(rng: Random) -> _Part:
    rows = [["Thôn", "Số hộ", "Diện tích (ha)"]]
    rows += [[a_place(rng), str(rng.randint(10, 300)), f"{rng.randint(1, 90)},5"] for _ in range(rng.randint(2, 6))]
    return _rows(rows, "p"), [" | ".join(row) for row in rows]


def _rows(rows: list[list[str]], tag: str = "span") -> str:
    cells = ("".join(f"<td><{tag}>{cell}</{tag}></td>" for cell in row) for row in rows)
    return '<table border="1"><tbody>' + "".join(f"<tr>{row}</tr>" for row in cells) + "</tbody></table>"


def _refrain(rng: Random) -> _Part:
    lines = [_POEM[0], _POEM[1], _POEM[0], "Mẹ ra bến vắng đón đưa con về"]
    return "<p>" + "<br>".join(lines) + "</p>", lines


def _headings(rng: Random) -> _Part:
    heading, text = f"{rng.randint(1, 4)}. Kết quả bước đầu", a_sentence(rng)
    tag = rng.choice(("h2", "h3", "b"))
    opening, closing = (f"<{tag}>", f"</{tag}>") if tag != "b" else ("<p><b>", "</b></p>")
    return f"{opening}{heading}{closing}<p>{text}</p>", [heading, text]


def _blank_form(rng: Random) -> _Part:
    lines = [_FORM[0], _FORM[1], _FORM[0]]
    return "".join(f"<p>{line}</p>" for line in lines), lines


def _image(rng: Random) -> tuple[str, str]:
    """Return the HTML of an image, and its caption or ""."""
    caption = rng.choice(("", f"Quang cảnh buổi lễ tại {a_place(rng)}", f"Thu hoạch tại {a_place(rng)}. Ảnh: Mai Chi"))
    image = f'<img src="/uploads/{rng.randint(1, 9999)}.jpg" alt="">'
    below = {
        "figure": ("<figure>{}{}</figure>", "<figcaption>{}</figcaption>"),
        "centre": ('<p align="center">{}</p>{}', '<p style="text-align:center"><em>{}</em></p>'),
        "table": ("<table><tr><td>{}</td></tr>{}</table>", '<tr><td align="center"><i>{}</i></td></tr>'),
        "line": ("<p>{}{}</p>", "<br>{}"),
        "file": ("<p>{}</p><p>IMG_2018.jpg</p>{}", '<p align="center"><em>{}</em></p>'),
    }
    frame, inner = below[rng.choice(sorted(below))]
    return frame.format(image, inner.format(caption) if caption else ""), caption


def _byline(story: Story, rng: Random) -> tuple[str | None, str | None, str]:
    """Return author and source, and the HTML that names them behind a body."""
    name, outlet = rng.choice((story.author, *_NAMES)), rng.choice(_OUTLETS)
    forms = {
        "right": f'<p style="text-align:right"><strong>{name}</strong></p>',
        "bold": f"<p><b>{name}</b></p>",
        "label": f"<p>Tác giả: {name}</p>",
        "photos": f'<p align="right"><em>Tin, ảnh: {name}</em></p>',
        "unit": f'<p style="text-align:right"><b>{name} - Văn phòng HĐND và UBND huyện</b></p>',
        "brackets": f'<p style="text-align: right;"><em>({name})</em></p>',
    }
    sources = {"after": f'<p align="right"><em>(Theo {outlet})</em></p>', "source": f"<p>Nguồn: {outlet}</p>"}
    drawn = rng.choice(("", "", *sorted(forms), *sorted(sources)))
    if drawn in forms:
        return name, None, forms[drawn]
    return (None, outlet, sources[drawn]) if drawn in sources else (None, None, "")


def _lines(lines: list[str], tag: str = "p") -> str:
    return "".join(f"<{tag}>{escape(line, quote=False)}</{tag}>" for line in lines)


def _notice(rng: Random, texts: list[str]) -> Setting:
    lines = ["Kính gửi: các hộ dân trong thôn", "Ban quản lý thôn thông báo lịch cắt nước như sau:"]
    lines += ["- Thời gian: 8 giờ đến 11 giờ sáng thứ bảy", "- Phạm vi: xóm Trên và xóm Giữa", "Trân trọng thông báo!"]
    return Setting(_lines(lines), lines, has_lead=False)


def _poem(rng: Random, texts: list[str]) -> Setting:
    lines = [*_POEM, "Con đò gác mái bên cồn ngủ yên", "Cỏ may bám gấu áo hiền đường quê", "Mẹ về gánh cả bình yên"]
    html = rng.choice(("<p>" + "<br>".join(lines) + "</p>", _lines(lines)))
    return Setting(html, lines, has_lead=False)


def _sentence(rng: Random, texts: list[str]) -> Setting:
    return Setting(_lines([line := a_sentence(rng)]), [line], has_lead=False)


def _people(rng: Random, texts: list[str]) -> Setting:
    rows = [["STT", "Họ và tên", "Năm sinh", "Thôn"]]
    for number in range(rng.randint(15, 50)):
        name = f"{pick(rng, 'family')} {pick(rng, 'given')} {pick(rng, 'given')}"
        rows.append([str(number + 1), name, str(rng.randint(1950, 2010)), a_place(rng)])
    return Setting(_lines(texts[:1]) + _rows(rows), [texts[0], *(" | ".join(row) for row in rows)])


def _document(rng: Random, texts: list[str]) -> Setting:
    day = "Khe Rạ, ngày 24 tháng 6 năm 2022"
    rows = [["Nơi nhận:", "TM. ỦY BAN NHÂN DÂN"], ["- Như trên;", "KT. CHỦ TỊCH"], ["- Lưu: VT.", "PHÓ CHỦ TỊCH"]]
    html = f'<p align="right"><em>{day}</em></p>{_lines(texts)}{_rows(rows)}'
    return Setting(html, [day, *texts, *(" | ".join(row) for row in rows)])


def _contacts(rng: Random, texts: list[str]) -> Setting:
    lines = [*texts, "Mọi chi tiết xin liên hệ:", "Địa chỉ: nhà văn hóa thôn Đông, xã Khe Rạ"]
    lines += ["Điện thoại: 0269 3 456 789", "Email: vanhoa@khera.example"]
    return Setting(_lines(lines), lines)


def _points(rng: Random, texts: list[str]) -> Setting:
    lines = ["Điều 1. Phạm vi", texts[0], _POINT, "Điều 2. Đối tượng", texts[1], _POINT]
    return Setting(_lines(lines), lines)


def _days(rng: Random, texts: list[str]) -> Setting:
    first = "Ngày 05/10/2021, xã nhận văn bản số 15/2021/QĐ-UBND, có hiệu lực từ ngày 01/01/2031."
    return Setting(_lines([first, *texts]), [first, *texts])


def _cells(rng: Random, texts: list[str]) -> Setting:
    return Setting("<table>" + "".join(f"<tr><td>{_lines([text])}</td></tr>" for text in texts) + "</table>", texts)


def _pairs(rng: Random, texts: list[str]) -> Setting:
    return Setting("".join(_lines([text, text]) for text in texts), texts)


def _other_form(rng: Random, texts: list[str]) -> Setting:
    return Setting(_lines(texts) + "<div>" + "<br><br>".join(texts) + "</div>", texts)


def _see_also(rng: Random, texts: list[str]) -> Setting:
    link = '<p><strong>Xem thêm:</strong> <a href="/b.html">{}</a></p>'
    html = _lines(texts[:1]) + link.format(capital(a_clause(rng))) + _lines(texts[1:])
    related = "".join(f'<li><a href="/{n}.html">{capital(a_clause(rng))}</a></li>' for n in range(3))
    return Setting(f"{html}<p><b>Tin liên quan:</b></p><ul>{related}</ul>", texts)


def _hidden(rng: Random, texts: list[str]) -> Setting:
    spam = '<div style="display:none"><a href="https://a.example/">Câu này không ai đọc được trên trang</a></div>'
    return Setting(_lines(texts[:1]) + spam + _lines(texts[1:]), texts)


_ODD: dict[str, Callable[[Random, list[str]], Setting]] = {
    "notice": _notice,
    "poem": _poem,
    "one sentence": _sentence,
    "list of people": _people,
    "document": _document,
    "contacts": _contacts,
    "points of a law": _points,
    "days in the text": _days,
    "a table around it": _cells,
    "each paragraph twice": _pairs,
    "again in another form": _other_form,
    "see also": _see_also,
    "hidden text": _hidden,
}
