"""A version of a document, with what its parts are asked for in a comparison."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from topicwire_codegen.apps import tags
from topicwire_codegen.build import Built, build
from topicwire_codegen.diff.samples import Judge
from topicwire_codegen.diff.subsets import Subsets
from topicwire_codegen.fingerprints import Fingerprints
from topicwire_codegen.lint.walk import channels, payload
from topicwire_codegen.operations import OperationIndex, operations
from topicwire_codegen.protocol import merge
from topicwire_codegen.references import Node, Workspace
from topicwire_codegen.traits import with_traits


@dataclass(frozen=True, eq=False)
class Version:
    """One of the two documents."""

    workspace: Workspace

    @cached_property
    def built(self) -> Built:
        """What the stubs are made of."""
        return build(self.workspace)

    @cached_property
    def channels(self) -> dict[str, Node]:
        """The channels by their keys."""
        return dict(channels(self.workspace))

    @cached_property
    def operations(self) -> dict[str, Node]:
        """The operations by their keys."""
        return dict(operations(self.workspace))

    @cached_property
    def _index(self) -> OperationIndex:
        return OperationIndex(self.operations.values())

    def on(self, channel: Node, action: str) -> list[Node]:
        """Return the operations on a channel with an action, `send` or `receive`."""
        return self._index.on(channel, action)

    def apps(self, channel: Node, action: str) -> tuple[str, ...]:
        """Return the apps that send to a channel, or receive from it."""
        return merge(tuple(tags(operation)) for operation in self.on(channel, action))

    def messages(self, channel: Node) -> dict[str, Node]:
        """Return the messages of a channel by their keys, traits merged in."""
        found = channel.get("messages")
        return {key: with_traits(node) for key, node in found.items()} if found is not None else {}

    def content_type(self, message: Node) -> str:
        """Return the content type of a message."""
        given = message.text("contentType") or self.workspace.root.text("defaultContentType")
        return given or "application/json"

    def schemas(self) -> Iterator[Node]:
        """Yield the schemas of all payloads and headers."""
        for channel in self.channels.values():
            for message in self.messages(channel).values():
                for schema in (payload(message), message.get("headers")):
                    if schema is not None:
                        yield schema


class Comparison:
    """The two documents, their channels in pairs, and their schemas ready to be compared."""

    def __init__(self, old: Workspace, new: Workspace) -> None:
        self.old, self.new = Version(old), Version(new)
        roots = [*self.old.schemas(), *self.new.schemas()]
        self.subsets = Subsets(Fingerprints(roots), Judge())

    @cached_property
    def renamed(self) -> dict[str, str]:
        """The channels that have another key now, by the old ones: those of the same address."""
        gone = {k: n for k, n in self.old.channels.items() if k not in self.new.channels}
        added = {k: n for k, n in self.new.channels.items() if k not in self.old.channels}
        by_address = {node.text("address"): key for key, node in added.items()}
        return {
            key: by_address[node.text("address")]
            for key, node in gone.items()
            if node.text("address") in by_address
        }

    def channel_pairs(self) -> Iterator[tuple[str, Node, Node]]:
        """Yield the channels that both have, under their old keys."""
        for key, old in self.old.channels.items():
            new = self.new.channels.get(self.renamed.get(key, key))
            if new is not None:
                yield key, old, new

    def removed_channels(self) -> Iterator[tuple[str, Node]]:
        """Yield the channels that only the old document has."""
        for key, old in self.old.channels.items():
            if self.renamed.get(key, key) not in self.new.channels:
                yield key, old

    def added_channels(self) -> Iterator[tuple[str, Node]]:
        """Yield the channels that only the new document has."""
        known = {self.renamed.get(key, key) for key in self.old.channels}
        for key, new in self.new.channels.items():
            if key not in known:
                yield key, new


def names(apps: tuple[str, ...], otherwise: str) -> str:
    """Return apps in words, or `otherwise` when there are none."""
    return ", ".join(f"`{app}`" for app in apps) if apps else otherwise
