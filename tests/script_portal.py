"""A portal whose server sends empty shells: its scripts ask for JSON and write the pages."""

from __future__ import annotations

import json
from collections.abc import Mapping

from loopback import Answer, article

NAMES = ("Nà Lịn", "Nà Pồng", "Khuổi Đeng")

_SHELL = """<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Cổng thông tin xã</title>
<link rel="stylesheet" href="/app.css"><script src="/app.js" defer></script></head>
<body><noscript>Hãy bật JavaScript.</noscript><div id="root"></div></body></html>"""

_APP = """
const root = document.getElementById('root');
async function get(url, options) { return (await fetch(url, options)).json(); }
function image(src) { const one = new Image(); one.src = src; document.body.append(one); }
async function listing() {
  const items = await get('/api/list', {method: 'POST', headers: {'Content-Type': 'application/json'},
                                        body: JSON.stringify({page: 1})});
  const row = one => `<li><h3><a href="${one.path}">${one.title}</a></h3></li>`;
  root.innerHTML = '<ul>' + items.map(row).join('') + '</ul>';
}
async function detail(id) {
  root.innerHTML = (await get('/api/detail?id=' + id)).html;
  document.title = root.querySelector('h1').textContent;
}
image('/anh/quoc-huy.png');
navigator.sendBeacon('/dem-luot-xem', 'x');
fetch('http://localhost:9/ngoai').catch(() => {});
fetch('/cam/bi-mat').catch(() => {});
const id = location.pathname.match(/bai-viet\\/(\\d+)/);
id ? detail(id[1]) : listing();
"""


def script_portal() -> Mapping[str, Answer | str]:
    """Return the answers of a portal with an article for each of `NAMES`."""
    answers: dict[str, Answer | str] = {
        "/": _SHELL,
        "/robots.txt": (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /cam/\n"),
        "/app.js": (200, {"Content-Type": "text/javascript"}, _APP.encode()),
        "/app.css": (200, {"Content-Type": "text/css"}, b"body { color: black }"),
        "/api/list": _json(
            [{"path": f"/bai-viet/{n}", "title": f"Chuyện làm đường ở {name}"} for n, name in _numbered()]
        ),
    }
    for number, name in _numbered():
        body = article(name).partition("<body>")[2].partition("</body>")[0]
        answers[f"/bai-viet/{number}"] = _SHELL
        answers[f"/api/detail?id={number}"] = _json({"html": body})
    return answers


def _numbered() -> list[tuple[int, str]]:
    return list(enumerate(NAMES, 101))


def _json(value: object) -> Answer:
    return 200, {"Content-Type": "application/json"}, json.dumps(value, ensure_ascii=False).encode()
