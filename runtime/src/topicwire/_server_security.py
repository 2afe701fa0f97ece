"""Whether a client has what the spec's servers ask of those who connect.

AsyncAPI 3 lists with each server the security schemes of which one has to be satisfied:
https://www.asyncapi.com/docs/reference/specification/v3.1.0#serverObject
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable
from ipaddress import ip_address
from typing import NamedTuple

from topicwire._server import SCHEMES, SecurityScheme, Server
from topicwire._tls import TlsFiles
from topicwire._url import BrokerUrl
from topicwire.errors import SecurityRequired

_DEFAULT_PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
_VARIABLE = re.compile(r"\{[^{}]*\}")
# The host, then a port of digits and variables; the colons of an IPv6 address are in brackets.
_HOST = re.compile(r"(?P<host>\[.*\]|(?:\{[^{}]*\}|[^:{}])*)(?::(?P<port>.*))?", re.DOTALL)


class Credentials(NamedTuple):
    """What a client shows of itself."""

    username: str | None
    password: str | None
    tls: ssl.SSLContext | TlsFiles | None


class _Need(NamedTuple):
    """What a scheme wants, in words, and the options that give it."""

    what: str
    options: str


_PASSWORD = _Need("a user name and a password", "username= and password=")
_CERTIFICATE = _Need("a client certificate", "tls=TlsFiles(certificate=..., key=...)")
_TOKEN = _Need("a token as password", "password=")


def check_security(servers: Iterable[Server], broker: BrokerUrl, given: Credentials) -> None:
    """Raise `SecurityRequired` unless `given` satisfies a server of the spec at this address.

    A broker on loopback is the program's own, so nothing is asked of it.
    """
    servers = tuple(servers)
    if not servers or is_loopback(broker.host):
        return
    candidates = _candidates(servers, broker)
    if not candidates:
        transports = dict.fromkeys(SCHEMES.get(s.protocol, s.protocol) for s in servers)
        listed = ", ".join(f"{name}://" for name in transports)
        raise SecurityRequired(
            str(broker),
            tuple(server.name for server in servers),
            f"the spec has no server for {broker.scheme}://, only for {listed}; use an address of "
            "that kind, or pass allow_anonymous=True to connect all the same",
        )
    if any(_satisfies(server, broker, given) for server in candidates):
        return
    wanted = "; ".join(
        f"server {server.name!r} ({server.protocol}://{server.host}) asks for "
        + " or ".join(dict.fromkeys(_need(scheme).what for scheme in server.security))
        for server in candidates
    )
    options = dict.fromkeys(
        _need(scheme).options for server in candidates for scheme in server.security
        # No certificate can be shown on a connection that is not encrypted.
        if scheme.type != "X509" or broker.tls
    )  # fmt: skip
    remedies = [*options, "allow_anonymous=True if the broker lets clients in without"]
    raise SecurityRequired(
        str(broker),
        tuple(server.name for server in candidates),
        f"in the spec, {wanted}; pass {', or '.join(remedies)}",
    )


def _candidates(servers: Iterable[Server], broker: BrokerUrl) -> list[Server]:
    """Return the servers that the address can be, those that say most about it if any do."""
    transport = SCHEMES[broker.scheme]
    found = [server for server in servers if SCHEMES.get(server.protocol) == transport]
    ranks = [_rank(server.host, broker, _DEFAULT_PORTS[transport]) for server in found]
    highest = max(ranks, default=0)
    # A pattern that is nothing but a variable says nothing, so all of them stay possible then.
    return [
        server for server, rank in zip(found, ranks, strict=True) if not highest or rank == highest
    ]


def _rank(pattern: str, broker: BrokerUrl, default_port: int) -> int:
    """Return how much a matching pattern says: 2 names the host, 1 the port only, 0 nothing.

    0 is also what a pattern gets that does not match.
    """
    parts = _HOST.fullmatch(pattern)
    if parts is None:
        return 0
    host, port = parts["host"].strip("[]"), parts["port"]
    if not _matches(host.lower(), broker.host.lower()):
        return 0
    if not _matches(port if port is not None else str(default_port), str(broker.port)):
        return 0
    if _VARIABLE.sub("", host):
        return 2
    return 1 if port is not None and _VARIABLE.sub("", port) else 0


def _matches(pattern: str, text: str) -> bool:
    literals = map(re.escape, _VARIABLE.split(pattern))
    return re.fullmatch(".+".join(literals), text, re.DOTALL) is not None


def _satisfies(server: Server, broker: BrokerUrl, given: Credentials) -> bool:
    return not server.security or any(_gives(scheme, broker, given) for scheme in server.security)


def _gives(scheme: SecurityScheme, broker: BrokerUrl, given: Credentials) -> bool:
    if scheme.type in ("userPassword", "plain"):
        return bool(given.username and given.password)
    if scheme.type == "X509":
        # Nobody can look into a context, so it counts as having one.
        own = isinstance(given.tls, ssl.SSLContext)
        files = isinstance(given.tls, TlsFiles) and given.tls.certificate is not None
        return broker.tls and (own or files)
    if scheme.type == "apiKey" and scheme.location == "user":
        return bool(given.username)
    return bool(given.password)


def _need(scheme: SecurityScheme) -> _Need:
    if scheme.type in ("userPassword", "plain"):
        return _PASSWORD
    if scheme.type == "X509":
        return _CERTIFICATE
    if scheme.type == "apiKey":
        argument = "username=" if scheme.location == "user" else "password="
        where = "user name" if scheme.location == "user" else "password"
        return _Need(f"a key as {where}", argument)
    return _TOKEN


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach a host."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
