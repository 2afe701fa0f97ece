"""What a document says, as the stubs need it: nothing of AsyncAPI's shapes is left here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from topicwire_codegen.extension import ChannelExtension
from topicwire_codegen.naming import class_name, constant_name, snake_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of an address; `keyword` is its name in Python."""

    name: str
    keyword: str
    enum: tuple[str, ...]
    default: str | None
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a channel; `models` are the classes that its payload can be."""

    name: str
    models: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One channel, with what its operations say; `message_expiry` in seconds."""

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

    @property
    def constant(self) -> str:
        """Name of the constant that describes the channel."""
        return constant_name(self.key)

    @property
    def attribute(self) -> str:
        """Name of the apps' methods for the channel."""
        return snake_name(self.key)

    @property
    def stem(self) -> str:
        """What the names of its publisher and subscriber begin with."""
        return class_name(self.key)

    @cached_property
    def models(self) -> tuple[str, ...]:
        """The classes that a payload of the channel can be, each once."""
        return tuple(dict.fromkeys(model for message in self.messages for model in message.models))


@dataclass(frozen=True, kw_only=True)
class App:
    """One app: the channels it sends to and receives."""

    tag: str
    description: str
    sends: tuple[Channel, ...]
    receives: tuple[Channel, ...]

    @property
    def name(self) -> str:
        """Name of the app's class."""
        return class_name(self.tag)

    @cached_property
    def categories(self) -> dict[str, tuple[str, ...]]:
        """The categories of the channels it receives, each with the classes of its payloads."""
        found: dict[str, dict[str, None]] = {}
        for channel in self.receives:
            for category in channel.categories:
                found.setdefault(category, {}).update(dict.fromkeys(channel.models))
        return {category: tuple(models) for category, models in found.items()}


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """A whole document; `keep_alive` and `session_expiry` in seconds."""

    title: str
    version: str
    description: str
    keep_alive: int
    session_expiry: int
    clean_start: bool
    channels: tuple[Channel, ...]
    apps: tuple[App, ...]
