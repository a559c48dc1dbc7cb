"""Secure connections: certificates are checked, and old servers are met half-way, host by host.

A host whose handshake fails is tried again with ciphers and keys that OpenSSL thinks too weak by default (its security
level 1, then 0, which allows TLS 1.0). A host whose certificate is not to be trusted is refused, or, where its portal
allows it, accepted: then what is wrong with the certificate is known to whoever stores the answer.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, ServiceID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

__all__ = ["TlsHost", "TlsPolicy"]

STRICT = 2  # OpenSSL's default level: 112 bits of security, TLS 1.2 and later
_LEGACY_RENEGOTIATION = 0x4  # OP_LEGACY_SERVER_CONNECT
_NO_EOF_ALARM = 0x80  # OP_IGNORE_UNEXPECTED_EOF: whether a body is whole is judged by HTTP
_TOO_WEAK = {66: "its key is too short", 67: "its issuer's key is too short", 68: "it is signed with a weak digest"}
_PROBLEMS = {
    9: "it is not yet valid",
    10: "it has expired",
    18: "it is self-signed",
    19: "its issuer is not known",
    20: "its issuer is missing or not known",
    21: "its chain is incomplete",
    23: "it was revoked",
    **_TOO_WEAK,
}


@dataclass(slots=True)
class TlsHost:
    """What is known of a host's TLS: the level it needs, and what is wrong with its certificate ("" if nothing)."""

    level: int = STRICT
    accepts_broken: bool = False
    problem: str = ""
    has_connected: bool = False
    is_weak: bool = False  # the last problem was the strength of a key or digest

    def lower(self) -> bool:
        """Ask for less security after a failed handshake; return whether trying again can be of use."""
        if self.has_connected or not self.level or (self.problem and not self.is_weak):
            return False
        self.level -= 1
        return True


@implementer(IPolicyForHTTPS)
class TlsPolicy:
    """Twisted's view of it: makes the connection to each host as its `TlsHost` says."""

    def __init__(self) -> None:
        self._hosts: dict[tuple[str, int], TlsHost] = {}
        self._contexts: dict[int, SSL.Context] = {}

    def host(self, name: str, port: int) -> TlsHost:
        """Return what is known of a host."""
        return self._hosts.setdefault((name, port), TlsHost())

    def creatorForNetloc(self, hostname: bytes, port: int) -> _Connections:  # noqa: N802 Twisted's name
        """Return what makes connections to a host."""
        name = hostname.decode("ascii")
        host = self.host(name, port)
        if host.level not in self._contexts:
            self._contexts[host.level] = _context(host.level)
        return _Connections(self._contexts[host.level], name, host)


@implementer(IOpenSSLClientConnectionCreator)
class _Connections:
    def __init__(self, context: SSL.Context, name: str, host: TlsHost) -> None:
        self._context, self._name, self._host = context, name, host

    def clientConnectionForTLS(self, protocol: TLSMemoryBIOProtocol) -> SSL.Connection:  # noqa: N802 Twisted's name
        """Return a connection that checks the certificate in its handshake."""
        connection = SSL.Connection(self._context, None)
        identity = _identity(self._name)
        if isinstance(identity, DNS_ID):
            connection.set_tlsext_host_name(self._name.encode("ascii"))
        self._host.problem, self._host.is_weak = "", False
        connection.set_verify(SSL.VERIFY_PEER, _check(self._host, identity))
        return connection


def _check(host: TlsHost, identity: ServiceID) -> Callable[[SSL.Connection, X509, int, int, int], bool]:
    """Return OpenSSL's callback for each certificate of a chain; it accepts what the host is allowed to show."""

    def check(connection: SSL.Connection, certificate: X509, error: int, depth: int, is_valid: int) -> bool:
        try:
            if not is_valid:
                host.problem = host.problem or _PROBLEMS.get(error, f"OpenSSL's error {error}")
                host.is_weak = host.is_weak or error in _TOO_WEAK
            if depth == 0 and not _is_for(certificate, identity):
                host.problem = host.problem or "it is for another name"
        except Exception:  # an exception in a callback of OpenSSL is printed and lost
            logging.getLogger(__name__).exception("a certificate could not be checked")
            host.problem = "it could not be checked"
        return host.accepts_broken or not host.problem

    return check


def _is_for(certificate: X509, identity: ServiceID) -> bool:
    try:
        verify_service_identity(extract_patterns(certificate), [identity], [])
    except (VerificationError, CertificateError):
        return False
    return True


def _identity(name: str) -> ServiceID:
    try:
        ip_address(name)
    except ValueError:
        return DNS_ID(name)
    return IPAddress_ID(name)


def _context(level: int) -> SSL.Context:
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_ALL | _LEGACY_RENEGOTIATION | _NO_EOF_ALARM)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    context.set_min_proto_version(SSL.TLS1_VERSION if level == 0 else SSL.TLS1_2_VERSION)
    context.set_cipher_list(f"DEFAULT:@SECLEVEL={level}".encode())
    context.set_default_verify_paths()
    return context
