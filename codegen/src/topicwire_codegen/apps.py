"""The apps of a document, which are the tags of its operations."""

from __future__ import annotations

from topicwire_codegen.naming import distinct
from topicwire_codegen.operations import OperationIndex, operations
from topicwire_codegen.protocol import App, Channel, Exchange, Message, Sending, app_class
from topicwire_codegen.references import Node, Workspace


def app_tags(workspace: Workspace) -> list[str]:
    """Return the apps in the order they are first named."""
    found = (tags(operation) for _, operation in operations(workspace))
    return list(dict.fromkeys(tag for names in found for tag in names))


def tags(node: Node) -> list[str]:
    """Return the names of an object's tags."""
    listed = node.get("tags")
    return [tag.text("name") for tag in listed.elements()] if listed is not None else []


def make_apps(
    workspace: Workspace,
    channels: list[tuple[Node, Channel]],
    exchanges: tuple[Exchange, ...],
) -> tuple[App, ...]:
    """Return what each app sends and receives over channels that have stubs."""
    found = [operation for _, operation in operations(workspace)]
    index = OperationIndex(found)
    names = distinct(app_tags(workspace), app_class, otherwise="app")
    channels = [(node, channel) for node, channel in channels if channel.has_stubs]
    return tuple(
        App(
            tag=tag,
            name=name,
            description=_description(found, tag),
            sends=tuple(
                Sending(channel=channel, messages=messages)
                for node, channel in channels
                if (messages := _sent(index, node, channel, tag))
            ),
            receives=tuple(channel for _, channel in channels if tag in channel.receivers),
            asks=tuple(exchange for exchange in exchanges if tag in exchange.requesters),
            answers=tuple(exchange for exchange in exchanges if tag in exchange.responders),
        )
        for tag, (name,) in names.items()
    )


def _sent(index: OperationIndex, node: Node, channel: Channel, tag: str) -> tuple[Message, ...]:
    """Return the messages that an app sends to a channel: those its operations list, or all."""
    listed = [
        listed_messages(operation, node, channel)
        for operation in index.on(node, "send")
        if tag in tags(operation)
    ]
    return tuple(message for message in channel.messages if any(message in m for m in listed))


def listed_messages(node: Node, channel_node: Node, channel: Channel) -> tuple[Message, ...]:
    """Return the messages that an operation or reply lists, in the channel's order, or all."""
    listed = node.get("messages")
    own = channel_node.get("messages")
    if listed is None or own is None:
        return channel.messages
    wanted = {message.identity for message in listed.elements()}
    pairs = zip(own.items(), channel.messages, strict=True)
    return tuple(message for (_, each), message in pairs if each.identity in wanted)


def _description(found: list[Node], tag: str) -> str:
    for operation in found:
        listed = operation.get("tags")
        for node in listed.elements() if listed is not None else ():
            if node.text("name") == tag and node.text("description"):
                return node.text("description")
    return ""
