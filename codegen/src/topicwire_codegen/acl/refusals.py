"""What a document may say, but the files of brokers cannot."""

from __future__ import annotations

from collections.abc import Iterator

from topicwire_codegen.acl.rules import channel_topics
from topicwire_codegen.errors import Problem
from topicwire_codegen.operations import operations
from topicwire_codegen.protocol import Protocol
from topicwire_codegen.references import Workspace

# More rules than this for one address nobody can read, and soon no broker.
_MOST_TOPICS = 1000


def check_rules(workspace: Workspace, protocol: Protocol) -> Iterator[Problem]:
    """Find what cannot be written in access rules, in a document that is right otherwise."""
    if not protocol.apps:
        yield workspace.root.problem(
            "no-apps",
            "no operation has a tag, so there is no app to write access rules for",
            "name the apps that perform each operation in its 'tags'",
            at="/operations" if "operations" in workspace.root.mapping() else "",
        )
    yield from _check_names(workspace)
    yield from _check_topics(workspace, protocol)


def _check_names(workspace: Workspace) -> Iterator[Problem]:
    for _, operation in operations(workspace):
        listed = operation.get("tags")
        for tag in listed.elements() if listed is not None else ():
            name = tag.text("name")
            # Files of passwords have `name:hash` on a line and "#" before remarks.
            if not _is_plain(name) or ":" in name or name.startswith("#"):
                yield tag.problem(
                    "impossible-user",
                    f"app {name!r} cannot be the name of a broker's user",
                    "use a name without ':', without line breaks, and without spaces or '#' at "
                    "its beginning",
                    at="/name",
                )


def _check_topics(workspace: Workspace, protocol: Protocol) -> Iterator[Problem]:
    nodes = workspace.root.get("channels")
    for (_, node), channel in zip(
        nodes.items() if nodes is not None else (), protocol.channels, strict=True
    ):
        topics = channel_topics(channel)[0]
        if not all(_is_plain(text) for level in topics.levels for text in level.texts):
            yield node.problem(
                "impossible-rule",
                f"the topics of address {channel.address!r} have spaces around a level, or "
                "characters that cannot be seen, which mosquitto cannot read in its rules",
                "leave them out of the address and of the values of its parameters",
                at="/address",
            )
        if topics.count > _MOST_TOPICS:
            yield node.problem(
                "impossible-rule",
                f"address {channel.address!r} stands for {topics.count} topics, which makes as "
                "many rules",
                f"leave out the 'enum' of a parameter, or have no more than {_MOST_TOPICS} topics",
                at="/address",
            )


def _is_plain(text: str) -> bool:
    return text.isprintable() and text == text.strip()
