"""What both clients tell of themselves, and what their publishers call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from topicwire._core import ClientCore
from topicwire._delivery import Delivery
from topicwire._stats import Stats

M_contra = TypeVar("M_contra", contravariant=True)


class Publish(Protocol[M_contra]):
    """What publishers call: validates a message and queues it, or adds it to a batch."""

    def __call__(self, message: M_contra, parameters: Mapping[str, str] = ..., /) -> Delivery: ...


class ClientBase:
    """What both clients tell of themselves, and can be told."""

    _core: ClientCore

    @property
    def url(self) -> str:
        """The address of the broker in use or tried now, without the password."""
        return self._core.session.url

    @property
    def client_id(self) -> str:
        """The name of this client at the broker."""
        return self._core.client_id

    @property
    def is_connected(self) -> bool:
        """Whether the broker has accepted the connection and all subscriptions."""
        return self._core.session.is_connected

    @property
    def mqtt_version(self) -> str:
        """The MQTT version in use, "5" or "3.1.1"."""
        return self._core.session.version_name

    def flush(self) -> None:
        """Send what is being collected for batches now, without waiting for more."""
        self._core.batches.flush()

    def stats(self) -> Stats:
        """Return counts of what this client has done."""
        return self._core.stats()
