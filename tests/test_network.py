"""What networks and servers do to a crawl: certificates, encodings, sizes, breaks, private addresses, cookies."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import article, listing, serving
from scrapy import Request
from scrapy.http import Response
from test_crawl import LUUTRU, articles, luutru
from tls_server import authority, identity, serving_tls

from archive.content import Payload, decode, most_bytes
from crawler.catalogue import Portal
from crawler.fetching.addresses import Addresses, is_public
from crawler.fetching.errors import NotPublic
from crawler.fetching.politeness import Host
from crawler.middlewares import HostCookies
from crawler.options import Options
from crawler.run import scrapy_settings
from crawler.start import open_crawl


def _first(database: Path, query: str) -> tuple[int, str] | None:
    """Return the first row while another process writes, None where there is not even the table yet."""
    if not database.exists():
        return None
    with closing(sqlite3.connect(database)) as db, suppress(sqlite3.OperationalError):
        return db.execute(query).fetchone()
    return None


def captured(archive: Path) -> list[sqlite3.Row]:
    with sqlite3.connect(archive / "archive.db") as db:
        db.row_factory = sqlite3.Row
        return db.execute("SELECT * FROM captures ORDER BY id").fetchall()


# --- certificates -----------------------------------------------------------------------------------------------------


def crawl_tls(urls: list[str], folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Crawl with the test's authority as the only one that is trusted."""
    (folder / "ca.pem").write_bytes(authority().pem())
    command = [LUUTRU, "crawl", *urls, "--archive", str(folder / "a"), *options]
    env = {**os.environ, "SSL_CERT_FILE": str(folder / "ca.pem")}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=env)


def weak(context: ssl.SSLContext) -> None:
    context.set_ciphers("DEFAULT:@SECLEVEL=0")


def old(context: ssl.SSLContext) -> None:
    weak(context)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1


TLS_PAGES = {"/": listing(["/tin/bai-1.html"]), "/tin/bai-1.html": article("Thôn An Toàn")}


def test_certificates_that_are_not_to_be_trusted_are_refused_with_the_reason(tmp_path: Path) -> None:
    broken = {
        "it is self-signed": identity(),
        "it has expired": identity(ends=-1, issuer=authority()),
        "it is not yet valid": identity(begins=2, issuer=authority()),
        "it is for another name": identity("khac.gov.vn", issuer=authority()),
        "its issuer is missing or not known": identity(issuer=identity("ai-do")),
    }
    with ExitStack() as stack:
        urls = {problem: stack.enter_context(serving_tls(who, TLS_PAGES)) for problem, who in broken.items()}
        # Weak besides: asked for less security, the host still has to show that it is the one.
        weak_one = identity("khac.gov.vn", bits=1024, issuer=authority())
        weak_url = stack.enter_context(serving_tls(weak_one, TLS_PAGES, weak))
        done = crawl_tls([*urls.values(), weak_url], tmp_path)
    assert done.returncode == 1
    for problem, url in urls.items():
        assert f"{url}: its certificate is not trusted: {problem};" in done.stderr
    assert f"{weak_url}: its certificate is not trusted: " in done.stderr
    assert not captured(tmp_path / "a")


def test_a_portal_may_be_allowed_its_broken_certificate_and_captures_say_so(tmp_path: Path) -> None:
    with serving_tls(identity(ends=-1, issuer=authority()), TLS_PAGES) as url:
        allowed = crawl_tls([url], tmp_path, "--allow-broken-certificate")
        assert allowed.returncode == 0, allowed.stderr
        assert len(articles(tmp_path / "a")) == 1
        assert {row["certificate"] for row in captured(tmp_path / "a")} == {"it has expired"}
        for options, code in ((), 0), (("--check-certificate",), 1):  # the archive remembers what was allowed
            with sqlite3.connect(tmp_path / "a" / "archive.db") as db:
                db.execute("UPDATE frontier SET due_at = 0")
            assert crawl_tls([url], tmp_path, *options).returncode == code
    records = gzip.decompress(next((tmp_path / "a" / "warc").iterdir()).read_bytes()).decode()
    assert 'WARC-JSON-Metadata: {"certificate": "not trusted: it has expired"}' in records


