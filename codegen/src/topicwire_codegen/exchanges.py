"""The requests and answers of a document, which are its operations with a `reply`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from topicwire_codegen.apps import listed_messages, tags
from topicwire_codegen.locations import Location, read_location
from topicwire_codegen.naming import class_name, distinct, snake_name
from topicwire_codegen.protocol import Channel, Exchange, Message
from topicwire_codegen.references import Node

_Channels = dict[tuple[Path, str], tuple[Node, Channel]]


@dataclass(slots=True)
class _Found:
    """What operations have in common: both are one exchange, seen from either side."""

    operation: str
    request: Channel
    request_messages: tuple[Message, ...]
    reply: Channel
    reply_messages: tuple[Message, ...]
    reply_to: Location | None
    apps: dict[str, list[str]]


def make_exchanges(
    operations: Iterable[tuple[str, Node]], channels: list[tuple[Node, Channel]]
) -> tuple[Exchange, ...]:
    """Return the exchanges, those on the same channels with the same messages as one.

    They are called like the channel of the requests; if there are several on it, like their
    operations.
    """
    known: _Channels = {node.identity: (node, channel) for node, channel in channels}
    found: dict[object, _Found] = {}
    for key, operation in operations:
        made = _read(key, operation, known)
        if made is None:
            continue
        same = (
            made.request.key, _names(made.request_messages),
            made.reply.key, _names(made.reply_messages), made.reply_to,
        )  # fmt: skip
        one = found.setdefault(same, made)
        one.apps.setdefault(operation.text("action"), []).extend(tags(operation))
    on_channel = [each.request.key for each in found.values()]
    texts = [
        each.request.key
        if on_channel.count(each.request.key) == 1
        # An operation can be called like a channel that has just one exchange.
        else f"{each.operation} exchange"
        if each.operation in on_channel
        else each.operation
        for each in found.values()
    ]
    names = distinct(texts, lambda text: (class_name(text), snake_name(text)), otherwise="exchange")
    return tuple(
        _exchange(each, *names[text]) for each, text in zip(found.values(), texts, strict=True)
    )


def _exchange(found: _Found, stem: str, attribute: str) -> Exchange:
    return Exchange(
        stem=stem,
        attribute=attribute,
        request=found.request,
        request_messages=found.request_messages,
        reply=found.reply,
        reply_messages=found.reply_messages,
        reply_to=found.reply_to,
        requesters=tuple(dict.fromkeys(found.apps.get("send", ()))),
        responders=tuple(dict.fromkeys(found.apps.get("receive", ()))),
    )


def _read(key: str, operation: Node, known: _Channels) -> _Found | None:
    reply = operation.get("reply")
    channel = operation.get("channel")
    answer = reply.get("channel") if reply is not None else None
    if reply is None or channel is None or answer is None:
        return None
    request_node, request = known[channel.identity]
    reply_node, replied = known[answer.identity]
    if request.protocols or request.dynamic:
        return None
    address = reply.get("address")
    return _Found(
        key,
        request,
        listed_messages(operation, request_node, request),
        replied,
        listed_messages(reply, reply_node, replied),
        read_location(address.text("location")) if address is not None else None,
        {},
    )


def _names(messages: tuple[Message, ...]) -> tuple[str, ...]:
    return tuple(message.name for message in messages)
