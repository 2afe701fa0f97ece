"""How a service gets to the broker, and how it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from topicwire import ClientOptions, ReconnectPolicy
from topicwire.brokers import is_local
from topicwire.settings import ClientSettings

# A bench has a handful of clients, and a test that waits for them: they come back within seconds.
_RECONNECT = ReconnectPolicy(base=0.2, cap=3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The broker's address, and the key file that messages are signed and believed with.

    Without `keys`, channels that require signatures are used unsigned on a broker on loopback,
    and elsewhere only if `allow_unsigned` says so. A broker beyond this machine wants a password,
    which the address can carry, unless `allow_anonymous` says otherwise. `more` are options of
    the client, such as a password and the files of TLS.
    """

    broker: str
    keys: Path | None = None
    allow_unsigned: bool = False
    allow_anonymous: bool = False
    more: ClientOptions | None = None

    @classmethod
    def from_environment(
        cls,
        broker: str | None,
        *,
        keys: Path | None,
        allow_unsigned: bool,
        allow_anonymous: bool,
    ) -> Self:
        """Take what is not given from the variables TOPICWIRE_*, see `ClientSettings`.

        Raises pydantic's `ValidationError` for values there that cannot be meant.
        """
        settings = ClientSettings()
        return cls(
            broker=broker or settings.url,
            keys=keys,
            allow_unsigned=allow_unsigned,
            allow_anonymous=allow_anonymous,
            more=settings.options(),
        )

    def options(self) -> ClientOptions:
        """Return the options of a client; raises `ValueError` for what is no address."""
        options: ClientOptions = {"reconnect": _RECONNECT, **(self.more or {})}
        if self.allow_anonymous:
            options["allow_anonymous"] = True
        if self.keys is not None:
            options["signing"] = self.keys
        elif "signing" not in options:
            options["allow_unsigned"] = self.allow_unsigned or is_local(self.broker)
        return options

    @property
    def is_signed(self) -> bool:
        """Whether there are keys, so that who commands can be asked for a signature."""
        return "signing" in self.options()
