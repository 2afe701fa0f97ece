"""Whether two addresses are of the same broker, as far as addresses can tell."""

from __future__ import annotations

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

import psutil

THIS_MACHINE = "this machine"


def addresses(url: str) -> tuple[str, ...]:
    """Return what a broker's address comes to: all its IP addresses, each with the port.

    Those of this machine are all the same one, whichever network they are of. `url` is that of a
    client, which says the port.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, port)}
    except OSError:
        found = {host}
    own = {
        address.address.partition("%")[0]
        for network in psutil.net_if_addrs().values()
        for address in network
    }
    return tuple(
        sorted({f"{THIS_MACHINE if _is_local(name, own) else name} port {port}" for name in found})
    )


def _is_local(name: str, own: set[str]) -> bool:
    try:
        found = ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified or name in own
