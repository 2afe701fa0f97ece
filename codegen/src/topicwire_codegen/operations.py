"""The operations of a document, by the channels that they are on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.traits import with_traits


def operations(workspace: Workspace) -> list[tuple[str, Node]]:
    """Return the document's operations with their keys, their traits merged in."""
    found = workspace.root.get("operations")
    return [(key, with_traits(node)) for key, node in found.items()] if found is not None else []


class OperationIndex:
    """Finds the operations on a channel without looking at all of them each time."""

    def __init__(self, found: Iterable[Node]) -> None:
        self._by_channel: dict[tuple[Path, str], list[Node]] = {}
        for operation in found:
            channel = operation.get("channel")
            if channel is not None:
                self._by_channel.setdefault(channel.identity, []).append(operation)

    def on(self, channel: Node, action: str) -> list[Node]:
        """Return the operations on a channel with an action, `send` or `receive`."""
        return [
            operation
            for operation in self._by_channel.get(channel.identity, ())
            if operation.text("action") == action
        ]


def reply_channels(workspace: Workspace) -> set[tuple[Path, str]]:
    """Return the identities of the channels that answers of operations go to."""
    found: set[tuple[Path, str]] = set()
    for _, operation in operations(workspace):
        reply = operation.get("reply")
        channel = reply.get("channel") if reply is not None else None
        if channel is not None:
            found.add(channel.identity)
    return found
