"""What a document says, as the stubs need it: nothing of AsyncAPI's shapes is left here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from topicwire_codegen.extension import ChannelExtension
from topicwire_codegen.fingerprints import schema_id
from topicwire_codegen.locations import Location
from topicwire_codegen.naming import class_name, constant_name, snake_name

# Names that the generated modules use themselves; what comes out like one of them gets "_".
_CONSTANTS = frozenset({"PROTOCOL", "CHANNELS"})
_ATTRIBUTES = frozenset({"category", "channels", "models", "publishers", "subscribers"})
_KEYWORDS = frozenset({
    "self", "client", "codec", "headers", "message", "parameters", "publishers", "subscribers",
    "super", "timeout",
})  # fmt: skip
_CLASSES = frozenset({
    "Any", "App", "AsyncClient", "BrokerAddress", "CategorySubscriber", "Client", "ClientOptions",
    "Delivery", "Literal", "Receiver", "Sender", "Unpack",
})  # fmt: skip
# The payload of a message of which the document says nothing that could be checked.
BYTES = "bytes"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of an address. An empty `enum` allows every text.

    `keyword` is the argument that takes its value; at `location` in the message it is found
    where none is given.
    """

    name: str
    keyword: str
    enum: tuple[str, ...]
    default: str | None
    description: str
    location: Location | None


@dataclass(frozen=True, kw_only=True)
class Headers:
    """The headers of a message: their class, and which of them travel as JSON.

    `other_json` says how those travel that are not declared; `required` whether any has to be.
    """

    model: str
    json: tuple[str, ...]
    other_json: bool
    required: bool


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of a channel; `models` are the classes that its payload can be, or bytes.

    `fingerprint` is that of the payload's schema, "" without one; `correlation` is where its
    correlation id is.
    """

    name: str
    models: tuple[str, ...]
    fingerprint: str
    headers: Headers | None
    correlation: Location | None


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One channel, with what its operations say; `message_expiry` in seconds.

    `senders` and `receivers` are the apps with an operation on it. `protocols` are those of its
    servers if none of them is MQTT. A `dynamic` channel leaves its address to the request that it
    answers; the one it has here is what requesters of this package ask for.

    In Python, `constant` describes it, `attribute` is the apps' method for it, and the names of
    its publisher and subscriber begin with `stem`.
    """

    key: str
    attribute: str
    stem: str
    constant: str
    address: str
    title: str
    description: str
    messages: tuple[Message, ...]
    parameters: tuple[Parameter, ...]
    qos: int
    receive_qos: int
    retain: bool
    message_expiry: int | None
    content_type: str
    extension: ChannelExtension
    categories: tuple[str, ...]
    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    protocols: tuple[str, ...]
    dynamic: bool

    @cached_property
    def schema_id(self) -> str:
        """What tells the schemas of the channel's messages from those of another version."""
        return schema_id(message.fingerprint for message in self.messages)

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The classes that a payload of the channel can be, each once."""
        return merge(message.models for message in self.messages)

    @cached_property
    def has_headers(self) -> bool:
        """Whether any of its messages has headers."""
        return any(message.headers is not None for message in self.messages)

    @cached_property
    def is_opaque(self) -> bool:
        """Whether its payloads are nothing but bytes."""
        return self.models == (BYTES,)

    @cached_property
    def has_stubs(self) -> bool:
        """Whether there are a publisher and a subscriber for it."""
        return not self.protocols and not self.dynamic


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Requests on one channel and their answers on another; some of the messages of each.

    `reply_to`, `correlation` and `reply_correlation` are where the topic for the answer and the
    correlation ids of both are, besides the properties that MQTT has for them.
    """

    stem: str
    attribute: str
    request: Channel
    request_messages: tuple[Message, ...]
    reply: Channel
    reply_messages: tuple[Message, ...]
    reply_to: Location | None
    requesters: tuple[str, ...]
    responders: tuple[str, ...]

    @cached_property
    def correlation(self) -> Location | None:
        """Where the correlation id of a request is."""
        return _first(message.correlation for message in self.request_messages)

    @cached_property
    def reply_correlation(self) -> Location | None:
        """Where the correlation id of an answer is."""
        return _first(message.correlation for message in self.reply_messages)

    @cached_property
    def request_models(self) -> tuple[str, ...]:
        """The classes that a request can be."""
        return merge(message.models for message in self.request_messages)

    @cached_property
    def reply_models(self) -> tuple[str, ...]:
        """The classes that an answer can be."""
        return merge(message.models for message in self.reply_messages)


