"""Broker addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

_SCHEMES = {
    # scheme: (default port, TLS, websockets); all of them are in common use
    "mqtt": (1883, False, False),
    "tcp": (1883, False, False),
    "mqtts": (8883, True, False),
    "ssl": (8883, True, False),
    "ws": (80, False, True),
    "wss": (443, True, True),
}
# A comma that is no part of a user name or password.
_SEPARATOR = re.compile(r",(?=[^@]*(?:$|,[a-z]+://)|[a-z]+://)")
BrokerAddress = str | Sequence[str]
"""One broker, or several that a client may use: a sequence, or a text with commas."""


class BrokerUrl(NamedTuple):
    """A parsed broker address; `str()` gives it without the password."""

    scheme: str
    host: str
    port: int
    path: str
    username: str | None
    password: str | None

    @classmethod
    def parse(cls, text: str) -> BrokerUrl:
        """Read `text`, such as `mqtt://user:secret@host:1883`; raises `ValueError`.

        A scheme is required: mqtt, mqtts, ws or wss (tcp and ssl mean mqtt and mqtts).
        """
        parts = urlsplit(text)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError(
                f"{text!r} is not a broker address; write for example mqtt://localhost:1883 "
                f"(schemes: {', '.join(_SCHEMES)})"
            )
        websockets = _SCHEMES[parts.scheme][2]
        if parts.path not in ("", "/") and not websockets:
            raise ValueError(f"{text!r} has a path; only ws:// and wss:// addresses may")
        try:
            port = parts.port
        except ValueError as error:
            raise ValueError(f"{text!r} has no usable port: {error}") from None
        return cls(
            parts.scheme,
            parts.hostname,
            port if port is not None else _SCHEMES[parts.scheme][0],
            (parts.path or "/mqtt") if websockets else "",
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )

    @classmethod
    def parse_all(cls, address: BrokerAddress) -> tuple[BrokerUrl, ...]:
        """Read the addresses of brokers of which a client uses one at a time.

        In a text, commas are between them, and one that is no more than a host and a port has
        everything else from the one before: `mqtt://user:secret@one,two:1884`. Raises
        `ValueError` for what is no address, and for brokers that are reached in different ways.
        """
        texts = [address] if isinstance(address, str) else list(address)
        if not texts:
            raise ValueError("no broker address is given; write for example mqtt://localhost:1883")
        brokers: list[BrokerUrl] = []
        for text in texts:
            for number, part in enumerate(_SEPARATOR.split(text)):
                if number == 0 or "://" in part:
                    brokers.append(cls.parse(part))
                    continue
                before = brokers[-1]
                plain = cls.parse(f"{before.scheme}://{part}")
                path = before.path if plain.path == "/mqtt" else plain.path
                brokers.append(
                    plain._replace(path=path, username=before.username, password=before.password)
                )
        first = brokers[0]
        for broker in brokers:
            if (broker.tls, broker.websockets) != (first.tls, first.websockets):
                raise ValueError(
                    f"{first} and {broker} are reached in different ways; the brokers of one list "
                    "must have the same scheme"
                )
        return tuple(dict.fromkeys(brokers))

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return _SCHEMES[self.scheme][1]

    @property
    def websockets(self) -> bool:
        """Whether MQTT runs inside a websocket."""
        return _SCHEMES[self.scheme][2]

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"
