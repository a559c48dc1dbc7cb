"""Chrome that is learned: what goes, what must stay, and what it depends on."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.chrome import Learned, Lesson, Observation, Observes, learn
from archive.chrome.learn import PAGES_LEAST, Told
from archive.chrome.memory import WINDOW, Memory, learned_of, record, shown_in
from archive.chrome.places import step
from archive.store import Archive
from archive.text import fold_key
from benchmarks.chrome.__main__ import measure, read_page
from benchmarks.chrome.portals import PORTALS, Page

SOME = 12  # pages that are learned from; a redesigned portal has them in two layouts


@cache
def pages_of(name: str) -> tuple[Page, ...]:
    return tuple(PORTALS[name](SOME + 8))


def observed(pages: Sequence[Page]) -> list[Told]:
    found = [(key, read_page(page, observes=Observes.YES).observation) for key, page in enumerate(pages)]
    return [Told(key, 1000 + key, observation) for key, observation in found if observation]


@cache
def lesson_of(name: str, pages: int = SOME) -> Lesson:
    return learn(observed(pages_of(name)[:pages]))


def text_of(page: Page, learned: Learned | None) -> list[str]:
    article = read_page(page, learned).article
    assert article is not None
    return article.text.split("\n")


@pytest.mark.parametrize("name", PORTALS)
def test_what_is_learned_from_some_pages_serves_the_others(name: str) -> None:
    pages = pages_of(name)[SOME:]
    learned = lesson_of(name).learned()
    before, after = measure(pages, None), measure(pages, learned)
    assert after.f1 >= before.f1
    assert after.chrome <= before.chrome
    if name not in ("series", "documents"):  # below: of so few pages they have next to no text of their own
        assert (after.chrome, after.lost) == (0, 0)
        assert after.worst > 0.99


def test_a_container_is_learned_though_nothing_is_called_anything() -> None:
    assert lesson_of("hashed").learned().containers == ("div._b6x7",)
    (address,) = lesson_of("tables").learned().containers
    assert address == "body>table[1]>tr[2]>td[2]>table[1]>tr[3]>td[1]"


def test_both_layouts_of_a_redesigned_portal_are_learned() -> None:
    assert set(lesson_of("redesign", 20).learned().containers) == {
        *lesson_of("hashed").learned().containers,
        *lesson_of("tables").learned().containers,
    }


@pytest.mark.parametrize("name", ["documents", "series", "speeches"])
def test_text_that_recurs_stays(name: str) -> None:
    """Preambles, signatures, frames of bulletins, greetings, captions: on every page, and text all the same."""
    learned = learn(observed(PORTALS[name](30))).learned()
    for page in pages_of(name)[SOME:]:
        without, with_ = text_of(page, None), text_of(page, learned)
        right = set(map(fold_key, page.text.split("\n")))
        kept = {line for line in map(fold_key, without) if line in right}
        lost = kept - set(map(fold_key, with_)) - {fold_key("Đoàn Mẫu Mực")}  # of the signature: it became the author
        assert not lost


def test_an_article_that_is_posted_again_and_again_is_no_chrome() -> None:
    pages = pages_of("reposts")
    again = [page for page in pages if page.text == pages[0].text]
    assert len(again) == 5
    learned = learn(observed([*again, *pages[1:4]])).learned()
    assert "\n".join(text_of(pages[0], learned)) == pages[0].text


def test_one_page_seen_many_times_teaches_nothing() -> None:
    (told,) = observed(pages_of("hashed")[:1])
    assert learn(told._replace(captured_at=at) for at in range(30)).learned() == Learned()


def test_nothing_is_learned_from_few_pages() -> None:
    told = observed(pages_of("hashed")[:PAGES_LEAST])
    assert len(told) == PAGES_LEAST
    assert not learn(told[:-1]).learned()
    assert learn(told).learned().outside


def test_the_order_of_pages_means_nothing() -> None:
    told = observed(pages_of("inside"))
    shuffled = random.Random(5).sample(told, len(told))
    assert learn(shuffled) == learn(told)


def test_observations_and_lessons_come_back_as_they_were_stored() -> None:
    for told in observed(pages_of("redesign")[:4]):
        assert Observation.decode(told.observation.encode()) == replace(told.observation, shown=None)
    learned = lesson_of("inside").learned()
    assert learned.teasers
    assert learned.inside
    assert Learned.decode(learned.encode()) == learned
    assert Learned.decode(b"") == Learned()
    assert Learned().encode() == b""


def test_a_counter_is_the_same_block_at_each_visit() -> None:
    learned = lesson_of("hashed")
    shown = shown_in((told.observation for told in observed(pages_of("hashed")[:1])), learned)
    counters = [block for block in learned.blocks if "người ghé trang" in shown.get(block.digest, ("", ""))[1]]
    assert [(block.pages, block.of_pages, block.role) for block in counters] == [(SOME, SOME, "outside")]


def test_where_next_to_nothing_would_stay_nothing_is_taken_out() -> None:
    """The page of another making holds a block that is chrome elsewhere, and nothing but it."""
    note = "Mời quý độc giả tải ứng dụng Huyện Mẫu trên điện thoại để nhận tin sớm nhất mỗi ngày."
    html = f"""<html><head><title>Ứng dụng của huyện</title></head><body><div class="nd">
    <h1>Giới thiệu ứng dụng của huyện Mẫu</h1><div class="vb"><div class="tb">{note}</div></div></div></body></html>"""
    page = Page("http://mau.example/gioi-thieu/ung-dung-1.html", html.encode(), note)
    learned = lesson_of("inside").learned()
    assert text_of(page, learned) == [note]


def test_an_article_beside_its_container_is_not_lost() -> None:
    """On one page the text stands below the block where it stands on the others, which holds a line."""
    page = pages_of("hashed")[SOME]
    body, _, rest = page.html.decode().partition('<div class="_b6x7">')[2].partition("</div>")
    moved = page.html.decode().replace(
        f'<div class="_b6x7">{body}</div>',
        f'<div class="_b6x7">Ảnh: Tổ tuyên truyền</div><div class="_new">{body}</div>',
    )
    assert moved != page.html.decode()
    assert rest
    found = text_of(replace(page, html=moved.encode()), lesson_of("hashed").learned())
    assert len(set(map(fold_key, page.text.split("\n"))) - set(map(fold_key, found))) <= 1


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        ("post-123 category-tin-tuc", "div.post-#"),
        ("col-md-8 active", "div.col-md-#"),
        ("_1a2b3c", "div._1a2b3c"),
        ("ctl00_g_5f3e9a01-77aa", "div"),
        ("", "div"),
    ],
)
def test_names_that_differ_from_page_to_page_are_no_part_of_a_place(names: str, kept: str) -> None:
    assert step("div", names) == kept


def test_a_page_that_is_too_long_is_not_observed() -> None:
    rows = "".join(f"<p>{n} {escape('Một dòng trong danh sách rất dài của huyện.')}</p>" for n in range(4_100))
    title = "Danh sách rất dài của huyện Mẫu"
    html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><div>{rows}</div></body></html>"
    extraction = read_page(Page("http://mau.example/a-1.html", html.encode(), ""), observes=Observes.YES)
    assert extraction.article is not None
    assert extraction.observation is None


_TEXTS = st.sampled_from(
    ["", "Xã Mẫu", "Sáng nay, xã Mẫu họp bàn việc sửa đường liên thôn trước mùa mưa năm nay.", "1 2 3"]
)
_TREES = st.recursive(
    _TEXTS.map(escape),
    lambda inner: st.tuples(
        st.sampled_from(["div", "p", "table", "tr", "td", "a", "li", "h1", "section"]),
        st.sampled_from(["", ' class="_b6x7"', ' class="vb"', ' id="post-7"']),
        st.lists(inner, max_size=4),
    ).map(lambda made: f"<{made[0]}{made[1]}>{''.join(made[2])}</{made[0]}>"),
    max_leaves=25,
)


@settings(max_examples=60, deadline=None)
@given(_TREES)
def test_any_page_is_observed_and_read_with_what_was_learned(tree: str) -> None:
    html = f"<html><head><title>Chuyện sửa đường ở xã Mẫu</title></head><body>{tree}</body></html>"
    page = Page("http://mau.example/tin/a-1.html", html.encode(), "")
    observation = read_page(page, observes=Observes.YES).observation
    if observation is not None:
        assert Observation.decode(observation.encode()).encode() == observation.encode()
        learn(Told(key, key, observation) for key in range(PAGES_LEAST))
    for name in ("hashed", "inside"):
        read_page(page, lesson_of(name).learned())


def test_a_portal_that_is_built_anew_is_learned_anew(tmp_path: Path) -> None:
    """While pages come in: first the old layout, then the new one. In between both work; at last the old one fades."""
    (old,), (new,) = (lesson_of(name).learned().containers for name in ("hashed", "tables"))
    at, before, after = datetime(2026, 3, 1, tzinfo=UTC), PORTALS["hashed"](20), PORTALS["tables"](60)
    known: list[tuple[str, ...]] = []
    with Archive.open(tmp_path / "archive", write=True) as archive:
        memory = Memory(archive.db)
        for key, page in enumerate([*before, *after]):
            learned = Learned.decode(memory.learned("mau"))
            observation = read_page(page, learned, Observes.YES).observation
            if note := memory.take("mau", key, at + timedelta(minutes=key), observation):
                record(archive.db, note)
            known.append(Learned.decode(memory.learned("mau")).containers)
        assert known[6] == ()
        assert known[16] == known[30] == (old,)
        assert set(known[40]) == {old, new}
        assert known[-1] == (new,)
        assert archive.db.execute("SELECT count(*) FROM chrome_pages").fetchone()[0] == WINDOW
        again = Memory(archive.db)
        assert again.learned("mau") == memory.learned("mau") == learned_of(archive.db, "mau")


def test_few_of_many_pages_are_observed(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "archive", write=True) as archive:
        memory = Memory(archive.db)
        asked = [memory.observes("mau") for _ in range(1_000)]
    assert asked[:16] == [Observes.YES] * 16
    assert sum(one is Observes.YES for one in asked) < 60
