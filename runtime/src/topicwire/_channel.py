"""What the spec says of a channel, as immutable data that generated packages are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar, cast

from topicwire._address import AddressTemplate
from topicwire._codec import Codec
from topicwire._envelope import Headers
from topicwire._locations import Location
from topicwire._message_headers import HeaderCodec, HeaderFields, Variant, unpack
from topicwire._opaque import BodyCodec, MixedCodec, OpaqueCodec
from topicwire._partitions import PARTITION, Partitions
from topicwire._server import Server
from topicwire.errors import TopicInvalid

M = TypeVar("M")
T = TypeVar("T")
BATCH_SUFFIX = "/batch"
PARTITION_SUFFIX = f"/{PARTITION}/{{{PARTITION}}}"
_NONE: Mapping[str, str] = {}


class QoS(IntEnum):
    """MQTT quality of service (MQTT 5.0, section 4.3)."""

    AT_MOST_ONCE = 0
    AT_LEAST_ONCE = 1
    EXACTLY_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One `{name}` of an address. An empty `enum` allows every value that fits a topic level.

    At `location` in a message its value is found where none is given.
    """

    name: str
    enum: tuple[str, ...] = ()
    default: str | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a channel; `payload` is a type that pydantic can validate, or `bytes`."""

    name: str
    payload: object
    headers: HeaderFields | None = None


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
    partitions: Partitions | None = None
    json: Literal["strict", "lenient"] = "strict"
    categories: tuple[str, ...] = ()
    schema_id: str | None = None

    @cached_property
    def template(self) -> AddressTemplate:
        """The address, ready to make topics and filters and to read parameters from a topic.

        That of a partitioned channel has one more parameter, `partition`.
        """
        address = self.address
        choices = {parameter.name: parameter.enum for parameter in self.parameters}
        if self.partitions is not None:
            address += PARTITION_SUFFIX
            choices[PARTITION] = tuple(map(str, range(self.partitions.count)))
        return AddressTemplate(
            self.name,
            address,
            choices,
            {p.name: p.default for p in self.parameters if p.default is not None},
        )

    def topic(self, parameters: Mapping[str, str], message: object) -> str:
        """Return the topic of a message; that of a partitioned channel depends on it.

        Raises `TopicInvalid`.
        """
        if self.partitions is None:
            return self.template.topic(parameters)
        by = self.partitions.by
        key = parameters.get(by)
        if key is None:
            key = self.template.default(by) or self.partitions.key_in(message)
        if key is None:
            raise TopicInvalid(
                self.name, f"the message has no {by!r}, which says its partition", parameter=by
            )
        partition = str(self.partitions.of_key(key))
        return self.template.topic({**parameters, PARTITION: partition})

    @cached_property
    def batch_template(self) -> AddressTemplate | None:
        """The address of the channel's batches (`<address>/batch`), or None without `batch`."""
        return self.template.extended(BATCH_SUFFIX) if self.batch is not None else None

    def filters(self, parameters: Mapping[str, str | None]) -> list[str]:
        """Return the topic filters: the address, and that of the batches if there are any."""
        templates = (self.template, self.batch_template)
        return [one.filter(parameters) for one in templates if one is not None]

    @cached_property
    def codec(self) -> Codec[M] | OpaqueCodec[M] | MixedCodec[M]:
        """Conversion between messages and bytes; made when it is first needed."""
        return make_codec(self.name, self.messages, strict=self.json == "strict")

    @cached_property
    def header_codec(self) -> HeaderCodec | None:
        """The same for messages with headers; None if none of the channel has any."""
        if all(message.headers is None for message in self.messages):
            return None
        return HeaderCodec(self.name, tuple(map(self._variant, self.messages)))

    def encode_all(
        self, message: object, texts: Mapping[str, str] = _NONE
    ) -> tuple[bytes, Headers]:
        """Return the body and the headers of a message, which may be `WithHeaders`.

        `texts` are headers besides. Raises `PayloadInvalid` and `HeadersInvalid`.
        """
        if self.header_codec is None:
            body, properties = self.codec.encode(cast(M, unpack(message)[0])), tuple(texts.items())
        else:
            body, properties = self.header_codec.encode(message, texts)
        return body, replace(self.headers, properties=properties)

    def complete(self, given: Mapping[str, str | None], message: object) -> dict[str, str]:
        """Return the values of the parameters; those that are None are taken from the message.

        Raises `TopicInvalid` where the message says something else than is given.
        """
        values = {name: value for name, value in given.items() if value is not None}
        for parameter in self.parameters:
            if parameter.location is None:
                continue
            found = parameter.location.read(message, {})
            if found is not None and values.setdefault(parameter.name, found) != found:
                raise TopicInvalid(
                    self.name,
                    f"parameter {parameter.name!r} is {values[parameter.name]!r}, but the message "
                    f"says {found!r} ({parameter.location})",
                    parameter=parameter.name,
                )
        return values

    def only(self, *names: str) -> Channel[Any]:
        """Return the same channel with only some of its messages, such as those of an operation."""
        return replace(self, messages=tuple(m for m in self.messages if m.name in names))

    def coded_by(self, codec: BodyCodec[T]) -> Channel[T]:
        """Return the same channel with messages that a codec of the program reads and writes."""
        coded = cast("Channel[T]", replace(self))
        coded.__dict__["codec"] = OpaqueCodec(self.name, codec)
        return coded

    def _variant(self, message: Message) -> Variant:
        own = "codec" in self.__dict__ and isinstance(self.codec, OpaqueCodec)
        strict = self.json == "strict"
        codec = self.codec if own else make_codec(self.name, (message,), strict=strict)
        return Variant(
            message.payload,
            codec.encode,
            lambda body, topic: codec.decode(body, topic=topic),
            message.headers,
        )

    @cached_property
    def headers(self) -> Headers:
        """What every message of the channel has besides its body."""
        return Headers(content_type=self.content_type)


def make_codec(
    channel: str, messages: tuple[Message, ...], *, strict: bool
) -> Codec[Any] | OpaqueCodec[Any] | MixedCodec[Any]:
    """Return what reads and writes messages of a channel."""
    payloads = tuple(message.payload for message in messages)
    described = tuple(payload for payload in payloads if payload is not bytes)
    if not described:
        return OpaqueCodec(channel)
    codec: Codec[Any] = Codec(channel, described, strict=strict)
    if described == payloads:
        return codec
    return MixedCodec(codec.encode, lambda body, topic: codec.decode(body, topic=topic))
