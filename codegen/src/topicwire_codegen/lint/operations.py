"""Operations: what they refer to, and which apps perform them."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path

from topicwire_codegen.apps import tags
from topicwire_codegen.errors import Problem
from topicwire_codegen.lint.walk import channels
from topicwire_codegen.operations import OperationIndex, operations
from topicwire_codegen.references import Node, Workspace


def check_operations(workspace: Workspace) -> Iterator[Problem]:
    """Check every operation, and that those of one channel agree."""
    known = {channel.identity: channel for _, channel in channels(workspace)}
    found = [operation for _, operation in operations(workspace)]
    any_tags = any(tags(operation) for operation in found)
    for operation in found:
        yield from _check_operation(operation, known)
        if any_tags and not tags(operation):
            yield operation.problem(
                "operation-without-app",
                "the operation has no tag, so no app performs it",
                "tag it with the apps that perform it, as the other operations are",
            )
    index = OperationIndex(found)
    for channel in known.values():
        for action in ("send", "receive"):
            yield from _check_agreement(index.on(channel, action), action)


def _check_operation(operation: Node, known: Container[tuple[Path, str]]) -> Iterator[Problem]:
    action = operation.text("action")
    if action not in ("send", "receive"):
        yield operation.problem(
            "unknown-action",
            f"action {action!r} is neither 'send' nor 'receive'",
            "use one of the two",
            at="/action",
        )
    channel = operation.get("channel")
    if channel is None or channel.identity not in known:
        yield operation.problem(
            "foreign-channel",
            "the operation's channel is not one of the document's channels",
            "refer to '#/channels/...'",
            at="/channel",
        )
        return
    own = channel.get("messages")
    own_identities = [message.identity for _, message in own.items()] if own is not None else []
    listed = operation.get("messages")
    for i, message in enumerate(listed.elements()) if listed is not None else ():
        if message.identity not in own_identities:
            yield operation.problem(
                "foreign-message",
                f"this message is not one of those of channel {channel.key!r}",
                f"refer to '#/channels/{channel.key}/messages/...', or add it there",
                at=f"/messages/{i}",
            )


def _check_agreement(found: list[Node], action: str) -> Iterator[Problem]:
    for operation in found[1:]:
        first = found[0]
        if _binding(operation) != _binding(first):
            yield operation.problem(
                "conflicting-operations",
                f"this {action} operation has another MQTT binding than {first.key!r} in line "
                f"{first.location.line}, on the same channel",
                "give both the same binding, or make them one operation",
            )


def _binding(operation: Node) -> object:
    """Return what the MQTT binding says that makes a difference."""
    bindings = operation.get("bindings")
    mqtt = bindings.get("mqtt") if bindings is not None else None
    fields = mqtt.mapping() if mqtt is not None else {}
    return (
        fields.get("qos", 0),
        fields.get("retain", False),
        fields.get("messageExpiryInterval"),
    )
