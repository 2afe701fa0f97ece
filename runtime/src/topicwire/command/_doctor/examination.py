"""Whom the doctor looks at: a protocol, an app of it, and the way to the broker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from topicwire._address import AddressTemplate
from topicwire._channel import Channel
from topicwire._connection_settings import ConnectionSettings
from topicwire._options import ClientOptions, connection_settings
from topicwire.command._access import Access
from topicwire.command._catalogue import Catalogue, Entry
from topicwire.errors import SecurityRequired

PLACEHOLDER = "topicwire-doctor"


@dataclass(frozen=True, slots=True)
class Examination:
    """What to look at: for `app`, or for all channels without one.

    `listen` is for how long clocks are listened to, in seconds; `may_publish` whether empty
    messages may be sent to find out what is let through; `timeout` is for each attempt to connect.
    """

    catalogue: Catalogue
    access: Access
    app: str | None
    listen: float
    may_publish: bool
    timeout: float

    def sent(self) -> Iterator[Entry]:
        """Yield the channels that the app sends to."""
        for entry in self.catalogue.entries.values():
            if self.app is None or self.app in entry.senders:
                yield entry

    def received(self) -> Iterator[Entry]:
        """Yield the channels that the app receives."""
        for entry in self.catalogue.entries.values():
            if self.app is None or self.app in entry.receivers:
                yield entry

    def options(self, **more: object) -> ClientOptions:
        """Return options of a client that only looks: keys, and what the document asks, apart."""
        options = self.access.options(
            self.catalogue.protocol,
            allow_anonymous=True,
            allow_unsigned=True,
            connect_timeout=self.timeout,
            **more,
        )
        options.pop("signing", None)
        return options

    def program(self) -> ConnectionSettings:
        """Return what a program connects with that has these settings and a name of its own."""
        options: ClientOptions = {
            "client_id": PLACEHOLDER,
            **self.access.of_program,
            "protocol": self.catalogue.protocol,
            "allow_anonymous": True,
        }
        return connection_settings(self.access.address, options)

    def security(self) -> SecurityRequired | None:
        """Return what the document's servers ask for and these settings lack."""
        try:
            connection_settings(self.access.address, self.access.options(self.catalogue.protocol))
        except SecurityRequired as error:
            return error
        return None


def sample_topic(channel: Channel[Any], template: AddressTemplate | None = None) -> str:
    """Return a topic of a channel; a parameter that may be anything is a word of the doctor's."""
    values = {
        parameter.name: parameter.default or next(iter(parameter.enum), PLACEHOLDER)
        for parameter in channel.parameters
    }
    return (template or channel.template).topic(values)
