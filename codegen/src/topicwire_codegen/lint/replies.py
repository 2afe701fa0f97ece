"""Replies of operations: where answers go, and how they are told apart."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from topicwire_codegen.contents import content_type_of, is_json
from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import channels, messages
from topicwire_codegen.locations import read_location
from topicwire_codegen.operations import operations
from topicwire_codegen.references import Node, Workspace

_EXPRESSION = "write '$message.header#/...' or '$message.payload#/...' with a JSON pointer"


def check_replies(workspace: Workspace) -> Iterator[Problem]:
    """Check the reply of every operation, and the correlation id of every message."""
    known = {channel.identity for _, channel in channels(workspace)}
    for _, operation in operations(workspace):
        reply = operation.get("reply")
        if reply is not None:
            yield from _check_reply(reply, known)
    for _, message in messages(workspace):
        correlation = message.get("correlationId")
        if correlation is not None:
            yield from _check_location(correlation, message, workspace)


def _check_reply(reply: Node, known: Container[tuple[Path, str]]) -> Iterator[Problem]:
    address = reply.get("address")
    if address is not None and read_location(address.text("location")) is None:
        yield address.problem(
            "invalid-location",
            f"{address.text('location')!r} is no place in a message",
            _EXPRESSION,
            at="/location",
        )
    channel = reply.get("channel")
    if channel is None or channel.identity not in known:
        yield reply.problem(
            "foreign-channel",
            "the reply names no channel, so nobody knows what the answer is"
            if channel is None
            else "the reply's channel is not one of the document's channels",
            "refer to '#/channels/...'; its address may be null",
            at="/channel" if channel is not None else "",
        )
        return
    own = channel.get("messages")
    identities = [message.identity for _, message in own.items()] if own is not None else []
    listed = reply.get("messages")
    for i, message in enumerate(listed.elements()) if listed is not None else ():
        if message.identity not in identities:
            yield reply.problem(
                "foreign-message",
                f"this message is not one of those of channel {channel.key!r}",
                f"refer to '#/channels/{channel.key}/messages/...', or add it there",
                at=f"/messages/{i}",
            )


def _check_location(correlation: Node, message: Node, workspace: Workspace) -> Iterator[Problem]:
    location = read_location(correlation.text("location"))
    if location is None:
        yield correlation.problem(
            "invalid-location",
            f"{correlation.text('location')!r} is no place in a message",
            _EXPRESSION,
            at="/location",
        )
    elif location.source == "payload" and not is_json(content_type_of(message, workspace.root)):
        yield correlation.problem(
            "invalid-location",
            "the message is not JSON, so nothing can be found in its payload",
            "put the correlation id into a header",
            at="/location",
        )
