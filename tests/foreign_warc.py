"""WARC files as other tools write them, put together byte by byte: nothing of luutru's own writer is used."""

from __future__ import annotations

import base64
import gzip
import hashlib
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FORMS = ("plain.warc", "each.warc.gz", "whole.warc.gz", "each.warc.zst", "dictionary.warc.zst", "inside.wacz")


def sha1(data: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(data).digest()).decode()


def record(kind: str, uri: str | None, block: bytes, *, at: str = "2019-03-05T08:00:00Z", **named: str) -> bytes:
    """Return a record; `named` are further fields, their names with _ for -; an empty value leaves a field out."""
    fields = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{hashlib.md5(repr((kind, uri, at, block)).encode()).hexdigest()}>",
        "WARC-Target-URI": uri or "",
        "WARC-Date": at,
        "WARC-Block-Digest": sha1(block),
        "Content-Type": f"application/http; msgtype={'request' if kind == 'request' else 'response'}",
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in named.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"WARC/1.0\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def http(body: bytes, *headers: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    lines = headers or ("Content-Type: text/html; charset=utf-8",)
    return "\r\n".join((status, *lines, "", "")).encode() + body


def page(uri: str, body: str, **named: str) -> bytes:
    """Return the response record of an HTML page."""
    return record("response", uri, http(body.encode()), **named)


def request(uri: str, method: str = "GET", at: str = "2019-03-05T08:00:00Z") -> bytes:
    path = "/" + uri.split("/", 3)[3]
    return record("request", uri, f"{method} {path} HTTP/1.1\r\nHost: {uri.split('/')[2]}\r\n\r\n".encode(), at=at)


def chunked(body: bytes, size: int = 700) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;a=b\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\nX: y\r\n\r\n"


def write(folder: Path, form: str, records: Sequence[bytes]) -> Path:
    """Write the records in one of the FORMS; return the file."""
    path = folder / form
    if form == "inside.wacz":
        with zipfile.ZipFile(path, "w") as wacz:
            half = len(records) // 2
            for number, part in enumerate((records[:half], records[half:])):
                wacz.writestr(f"archive/data-{number}.warc.gz", b"".join(map(gzip.compress, part)))
            wacz.writestr("datapackage.json", "{}")
            wacz.writestr("indexes/index.cdx.gz", gzip.compress(b""))
    elif form == "plain.warc":
        path.write_bytes(b"".join(records))
    elif form == "whole.warc.gz":
        path.write_bytes(gzip.compress(b"".join(records)))
    elif form == "each.warc.gz":
        path.write_bytes(b"".join(map(gzip.compress, records)))
    elif form == "each.warc.zst":
        path.write_bytes(b"".join(map(zstd.compress, records)))
    else:
        trained = zstd.train_dict([piece for one in records for piece in (one, one[:500], one[-500:])] * 8, 2000)
        packed = zstd.compress(trained.dict_content)
        frames = b"".join(zstd.compress(one, zstd_dict=trained) for one in records)
        path.write_bytes(b"\x5d\x2a\x4d\x18" + len(packed).to_bytes(4, "little") + packed + frames)
    return path
