"""HTTPS servers on loopback with certificates of every kind, made on the spot."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

__all__ = ["Identity", "authority", "identity", "serving_tls"]


@dataclass(frozen=True)
class Identity:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def pem_with_key(self) -> bytes:
        plain, none = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        return self.key.private_bytes(serialization.Encoding.PEM, plain, none) + self.pem()


@cache
def authority() -> Identity:
    """Return the authority that issues the certificates."""
    return _issue("Cơ quan cấp chứng thư thử", _key(2048), None, (), -10, 10, is_authority=True)


def identity(
    *names: str, begins: int = -10, ends: int = 10, bits: int = 2048, issuer: Identity | None = None
) -> Identity:
    """Return an identity for host names or addresses, valid between two days from now; without issuer self-signed."""
    return _issue(f"máy chủ {names}", _key(bits), issuer, names or ("localhost",), begins, ends)


@contextmanager
def serving_tls(
    who: Identity, pages: dict[str, str], setup: Callable[[ssl.SSLContext], None] | None = None
) -> Iterator[str]:
    """Serve pages over TLS; give the URL under the name localhost."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            return

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            return  # handshakes that fail are what is tested

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if setup:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.0 is what some portals have
            setup(context)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "identity.pem"
        path.write_bytes(who.pem_with_key())
        context.load_cert_chain(path)
    with Server(("127.0.0.1", 0), Handler) as http:
        http.socket = context.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"https://localhost:{http.server_port}/"
        finally:
            http.shutdown()
            thread.join()


@cache
def _key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def _issue(
    subject: str,
    key: rsa.RSAPrivateKey,
    issuer: Identity | None,
    names: tuple[str, ...],
    begins: int,
    ends: int,
    *,
    is_authority: bool = False,
) -> Identity:
    own, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]), datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(issuer.certificate.subject if issuer else own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begins))
        .not_valid_after(now + timedelta(days=ends))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
    return Identity(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
