"""A real HTTP server on loopback whose answers a test writes down."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]
Answers = Mapping[str, "Answer | str | Callable[[int], Answer | str]"]


@dataclass
class Server:
    """The server's address, every request that it got (monotonic time, path with query) and how it was answered."""

    url: str
    requests: list[tuple[float, str]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [path for _, path in self.requests]

    def gaps(self) -> list[float]:
        times = [at for at, _ in self.requests]
        return [later - earlier for earlier, later in itertools.pairwise(times)]


def is_known(request: Message, headers: Mapping[str, str]) -> bool:
    """Tell whether the client has what it asks for: as it stands, whether or not the answer's headers are true."""
    if asked := request["If-None-Match"]:
        return asked == headers.get("ETag")
    return (asked := request["If-Modified-Since"]) is not None and asked == headers.get("Last-Modified")


@contextmanager
def serving(answers: Answers, port: int = 0) -> Iterator[Server]:
    """Serve `answers`: path → HTML, (status, headers, body), or a function of the number of hits before."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            hits = server.paths.count(self.path)
            server.requests.append((time.monotonic(), self.path))
            answer = answers.get(self.path, (404, {}, b"not found"))
            answer = answer(hits) if callable(answer) else answer
            if isinstance(answer, str):
                answer = (200, {"Content-Type": "text/html; charset=utf-8"}, answer.encode())
            status, headers, body = answer
            if status == 200 and is_known(self.headers, headers):
                status, body = 304, b""
            server.statuses.append(status)
            self.send_response(status)
            length = {} if status == 304 else {"Content-Length": str(len(body))}
            for name, value in {**length, **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 what http.server calls

        def log_message(self, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as http:
        server = Server(f"http://127.0.0.1:{http.server_port}/")
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


_SENTENCES = (
    "Sáng nay, Ủy ban nhân dân xã {name} họp bàn việc sửa đường liên thôn trước mùa mưa năm nay.",
    "Tổ thợ của thôn {name} nhận đổ bê tông, còn bà con góp cát và ngày công theo từng ngõ.",
    "Theo kế toán xã, kinh phí lấy từ tiền thưởng phong trào và phần đóng góp của con em đi xa gửi về {name}.",
    "Đoạn dốc cạnh trường học được làm trước để học sinh {name} đi lại khỏi trơn trượt.",
    "Bà con đề nghị đặt thêm hai cống thoát nước ở chỗ trũng gần nhà văn hóa {name}.",
)


def article(name: str, *, day: str = "05/10/2022", links: str = "") -> str:
    """Return an article page whose text tells of `name`."""
    body = "".join(f"<p>{sentence.format(name=name)}</p>" for sentence in _SENTENCES)
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Chuyện làm đường ở {name}</title>
    </head><body><ul class="menu"><li><a href="/">Trang chủ</a></li></ul><div class="content">
    <h1>Chuyện làm đường ở {name}</h1>
    <div class="date">Ngày đăng: {day}</div><div class="body">{body}</div></div><div class="footer">{links}</div>
    </body></html>"""


def listing(paths: list[str]) -> str:
    """Return a home page that links to the paths."""
    items = "".join(
        f'<li><h3><a href="{path}">Tin {number}: chuyện ở xã</a></h3></li>' for number, path in enumerate(paths)
    )
    return f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Trang thông tin xã</title></head>
    <body><ul class="news">{items}</ul></body></html>"""
