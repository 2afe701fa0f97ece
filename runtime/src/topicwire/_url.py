"""Broker addresses."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class BrokerUrl:
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
