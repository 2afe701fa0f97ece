"""What a handler is told besides the message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Where a message came from and how.

    `channel` is the channel's name in the spec, `topic` the concrete topic, `parameters` the
    values of the address parameters, `headers` the MQTT 5 user properties, `sender` the verified
    sender of a signed message (None: not signed), `timestamp` the time of receipt and `sent` that
    of sending by the sender's clock (None: not told), both in seconds since the epoch,
    `retained` whether the broker had kept the message, `duplicate` whether it may have been
    delivered before, `batch_index` its place in a batch (None: it came alone), and
    `response_topic` and `correlation` what the answer to a request is addressed by.
    """

    channel: str
    topic: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    timestamp: float
    qos: int
    retained: bool
    duplicate: bool
    sender: str | None = None
    sent: float | None = None
    response_topic: str | None = None
    correlation: bytes | None = None
    batch_index: int | None = None
