"""What a generated package says of its protocol: channels, and the document that they are of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any, TypeGuard, cast

from topicwire._channel import Channel, Protocol
from topicwire._stubs import Publisher
from topicwire.command._failures import CommandError
from topicwire.command._node import Node

AnyChannel = Channel[Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """A channel with what the document says of it; `senders` and `receivers` are its apps."""

    channel: AnyChannel
    node: Node
    senders: tuple[str, ...]
    receivers: tuple[str, ...]

    @property
    def title(self) -> str:
        """What the channel is for, in a few words."""
        return self.node["title"].text or self.node["summary"].text

    @property
    def payloads(self) -> tuple[tuple[str, Node], ...]:
        """The schema of each message of the channel, with its name."""
        return tuple(
            (payload.name or name, payload)
            for name, message in self.node["messages"].items
            for payload in (_schema(message["payload"]),)
        )


class Catalogue:
    """One generated package; `generator` is the version of the generator that made it."""

    def __init__(self, package: str, generator: str) -> None:
        self.package = package
        self.generator = generator

    @property
    def name(self) -> str:
        """The distribution, which is the name of the command too."""
        return self.package.replace("_", "-")

    @property
    def version(self) -> str:
        """The version of the package that is installed."""
        try:
            return version(self.name)
        except PackageNotFoundError:
            return self.protocol.version

    @cached_property
    def document(self) -> Node:
        """The document that the package was generated from."""
        text = files(self.package).joinpath("asyncapi.json").read_text(encoding="utf-8")
        root: object = json.loads(text)
        return Node(root, root)

    @cached_property
    def protocol(self) -> Protocol:
        """What the document says of the protocol as a whole."""
        return cast(Protocol, import_module(f"{self.package}.channels").PROTOCOL)

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The channels, by their names, in the order of the document.

        Those without stubs are left out: they are of another protocol than MQTT, or have an address
        that only a message tells.
        """
        stubs = vars(import_module(f"{self.package}.publishers")).values()
        names = {stub.channel.name for stub in stubs if _is_publisher(stub)}
        everything = import_module(f"{self.package}.channels").CHANNELS
        channels = [one for one in cast("tuple[AnyChannel, ...]", everything) if one.name in names]
        apps = self._apps()
        nodes = self.document["channels"]
        return {
            channel.name: Entry(
                channel,
                nodes[channel.name],
                tuple(apps.get((channel.name, "send"), ())),
                tuple(apps.get((channel.name, "receive"), ())),
            )
            for channel in channels
        }

    @cached_property
    def apps(self) -> list[str]:
        """The names of the apps."""
        return list(dict.fromkeys(app for apps in self._apps().values() for app in apps))

    @cached_property
    def schemas(self) -> dict[str, Node]:
        """The schemas that have names."""
        return dict(self.document["components"]["schemas"].items)

    def entry(self, name: str) -> Entry:
        """Return a channel; raises `CommandError` if there is none of this name."""
        found = self.entries.get(name)
        if found is None:
            raise CommandError(self.unknown("channel", name, list(self.entries)))
        return found

    def find(self, topic: str) -> AnyChannel | None:
        """Return the channel that a topic belongs to, by itself or as one of batches."""
        return next((one for one in self._by_literalness if matches(one, topic)), None)

    def unknown(self, what: str, name: str, known: list[str]) -> str:
        """Return that there is no such thing, with what may have been meant."""
        lower = {one.lower(): one for one in known}
        close = [lower[one] for one in get_close_matches(name.lower(), lower)]
        close = close or [one for one in known if name.lower() in one.lower()]
        meant = f"; did you mean {' or '.join(close[:3])}?" if close else ""
        return f"there is no {what} {name!r}{meant} (`{self.name} list` shows all channels)"

    @cached_property
    def _by_literalness(self) -> list[AnyChannel]:
        # A topic can fit two addresses; the one with fewer parameters says more about it.
        channels = (entry.channel for entry in self.entries.values())
        return sorted(channels, key=lambda channel: len(channel.parameters))

    def _apps(self) -> dict[tuple[str, str], list[str]]:
        """Return the apps of each channel and action, from the tags of the operations."""
        found: dict[tuple[str, str], list[str]] = {}
        for _, operation in self.document["operations"].items:
            key = operation["channel"].name or "", operation["action"].text
            tags = [tag["name"].text or tag.name or "" for tag in operation["tags"].list]
            known = found.setdefault(key, [])
            known.extend(tag for tag in tags if tag not in known)
        return found


def matches(channel: AnyChannel, topic: str) -> bool:
    """Return whether a topic is one of a channel, or one of its batches."""
    batches = channel.batch_template
    return channel.template.match(topic) is not None or (
        batches is not None and batches.match(topic) is not None
    )


def _is_publisher(stub: object) -> TypeGuard[type[Publisher[Any]]]:
    return isinstance(stub, type) and issubclass(stub, Publisher) and stub is not Publisher


def _schema(payload: Node) -> Node:
    # A payload that says what format its schema has is one level deeper.
    return payload["schema"] if payload["schemaFormat"] else payload