def test_old_servers_are_met_half_way(tmp_path: Path) -> None:
    good, short = identity(issuer=authority()), identity(bits=1024, issuer=authority())
    kinds = [serving_tls(good, TLS_PAGES), serving_tls(short, TLS_PAGES, weak), serving_tls(good, TLS_PAGES, old)]
    with ExitStack() as stack:
        done = crawl_tls([stack.enter_context(kind) for kind in kinds], tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(articles(tmp_path / "a")) == 3
    assert {row["certificate"] for row in captured(tmp_path / "a")} == {None}


# --- encodings and sizes ----------------------------------------------------------------------------------------------


def test_pages_of_every_encoding_are_read_and_broken_ones_asked_again(tmp_path: Path) -> None:
    plain = {f"/tin/bai-{n}.html": article(f"Thôn số {n}").encode() for n in range(8)}
    paths = list(plain)
    whole = {
        path: (200, {"Content-Type": "text/html", "Content-Encoding": "gzip"}, gzip.compress(plain[path]))
        for path in paths
    }
    answers: dict[str, object] = {"/": listing([*paths, "/la.html", "/bom.html"]), **whole}

    def encoded(number: int, name: str, body: bytes) -> None:
        answers[paths[number]] = (200, {"Content-Type": "text/html", "Content-Encoding": name}, body)

    encoded(0, "deflate", zlib.compress(plain[paths[0]]))
    encoded(1, "deflate", zlib.compress(plain[paths[1]])[2:-4])
    encoded(2, "br", brotli.compress(plain[paths[2]]))
    encoded(3, "gzip", plain[paths[3]])
    answers[paths[4]] = (200, {"Content-Type": "text/html"}, gzip.compress(plain[paths[4]]))
    cut = gzip.compress(plain[paths[5]])[:-40]
    head = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    answers[paths[5]] = lambda hits: whole[paths[5]] if hits else (200, head, cut)
    answers[paths[6]] = lambda hits: (
        whole[paths[6]] if hits else (200, {"Content-Length": "99999", "Connection": "close"}, b"<p>")
    )
    answers["/la.html"] = (200, {"Content-Type": "text/html", "Content-Encoding": "sdch"}, b"\x00\x01")
    answers["/bom.html"] = (200, head, gzip.compress(bytes(200_000_000)))
    with serving(answers) as server:  # type: ignore[arg-type]
        done = luutru("crawl", server.url, "--archive", str(tmp_path / "a"), check=3)
    assert len(articles(tmp_path / "a")) == 8
    assert "'sdch' is not known" in done.stderr
    assert "unpacks to more than" in done.stderr
    assert server.paths.count(paths[5]) == server.paths.count(paths[6]) == 2
    luutru("verify", "--archive", str(tmp_path / "a"))


@given(st.binary(max_size=3000), st.integers(0, 4000), st.sampled_from(["gzip", "deflate", "br", "zstd", "br, gzip"]))
def test_decoding_never_fails_nor_exceeds_its_bound(body: bytes, most: int, encoding: str) -> None:
    payload = decode(body, encoding, most)
    assert payload.body == body or len(payload.body) <= most


@given(st.binary(max_size=5000), st.integers(1, 60))
def test_what_was_packed_is_unpacked_and_a_cut_is_seen(body: bytes, cut: int) -> None:
    assert decode(gzip.compress(body), "GZIP", 10_000) == Payload(body)
    assert decode(brotli.compress(body), "br", 10_000) == Payload(body)
    packed = gzip.compress(body)
    broken = decode(packed[: max(len(packed) - cut, 3)], "gzip", 10_000)
    assert not broken.is_whole
    assert body.startswith(broken.body)


@contextmanager
def raw_server(*answers: Callable[[socket.socket, bytes], None]) -> Iterator[str]:
    """Serve by hand: each function answers the paths that it likes to."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                request = connection.recv(65536)
                for answer in answers:
                    answer(connection, request.split(b" ")[1])
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.close()


def test_bodies_without_a_length_are_bounded_while_they_come(tmp_path: Path) -> None:
    sent = {"/dai.html": 0, "/dai.pdf": 0}

    def answer(connection: socket.socket, path: bytes) -> None:
        name = path.decode()
        kind = "application/pdf" if name.endswith(".pdf") else "text/html"
        connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nConnection: close\r\n\r\n".encode())
        if name not in sent:
            connection.sendall(listing(["/dai.html", "/dai.pdf"]).encode() if name == "/" else b"")
            return
        while sent[name] < 200_000_000:
            sent[name] += connection.send(b"<p>x</p>" * 8192)

    with raw_server(answer) as url:
        done = luutru("crawl", url, "--archive", str(tmp_path / "a"), check=3)
    assert "larger than 10 MB" in done.stderr
    assert "larger than 50 MB" in done.stderr
    assert sent["/dai.html"] < 40_000_000
    assert sent["/dai.pdf"] < 90_000_000


@pytest.mark.parametrize("kind", [None, "text/html", "TEXT/HTML; charset=utf-8", "application/xhtml+xml"])
def test_a_page_has_less_room_than_a_file(kind: str | None) -> None:
    assert most_bytes(kind) * 5 == most_bytes("application/pdf") == most_bytes("application/xml")


# --- addresses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        *((address, False) for address in ("10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254")),
        *((address, False) for address in ("0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1")),
        *((address, False) for address in ("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1")),
        *((address, False) for address in ("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::")),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),
    ],
)
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_public_portal_cannot_lead_into_a_private_network(tmp_path: Path) -> None:
    names = {"congkhai.vn": ["8.8.8.8"], "lanlon.vn": ["8.8.4.4", "::ffff:10.0.0.1"], "noibo.vn": ["10.0.0.7"]}
    portals = [
        Portal(name, name, f"http://{name}/", ("*.vn",), None, None, "added") for name in ("congkhai.vn", "noibo.vn")
    ]

    async def ask(url: str, portal: str) -> str:
        turns = crawl.turns
        try:
            await turns.take(Request(url, meta={"portal": portal}), Host(url, 0.0))
        except NotPublic as error:
            return str(error)
        return "taken"

    crawl = open_crawl(scrapy_settings(), portals, archive=tmp_path / "a", options=Options(workers=1))
    try:
        crawl.turns.addresses = Addresses(lambda name: names.get(name, []))
        assert asyncio.run(ask("http://congkhai.vn/", "congkhai.vn")) == "taken"
        assert "10.0.0.7" in asyncio.run(ask("http://noibo.vn/", "congkhai.vn"))
        assert "::ffff:10.0.0.1" in asyncio.run(ask("https://lanlon.vn/", "congkhai.vn")), "one of them is enough"
        for literal in ("http://127.0.0.1:8/", "http://[::1]/", "http://169.254.169.254/latest/"):
            assert "private network" in asyncio.run(ask(literal, "congkhai.vn"))
        assert asyncio.run(ask("http://192.168.0.9/", "noibo.vn")) == "taken", "the portal itself is inside"
    finally:
        crawl.close()


def test_connections_go_to_the_addresses_that_were_judged_and_to_no_others() -> None:
    asked: list[str] = []

    def resolve(name: str) -> list[str]:
        asked.append(name)
        return ["::1", "8.8.8.8"] if len(asked) == 1 else ["127.0.0.1"]  # a name server that changes its mind

    class Receiver:
        def __init__(self) -> None:
            self.found: list[str] = []

        def resolutionBegan(self, resolution: object) -> None: ...  # noqa: N802

        def addressResolved(self, address: object) -> None:  # noqa: N802
            self.found.append(address.host)  # type: ignore[attr-defined]

        def resolutionComplete(self) -> None: ...  # noqa: N802

    addresses, unknown, known = Addresses(resolve), Receiver(), Receiver()
    addresses.resolveHostName(unknown, "vidu.vn", portNumber=80)
    assert unknown.found == []

    async def twice() -> None:
        assert await addresses.of("vidu.vn") == await addresses.of("vidu.vn") == ("8.8.8.8", "::1")

    asyncio.run(twice())
    addresses.resolveHostName(known, "vidu.vn", portNumber=80)
    assert (known.found, asked) == (["8.8.8.8", "::1"], ["vidu.vn"])


# --- cookies ----------------------------------------------------------------------------------------------------------


def test_a_portal_that_needs_its_session_gets_its_cookie_back(tmp_path: Path) -> None:
    def answer(connection: socket.socket, path: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nSet-Cookie: ASP.NET_SessionId=abc; path=/\r\n")
        body = listing(["/a-1.html"]) if path == b"/" else article("Thôn Phiên")
        connection.sendall(b"Content-Type: text/html\r\n\r\n" + body.encode())

    with raw_server(answer) as url:
        luutru("crawl", url, "--archive", str(tmp_path / "a"))
    records = gzip.decompress(next((tmp_path / "a" / "warc").iterdir()).read_bytes())
    requests = [part for part in records.split(b"WARC/1.1") if b"GET /" in part]
    assert b"Cookie:" not in requests[0], "the first one has none"
    assert all(b"Cookie: ASP.NET_SessionId=abc" in part for part in requests[1:])


def test_cookies_stay_with_their_host_and_end() -> None:
    jar = HostCookies()

    def answer(host: str, *cookies: str, url: str = "https://a.vn/") -> None:
        request = Request(url, meta={"host": host})
        jar.process_response(request, Response(url, headers={"Set-Cookie": list(cookies)}))

    def sent(host: str, url: str = "https://a.vn/") -> str:
        request = Request(url, meta={"host": host})
        jar.process_request(request)
        return (request.headers.get("Cookie") or b"").decode()

    answer("a.vn", "x=1; Path=/; HttpOnly", "y=2; Secure", "broken", "=3")
    assert sent("a.vn") == "x=1; y=2"
    assert sent("a.vn", "http://a.vn/") == "x=1"
    assert sent("b.vn") == ""
    answer("a.vn", "x=9; Max-Age=0", "y=; expires=Thu, 01-Jan-1970 00:00:00 GMT")
    assert sent("a.vn") == ""
    answer("a.vn", *(f"n{n}=1" for n in range(500)), "dai=" + "x" * 5000)
    assert len(sent("a.vn")) < 500


# --- time -------------------------------------------------------------------------------------------------------------


def test_a_name_that_is_not_answered_for_does_not_hold_the_crawl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.fetching.addresses.DNS_S", 0.2)

    async def ask() -> None:
        with pytest.raises(Exception, match=r"cham\.vn"):
            await Addresses(lambda name: time.sleep(2) or []).of("cham.vn")

    began = time.monotonic()
    asyncio.run(ask())
    assert time.monotonic() - began < 1.9


def test_answers_that_drip_end(tmp_path: Path) -> None:
    def answer(connection: socket.socket, path: bytes) -> None:
        if path == b"/nho-giot.html":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n")
            for _ in range(600):
                connection.sendall(b" ")
                time.sleep(0.1)
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n")
            connection.sendall(
                listing(["/nho-giot.html", "/tot-1.html"]).encode() if path == b"/" else article("Thôn Tốt").encode()
            )

    query = "SELECT failures, reason FROM frontier WHERE url LIKE '%nho-giot%'"
    with raw_server(answer) as url:
        command = ["scrapy", "crawl", "portal", "-a", f"url={url}", "-a", f"archive={tmp_path / 'a'}"]
        scrapy = [sys.executable, "-m", *command, "-s", "DOWNLOAD_TIMEOUT=5"]
        process = subprocess.Popen(scrapy, cwd=Path(__file__).parent.parent, stderr=subprocess.DEVNULL)
        try:
            while not (found := _first(tmp_path / "a" / "archive.db", query)) or not found[0]:
                assert process.poll() is None
                time.sleep(0.2)
            assert found[1] == "no answer in time"
        finally:
            process.kill()
            process.wait()


def test_help_that_cannot_be_written_is_one_line() -> None:
    for arguments in (["--help"], ["crawl", "--help"], ["--version"]):
        with Path("/dev/full").open("wb") as full:
            done = subprocess.run([LUUTRU, *arguments], stdout=full, stderr=subprocess.PIPE, text=True)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "cannot be written" in done.stderr
