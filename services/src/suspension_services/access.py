"""How a service gets to the broker, and how it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from topicwire import ClientOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The broker's address, and the key file that messages are signed and believed with.

    Without `keys`, channels that require signatures are used unsigned on a broker on loopback,
    and elsewhere only if `allow_unsigned` says so. A broker beyond this machine wants a password,
    which the address can carry, unless `allow_anonymous` says otherwise.
    """

    broker: str
    keys: Path | None = None
    allow_unsigned: bool = False
    allow_anonymous: bool = False

    def options(self) -> ClientOptions:
        """Return the options of a client."""
        options: ClientOptions = {"allow_anonymous": self.allow_anonymous}
        if self.keys is not None:
            options["signing"] = self.keys
        else:
            options["allow_unsigned"] = self.allow_unsigned or is_loopback(self.broker)
        return options


def is_loopback(url: str) -> bool:
    """Return whether only this machine can reach a broker's address."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
