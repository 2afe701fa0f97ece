"""What the spec says of a channel, as immutable data that generated packages are made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Generic, Literal, TypeVar

from topicwire._address import AddressTemplate
from topicwire._codec import Codec
from topicwire._envelope import Headers
from topicwire._server import Server

M = TypeVar("M")
BATCH_SUFFIX = "/batch"


class QoS(IntEnum):
    """MQTT quality of service (MQTT 5.0, section 4.3)."""

    AT_MOST_ONCE = 0
    AT_LEAST_ONCE = 1
    EXACTLY_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One `{name}` of an address. An empty `enum` allows every value that fits a topic level."""

    name: str
    enum: tuple[str, ...] = ()
    default: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a channel; `payload` is a type that pydantic can validate."""

    name: str
    payload: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Limits at which messages are sent together; `max_bytes` in bytes, `linger` in seconds."""

    max_messages: int = 100
    max_bytes: int = 65536
    linger: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compression:
    """How bodies longer than `threshold` bytes are compressed."""

    codec: Literal["gzip", "zstd"]
    threshold: int = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """What the spec says of the whole protocol and of the connection to its broker.

    `keep_alive` and `session_expiry` are in seconds and come from the server's MQTT binding.
    `servers` are those that speak MQTT; without any, nothing is asked of who connects.
    """

    title: str
    version: str
    keep_alive: int = 60
    session_expiry: int = 0
    clean_start: bool = True
    servers: tuple[Server, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Channel(Generic[M]):
    """One channel of the spec: its address, messages, and how they are delivered.

    `qos`, `retain` and `message_expiry` (seconds) are those of the send operation, and
    `receive_qos` that of the receive operation. `schema_id` tells the schemas of its messages from
    those of another version of the spec. `M` is the type of its messages.
    """

    name: str
    address: str
    messages: tuple[Message, ...]
    parameters: tuple[Parameter, ...] = ()
    qos: QoS = QoS.AT_MOST_ONCE
    receive_qos: QoS = QoS.AT_MOST_ONCE
    retain: bool = False
    message_expiry: int | None = None
    content_type: str = "application/json"
    delivery: Literal["live", "durable", "retained"] = "live"
    signing: Literal["required", "optional", "off"] = "off"
    batch: Batch | None = None
    compression: Compression | None = None
    json: Literal["strict", "lenient"] = "strict"
    categories: tuple[str, ...] = ()
    schema_id: str | None = None

    @cached_property
    def template(self) -> AddressTemplate:
        """The address, ready to make topics and filters and to read parameters from a topic."""
        return AddressTemplate(
            self.name,
            self.address,
            {parameter.name: parameter.enum for parameter in self.parameters},
            {p.name: p.default for p in self.parameters if p.default is not None},
        )

    @cached_property
    def batch_template(self) -> AddressTemplate | None:
        """The address of the channel's batches (`<address>/batch`), or None without `batch`."""
        return self.template.extended(BATCH_SUFFIX) if self.batch is not None else None

    @cached_property
    def codec(self) -> Codec[M]:
        """Conversion between messages and bytes; made when it is first needed."""
        return Codec(
            self.name,
            tuple(message.payload for message in self.messages),
            strict=self.json == "strict",
        )

    @cached_property
    def headers(self) -> Headers:
        """What every message of the channel has besides its body."""
        return Headers(content_type=self.content_type)