@dataclass(frozen=True, kw_only=True)
class Sending:
    """A channel that an app sends to, and the messages that it sends."""

    channel: Channel
    messages: tuple[Message, ...]


@dataclass(frozen=True, kw_only=True)
class App:
    """One app: the channels it sends to and receives; `name` is that of its class.

    `asks` and `answers` are the exchanges that it takes part in.
    """

    tag: str
    name: str
    description: str
    sends: tuple[Sending, ...]
    receives: tuple[Channel, ...]
    asks: tuple[Exchange, ...]
    answers: tuple[Exchange, ...]

    @cached_property
    def categories(self) -> dict[str, tuple[str, ...]]:
        """The categories of the channels it receives, each with the classes of its payloads."""
        found: dict[str, list[tuple[str, ...]]] = {}
        for channel in self.receives:
            for category in channel.categories:
                found.setdefault(category, []).append(channel.models)
        return {category: merge(models) for category, models in found.items()}


@dataclass(frozen=True, kw_only=True)
class SecurityScheme:
    """One way to show who one is; `location` is where an `apiKey` goes, user name or password."""

    type: str
    location: str


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A part of a server's address. An empty `enum` allows every text."""

    name: str
    enum: tuple[str, ...]
    default: str | None


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server that speaks MQTT; any one of the schemes in `security` is enough."""

    name: str
    protocol: str
    host: str
    pathname: str
    variables: tuple[Variable, ...]
    security: tuple[SecurityScheme, ...]


@dataclass(frozen=True, kw_only=True)
class Compat:
    """An older surface: for some classes the former names of properties, with the present ones.

    `timestamp` is the property that such senders may leave out ("" for none).
    """

    renamed: tuple[tuple[str, dict[str, str]], ...]
    timestamp: str


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A whole document; `keep_alive` and `session_expiry` in seconds.

    `compat` is None for a protocol without an older surface.
    """

    title: str
    version: str
    description: str
    keep_alive: int
    session_expiry: int
    clean_start: bool
    servers: tuple[Server, ...]
    channels: tuple[Channel, ...]
    exchanges: tuple[Exchange, ...]
    apps: tuple[App, ...]
    compat: Compat | None

    @cached_property
    def stubs(self) -> tuple[Channel, ...]:
        """The channels that have a publisher and a subscriber."""
        return tuple(channel for channel in self.channels if channel.has_stubs)


def merge(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the entries of all groups, each once, in the order of their first."""
    return tuple(dict.fromkeys(entry for group in groups for entry in group))


def channel_names(key: str) -> tuple[str, ...]:
    """Return the attribute, the stem and the constant of a channel."""
    attribute, constant = snake_name(key), constant_name(key)
    return _free(attribute, _ATTRIBUTES), class_name(key), _free(constant, _CONSTANTS)


def parameter_keyword(name: str) -> tuple[str, ...]:
    """Return the argument for a parameter of an address."""
    return (_free(snake_name(name), _KEYWORDS),)


def app_class(tag: str) -> tuple[str, ...]:
    """Return the class name of an app."""
    name = class_name(tag)
    # The class `GuiSender` is what the app `gui` sends by.
    taken = name in _CLASSES or name.endswith(("Sender", "Receiver", "Requests", "Responses"))
    return (f"{name}App" if taken else name,)


def _free(name: str, taken: frozenset[str]) -> str:
    return f"{name}_" if name in taken else name


def _first(found: Iterable[Location | None]) -> Location | None:
    return next((each for each in found if each is not None), None)
