"""What a handler is told besides the message.

There is one for each message, so this source is also compiled, as `_context_c`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

H = TypeVar("H")
_NAMES = (
    "channel", "topic", "parameters", "headers", "timestamp", "qos", "retained", "duplicate",
    "sender", "sent", "response_topic", "correlation", "batch_index", "typed_headers",
)  # fmt: skip


class Context:  # noqa: PLW1641 - the mappings in it have no hash either
    """Where a message came from and how. Not to be changed.

    `channel` is the channel's name in the spec, `topic` the concrete topic (for a batch that of
    the channel, without `/batch`), `parameters` the values of the address parameters, `headers`
    the MQTT 5 user properties, `sender` the verified sender of a signed message (None: not
    signed), `timestamp` the time of receipt and `sent` that of sending by the sender's clock
    (None: not told), both in seconds since the epoch, `retained` whether the broker had kept the
    message, `duplicate` whether it may have been delivered before, `batch_index` its place in a
    batch (None: it came alone, or this is of the batch as a whole), and `response_topic` and
    `correlation` what the answer to a request is addressed by. `typed_headers` are the headers
    that the spec gives the message, see `headers_as`.
    """

    __slots__ = _NAMES

    def __init__(
        self,
        *,
        channel: str,
        topic: str,
        parameters: Mapping[str, str],
        headers: Mapping[str, str],
        timestamp: float,
        qos: int,
        retained: bool,
        duplicate: bool,
        sender: str | None = None,
        sent: float | None = None,
        response_topic: str | None = None,
        correlation: bytes | None = None,
        batch_index: int | None = None,
        typed_headers: object = None,
    ) -> None:
        self.channel = channel
        self.topic = topic
        self.parameters = parameters
        self.headers = headers
        self.timestamp = timestamp
        self.qos = qos
        self.retained = retained
        self.duplicate = duplicate
        self.sender = sender
        self.sent = sent
        self.response_topic = response_topic
        self.correlation = correlation
        self.batch_index = batch_index
        self.typed_headers = typed_headers

    def headers_as(self, model: type[H]) -> H:
        """Return the headers that the spec gives the message, as an instance of their class.

        Raises `TypeError` if the message has none of this class.
        """
        if not isinstance(self.typed_headers, model):
            raise TypeError(
                f"this message of channel {self.channel!r} has no headers of class "
                f"{model.__name__}, but {type(self.typed_headers).__name__}"
            )
        return self.typed_headers

    def with_headers(self, typed: object) -> Context:
        """Return the same context with the headers that the spec gives the message."""
        new: Context = self.at(0)
        new.batch_index = self.batch_index
        new.typed_headers = typed
        return new

    def at(self, index: int) -> Context:
        """Return the context of the message that is at `index` of this batch."""
        new: Context = Context.__new__(Context)
        new.channel = self.channel
        new.topic = self.topic
        new.parameters = self.parameters
        new.headers = self.headers
        new.timestamp = self.timestamp
        new.qos = self.qos
        new.retained = self.retained
        new.duplicate = self.duplicate
        new.sender = self.sender
        new.sent = self.sent
        new.response_topic = self.response_topic
        new.correlation = self.correlation
        new.batch_index = index
        new.typed_headers = self.typed_headers
        return new

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Context):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _NAMES)

    def __repr__(self) -> str:
        return f"Context({', '.join(f'{name}={getattr(self, name)!r}' for name in _NAMES)})"
