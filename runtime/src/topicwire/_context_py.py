"""What a handler is told besides the message.

There is one for each message, so this source is also compiled, as `_context_c`.
"""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = (
    "channel", "topic", "parameters", "headers", "timestamp", "qos", "retained", "duplicate",
    "sender", "sent", "response_topic", "correlation", "batch_index",
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
    `correlation` what the answer to a request is addressed by.
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
        return new

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Context):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in _NAMES)

    def __repr__(self) -> str:
        return f"Context({', '.join(f'{name}={getattr(self, name)!r}' for name in _NAMES)})"
