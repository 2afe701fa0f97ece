"""What a document says, as the stubs need it: nothing of AsyncAPI's shapes is left here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from topicwire_codegen.extension import ChannelExtension
from topicwire_codegen.fingerprints import schema_id
from topicwire_codegen.naming import class_name, constant_name, snake_name

# Names that the generated modules use themselves; what comes out like one of them gets "_".
_CONSTANTS = frozenset({"PROTOCOL", "CHANNELS"})
_ATTRIBUTES = frozenset({"category", "channels", "models", "publishers", "subscribers"})
_KEYWORDS = frozenset({"self", "client", "message", "publishers", "subscribers", "super"})
_CLASSES = frozenset({
    "Any", "App", "AsyncClient", "CategorySubscriber", "Client", "ClientOptions", "Delivery",
    "Literal", "Receiver", "Sender", "Unpack",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of an address. An empty `enum` allows every text."""

    name: str
    enum: tuple[str, ...]
    default: str | None
    description: str

    @cached_property
    def keyword(self) -> str:
        """Name of the argument that takes its value."""
        return _free(snake_name(self.name), _KEYWORDS)


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of a channel; `models` are the classes that its payload can be.

    `fingerprint` is that of the payload's schema, "" without one.
    """

    name: str
    models: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One channel, with what its operations say; `message_expiry` in seconds.

    `senders` and `receivers` are the apps with an operation on it.
    """

    key: str
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

    @cached_property
    def constant(self) -> str:
        """Name of the constant that describes the channel."""
        return _free(constant_name(self.key), _CONSTANTS)

    @cached_property
    def attribute(self) -> str:
        """Name of the apps' methods for the channel."""
        return _free(snake_name(self.key), _ATTRIBUTES)

    @cached_property
    def stem(self) -> str:
        """What the names of its publisher and subscriber begin with."""
        return class_name(self.key)

    @cached_property
    def schema_id(self) -> str:
        """What tells the schemas of the channel's messages from those of another version."""
        return schema_id(message.fingerprint for message in self.messages)

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The classes that a payload of the channel can be, each once."""
        return merge(message.models for message in self.messages)


@dataclass(frozen=True, kw_only=True)
class Sending:
    """A channel that an app sends to, and the classes of the payloads that it sends."""

    channel: Channel
    models: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class App:
    """One app: the channels it sends to and receives."""

    tag: str
    description: str
    sends: tuple[Sending, ...]
    receives: tuple[Channel, ...]

    @cached_property
    def name(self) -> str:
        """Name of the app's class."""
        name = class_name(self.tag)
        # The class `GuiSender` is what the app `gui` sends by.
        taken = name in _CLASSES or name.endswith(("Sender", "Receiver"))
        return f"{name}App" if taken else name

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
class Server:
    """One server that speaks MQTT; any one of the schemes in `security` is enough."""

    name: str
    protocol: str
    host: str
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
    apps: tuple[App, ...]
    compat: Compat | None


def merge(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the entries of all groups, each once, in the order of their first."""
    return tuple(dict.fromkeys(entry for group in groups for entry in group))


def _free(name: str, taken: frozenset[str]) -> str:
    return f"{name}_" if name in taken else name
