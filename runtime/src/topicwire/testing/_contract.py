"""What an app may send, as the spec has it. Pure but for importing the generated package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from topicwire._channel import BATCH_SUFFIX, Channel
from topicwire.testing._package import GeneratedPackage, Json, generated_package


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
        found = get_close_matches(topic.removesuffix(BATCH_SUFFIX), addresses, 1)
        return found[0] if found else None


def channel_of(topic: str, channels: tuple[Channel[Any], ...]) -> Channel[Any] | None:
    """Return the channel that a topic belongs to, its batches included."""
    for channel in channels:
        batches = channel.batch_template
        if channel.template.match(topic) is not None or (
            batches is not None and batches.match(topic) is not None
        ):
            return channel
    return None


def _senders(package: GeneratedPackage) -> dict[str, dict[str, list[str]]]:
    """Return for each channel its senders, with the names of their messages; none means all.

    Who receives a request sends the reply.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for operation in package.operations():
        sends = operation if operation.get("action") == "send" else operation.get("reply")
        name = _channel_name(package, package.resolved(sends))
        if name is None:
            continue
        messages = _message_names(package, name, package.resolved(sends))
        for app in operation["tags"]:
            listed = found.setdefault(name, {}).get(app)
            # One operation without a list has all messages.
            both = [*listed, *messages] if listed and messages else []
            found[name][app] = messages if listed is None else both
    return found


def _channel_name(package: GeneratedPackage, sends: Json) -> str | None:
    reference = sends.get("channel", {}).get("$ref", "")
    name = reference.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    return name if name in package.channels else None


def _message_names(package: GeneratedPackage, channel: str, sends: Json) -> list[str]:
    listed = [package.resolved(message) for message in sends.get("messages", ())]
    if not listed:
        return []
    return [
        name
        for key, message in package.messages(channel)
        if any(message is each for each in listed)
        for name in (message.get("name", key), key)
    ]
