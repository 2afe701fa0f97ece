"""From the arguments of the older surface to the settings of a client."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from topicwire._channel import Protocol
from topicwire._keys import KeyRing
from topicwire._options import ClientOptions
from topicwire._outbox import Outbox
from topicwire._reconnect import ReconnectPolicy
from topicwire._signing import Signing
from topicwire._tls import TlsFiles

_KEPT_SESSION = 3_600  # seconds


class Extras(TypedDict, total=False):
    """What the older surface had no arguments for; the meaning is that of `ClientOptions`."""

    signing: Signing | KeyRing | Path | str
    allow_unsigned: bool
    allow_anonymous: bool
    outbox: Outbox | Path | str
    dead_letter: str


class ConnectOptions(TypedDict, total=False):
    """What `connect_with_options` takes; times in seconds.

    `reconnect_delay` are the waits between attempts, its last value for all further ones (one
    number is for all of them), and `max_reconnect_attempts` how many there may be in a row.
    """

    keepalive: int
    clean_session: bool
    reconnect_delay: list[float] | list[int] | float
    max_reconnect_attempts: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerArguments:
    """Where the broker is and what it is shown; raises `ValueError` for what cannot be meant."""

    host: str
    port: int
    client_id: str | None
    username: str | None
    password: str | None
    use_tls: bool
    ca_cert_path: Path | str | None
    cert_file_path: Path | str | None
    key_file_path: Path | str | None
    tls_insecure: bool

    def __post_init__(self) -> None:
        if not 0 < self.port < 65_536:
            raise ValueError(f"port {self.port} is not from 1 to 65535")
        if not self.host or any(character in self.host for character in "/@ "):
            raise ValueError(f"{self.host!r} is not a host; give a name or an address without more")
        if not self.use_tls:
            for name in ("ca_cert_path", "cert_file_path", "key_file_path", "tls_insecure"):
                if getattr(self, name):
                    raise ValueError(f"{name} is given without use_tls=True")
        if self.key_file_path is not None and self.cert_file_path is None:
            raise ValueError("key_file_path is given without cert_file_path")

    @property
    def url(self) -> str:
        """The broker's address."""
        host = f"[{self.host}]" if ":" in self.host and self.host[0] != "[" else self.host
        return f"{'mqtts' if self.use_tls else 'mqtt'}://{host}:{self.port}"

    def options(self, protocol: Protocol, clean_session: bool = True) -> ClientOptions:
        """Return the options of a client."""
        options: ClientOptions = {"protocol": protocol, "clean_start": clean_session}
        if clean_session:
            options["session_expiry"] = 0
        elif not protocol.session_expiry:
            options["session_expiry"] = _KEPT_SESSION
        if self.client_id is not None:
            options["client_id"] = self.client_id
        if self.username is not None:
            options["username"] = self.username
        if self.password is not None:
            options["password"] = self.password
        if self.use_tls:
            options["tls"] = TlsFiles(
                ca=self.ca_cert_path, certificate=self.cert_file_path, key=self.key_file_path
            )
            options["tls_insecure"] = self.tls_insecure
        return options


def with_extras(options: ClientOptions, extras: Extras) -> ClientOptions:
    """Return the options with what was given besides."""
    merged: ClientOptions = {**options, **extras}
    return merged


def reconnect_policy(options: ConnectOptions) -> ReconnectPolicy:
    """Return how to reconnect; raises `ValueError` naming what is wrong."""
    delays = options.get("reconnect_delay", [])
    if isinstance(delays, int | float):
        delays = [delays]
    return ReconnectPolicy(
        delays=tuple(map(float, delays)), attempts=options.get("max_reconnect_attempts")
    )


def check_known(options: ConnectOptions) -> None:
    """Raise `ValueError` for an option that there is not."""
    unknown = set(options) - set(ConnectOptions.__annotations__)
    if unknown:
        known = ", ".join(ConnectOptions.__annotations__)
        raise ValueError(f"there is no option {', '.join(sorted(unknown))}; there are {known}")
