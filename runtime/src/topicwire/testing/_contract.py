"""What an app may send, as the spec has it. Pure but for importing the generated package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from topicwire._channel import Channel
from topicwire.command._node import Node
from topicwire.testing._package import GeneratedPackage, generated_package


@dataclass(frozen=True, slots=True)
class Contract:
    """The channels that an app sends to, and all the others of its protocol.

    `shared` names, for a channel of the app, the other apps that send to it: MQTT does not tell
    whose a message is.
    """

    app: str
    sent: tuple[Channel[Any], ...]
    others: tuple[Channel[Any], ...]
    shared: Mapping[str, tuple[str, ...]]

    @classmethod
    def of_package(cls, package: str, app: str) -> Contract:
        """Return the contract of an app, which is a tag of operations, of a generated package.

        Raises `LookupError` for a package or an app that there is not.
        """
        found = generated_package(package)
        senders = _senders(found)
        apps = sorted({name for channel in senders.values() for name in channel})
        if app not in apps:
            raise LookupError(
                f"the spec has no app {app!r} that sends anything; there are {', '.join(apps)}"
            )
        sent: list[Channel[Any]] = []
        others: list[Channel[Any]] = []
        for name, channel in found.channels.items():
            messages = senders.get(name, {}).get(app)
            if messages is None:
                others.append(channel)
            else:
                sent.append(channel.only(*messages) if messages else channel)
        shared = {
            channel.name: tuple(sorted(senders[channel.name].keys() - {app})) for channel in sent
        }
        return cls(app, tuple(sent), tuple(others), shared)

    @property
    def filters(self) -> tuple[str, ...]:
        """Topic filters for all that is below the first levels of the spec's addresses."""
        levels = {channel.address.split("/")[0] for channel in (*self.sent, *self.others)}
        if any("{" in level for level in levels):
            return ("#",)
        return tuple(f"{level}/#" for level in sorted(levels))

    def nearest(self, topic: str) -> str | None:
        """Return the address that is most like a topic, or None if none is."""
        addresses = [channel.address for channel in (*self.sent, *self.others)]
        found = get_close_matches(topic, addresses, 1)
        return found[0] if found else None


def channel_of(topic: str, channels: tuple[Channel[Any], ...]) -> Channel[Any] | None:
    """Return the channel that a topic belongs to, its batches included."""
    for channel in channels:
        templates = (channel.template, channel.batch_template)
        if any(each is not None and each.match(topic) is not None for each in templates):
            return channel
    return None


def _senders(package: GeneratedPackage) -> dict[str, dict[str, list[str]]]:
    """Return for each channel its senders, with the names of their messages; none means all.

    Who receives a request sends the reply.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for operation, apps in package.operations():
        sends = operation if operation["action"].text == "send" else operation["reply"]
        name = sends["channel"].name
        if name is None or name not in package.channels:
            continue
        messages = _message_names(package, name, sends)
        for app in apps:
            listed = found.setdefault(name, {}).get(app)
            # One operation without a list has all messages.
            both = [*listed, *messages] if listed and messages else []
            found[name][app] = messages if listed is None else both
    return found


def _message_names(package: GeneratedPackage, channel: str, sends: Node) -> list[str]:
    listed = [message.value for message in sends["messages"].list]
    return [
        name
        for key, message in package.messages(channel)
        if any(message.value is each for each in listed)
        for name in (message["name"].text or key, key)
    ]
